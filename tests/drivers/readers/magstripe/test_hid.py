import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Change, FrameError, Misuse, Presence, ReaderLost, TrackMark, Tracks
from terminal_drivers.readers.magstripe.codec import FORMATS
from terminal_drivers.readers.magstripe.hid import STANDARD, TRACK_SIZE, VENDOR, Layout
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead, virtual_hid_stripe_head
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.magstripe.virtual import stripe_bits
from terminal_drivers.transports.loopback import pair
from tests.drivers.lines import Waits

Vector = Callable[[str], dict[str, Any]]

TRACK1 = "%B4761739001010119^TEST/CARD^30122011143878089?"
TRACK2 = ";4761739001010119=30122011143878089?"
TRACK3 = ";011234567890123445=724724?"
BAD = TrackMark.UNREADABLE

HEADS: list[tuple[str, Tracks, str]] = [
    ("two tracks", Tracks(TRACK1, TRACK2, None), "000000 2F2400 00"),
    ("three tracks", Tracks(TRACK1, TRACK2, TRACK3), "000000 2F241B 00"),
    ("track 1 damaged", Tracks(BAD, TRACK2, None), "010000 002400 00"),
    ("all damaged", Tracks(BAD, BAD, BAD), "010101 000000 05"),
    ("a blank card", Tracks(), "000000 000000 06"),
]


def test_the_recorded_report_is_read_and_built_again(vector: Vector) -> None:
    report = bytes.fromhex(vector("msr_hid")["input_report_337_bytes"])
    assert len(report) == VENDOR.size == 337
    assert VENDOR.parse(report) == Tracks(TRACK1, TRACK2, None)
    assert VENDOR.build(Tracks(TRACK1, TRACK2, None)) == report


def test_the_vendor_descriptor_is_the_published_one(vector: Vector) -> None:
    assert VENDOR.descriptor().hex().upper() == vector("msr_hid")["magtek_surewipe_report_descriptor"]


def test_the_standard_descriptor_has_the_usages_of_page_8e() -> None:
    assert STANDARD.descriptor() == bytes.fromhex(
        "058E 0901 A101 1500 26FF00 7508 0911 0912 0913 9503 8102"
        "0921 956E 820201 0922 956E 820201 0923 956E 820201 C0"
    )
    assert STANDARD.size == 3 + 3 * 110


@pytest.mark.parametrize(("meaning", "tracks", "head"), HEADS)
def test_a_report_begins_with_status_lengths_and_encoding(meaning: str, tracks: Tracks, head: str) -> None:
    report = VENDOR.build(tracks)
    assert report[:7] == bytes.fromhex(head), meaning
    assert VENDOR.parse(report) == tracks, meaning


def test_the_standard_layout_cannot_tell_damaged_from_blank() -> None:
    assert STANDARD.parse(STANDARD.build(Tracks(BAD, TRACK2, None))) == Tracks(None, TRACK2, None)


def _texts(track: int) -> st.SearchStrategy[str | TrackMark | None]:
    form = FORMATS[track]
    characters = [
        chr(form.first + value) for value in range(1 << form.bits) if chr(form.first + value) != "?"
    ]
    text = st.text(st.sampled_from(characters), max_size=50).map(lambda inner: f"{form.start}{inner}?")
    return st.one_of(st.none(), st.just(BAD), text)


@given(st.builds(Tracks, _texts(1), _texts(2), _texts(3)))
def test_what_is_built_is_read(tracks: Tracks) -> None:
    assert VENDOR.parse(VENDOR.build(tracks)) == tracks


@given(st.sampled_from([VENDOR, STANDARD]), st.binary(max_size=400))
def test_any_garbage_is_a_swipe_or_a_frame_error(layout: Layout, garbage: bytes) -> None:
    with contextlib.suppress(FrameError):
        layout.parse(garbage)
    with contextlib.suppress(FrameError):
        layout.parse(garbage.ljust(layout.size, b"\0")[: layout.size])


GOOD = VENDOR.build(Tracks(TRACK1, TRACK2, None))


@pytest.mark.parametrize(
    ("meaning", "report"),
    [
        ("too short", GOOD[:-1]),
        ("too long", GOOD + b"\0"),
        ("a length beyond the room", GOOD[:3] + b"\xff" + GOOD[4:]),
        ("a length that cuts the end sentinel", GOOD[:3] + b"\x20" + GOOD[4:]),
        ("a letter on track 2", GOOD[:120] + b"A" + GOOD[121:]),
    ],
)
def test_a_wrong_report_is_a_frame_error(meaning: str, report: bytes) -> None:
    with pytest.raises(FrameError):
        VENDOR.parse(report)
        pytest.fail(meaning)


def test_a_text_fills_its_room_and_no_more() -> None:
    longest = Tracks("%" + "A" * (TRACK_SIZE - 2) + "?")
    report = VENDOR.build(longest)
    assert VENDOR.parse(report) == longest
    with pytest.raises(FrameError):
        VENDOR.parse(report[:3] + bytes((TRACK_SIZE + 1,)) + report[4:])
    with pytest.raises(Misuse):
        VENDOR.build(Tracks("%" + "A" * (TRACK_SIZE - 1) + "?"))


@pytest.mark.parametrize("layout", [VENDOR, STANDARD])
def test_the_tracks_of_a_card_reach_the_host(layout: Layout) -> None:
    both = virtual_hid_stripe_head(layout)
    assert both.host.poll() == []
    both.device.swipe({1: TRACK1, 2: TRACK2, 3: TRACK3})
    both.device.swipe({2: TRACK2})
    assert both.host.changes() == [Presence(Change.SWIPED, None)] * 2
    assert both.host.changes() == []
    assert both.host.poll() == [Tracks(TRACK1, TRACK2, TRACK3), Tracks(None, TRACK2, None)]
    assert both.host.poll() == []
    both.close()
    with pytest.raises(Misuse):
        both.host.poll()


def test_damage_on_the_stripe_is_in_the_report() -> None:
    both = virtual_hid_stripe_head()
    bits = stripe_bits({1: TRACK1, 2: TRACK2})
    wrong = bits[1][:40] + "".join("10"[int(bit)] for bit in bits[1][40:42]) + bits[1][42:]
    both.device.swipe_bits({1: wrong, 2: bits[2][::-1]})
    assert both.host.poll() == [Tracks(BAD, TRACK2, None)]


def test_a_wrong_report_is_told_once_and_the_swipes_around_it_stay() -> None:
    host, far = pair()
    head = HidStripeHead(host)
    wrong = GOOD[:3] + b"\xff" + GOOD[4:]
    far.write(GOOD + wrong + GOOD)
    with pytest.raises(FrameError):
        head.poll()
    assert len(head.poll()) == 2
    far.write(GOOD[:100])
    with pytest.raises(FrameError):
        head.poll()
    far.write(GOOD)
    assert len(head.poll()) == 1


class Packets:
    """A transport as hidapi over libusb is: a packet a read, and each but the first is yet to come when it is asked for."""

    def __init__(self, *reports: bytes) -> None:
        self._packets = [[report[at : at + 64] for at in range(0, len(report), 64)] for report in reports]
        self._begun = False

    def read(self, n: int, timeout: float) -> bytes:
        if not self._packets or (self._begun and not timeout):
            return b""
        packet = self._packets[0].pop(0)
        self._begun = bool(self._packets[0])
        if not self._begun:
            self._packets.pop(0)
        return packet[:n]

    def write(self, data: bytes) -> None:
        raise NotImplementedError

    def close(self) -> None: ...


def test_a_report_that_comes_in_packets_is_one_swipe_for_who_looks_without_waiting() -> None:
    head = HidStripeHead(Packets(GOOD, GOOD))
    assert head.changes() == [Presence(Change.SWIPED, None)] * 2
    assert len(head.poll()) == 2


@pytest.mark.parametrize(
    ("head", "swipe"), [(HidStripeHead, GOOD), (SerialStripeHead, (TRACK1 + TRACK2).encode() + b"\r")]
)
def test_nobody_waits_for_a_swipe_who_has_one(
    head: Callable[[Waits], HidStripeHead | SerialStripeHead], swipe: bytes
) -> None:
    for ask in ("poll", "changes"):
        line = Waits(swipe)
        reader = head(line)
        assert len(getattr(reader, ask)(0.5)) == 1
        assert line.waits == [0.5, 0]
        assert getattr(reader, ask)(0.5) == []
        assert line.waits == [0.5, 0, 0.5]
    assert len(reader.poll(0.5)) == 1, "whose coming was told, and which nobody took"
    assert line.waits == [0.5, 0, 0.5, 0]
    assert line.written == b"", "a head is never spoken to"


def test_a_closed_line_loses_the_head() -> None:
    both = virtual_hid_stripe_head()
    both.line.close()
    with pytest.raises(ReaderLost):
        both.host.poll()
