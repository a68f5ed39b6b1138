"""What surrounds one terminal and a tester changes: its link, the service behind it, orders, paper, battery and clock."""

from __future__ import annotations

from copy import copy

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.config import Profile
from terminal_sim.core.environment import Environment
from terminal_sim.core.events import (
    AccountChanged,
    BatteryChanged,
    ClockSet,
    Event,
    NetworkChanged,
    OrderArrived,
    Paper,
    PaperChanged,
    ServiceChanged,
)
from terminal_sim.errors import BenchMisuse
from terminal_sim.journal.records import JournalRows
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.engine import Engine


class SurroundingsState(Struct, frozen=True):
    """The surroundings at one moment; `orders` wait at the service."""

    environment: Environment
    orders: tuple[OrderArrived, ...]


class Surroundings:
    """The surroundings of the terminal on `board`. They outlive a power cut; each change settles before it returns."""

    __slots__ = ("_board", "_engine", "_environment", "_journal", "_orders", "_profile")

    def __init__(self, engine: Engine, journal: JournalRows, board: Board, profile: Profile) -> None:
        self._engine = engine
        self._journal = journal
        self._board = board
        self._profile = profile
        self._environment = Environment(
            link=profile.links[0] if profile.links else "", standalone=profile.standalone.enabled
        )
        self._orders: list[OrderArrived] = []

    def snapshot(self) -> SurroundingsState:
        return SurroundingsState(copy(self._environment), tuple(self._orders))

    def restore(self, state: SurroundingsState) -> None:
        """Be as at that moment, without an event for a firmware."""
        self._environment, self._orders = copy(state.environment), list(state.orders)

    @property
    def environment(self) -> Environment:
        """What a firmware that boots now finds, its readers included."""
        in_reach = self._board.readers.in_reach
        return replace(self._environment, reader=in_reach, card_in=in_reach and self._board.readers.card_in)

    def network(self, up: bool) -> None:
        self._environment.network_up = up
        self._reach()
        self._post(NetworkChanged(up, self._environment.link))
        self.bring_orders()

    def network_kind(self, link: str) -> None:
        if link not in self._profile.links:
            have = ", ".join(self._profile.links) or "none"
            raise BenchMisuse(f"{self._profile.id} has no {link}; it has {have}")
        self._environment.link = link
        self._post(NetworkChanged(self._environment.network_up, link))

    def network_slow(self, duration: int) -> None:
        if duration < 0:
            raise BenchMisuse(f"an answer comes no earlier than it is sent: {duration} is below zero")
        self._board.link.slow = duration

    def service(self, up: bool) -> None:
        self._environment.service_up = up
        self._reach()
        self._post(ServiceChanged(up))
        self.bring_orders()

    def account(self, standalone: bool) -> None:
        if "standalone" not in self._profile.features:
            raise BenchMisuse(
                f"{self._profile.id} has no standalone mode: its payments belong to its own point of sale"
            )
        self._environment.standalone = standalone
        self._post(AccountChanged(standalone))

    def order(self, text: str, amount: int) -> None:
        if self._profile.checkout is None or not self._profile.checkout.orders:
            raise BenchMisuse(f"{self._profile.id} takes no online orders")
        if amount <= 0:
            raise BenchMisuse("an order comes to more than nothing: give its amount in minor units")
        known = sum(row.kind == "order" for row in self._journal.rows(self._board.name))
        number = max(known, self._orders[-1].number if self._orders else 0) + 1
        self._orders.append(OrderArrived(number, text, amount))
        self.bring_orders()

    def bring_orders(self) -> None:
        """The service hands over, in order, what the terminal has not got yet."""
        terminal = self._board.firmware
        if terminal is None or not self._board.link.up:
            return
        self._orders = [order for order in self._orders if order.number > len(terminal.durable.orders)]
        for order in self._orders:
            self._engine.post(self._board, order)
        self._engine.settle()

    def paper(self, state: str) -> None:
        if self._profile.printer is None:
            raise BenchMisuse(f"{self._profile.id} has no printer")
        self._environment.paper = self._board.printer.paper = Paper(state)
        if self._environment.paper is Paper.IN:
            self._board.printer.jammed = False
        self._post(PaperChanged(self._environment.paper))

    def battery(self, percent: int) -> None:
        if self._profile.battery is None:
            raise BenchMisuse(f"{self._profile.id} has no battery")
        if not 0 <= percent <= 100:
            raise BenchMisuse(f"a battery has a charge of 0 to 100 percent, not {percent}")
        self._environment.battery = percent
        self._post(BatteryChanged(percent))

    def clock_was_set(self, by: int) -> None:
        self._post(ClockSet(by))

    def _reach(self) -> None:
        self._board.link.up = self._environment.network_up and self._environment.service_up

    def _post(self, event: Event) -> None:
        self._engine.post(self._board, event)
        self._engine.settle()
