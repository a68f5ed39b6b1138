"""What every home screen does with the request of a point of sale: start what serves it, or say why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from terminal_sim.core.device_request import (
    Confirmation,
    MenuChoice,
    PrintRequest,
    Question,
    ReceiptCopy,
    TypedAnswer,
)
from terminal_sim.core.environment import is_exhausted
from terminal_sim.core.events import (
    CardRequested,
    DisplayRequested,
    Event,
    InputRequested,
    PaymentRequested,
    PrintRequested,
    RefundRequested,
    Trigger,
)
from terminal_sim.core.flow import STAY, Flow, Move, Moves
from terminal_sim.core.message import MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import (
    CardRequest,
    PaymentRequest,
    RefundRequest,
    RequestedPayment,
    RequestRefusal,
)
from terminal_sim.flows import fields
from terminal_sim.flows.acquisition import ACQUISITION, begun_for
from terminal_sim.flows.charge import CHARGE, MANUAL_ENTRY
from terminal_sim.flows.moto import REQUESTED_MOTO
from terminal_sim.flows.part_refund import PART_REFUND
from terminal_sim.flows.pos_output import POS_DISPLAY, POS_PRINT
from terminal_sim.flows.question import POS_CONFIRMATION, POS_MENU, QuestionFlow
from terminal_sim.flows.refund import REQUESTED_REFUND
from terminal_sim.flows.restricted import refusal_of_amount
from terminal_sim.flows.typed_answer import POS_TYPED
from terminal_sim.flows.void import VOID


class _Served(NamedTuple):
    """How a payment that is asked for is served: by which flow, whose kind of payment has its limit, and whether a reader is needed."""

    flow: Flow[Any]
    by_reader: bool = True


_SERVED: Mapping[RequestedPayment, _Served] = {
    RequestedPayment.SALE: _Served(CHARGE),
    RequestedPayment.MOTO: _Served(REQUESTED_MOTO, by_reader=False),
    RequestedPayment.KEYED: _Served(MANUAL_ENTRY, by_reader=False),
    RequestedPayment.REFUND: _Served(REQUESTED_REFUND),
}
_ASKED: Mapping[type[Question], Flow[QuestionFlow]] = {
    Confirmation: POS_CONFIRMATION,
    TypedAnswer: POS_TYPED,
    MenuChoice: POS_MENU,
}
REQUESTED = (
    *(served.flow.name for served in _SERVED.values()),
    VOID.name,
    PART_REFUND.name,
    ACQUISITION.name,
    *(flow.name for flow in _ASKED.values()),
    POS_DISPLAY.name,
    POS_PRINT.name,
)
"""The flows that a request starts."""


class RequestedFlow(fields.TypedField):
    """A home screen that takes requests."""

    __slots__ = ()

    @property
    def sells(self) -> bool:
        """Whether this terminal offers a sale at all."""
        return True

    def may_serve(self, event: Event) -> bool:
        return isinstance(event, PaymentRequested) and self._refusal(event.request) is None

    def serve(self, event: Event) -> None:
        """The payment begins where its amount is known: with the card, or with its number."""
        if isinstance(event, PaymentRequested):
            serving = _SERVED[event.request.payment].flow.begin(self.terminal)
            serving.amount = event.request.amount
            self.terminal.requests.take(event.request, serving)
            self.terminal.push(serving)

    def refuse_request(self, event: Event) -> None:
        if isinstance(event, PaymentRequested):
            reason = self._refusal(event.request)
            if reason is not None:
                self.terminal.requests.refuse(event.request, reason)

    def may_read(self, event: Event) -> bool:
        return isinstance(event, CardRequested) and self._refusal_of_card(event.request) is None

    def read_card(self, event: Event) -> None:
        if isinstance(event, CardRequested):
            reading = begun_for(self.terminal, event.request)
            self.terminal.requests.take(event.request, reading)
            self.terminal.push(reading)

    def refuse_card(self, event: Event) -> None:
        if isinstance(event, CardRequested):
            reason = self._refusal_of_card(event.request)
            if reason is not None:
                self.terminal.requests.refuse(event.request, reason)

    def may_give_back(self, event: Event) -> bool:
        return isinstance(event, RefundRequested) and self._refusal_of_refund(event.request) is None

    def give_back(self, event: Event) -> None:
        """The void, or the refund of a part, begins at once: the payment is known, and its card is not needed."""
        original = self._original(event.request) if isinstance(event, RefundRequested) else None
        if not isinstance(event, RefundRequested) or original is None:
            return
        amount = event.request.amount
        if amount is None or self._is_whole(original, amount):
            void = VOID.begin(self.terminal)
            void.original = original
            self.terminal.requests.take(event.request, void)
            self.terminal.push(void)
        else:
            refund = PART_REFUND.begin(self.terminal)
            refund.original, refund.amount = original, amount
            self.terminal.requests.take(event.request, refund)
            self.terminal.push(refund)

    def refuse_refund(self, event: Event) -> None:
        reason = self._refusal_of_refund(event.request) if isinstance(event, RefundRequested) else None
        if isinstance(event, RefundRequested) and reason is not None:
            self.terminal.requests.refuse(event.request, reason)

    def ask(self, event: Event) -> None:
        if isinstance(event, InputRequested):
            asking = _ASKED[type(event.request.question)].begin(self.terminal)
            asking.put(event.request)
            self.terminal.requests.take(event.request, asking)
            self.terminal.push(asking)

    def show(self, event: Event) -> None:
        if isinstance(event, DisplayRequested):
            showing = POS_DISPLAY.begin(self.terminal)
            showing.request = event.request
            self.terminal.requests.take(event.request, showing)
            self.terminal.push(showing)

    def may_print(self, event: Event) -> bool:
        return isinstance(event, PrintRequested) and self._refusal_of_print(event.request) is None

    def print(self, event: Event) -> None:
        if isinstance(event, PrintRequested):
            printing = POS_PRINT.begin(self.terminal)
            printing.request = event.request
            self.terminal.requests.take(event.request, printing)
            self.terminal.push(printing)

    def refuse_print(self, event: Event) -> None:
        if isinstance(event, PrintRequested):
            reason = self._refusal_of_print(event.request)
            if reason is not None:
                self.terminal.requests.refuse(event.request, reason)

    def _refusal_of_print(self, request: PrintRequest) -> RequestRefusal | None:
        if self.terminal.profile.printer is None:
            return RequestRefusal.PRINTER
        paper = request.paper
        unknown = isinstance(paper, ReceiptCopy) and paper.reference not in self.terminal.durable.payments
        return RequestRefusal.ORIGINAL if unknown else None

    def _refusal_of_refund(self, request: RefundRequest) -> RequestRefusal | None:
        return RequestRefusal.ORIGINAL if self._original(request) is None else self._no_battery

    def _original(self, request: RefundRequest) -> Payment | None:
        """The payment to give back, where it can be."""
        durable, amount = self.terminal.durable, request.amount
        original = durable.payments.get(request.original)
        if original is None:
            return None
        if amount is None or self._is_whole(original, amount):
            return original if durable.voidable(original) else None
        fits = amount.currency == original.amount.currency and 0 < amount.minor <= durable.left_of(original)
        return original if fits else None

    def _is_whole(self, original: Payment, amount: Money) -> bool:
        """Whether all of an untouched payment is asked for, which is a void."""
        return amount == original.amount and self.terminal.durable.voidable(original)

    def _refusal(self, request: PaymentRequest) -> RequestRefusal | None:
        profile = self.terminal.profile
        served = _SERVED[request.payment]
        if not self.sells:
            return RequestRefusal.SALE
        if served.flow.needs and served.flow.needs not in profile.features:
            return RequestRefusal.PAYMENT
        if request.card:
            return RequestRefusal.CARD  # at home the terminal holds none
        refusal = refusal_of_amount(profile, request.amount, served.flow.context.kind)
        if refusal is None:
            refusal = self._cannot_read(request) if served.by_reader else self._no_battery
        if refusal is None and self._cannot_offline(request, served):
            return RequestRefusal.OFFLINE
        return refusal

    def _refusal_of_card(self, request: CardRequest) -> RequestRefusal | None:
        profile = self.terminal.profile
        if not self.sells:
            return RequestRefusal.SALE
        refusal = None
        if request.total is not None:
            refusal = refusal_of_amount(profile, request.total, MessageKind.SALE)
        return refusal or self._cannot_read(request)

    @property
    def _no_battery(self) -> RequestRefusal | None:
        terminal = self.terminal
        return RequestRefusal.BATTERY if is_exhausted(terminal.profile, terminal.environment) else None

    def _cannot_read(self, request: PaymentRequest | CardRequest) -> RequestRefusal | None:
        """Why no card can be read for the request, in any of the ways that it leaves."""
        if self._no_battery is not None:
            return self._no_battery
        if not self.terminal.environment.reader:
            return RequestRefusal.READER
        left = set(request.entries) & set(self.terminal.profile.entries.read)
        return RequestRefusal.ENTRY if request.entries and not left else None

    def _cannot_offline(self, request: PaymentRequest, served: _Served) -> bool:
        """Whether the acquirer is out of reach, and this payment is none that is taken nevertheless."""
        offline = self.terminal.offline
        if not offline.active:
            return False
        deferrable = served.flow.context.kind.facts.deferrable
        return request.online or not deferrable or offline.refusal_of_amount(request.amount) is not None


def request_moves(home: str) -> Moves[RequestedFlow]:
    """The moves of the home screen's state `home`; in every other state of every flow but a result the terminal is busy."""
    return (
        Move(
            Trigger.PAYMENT_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_serve,
            action=RequestedFlow.serve,
        ),
        Move(Trigger.PAYMENT_REQUESTED, home, STAY, action=RequestedFlow.refuse_request),
        Move(
            Trigger.REFUND_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_give_back,
            action=RequestedFlow.give_back,
        ),
        Move(Trigger.REFUND_REQUESTED, home, STAY, action=RequestedFlow.refuse_refund),
        Move(
            Trigger.CARD_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_read,
            action=RequestedFlow.read_card,
        ),
        Move(Trigger.CARD_REQUESTED, home, STAY, action=RequestedFlow.refuse_card),
        Move(Trigger.INPUT_REQUESTED, home, STAY, action=RequestedFlow.ask),
        Move(Trigger.DISPLAY_REQUESTED, home, STAY, action=RequestedFlow.show),
        Move(
            Trigger.PRINT_REQUESTED,
            home,
            STAY,
            guard=RequestedFlow.may_print,
            action=RequestedFlow.print,
        ),
        Move(Trigger.PRINT_REQUESTED, home, STAY, action=RequestedFlow.refuse_print),
    )
