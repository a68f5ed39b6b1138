"""The certificates of a state folder: that of its authority, which points of sale trust, and those that its terminals showed last."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID
from msgspec import Struct

from terminal_sim.errors import BenchMisuse
from terminal_sim.pos.servers.certificates import Authority


class KeptCertificate(Struct, frozen=True, kw_only=True):
    """A certificate in a file. `problem` says why a client would not trust it now, "" where it would."""

    common_name: str
    issuer: str
    until: datetime
    file: Path
    problem: str = ""


def authority_of(state: Path) -> KeptCertificate:
    """The authority of the state folder `state`, made where there is none. Raises `BenchMisuse`."""
    file = Authority(state / "api").certificate_file
    found = _read(file)
    return _kept(file, found, found)


def certificates_of(state: Path) -> list[KeptCertificate]:
    """The authority of the state folder `state`, and behind it what its servers showed last. Raises `BenchMisuse` where there is none."""
    file = state / "api" / "ca.pem"
    if not file.is_file():
        raise BenchMisuse(
            f"{state} has no certificates: serve it with --pos, or make an authority with `terminal-sim pos certificate {state}`"
        )
    authority = _read(file)
    shown = sorted(one for one in file.parent.glob("*.pem") if one != file)
    return [_kept(one, _read(one), authority) for one in (file, *shown)]


def _read(file: Path) -> x509.Certificate:
    """The first certificate in the file. Raises `BenchMisuse`."""
    try:
        return x509.load_pem_x509_certificates(file.read_bytes())[0]
    except (OSError, ValueError) as wrong:
        raise BenchMisuse(f"{file} is no certificate: {wrong}") from None


def _kept(file: Path, found: x509.Certificate, authority: x509.Certificate) -> KeptCertificate:
    return KeptCertificate(
        common_name=_common_name(found.subject),
        issuer=_common_name(found.issuer),
        until=found.not_valid_after_utc,
        file=file,
        problem=_problem(found, authority),
    )


def _problem(found: x509.Certificate, authority: x509.Certificate) -> str:
    now = datetime.now(UTC)
    try:
        found.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError, TypeError):
        return "it is not signed by the authority of the folder"
    if now > found.not_valid_after_utc:
        return "it has expired"
    return "it is not valid yet" if now < found.not_valid_before_utc else ""


def _common_name(name: x509.Name) -> str:
    return ", ".join(str(one.value) for one in name.get_attributes_for_oid(NameOID.COMMON_NAME))
