"""The parts of a bench, wired together: files, journal, acquirer, clock, engine, cards and till."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from terminal_sim.bench.assembly import Assembly
from terminal_sim.bench.card_memory import CardMemoryFolder
from terminal_sim.bench.host_file import host_file
from terminal_sim.bench.inbox import Inbox
from terminal_sim.bench.journal import JournalWriter
from terminal_sim.bench.receipts import ReceiptTaker
from terminal_sim.bench.saving import Continuation
from terminal_sim.bench.serving import Serving
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.bench.terminal_names import TerminalNames
from terminal_sim.bench.terminal_past import TerminalPast, past_of
from terminal_sim.bench.till import Till
from terminal_sim.bench.wall_clock import DEFAULT_CLOCK, check_passing, moment
from terminal_sim.bench.wallet import Slot, Wallet
from terminal_sim.core.moment import Instant, wall_of
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import DrawnViews
from terminal_sim.errors import BenchMisuse
from terminal_sim.flows import load as load_flows
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.journal.memory import MemoryJournal
from terminal_sim.journal.records import JournalStore
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.contents import ActRefused, Note
from terminal_sim.runtime.engine import Engine
from terminal_sim.runtime.trace import Trace

if TYPE_CHECKING:
    from terminal_sim.bench.fault import PointOfSaleInterface
    from terminal_sim.bench.network_hosts import NetworkHosts
    from terminal_sim.cards.catalogue import VirtualCard
    from terminal_sim.pos.square.webhooks.webhooks import Webhooks


class BenchParts:
    """What stands on a bench, and what its terminals use of it. What the parameters are says `Bench`."""

    def __init__(
        self,
        *,
        seed: int = 0,
        clock: str | datetime | None = None,
        state: Path | None = None,
        host: str | Path = "test-acquirer",
        host_at: str = "",
        first_terminal: int = 1,
        pack: str | None = None,
        decks: Sequence[Path] = (),
        trace: Trace | Literal[False] | None = None,
        texts: Texts | None = None,
        receipts: Sequence[ReceiptTaker] = (),
    ) -> None:
        self.receipt_takers = receipts
        self.texts = texts or Texts.load()
        self.views = DrawnViews()
        self.state = state
        self.seed = seed
        self.trace = trace or Trace()
        try:
            self.acquirer = Acquirer.load(host_file(host), pack=pack)
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None
        begins = wall_of(moment(clock or DEFAULT_CLOCK))
        self.network = self._host_at(host_at) if host_at else None
        self._folder = None if state is None else StateFolder(state, on_network=self.network is not None)
        self.journal: JournalStore = MemoryJournal() if self._folder is None else self._folder.journal
        if self._folder is not None:
            self.acquirer.keep_books(self._folder.books)
        sales = self._folder.sales if self._folder is not None else None
        mono = max(self.journal.last_mono(), sales.last_mono() if sales is not None else 0)
        self.clock = VirtualClock(begins + (0 if clock else mono), mono)
        try:
            check_passing(self.now, 0)
        except BenchMisuse:
            self._close_files()
            raise
        self.writer = JournalWriter(self.journal, self.clock)
        self.engine = Engine(self.clock, self.writer, seed, None if trace is False else self.trace)
        self.flows = load_flows()
        self.terminals: list[TerminalUnderTest] = []
        memories = CardMemoryFolder(self.state / "cards") if self.state is not None else None
        self.wallet = Wallet(self.acquirer, decks, memories)
        self.names = TerminalNames(self.journal, first_terminal)
        self.till = Till(
            self.clock, sales, self._new_sales, None if self._folder is None else self._folder.kept_till()
        )
        self.inbox = Inbox()
        self.assembly = Assembly(self)
        self.serving = Serving(self)
        self._continuation = Continuation(self)
        self._decks = tuple(decks)
        self._reporting_late: list[TerminalUnderTest] = []

    @property
    def now(self) -> Instant:
        return self.clock.now

    @property
    def is_traced(self) -> bool:
        """Whether what happens is entered into `trace`."""
        return self.engine.tracing is not None

    @contextmanager
    def acting(self, terminal: TerminalUnderTest, line: str) -> Iterator[None]:
        """What is done within is one act, a line of a script; where the bench refuses it, the trace says why."""
        with self.trace.acting(self.now, terminal.name, line):
            try:
                yield
            except (BenchMisuse, ProfileError) as refused:
                self.trace.emit(self.now, terminal.name, ActRefused(str(refused)))
                raise

    def remark(self, terminal: TerminalUnderTest, content: Note) -> None:
        """Say something of `terminal` in the trace."""
        self.trace.emit(self.now, terminal.name, content)

    def card_names(self) -> list[str]:
        """The names of all cards that there are, in the bundled files and in the decks."""
        return self.wallet.names()

    def card(self, name: str) -> VirtualCard:
        """The card of this name, the same one all through the life of the bench; its issuer opens an account for it."""
        return self.wallet.card(name)

    def into_hand(self, name: str, terminal: Slot) -> VirtualCard:
        """The card for a presentment at `terminal`. Raises `BenchMisuse` while it is in the slot of another one: there is one of each."""
        return self.wallet.into_hand(name, terminal)

    def past_of(self, terminal: str) -> TerminalPast:
        """What the rows of `terminal` come to."""
        return past_of(self.journal, terminal) if self._folder is None else self._folder.past_of(terminal)

    def within_reach(self, terminal: TerminalUnderTest) -> None:
        """`terminal` has power and a link again: the point of sale asks for what was not answered."""
        if self.till.point_of_sale is not None:
            self.till.point_of_sale.reached(terminal)
        self.serving.reached(terminal)

    def interface_of(self, terminal: TerminalUnderTest) -> PointOfSaleInterface | None:
        """What points of sale call for `terminal`, None where nothing is served."""
        return self.serving.interface_of(terminal)

    def webhooks_of(self, terminal: TerminalUnderTest) -> Webhooks | None:
        """The webhooks of the service that serves points of sale for `terminal`, None where none does."""
        return self.serving.webhooks_of(terminal)

    def pair(self, terminal: TerminalUnderTest, code: str) -> None:
        """Type a device code into `terminal`. Raises `BenchMisuse` where its service is not served, or no such code can be used now."""
        self.serving.pair(terminal, code)

    def _new_sales(self) -> JournalStore:
        return MemoryJournal() if self._folder is None else self._folder.open_sales()

    def _host_at(self, address: str) -> NetworkHosts:
        # Imported here: a bench whose acquirer is in its process needs neither sockets nor TLS.
        from terminal_sim.bench.network_hosts import NetworkHosts

        return NetworkHosts.at(address, self.acquirer.dialect)

    def _close_files(self) -> None:
        if self._folder is None:
            self.journal.close()
        else:
            self._folder.leave()
