"""The home screen of a point of sale: an amount to charge, over the tabs that are always in reach."""

from __future__ import annotations

from terminal_sim.core.environment import is_low, refusal_to_begin
from terminal_sim.core.events import Event, Touched, Trigger
from terminal_sim.core.flow import STAY, Flow, Move, State, on_each
from terminal_sim.core.screen import Button, Choice, Element, Input, Pad, Screen, Shown, TextLine, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import fields
from terminal_sim.flows.charge import CHARGE
from terminal_sim.flows.orders import STATUS
from terminal_sim.flows.requested import REQUESTED, RequestedFlow, request_moves


class CheckoutFlow(RequestedFlow, fields.AmountField):
    __slots__ = ()

    def may_charge(self, _: Event) -> bool:
        return self._why_not() is None

    def picks_status(self, event: Event) -> bool:
        return isinstance(event, Touched) and event.target == "status"

    def charge(self, _: Event) -> None:
        charge = CHARGE.begin(self.terminal)
        charge.amount, self.typed = self.typed_amount, ""
        self.terminal.push(charge)

    def explain(self, _: Event) -> None:
        self.complaint = self._why_not()

    def clear(self, _: Event) -> None:
        self.typed, self.complaint = "", None

    def open_status(self, _: Event) -> None:
        self.terminal.push(STATUS.begin(self.terminal))

    def _why_not(self) -> Text | None:
        terminal = self.terminal
        if self.amount_complaint is not None:
            return self.amount_complaint
        refusal = refusal_to_begin(terminal.profile, terminal.environment)
        if refusal is not None:
            return refusal
        if not terminal.environment.reader:
            return say("reader-lost")
        return terminal.offline.refusal_of_amount(self.typed_amount) if terminal.offline.active else None

    def pad(self) -> Screen:
        elements: list[Element] = [Input("amount", Shown.MONEY, self.typed_amount)]
        if isinstance(self.complaint, Text) and self.complaint == self._why_not():
            elements.append(TextLine(self.complaint, self.complaint.id, Tone.BAD))
        if is_low(self.terminal.profile, self.terminal.environment):
            elements.append(TextLine(say("battery-low"), "battery-low"))
        arrived = len(self.terminal.durable.orders) - self.terminal.durable.orders_seen
        if arrived:
            elements.append(TextLine(say("orders-arrived", n=arrived), "orders-arrived"))
        if self.terminal.offline.active:
            elements.append(Choice("status", say("status")))
        return Screen(
            "home", (*elements, Pad(), Button("charge", say("charge", amount=self.typed_amount), "OK"))
        )


_AROUND = (
    Trigger.NETWORK_LOST,
    Trigger.NETWORK_RESTORED,
    Trigger.SERVICE_LOST,
    Trigger.SERVICE_RESTORED,
    Trigger.READER_LOST,
    Trigger.READER_FOUND,
    Trigger.BATTERY,
    Trigger.RETURNED,
)
CHECKOUT = Flow(
    "checkout",
    CheckoutFlow,
    "pad",
    (State("pad", CheckoutFlow.pad, free=True),),
    (
        *fields.amount_moves("pad"),
        Move(Trigger.CANCEL, "pad", STAY, guard=CheckoutFlow.has_input, action=CheckoutFlow.clear),
        Move(Trigger.CONFIRM, "pad", STAY, guard=CheckoutFlow.may_charge, action=CheckoutFlow.charge),
        Move(Trigger.CONFIRM, "pad", STAY, action=CheckoutFlow.explain),
        Move(Trigger.SELECT, "pad", STAY, guard=CheckoutFlow.picks_status, action=CheckoutFlow.open_status),
        *request_moves("pad"),
        *on_each(_AROUND, "pad", STAY),
    ),
    starts=(*REQUESTED, STATUS.name),
)
