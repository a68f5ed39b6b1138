"""The service: its objects, what it stores, and what it is asked to do once. It never waits: each call is answered at once."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from terminal_sim.core.money import Money
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind, SquareMoney
from terminal_sim.pos.square.objects.problems import ServiceRefusal, no_such_device, not_durable, not_found
from terminal_sim.pos.square.objects.values import ErrorCode
from terminal_sim.pos.square.service.book import ServiceBook, StoredObject
from terminal_sim.pos.square.service.rows import KeyRow, ObjectRow
from terminal_sim.pos.square.service.world import PREFIX, ServiceWorld, SquareDevice

APPLICATION = "sandbox-sq0idb-terminal-sim"
VERSION = "2026-09-16"
LOCATION = "LTERMINALSIM1"
MERCHANT = "MLTERMINALSIM"
_SIGNS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH = 22


class NotDurable(Exception):
    """It is not certain that the rows were stored: nothing may be answered, and nothing more be done before a restart."""


class ObjectChange(Struct, frozen=True, kw_only=True):
    """`value` is what the object `id` is from now on. `device` and `reference` stay as they were where they are None."""

    kind: ObjectKind
    id: str
    value: ApiObject
    device: str | None = None
    reference: str | None = None


Announce = Callable[[ObjectChange, StoredObject | None], Sequence[JournalRow]]


def _silent(_: ObjectChange, __: StoredObject | None) -> Sequence[JournalRow]:
    return ()


def _nothing() -> None:
    """Nobody waits for commits."""


class SquareService:
    """See the module. `book` is the fold over the rows of before.

    `announce` makes the rows that go into one commit with a change that is seen from outside; it is given the object as it was before.
    `committed` is called behind each commit, and must not wait.
    """

    def __init__(self, world: ServiceWorld, book: ServiceBook) -> None:
        self.world = world
        self.book = book
        self.announce: Announce = _silent
        self.committed: Callable[[], None] = _nothing
        self.out_of_service = False

    # Time and names.

    @property
    def mono(self) -> int:
        """Virtual time in microseconds."""
        return self.world.now.mono

    @property
    def stamp(self) -> str:
        """This moment as the service writes it."""
        return timestamp(self.world.now.civil)

    def identify(self, kind: ObjectKind) -> str:
        """A name for a new object, which the same seed and the same objects before it bring about again."""
        text = f"{self.world.seed}/{kind.value}/{self.book.count + 1}".encode()
        number = int.from_bytes(hashlib.sha256(text).digest())
        signs = []
        for _ in range(_ID_LENGTH):
            number, sign = divmod(number, len(_SIGNS))
            signs.append(_SIGNS[sign])
        return "".join(signs)

    # Objects.

    def store(self, *changes: ObjectChange, rows: Iterable[JournalRow] = ()) -> None:
        """Make the changes and the other rows durable, all or none, and let them count. Raises `NotDurable`."""
        stored: list[JournalRow] = []
        for change in changes:
            before = self.book.get(change.kind, change.id)
            row = self._row(change, before)
            stored.append(row)
            if before is None or before.text != row.text:
                stored.extend(self.announce(change, before))
        stored.extend(rows)
        if self.out_of_service or not self.world.store(stored):
            self.out_of_service = True
            raise NotDurable
        for one in stored:
            self.book.apply(one)
        self.committed()

    def _row(self, change: ObjectChange, before: StoredObject | None) -> ObjectRow:
        device = before.device if change.device is None and before is not None else change.device
        reference = before.reference if change.reference is None and before is not None else change.reference
        return ObjectRow(
            object=change.kind.value,
            id=change.id,
            version=1 if before is None else before.version + 1,
            text=msgspec.json.encode(change.value).decode(),
            mono=self.mono if before is None else before.mono,
            device=device or "",
            reference=reference or "",
        )

    def found(self, kind: ObjectKind, name: str, what: str) -> StoredObject:
        """The object with this id. Raises `ServiceRefusal`."""
        stored = self.book.get(kind, name)
        if stored is None:
            raise not_found(f"{what} with id {name} not found.")
        return stored

    def once(
        self, call: str, key: str, body: Any, kind: ObjectKind, make: Callable[[], Sequence[ObjectChange]]
    ) -> StoredObject:
        """The first of what `make` makes, all of it stored; as it is now where this key has made it before. Raises `ServiceRefusal` where that was by another body."""
        digest = hashlib.sha256(msgspec.json.encode(body, order="deterministic")).hexdigest()
        known = self.book.keys.get((call, key))
        if known is None:
            changes = make()
            made = KeyRow(call=call, key=key, digest=digest, object=kind.value, id=changes[0].id)
            self.store(*changes, rows=[made])
            return self.now(kind, changes[0].id)
        if known.digest != digest:
            raise ServiceRefusal(
                ErrorCode.IDEMPOTENCY_KEY_REUSED,
                "Different request parameters used for the same idempotency_key.",
                "idempotency_key",
            )
        return self.now(kind, known.id)

    def now(self, kind: ObjectKind, name: str) -> StoredObject:
        """The object with this id, which is there."""
        stored = self.book.get(kind, name)
        if stored is None:
            raise not_durable()
        return stored

    # What calls have in common.

    def device(self, named: str) -> SquareDevice:
        """The device that a call names. Raises `ServiceRefusal`."""
        device = self.world.devices.get(named.removeprefix(PREFIX))
        if device is None:
            raise no_such_device(named)
        return device

    def check_location(self, named: str | None) -> None:
        """Raises `ServiceRefusal` where a call names another location than the one there is."""
        if named is not None and named != LOCATION:
            raise not_found(f"Location with id {named} not found.")


def timestamp(civil: datetime) -> str:
    """A civil time as RFC 3339 in UTC, with milliseconds."""
    return f"{civil.isoformat(timespec='milliseconds')}Z"


def money(amount: Money) -> SquareMoney:
    """An amount in the words of the service."""
    return SquareMoney(amount=amount.minor, currency=amount.currency)
