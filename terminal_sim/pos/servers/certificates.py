"""Certificates of served interfaces: one authority a folder, which its owner alone can read, and a certificate for each terminal.

Libraries of the vendor look at the common name of a terminal's certificate, `POIID.test.terminal.adyen.com`, and not at its address; everybody
else looks at the alternative names, so it has those of this machine, too.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from terminal_sim.errors import BenchMisuse
from terminal_sim.files import replace_private
from terminal_sim.pos.api_fault import CertificateState

_AUTHORITY = "terminal-sim test authority"
_YEARS = timedelta(days=3650)
_YEAR = timedelta(days=365)
_EARLIER = timedelta(hours=1)  # clocks of clients are not all right
_SHIFT = {
    CertificateState.VALID: timedelta(0),
    CertificateState.EXPIRED: -_YEAR - timedelta(days=1),
    CertificateState.NOT_YET_VALID: timedelta(days=1),
}
_TEST_DOMAIN = "test.terminal.adyen.com"


class Authority:
    """The authority whose files are in `folder`, made where there is none; its time is that of the wall. Raises `BenchMisuse` with the file that is wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.certificate_file = folder / "ca.pem"
        self._key_file = folder / "ca.key"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self.certificate_file.exists():
                self._make()
            self._certificate = x509.load_pem_x509_certificate(self.certificate_file.read_bytes())
            key = load_pem_private_key(self._key_file.read_bytes(), None)
        except (OSError, ValueError) as wrong:
            raise BenchMisuse(
                f"{folder}: the certificate authority cannot be read or made: {wrong}; remove the folder to have a new one"
            ) from None
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        self._key = key

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _AUTHORITY)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _EARLIER)
            .not_valid_after(now + _YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .sign(key, SHA256())
        )
        replace_private(self._key_file, _pem(key))
        replace_private(self.certificate_file, made.public_bytes(Encoding.PEM))

    def of_terminal(self, poiid: str) -> ServerCertificate:
        """That of the server of the terminal `poiid`."""
        return ServerCertificate(self, poiid, f"{poiid}.{_TEST_DOMAIN}")

    def context(
        self, name: str, common: str, state: CertificateState = CertificateState.VALID
    ) -> ssl.SSLContext:
        """What a server needs: TLS 1.2 or newer, a certificate for `common` made now, kept in the file `name`, and the authority's behind it."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC) + _SHIFT[state]
        names = [
            x509.DNSName(common),
            x509.DNSName("localhost"),
            x509.IPAddress(ip_address("127.0.0.1")),
            x509.IPAddress(ip_address("::1")),
        ]
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)]))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _EARLIER)
            .not_valid_after(now + _YEAR)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, SHA256())
        )
        chain = made.public_bytes(Encoding.PEM) + self.certificate_file.read_bytes()
        file = self.folder / f"{name}.pem"
        replace_private(file, _pem(key) + chain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_TICKET  # each connection looks at the certificate anew
        context.num_tickets = 0
        context.load_cert_chain(file)
        return context


class ServerCertificate:
    """The certificate of one server, kept in the file `name` of the authority's folder; what it shows may change while it serves."""

    def __init__(self, authority: Authority, name: str, common: str) -> None:
        self._authority, self._name, self._common = authority, name, common
        self.context = authority.context(name, common)
        self._shown = self.context
        self.context.sni_callback = self._show  # asked in each handshake, on the loop of the server

    def show(self, state: CertificateState) -> None:
        """Show such a one in each connection that begins from now on. Any thread may call it."""
        self._shown = self._authority.context(self._name, self._common, state)

    def _show(self, line: ssl.SSLObject, _server: str | None, _context: ssl.SSLContext) -> None:
        line.context = self._shown


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
