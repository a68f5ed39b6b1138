"""A terminal's flows, one on top of the other, and everything that a flow may ask of the terminal that it runs on.

1. An event goes to the flow on top; leaving a flow posts `Returned` to the flow below.
2. Flows never fire triggers: they post events, which are handled after the current one, in order.
3. Each move that ends in another state, and each key or touch that a flow takes, starts the state's time-out anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core import own_flows
from terminal_sim.core.card_advices import CardAdvices
from terminal_sim.core.config import MenuEntry, Profile
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.environment import Environment, refusal, shows
from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import DONE, AnyFlow, Context
from terminal_sim.core.memory import FirmwareMemory
from terminal_sim.core.message import HostRequest
from terminal_sim.core.moment import Instant
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import Payment
from terminal_sim.core.requests import PaymentRequests
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.screen import Screen
from terminal_sim.core.settlements import Settlements
from terminal_sim.core.trace_number import serial

STATE_ALARM = "state"

# Triggers of keys and touches.
_BY_HAND = frozenset(
    {Trigger.DIGIT, Trigger.CONFIRM, Trigger.CANCEL, Trigger.CLEAR, Trigger.UP, Trigger.DOWN, Trigger.MENU}
    | {Trigger.FUNCTION, Trigger.SELECT}
)


class FlowStack:
    """What `core.flow.Firmware` promises. `name` is the terminal's id at the acquirer; `flows` are all flows by name.

    `touched` says that the time-out begins anew once the event is dealt with; `awaited` is the request that a flow waits for.
    """

    __slots__ = (
        "_shown",
        "_unwinding",
        "advices",
        "awaited",
        "durable",
        "effects",
        "environment",
        "flows",
        "inbox",
        "locale",
        "name",
        "now",
        "offline",
        "profile",
        "requests",
        "reversals",
        "settlements",
        "stack",
        "touched",
    )  # fmt: skip

    def __init__(
        self, name: str, profile: Profile, flows: Mapping[str, AnyFlow], durable: DurableState, locale: str
    ) -> None:
        self.name = name
        self.profile = profile
        self.flows = flows
        self.durable = durable
        self.locale = locale
        self.environment = Environment(
            link=profile.links[0] if profile.links else "", standalone=profile.standalone.enabled
        )
        self.now = Instant(0, 0)
        self.stack: list[Context] = []
        self.reversals = Reversals(self)
        self.advices = CardAdvices(self)
        self.offline: OfflineQueue = OfflineQueue(self)
        self.settlements = Settlements(self)
        self.requests = PaymentRequests(self)
        self.awaited: HostRequest | None = None
        self.effects: list[fx.Effect] = []
        self.inbox: list[Event] = []  # an empty queue of another kind takes 700 bytes
        self.touched = False
        self._unwinding = False
        self._shown: Screen | None = None  # the screen, as long as nothing has happened since it was made

    def snapshot(self) -> FirmwareMemory:
        """What this firmware remembers besides its journal, once everything that was handed to it is handled."""
        return FirmwareMemory(
            locale=self.locale,
            environment=copy(self.environment),
            now=self.now,
            stack=tuple(context.snapshot() for context in self.stack),
            awaited=self.awaited,
            unwinding=self._unwinding,
            reversals=self.reversals.snapshot(),
            advices=self.advices.snapshot(),
            offline=self.offline.snapshot(),
            settlements=self.settlements.snapshot(),
            request=self.requests.running,
        )

    def restore(self, memory: FirmwareMemory) -> None:
        """Be where the firmware stood that gave `memory`; nothing is entered anew, and no effect is ordered."""
        self.locale = memory.locale
        self.environment = copy(memory.environment)
        self.now = memory.now
        self._shown = None
        self.awaited = memory.awaited
        self._unwinding = memory.unwinding
        self.reversals.restore(memory.reversals)
        self.advices.restore(memory.advices)
        self.offline.restore(memory.offline)
        self.settlements.restore(memory.settlements)
        self.stack.clear()
        for kept in memory.stack:
            context = self.flows[kept.flow].begin(self)
            context.restore(kept)
            self.stack.append(context)
        self.requests.restore(memory.request, self.stack)

    def run_by(self, flows: Mapping[str, AnyFlow]) -> None:
        """Let these flows run the terminal, which are the same by their names and tables."""
        self.flows = flows
        self._shown = None
        for context in self.stack:
            context.flow = flows[context.flow.name]

    def order(self, effect: fx.Effect) -> None:
        self.effects.append(effect)

    def record(self, *rows: JournalRow) -> None:
        """Make `rows` durable before anything that is ordered later, and fold them into the durable state.

        A row that follows from them stands behind them, in the same commit.
        """
        rows += self.settlements.opened_by(rows)
        self.effects.append(fx.Record(rows))
        for row in rows:
            self.durable.apply(row)

    def store(self, payment: Payment, stored: OfflineStoredRow, request: HostRequest) -> None:
        """As `record` of both rows, with the card data of `request` sealed into `stored`."""
        self.effects.append(fx.Store(payment, stored, request))
        self.durable.apply(payment)
        self.durable.apply(stored)

    def post(self, event: Event) -> None:
        """Handle `event` after the current one."""
        self.inbox.append(event)

    def push(self, context: Context) -> None:
        """Put a flow that was begun on top, in its initial state; it is run by this terminal's own flow of its name, which may be observed."""
        context.flow = self.flows[context.flow.name]
        self.stack.append(context)
        self.effects.append(fx.Moved(context.flow.name, "", context.flow.initial))
        self.touched = True
        context.flow.enter(context, ev.Returned())

    def unwind(self) -> None:
        """Go home once the current flow is left: every flow but the lowest is taken off the stack."""
        self._unwinding = True

    def open(self, entry: MenuEntry) -> None:
        """What choosing `entry` of a menu does: the menu, the flow, or the sentence that says why not."""
        why_not = refusal(self.profile, self.environment, entry)
        if why_not is not None:
            self.push(own_flows.notice(self.flows, self, why_not))
        elif entry.menu:
            self.push(own_flows.menu(self.flows, self, entry.menu))
        else:
            begun = self.flows[entry.flow].begin(self)
            begun.chosen_by(entry)
            self.push(begun)

    def shows(self, entry: MenuEntry) -> bool:
        """Whether a menu of this terminal lists `entry`."""
        return shows(self.profile, entry)

    def send(self, request: HostRequest) -> None:
        """Send a flow's request; its answer alone comes back to the flow. What a card said before goes first."""
        self.advices.repeat()
        self.awaited = request
        self.effects.append(fx.Send(request))

    def forget_request(self) -> None:
        """Whatever answers the flow's request from now on is unexpected."""
        self.awaited = None

    def reference(self) -> str:
        """The terminal's name for its next payment: its own name, and the number of the payment in base 36.

        It never repeats in the life of a journal, whatever the clock says, nor within a fleet, whose names are unique; the first
        1,679,615 of a terminal have the twelve characters of DE 37.
        """
        return self.name + serial(self.durable.trace_number.count + 1)

    def language_of(self, languages: tuple[str, ...]) -> str:
        """The first of the card's languages (ISO 639, as in 5F2D) that this terminal speaks, as one of its locales."""
        for language in languages:
            for locale in self.profile.languages:
                if locale.split("-")[0] == language:
                    return locale
        return ""

    # What the terminal asks of its flows.

    def fire(self, trigger: Trigger, event: Event) -> bool:
        """Let the flow on top take the event; whether it did."""
        if not self.stack:
            return False
        top = self.stack[-1]
        before = top.state
        if not top.flow.fire(top, trigger, event):
            return False
        if top.state != before:
            self.effects.append(fx.Moved(top.flow.name, before, top.state))
            self.touched = True
            if top.state == DONE:
                self._leave(top)
        elif trigger in _BY_HAND:
            self.touched = True
        return True

    def offer(self, trigger: Trigger, event: Event) -> None:
        """As `fire`, for what comes only on request: where no move takes it, it is unexpected."""
        if not self.fire(trigger, event):
            self.effects.append(fx.Unexpected(trigger.value))

    def arm(self) -> None:
        """Start the time-out of the state that is up now, where it has one."""
        top = self.stack[-1]
        timeout = top.flow.table[top.state].timeout
        if timeout:
            self.effects.append(fx.SetAlarm(STATE_ALARM, top.deadline(timeout)))
        else:
            self.effects.append(fx.DropAlarm(STATE_ALARM))

    def _leave(self, context: Context) -> None:
        self.stack.remove(context)
        if self._unwinding:
            self._unwinding = False
            del self.stack[1:]
        else:
            self.inbox.append(ev.Returned(context.accepted))
