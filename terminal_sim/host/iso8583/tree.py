"""A message of the dialect for eyes: masked, and as a tree of its fields with offsets from the first byte of the message.

Hidden are the middle of a card number (DE 2), expiry, track 2 and PIN block (DE 14, 35, 52), the CVC and a long PIN block in DE 48, and in DE 55 what an
APDU hides. What cannot be read is hidden as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from terminal_sim.emv.data.describe import hidden_values
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.data.tree import HIDDEN, Part, object_tree
from terminal_sim.host.iso8583.fields import PrivateTag
from terminal_sim.host.iso8583.wire import Alphabet, ElementPlace, places
from terminal_sim.secret import MaskedBytes, mask_pan

_NAMES: Final = {
    "t": "message type",
    "p": "bitmap",
    "1": "secondary bitmap",
    "2": "card number",
    "3": "processing code",
    "4": "amount",
    "7": "transmission date and time",
    "11": "trace number",
    "12": "local date and time",
    "14": "expiry",
    "22": "entry mode",
    "23": "card sequence number",
    "25": "condition",
    "35": "track 2",
    "37": "host reference",
    "38": "authorization code",
    "39": "response code",
    "41": "terminal",
    "42": "merchant",
    "44": "address check",
    "48": "private data",
    "49": "currency",
    "52": "PIN block",
    "54": "amount of a partial approval",
    "55": "ICC data",
    "56": "message reason",
    "90": "original data elements",
}
_ALL_HIDDEN: Final = frozenset(("14", "35", "52"))
_HIDDEN_PRIVATE: Final = (None, PrivateTag.CVC, PrivateTag.LONG_PIN_BLOCK)


def masked(message: bytes) -> MaskedBytes:
    """The message without what says whose card it is."""
    found = places(message)
    if not found:
        return MaskedBytes.of(message, [(0, len(message))])
    return MaskedBytes.of(message, [each for place in found for each in _hidden(message, place)])


def message_tree(message: MaskedBytes) -> tuple[Part, ...]:
    """Message type, bitmaps and fields; all as one part where it is no message of the dialect."""
    found = places(message.data)
    if not found:
        return (Part("message", 0, len(message.data), HIDDEN),)
    return tuple(_part(message, place) for place in found)


def _hidden(message: bytes, place: ElementPlace) -> Iterator[tuple[int, int]]:
    value = message[place.value : place.end]
    if place.form.field == "2":
        filler = len(value) * 2 - place.size  # an odd number of digits is packed behind a 0
        shown = " " * filler + mask_pan(value.hex()[filler:])
        yield from (
            (place.value + at, place.value + at + 1)
            for at in range(len(value))
            if "*" in shown[2 * at : 2 * at + 2]
        )
    elif place.form.field in _ALL_HIDDEN:
        yield place.value, place.end
    elif place.form.field == "48":
        yield from ((first, end) for tag, first, end in _private(message, place) if tag in _HIDDEN_PRIVATE)
    elif place.form.field == "55":
        try:
            yield from hidden_values(value, place.value)
        except TlvError:
            yield place.value, place.end


def _private(message: bytes, place: ElementPlace) -> Iterator[tuple[PrivateTag | None, int, int]]:
    """Tag and offsets of each value of DE 48; no tag for what cannot be read."""
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
    if place.form.field == "48":
        parts = tuple(
            Part(
                tag.name.lower().replace("_", " "), first - 2, end, _text(message, first, end), str(tag.value)
            )
            for tag, first, end in _private(message.data, place)
            if tag is not None
        )
    elif place.form.field == "55":
        parts = object_tree(message, place.value, place.end)
    tag = f"DE {place.form.field}" if place.form.field.isdigit() else ""
    value = "" if parts else _value(message, place)
    return Part(_NAMES[place.form.field], place.first, place.end, value, tag, parts)


def _value(message: MaskedBytes, place: ElementPlace) -> str:
    if place.form.alphabet is Alphabet.ASCII:
        return _text(message, place.value, place.end)
    if message.is_hidden(place.value, place.end):
        whole = message.hex()[2 * place.value : 2 * place.end]
        return whole if place.form.field == "2" else HIDDEN
    return message.data[place.value : place.end].hex().upper()


def _text(message: MaskedBytes, first: int, end: int) -> str:
    return HIDDEN if message.is_hidden(first, end) else message.data[first:end].decode("ascii", "replace")
