"""How a device gives money back: the terminal that took a payment names it to the acquirer, and its card is not needed."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from terminal_sim.core.events import Event, RefundRequested
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import (
    RefundRequest,
    RequestAnswer,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
)
from terminal_sim.pos.square.objects.base import ObjectKind, SquareMoney
from terminal_sim.pos.square.objects.payments import VOIDED, PaymentRefund, SquarePayment
from terminal_sim.pos.square.objects.requests import TerminalRefund
from terminal_sim.pos.square.objects.values import RefundStatus, RequestStatus
from terminal_sim.pos.square.service.service import LOCATION, ObjectChange, SquareService
from terminal_sim.pos.square.service.world import SquareDevice
from terminal_sim.pos.square.work.task import DeviceTask


class RefundWork:
    """A refund by the Refunds API."""

    def event(self, task: DeviceTask, request: str) -> Event | None:
        refund: PaymentRefund = task.stored.value
        return _asked(task.service, refund.payment_id, refund.amount_money, request, task.device)

    def ended(self, task: DeviceTask, answer: RequestAnswer) -> Sequence[ObjectChange] | None:
        refund: PaymentRefund = task.stored.value
        if _done(answer):
            over = replace(refund, status=RefundStatus.COMPLETED, updated_at=task.service.stamp)
            return (
                ObjectChange(
                    kind=task.stored.kind, id=task.stored.id, value=over, reference=_reference(answer)
                ),
                given_back(task.service, refund.payment_id, refund.amount_money),
            )
        if not _never(answer):
            return None
        over = replace(refund, status=RefundStatus.FAILED, updated_at=task.service.stamp)
        return (ObjectChange(kind=task.stored.kind, id=task.stored.id, value=over),)


class TerminalRefundWork:
    """A refund that a device was asked for."""

    def event(self, task: DeviceTask, request: str) -> Event | None:
        refund: TerminalRefund = task.stored.value
        return _asked(task.service, refund.payment_id, refund.amount_money, request, task.device)

    def ended(self, task: DeviceTask, answer: RequestAnswer) -> Sequence[ObjectChange] | None:
        if not _done(answer):
            return None
        refund: TerminalRefund = task.stored.value
        name = task.service.identify(ObjectKind.REFUND)
        money_back = PaymentRefund(
            id=name,
            status=RefundStatus.COMPLETED,
            amount_money=refund.amount_money,
            payment_id=refund.payment_id,
            location_id=LOCATION,
            reason=refund.reason,
            destination_type="CARD",
            terminal_refund_id=task.stored.id,
            created_at=task.service.stamp,
            updated_at=task.service.stamp,
        )
        over = replace(refund, status=RequestStatus.COMPLETED, refund_id=name, updated_at=task.service.stamp)
        return (
            ObjectChange(kind=ObjectKind.REFUND, id=name, value=money_back, reference=_reference(answer)),
            given_back(task.service, refund.payment_id, refund.amount_money, name),
            ObjectChange(kind=task.stored.kind, id=task.stored.id, value=over),
        )


class PaymentVoidWork:
    """A payment that is not to be completed: the device takes it back whole, and is asked again where the acquirer would not."""

    def event(self, task: DeviceTask, request: str) -> Event | None:
        return _asked(task.service, task.stored.id, task.stored.value.total_money, request, task.device)

    def ended(self, task: DeviceTask, answer: RequestAnswer) -> Sequence[ObjectChange] | None:
        if not _done(answer) and not _is_gone(answer):
            return None
        payment: SquarePayment = task.stored.value
        details = replace(payment.card_details, status=VOIDED)
        over = replace(payment, card_details=details, updated_at=task.service.stamp)
        return (ObjectChange(kind=task.stored.kind, id=task.stored.id, value=over),)


def given_back(
    service: SquareService, payment_id: str, amount: SquareMoney, refund_id: str | None = None
) -> ObjectChange:
    """The payment after `amount` of it went back, by the refund `refund_id` where the payment does not name that yet."""
    stored = service.now(ObjectKind.PAYMENT, payment_id)
    payment: SquarePayment = stored.value
    before = payment.refunded_money.amount if payment.refunded_money is not None else 0
    names = payment.refund_ids or ()
    value = replace(
        payment,
        refunded_money=SquareMoney(amount=before + amount.amount, currency=amount.currency),
        refund_ids=names if refund_id is None else (*names, refund_id),
        updated_at=service.stamp,
    )
    return ObjectChange(kind=ObjectKind.PAYMENT, id=payment_id, value=value)


def _asked(
    service: SquareService, payment_id: str, amount: SquareMoney, request: str, device: SquareDevice
) -> RefundRequested:
    stored = service.now(ObjectKind.PAYMENT, payment_id)
    payment: SquarePayment = stored.value
    whole = amount == payment.total_money
    return RefundRequested(
        RefundRequest(
            id=request,
            original=stored.reference,
            ticket=payment.reference_id or payment.order_id or payment.terminal_checkout_id,
            server=payment.team_member_id or "",
            register=device.name,
            amount=None if whole else Money(amount.amount, amount.currency),
        )
    )


def _done(answer: RequestAnswer) -> bool:
    return isinstance(answer, RequestEnded) and answer.payment is not None and answer.payment.state.is_paid


def _never(answer: RequestAnswer) -> bool:
    """Whether the device will never do it: the acquirer has refused, or there is nothing left to give back."""
    if isinstance(answer, RequestEnded):
        return isinstance(answer.payment, Payment) and not answer.payment.state.in_doubt
    return _is_gone(answer)


def _is_gone(answer: RequestAnswer) -> bool:
    """Whether there is nothing that the device could give back: somebody has done it at the terminal."""
    return isinstance(answer, RequestRefused) and answer.reason is RequestRefusal.ORIGINAL


def _reference(answer: RequestAnswer) -> str:
    payment = answer.payment if isinstance(answer, RequestEnded) else None
    return payment.reference if payment is not None else ""
