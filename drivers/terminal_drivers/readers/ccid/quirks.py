"""What is particular to a reader model, as data: `quirks.toml` beside this module, keyed by name, vendor and product.

1. `serial.NAME` is a reader of the GemPC family, which has no descriptor: `echo`, the dwFeatures of each slot in
   `features`, and where they are not the family's, `clock` (kHz), `fastest` (bit/s), `pin_support`, in `short_echo`
   the beginnings, in hexadecimal, of Escapes whose echo has no data, and, always together, `wakes_at` (bit/s) and
   `speed_up`: the speed of the line after power-on and the Escape, in hexadecimal, that takes it to the family's.
2. `usb.NAME` corrects the class descriptor of a reader: `level` (the exchange level, in the words of `Level`),
   `max_ifsd`, `max_data_rate` (bit/s), `pin_support`, and `auto_ifsd` = true where the host must not send S(IFS).
   At least one of them is given. Where it holds for some firmware only, `firmware_from` and `firmware_below` bound
   bcdDevice, written as 2.00.
3. Every entry says its `vendor`, `product` and `reason`. A key that stands in neither list is an error, and so is a
   pair of vendor and product that comes twice in one table.
"""

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import Features, Level

FILE = Path(__file__).with_name("quirks.toml")

LEVELS = Features.TPDU | Features.SHORT_APDU | Features.EXTENDED_APDU
LEVEL_BITS = {
    Level.CHARACTER: 0,
    Level.TPDU: Features.TPDU,
    Level.SHORT_APDU: Features.SHORT_APDU,
    Level.EXTENDED_APDU: Features.EXTENDED_APDU,
}
HEXADECIMAL = re.compile("(?:[0-9A-F]{2})+", re.ASCII)
NAME = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
FIRMWARE = re.compile(r"([0-9]{1,2})\.([0-9]{2})", re.ASCII)
NO_FIRMWARE = 0x1_0000
"""Above every bcdDevice."""
MOST_SLOTS = 5


@dataclass(frozen=True, slots=True)
class SerialModel:
    """What the host must know of a reader on a serial line, since the reader cannot say it (rule 1)."""

    name: str
    vendor: int
    product: int
    reason: str
    echo: bool
    features: tuple[int, ...]
    short_echo: tuple[bytes, ...] = ()
    clock: int = 4000
    fastest: int = 344_086
    pin_support: int = 0
    wakes_at: int = 0
    speed_up: bytes = b""


@dataclass(frozen=True, slots=True)
class Correction:
    """What is wrong in the class descriptor of a USB reader (rule 2); None leaves what the reader says."""

    name: str
    vendor: int
    product: int
    reason: str
    level: Level | None = None
    max_ifsd: int | None = None
    max_data_rate: int | None = None
    pin_support: int | None = None
    auto_ifsd: bool = False
    firmware_from: int = 0
    firmware_below: int = NO_FIRMWARE

    def holds_for(self, release: int) -> bool:
        """Whether it is a correction of this firmware (bcdDevice)."""
        return self.firmware_from <= release < self.firmware_below

    def of(self, said: ClassDescriptor) -> ClassDescriptor:
        """The descriptor as it should have been."""
        features = said.features
        if self.level is not None:
            features = features & ~int(LEVELS) | int(LEVEL_BITS[self.level])
        if self.auto_ifsd:
            features |= int(Features.AUTO_IFSD)
        return replace(
            said,
            features=features,
            max_ifsd=said.max_ifsd if self.max_ifsd is None else self.max_ifsd,
            max_data_rate=said.max_data_rate if self.max_data_rate is None else self.max_data_rate,
            pin_support=said.pin_support if self.pin_support is None else self.pin_support,
        )


@dataclass(frozen=True, slots=True)
class Quirks:
    """The whole file: serial readers by name, corrections of USB readers by vendor and product."""

    serial: Mapping[str, SerialModel]
    usb: Mapping[tuple[int, int], Correction]

    def correction(self, vendor: int, product: int, release: int) -> Correction | None:
        """What is wrong with a reader of this firmware (bcdDevice); None where nothing is known."""
        correction = self.usb.get((vendor, product))
        return correction if correction is not None and correction.holds_for(release) else None


@cache
def shipped() -> Quirks:
    """The quirks of this package."""
    return load(FILE)


def load(file: Path) -> Quirks:
    """Read a file of quirks; `Misuse` names the file, the key, and what belongs there."""
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misuse(f"{file.name} cannot be read: {error}") from error
    _known(document, ("serial", "usb"), file.name)
    serial = [
        SerialModel(**entry)
        for entry in _entries(document, "serial", _SERIAL, {}, ("echo", "features"), file)
    ]
    usb = [Correction(**entry) for entry in _entries(document, "usb", _USB, _RANGE, (), file)]
    return Quirks(
        {model.name: model for model in serial},
        {(correction.vendor, correction.product): correction for correction in usb},
    )


class _Wrong(Exception):
    """What belongs in place of a value."""


def _number(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if type(value) is not int or not least <= value <= most:  # True is an int too
            raise _Wrong(f"a number from {least} to {most}")
        return value

    return check


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("true or false")
    return value


def _sentence(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Wrong("a sentence that says why")
    return value


def _slots(value: object) -> tuple[int, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_SLOTS:
        raise _Wrong(f"a list with the dwFeatures of each of 1 to {MOST_SLOTS} slots")
    return tuple(map(_DWORD, value))


def _beginnings(value: object) -> tuple[bytes, ...]:
    if not isinstance(value, list) or not all(isinstance(x, str) and HEXADECIMAL.fullmatch(x) for x in value):
        raise _Wrong("a list of strings of hexadecimal digits in upper case")
    return tuple(map(bytes.fromhex, value))


def _bytes(value: object) -> bytes:
    if not isinstance(value, str) or not HEXADECIMAL.fullmatch(value):
        raise _Wrong("hexadecimal digits in upper case")
    return bytes.fromhex(value)


def _level(value: object) -> Level:
    for level in Level:
        if level.value == value:
            return level
    raise _Wrong(f"one of {', '.join(each.value for each in Level)}")


def _firmware(value: object) -> int:
    found = FIRMWARE.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise _Wrong('a bcdDevice like "2.00"')
    return int(found[1], 16) << 8 | int(found[2], 16)


_DWORD = _number(0, 0xFFFF_FFFF)
_RATE = _number(1, 0xFFFF_FFFF)
_PIN_SUPPORT = _number(0, 3)
_HEAD: Mapping[str, Callable[[object], Any]] = {
    "vendor": _number(0, 0xFFFF),
    "product": _number(0, 0xFFFF),
    "reason": _sentence,
}
_SERIAL: Mapping[str, Callable[[object], Any]] = {
    "echo": _flag,
    "features": _slots,
    "short_echo": _beginnings,
    "clock": _RATE,
    "fastest": _RATE,
    "pin_support": _PIN_SUPPORT,
    "wakes_at": _RATE,
    "speed_up": _bytes,
}
_USB: Mapping[str, Callable[[object], Any]] = {
    "level": _level,
    "max_ifsd": _number(1, 254),
    "max_data_rate": _RATE,
    "pin_support": _PIN_SUPPORT,
    "auto_ifsd": _flag,
}
_RANGE: Mapping[str, Callable[[object], Any]] = {"firmware_from": _firmware, "firmware_below": _firmware}


def _entries(
    document: Mapping[str, object],
    kind: str,
    checks: Mapping[str, Callable[[object], Any]],
    bounds: Mapping[str, Callable[[object], Any]],
    needed: Collection[str],
    file: Path,
) -> list[dict[str, Any]]:
    """The entries of one table, each value checked; `bounds` alone say nothing of a reader."""
    table = document.get(kind, {})
    if not isinstance(table, dict):
        raise Misuse(f"{file.name}: {kind} is a table of readers by name")
    seen: dict[tuple[int, int], str] = {}
    entries = []
    for name, entry in table.items():
        where = f"{file.name}: {kind}.{name}"
        if not NAME.fullmatch(name) or not isinstance(entry, dict):
            raise Misuse(
                f"{where} is no reader: its name has small letters, digits and hyphens, then come keys"
            )
        checked = _checked(entry, {**_HEAD, **checks, **bounds}, (*_HEAD, *needed), where)
        if ("wakes_at" in checked) != ("speed_up" in checked):
            raise Misuse(f"{where} has one of wakes_at and speed_up: give both or none")
        if not set(checked) & set(checks):
            raise Misuse(f"{where} says nothing of the reader: give one of {', '.join(checks)}")
        other = seen.setdefault((checked["vendor"], checked["product"]), name)
        if other != name:
            raise Misuse(f"{where} has the vendor and product of {kind}.{other}: make one entry of both")
        entries.append({"name": name, **checked})
    return entries


def _checked(
    entry: Mapping[str, object],
    checks: Mapping[str, Callable[[object], Any]],
    needed: Collection[str],
    where: str,
) -> dict[str, Any]:
    _known(entry, checks, where)
    for key in needed:
        if key not in entry:
            raise Misuse(f"{where} lacks {key}")
    checked = {}
    for key, value in entry.items():
        try:
            checked[key] = checks[key](value)
        except _Wrong as wrong:
            raise Misuse(f"{where}.{key} is {value!r}; it must be {wrong}") from wrong
    return checked


def _known(table: Mapping[str, object], keys: Collection[str], where: str) -> None:
    for key in table:
        if key not in keys:
            raise Misuse(f"{where} has no key {key!r}: there are {', '.join(keys)}")
