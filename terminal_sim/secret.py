"""A value that will not print: PAN, PIN, CVC, track data, keys and PIN blocks live in a `Secret`.

Rules:
1. `repr`, `str`, `format` and logging show only that something is there, never what.
2. It refuses JSON, pickling and copying by pickle, so it cannot slip into a file by accident.
3. Code that needs the value calls `secret.reveal()`, which a review can search for.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T", str, bytes)


class Secret(Generic[T]):
    """Holds a `str` or `bytes`; compares in constant time; never shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value: T = value

    def reveal(self) -> T:
        """The value itself. Every call is a place to review."""
        return self._value

    def __len__(self) -> int:
        return len(self._value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = _as_bytes(self._value), _as_bytes(other._value)
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __deepcopy__(self, _memo: object) -> Secret[T]:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not serialised: reveal() it where it is used, or mask it")


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def mask_pan(pan: str) -> str:
    """First six and last four digits, the rest as `*` (PCI DSS 3.4.1); short numbers show the last four only.

    At least four digits stay hidden, so a number of fewer than 14 digits keeps no prefix.
    """
    if len(pan) < 14:
        return "*" * max(len(pan) - 4, 0) + pan[-4:]
    return pan[:6] + "*" * (len(pan) - 10) + pan[-4:]


@dataclass(frozen=True, slots=True)
class MaskedBytes:
    """Bytes without what says whose card it is: each hidden byte is 00 in `data` and lies in one of the `hidden` ranges.

    A range is its first offset and the one after its last; ranges are in order and do not overlap. Length and place of every byte
    are those of the original, so that what is not hidden can be read where it stood.
    """

    data: bytes
    hidden: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def of(data: bytes, hidden: Iterable[tuple[int, int]]) -> MaskedBytes:
        """`data` without the bytes of the ranges `hidden`."""
        ranges = tuple(sorted((first, end) for first, end in hidden if first < end))
        masked = bytearray(data)
        for first, end in ranges:
            masked[first:end] = bytes(end - first)
        return MaskedBytes(bytes(masked), ranges)

    def is_hidden(self, first: int, end: int) -> bool:
        """Whether any byte from `first` up to `end` is hidden."""
        return any(begin < end and first < stop for begin, stop in self.hidden)

    def hex(self) -> str:
        """Two hexadecimal digits a byte, `••` for a hidden one."""
        shown = [f"{byte:02X}" for byte in self.data]
        for first, end in self.hidden:
            shown[first:end] = ["••"] * (end - first)
        return "".join(shown)
