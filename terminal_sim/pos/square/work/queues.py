"""What devices have still to do, one thing a device at a time, and what they answer.

Rules:
1. It is durable that a device is about to be asked before it is, so that a restart asks what became of it and never asks for it twice.
2. What waits is asked for in the order in which it came. A device that is busy is asked again after `LOOK`, then less often, and after each end it has `REST`.
3. A declined card ends nothing: the device asks the buyer again, until one of both cancels.
4. A checkout, refund or action that no device has taken by its deadline is cancelled. Where it is not known whether one has, the device is asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from terminal_sim.core.events import RequestCancelled, RequestQueried
from terminal_sim.core.payment_request import (
    InputGiven,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefused,
    RequestRunning,
    RequestTaken,
    RequestUnknown,
)
from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.objects.durations import MAXIMUM, microseconds
from terminal_sim.pos.square.objects.requests import SquareRequest
from terminal_sim.pos.square.objects.values import CancelReason, RequestStatus
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.rows import AskedRow
from terminal_sim.pos.square.service.service import NotDurable, ObjectChange, SquareService
from terminal_sim.pos.square.service.world import SquareDevice
from terminal_sim.pos.square.work.errand import Errand, Standing
from terminal_sim.pos.square.work.table import WORK
from terminal_sim.pos.square.work.task import DeviceTask

LOOK, LONGEST_LOOK = 2_000_000, 60_000_000
_MOST_LOOKS = 6  # from here on the time between two is the longest
REST = 3_000_000
_TRY_AGAIN_FOR = MAXIMUM  # so long a buyer whose card was declined has for another one
_REASONS = {
    "cancelled": CancelReason.BUYER_CANCELED,
    "pos-cancelled": CancelReason.SELLER_CANCELED,
    "timed-out": CancelReason.TIMED_OUT,
}


class DeviceQueues:
    """See the module. It goes on where the book of the service stands: what devices were asked for before is in doubt."""

    def __init__(self, service: SquareService) -> None:
        self._service = service
        self._errands: dict[str, Errand] = {}
        self._rested: dict[str, int] = {}  # by the id of a device: until when it rests
        self._within: set[str] = set()  # the devices that were in reach
        for stored in service.book.waiting.values():
            asked = service.book.asked.get(stored.id)
            self._errands[stored.id] = Errand(
                stored.id,
                attempt=asked.attempt if asked is not None else 0,
                standing=Standing.WAITS if asked is None else Standing.IN_DOUBT,
            )

    # Time.

    def next_due(self) -> int | None:
        """The virtual time at which something is to be done that nothing else brings about, in microseconds."""
        now = self._service.mono
        return min((at for at in self._dues() if at > now), default=None)

    def _dues(self) -> Iterator[int]:
        for stored in self._service.book.waiting.values():
            deadline = self._deadline(stored)
            if deadline is not None:
                yield deadline
        for _, stored, errand in self._heads():
            if errand.standing is Standing.WAITS:
                yield max(errand.not_before, self._rested.get(stored.device, 0))

    def go_on(self) -> None:
        """Cancel what is overdue, and ask each device that is free for what waits first."""
        if self._service.out_of_service or self._service.world.is_down:
            self._look_who_is_there()
            return
        self._look_who_is_there()
        try:
            for stored in list(self._service.book.waiting.values()):
                deadline = self._deadline(stored)
                if deadline is not None and deadline <= self._service.mono:
                    self.cancelled(stored, CancelReason.TIMED_OUT)
            for device, stored, errand in list(self._heads()):
                self._turn_to(device, stored, errand)
        except NotDurable:
            return

    def _deadline(self, stored: StoredObject) -> int | None:
        """When `stored` is cancelled if no device has taken it; None where one has, or may have."""
        value, errand = stored.value, self.errand(stored)
        if not isinstance(value, SquareRequest) or errand.standing is not Standing.WAITS:
            return None
        if value.status is RequestStatus.PENDING:
            return stored.mono + microseconds(value.deadline_duration)
        asked = self._service.book.asked.get(stored.id)
        return (asked.mono if asked is not None else stored.mono) + _TRY_AGAIN_FOR

    # Devices.

    def _look_who_is_there(self) -> None:
        """A device that has come back is asked for what it has not answered."""
        within = {name for name, device in self._service.world.devices.items() if device.in_reach}
        for name in within - self._within:
            self._doubt(name)
        self._within = within

    def _doubt(self, device: str) -> None:
        """What `device` was asked for may have come to its end unheard."""
        for stored in self._service.book.waiting.values():
            errand = self.errand(stored)
            if stored.device == device and errand.standing is not Standing.WAITS:
                errand.standing = Standing.IN_DOUBT

    def _heads(self) -> Iterator[tuple[SquareDevice, StoredObject, Errand]]:
        """What each device that is in reach has to do first."""
        seen: set[str] = set()
        # What is to be taken back goes first.
        for stored in sorted(
            self._service.book.waiting.values(), key=lambda one: one.kind is not ObjectKind.PAYMENT
        ):
            device = self._service.world.devices.get(stored.device)
            if stored.device in seen or device is None:
                continue
            seen.add(stored.device)
            if device.in_reach:
                yield device, stored, self.errand(stored)

    def _turn_to(self, device: SquareDevice, stored: StoredObject, errand: Errand) -> None:
        now = self._service.mono
        if errand.standing is Standing.IN_DOUBT:
            errand.standing = Standing.QUERIED
            device.ask(RequestQueried(errand.request))
        if errand.standing is Standing.WAITS:
            if now >= errand.not_before and now >= self._rested.get(device.id, 0):
                self._ask(device, stored, errand)
        elif errand.standing is Standing.RUNS and errand.takes_back:
            errand.takes_back = False
            device.ask(RequestCancelled(errand.request))

    def _ask(self, device: SquareDevice, stored: StoredObject, errand: Errand) -> None:
        if errand.is_asked_anew:
            errand.attempt += 1
            errand.is_asked_anew = False
            asked = AskedRow(
                object=stored.kind.value,
                id=stored.id,
                attempt=errand.attempt,
                request=errand.request,
                mono=self._service.mono,
            )
            self._service.store(rows=[asked])
        task = DeviceTask(self._service, stored, device)
        event = WORK[stored.kind].event(task, errand.request)
        if event is None:
            self._settle(stored, errand, WORK[stored.kind].ended(task, RequestTaken()) or ())
            return
        errand.standing = Standing.ASKED
        device.ask(event)

    def errand(self, stored: StoredObject) -> Errand:
        """How far the device is with `stored`."""
        known = self._errands.get(stored.id)
        if known is None:
            known = self._errands[stored.id] = Errand(stored.id)
        return known

    # What sellers want.

    def cancel(self, stored: StoredObject) -> None:
        """A seller wants `stored` cancelled: at once where no device has it, else when its device says so. Raises `NotDurable`."""
        errand = self.errand(stored)
        if errand.standing is Standing.WAITS:
            self.cancelled(stored, CancelReason.SELLER_CANCELED)
        elif stored.value.status is not RequestStatus.CANCEL_REQUESTED:
            self._put(stored, status=RequestStatus.CANCEL_REQUESTED)
            errand.takes_back = True

    def cancelled(self, stored: StoredObject, reason: CancelReason) -> None:
        """`stored` is over without having been done. Raises `NotDurable`."""
        self._errands.pop(stored.id, None)
        self._put(stored, status=RequestStatus.CANCELED, cancel_reason=reason)

    def _put(self, stored: StoredObject, **members: object) -> None:
        value = replace(stored.value, updated_at=self._service.stamp, **members)
        self._service.store(ObjectChange(kind=stored.kind, id=stored.id, value=value))

    # What devices answer.

    def asked_for(self, request: str) -> bool:
        """Whether the request with this id is one of the service."""
        return request in self._service.book.requests

    def lost_power(self, device: str) -> None:
        """`device` answers nothing of what it was asked for before it has booted."""
        self._within.discard(device)
        self._doubt(device)

    def answered(self, device: SquareDevice, request: str, answer: RequestAnswer) -> bool:
        """Take an answer, which has a link to come over; one to nothing that waits changes nothing."""
        if not device.in_reach or self._service.out_of_service:
            return False
        stored = self._service.book.waiting.get(self._service.book.requests.get(request, ""))
        if stored is None or self.errand(stored).request != request:
            return True
        try:
            self._take(device, stored, self.errand(stored), answer)
        except NotDurable:
            self._service.world.note("the service cannot store what a device answers: it is out of service")
            return False
        return True

    def _take(
        self, device: SquareDevice, stored: StoredObject, errand: Errand, answer: RequestAnswer
    ) -> None:
        match answer:
            case RequestTaken() | RequestRunning():
                errand.standing = Standing.RUNS
                if isinstance(stored.value, SquareRequest):
                    errand.looks = 0
                    errand.takes_back = stored.value.status is RequestStatus.CANCEL_REQUESTED
                    if stored.value.status is RequestStatus.PENDING:
                        self._put(stored, status=RequestStatus.IN_PROGRESS)
            case RequestEnded() | InputGiven() | RequestRefused():
                if not isinstance(answer, RequestRefused):
                    self._rested[device.id] = self._service.mono + (REST if _shows(answer) else 0)
                changes = WORK[stored.kind].ended(DeviceTask(self._service, stored, device), answer)
                if changes is not None:
                    self._settle(stored, errand, changes)
                elif isinstance(answer, RequestRefused):
                    self._not_taken(stored, errand, answer)
                else:
                    self._end(stored, errand, answer)
            case RequestBusy() | RequestUnknown():
                self._not_taken(stored, errand, answer)

    def _not_taken(self, stored: StoredObject, errand: Errand, answer: RequestAnswer) -> None:
        if isinstance(answer, RequestRefused):
            self._service.world.note(f"{stored.kind.value} {stored.id}: {answer.reason.value}")
        status = stored.value.status
        if status is RequestStatus.CANCEL_REQUESTED:
            self.cancelled(stored, CancelReason.SELLER_CANCELED)
            return
        errand.standing = Standing.WAITS
        if not isinstance(answer, RequestUnknown):
            self._put_off(errand)

    def _put_off(self, errand: Errand) -> None:
        """Ask the device later, and each time later than before."""
        errand.not_before = self._service.mono + min(LOOK << errand.looks, LONGEST_LOOK)
        errand.looks = min(errand.looks + 1, _MOST_LOOKS)

    def _settle(self, stored: StoredObject, errand: Errand, changes: Sequence[ObjectChange]) -> None:
        """Store what a device has done; where the object waits still, its device is asked for what comes next."""
        self._service.store(*changes)
        now = self._service.book.waiting.get(stored.id)
        if now is None:
            self._errands.pop(stored.id, None)
        elif isinstance(now.value, SquareRequest) and now.value.status is RequestStatus.CANCEL_REQUESTED:
            self.cancelled(now, CancelReason.SELLER_CANCELED)
        else:
            errand.standing, errand.is_asked_anew = Standing.WAITS, True

    def _end(self, stored: StoredObject, errand: Errand, answer: RequestAnswer) -> None:
        """A device is done with what it was asked for, and did it not."""
        notice = answer.notice.id if isinstance(answer, RequestEnded) else ""
        if isinstance(stored.value, SquareRequest):
            if stored.value.status is RequestStatus.CANCEL_REQUESTED:
                self.cancelled(stored, CancelReason.SELLER_CANCELED)
                return
            if notice in _REASONS:
                self.cancelled(stored, _REASONS[notice])
                return
        else:
            self._put_off(errand)
        errand.standing, errand.is_asked_anew = Standing.WAITS, True


def _shows(answer: RequestAnswer) -> bool:
    """Whether the device shows how it ended, for which it is given time."""
    return isinstance(answer, RequestEnded)
