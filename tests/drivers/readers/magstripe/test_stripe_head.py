import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Change, FrameError, Misuse, Presence, ReaderLost, TrackMark, Tracks
from terminal_drivers.readers.magstripe.both_ends import virtual_stripe_head
from terminal_drivers.readers.magstripe.codec import encode
from terminal_drivers.readers.magstripe.line import END, LONGEST, build, parse
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.transports.loopback import pair

TRACK1 = "%B4761739001010119^TEST/CARD^30122011143878089?"
TRACK2 = ";4761739001010119=30122011143878089?"
TRACK3 = ";011234567890123445=724724?"
BAD = TrackMark.UNREADABLE

LINES: list[tuple[str, Tracks, bytes]] = [
    ("all three", Tracks(TRACK1, TRACK2, TRACK3), f"{TRACK1}{TRACK2}+{TRACK3[1:]}".encode()),
    ("only track 2", Tracks(None, TRACK2, None), TRACK2.encode()),
    ("only track 3", Tracks(None, None, TRACK3), b"+" + TRACK3[1:].encode()),
    ("all unreadable", Tracks(BAD, BAD, BAD), b"%E?;E?+E?"),
    ("track 1 unreadable", Tracks(BAD, TRACK2, None), b"%E?" + TRACK2.encode()),
    ("empty tracks", Tracks("%?", ";?", ";?"), b"%?;?+?"),
]


@pytest.mark.parametrize(("meaning", "tracks", "line"), LINES)
def test_a_swipe_is_one_line_both_ways(meaning: str, tracks: Tracks, line: bytes) -> None:
    assert build(tracks) == line + b"\r", meaning
    assert parse(line) == tracks, meaning


def test_a_blank_stripe_is_no_line() -> None:
    assert build(Tracks()) == b""


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b";1?%B?",
        b";12",
        b"12?",
        b"%B?X?",
        b"%b?",
        b";A?",
        b"+1?;1?",
        b";1?;1?;1?",
        b"%\xff?",
        b"%" + b"A" * LONGEST + b"?",
    ],
)
def test_a_line_that_is_no_swipe_is_a_frame_error(line: bytes) -> None:
    with pytest.raises(FrameError):
        parse(line)


@pytest.mark.parametrize("sentinel", ["+", ";", "#"])
def test_a_third_track_may_begin_with_any_sentinel_that_heads_send(sentinel: str) -> None:
    assert parse(f"{TRACK2}{sentinel}{TRACK3[1:]}".encode()) == Tracks(None, TRACK2, TRACK3)


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_each_end_of_a_line_ends_a_swipe(end: bytes) -> None:
    lines = END.split((TRACK2.encode() + end) * 2)
    assert [parse(line) for line in lines if line] == [Tracks(None, TRACK2, None)] * 2


def test_the_tracks_of_a_card_reach_the_host() -> None:
    both = virtual_stripe_head()
    assert both.host.poll() == []
    both.device.swipe({1: TRACK1, 2: TRACK2, 3: TRACK3})
    both.device.swipe({2: TRACK2})
    assert both.host.poll() == [Tracks(TRACK1, TRACK2, TRACK3), Tracks(None, TRACK2, None)]
    assert both.host.poll() == []


def test_damage_on_the_stripe_is_an_unreadable_track() -> None:
    both = virtual_stripe_head()
    bits = stripe_bits({1: TRACK1, 2: TRACK2})
    wrong_lrc = bits[1][:40] + "".join("10"[int(bit)] for bit in bits[1][40:42]) + bits[1][42:]
    both.device.swipe_bits({1: wrong_lrc, 2: bits[2][::-1], 3: "0" * 200})
    assert both.host.poll() == [Tracks(BAD, TRACK2, None)], (
        "track 2 was only swiped backwards, track 3 is blank"
    )


def test_a_blank_card_says_nothing() -> None:
    both = virtual_stripe_head()
    both.device.swipe_bits({2: "0" * 100})
    assert both.host.changes() == []


def test_a_swipe_is_told_once_and_its_tracks_stay_until_polled() -> None:
    both = virtual_stripe_head()
    both.device.swipe({2: TRACK2})
    assert both.host.changes() == [Presence(Change.SWIPED, None)]
    assert both.host.changes() == []
    both.device.swipe({2: TRACK2})
    assert len(both.host.poll()) == 2
    assert both.host.changes() == [], "who has the tracks knows of the swipe"


@given(st.integers(1, 30))
def test_any_chunking_gives_the_same_swipes(size: int) -> None:
    host, far = pair()
    head = SerialStripeHead(host)
    stream = b"".join(line + b"\r" for _, _, line in LINES)
    swipes = []
    for at in range(0, len(stream), size):
        far.write(stream[at : at + size])
        swipes += head.poll()
    assert swipes == [tracks for _, tracks, _ in LINES]


def test_a_bad_line_is_a_frame_error_once_and_the_swipes_around_it_stay() -> None:
    host, far = pair()
    head = SerialStripeHead(host)
    far.write(TRACK2.encode() + b"\r" + b"noise\r\r" + TRACK2.encode() + b"\r")
    with pytest.raises(FrameError):
        head.poll()
    assert head.poll() == [Tracks(None, TRACK2, None)] * 2


def test_noise_without_end_costs_neither_time_nor_memory_and_the_next_swipe_is_read() -> None:
    host, far = pair()
    head = SerialStripeHead(host)
    far.pump = lambda: far.write(b"%" * 1000)
    tracemalloc.start()
    for _ in range(2000):
        assert head.poll() == []
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000
    far.pump = None
    far.write(b"\r")
    with pytest.raises(FrameError):
        head.poll()
    far.write(TRACK2.encode() + b"\r")
    assert head.poll() == [Tracks(None, TRACK2, None)]


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_any_garbage_is_a_frame_error_or_skipped(garbage: list[bytes]) -> None:
    host, far = pair()
    head = SerialStripeHead(host)
    for chunk in garbage:
        far.write(chunk)
        try:
            head.poll()
        except FrameError:
            continue


def test_a_closed_line_loses_the_head() -> None:
    both = virtual_stripe_head()
    both.line.close()
    with pytest.raises(ReaderLost):
        both.host.poll()


@pytest.mark.parametrize("bits", [{}, {4: "1"}, {0: "1"}])
def test_a_stripe_without_tracks_or_with_others_is_misuse(bits: dict[int, str]) -> None:
    with pytest.raises(Misuse):
        VirtualStripeHead().swipe(bits)


def test_the_text_of_a_track_is_not_in_its_repr() -> None:
    text = repr(Tracks(TRACK1, BAD, None))
    assert "4761" not in text
    assert text == "Tracks(<47 characters>, TrackMark.UNREADABLE, None)"


def test_a_sound_stripe_has_clocking_zeros_around_its_bits() -> None:
    assert stripe_bits({2: TRACK2})[2].strip("0") == encode(2, TRACK2).strip("0")
    assert stripe_bits({2: TRACK2})[2].startswith("0" * 20)
