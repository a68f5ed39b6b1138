"""A terminal as it stands on its bench: what it is, the firmware that runs in it, and what surrounds it."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench.conditions import conditions
from terminal_sim.bench.presentment import Presentment
from terminal_sim.bench.situation import situation
from terminal_sim.bench.surroundings import Surroundings
from terminal_sim.bench.workbench import Workbench
from terminal_sim.core.config import Profile
from terminal_sim.core.events import Event
from terminal_sim.core.flow import AnyFlow
from terminal_sim.core.terminal import Terminal
from terminal_sim.errors import BenchMisuse
from terminal_sim.flows import of as flows_of
from terminal_sim.readers.opening import Hardware
from terminal_sim.runtime.board import Board


class StandingTerminal:
    """The board of a terminal with its readers and links, and how it is now. All that happens to it is an event that is posted here."""

    __slots__ = ("_presenting", "_surroundings", "bench", "board", "locale", "profile", "wire")

    def __init__(
        self, bench: Workbench, board: Board, profile: Profile, locale: str, hardware: Hardware
    ) -> None:
        self.bench = bench
        self.board = board
        self.profile = profile
        self.locale = locale
        self._presenting = Presentment(bench.engine, board, hardware.operator, hardware.places)
        self.wire = hardware.wire
        self._surroundings = Surroundings(bench.engine, bench.journal, board, profile)

    @property
    def name(self) -> str:
        """The terminal's id at the acquirer."""
        return self.board.name

    @property
    def currency(self) -> str:
        """The currency that it takes payments in (ISO 4217, alphabetic)."""
        return self.profile.currency

    @property
    def firmware(self) -> Terminal:
        """The firmware. Raises `BenchMisuse` while the power is off."""
        if self.board.firmware is None:
            raise BenchMisuse(f"{self.name} is off: power on first")
        return self.board.firmware

    @property
    def is_on(self) -> bool:
        """Whether a firmware runs."""
        return self.board.firmware is not None

    @property
    def network_is_up(self) -> bool:
        """Whether the terminal's own link is there, with the payment service behind it or without."""
        return self._surroundings.environment.network_up

    @property
    def service_is_up(self) -> bool:
        """Whether the payment service has no outage."""
        return self._surroundings.environment.service_up

    @property
    def link_in_use(self) -> str:
        """The link by its name in the profile, "" where the terminal has none or it is down."""
        environment = self._surroundings.environment
        return environment.link if environment.network_up else ""

    @property
    def host_is_in_reach(self) -> bool:
        """Whether the terminal's own link is there, and the payment service behind it."""
        around = self._surroundings.environment
        return around.network_up and around.service_up

    @property
    def running_flows(self) -> list[tuple[str, str]]:
        """The flows that run, lowest first, each with the state that it is in; none while the power is off."""
        running = self.board.firmware.stack if self.board.firmware is not None else ()
        return [(context.flow.name, context.state) for context in running]

    @property
    def flows(self) -> Mapping[str, AnyFlow]:
        """The flows that it can come to, by name."""
        return flows_of(self.profile)

    @property
    def battery_charge(self) -> int | None:
        """The charge in percent; None for a terminal without a battery."""
        return self._surroundings.environment.battery if self.profile.battery is not None else None

    @property
    def link(self) -> str:
        """The link in use, of those that its profile has."""
        return self._surroundings.environment.link

    @property
    def takes_standalone(self) -> bool:
        """Whether its account takes payments that the terminal begins itself."""
        return self._surroundings.environment.standalone

    @property
    def signature(self) -> tuple[object, ...]:
        """What two moments have in common from which the same things can happen: the flows that are open, what the one on top remembers in kind, and the surroundings.

        Of a text counts whether there is one and its length up to two, of a number whether it is zero, of any other value whether it is there.
        """
        return situation(self.board.firmware, self._surroundings.environment)

    def conditions(self) -> list[str]:
        """What is not as it should be around this terminal, as a script says it: `network down`, `host answers timeout`, ..."""
        return list(
            conditions(
                self.board,
                self._surroundings.environment,
                self._presenting.tear,
                self._presenting.next_command.fault,
                self.wire.condition if self.wire is not None else "",
                self.bench.writer.failure,
                self.bench.acquirer.scripted,
                self.bench.acquirer.sending,
            )
        )

    def post(self, event: Event) -> None:
        """Hand the firmware an event and let all follow from it."""
        self.bench.engine.post(self.board, event)
        self.bench.engine.settle()
