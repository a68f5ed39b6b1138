"""The heads of ours that the kit is run on: a sound card is drawn through each, another one backwards, and a worn one."""

from collections.abc import Callable
from functools import partial

from terminal_drivers.base import Tracks
from terminal_drivers.readers.magstripe.both_ends import (
    StripeControls,
    VirtualStripeReader,
    virtual_stripe_head,
)
from terminal_drivers.readers.magstripe.conformance.device import Head
from terminal_drivers.readers.magstripe.conformance.host import CARD, OTHER, WORN
from terminal_drivers.readers.magstripe.hid import STANDARD, VENDOR, Layout
from terminal_drivers.readers.magstripe.hid_reader import VirtualHidStripeReader, virtual_hid_stripe_head
from terminal_drivers.readers.magstripe.virtual import stripe_bits

WORN_AT = 40  # bits from the edge: behind the clocking zeros and the start sentinel


def _bits(tracks: Tracks) -> dict[int, str]:
    texts = {1: tracks.track1, 2: tracks.track2, 3: tracks.track3}
    return stripe_bits({track: text for track, text in texts.items() if isinstance(text, str)})


def _worn(bits: str) -> str:
    return bits[:WORN_AT] + "01"[bits[WORN_AT] == "0"] + bits[WORN_AT + 1 :]


def draw(hands: StripeControls) -> tuple[Tracks, ...]:
    """Draw the cards through a head, and say what stands on them."""
    sound = _bits(CARD)
    hands.swipe_bits(sound)
    hands.swipe_bits({track: bits[::-1] for track, bits in _bits(OTHER).items()})
    hands.swipe_bits(sound | {1: _worn(sound[1])})
    return CARD, OTHER, WORN


def on_line(head: VirtualStripeReader) -> Head:
    return Head(head.host.transport, drawn=draw(head.device))


def on_hid(head: VirtualHidStripeReader) -> Head:
    return Head(head.host.transport, head.host.layout, draw(head.device))


def _own_hid(layout: Layout) -> Head:
    return on_hid(virtual_hid_stripe_head(layout))


OWN_DEVICES: dict[str, Callable[[], Head]] = {
    "serial": lambda: on_line(virtual_stripe_head()),
    "hid vendor": partial(_own_hid, VENDOR),
    "hid standard": partial(_own_hid, STANDARD),
}
"""Each head of ours by name; each call makes a new one."""
