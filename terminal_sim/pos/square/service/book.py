"""What the service knows: the fold over its rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from terminal_sim.core.rows.schema import JournalRow, RowError
from terminal_sim.pos.square.objects.actions import TerminalAction
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.device_codes import DeviceCode
from terminal_sim.pos.square.objects.payments import AUTHORIZED, PaymentRefund, SquarePayment
from terminal_sim.pos.square.objects.requests import SquareRequest, TerminalCheckout, TerminalRefund
from terminal_sim.pos.square.objects.subscriptions import WebhookSubscription
from terminal_sim.pos.square.objects.values import PaymentStatus, RefundStatus
from terminal_sim.pos.square.service.rows import AskedRow, KeyRow, ObjectRow, RemovedRow
from terminal_sim.pos.square.webhooks.deliveries import Deliveries

OBJECTS: Mapping[ObjectKind, type[ApiObject]] = {
    ObjectKind.CHECKOUT: TerminalCheckout,
    ObjectKind.TERMINAL_REFUND: TerminalRefund,
    ObjectKind.PAYMENT: SquarePayment,
    ObjectKind.REFUND: PaymentRefund,
    ObjectKind.DEVICE_CODE: DeviceCode,
    ObjectKind.SUBSCRIPTION: WebhookSubscription,
    ObjectKind.ACTION: TerminalAction,
}


KEPT = 30 * 24 * 3600 * 1_000_000
"""Microseconds for which what a device was asked for is known, from when it was made."""
_FORGOTTEN = tuple(kind for kind, shape in OBJECTS.items() if issubclass(shape, SquareRequest))


class StoredObject(Struct, frozen=True, kw_only=True):
    """An object in its newest version. `sequence` is its place among all, by their first rows, `mono` the virtual time of that row.

    `device` works at it, and `reference` is the terminal's own name for what stands behind it; both are empty where there is none.
    """

    kind: ObjectKind
    id: str
    version: int
    sequence: int
    mono: int
    device: str
    reference: str
    value: Any
    text: str

    @property
    def waits_for_device(self) -> bool:
        """Whether a device has still to do something for it."""
        value = self.value
        if isinstance(value, SquareRequest):
            return value.status is not None and not value.status.is_over
        if isinstance(value, SquarePayment):
            return value.status is PaymentStatus.CANCELED and value.card_details.status == AUTHORIZED
        return isinstance(value, PaymentRefund) and value.status is RefundStatus.PENDING

    @property
    def waits_for_seller(self) -> bool:
        """Whether it is a payment that its seller has still to complete or to take back."""
        return isinstance(self.value, SquarePayment) and self.value.status is PaymentStatus.APPROVED


class ServiceBook:
    """See the module. `waiting` has what devices have still to do, oldest first; `approved` the payments that wait to be completed; `asked` the newest row of each object that a device was asked for, `deliveries` what subscribers have still to be told.

    Checkouts, refunds and actions of devices are forgotten with `forget`. Payments and their refunds stay: money can go back as long as there are books.
    """

    def __init__(self) -> None:
        self.waiting: dict[str, StoredObject] = {}
        self.approved: dict[str, StoredObject] = {}
        self.asked: dict[str, AskedRow] = {}
        self.requests: dict[str, str] = {}
        self.deliveries = Deliveries()
        self.keys: dict[tuple[str, str], KeyRow] = {}
        self._objects: dict[ObjectKind, dict[str, StoredObject]] = {kind: {} for kind in ObjectKind}
        self._count = 0
        self._keys: dict[str, tuple[str, str]] = {}  # of what was made with one, by the id of the object
        self._requests: dict[
            str, list[str]
        ] = {}  # all under which devices were asked, by the id of the object

    @property
    def count(self) -> int:
        """How many objects there have been, of all kinds."""
        return self._count

    def get(self, kind: ObjectKind, name: str) -> StoredObject | None:
        """The object of this kind with this id."""
        return self._objects[kind].get(name)

    def all(self, kind: ObjectKind) -> Iterator[StoredObject]:
        """All objects of this kind, oldest first."""
        return iter(self._objects[kind].values())

    def newest(self, kind: ObjectKind) -> Iterator[StoredObject]:
        """All objects of this kind, newest first."""
        return reversed(self._objects[kind].values())

    def apply(self, row: JournalRow) -> None:
        """Take a stored row. Raises `RowError` for one that does not fit."""
        if isinstance(row, ObjectRow):
            self._put(row)
        elif isinstance(row, KeyRow):
            self.keys[row.call, row.key] = row
            self._keys[row.id] = row.call, row.key
        elif isinstance(row, AskedRow):
            self.asked[row.id] = row
            self.requests[row.request] = row.id
            self._requests.setdefault(row.id, []).append(row.request)
        elif isinstance(row, RemovedRow):
            self._objects[ObjectKind(row.object)].pop(row.id, None)
        else:
            self.deliveries.apply(row)

    def forget(self, now: int) -> None:
        """Know nothing more of what devices were asked for and is over, where it was made more than `KEPT` before the virtual time `now`.

        Its idempotency key and the ids under which devices were asked go with it; what waits for a device stays.
        """
        for kind in _FORGOTTEN:
            objects = self._objects[kind]
            old = itertools.takewhile(lambda one: now - one.mono > KEPT, objects.values())
            for name in [one.id for one in old if not one.waits_for_device]:
                del objects[name]
                self._forget_calls(name)

    def _forget_calls(self, name: str) -> None:
        """Drop by which call the object was made, and how devices were asked for it."""
        key = self._keys.pop(name, None)
        if key is not None and self.keys[key].id == name:
            del self.keys[key]
        self.asked.pop(name, None)
        for request in self._requests.pop(name, ()):
            del self.requests[request]

    def _put(self, row: ObjectRow) -> None:
        try:
            kind = ObjectKind(row.object)
            value = msgspec.json.decode(row.text, type=OBJECTS[kind])
        except (ValueError, msgspec.MsgspecError) as wrong:
            raise RowError(f"{row.object} {row.id}: {wrong}") from None
        before = self._objects[kind].get(row.id)
        if before is None:
            self._count += 1
        stored = StoredObject(
            kind=kind,
            id=row.id,
            version=row.version,
            sequence=before.sequence if before is not None else self._count,
            mono=row.mono,
            device=row.device,
            reference=row.reference,
            value=value,
            text=row.text,
        )
        self._objects[kind][row.id] = stored
        if stored.waits_for_device:
            self.waiting[row.id] = stored
        else:
            self.waiting.pop(row.id, None)
        if stored.waits_for_seller:
            self.approved[row.id] = stored
        else:
            self.approved.pop(row.id, None)
