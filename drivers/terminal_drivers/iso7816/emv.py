"""The answers to reset that an EMV terminal refuses (EMV Book 1, 8.3.3), though ISO/IEC 7816-3 allows most of them."""

from collections.abc import Iterator

from terminal_drivers.base import FrameError
from terminal_drivers.iso7816.atr import GLOBAL, Atr

_FASTEST = range(0x11, 0x14)  # TA1 in specific mode: Fi 372 and Di 1, 2 or 4
_TC1 = (0x00, 0xFF)
_IMPLICIT = 0x10  # bit 5 of TA2
_T1_SIZES = range(0x10, 0xFF)
_CLASSES = range(1, 8)  # A, B, C and their sums


def require_emv(atr: Atr) -> None:
    """Raise `FrameError` with the first byte for which an EMV terminal refuses the card."""
    for byte, why in _refusals(atr):
        raise FrameError(f"EMV refuses the ATR: {byte} {why}")


def _refusals(atr: Atr) -> Iterator[tuple[str, str]]:
    first = atr.groups[0] if atr.groups else None
    if first is None:
        return
    if first.tc not in (None, *_TC1):
        yield "TC1", "is neither 00 nor FF"
    if first.td is None:
        return
    protocol = first.td & 0x0F
    if protocol not in (0, 1):
        yield "TD1", "names neither T=0 nor T=1"
    if len(atr.groups) > 1:
        yield from _second(atr, protocol)
    if len(atr.groups) > 2:
        yield from _third(atr, protocol)
    elif protocol == 1:
        yield "TB3", "is missing, which T=1 needs"


def _second(atr: Atr, protocol: int) -> Iterator[tuple[str, str]]:
    group = atr.groups[1]
    if group.ta is not None:
        if group.ta & _IMPLICIT:
            yield "TA2", "asks for implicit values"
        if group.ta & 0x0F != protocol:
            yield "TA2", "names another protocol than TD1"
        if atr.fi_di not in _FASTEST:
            yield "TA1", "is not from 11 to 13"
    if group.tb is not None:
        yield "TB2", "is there"
    if group.tc == 0 or (protocol == 0 and group.tc not in (None, 0x0A)):
        yield "TC2", "is not 0A"
    if group.td is not None and group.td & 0x0F != (1 if protocol == 1 else GLOBAL):
        yield "TD2", "names a protocol that does not follow TD1"


def _third(atr: Atr, protocol: int) -> Iterator[tuple[str, str]]:
    group = atr.groups[2]
    if protocol == 0:
        if group.ta is not None and group.ta & 0x3F not in _CLASSES:
            yield "TA3", "names no class of supply that EMV knows"
        return
    if group.ta is not None and group.ta not in _T1_SIZES:
        yield "TA3", "is no size from 10 to FE"
    if group.tb is None:
        yield "TB3", "is missing, which T=1 needs"
        return
    waiting, between = group.tb >> 4, group.tb & 0x0F
    guard = 0 if atr.guard_time == 0xFF else atr.guard_time + 1
    if waiting > 4 or between > 5 or 1 << between <= guard:
        yield "TB3", "has waiting times that EMV does not allow"
    if group.tc not in (None, 0):
        yield "TC3", "is not 00"
