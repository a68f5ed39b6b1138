"""Payments that are approved and wait to be completed: a seller decides, or what he wanted when `delay_duration` is over happens by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.objects.durations import delay
from terminal_sim.pos.square.objects.payments import AUTHORIZED, CAPTURED, SquarePayment
from terminal_sim.pos.square.objects.values import DelayAction, PaymentStatus
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import NotDurable, ObjectChange, SquareService

_CARD: Mapping[PaymentStatus, str] = {
    PaymentStatus.COMPLETED: CAPTURED,
    PaymentStatus.CANCELED: AUTHORIZED,  # until its device has taken it back
}
_BY_ITSELF: Mapping[DelayAction, PaymentStatus] = {
    DelayAction.CANCEL: PaymentStatus.CANCELED,
    DelayAction.COMPLETE: PaymentStatus.COMPLETED,
}


def decide(service: SquareService, stored: StoredObject, status: PaymentStatus) -> SquarePayment:
    """The approved payment after it is completed or taken back, which its device does as soon as it can. Raises `NotDurable`."""
    payment: SquarePayment = stored.value
    decided = replace(
        payment,
        status=status,
        card_details=replace(payment.card_details, status=_CARD[status]),
        updated_at=service.stamp,
    )
    service.store(ObjectChange(kind=ObjectKind.PAYMENT, id=stored.id, value=decided))
    return decided


class DelayedPayments:
    """See the module. It keeps nothing: what waits is in the book of the service."""

    def __init__(self, service: SquareService) -> None:
        self._service = service

    def next_due(self) -> int | None:
        """When the next delay is over that is not over yet, in virtual microseconds."""
        now = self._service.mono
        return min((due for due, _ in self._dues() if due > now), default=None)

    def go_on(self) -> None:
        """Decide all whose delay is over; while the service is down it decides nothing."""
        if self._service.out_of_service or self._service.world.is_down:
            return
        for due, stored in list(self._dues()):
            if due <= self._service.mono:
                try:
                    decide(self._service, stored, _BY_ITSELF[stored.value.delay_action or DelayAction.CANCEL])
                except NotDurable:
                    return

    def _dues(self) -> Iterator[tuple[int, StoredObject]]:
        for stored in self._service.book.approved.values():
            yield stored.mono + delay(stored.value.delay_duration), stored
