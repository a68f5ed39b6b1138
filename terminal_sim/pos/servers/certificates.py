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

_AUTHORITY = "terminal-sim test authority"
_YEARS = timedelta(days=3650)
_YEAR = timedelta(days=365)
_EARLIER = timedelta(hours=1)  # clocks of clients are not all right
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

    def of_terminal(self, poiid: str) -> ssl.SSLContext:
        """What the server of the terminal `poiid` needs."""
        return self.context(poiid, f"{poiid}.{_TEST_DOMAIN}")

    def context(self, name: str, common: str) -> ssl.SSLContext:
        """What a server needs: TLS 1.2 or newer, a certificate for `common` made now, kept in the file `name`, and the authority's behind it."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
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
        context.load_cert_chain(file)
        return context


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
