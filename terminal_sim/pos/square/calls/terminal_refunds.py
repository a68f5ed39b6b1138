"""`/v2/terminals/refunds`: money that goes back to a card that has to be there (Interac)."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.device_requests import (
    cancelled,
    check_deadline,
    completed_as_made,
    dismissed,
)
from terminal_sim.pos.square.calls.pages import Limit, SearchSort, SquareTimeRange, page, paged, window
from terminal_sim.pos.square.calls.reading import parsed, read
from terminal_sim.pos.square.calls.refunds import refundable
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.durations import DEFAULT
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.requests import TerminalRefund
from terminal_sim.pos.square.objects.values import ErrorCode
from terminal_sim.pos.square.service.service import ObjectChange, SquareService
from terminal_sim.pos.square.service.world import SquareDevice

_CREATE = "CreateTerminalRefund"


class CreateTerminalRefundRequest(ApiObject, frozen=True, kw_only=True):
    """A new refund."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=64)]
    refund: TerminalRefund


class TerminalRefundQueryFilter(ApiObject, frozen=True, kw_only=True):
    """Which refunds are asked for."""

    device_id: str | None = None
    created_at: SquareTimeRange | None = None
    status: str | None = None


class TerminalRefundQuery(ApiObject, frozen=True, kw_only=True):
    """Which, and in which order."""

    filter: TerminalRefundQueryFilter | None = None
    sort: SearchSort | None = None


class SearchTerminalRefundsRequest(ApiObject, frozen=True, kw_only=True):
    """A page of refunds."""

    query: TerminalRefundQuery | None = None
    cursor: str | None = None
    limit: Limit | None = None


def create(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new refund, which waits for its device."""
    service = served.service
    request = read(call.body, CreateTerminalRefundRequest)

    def make() -> tuple[ObjectChange, ...]:
        refund = request.refund
        device = service.device(refund.device_id)
        check_deadline(refund.deadline_duration, "refund.deadline_duration")
        payment = refundable(
            service, refund.payment_id, refund.amount_money, "refund.payment_id", "refund.amount_money"
        )
        if not payment.value.card_details.refund_requires_card_presence:
            raise ServiceRefusal(
                ErrorCode.BAD_REQUEST,
                "Payment does not support card present refunds. Use the Refunds API",
                "refund.payment_id",
            )
        if payment.device != device.id and not _acts_by_itself(service, payment.device, device):
            raise ServiceRefusal(
                ErrorCode.INVALID_VALUE,
                "Only the device that took the payment gives it back.",
                "refund.device_id",
            )
        name = service.identify(ObjectKind.TERMINAL_REFUND)
        made = replace(
            completed_as_made(service, name, refund),
            deadline_duration=refund.deadline_duration or DEFAULT,
            order_id=payment.value.order_id,
            refund_id=None,
        )
        return (ObjectChange(kind=ObjectKind.TERMINAL_REFUND, id=name, value=made, device=device.id),)

    made = service.once(_CREATE, request.idempotency_key, parsed(call.body), ObjectKind.TERMINAL_REFUND, make)
    return {"refund": made.value}


def _acts_by_itself(service: SquareService, took: str, gives: SquareDevice) -> bool:
    """Whether nobody holds the device that took a payment, nor the one that is to give it back: those have no journal that would know the payment."""
    taker = service.world.devices.get(took)
    return taker is not None and taker.facts is None and gives.facts is None


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A refund as it is now."""
    found = served.service.found(ObjectKind.TERMINAL_REFUND, call.path["refund_id"], "Refund")
    return {"refund": found.value}


def cancel(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A seller's wish to cancel."""
    return {"refund": cancelled(served, ObjectKind.TERMINAL_REFUND, call.path["refund_id"], "Refund")}


def dismiss(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """The device is to show its idle screen again."""
    return {"refund": dismissed(served, ObjectKind.TERMINAL_REFUND, call.path["refund_id"], "Refund")}


def search(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of refunds."""
    service = served.service
    request = read(call.body, SearchTerminalRefundsRequest)
    query = request.query or TerminalRefundQuery()
    wanted = query.filter or TerminalRefundQueryFilter()
    begins, ends = window(wanted.created_at, service.world.now.civil, "query.filter.created_at")
    found = page(
        service.book.all(ObjectKind.TERMINAL_REFUND),
        lambda stored: (
            begins <= stored.value.created_at <= ends
            and wanted.device_id in (None, stored.value.device_id)
            and wanted.status in (None, stored.value.status.value)
        ),
        query=query,
        order=query.sort.sort_order if query.sort is not None else None,
        limit=request.limit,
        cursor=request.cursor,
    )
    return paged("refunds", found)


ROUTES = (
    ServiceRoute("POST", "/v2/terminals/refunds", create),
    ServiceRoute("POST", "/v2/terminals/refunds/search", search),
    ServiceRoute("GET", "/v2/terminals/refunds/{refund_id}", get),
    ServiceRoute("POST", "/v2/terminals/refunds/{refund_id}/cancel", cancel),
    ServiceRoute("POST", "/v2/terminals/refunds/{refund_id}/dismiss", dismiss),
)
