"""How a device takes the payment of a checkout: it asks for a tip where the seller wants that, and then for a card.

The acquirer knows one message, a sale: a payment that waits to be completed is booked already, and one that is taken back is voided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from terminal_sim.core.device_request import InputRequest, MenuChoice
from terminal_sim.core.events import Event, InputRequested, PaymentRequested
from terminal_sim.core.message import EntryMode
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import (
    InputGiven,
    PaymentRequest,
    RequestAnswer,
    RequestedPayment,
    RequestEnded,
)
from terminal_sim.pos.square.objects.base import ObjectKind, SquareMoney
from terminal_sim.pos.square.objects.payments import AUTHORIZED, SquarePayment
from terminal_sim.pos.square.objects.requests import PaymentOptions, TerminalCheckout, TipSettings
from terminal_sim.pos.square.objects.values import CheckoutPaymentType, PaymentStatus, RequestStatus
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import ObjectChange, SquareService
from terminal_sim.pos.square.service.world import SquareDevice
from terminal_sim.pos.square.work.paid import payment_for
from terminal_sim.pos.square.work.task import DeviceTask

BY_TYPE: Mapping[CheckoutPaymentType, RequestedPayment] = {
    CheckoutPaymentType.CARD_PRESENT: RequestedPayment.SALE,
    CheckoutPaymentType.MANUAL_CARD_ENTRY: RequestedPayment.KEYED,
}
"""How a device takes payments of each type; the others it does not take."""
_AT_THE_READER = (EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.STRIPE)
_PERCENTAGES = (15, 20, 25)


class CheckoutWork:
    """See the module."""

    def event(self, task: DeviceTask, request: str) -> Event | None:
        checkout: TerminalCheckout = task.stored.value
        if _asks_for_tip(checkout):
            return InputRequested(_tip_question(checkout, request, task.device))
        taken = BY_TYPE[checkout.payment_type or CheckoutPaymentType.CARD_PRESENT]
        return PaymentRequested(
            PaymentRequest(
                id=request,
                amount=Money(asked(checkout), checkout.amount_money.currency),
                ticket=ticket(task.stored),
                server=checkout.team_member_id or "",
                register=task.device.name,
                payment=taken,
                entries=_AT_THE_READER if taken is RequestedPayment.SALE else (),
                online=True,
            )
        )

    def ended(self, task: DeviceTask, answer: RequestAnswer) -> Sequence[ObjectChange] | None:
        checkout: TerminalCheckout = task.stored.value
        match answer:
            case InputGiven(tuple() as chosen):
                return (_changed(task.service, task.stored, tip_money=_tip(checkout, chosen)),)
            case RequestEnded(_, Payment() as payment) if _was_paid(payment):
                return self._paid(task, payment)
            case _:
                return None

    def _paid(self, task: DeviceTask, payment: Payment) -> Sequence[ObjectChange]:
        checkout: TerminalCheckout = task.stored.value
        name = task.service.identify(ObjectKind.PAYMENT)
        paid = payment_for(task.service, name, task.stored.id, checkout, payment, task.device)
        options = checkout.payment_options or PaymentOptions()
        less = payment.amount.minor < asked(checkout)
        if less and not options.accept_partial_authorization:
            # The money of a part that nobody wanted goes back, and the buyer takes another card.
            details = replace(paid.card_details, status=AUTHORIZED)
            unwanted = replace(paid, status=PaymentStatus.CANCELED, card_details=details)
            return (_payment(name, unwanted, payment, task.device),)
        over = _changed(task.service, task.stored, status=RequestStatus.COMPLETED, payment_ids=(name,))
        return _payment(name, paid, payment, task.device), over


def asked(checkout: TerminalCheckout) -> int:
    """What a buyer is asked for, in minor units: the amount, with the tip that is known."""
    tip = checkout.tip_money
    return checkout.amount_money.amount + (tip.amount if tip is not None else 0)


def ticket(stored: StoredObject) -> str:
    """What the terminal's report calls the sale."""
    checkout: TerminalCheckout = stored.value
    return checkout.reference_id or checkout.order_id or stored.id


def _was_paid(payment: Payment) -> bool:
    """Whether money moved, even where the terminal has given it back since."""
    return payment.state.is_paid or payment.state is PaymentState.VOIDED


def _payment(name: str, paid: SquarePayment, payment: Payment, device: SquareDevice) -> ObjectChange:
    return ObjectChange(
        kind=ObjectKind.PAYMENT, id=name, value=paid, device=device.id, reference=payment.reference
    )


def _changed(service: SquareService, stored: StoredObject, **members: object) -> ObjectChange:
    value = replace(stored.value, updated_at=service.stamp, **members)
    return ObjectChange(kind=stored.kind, id=stored.id, value=value)


def _asks_for_tip(checkout: TerminalCheckout) -> bool:
    tipping = checkout.device_options.tip_settings
    return tipping is not None and bool(tipping.allow_tipping) and checkout.tip_money is None


def _percentages(checkout: TerminalCheckout) -> tuple[int, ...]:
    tipping = checkout.device_options.tip_settings or TipSettings()
    return tipping.tip_percentages or _PERCENTAGES


def _tip_question(checkout: TerminalCheckout, request: str, device: SquareDevice) -> InputRequest:
    """One of the percentages, or none."""
    currency = checkout.amount_money.currency
    sums = [Money(_share(checkout, percent), currency) for percent in _percentages(checkout)]
    offered = zip(_percentages(checkout), sums, strict=True)
    entries = (*(f"{percent} %  {device.written(amount)}" for percent, amount in offered), device.no_tip)
    return InputRequest(
        id=request,
        question=MenuChoice(entries=entries),
        title=device.written(Money(checkout.amount_money.amount, currency)),
    )


def _tip(checkout: TerminalCheckout, chosen: Sequence[int]) -> SquareMoney:
    """The tip that was chosen; the entry behind the percentages is none."""
    percentages = (*_percentages(checkout), 0)
    share = _share(checkout, percentages[chosen[0]]) if chosen else 0
    return SquareMoney(amount=share, currency=checkout.amount_money.currency)


def _share(checkout: TerminalCheckout, percent: int) -> int:
    """A percentage of the amount, rounded to the nearest minor unit, halves up."""
    return (checkout.amount_money.amount * percent + 50) // 100
