"""Square's service beside a bench, and the terminals that are its devices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path

from terminal_sim.bench.asked_lines import AskedLines
from terminal_sim.bench.inbox import Inbox
from terminal_sim.bench.signature_keys import SignatureKeyFiles
from terminal_sim.bench.terminal import TerminalUnderTest
from terminal_sim.bench.till import Till
from terminal_sim.core.events import Event, Paper
from terminal_sim.core.moment import Instant
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import RequestAnswer
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.text import say
from terminal_sim.errors import BenchMisuse
from terminal_sim.journal.errors import CommitUnknown
from terminal_sim.pos.square.calls.call import ServedService
from terminal_sim.pos.square.calls.device_codes import pair
from terminal_sim.pos.square.calls.routes import LaterAnswer, ServiceAnswer, ServiceRequest, answer
from terminal_sim.pos.square.sandbox import Sandbox
from terminal_sim.pos.square.service.book import ServiceBook
from terminal_sim.pos.square.service.rows import SERVICE, row_of
from terminal_sim.pos.square.service.service import SquareService
from terminal_sim.pos.square.service.subscribers import webhooks_of
from terminal_sim.pos.square.service.world import DeviceFacts, ShopFacts, SquareDevice
from terminal_sim.pos.square.work.delays import DelayedPayments
from terminal_sim.pos.square.work.queues import DeviceQueues
from terminal_sim.runtime.engine import Engine
from terminal_sim.secret import Secret

_LOOK = 0.02  # seconds of one wait, since what is waited for may come about by itself


class SquareTerminal:
    """A terminal of a bench as a device of the service. Its id and its name are those at the acquirer."""

    def __init__(self, terminal: TerminalUnderTest, engine: Engine) -> None:
        self.terminal = terminal
        self._asked = AskedLines(terminal)
        self._engine = engine

    @property
    def id(self) -> str:
        return self.terminal.name

    @property
    def name(self) -> str:
        return self.terminal.name

    @property
    def currency(self) -> str:
        return self.terminal.currency

    @property
    def highest(self) -> int:
        return self.terminal.profile.limits.max_amount

    @property
    def in_reach(self) -> bool:
        return self.terminal.is_on and self.terminal.host_is_in_reach

    @property
    def facts(self) -> DeviceFacts:
        terminal, profile = self.terminal, self.terminal.profile
        printer = terminal.board.printer
        return DeviceFacts(
            model=profile.name,
            version=version("terminal-sim"),
            battery=terminal.battery_charge,
            links=profile.links,
            link=terminal.link_in_use,
            has_printer=profile.printer is not None,
            needs_attention=bool(terminal.board.power.out_of_service)
            or printer.jammed
            or printer.paper is Paper.OUT,
        )

    @property
    def no_tip(self) -> str:
        return self.terminal.bench.texts.phrase(say("no-tip"), self.terminal.locale)

    def written(self, amount: Money) -> str:
        return self.terminal.bench.texts.phrase(amount, self.terminal.locale)

    def ask(self, event: Event) -> None:
        with self._asked.asking(event):
            self._engine.post(self.terminal.board, event)


class SquareAtBench:
    """The service as a part of a bench: what it is to its terminals, to the engine and to points of sale.

    It stands on the rows that the journal of the points of sale has of it, and goes on where they end. `folder` has the keys of its webhooks; while their results are
    waited for, `inbox` is taken.
    """

    def __init__(
        self,
        terminals: Sequence[TerminalUnderTest],
        engine: Engine,
        till: Till,
        seed: int,
        folder: Path,
        inbox: Inbox,
    ) -> None:
        self.seed = seed
        self._engine = engine
        self._till = till
        self._terminals = {terminal.name: SquareTerminal(terminal, engine) for terminal in terminals}
        book = ServiceBook()
        for stored in till.journal().rows(SERVICE):
            book.apply(row_of(stored.flat))
        self.service = SquareService(self, book)
        self._queues = DeviceQueues(self.service)
        keys = SignatureKeyFiles(folder)
        self.webhooks = webhooks_of(self.service, keys, partial(inbox.take, _LOOK))
        self._served = ServedService(self.service, self._queues, self.webhooks, keys)
        (first, *_) = terminals
        self.shop = _shop(first)
        self._sandbox = Sandbox(first.currency, lambda: self.now, self._queues.answered)
        self._devices: Mapping[str, SquareDevice] = {**self._terminals, **self._sandbox.devices}
        delays = DelayedPayments(self.service)
        self._beside = (self._sandbox, delays, self._queues, self.webhooks)
        for terminal in terminals:
            terminal.board.points_of_sale.append(self)
        engine.beside.extend(self._beside)
        engine.settle()

    def leave(self) -> None:
        """Ask the terminals for nothing more."""
        for one in self._beside:
            self._engine.beside.remove(one)
        for device in self._terminals.values():
            device.terminal.board.points_of_sale.remove(self)

    # What points of sale send.

    def answer(self, request: ServiceRequest, token: Secret[str]) -> ServiceAnswer | LaterAnswer:
        """The answer to a request of HTTP. What follows from it has happened when this returns, but is not in the answer."""
        answered = answer(self._served, request, token)
        self._engine.settle()
        return answered

    def pair(self, terminal: TerminalUnderTest, code: str) -> None:
        """Type a device code into `terminal`. Raises `BenchMisuse` where no such code can be used now."""
        if pair(self.service, code, self._terminals[terminal.name].id) is None:
            raise BenchMisuse(
                f"{code!r} is no device code that can be used now: make one with CreateDeviceCode"
            )
        self._engine.settle()

    # What terminals answer.

    def asked_for(self, request: str) -> bool:
        """Whether the request with this id is one of the service."""
        return self._queues.asked_for(request)

    def answered(self, terminal: str, request: str, given: RequestAnswer) -> bool:
        """Take an answer of a terminal that is in reach."""
        return self._queues.answered(self._terminals[terminal], request, given)

    def lost_power(self, terminal: str) -> None:
        """What the terminal was asked for is in doubt."""
        self._queues.lost_power(terminal)

    # What is around the service.

    @property
    def devices(self) -> Mapping[str, SquareDevice]:
        return self._devices

    @property
    def terminals(self) -> Mapping[str, SquareTerminal]:
        """The devices that somebody holds."""
        return self._terminals

    @property
    def now(self) -> Instant:
        return self._engine.clock.now

    @property
    def is_down(self) -> bool:
        return any(not device.terminal.service_is_up for device in self._terminals.values())

    def store(self, rows: Sequence[JournalRow]) -> bool:
        now = self.now
        flat = [row.flat() for row in rows]
        try:
            self._till.journal().append(SERVICE, 0, now.mono, now.wall, flat)
        except CommitUnknown as unknown:
            self.note(f"the service cannot store what it answers: {unknown}")
            return False
        return True

    def note(self, text: str) -> None:
        tracing = self._engine.tracing
        if tracing is not None:
            for device in self._terminals.values():
                tracing.note(device.terminal.board, text)
                return


def _shop(terminal: TerminalUnderTest) -> ShopFacts:
    """Where `terminal` stands."""
    profile = terminal.profile
    return ShopFacts(
        name=profile.merchant.id,
        country=profile.country,
        currency=profile.currency,
        language=terminal.locale,
        category=profile.merchant.category,
    )
