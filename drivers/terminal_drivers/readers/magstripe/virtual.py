"""The device end of a stripe head: it reads the bits of a card's stripe, so damage on the card shows
on the line.
"""

from collections.abc import Callable, Mapping

from terminal_drivers.base import Misuse, Stripe, Track, TrackMark, Tracks
from terminal_drivers.readers.magstripe import line
from terminal_drivers.readers.magstripe.codec import CLOCKING, StripeError, decode, encode


def stripe_bits(stripe: Stripe) -> dict[int, str]:
    """Return the bits of each track of a sound card, clocking zeros at both ends; text has its sentinels."""
    return {track: CLOCKING + encode(track, text) + CLOCKING for track, text in stripe.items()}


class VirtualStripeHead:
    """Sends one line for each card that is drawn through it, or what else `build` makes of its tracks."""

    def __init__(self, build: Callable[[Tracks], bytes] = line.build) -> None:
        self._build = build
        self._said = b""

    def swipe(self, bits: Mapping[int, str]) -> None:
        """Draw a card through the head: track number to bits, in either direction."""
        if not bits or not set(bits) <= {1, 2, 3}:
            raise Misuse("a stripe has one or more of the tracks 1, 2 and 3")
        self._said += self._build(Tracks(*(_read(track, bits) for track in (1, 2, 3))))

    def feed(self, data: bytes) -> None:
        """A plain head takes no commands: what the host sends has no effect."""

    def take(self) -> bytes:
        said, self._said = self._said, b""
        return said


def _read(track: int, bits: Mapping[int, str]) -> Track:
    if "1" not in bits.get(track, ""):
        return None
    try:
        return decode(track, bits[track])
    except StripeError:
        return TrackMark.UNREADABLE
