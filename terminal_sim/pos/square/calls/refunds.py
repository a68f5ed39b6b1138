"""`/v2/refunds`: money of a payment that goes back, by the device that took it."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.pages import Limit, listed
from terminal_sim.pos.square.calls.reading import parsed, read, read_query
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind, SquareMoney
from terminal_sim.pos.square.objects.payments import PaymentRefund, SquarePayment
from terminal_sim.pos.square.objects.problems import ServiceRefusal, not_found
from terminal_sim.pos.square.objects.values import (
    ErrorCategory,
    ErrorCode,
    PaymentStatus,
    RefundStatus,
    RequestStatus,
    SortOrder,
)
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import LOCATION, ObjectChange, SquareService

_CREATE = "RefundPayment"


class RefundPaymentRequest(ApiObject, frozen=True, kw_only=True):
    """A refund of `amount_money` of a payment. The members behind `team_member_id` are for payments of other kinds."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=45)]
    amount_money: SquareMoney
    payment_id: Annotated[str, Meta(min_length=1)]
    reason: Annotated[str, Meta(max_length=192)] | None = None
    team_member_id: Annotated[str, Meta(max_length=192)] | None = None
    payment_version_token: str | None = None
    app_fee_money: SquareMoney | None = None
    location_id: Annotated[str, Meta(max_length=50)] | None = None
    customer_id: str | None = None
    destination_id: str | None = None
    unlinked: bool | None = None
    cash_details: dict[str, Any] | None = None
    external_details: dict[str, Any] | None = None


class ListRefundsQuery(ApiObject, frozen=True, kw_only=True):
    """A page of refunds."""

    begin_time: str | None = None
    end_time: str | None = None
    sort_order: SortOrder | None = None
    cursor: str | None = None
    location_id: str | None = None
    status: RefundStatus | None = None
    limit: Limit | None = None


def create(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new refund, which is pending until the device has done it."""
    service = served.service
    request = read(call.body, RefundPaymentRequest)

    def make() -> tuple[ObjectChange, ...]:
        for field in ("destination_id", "unlinked", "cash_details", "external_details"):
            if getattr(request, field):
                raise ServiceRefusal(
                    ErrorCode.INVALID_VALUE, "Money goes back to the card that paid only.", field
                )
        service.check_location(request.location_id)
        stored = refundable(service, request.payment_id, request.amount_money, "payment_id", "amount_money")
        payment: SquarePayment = stored.value
        token = request.payment_version_token
        if token is not None and token != payment.version_token:
            raise ServiceRefusal(
                ErrorCode.INVALID_VALUE, "The payment has another version.", "payment_version_token"
            )
        if payment.card_details.refund_requires_card_presence:
            raise refund_error(
                ErrorCode.CARD_PRESENCE_REQUIRED, "The card must be present: use a Terminal refund."
            )
        name = service.identify(ObjectKind.REFUND)
        refund = PaymentRefund(
            id=name,
            status=RefundStatus.PENDING,
            amount_money=request.amount_money,
            payment_id=request.payment_id,
            order_id=payment.order_id,
            location_id=LOCATION,
            reason=request.reason,
            destination_type="CARD",
            team_member_id=request.team_member_id,
            created_at=service.stamp,
            updated_at=service.stamp,
        )
        named = replace(payment, refund_ids=(*(payment.refund_ids or ()), name), updated_at=service.stamp)
        return (
            ObjectChange(kind=ObjectKind.REFUND, id=name, value=refund, device=stored.device),
            ObjectChange(kind=ObjectKind.PAYMENT, id=stored.id, value=named),
        )

    made = service.once(_CREATE, request.idempotency_key, parsed(call.body), ObjectKind.REFUND, make)
    return {"refund": made.value}


def refundable(
    service: SquareService, payment_id: str, amount: SquareMoney, payment_place: str, amount_place: str
) -> StoredObject:
    """The payment of which `amount` can go back. Raises `ServiceRefusal`."""
    stored = service.book.get(ObjectKind.PAYMENT, payment_id)
    if stored is None:
        raise not_found(f"Payment with id {payment_id} not found.", payment_place)
    payment: SquarePayment = stored.value
    if payment.status is PaymentStatus.APPROVED:
        raise refund_error(
            ErrorCode.REFUND_ERROR_PAYMENT_NEEDS_COMPLETION, "The payment is not completed.", payment_place
        )
    if payment.status is not PaymentStatus.COMPLETED:
        raise refund_error(ErrorCode.PAYMENT_NOT_REFUNDABLE, "The payment was cancelled.", payment_place)
    if amount.currency != payment.total_money.currency:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE,
            "The currency is another than that of the payment.",
            f"{amount_place}.currency",
        )
    if not 0 < amount.amount <= _left(service, stored):
        raise refund_error(
            ErrorCode.REFUND_AMOUNT_INVALID,
            "The requested refund amount exceeds the amount available to refund.",
            f"{amount_place}.amount",
        )
    return stored


def _left(service: SquareService, stored: StoredObject) -> int:
    """What can still go back, in minor units: what was paid, without what went back and what is asked to."""
    payment: SquarePayment = stored.value
    gone = payment.refunded_money.amount if payment.refunded_money is not None else 0
    asked: int = sum(
        one.value.amount_money.amount
        for one in service.book.waiting.values()
        if one.kind in (ObjectKind.REFUND, ObjectKind.TERMINAL_REFUND)
        and one.value.payment_id == stored.id
        and one.value.status is not RequestStatus.CANCELED
    )
    return payment.total_money.amount - gone - asked


def refund_error(code: ErrorCode, detail: str, field: str | None = None) -> ServiceRefusal:
    """A refund that cannot be."""
    return ServiceRefusal(code, detail, field, category=ErrorCategory.REFUND_ERROR)


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A refund as it is now."""
    return {"refund": served.service.found(ObjectKind.REFUND, call.path["refund_id"], "Refund").value}


def list_refunds(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of refunds."""
    query = read_query(call.query, ListRefundsQuery)
    return listed(
        "refunds",
        served.service,
        ObjectKind.REFUND,
        query,
        lambda stored: query.location_id in (None, LOCATION) and query.status in (None, stored.value.status),
    )


ROUTES = (
    ServiceRoute("POST", "/v2/refunds", create),
    ServiceRoute("GET", "/v2/refunds", list_refunds),
    ServiceRoute("GET", "/v2/refunds/{refund_id}", get),
)
