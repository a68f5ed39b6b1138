"""What checkouts, refunds and actions have in common: how one begins, is checked, cancelled and dismissed."""

from __future__ import annotations

from typing import TypeVar

from msgspec.structs import replace

from terminal_sim.pos.square.calls.call import ServedService
from terminal_sim.pos.square.objects.base import ObjectKind, SquareMoney
from terminal_sim.pos.square.objects.durations import MAXIMUM, microseconds
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.requests import SquareRequest
from terminal_sim.pos.square.objects.values import CancelReason, ErrorCode, RequestStatus
from terminal_sim.pos.square.service.service import APPLICATION, LOCATION, SquareService
from terminal_sim.pos.square.service.world import SquareDevice

R = TypeVar("R", bound=SquareRequest)


def completed_as_made(service: SquareService, name: str, request: R) -> R:
    """`request` under its new name, waiting for its device: what only the service says is the service's, whatever was sent."""
    return replace(
        request,
        id=name,
        status=RequestStatus.PENDING,
        cancel_reason=None,
        created_at=service.stamp,
        updated_at=service.stamp,
        app_id=APPLICATION,
        location_id=LOCATION,
    )


def check_amount(amount: SquareMoney, device: SquareDevice, place: str) -> None:
    """Raises `ServiceRefusal` for an amount that `device` cannot ask for."""
    if amount.currency != device.currency:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE,
            f"This merchant can only process payments in {device.currency}, but amount was provided in {amount.currency}.",
            f"{place}.currency",
        )
    if amount.amount < 1:
        raise ServiceRefusal(ErrorCode.VALUE_TOO_LOW, "Must be at least 1.", f"{place}.amount")
    if amount.amount > device.highest:
        raise ServiceRefusal(
            ErrorCode.VALUE_TOO_HIGH, f"Must be at most {device.highest}.", f"{place}.amount"
        )


def check_deadline(duration: str | None, place: str) -> None:
    """Raises `ServiceRefusal` for what is no duration, or too long a one."""
    try:
        lasts = microseconds(duration)
    except ValueError:
        raise ServiceRefusal(ErrorCode.INVALID_VALUE, "The value is no RFC 3339 duration.", place) from None
    if not 0 < lasts <= MAXIMUM:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE, "The duration must be at most 5 minutes, and not zero.", place
        )


def cancelled(served: ServedService, kind: ObjectKind, name: str, what: str) -> SquareRequest:
    """The request after a seller's wish to cancel it, which its device may have to be asked about. Raises `ServiceRefusal`."""
    stored = served.service.found(kind, name, what)
    status: RequestStatus = stored.value.status
    if status.is_over:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE,
            f"Cannot transition from status {status.value} to status {RequestStatus.CANCELED.value} "
            f"with cancel_reason {CancelReason.SELLER_CANCELED.value}",
            "status",
        )
    served.queues.cancel(stored)
    value: SquareRequest = served.service.now(kind, name).value
    return value


def dismissed(served: ServedService, kind: ObjectKind, name: str, what: str) -> SquareRequest:
    """The request after its device was told to show its idle screen: one that is over stays as it is. Raises `ServiceRefusal`."""
    stored = served.service.found(kind, name, what)
    if not stored.value.status.is_over:
        served.queues.cancel(stored)
    value: SquareRequest = served.service.now(kind, name).value
    return value
