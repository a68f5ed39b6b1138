"""What our host ends of a stripe head must bear and do: on a serial line, and with HID reports."""

from dataclasses import dataclass, field

from terminal_drivers.base import Change, FrameError, Presence, ReaderLost, TrackMark, Tracks
from terminal_drivers.readers.clauses import Check, Frame, check, require
from terminal_drivers.readers.magstripe import line
from terminal_drivers.readers.magstripe.hid import VENDOR
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead
from terminal_drivers.readers.magstripe.reader import SerialStripeHead

StripeHost = SerialStripeHead | HidStripeHead

CARD = Tracks("%B4761739001010119^TEST/CARD^30122011143878089?", ";4761739001010119=30122011143878089?")
OTHER = Tracks(None, ";6799998900000000018=30122010123456789?", ";011234567890123445=724724?")
WORN = Tracks(TrackMark.UNREADABLE, CARD.track2)
NOISE = b"\x00\xff\x13"
LINE = "plain serial heads (magstripe.line), "
REPORT = "USB HID SureSwipe 99875191, "
READS = "StripeHead.poll"


@dataclass(slots=True)
class StripeHostUnderTest:
    """Our host ends with a head that says `said`, a piece a read; where it is silent, a piece is empty."""

    frames: list[Frame] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)

    def on_line(self, *said: bytes) -> SerialStripeHead:
        return SerialStripeHead(_PlayedLine(self, self.passed(list(said))))

    def on_hid(self, *said: bytes) -> HidStripeHead:
        return HidStripeHead(_PlayedLine(self, self.passed(list(said))), VENDOR)

    def passed(self, said: list[bytes]) -> list[bytes]:
        """What of it reaches the host end."""
        return said


class _PlayedLine:
    """A transport whose far end says its pieces and is gone after them."""

    def __init__(self, host: StripeHostUnderTest, said: list[bytes]) -> None:
        self._host = host
        self._said = said

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - no time passes here
        if not self._said:
            raise ReaderLost("the head is gone")
        piece = self._said.pop(0)
        if len(piece) > n:
            self._said.insert(0, piece[n:])
        if piece:
            self._host.frames.append(("reader->host", piece[:n]))
        return piece[:n]

    def write(self, data: bytes) -> None:
        self._host.frames.append(("host->reader", data))
        self._host.written.append(data)

    def close(self) -> None:
        self._said = []


POLLS = 8
SILENCE = b""
QUIET = [SILENCE] * POLLS


def _gives(head: StripeHost, swipes: list[Tracks], otherwise: str) -> None:
    require(head.poll(1.0) == swipes, otherwise)


def _declared(head: StripeHost, swipes: list[Tracks], otherwise: str) -> None:
    """One fault is declared in all, and these swipes are given."""
    found, faults = [], 0
    for _ in range(POLLS):
        try:
            found += head.poll(1.0)
        except FrameError:
            faults += 1
    require(faults == 1, f"{otherwise} is declared {faults} times")
    require(found == swipes, f"{otherwise} costs a swipe beside it")


def _line(*swipes: Tracks) -> bytes:
    return b"".join(map(line.build, swipes))


def _reports(*swipes: Tracks) -> bytes:
    return b"".join(map(VENDOR.build, swipes))


def _swipe(host: StripeHostUnderTest) -> None:
    for head in (host.on_line(_line(OTHER), SILENCE), host.on_hid(_reports(OTHER), SILENCE)):
        _gives(head, [OTHER], "the tracks are not those of the card")


def _pieces(host: StripeHostUnderTest) -> None:
    said = _line(CARD)
    head = host.on_line(*(said[at : at + 1] for at in range(len(said) - 1)), SILENCE, said[-1:], SILENCE)
    _gives(head, [], "a line without its CR is taken for a swipe")
    _gives(head, [CARD], "a line that comes in pieces is no swipe")


def _two(host: StripeHostUnderTest) -> None:
    for head in (host.on_line(_line(CARD, OTHER), SILENCE), host.on_hid(_reports(CARD, OTHER), SILENCE)):
        _gives(head, [CARD, OTHER], "two swipes in one read are not two swipes in their order")


def _damaged(host: StripeHostUnderTest) -> None:
    for head in (host.on_line(_line(WORN), SILENCE), host.on_hid(_reports(WORN), SILENCE)):
        _gives(head, [WORN], "a damaged track is not reported beside the good ones")


def _noise(host: StripeHostUnderTest) -> None:
    head = host.on_line(_line(CARD) + NOISE + line.CR + _line(OTHER), *QUIET)
    _declared(head, [CARD, OTHER], "noise between two lines")


def _wrong_text(host: StripeHostUnderTest) -> None:
    wrong = _reports(CARD).replace(b"%B", b"B%")
    head = host.on_hid(_reports(OTHER) + wrong, *QUIET)
    _declared(head, [OTHER], "a report with a text that is no track")


def _too_long(host: StripeHostUnderTest) -> None:
    head = host.on_line(b"%" + b"A" * 4 * line.LONGEST, line.CR + _line(CARD), *QUIET)
    _declared(head, [CARD], "a line that is longer than a card")


def _too_far(host: StripeHostUnderTest) -> None:
    report = bytearray(_reports(CARD))
    report[3] = 0xFF  # the length of track 1
    _declared(host.on_hid(bytes(report), *QUIET), [], "a length beyond its field")


def _short_report(host: StripeHostUnderTest) -> None:
    head = host.on_hid(_reports(CARD)[:-1], SILENCE, _reports(OTHER), *QUIET)
    _declared(head, [OTHER], "a report that is cut short")


def _reported(host: StripeHostUnderTest) -> None:
    swiped = Presence(Change.SWIPED, None)
    for head in (
        host.on_line(_line(CARD), *QUIET),
        host.on_hid(_reports(CARD), *QUIET),
    ):
        require(head.changes(1.0) == [swiped], "a swipe is not reported")
        require(head.changes() == [], "a swipe is reported twice")
        _gives(head, [CARD], "the tracks of a reported swipe are gone")


def _gone(host: StripeHostUnderTest) -> None:
    for head in (host.on_line(_line(CARD)), host.on_hid(_reports(CARD))):
        try:
            while head.poll(1.0):
                pass
        except ReaderLost:
            continue
        require(False, "a line that is gone is taken for silence")


def _says_nothing(host: StripeHostUnderTest) -> None:
    host.written = []
    for head in (host.on_line(_line(CARD), SILENCE), host.on_hid(_reports(CARD), SILENCE)):
        head.poll(1.0)
        head.close()
    require(not host.written, "the host sends something, and a head takes no commands")


HOST: tuple[Check[StripeHostUnderTest], ...] = (
    check("host-swipe", "a line or a report is a swipe", READS, _swipe),
    check("host-pieces", "a line counts when its CR has come, in however many pieces", LINE + "CR", _pieces),
    check("host-two", "swipes that come at once are all given, in order", READS, _two),
    check("host-damaged", "a damaged track is reported beside the good ones", LINE + "rule 2", _damaged),
    check("host-noise", "noise is declared once and costs no swipe", READS, _noise),
    check("host-text", "a report whose text is no track is declared", REPORT + "track data", _wrong_text),
    check("host-long", "a line without end is declared once", "ISO/IEC 7811-2, bit density", _too_long),
    check("host-length", "a length beyond its field is declared", REPORT + "track length", _too_far),
    check(
        "host-cut",
        "a cut report is declared and not joined to the next",
        REPORT + "input report",
        _short_report,
    ),
    check("host-told", "a swipe is reported once and its tracks are kept", READS, _reported),
    check("host-gone", "a line that is gone is declared", "Transport.read", _gone),
    check("host-mute", "the host sends nothing", LINE + "rule 3", _says_nothing),
)
