"""What a stripe head may send: the checks read the swipes of cards that a person, or the kit itself, draws through it.

1. A head cannot be asked: what comes within `PATIENCE` is read once, and every check looks at it.
2. The content of cards that the kit draws is known (`Head.drawn`); of a person's card only the form is checked.
"""

import re
from dataclasses import dataclass, field

from terminal_drivers.base import TrackMark, Tracks, Transport
from terminal_drivers.readers.clauses import Check, Frame, NotApplicable, check, require
from terminal_drivers.readers.magstripe import line
from terminal_drivers.readers.magstripe.codec import FORMATS
from terminal_drivers.readers.magstripe.hid import DAMAGED, TRACK_SIZE, TRACKS, CardEncoding, Layout

PATIENCE = 20.0  # s, for a person to draw a card
QUIET = 0.5  # s without a byte end what the swipes brought
MOST = 1 << 16  # bytes; a head that says more is broken
END = b"?"
LINES = re.compile(rb"[^\r]*\r|[^\r]+")
PIECES = re.compile(rb"[^?]*\?|[^?]+")
LINE_STARTS, REPORT_STARTS = "%;+", "%;;"
ISO_7811 = "ISO/IEC 7811-2, "
LINE = "plain serial heads (magstripe.line), "
REPORT = "USB HID SureSwipe 99875191 and HID POS Usage Tables 1.02, "


@dataclass(frozen=True, slots=True)
class Field:
    """The report of one track, 1 to 3; 0 where its number is unknown. A damaged one has no text of its own."""

    track: int
    text: bytes
    damaged: bool


@dataclass(slots=True)
class Head:
    """A stripe head: on a serial line, or with reports of a `layout`. `drawn` are the cards that our hands drew through it."""

    transport: Transport
    layout: Layout | None = None
    drawn: tuple[Tracks, ...] = ()
    frames: list[Frame] = field(default_factory=list)
    _said: bytes | None = None

    def said(self) -> bytes:
        """All that came; `NotApplicable` where no card is drawn."""
        if self._said is None:
            self._said = self._listen()
        if not self._said:
            raise NotApplicable(f"no card was drawn through the head within {PATIENCE:g} s")
        size = None if self.layout is None else self.layout.size
        self.frames += (("reader->host", frame) for frame in _cut(self._said, size))
        return self._said

    def messages(self) -> list[bytes]:
        """The lines without their CR, or the reports."""
        said = self.said()
        if self.layout is None:
            return said.removesuffix(line.CR).split(line.CR)
        return [each for each in _cut(said, self.layout.size) if len(each) == self.layout.size]

    def parse(self, message: bytes) -> Tracks:
        return line.parse(message) if self.layout is None else self.layout.parse(message)

    def fields(self) -> list[Field]:
        """What every message says of its tracks."""
        split = _line_fields if self.layout is None else self._report_fields
        return [each for message in self.messages() for each in split(message)]

    def _report_fields(self, report: bytes) -> list[Field]:
        status, lengths, texts = self.parts(report)
        return [
            Field(at + 1, texts[at][: lengths[at]], bool(status[at] & DAMAGED))
            for at in range(TRACKS)
            if lengths[at] or status[at] & DAMAGED
        ]

    def parts(self, report: bytes) -> tuple[bytes, bytes, list[bytes]]:
        """Decode status (zeros where the layout has none), lengths, and the fields of the texts."""
        if self.layout is None:
            raise NotApplicable("this head sends lines, no reports")
        first = TRACKS if self.layout.status else 0
        behind = len(self.layout.singles)
        texts = [report[behind + at * TRACK_SIZE : behind + (at + 1) * TRACK_SIZE] for at in range(TRACKS)]
        return (report[:first] or bytes(TRACKS)), report[first : first + TRACKS], texts

    def _listen(self) -> bytes:
        size = MOST if self.layout is None else self.layout.size
        said, timeout = b"", PATIENCE
        while len(said) < MOST and (more := self.transport.read(size, timeout)):
            said, timeout = said + more, QUIET
        return said


def _cut(said: bytes, size: int | None) -> list[bytes]:
    """Reports of that size, or lines with their CR; and what is left."""
    if size is None:
        return LINES.findall(said)
    return [said[at : at + size] for at in range(0, len(said), size)]


def _line_fields(text: bytes) -> list[Field]:
    return [
        Field(LINE_STARTS.find(chr(piece[0])) + 1, piece, piece[1:] == line.UNREADABLE.encode("ascii"))
        for piece in PIECES.findall(text)
    ]


def _sound(head: Head) -> list[Field]:
    found = [each for each in head.fields() if not each.damaged]
    if not found:
        raise NotApplicable("no track of the card could be read: draw another one")
    return found


def _sentinels(head: Head) -> None:
    starts = LINE_STARTS if head.layout is None else REPORT_STARTS
    for each in _sound(head):
        require(each.track, f"a text begins with {each.text[:1]!r}, as no track does")
        start = starts[each.track - 1]
        require(
            each.text.startswith(start.encode("ascii")), f"track {each.track} does not begin with {start}"
        )
        require(
            each.text.find(END) == len(each.text) - 1, f"track {each.track} has its only ? not at its end"
        )


def _alphabet(head: Head) -> None:
    for each in (each for each in _sound(head) if each.track):
        form = FORMATS[each.track]
        # Its start is another character on the line where two tracks begin alike.
        strangers = [byte for byte in each.text[1:] if not form.first <= byte < form.first + (1 << form.bits)]
        require(not strangers, f"track {each.track} has the bytes {bytes(strangers).hex(' ').upper()}")


def _length(head: Head) -> None:
    for each in (each for each in _sound(head) if each.track):
        most = FORMATS[each.track].longest - 1
        require(
            len(each.text) <= most, f"track {each.track} has {len(each.text)} characters of at most {most}"
        )


def _drawn(head: Head, *, damaged: bool) -> list[tuple[Tracks, bytes]]:
    """The cards of ours with or without damage, each with its message."""
    if not head.drawn:
        raise NotApplicable("a person draws the cards: what is on them is not known here")
    messages = head.messages()
    require(
        len(messages) == len(head.drawn), f"{len(head.drawn)} cards were drawn, {len(messages)} are reported"
    )
    return [
        (tracks, message)
        for tracks, message in zip(head.drawn, messages, strict=True)
        if damaged is (TrackMark.UNREADABLE in (tracks.track1, tracks.track2, tracks.track3))
    ]


def _text(head: Head) -> None:
    for tracks, message in _drawn(head, damaged=False):
        require(head.parse(message) == tracks, "what is sent is not what is on the card")


def _damaged(head: Head) -> None:
    if head.layout is not None and not head.layout.status:
        raise NotApplicable("this layout has no word for a damaged track")
    for tracks, message in _drawn(head, damaged=True):
        require(
            head.parse(message) == tracks,
            "the damaged tracks are not those that are marked, or others are not sent",
        )


def _line(head: Head) -> None:
    if head.layout is not None:
        raise NotApplicable("this head sends reports, no lines")


def _line_end(head: Head) -> None:
    _line(head)
    require(head.said().endswith(line.CR), "a swipe does not end in CR")
    require(all(head.messages()), "there is a line without a track")


def _line_order(head: Head) -> None:
    _line(head)
    for message in head.messages():
        order = [each.track for each in _line_fields(message) if each.track]
        require(
            order == sorted(set(order)), f"a line has the tracks {', '.join(map(str, order))} in this order"
        )


def _report_size(head: Head) -> None:
    if head.layout is None:
        raise NotApplicable("this head sends lines, no reports")
    over = len(head.said()) % head.layout.size
    require(not over, f"there are {over} bytes beyond reports of {head.layout.size}")


def _report_length(head: Head) -> None:
    for message in head.messages():
        for at, length in enumerate(head.parts(message)[1]):
            require(length <= TRACK_SIZE, f"track {at + 1} has a length of {length}, its field {TRACK_SIZE}")


def _report_padding(head: Head) -> None:
    for message in head.messages():
        _, lengths, texts = head.parts(message)
        for at, (length, text) in enumerate(zip(lengths, texts, strict=True)):
            require(
                not any(text[length:]), f"behind the text of track {at + 1} there are other bytes than 00"
            )


def _report_status(head: Head) -> None:
    _vendor(head)
    for message in head.messages():
        status, lengths, _ = head.parts(message)
        for at in range(TRACKS):
            marked = status[at] & DAMAGED
            require(
                not (marked and lengths[at]), f"track {at + 1} is damaged and has a length of {lengths[at]}"
            )


def _report_encoding(head: Head) -> None:
    _vendor(head)
    for message in head.messages():
        _, lengths, _ = head.parts(message)
        encoding = message[2 * TRACKS]
        require(encoding <= LAST_ENCODING, f"the card encode type is {encoding}")
        require(
            encoding != CardEncoding.NONE or not any(lengths),
            "there is a text, and the card encode type is none",
        )


LAST_ENCODING = 7


def _vendor(head: Head) -> None:
    if head.layout is None or not head.layout.status:
        raise NotApplicable("only the vendor's report has a decode status and an encode type")


DEVICE: tuple[Check[Head], ...] = (
    check(
        "sentinels",
        "a text has its start and its only end sentinel, and no LRC behind",
        ISO_7811 + "sentinels",
        _sentinels,
    ),
    check(
        "alphabet", "a text has the characters of its track only", ISO_7811 + "coded character set", _alphabet
    ),
    check("length", "a text is no longer than a card", ISO_7811 + "bit density", _length),
    check("text", "what is sent is what is on the card", ISO_7811 + "encoding", _text),
    check(
        "damaged",
        "a track that cannot be read is marked and the others are sent",
        ISO_7811 + "parity, LRC",
        _damaged,
    ),
    check("line-end", "a swipe is one line that ends in CR", LINE + "CR", _line_end),
    check("line-order", "the tracks of a line are in order, each once", LINE + "rule 1", _line_order),
    check("report-size", "a swipe is one report of its layout's size", REPORT + "input report", _report_size),
    check("report-length", "a length fits its field", REPORT + "track length", _report_length),
    check("report-padding", "zeros stand behind a text", REPORT + "track data", _report_padding),
    check("report-status", "a damaged track has no length", REPORT + "decode status", _report_status),
    check(
        "report-encoding",
        "the card encode type is one of eight",
        REPORT + "card encode type",
        _report_encoding,
    ),
)
