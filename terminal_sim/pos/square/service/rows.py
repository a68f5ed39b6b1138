"""What the service keeps, as rows of the journal of the points of sale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from terminal_sim.core.rows.schema import FlatRow, JournalRow, RowError
from terminal_sim.pos.square.webhooks.deliveries import DeliveryRow, EventRow

SERVICE = "Square API"
"""The name under which the rows of the service stand in that journal."""


class ObjectRow(JournalRow, Struct, frozen=True, kw_only=True):
    """An object of the service is so from now on: `text` is the whole of it in JSON, as it is answered.

    `object` is its kind, `version` counts its rows, `mono` is the virtual time of the first one in microseconds. `device` is the device that works at it,
    and `reference` the terminal's own name for the payment or void behind it; both are empty where there is none.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("service-object",)

    object: str
    id: str
    version: int
    text: str
    mono: int
    device: str = ""
    reference: str = ""


class RemovedRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The object `id` of this kind is no more."""

    KINDS: ClassVar[tuple[str, ...]] = ("service-object-removed",)

    object: str
    id: str


class KeyRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A call with an idempotency key has made an object: `digest` is that of its body as it was understood, `id` the object's."""

    KINDS: ClassVar[tuple[str, ...]] = ("idempotency-key",)

    call: str
    key: str
    digest: str
    object: str
    id: str


class AskedRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A device is about to be asked for the object `id`, for the `attempt`-th time, at the virtual time `mono` in microseconds.

    `request` is the id under which it is asked, and which its journal has.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("device-asked",)

    object: str
    id: str
    attempt: int
    request: str
    mono: int


ROW_CLASSES: tuple[type[JournalRow], ...] = (ObjectRow, RemovedRow, KeyRow, AskedRow, EventRow, DeliveryRow)
_BY_KIND: Mapping[str, type[JournalRow]] = {kind: row for row in ROW_CLASSES for kind in row.KINDS}


def row_of(flat: FlatRow) -> JournalRow:
    """The typed row of a stored one. Raises `RowError`."""
    row = _BY_KIND.get(flat.kind)
    if row is None:
        raise RowError(f"the service has no kind {flat.kind!r}")
    return row.of(flat)
