"""The virtual acquirer served from a thread of its own, and certificates for TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from terminal_sim.bench.served_acquirer import ServedAcquirer, ServedMessage

WAIT = 20.0  # seconds until a test that waits in vain fails


class Serving:
    """`with Serving() as host:` an acquirer at `host.address`; `host.messages` are those that it got."""

    def __init__(
        self,
        address: str = "iso8583://127.0.0.1:0",
        state: Path | None = None,
        file: str | Path = "test-acquirer",
    ) -> None:
        self.address = address
        self.messages: list[ServedMessage] = []
        self._state = state
        self._file = file
        self._ready = Event()
        self._thread = Thread(target=lambda: asyncio.run(self._serve()))

    def answers(self, *answers: str) -> None:
        """Queue the answers of the next messages."""
        self._do(lambda acquirer: acquirer.answers(answers))

    def strike(self, fault: str) -> None:
        """Let a fault strike the connection of the next answer."""
        self._do(lambda acquirer: acquirer.strike(fault))

    def end(self) -> None:
        """Hang up and serve no more."""
        with suppress(RuntimeError):  # it has ended
            self._loop.call_soon_threadsafe(self._acquirer.server.end)
        self._thread.join(WAIT)

    @property
    def port(self) -> int:
        return int(self.address.partition("?")[0].rpartition(":")[2])

    def _do(self, what: Callable[[ServedAcquirer], None]) -> None:
        done = Event()

        def do() -> None:
            what(self._acquirer)
            done.set()

        self._loop.call_soon_threadsafe(do)
        assert done.wait(WAIT)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._acquirer = ServedAcquirer(host=self._file, state=self._state)
        try:
            where = await self._acquirer.listen(self.address, self.messages.append)
            _, question, options = self.address.partition("?")
            self.address = f"{where}{question}{options}"
            self._ready.set()
            await self._acquirer.server.ended
        finally:
            await self._acquirer.close()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(WAIT)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()


class TestAuthority:
    """A certification authority of a test, and what it certifies, as PEM files in `folder`."""

    __test__ = False

    def __init__(self, folder: Path, name: str = "ca") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test {name}")])
        self.certificate = self._made(name, self._name, self._key, is_authority=True)

    def certify(self, name: str) -> tuple[Path, Path]:
        """A certificate of 127.0.0.1 and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test {name}")])
        file = self._folder / f"{name}.key.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return self._made(name, subject, key, is_authority=False), file

    def _made(
        self, name: str, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_authority: bool
    ) -> Path:
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{name}.pem"
        file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return file
