"""The input report of a USB HID stripe head, and the report descriptor that declares it; both ways.

1. The vendor layout is that of MagTek's readers (USB HID SureSwipe, 99875191): 337 bytes without report ID: the
   decode status, then the length of each track, the card's encoding, and 110 bytes of text for each track.
2. The standard layout has the usages of HID POS Usage Tables 1.02, page 8E, and no decode status and encoding:
   there a damaged track looks like a blank one.
3. Text is ASCII with sentinels and without LRC, zeros behind it. Track 3 begins with `;`. A track whose decode
   status has bit 0 set was damaged; its length is zero.
"""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from construct import Array, Byte, Bytes, ConstructError, Struct, Terminated

from terminal_drivers.base import FrameError, Misuse, Track, TrackMark, Tracks

TRACKS = 3
TRACK_SIZE = 110
DAMAGED = 0x01
TEXTS = tuple(re.compile(text) for text in (rb"%[ ->@-_]*\?", rb";[0->]*\?", rb";[0->]*\?"))

_LENGTHS, _TEXTS = "length" / Array(TRACKS, Byte), "track" / Array(TRACKS, Bytes(TRACK_SIZE))


class CardEncoding(IntEnum):
    """Card encode type of the vendor layout; other values are other kinds of cards."""

    ISO = 0
    UNDETERMINED = 5
    NONE = 6


class Tag(IntEnum):
    """Short items of a report descriptor (HID 1.11, 6.2.2), without their size."""

    USAGE_PAGE = 0x04
    USAGE = 0x08
    LOGICAL_MINIMUM = 0x14
    LOGICAL_MAXIMUM = 0x24
    REPORT_SIZE = 0x74
    INPUT = 0x80
    REPORT_COUNT = 0x94
    COLLECTION = 0xA0
    FEATURE = 0xB0
    END_COLLECTION = 0xC0


APPLICATION = b"\x01"
VARIABLE, BUFFERED_BYTES = b"\x02", b"\x02\x01"
DEVICE = 0x01
"""Usage: the head as a whole, on either page."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A report: its page, usages of the single bytes and of each track's text, and of a feature report if any."""

    page: int
    singles: tuple[int, ...]
    texts: tuple[int, int, int]
    struct: Any
    status: bool
    feature: tuple[int, int] | None = None

    @property
    def size(self) -> int:
        return len(self.singles) + len(self.texts) * TRACK_SIZE

    def descriptor(self) -> bytes:
        """The report descriptor."""
        page = self.page.to_bytes(2 if self.page > 0xFF else 1, "little")
        items = _item(Tag.USAGE_PAGE, page) + _usage(DEVICE) + _item(Tag.COLLECTION, APPLICATION)
        items += _item(Tag.LOGICAL_MINIMUM, b"\0") + _item(Tag.LOGICAL_MAXIMUM, b"\xff\0")
        items += _item(Tag.REPORT_SIZE, b"\x08") + b"".join(map(_usage, self.singles))
        items += _item(Tag.REPORT_COUNT, bytes((len(self.singles),))) + _item(Tag.INPUT, VARIABLE)
        for usage in self.texts:
            items += _usage(usage) + _item(Tag.REPORT_COUNT, bytes((TRACK_SIZE,)))
            items += _item(Tag.INPUT, BUFFERED_BYTES)
        if self.feature is not None:
            usage, size = self.feature
            items += _usage(usage) + _item(Tag.REPORT_COUNT, bytes((size,)))
            items += _item(Tag.FEATURE, BUFFERED_BYTES)
        return items + _item(Tag.END_COLLECTION)

    def build(self, tracks: Tracks) -> bytes:
        """Return the report of a swipe; `Misuse` where a text does not fit."""
        each = (tracks.track1, tracks.track2, tracks.track3)
        texts = [track.encode("ascii") if isinstance(track, str) else b"" for track in each]
        if any(len(text) > TRACK_SIZE for text in texts):
            raise Misuse(f"a report has room for {TRACK_SIZE} characters a track")
        damaged = [DAMAGED if track is TrackMark.UNREADABLE else 0 for track in each]
        values = {
            "status": damaged,
            "length": [len(text) for text in texts],
            "encoding": _encoding(texts, damaged),
            "track": [text.ljust(TRACK_SIZE, b"\0") for text in texts],
        }
        return bytes(self.struct.build(values))

    def parse(self, report: bytes) -> Tracks:
        """Read a report; `FrameError` where it is none of this layout."""
        try:
            found = self.struct.parse(report)
        except ConstructError as error:
            raise FrameError(
                f"a report of this stripe head has {self.size} bytes, not {len(report)}"
            ) from error
        status = found["status"] if self.status else (0,) * TRACKS
        return Tracks(*map(_track, range(TRACKS), status, found["length"], found["track"]))


VENDOR = Layout(
    0xFF00,
    (0x20, 0x21, 0x22, 0x28, 0x29, 0x2A, 0x38),
    (0x30, 0x31, 0x32),
    Struct("status" / Array(TRACKS, Byte), _LENGTHS, "encoding" / Byte, _TEXTS, Terminated),
    True,
    (0x20, 24),
)
STANDARD = Layout(0x8E, (0x11, 0x12, 0x13), (0x21, 0x22, 0x23), Struct(_LENGTHS, _TEXTS, Terminated), False)


def _item(tag: Tag, data: bytes = b"") -> bytes:
    return bytes((tag | len(data),)) + data


def _usage(usage: int) -> bytes:
    return _item(Tag.USAGE, bytes((usage,)))


def _encoding(texts: list[bytes], damaged: list[int]) -> CardEncoding:
    if any(texts):
        return CardEncoding.ISO
    return CardEncoding.UNDETERMINED if any(damaged) else CardEncoding.NONE


def _track(index: int, status: int, length: int, text: bytes) -> Track:
    if status & DAMAGED:
        return TrackMark.UNREADABLE
    if not length:
        return None
    if length > TRACK_SIZE or not TEXTS[index].fullmatch(text[:length]):
        raise FrameError(f"the stripe head sent something as track {index + 1} that is no track")
    return text[:length].decode("ascii")


LAYOUTS = {"vendor": VENDOR, "standard": STANDARD}
