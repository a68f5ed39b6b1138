"""Where a bench is served. Who can reach it may handle its readers and cards, so that another machine is let in on purpose and by TLS alone."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from terminal_sim.bench import BenchMisuse
from terminal_sim.errors import Unsafe

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class ListenAt:
    """An address of this machine and a port, 0 for a free one; with `certificate` and `key`, files in PEM, it is served by TLS."""

    address: str = LOOPBACK
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None

    @property
    def is_secure(self) -> bool:
        """Whether it is served by TLS."""
        return self.certificate is not None

    @property
    def ip(self) -> IPv4Address | IPv6Address:
        """Raises `BenchMisuse` for what is no address."""
        try:
            return ip_address(self.address)
        except ValueError:
            raise BenchMisuse(
                f"--address {self.address}: it is an address of this machine, such as {LOOPBACK}"
            ) from None

    def check(self) -> None:
        """Raises `Unsafe` where others could reach the bench without TLS, and `BenchMisuse` for what cannot be listened at."""
        ip = self.ip
        if (self.certificate is None) is not (self.key is None):
            raise BenchMisuse(
                "--certificate and --key go together: the certificate and its private key, in PEM"
            )
        if ip.is_unspecified:
            raise Unsafe(
                f"--address {self.address} is every address of this machine: name the one at which others may reach the bench"
            )
        if not ip.is_loopback and not self.is_secure:
            raise Unsafe(
                f"--address {self.address} is reached from other machines, which needs TLS: add --certificate FILE --key FILE"
            )
        if self.certificate is not None and self.key is not None:
            _check_pair(self.certificate, self.key)


def _check_pair(certificate: Path, key: Path) -> None:
    # Imported here: most benches are served to this machine alone, without TLS.
    import ssl

    for file in (certificate, key):
        if not file.is_file():
            raise BenchMisuse(f"{file}: there is no such file")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (ssl.SSLError, OSError) as wrong:
        raise BenchMisuse(f"{certificate} and {key} are no certificate and its key in PEM: {wrong}") from None
