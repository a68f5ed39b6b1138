"""The data objects that a card states: kept as they came, with their origin, and checked when a step uses them (EMV Book 3, 7.5).

1. Every object is kept raw, private and unknown tags too, since a DOL may ask for them (5.4). Objects that belong to the terminal or
   the issuer are ignored, and so are empty ones, which count as absent.
2. A look-up checks the format, and a wrong one ends the transaction. Eight elements of a wrong format count as absent and are not kept.
3. An object that the dictionary knows comes once (10.2). Of an unknown one that comes again the first counts.
4. A format is checked at the first look-up: what was sound stays so, since a value does not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from enum import Enum
from typing import Final, Self, TypeVar, overload

from msgspec import Struct

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.fields import FormatError
from terminal_sim.emv.data.tags import DICTIONARY, DataElement, DataSource
from terminal_sim.emv.steps.exchange import CardError


class Source(Enum):
    """The answer that states a data object."""

    FCI = "file control information"
    OPTIONS = "GET PROCESSING OPTIONS"
    RECORD = "record"
    CRYPTOGRAM = "GENERATE AC"


class DataOrigin(Struct, frozen=True):
    """Where a data object comes from; `sfi` and `number` are those of a record, and 0 elsewhere."""

    source: Source
    sfi: int = 0
    number: int = 0


_EMPTY_IS_WRONG: Final = frozenset(
    (tags.EFFECTIVE_DATE, tags.ISSUER_COUNTRY, tags.USAGE_CONTROL, tags.VERSION_CARD)
)
"""Optional elements that the restrictions read: one of length zero is wrong data and not an absent element."""

_WRONG_IS_ABSENT: Final = frozenset((0x42, 0x5F20, 0x5F50, 0x9F0B, 0x9F0C, 0x9F1F, 0x9F4D, 0x9F4F))
"""The elements whose wrong format counts as absence (7.5); every other one ends the transaction when it is used."""


T = TypeVar("T")
_CARD: Final = DataSource.CARD


class CardObjects(MutableMapping[int, bytes]):
    """The objects by tag. `[]`, `get` and `in` check the format and raise `CardError`; `raw` gives a value as it came, `stated` all of them."""

    __slots__ = ("_elements", "_origins", "_sound", "_values")

    def __init__(self, values: Iterable[tuple[int, bytes]] = ()) -> None:
        self._values: dict[int, bytes] = dict(values)
        self._origins: dict[int, DataOrigin] = {}
        self._elements: Mapping[int, DataElement] = DICTIONARY
        self._sound: set[int] = set()

    @classmethod
    def of(cls, objects: Iterable[tuple[int, bytes]], origin: DataOrigin) -> Self:
        """The objects of one answer."""
        made = cls()
        made.take(objects, origin)
        return made

    def understand(self, elements: Mapping[int, DataElement]) -> None:
        """From now on objects are taken and checked by the dictionary of another kernel, to which tags may mean other things."""
        self._elements = elements
        self._sound.clear()

    def take(self, objects: Iterable[tuple[int, bytes]], origin: DataOrigin) -> None:
        """Keeps what the card states in one answer. Raises `CardError` where a known object is there already."""
        values, origins, elements = self._values, self._origins, self._elements
        for tag, value in objects:
            element = elements.get(tag)
            if element is not None and element.source is not _CARD:
                continue
            if not value and tag not in _EMPTY_IS_WRONG:
                continue
            if element is not None and tag in _WRONG_IS_ABSENT and not _fits(element, value):
                continue
            if tag in values:
                if element is None:
                    continue
                raise CardError(f"{element.name} ({tag:X}) comes twice")
            values[tag] = value
            origins[tag] = origin

    def require_sound(self) -> None:
        """Raises `CardError` where the format of any object is wrong."""
        for tag, value in self._values.items():
            self._require(tag, value)

    def _require(self, tag: int, value: bytes) -> None:
        element = self._elements.get(tag)
        if element is not None:
            try:
                element.check(value)
            except FormatError as error:
                raise CardError(str(error)) from None
        self._sound.add(tag)

    def raw(self, tag: int) -> bytes | None:
        """The value as the card states it, its format not looked at; None where there is none."""
        return self._values.get(tag)

    @property
    def stated(self) -> Mapping[int, bytes]:
        """The values by tag as the card states them, their formats not looked at."""
        return self._values

    def origin(self, tag: int) -> DataOrigin | None:
        """Where the object comes from, None where it is not there."""
        return self._origins.get(tag)

    @overload
    def get(self, tag: int, default: None = None, /) -> bytes | None: ...
    @overload
    def get(self, tag: int, default: bytes | T, /) -> bytes | T: ...
    def get(self, tag: int, default: bytes | T | None = None, /) -> bytes | T | None:
        return self[tag] if tag in self._values else default

    def __contains__(self, tag: object) -> bool:
        return tag in self._values and (tag in self._sound or self[tag] is not None)

    def __getitem__(self, tag: int) -> bytes:
        value = self._values[tag]
        if tag not in self._sound:
            self._require(tag, value)
        return value

    def __setitem__(self, tag: int, value: bytes) -> None:
        self._values[tag] = value
        self._sound.discard(tag)

    def __delitem__(self, tag: int) -> None:
        del self._values[tag]
        self._origins.pop(tag, None)
        self._sound.discard(tag)

    def __iter__(self) -> Iterator[int]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def _fits(element: DataElement, value: bytes) -> bool:
    try:
        element.check(value)
    except FormatError:
        return False
    return True
