"""A test bench: terminals, cards, readers, acquirer, journal and clock, wired together. The only API of the simulator.

with Bench() as bench:
    till = bench.add_terminal("v400m")
    till.press("OK")
    print(till.view().text)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from terminal_drivers.base import DriverError
from terminal_drivers.base import Trace as Frames
from terminal_sim import profile as profiles
from terminal_sim.bench.card_memory import CardMemoryFolder
from terminal_sim.bench.host_file import host_file
from terminal_sim.bench.inbox import Inbox
from terminal_sim.bench.journal import JournalWriter
from terminal_sim.bench.receipts import ReceiptTaker
from terminal_sim.bench.saved_state import SavedState
from terminal_sim.bench.saving import Continuation, saved
from terminal_sim.bench.snapshot import Snapshot
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.bench.terminal_names import TerminalNames
from terminal_sim.bench.terminal_past import TerminalPast, past_of
from terminal_sim.bench.till import Till
from terminal_sim.bench.told import told
from terminal_sim.bench.wall_clock import DEFAULT_CLOCK, check_passing, moment
from terminal_sim.bench.wallet import Slot, Wallet
from terminal_sim.core.config import Profile
from terminal_sim.core.events import Paper
from terminal_sim.core.moment import Duration, Instant, wall_of
from terminal_sim.core.observed_flow import FlowObserver, observed
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import Item, Role, Selector, SelectorError, View
from terminal_sim.errors import BenchMisuse, Unsafe
from terminal_sim.files import private_folder
from terminal_sim.flows import load as load_flows
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.acquirer_link import AcquirerLink
from terminal_sim.host.link import HostLink
from terminal_sim.host.seen import SeenMessage
from terminal_sim.journal.errors import JournalError
from terminal_sim.journal.memory import MemoryJournal, state_of
from terminal_sim.journal.records import JournalStore
from terminal_sim.profile.kernel import kernel_config
from terminal_sim.readers.opening import (
    RECORDING,
    VIRTUAL,
    Hardware,
    UnsafeAddress,
    is_for_many,
    open_hardware,
)
from terminal_sim.runtime.board import Board, Printer
from terminal_sim.runtime.card_log import CardLog
from terminal_sim.runtime.card_vault import Vault
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.contents import ActRefused, Note, ReaderFrame
from terminal_sim.runtime.deadlines import Deadline
from terminal_sim.runtime.engine import Engine
from terminal_sim.runtime.key_store import KeyStore, pin_keys_of
from terminal_sim.runtime.line_end import TerminalLineEnd
from terminal_sim.runtime.line_keys import LineKeyStore
from terminal_sim.runtime.reader_port import ReaderPort
from terminal_sim.runtime.trace import Subscriber, Trace

if TYPE_CHECKING:
    from terminal_sim.bench.fault import PointOfSaleInterface
    from terminal_sim.bench.network_hosts import NetworkHosts
    from terminal_sim.bench.point_of_sale import PointOfSale
    from terminal_sim.bench.served_apis import ServedApis
    from terminal_sim.bench.terminal_apis import TerminalApis
    from terminal_sim.cards.catalogue import VirtualCard
    from terminal_sim.pos.servers.on_bench import OnBench
    from terminal_sim.pos.square.webhooks.webhooks import Webhooks

__all__ = [
    "DEFAULT_CLOCK",
    "Bench",
    "BenchMisuse",
    "Duration",
    "Item",
    "JournalError",
    "Paper",
    "Profile",
    "ProfileError",
    "Role",
    "SavedState",
    "Selector",
    "SelectorError",
    "Snapshot",
    "TerminalUnderTest",
    "View",
]  # fmt: skip


class Bench:
    """See the module. `state` is a folder that keeps the journal and the acquirer's books; without it, all is in memory.

    `host` is the host file of the virtual acquirer. With `host_at` the terminals reach another host over a network, by an address such as
    `iso8583://127.0.0.1:8583`: their cards and keys are still those of the host file. `first_terminal` is the number in the name of the first
    terminal of each model, 1 to 9999, so that benches that share a host have terminals of their own.
    `decks` are folders of further card files, `pack` names an amount pack of the acquirer, `trace` takes everything
    that happens (without one, the last entries are kept in memory; False: nothing is spent on it). `receipts` take those that come out of its printers.
    Raises `ProfileError`, `JournalError` and `BenchMisuse` with one sentence about the name that is wrong.
    """

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
        self._state = state
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
        memories = CardMemoryFolder(self._state / "cards") if self._state is not None else None
        self.wallet = Wallet(self.acquirer, decks, memories)
        self.names = TerminalNames(self.journal, first_terminal)
        self.till = Till(
            self.clock, sales, self._new_sales, None if self._folder is None else self._folder.kept_till()
        )
        self.inbox = Inbox()
        self._apis: TerminalApis | None = None
        self._continuation = Continuation(self)
        self._models: dict[tuple[str | Path, str], Profile] = {}
        self._readers: list[Hardware] = []
        self._addresses: list[tuple[str, ...]] = []  # of the readers of each terminal
        self._decks = tuple(decks)
        self._reporting_late: list[TerminalUnderTest] = []
        self._silent: set[ReaderPort] = set()

    # Terminals.

    def add_terminal(
        self,
        profile: str | Path | Profile,
        *,
        options: Mapping[str, object] | None = None,
        locale: str | None = None,
        reader: str | Sequence[str] = VIRTUAL,
        record: Path | None = None,
        power: bool = True,
        state_from: SavedState | None = None,
    ) -> TerminalUnderTest:
        """A terminal with its readers, acquirer link and printer, switched on and at its first screen.

        `options` go before what the profile says, by their dotted keys: `{"offline.allowed": True}`.
        `reader` is an address, or several that complete each other: a chip reader's and a stripe head's. `record` is a new file
        of all that goes to and from its readers; the reader `recording:FILE` replays it. With `state_from` the terminal goes on
        where the saved one stood, screen, flows and card in the slot included; the first one brings the whole bench there.
        """
        model = self._model(profile, options or {})
        state = self._continuation.following(state_from, model) if state_from is not None else None
        speaks = locale or (state.locale if state is not None else model.languages[0])
        if speaks not in model.languages:
            raise BenchMisuse(f"{model.id} does not speak {speaks!r}; it speaks {', '.join(model.languages)}")
        profiles.check(model, self.flows, self.texts, locale=speaks)
        name = state.board.name if state is not None else self.names.following(model.id)
        about = {"terminal": model.id, "seed": str(self.seed)}
        hardware = self._hardware(reader, name, record, about)
        self._readers.append(hardware)
        self._addresses.append((reader,) if isinstance(reader, str) else tuple(reader))
        pin_keys = pin_keys_of(
            self.acquirer.config,
            name,
            file=None if self._state is None else self._state / f"{name}.pin-serial",
        )
        line_keys = LineKeyStore(
            self.acquirer.config, None if self._state is None else self._state / f"{name}.line-keys"
        )
        keys = KeyStore(pin_keys, self.acquirer.config.pin.block_format, line_keys)
        kernel = kernel_config(model, name)
        board = Board(
            name=name,
            readers=ReaderPort(hardware.reader, silent=self._silent),
            link=self._link(name, model, keys),
            printer=Printer(),
            kernel=kernel,
            dialect=self.acquirer.dialect if self.network is None else self.network.dialect,
            keys=keys,
            cards=CardLog(kernel.exceptions),
            vault=Vault(None if self._state is None else self._state / f"{name}.key"),
        )
        self.engine.attach(board)
        if self.network is not None:
            self.network.attach(board)
        terminal = TerminalUnderTest(self, board, model, speaks, hardware)
        self.terminals.append(terminal)
        if hardware.operator.reports_late:
            self._reporting_late.append(terminal)
        if self.till.point_of_sale is not None:
            self.till.point_of_sale.attach(terminal, board)
        if state is not None and state_from is not None:
            slot = state_from.cards.get(state.presented.in_slot)
            terminal.resume(state, slot)
        if power and not terminal.is_on:
            terminal.power_on()
        return terminal

    def _link(self, name: str, model: Profile, keys: KeyStore) -> HostLink:
        """The way of a terminal to its host."""
        if self.network is None:
            return AcquirerLink(self.acquirer)
        end = TerminalLineEnd(name, self.network.dialect, keys, lambda: self.now.civil)
        return self.network.link(model.timeouts, end, self.seed)

    def _model(self, profile: str | Path | Profile, options: Mapping[str, object]) -> Profile:
        """A profile is read once a bench: a fleet of one model shares it."""
        if isinstance(profile, Profile):
            if options:
                raise BenchMisuse(
                    "options are set in a profile that is given by its name or file, not in a profile that is made"
                )
            return profile
        key = profile, repr(sorted(options.items()))
        if key not in self._models:
            self._models[key] = profiles.load(profile, options)
        return self._models[key]

    def _frames(self, name: str) -> Frames | None:
        """Reader frames as entries of the trace, by name and length, for subscribers that want them: their payload is card data."""
        if self.engine.tracing is None:
            return None

        def write(direction: str, message: str, slot: int, sequence: int, length: int) -> None:
            if self.trace.wants_frames:
                frame = ReaderFrame(direction, message, slot, sequence, length)
                self.trace.emit(self.clock.now, name, frame)

        return write

    def _host_at(self, address: str) -> NetworkHosts:
        # Imported here: a bench whose acquirer is in its process needs neither sockets nor TLS.
        from terminal_sim.bench.network_hosts import NetworkHosts

        return NetworkHosts.at(address, self.acquirer.dialect)

    def _hardware(
        self, reader: str | Sequence[str], name: str, record: Path | None, about: Mapping[str, str]
    ) -> Hardware:
        try:
            return open_hardware(reader, trace=self._frames(name), record=record, about=about)
        except DriverError as wrong:
            named = reader if isinstance(reader, str) else " and ".join(reader)
            kind = Unsafe if isinstance(wrong, UnsafeAddress) else BenchMisuse
            raise kind(f"reader {named}: {wrong}") from None

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

    # Cards.

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

    # The acquirer.

    def host_answers(self, answers: Sequence[str]) -> None:
        """Queue the answers of the next messages, in the words of the script language."""
        self._own_acquirer()
        try:
            self.acquirer.script(answers)
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None

    def host_sends(self, script: Sequence[str]) -> None:
        """Queue an issuer script for the next answer to a chip card, in the words of the script language."""
        self._own_acquirer()
        try:
            self.acquirer.send(script)
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None

    def host_pack(self, name: str) -> None:
        """Let the acquirer answer by the amount pack `name` from now on, "" by none."""
        self._own_acquirer()
        try:
            self.acquirer.use_pack(name)
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None

    def _own_acquirer(self) -> None:
        """Raises `BenchMisuse` where the answers are those of a host on a network."""
        if self.network is not None:
            raise BenchMisuse(f"the host is at {self.network.address}: what it answers is set there")

    def host_messages(self) -> Sequence[SeenMessage]:
        """Every request that reached the acquirer, or that was sent to a host on a network, masked, oldest first."""
        return self.acquirer.messages if self.network is None else self.network.log.messages

    def violations(self, *, resolved: bool = False) -> list[str]:
        """Which invariants of money, state, wire and secrets do not hold now; empty on a sound bench.

        `resolved` says that everything had its time with the acquirer within reach, so that nothing may be in doubt. Those that ask the
        host's books are left out where the host is on a network.
        """
        from terminal_sim.journal.invariants import violations

        till = self.till.point_of_sale
        sales = till.book.sales.values() if till is not None else ()
        entries = self.acquirer.entries() if self.network is None else None
        return violations(
            self.journal,
            entries,
            self.host_messages(),
            sales,
            told=told(self.trace.entries),
            resolved=resolved,
        )

    # The point of sale.

    @property
    def point_of_sale(self) -> PointOfSale:
        """The point of sale beside the terminals, which it asks for payments; it is set up when it is used first."""
        return self.till.used(self.terminals)

    @property
    def sales_count(self) -> int:
        """How many sales the point of sale has, none where it was never used."""
        till = self.till.point_of_sale
        return 0 if till is None else len(till.book.sales)

    def within_reach(self, terminal: TerminalUnderTest) -> None:
        """`terminal` has power and a link again: the point of sale asks for what was not answered."""
        if self.till.point_of_sale is not None:
            self.till.point_of_sale.reached(terminal)
        if self._apis is not None:
            self._apis.reached(terminal)

    @contextmanager
    def serve_pos(
        self,
        port: int = 0,
        *,
        sealed: bool = True,
        cloud: int | None = None,
        square: int = 0,
        events: str = "",
        displays: str = "",
    ) -> Iterator[ServedApis]:
        """Serve the vendor's interface of each terminal that has one to points of sale on this machine, until the block ends.

        The first one is at `port` and the others at those that follow, each at a free one where it is 0. `sealed` gives each terminal a key
        that points of sale need. The vendor's platform, which reaches all of them, is at the port `cloud`, a free one where that is 0.
        Square's service is at the port `square`, where a terminal has it. `events` and `displays` are URLs of this machine at which points of sale are
        told of what happens to terminals, and of how far dialogues have come. Keys, certificates and what was answered are kept in the bench's folder, where it has one.
        Raises `BenchMisuse`.
        """
        # Imported here: most benches serve nobody.
        from terminal_sim.bench.served_apis import served_apis

        with (
            self.terminal_apis(self.inbox.put, sealed=sealed, events=events, displays=displays) as apis,
            served_apis(apis, self.inbox, port, cloud, square) as served,
        ):
            yield served

    @contextmanager
    def terminal_apis(
        self, on_bench: OnBench, *, sealed: bool = True, events: str = "", displays: str = ""
    ) -> Iterator[TerminalApis]:
        """The same interfaces for an event loop that has been there before, which hands what comes to `on_bench`."""
        from terminal_sim.bench.served_places import NotifiedUrls
        from terminal_sim.bench.terminal_apis import TerminalApis

        with private_folder(None if self._state is None else self._state / "api") as folder:
            notified = NotifiedUrls(events=events, displays=displays)
            self._apis = TerminalApis(folder, self.engine, self.till, on_bench, notified)
            try:
                for terminal in self.terminals:
                    if terminal.profile.api == "adyen":
                        self._apis.add(terminal, sealed=sealed)
                devices = [terminal for terminal in self.terminals if terminal.profile.api == "square"]
                if devices:
                    self._apis.add_square(devices, self.seed, self.inbox)
                yield self._apis
            finally:
                self._apis.leave()
                self._apis = None

    def interface_of(self, terminal: TerminalUnderTest) -> PointOfSaleInterface | None:
        """What points of sale call for `terminal`, None where nothing is served."""
        return None if self._apis is None else self._apis.interface_of(terminal)

    def webhooks_of(self, terminal: TerminalUnderTest) -> Webhooks | None:
        """The webhooks of the service that serves points of sale for `terminal`, None where none does."""
        square = None if self._apis is None else self._apis.square
        return square.webhooks if square is not None and terminal.name in square.terminals else None

    def pair(self, terminal: TerminalUnderTest, code: str) -> None:
        """Type a device code into `terminal`. Raises `BenchMisuse` where its service is not served, or no such code can be used now."""
        square = None if self._apis is None else self._apis.square
        if square is None or terminal.name not in square.terminals:
            raise BenchMisuse(f"{terminal.name} has no service that gives device codes: serve it first")
        square.pair(terminal, code)

    def _new_sales(self) -> JournalStore:
        return MemoryJournal() if self._folder is None else self._folder.open_sales()

    def observe(self, observer: FlowObserver | None) -> None:
        """Tell `observer` of every guard that a flow asks and every move that it makes from now on; None tells nobody."""
        self.flows = load_flows() if observer is None else observed(load_flows(), observer)
        for terminal in self.terminals:
            if terminal.is_on:
                terminal.firmware.run_by(self.flows)

    @property
    def is_traced(self) -> bool:
        """Whether what happens is entered into `trace`."""
        return self.engine.tracing is not None

    # Time.

    @property
    def now(self) -> Instant:
        return self.clock.now

    def next_deadline(self) -> Deadline | None:
        """What is due next, when, and for which terminal; None when nothing is."""
        return self.engine.next_deadline()

    def advance(self, duration: int) -> None:
        """Let virtual time pass, from one deadline to the next; what real readers have reported comes first.

        Raises `BenchMisuse` before the wall clock leaves the years that the acquirer's messages can say.
        """
        check_passing(self.now, duration)
        # All others have reported everything by now.
        for terminal in self.terminals if self._silent else self._reporting_late:
            terminal.listen()
        self.inbox.take()
        until = self.clock.now.mono + duration
        if self.network is None:
            self.engine.advance(until)
        else:
            self.network.advance(self.engine, until)

    def pass_to_next(self, until: int) -> None:
        """Let time pass to the next deadline, or to the next news of a host on a network, `until` at the latest."""
        deadline = self.next_deadline()
        then = until if deadline is None else min(deadline.at, until)
        if self.network is None:
            self.advance(Duration(max(then - self.now.mono, 0)))
        else:
            self.network.step(self.engine, then)

    def settle(self) -> None:
        self.engine.settle()

    def set_clock(self, clock: str | datetime) -> None:
        """Set the wall clock of every terminal; elapsed time does not notice."""
        by = self.clock.set_wall(wall_of(moment(clock)))
        for terminal in self.terminals:
            terminal.clock_was_set(by)

    # Keeping and starting again.

    def save(self) -> SavedState:
        """The bench as it is now, once everything has settled: what `state_from` of another bench goes on from.

        Raises `BenchMisuse` with the reason where a card or reader is out of the simulator's hands.
        """
        for terminal in self.terminals:
            terminal.check_wire()
        return saved(self.snapshot(), self.engine.lasting())

    def snapshot(self) -> Snapshot:
        """The bench as it is now, once everything has settled: what `restore` brings it back to, and `branch` begins another one from.

        Raises `BenchMisuse` with the reason where a card, a reader or the host is out of the simulator's hands.
        """
        if self.network is not None:
            raise BenchMisuse(
                f"the host is at {self.network.address}: what it knows cannot be kept with the bench"
            )
        engine = self.engine.snapshot()
        return Snapshot(
            trace=self.trace.snapshot(),
            engine=engine,
            journal=state_of(self.journal),
            till=self.till.snapshot(),
            acquirer=self.acquirer.snapshot(),
            cards=self.wallet.snapshot(),
            numbers=self.names.snapshot(),
            commit_failure=self.writer.failure,
            terminals=tuple(terminal.snapshot() for terminal in self.terminals),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Be as this bench, or the one that it branched from, was at that moment. Its terminals are the same objects, and no subscriber hears of it.

        Raises `BenchMisuse` where the bench keeps its rows in a folder, or its terminals are not those of that moment.
        """
        if self._apis is not None:
            raise BenchMisuse("points of sale are being served: what they were answered cannot be taken back")
        if not isinstance(self.journal, MemoryJournal):
            raise BenchMisuse(
                f"{self._state} keeps what has happened: a bench goes back where it keeps nothing, so leave --state out"
            )
        there = [(one.state.board.name, one.state.profile) for one in snapshot.terminals]
        if there != [(one.name, one.profile.id) for one in self.terminals]:
            names = ", ".join(name for name, _ in there) or "none"
            raise BenchMisuse(f"that moment has other terminals than this bench: {names}")
        with self.trace.unheard():
            self.journal.restore(snapshot.journal)
            self.till.restore(snapshot.till, self.terminals)
            self.acquirer.restore(snapshot.acquirer)
            self.wallet.restore(snapshot.cards)
            self.names.restore(snapshot.numbers, (name for name, _ in there))
            self.writer.failure = snapshot.commit_failure
            for terminal, kept in zip(self.terminals, snapshot.terminals, strict=True):
                terminal.restore(kept, snapshot.cards.get(kept.state.presented.in_slot))
            self.engine.restore(snapshot.engine)
        self.trace.restore(snapshot.trace)

    def branch(self, snapshot: Snapshot | None = None, *subscribers: Subscriber) -> Bench:
        """Another bench in memory, which stands where this one does, or did at the moment of `snapshot`, and goes on by itself; both are closed by their callers.

        Its trace counts on from this one's, and `subscribers` take it: the same acts at both give the same entries.
        Raises `BenchMisuse` where this bench cannot be saved, or a reader of it is not one of ours.
        """
        for address in (address for readers in self._addresses for address in readers):
            if address.startswith(RECORDING) or not is_for_many(address):
                raise BenchMisuse(
                    f"a bench with the reader {address} has no branch: another one cannot open it"
                )
        there = snapshot or self.snapshot()
        other = Bench(seed=self.seed, decks=self._decks, trace=Trace(*subscribers), texts=self.texts)
        other.acquirer.restore(there.acquirer)  # its keys come before the pads and cards that have them
        for terminal, reader in list(zip(self.terminals, self._addresses, strict=True))[
            : len(there.terminals)
        ]:
            other.add_terminal(terminal.profile, locale=terminal.locale, reader=reader, power=False)
        other.restore(there)
        return other

    def close(self) -> None:
        """Switch everything off: no thread, file or descriptor stays behind."""
        for terminal in self.terminals:
            terminal.board.switch_off()
            terminal.board.link.close()
        for reader in self._readers:
            reader.close()
        if self._folder is None:
            self.till.close()
        self._close_files()

    def _close_files(self) -> None:
        if self._folder is None:
            self.journal.close()
        else:
            self._folder.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
