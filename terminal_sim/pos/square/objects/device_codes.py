"""Device codes: what a person types into a device to pair it with the account."""

from __future__ import annotations

import hashlib
from enum import Enum
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from terminal_sim.pos.square.objects.base import ApiObject

PAIR_WITHIN = 5 * 60 * 1_000_000  # microseconds
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"  # none that looks like a digit
_LENGTH = 6


class ProductType(Enum):
    """What a code is for."""

    TERMINAL_API = "TERMINAL_API"


class DeviceCodeStatus(Enum):
    """Whether a code has been used; one that was not in time is expired."""

    UNKNOWN = "UNKNOWN"
    UNPAIRED = "UNPAIRED"
    PAIRED = "PAIRED"
    EXPIRED = "EXPIRED"


class DeviceCode(ApiObject, frozen=True, kw_only=True):
    """A code, which is typed by `pair_by` or never. `device_id` is the device that was paired by it."""

    product_type: ProductType
    id: str | None = None
    name: Annotated[str, Meta(max_length=128)] | None = None
    code: str | None = None
    device_id: str | None = None
    location_id: Annotated[str, Meta(max_length=50)] | None = None
    status: DeviceCodeStatus | None = None
    pair_by: str | None = None
    created_at: str | None = None
    status_changed_at: str | None = None
    paired_at: str | None = None

    def as_of(self, stamp: str) -> DeviceCode:
        """The code as it is at that time, which may be past its own."""
        if self.status is DeviceCodeStatus.UNPAIRED and self.pair_by is not None and self.pair_by <= stamp:
            return replace(self, status=DeviceCodeStatus.EXPIRED, status_changed_at=self.pair_by)
        return self


def letters_of(name: str) -> str:
    """The six letters of the code with this id."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest())
    letters = []
    for _ in range(_LENGTH):
        number, letter = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[letter])
    return "".join(letters)
