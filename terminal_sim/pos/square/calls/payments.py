"""`/v2/payments`: what checkouts have brought about. A payment that is approved is completed, or taken back."""

from __future__ import annotations

from typing import Any

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.pages import Limit, listed
from terminal_sim.pos.square.calls.reading import parsed, read_query
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.payments import SquarePayment
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.values import ErrorCode, PaymentStatus, SortOrder
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import LOCATION
from terminal_sim.pos.square.work.delays import decide


class ListPaymentsQuery(ApiObject, frozen=True, kw_only=True):
    """A page of payments."""

    begin_time: str | None = None
    end_time: str | None = None
    sort_order: SortOrder | None = None
    cursor: str | None = None
    location_id: str | None = None
    total: int | None = None
    last_4: str | None = None
    card_brand: str | None = None
    limit: Limit | None = None


def _found(served: ServedService, call: ServiceCall) -> StoredObject:
    return served.service.found(ObjectKind.PAYMENT, call.path["payment_id"], "Payment")


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A payment as it is now."""
    return {"payment": _found(served, call).value}


def list_payments(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of payments."""
    query = read_query(call.query, ListPaymentsQuery)

    def fits(stored: StoredObject) -> bool:
        payment: SquarePayment = stored.value
        card = payment.card_details.card
        return (
            query.location_id in (None, LOCATION)
            and query.total in (None, payment.total_money.amount)
            and (card is not None or (query.last_4, query.card_brand) == (None, None))
            and (card is None or query.last_4 in (None, card.last_4))
            and (card is None or query.card_brand in (None, card.card_brand))
        )

    return listed("payments", served.service, ObjectKind.PAYMENT, query, fits)


def complete(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """An approved payment is completed."""
    if call.body:
        parsed(call.body)
    return _decided(served, call, PaymentStatus.COMPLETED)


def cancel(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """An approved payment is taken back, which its device does as soon as it can."""
    return _decided(served, call, PaymentStatus.CANCELED)


def _decided(served: ServedService, call: ServiceCall, status: PaymentStatus) -> dict[str, Any]:
    stored = _found(served, call)
    payment: SquarePayment = stored.value
    if payment.status is not PaymentStatus.APPROVED:
        raise ServiceRefusal(
            ErrorCode.BAD_REQUEST, f"The payment is {payment.status.value}, and not APPROVED.", "payment_id"
        )
    return {"payment": decide(served.service, stored, status)}


ROUTES = (
    ServiceRoute("GET", "/v2/payments", list_payments),
    ServiceRoute("GET", "/v2/payments/{payment_id}", get),
    ServiceRoute("POST", "/v2/payments/{payment_id}/complete", complete),
    ServiceRoute("POST", "/v2/payments/{payment_id}/cancel", cancel),
)
