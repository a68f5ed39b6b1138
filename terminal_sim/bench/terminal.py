"""One terminal of a bench with everything a tester does to it by hand: keys, cards, links, power, paper.

It is built up of storeys, each of which knows those below it: it stands on the bench (`terminal_standing`), is looked at (`terminal_looks`), is in
a tester's hands (`terminal_hands`), and is kept and goes on (`terminal_keeping`). Here are what surrounds it, its power, and its faults.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from random import Random
from typing import Protocol

from terminal_sim.bench import faults
from terminal_sim.bench.fault import EventDeliveries, PointOfSaleInterface, Storage
from terminal_sim.bench.terminal_hands import How
from terminal_sim.bench.terminal_keeping import KeptTerminal
from terminal_sim.bench.terminal_past import sealed_rows
from terminal_sim.bench.workbench import Workbench
from terminal_sim.core.config import Profile
from terminal_sim.core.events import PoweredOn, PowerOffPressed, Tampered
from terminal_sim.errors import BenchMisuse
from terminal_sim.readers.card_fault import NextCommand
from terminal_sim.readers.opening import Hardware
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.contents import Note

__all__ = ["How", "TerminalBench", "TerminalUnderTest"]


class TerminalBench(Workbench, Protocol):
    """What a terminal under test needs of its bench, and of what else stands there."""

    def pair(self, terminal: TerminalUnderTest, code: str) -> None: ...
    def acting(self, terminal: TerminalUnderTest, line: str) -> AbstractContextManager[None]: ...
    def remark(self, terminal: TerminalUnderTest, content: Note) -> None: ...
    def interface_of(self, terminal: TerminalUnderTest) -> PointOfSaleInterface | None: ...
    def webhooks_of(self, terminal: TerminalUnderTest) -> EventDeliveries | None: ...
    def within_reach(self, terminal: TerminalUnderTest) -> None: ...


class TerminalUnderTest(KeptTerminal):
    """A terminal under test. Every act settles before it returns: what follows from it has happened."""

    __slots__ = ()
    bench: TerminalBench

    def __init__(
        self, bench: TerminalBench, board: Board, profile: Profile, locale: str, hardware: Hardware
    ) -> None:
        super().__init__(bench, board, profile, locale, hardware)

    # The surroundings.

    def network(self, up: bool) -> None:
        """The terminal's own link."""
        self._surroundings.network(up)
        if up:
            self.bench.within_reach(self)

    def network_kind(self, link: str) -> None:
        """Which link the terminal uses."""
        self._surroundings.network_kind(link)

    def network_slow(self, duration: int) -> None:
        """Add `duration` microseconds to every answer of the acquirer."""
        self._surroundings.network_slow(duration)

    def service(self, up: bool) -> None:
        """The payment service behind a link that is up."""
        self._surroundings.service(up)

    def account(self, standalone: bool) -> None:
        """Switch the account's standalone payments, as the account manager does. Off, the terminal begins none itself."""
        self._surroundings.account(standalone)

    def order(self, text: str, amount: int) -> None:
        """An online order arrives at the service; the terminal gets it as soon as it can be reached."""
        self._surroundings.order(text, amount)

    def paper(self, state: str) -> None:
        """`in`, `low` or `out`."""
        self._surroundings.paper(state)

    def battery(self, percent: int) -> None:
        """The charge of the battery."""
        self._surroundings.battery(percent)

    def clock_was_set(self, by: int) -> None:
        """The wall clock jumped by so many microseconds."""
        self._surroundings.clock_was_set(by)

    # Power.

    def power_on(self) -> None:
        """Boot: read the journal, settle what is in doubt, show the first screen."""
        if self.board.firmware is not None:
            raise BenchMisuse(f"{self.name} is on already")
        past = self.bench.past_of(self.name)
        durable = past.durable
        firmware = self._firmware_of(durable)
        self.board.vault.load(
            sealed_rows(self.bench.journal, past), waiting=() if durable.tampered else durable.stored
        )
        firmware.environment = self._surroundings.environment
        self.board.firmware = firmware
        self.board.power.boot = firmware.durable.boots + 1
        self.board.power.out_of_service = ""
        self.post(PoweredOn())
        if self.board.keys.is_erased and not durable.tampered:
            self.post(Tampered())  # the power failed before the journal had it, and the housing is open still
        self._surroundings.bring_orders()
        self.bench.within_reach(self)

    def power_off(self) -> None:
        """An orderly switch-off."""
        self.post(PowerOffPressed())

    def power_cut(self) -> None:
        """The power is gone, now; whatever was not durable is forgotten."""
        self.board.switch_off()

    def fault(self, name: str, *arguments: str) -> None:
        """Let a fault of the catalogue (`bench.faults.FAULTS`) happen. Raises `BenchMisuse` where it is none of this terminal."""
        faults.arm(self, name, arguments)

    def drawn(self, low: int, high: int) -> int:
        """A number from `low` to `high`: the same for the same seed at the same moment. Raises `BenchMisuse` where the range is empty."""
        if low > high:
            raise BenchMisuse(f"{low}..{high} has no number: write the lower one first")
        now = self.bench.engine.clock.now.mono
        moment = f"{self.bench.seed} {self.name} {now} {self.rows_written}"
        return Random(moment).randint(low, high)

    @property
    def storage(self) -> Storage:
        """The bench's way to its journal."""
        return self.bench.writer

    @property
    def has_real_readers(self) -> bool:
        """Whether a person moves the cards before its readers."""
        return self._presenting.is_human

    @property
    def has_virtual_readers(self) -> bool:
        """Whether its readers, and the cards before them, are of this bench alone: what a card remembers is then of this bench, too."""
        return self._presenting.is_virtual

    @property
    def interface(self) -> PointOfSaleInterface | None:
        """What points of sale call for it, None where nothing is served."""
        return self.bench.interface_of(self)

    @property
    def webhooks(self) -> EventDeliveries | None:
        """What its service tells points of sale, None where none is served."""
        return self.bench.webhooks_of(self)

    def pair(self, code: str) -> None:
        """Type a device code of its service into it, which pairs it. Raises `BenchMisuse` where no such code can be used now."""
        self.bench.pair(self, code)

    def look_at_readers(self) -> None:
        """Post whether the readers are there, and all that they report."""
        self._presenting.look()

    @property
    def next_command(self) -> NextCommand:
        """The next command to a card before its readers."""
        return self._presenting.next_command
