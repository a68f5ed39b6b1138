"""The virtual acquirer by itself, served to terminals of other processes: its books in a folder, its accounts those of the cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from terminal_sim.bench.host_file import host_file
from terminal_sim.bench.state_folder import make_folder
from terminal_sim.bench.wallet import Wallet
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.host.ledger_file import LedgerFile, LedgerFileError
from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.faults import ConnectionFault
from terminal_sim.host.network.server import AcquirerServer, ServedMessage
from terminal_sim.journal.lock import FolderLock

__all__ = ["CONNECTION_FAULTS", "ServedAcquirer", "ServedMessage"]

CONNECTION_FAULTS = tuple(fault.value for fault in ConnectionFault)


class ServedAcquirer:
    """An acquirer of the host file `host`; `state` is a folder that keeps its books, which are else in memory.

    Accounts are open for all bundled cards and those of `decks`. Raises `BenchMisuse`, `JournalError` and `ProfileError`.
    """

    def __init__(
        self,
        *,
        host: str | Path = "test-acquirer",
        pack: str | None = None,
        state: Path | None = None,
        decks: Sequence[Path] = (),
    ) -> None:
        try:
            self._acquirer = Acquirer.load(host_file(host), pack=pack, keeps_messages=False)
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None
        self._server: AcquirerServer | None = None
        with ExitStack() as opened:
            if state is not None:
                make_folder(state)
                opened.callback(FolderLock(state).close)
                try:
                    books = LedgerFile(state / "acquirer.jsonl")
                    opened.callback(books.close)
                    books.start()
                except LedgerFileError as wrong:
                    raise BenchMisuse(str(wrong)) from None
                self._acquirer.keep_books(books)
            wallet = Wallet(self._acquirer, decks)
            for name in wallet.names():
                wallet.card(name)
            self._opened = opened.pop_all()

    async def listen(self, address: str, seen: Callable[[ServedMessage], None]) -> HostAddress:
        """Serve at `address`, whose port 0 lets the system choose; returns where it is. Raises `BenchMisuse`."""
        at = HostAddress.parse(address)
        if at.dialect:
            self._said(lambda: self._acquirer.speak(load_dialect(at.dialect)))
        self._server = AcquirerServer(self._acquirer, at, seen)
        try:
            return await self._server.listen()
        except OSError as error:
            raise BenchMisuse(f"{address}: cannot be served: {error.strerror or error}") from None

    @property
    def server(self) -> AcquirerServer:
        """What serves it, once it listens."""
        if self._server is None:
            raise RuntimeError("the acquirer is not served yet")
        return self._server

    def answers(self, answers: Sequence[str]) -> None:
        """Queue the answers of the next messages, as `host answers` does. Raises `BenchMisuse`."""
        self._said(lambda: self._acquirer.script(answers))

    def sends(self, script: Sequence[str]) -> None:
        """Queue an issuer script, as `host sends` does. Raises `BenchMisuse`."""
        self._said(lambda: self._acquirer.send(script))

    def pack(self, name: str) -> None:
        """Use an amount pack from now on, as `host pack` does. Raises `BenchMisuse`."""
        self._said(lambda: self._acquirer.use_pack(name))

    def strike(self, name: str) -> None:
        """Let the fault `name` strike the connection of the next answer. Raises `BenchMisuse`."""
        self._said(lambda: self.server.strike(ConnectionFault(name)))

    def _said(self, what: Callable[[], None]) -> None:
        try:
            what()
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None

    async def close(self) -> None:
        """Hang up, and close the books."""
        if self._server is not None:
            await self._server.close()
        self._opened.close()
