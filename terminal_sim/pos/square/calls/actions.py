"""`/v2/terminals/actions`: what devices ask buyers, print, show, and tell of themselves."""

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
from terminal_sim.pos.square.objects.actions import ActionType, TerminalAction
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.durations import DEFAULT
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.values import ErrorCode
from terminal_sim.pos.square.service.service import ObjectChange, SquareService
from terminal_sim.pos.square.work.actions import FORMS

_CREATE = "CreateTerminalAction"
_PREFIX = "termapia:"


class CreateTerminalActionRequest(ApiObject, frozen=True, kw_only=True):
    """A new action."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=64)]
    action: TerminalAction


class TerminalActionQueryFilter(ApiObject, frozen=True, kw_only=True):
    """Which actions are asked for."""

    device_id: str | None = None
    created_at: SquareTimeRange | None = None
    status: str | None = None
    type: ActionType | None = None


class TerminalActionQuery(ApiObject, frozen=True, kw_only=True):
    """Which, and in which order."""

    filter: TerminalActionQueryFilter | None = None
    sort: SearchSort | None = None


class SearchTerminalActionsRequest(ApiObject, frozen=True, kw_only=True):
    """A page of actions."""

    query: TerminalActionQuery | None = None
    cursor: str | None = None
    limit: Limit | None = None


def create(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new action, which waits for its device."""
    service = served.service
    request = read(call.body, CreateTerminalActionRequest)

    def make() -> tuple[ObjectChange, ...]:
        action = request.action
        if action.device_id is None:
            raise _missing("action.device_id")
        device = service.device(action.device_id)
        _check(service, action, device.id)
        name = f"{_PREFIX}{service.identify(ObjectKind.ACTION)}"
        made = replace(
            completed_as_made(service, name, action),
            deadline_duration=action.deadline_duration or DEFAULT,
            device_metadata=None,
        )
        return (ObjectChange(kind=ObjectKind.ACTION, id=name, value=made, device=device.id),)

    made = service.once(_CREATE, request.idempotency_key, parsed(call.body), ObjectKind.ACTION, make)
    return {"action": made.value}


def _check(service: SquareService, action: TerminalAction, device: str) -> None:
    """Raises `ServiceRefusal` for what no device does."""
    check_deadline(action.deadline_duration, "action.deadline_duration")
    if action.type is None:
        raise _missing("action.type")
    form = FORMS.get(action.type)
    if form is None:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE, "The device has no screen for actions of this type.", "action.type"
        )
    if form.options and getattr(action, form.options) is None:
        raise _missing(f"action.{form.options}")
    if action.receipt_options is not None:
        payment = service.found(ObjectKind.PAYMENT, action.receipt_options.payment_id, "Payment")
        if payment.device != device:
            raise ServiceRefusal(
                ErrorCode.INVALID_VALUE,
                "The receipt of a payment is printed by the device that took it.",
                "action.device_id",
            )


def _missing(field: str) -> ServiceRefusal:
    return ServiceRefusal(ErrorCode.MISSING_REQUIRED_PARAMETER, "Missing required parameter.", field)


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """An action as it is now."""
    return {"action": served.service.found(ObjectKind.ACTION, call.path["action_id"], "Action").value}


def cancel(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A seller's wish to cancel."""
    return {"action": cancelled(served, ObjectKind.ACTION, call.path["action_id"], "Action")}


def dismiss(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """The device is to show its idle screen again."""
    return {"action": dismissed(served, ObjectKind.ACTION, call.path["action_id"], "Action")}


def search(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of actions, under the name that the vendor gives it."""
    service = served.service
    request = read(call.body, SearchTerminalActionsRequest)
    query = request.query or TerminalActionQuery()
    wanted = query.filter or TerminalActionQueryFilter()
    begins, ends = window(wanted.created_at, service.world.now.civil, "query.filter.created_at")
    found = page(
        service.book.all(ObjectKind.ACTION),
        lambda stored: (
            begins <= stored.value.created_at <= ends
            and wanted.device_id in (None, stored.value.device_id)
            and wanted.status in (None, stored.value.status.value)
            and wanted.type in (None, stored.value.type)
        ),
        query=query,
        order=query.sort.sort_order if query.sort is not None else None,
        limit=request.limit,
        cursor=request.cursor,
    )
    return paged("action", found)


ROUTES = (
    ServiceRoute("POST", "/v2/terminals/actions", create),
    ServiceRoute("POST", "/v2/terminals/actions/search", search),
    ServiceRoute("GET", "/v2/terminals/actions/{action_id}", get),
    ServiceRoute("POST", "/v2/terminals/actions/{action_id}/cancel", cancel),
    ServiceRoute("POST", "/v2/terminals/actions/{action_id}/dismiss", dismiss),
)
