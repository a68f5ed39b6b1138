"""The firmware: one method that turns an event into effects, and the screen that is up.

Rules:
1. `handle` is the only way in, and its effects the only way out. It reads no clock, draws no random number and touches no
   file: a run is a function of the profile, the journal rows read at boot, and the events.
2. The event goes to the flow on top. What runs beside it (`core.beside`, reversals, offline payments) takes it first, and frames
   the flow's screen (`core.frame`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from terminal_sim.core import beside
from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.device_request import DisplayRequest
from terminal_sim.core.events import KEY_TRIGGERS, Event, Trigger
from terminal_sim.core.frame import framed
from terminal_sim.core.message import HostReply, answers
from terminal_sim.core.moment import Instant
from terminal_sim.core.money import Money
from terminal_sim.core.offline import FORWARD_ALARM, OFFLINE_ALARM
from terminal_sim.core.own_flows import OwnFlow
from terminal_sim.core.reversals import REVERSAL_ALARM
from terminal_sim.core.rows.kinds import BootRow, ClockRow, OrderRow, PowerRow, TamperRow, UnexpectedRow
from terminal_sim.core.screen import Banner, Button, Choice, Element, Pad, Screen, Tab, TextLine, Tone
from terminal_sim.core.services import FIELD_ALARM
from terminal_sim.core.settlements import BATCH_ALARM, SETTLEMENT_ALARM
from terminal_sim.core.stack import STATE_ALARM, FlowStack
from terminal_sim.core.text import say

_Requested = (
    ev.PaymentRequested
    | ev.RefundRequested
    | ev.CardRequested
    | ev.InputRequested
    | ev.PrintRequested
    | ev.DisplayRequested
)
_POWER_OFF_HOLD = 3_000_000  # microseconds
_CLOSED = Screen("app-closed", (TextLine(say("app-closed"), "app-closed"),))


class Terminal(FlowStack):
    """One terminal with all that happens to it."""

    __slots__ = ()

    # What the engine and the bench ask of a terminal.

    def handle(self, event: Event, now: Instant) -> list[fx.Effect]:
        """Everything that follows from `event` at `now`, in the order in which it must happen."""
        self.look(now)
        self.touched = False
        self.inbox.append(event)
        while self.inbox:
            pending = self.inbox.pop(0)
            _HANDLERS[type(pending)](self, pending)
            self._shown = None
        if self.requests.running is not None:
            self.requests.abandon_without(self.stack)
        if self.touched:
            self.arm()
        effects, self.effects = self.effects, []
        return effects

    def screen(self) -> Screen:
        """What the merchant's display shows now. It is the same one until something happens or time passes."""
        if self._shown is None:
            self._shown = framed(self) if self.environment.app_open else _CLOSED
        return self._shown

    def customer_screen(self) -> Screen:
        """What a display of the customer's own shows: the payment, or who the shop is."""
        if self.environment.app_open and self.stack[-1].faces_customer:
            shown = self.screen()
            return Screen(shown.id, tuple(e for e in shown.elements if not _is_sellers(e)))
        return Screen(
            "welcome", tuple(TextLine(line, tone=Tone.BIG) for line in self.profile.receipts.header)
        )

    def look(self, now: Instant) -> None:
        """Set the moment that the next screen is shown at, so that a countdown on it is right."""
        if now != self.now:
            self.now, self._shown = now, None

    @property
    def screen_locale(self) -> str:
        """The language of the screen: the cardholder's where the flow on top speaks to the cardholder, and not to the seller."""
        top = self.stack[-1]
        return self.locale if top.flow.table[top.state].sellers else top.locale or self.locale

    def takes(self, key: str) -> bool:
        """Whether the settled screen would do something with `key`."""
        if not self.stack or not self._within_reach(key):
            return False
        top = self.stack[-1]
        return top.flow.takes(top, KEY_TRIGGERS.get(key, Trigger.FUNCTION), ev.KeyPressed(key))

    @property
    def takes_requests(self) -> bool:
        """Whether what a point of sale asks for now would be looked at, and not be met with busy."""
        top = self.stack[-1]
        asked = ev.DisplayRequested(DisplayRequest(id=""))
        return self.environment.app_open and top.flow.takes(top, Trigger.DISPLAY_REQUESTED, asked)

    # Events, by type.

    def _key(self, event: ev.KeyPressed) -> None:
        if event.held >= _POWER_OFF_HOLD and event.key == self.profile.keypad.power_off:
            self.inbox.append(ev.PowerOffPressed())
            return
        trigger = KEY_TRIGGERS.get(event.key, Trigger.FUNCTION)
        if not self._within_reach(event.key) or not self.fire(trigger, event):
            self.effects.append(fx.Ignored(trigger.value if trigger is Trigger.DIGIT else event.key))

    def _touch(self, event: ev.Touched) -> None:
        for element in self.screen().elements:
            if isinstance(element, Tab) and element.id == event.target:
                self._go_to(event.target)
                return
            if isinstance(element, Button) and element.id == event.target:
                self.inbox.append(ev.KeyPressed(element.key))
                return
            if isinstance(element, Choice) and element.id == event.target:
                if not self.fire(Trigger.SELECT, event):
                    self.effects.append(fx.Ignored(event.target))
                return
        self.effects.append(fx.Ignored(event.target))

    def _go_to(self, tab: str) -> None:
        """Leave whatever is open for another tab; no card is asked for there."""
        self.order(fx.CloseReader())
        del self.stack[1:]
        self.touched = True
        entry = next((entry for entry in self.profile.home.entries if entry.id == tab), None)
        if entry is not None:
            self.open(entry)

    def _within_reach(self, key: str) -> bool:
        """A keypad that is drawn on the screen has only the keys that the screen shows."""
        if not self.environment.app_open:
            return False
        if self.profile.keypad.where == "keys":
            return True
        elements = self.screen().elements
        if any(isinstance(e, Button) and e.key == key for e in elements):
            return True
        return any(isinstance(e, Pad) for e in elements) and any(
            key in row for row in self.profile.keypad.layout
        )

    def _alarm(self, event: ev.Alarm) -> None:
        if event.name == STATE_ALARM:
            self.fire(Trigger.TIMEOUT, event)
        elif event.name == REVERSAL_ALARM:
            self.reversals.due()
        elif event.name == OFFLINE_ALARM:
            self.offline.tick()
        elif event.name == FORWARD_ALARM:
            self.offline.retry()
        elif event.name == SETTLEMENT_ALARM:
            self.settlements.due()
        elif event.name == BATCH_ALARM:
            beside.batch_due(self)
        elif event.name == FIELD_ALARM:
            self.fire(Trigger.FIELD_ON, event)

    def _reply(self, event: ev.HostReplied) -> None:
        reply = event.reply
        if self.awaited is not None and answers(reply, self.awaited):
            self.awaited = None
            self.offer(Trigger.HOST_REPLY, event)
        elif self.reversals.reply(reply):
            self.fire(Trigger.RESOLVED, event)
        elif self.settlements.reply(reply):
            self.fire(Trigger.SETTLEMENT_ANSWERED, event)
        elif not (self.offline.reply(reply) or self.advices.reply(reply)):
            self._unexpected_reply(reply)

    def _unexpected_reply(self, reply: HostReply) -> None:
        """An answer that nothing waits for changes nothing, and is on record."""
        self.record(
            UnexpectedRow(
                mti=reply.label,
                stan=reply.stan,
                amount=reply.amount.minor,
                response_code=reply.response_code,
            )
        )

    def _unreachable(self, event: ev.HostUnreachable) -> None:
        if self.awaited is not None and self.awaited.stan == event.stan:
            self.awaited = None
            self.offer(Trigger.HOST_UNREACHABLE, event)
        elif self.reversals.unreachable(event.stan):
            self.fire(Trigger.UNRESOLVED, event)
        elif self.settlements.unreachable(event.stan):
            self.fire(Trigger.SETTLEMENT_UNDELIVERED, event)
        else:
            self.offline.unreachable(event.stan)

    def _boot(self, _: ev.PoweredOn) -> None:
        """Home lies ready below; what is in doubt is resolved before it shows."""
        boot = self.durable.boots + 1
        self.record(BootRow(boot=boot, in_doubt=len(self.durable.doubtful), model=self.profile.id))
        self._begin()
        self.settlements.due()
        self.settlements.watch()
        self.offline.look_around()

    def _begin(self) -> None:
        self.push(self.flows[self.profile.home.flow].begin(self))
        if self.durable.tampered:
            self.push(self.flows[OwnFlow.TAMPERED].begin(self))
        elif not self.durable.signed_in:
            self.push(self.flows[OwnFlow.SIGN_IN].begin(self))
        if self.durable.doubtful:
            self.push(self.flows[OwnFlow.RECOVERY].begin(self))

    def _requested(self, trigger: Trigger, event: _Requested) -> None:
        """The home screen takes a request, a result gives way to it; everywhere else the terminal is busy."""
        if self.requests.is_known(event.request.id):
            self.requests.tell(event.request.id)
        elif not self.environment.app_open or not self.fire(trigger, event):
            top = self.stack[-1]
            self.requests.busy(event.request, top.flow.table[top.state].awaits)

    def _request_cancelled(self, event: ev.RequestCancelled) -> None:
        running = self.requests.running
        if running is None or running.id != event.id:
            self.requests.tell(event.id)
        else:
            self.fire(Trigger.REQUEST_CANCELLED, event)

    def _power_off(self, _: ev.PowerOffPressed) -> None:
        self.record(PowerRow(state="off"))
        self.order(fx.SwitchOff())

    def _clock_set(self, event: ev.ClockSet) -> None:
        self.record(ClockRow(by=event.by))
        self.settlements.watch()

    def _app(self, event: ev.AppChanged) -> None:
        """An app that is closed has given up whatever it was doing, as at a power cut; what has left is reversed."""
        if event.open == self.environment.app_open:
            return
        self.environment.app_open = event.open
        self._give_up()
        self.offline.look_around()

    def _order_arrived(self, event: ev.OrderArrived) -> None:
        if event.number <= len(self.durable.orders):
            return
        amount = Money(event.amount, self.profile.currency)
        self.record(OrderRow(number=event.number, text=event.text, amount=amount))
        self.order(fx.Beep("attention"))
        self.fire(Trigger.ORDER_ARRIVED, event)

    def _tampered(self, _: ev.Tampered) -> None:
        """Keys go first; what they sealed is then lost, and said to be."""
        self.order(fx.EraseKey(pad=True))
        self.offline.discard("tamper", TamperRow(state="detected"))
        self._give_up()

    def _give_up(self) -> None:
        """Drop whatever is going on and begin again; what has left and was not answered is reversed."""
        self.order(fx.CloseReader())
        self.awaited = None
        self.requests.abandon()
        self.stack.clear()
        self._begin()


def _is_sellers(element: Element) -> bool:
    """Whether an element of a payment's screen is left out of the customer's display."""
    return isinstance(element, Tab | Banner) or (isinstance(element, Choice) and element.sellers)


# What handles an event, by its type: one table for all terminals.
_HANDLERS: dict[type, Callable[[Terminal, Any], object]] = {
    ev.KeyPressed: Terminal._key,
    ev.Touched: Terminal._touch,
    ev.Alarm: Terminal._alarm,
    ev.HostReplied: Terminal._reply,
    ev.HostUnreachable: Terminal._unreachable,
    ev.NetworkChanged: beside.network,
    ev.ServiceChanged: beside.service,
    ev.AccountChanged: beside.account,
    ev.CardInserted: beside.card_in,
    ev.CardRemoved: beside.card_out,
    ev.PaperChanged: beside.paper,
    ev.BatteryChanged: beside.battery,
    ev.ReaderChanged: beside.reader,
    ev.PoweredOn: Terminal._boot,
    ev.PowerOffPressed: Terminal._power_off,
    ev.ClockSet: Terminal._clock_set,
    ev.AppChanged: Terminal._app,
    ev.CardDataLost: lambda t, e: t.offline.card_data_lost(e.reference),
    ev.PaymentRequested: lambda t, e: t._requested(Trigger.PAYMENT_REQUESTED, e),
    ev.RefundRequested: lambda t, e: t._requested(Trigger.REFUND_REQUESTED, e),
    ev.CardRequested: lambda t, e: t._requested(Trigger.CARD_REQUESTED, e),
    ev.InputRequested: lambda t, e: t._requested(Trigger.INPUT_REQUESTED, e),
    ev.PrintRequested: lambda t, e: t._requested(Trigger.PRINT_REQUESTED, e),
    ev.DisplayRequested: lambda t, e: t._requested(Trigger.DISPLAY_REQUESTED, e),
    ev.RequestCancelled: Terminal._request_cancelled,
    ev.RequestQueried: lambda t, e: t.requests.tell(e.id),
    ev.OrderArrived: Terminal._order_arrived,
    ev.Tampered: Terminal._tampered,
    ev.CardSwiped: lambda t, e: t.offer(Trigger.CARD_SWIPED, e),
    ev.CardTapped: lambda t, e: t.offer(Trigger.CARD_TAPPED, e),
    ev.KernelAsked: lambda t, e: t.offer(Trigger.KERNEL_PROMPT, e),
    ev.KernelShows: lambda t, e: t.offer(Trigger.KERNEL_MESSAGE, e),
    ev.KernelEnded: lambda t, e: t.offer(Trigger.KERNEL_OUTCOME, e),
    ev.Printed: lambda t, e: t.offer(Trigger.PRINTED, e),
    ev.PrinterStopped: lambda t, e: t.offer(Trigger.OUT_OF_PAPER, e),
    ev.Returned: lambda t, e: t.fire(Trigger.RETURNED, e),
}
