"""A message of a dialect for eyes: masked, and as a tree of its fields with offsets from the first byte of the message.

Hidden are the middle of a card number, expiry, track 2 and PIN block, CVC, long PIN block and key blocks in the private data, and in the ICC data
what an APDU hides. What cannot be read is hidden as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from terminal_sim.emv.data.describe import hidden_values
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.data.tree import HIDDEN, Part, object_tree
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.elements import TITLES
from terminal_sim.host.iso8583.fields import PrivateTag
from terminal_sim.host.iso8583.forms import CODECS, Alphabet
from terminal_sim.host.iso8583.wire import ElementPlace, WireCodec
from terminal_sim.secret import MaskedBytes, mask_pan

_ALL_HIDDEN: Final = frozenset((el.EXPIRY, el.TRACK_2, el.PIN_BLOCK))
_HIDDEN_PRIVATE: Final = (
    None,
    PrivateTag.CVC,
    PrivateTag.LONG_PIN_BLOCK,
    PrivateTag.KEY_BLOCK,
    PrivateTag.SECOND_KEY_BLOCK,
)


class MessageForEyes:
    """See the module."""

    def __init__(self, wire: WireCodec) -> None:
        self._wire = wire

    def masked(self, message: bytes) -> MaskedBytes:
        """The message without what says whose card it is."""
        found = self._wire.places(message)
        if not found:
            return MaskedBytes.of(message, [(0, len(message))])
        return MaskedBytes.of(message, [each for place in found for each in _hidden(message, place)])

    def tree(self, message: MaskedBytes) -> tuple[Part, ...]:
        """Message type, bitmaps and fields; all as one part where it is no message of the dialect."""
        found = self._wire.places(message.data)
        if not found:
            return (Part("message", 0, len(message.data), HIDDEN),)
        return tuple(_part(message, place) for place in found)


def _hidden(message: bytes, place: ElementPlace) -> Iterator[tuple[int, int]]:
    value, name = message[place.value : place.end], place.form.name
    if name == el.CARD_NUMBER:
        yield from _hidden_digits(value, place)
    elif name in _ALL_HIDDEN:
        yield place.value, place.end
    elif name == el.PRIVATE_DATA:
        yield from ((first, end) for tag, first, end in _private(message, place) if tag in _HIDDEN_PRIVATE)
    elif name == el.ICC_DATA:
        try:
            yield from hidden_values(value, place.value)
        except TlvError:
            yield place.value, place.end


def _hidden_digits(value: bytes, place: ElementPlace) -> Iterator[tuple[int, int]]:
    """The bytes of a card number that hold a digit which is not shown."""
    if place.form.alphabet is not Alphabet.DIGITS:
        shown = mask_pan(value.decode(CODECS[place.form.alphabet]))
        digits = 1
    else:
        text = value.hex()
        filler = len(text) - place.size  # an odd number of digits is filled up
        number = text[: place.size] if place.form.odd_right else text[filler:]
        masked = mask_pan(number)
        shown = masked + " " * filler if place.form.odd_right else " " * filler + masked
        digits = 2
    yield from (
        (place.value + at, place.value + at + 1)
        for at in range(len(value))
        if "*" in shown[digits * at : digits * (at + 1)]
    )


def _private(message: bytes, place: ElementPlace) -> Iterator[tuple[PrivateTag | None, int, int]]:
    """Tag and offsets of each value of the private data; no tag for what cannot be read."""
    at = place.value
    while at < place.end:
        end = at + 2 + message[at + 1] if at + 1 < place.end else place.end + 1
        if end > place.end or message[at] not in set(PrivateTag):
            yield None, at, place.end
            return
        yield PrivateTag(message[at]), at + 2, end
        at = end


def _part(message: MaskedBytes, place: ElementPlace) -> Part:
    parts: tuple[Part, ...] = ()
    if place.form.name == el.PRIVATE_DATA:
        parts = tuple(
            Part(
                tag.name.lower().replace("_", " "), first - 2, end, _text(message, first, end), str(tag.value)
            )
            for tag, first, end in _private(message.data, place)
            if tag is not None
        )
    elif place.form.name == el.ICC_DATA:
        parts = object_tree(message, place.value, place.end)
    tag = f"DE {place.form.field}" if place.form.name not in _HEADS else ""
    value = "" if parts else _value(message, place)
    return Part(TITLES[place.form.name], place.first, place.end, value, tag, parts)


_HEADS: Final = (el.MESSAGE_TYPE, el.BITMAP, el.SECOND_BITMAP)


def _value(message: MaskedBytes, place: ElementPlace) -> str:
    codec = CODECS.get(place.form.alphabet)
    if place.form.name == el.CARD_NUMBER and message.is_hidden(place.value, place.end):
        if codec is None:
            return message.hex()[2 * place.value : 2 * place.end]
        return _shown_digits(message, place, codec)
    if codec is not None:
        return _text(message, place.value, place.end, codec)
    if message.is_hidden(place.value, place.end):
        return HIDDEN
    return message.data[place.value : place.end].hex().upper()


def _shown_digits(message: MaskedBytes, place: ElementPlace, codec: str) -> str:
    """A card number in characters, with a dot for each that is hidden."""
    return "".join(
        "•" if message.is_hidden(at, at + 1) else message.data[at : at + 1].decode(codec)
        for at in range(place.value, place.end)
    )


def _text(message: MaskedBytes, first: int, end: int, codec: str = "ascii") -> str:
    return HIDDEN if message.is_hidden(first, end) else message.data[first:end].decode(codec, "replace")
