"""Bytes of a magnetic stripe: bits, the line and report of a head, and what the tracks say."""

from __future__ import annotations

from msgspec.structs import replace

from terminal_drivers.base import FrameError, Tracks
from terminal_drivers.readers.magstripe import codec, line
from terminal_drivers.readers.magstripe.codec import StripeError
from terminal_drivers.readers.magstripe.hid import STANDARD, VENDOR
from terminal_sim.emv.data import track
from terminal_sim.emv.data.track import TrackError
from tests.fuzz.target import Target

TRACK_1 = "%B4111111111111111^DOE/JANE^30032011234567890?"
TRACK_2 = ";4111111111111111=30032011234567890?"


def bits(data: bytes) -> None:
    number = 1 + data[0] % 3 if data else 1
    text = codec.decode(number, "".join(f"{byte:08b}" for byte in data[1:]))
    if len(text) < codec.FORMATS[number].longest:  # more is read than a card holds, and not written
        assert codec.decode(number, codec.encode(number, text)) == text


def a_line(data: bytes) -> None:
    """A line is written as it was read, but for the start of track 3, of which the device end has one form."""
    tracks = line.parse(data)
    built = line.build(tracks)
    assert line.parse(built.removesuffix(line.CR)) == tracks
    assert built == data + line.CR or tracks.track3 is not None


def report(data: bytes) -> None:
    layout = VENDOR if data[:1] < b"\x80" else STANDARD
    tracks = layout.parse(data[1:].ljust(layout.size, b"\0"))
    assert layout.parse(layout.build(tracks)) == tracks or layout is STANDARD


def tracks(data: bytes) -> None:
    first, _, second = data.decode("latin-1").partition("\n")
    given = {number: text for number, text in ((1, first), (2, second)) if text}
    stripe = track.parse(given)
    assert stripe.pan.reveal().isdigit()
    # A name is the card's own text, and is shown even where it spells the number.
    assert stripe.pan.reveal() not in repr(replace(stripe, name=""))


def tag57(data: bytes) -> None:
    stripe = track.from_tag57(data)
    assert stripe.track2 is not None
    assert track.from_tag57(track.to_tag57(stripe.track2)) == stripe


def seed(number: int, text: str) -> str:
    bits = codec.CLOCKING + codec.encode(number, text)
    packed = bits.ljust(-(-len(bits) // 8) * 8, "0")
    return bytes((number - 1, *(int(packed[at : at + 8], 2) for at in range(0, len(packed), 8)))).hex()


TARGETS = (
    Target("stripe bits", bits, (StripeError,), (seed(1, TRACK_1), seed(2, TRACK_2), seed(3, ";011234567890?"))),
    Target("stripe line", a_line, (FrameError,), ((TRACK_1 + TRACK_2).encode().hex(), b"%E?;E?+E?".hex())),
    Target("stripe report", report, (FrameError,), ("00" + VENDOR.build(Tracks(TRACK_1, TRACK_2, None)).hex(),)),
    Target("tracks", tracks, (TrackError,), (f"{TRACK_1}\n{TRACK_2}".encode().hex(),)),
    Target("track 2 in tag 57", tag57, (TrackError,), ("4111111111111111D30032011234567890",)),
)  # fmt: skip
