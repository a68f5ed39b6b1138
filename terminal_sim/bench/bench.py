"""A test bench: terminals, cards, readers, acquirer, journal and clock, wired together. The only API of the simulator.

with Bench() as bench:
    till = bench.add_terminal("v400m")
    till.press("OK")
    print(till.view().text)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from terminal_sim import profile as profiles
from terminal_sim.bench.parts import BenchParts
from terminal_sim.bench.rewinding import rewind, taken
from terminal_sim.bench.saved_state import SavedState
from terminal_sim.bench.saving import saved
from terminal_sim.bench.snapshot import Snapshot
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.bench.told import told
from terminal_sim.bench.wall_clock import check_passing, moment
from terminal_sim.core.config import Profile
from terminal_sim.core.moment import Duration, wall_of
from terminal_sim.core.observed_flow import FlowObserver, observed
from terminal_sim.errors import BenchMisuse
from terminal_sim.flows import load as load_flows
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.seen import SeenMessage
from terminal_sim.journal.memory import MemoryJournal
from terminal_sim.readers.opening import VIRTUAL
from terminal_sim.runtime.deadlines import Deadline
from terminal_sim.runtime.trace import Subscriber, Trace

if TYPE_CHECKING:
    from terminal_sim.bench.point_of_sale import PointOfSale
    from terminal_sim.bench.served_apis import ServedApis
    from terminal_sim.bench.terminal_apis import TerminalApis
    from terminal_sim.pos.servers.on_bench import OnBench


class Bench(BenchParts):
    """See the module. `state` is a folder that keeps the journal and the acquirer's books; without it, all is in memory.

    `host` is the host file of the virtual acquirer. With `host_at` the terminals reach another host over a network, by an address such as
    `iso8583://127.0.0.1:8583`: their cards and keys are still those of the host file. `first_terminal` is the number in the name of the first
    terminal of each model, 1 to 9999, so that benches that share a host have terminals of their own.
    `decks` are folders of further card files, `pack` names an amount pack of the acquirer, `trace` takes everything
    that happens (without one, the last entries are kept in memory; False: nothing is spent on it). `receipts` take those that come out of its printers.
    Raises `ProfileError`, `JournalError` and `BenchMisuse` with one sentence about the name that is wrong.
    """

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
        model = self.assembly.model(profile, options or {})
        state = self._continuation.following(state_from, model) if state_from is not None else None
        speaks = locale or (state.locale if state is not None else model.languages[0])
        if speaks not in model.languages:
            raise BenchMisuse(f"{model.id} does not speak {speaks!r}; it speaks {', '.join(model.languages)}")
        profiles.check(model, self.flows, self.texts, locale=speaks)
        name = state.board.name if state is not None else self.names.following(model.id)
        board, hardware = self.assembly.put_together(name, model, reader, record)
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

    # The acquirer.

    def host_answers(self, answers: Sequence[str]) -> None:
        """Queue the answers of the next messages, in the words of the script language."""
        with self._own_acquirer() as acquirer:
            acquirer.script(answers)

    def host_sends(self, script: Sequence[str]) -> None:
        """Queue an issuer script for the next answer to a chip card, in the words of the script language."""
        with self._own_acquirer() as acquirer:
            acquirer.send(script)

    def host_pack(self, name: str) -> None:
        """Let the acquirer answer by the amount pack `name` from now on, "" by none."""
        with self._own_acquirer() as acquirer:
            acquirer.use_pack(name)

    @contextmanager
    def _own_acquirer(self) -> Iterator[Acquirer]:
        """The acquirer, to be told words. Raises `BenchMisuse` for those that it does not know, and where the answers are those of a host on a network."""
        if self.network is not None:
            raise BenchMisuse(f"the host is at {self.network.address}: what it answers is set there")
        try:
            yield self.acquirer
        except ValueError as wrong:
            raise BenchMisuse(str(wrong)) from None

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

    def terminal_apis(
        self, on_bench: OnBench, *, sealed: bool = True, events: str = "", displays: str = ""
    ) -> AbstractContextManager[TerminalApis]:
        """The same interfaces for an event loop that has been there before, which hands what comes to `on_bench`."""
        return self.serving.begin(on_bench, sealed=sealed, events=events, displays=displays)

    def observe(self, observer: FlowObserver | None) -> None:
        """Tell `observer` of every guard that a flow asks and every move that it makes from now on; None tells nobody."""
        self.flows = load_flows() if observer is None else observed(load_flows(), observer)
        for terminal in self.terminals:
            if terminal.is_on:
                terminal.firmware.run_by(self.flows)

    # Time.

    def next_deadline(self) -> Deadline | None:
        """What is due next, when, and for which terminal; None when nothing is."""
        return self.engine.next_deadline()

    def advance(self, duration: int, stops: Callable[[], bool] | None = None) -> None:
        """Let virtual time pass, from one deadline to the next; what real readers have reported comes first. It ends early after the deadline when `stops` says so, where the acquirer is on no network.

        Raises `BenchMisuse` before the wall clock leaves the years that the acquirer's messages can say.
        """
        check_passing(self.now, duration)
        # All others have reported everything by now.
        for terminal in self.terminals if self.assembly.silent else self._reporting_late:
            terminal.listen()
        self.inbox.take()
        until = self.clock.now.mono + duration
        if self.network is None:
            self.engine.advance(until, stops)
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
        return taken(self)

    def restore(self, snapshot: Snapshot) -> None:
        """Be as this bench, or the one that it branched from, was at that moment. Its terminals are the same objects, and no subscriber hears of it.

        Raises `BenchMisuse` where the bench keeps its rows in a folder, or its terminals are not those of that moment.
        """
        self.serving.check_going_back()
        if not isinstance(self.journal, MemoryJournal):
            raise BenchMisuse(
                f"{self.state} keeps what has happened: a bench goes back where it keeps nothing, so leave --state out"
            )
        rewind(self, self.journal, snapshot)

    def branch(self, snapshot: Snapshot | None = None, *subscribers: Subscriber) -> Bench:
        """Another bench in memory, which stands where this one does, or did at the moment of `snapshot`, and goes on by itself; both are closed by their callers.

        Its trace counts on from this one's, and `subscribers` take it: the same acts at both give the same entries.
        Raises `BenchMisuse` where this bench cannot be saved, or a reader of it is not one of ours.
        """
        self.assembly.check_branch()
        there = snapshot or self.snapshot()
        other = Bench(seed=self.seed, decks=self._decks, trace=Trace(*subscribers), texts=self.texts)
        other.acquirer.restore(there.acquirer)  # its keys come before the pads and cards that have them
        for terminal, reader in list(zip(self.terminals, self.assembly.addresses, strict=True))[
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
        self.assembly.close()
        if self._folder is None:
            self.till.close()
        self._close_files()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
