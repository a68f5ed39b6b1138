"""Data of cards and terminals in words, for people: TLV, lists, and elements that are made of bits or of codes.

A card number, a name and whatever else identifies a card is masked wherever it stands. A value of which nothing is known stays as it
came. Each function raises `DecodeError`, a sentence, where the bytes are not what they are said to be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import bits, dol, fields, tags, tlv, track
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.describe import MASKED, shows_number
from terminal_sim.emv.data.dictionaries import dictionary, name
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.fields import FormatError
from terminal_sim.emv.data.tags import DataFormat
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.data.track import TrackError
from terminal_sim.secret import mask_pan


class DecodeError(ValueError):
    """The bytes are not of the kind."""


@dataclass(frozen=True, slots=True)
class DecodedItem:
    """Something that was found: its `tag` or place, its `name`, its `value` in hexadecimal or text, and in words what that means."""

    tag: str
    name: str
    value: str = ""
    words: tuple[str, ...] = ()
    items: tuple[DecodedItem, ...] = ()


_METHODS: Final = {
    0x00: "fail",
    0x01: "plaintext PIN by the card",
    0x02: "enciphered PIN online",
    0x03: "plaintext PIN by the card, and signature",
    0x04: "enciphered PIN by the card",
    0x05: "enciphered PIN by the card, and signature",
    0x1E: "signature",
    0x1F: "no CVM",
    0x3F: "no CVM performed",
}
_CONDITIONS: Final = (
    "always",
    "if unattended cash",
    "if neither cash nor cashback",
    "if the terminal supports it",
    "if manual cash",
    "if cashback",
    "if in the application's currency and under X",
    "if in the application's currency and over X",
    "if in the application's currency and under Y",
    "if in the application's currency and over Y",
)
_RESULTS: Final = ("unknown", "failed", "successful")
_ADVICE: Final = (
    "no reason",
    "service not allowed",
    "PIN try limit exceeded",
    "issuer authentication failed",
)
_LISTS: Final = (tags.PDOL, tags.CDOL1, tags.CDOL2, tags.TDOL, tags.DDOL, 0x9F4F, 0x9F51, 0x9F5B)
_TYPES: Final = ("", "bank", "merchant", "cardholder")
_REACH: Final = ("", "online only", "offline with online capability", "offline only")


def objects(data: bytes, kernel: int = 0, depth: int = 1) -> tuple[DecodedItem, ...]:
    """The data objects of BER-TLV, templates opened."""
    if depth > tlv.MAX_DEPTH:
        raise DecodeError("templates within templates, more than eight deep")
    try:
        found = tlv.split(data)
    except TlvError as error:
        raise DecodeError(str(error)) from None
    return tuple(_object(tag, value, kernel, depth) for tag, value in found)


def _object(tag: int, value: bytes, kernel: int, depth: int) -> DecodedItem:
    said = name(tag, kernel) or ("template" if tlv.is_constructed(tag) else "unknown")
    if tlv.is_constructed(tag):
        return DecodedItem(f"{tag:X}", said, "", (), objects(value, kernel, depth + 1))
    known = dictionary(kernel).get(tag)
    if known is not None and known.sensitive:
        return DecodedItem(f"{tag:X}", said, masked(value))
    if tag in _LISTS and known is not None and known.name.endswith(("DOL", "DOL 1", "DOL 2", "Format")):
        try:
            return DecodedItem(f"{tag:X}", said, value.hex().upper(), (), data_list(value, kernel))
        except DecodeError:
            return DecodedItem(f"{tag:X}", said, value.hex().upper(), ("no list of tags and lengths",))
    return element(tag, value, kernel)


def element(tag: int, value: bytes, kernel: int = 0) -> DecodedItem:
    """One data element by its tag."""
    known = dictionary(kernel).get(tag)
    said = name(tag, kernel) or "unknown"
    shown = MASKED if shows_number(value) else value.hex().upper()
    words: tuple[str, ...] = ()
    items: tuple[DecodedItem, ...] = ()
    base = dictionary().get(tag)
    try:
        if tag in _WORDS and known is base:
            words = _WORDS[tag](value)
        elif tag in _ITEMS and known is base:
            items = _ITEMS[tag](value)
        elif known is base:
            words = tuple(f'"{one}"' for one in bits.names(tag, value))
        if not words and not items and known is not None and known.format in (DataFormat.AN, DataFormat.ANS):
            words = (f"'{fields.printable(value)}'",) if shown != MASKED else ()
    except DecodeError as error:
        words = (str(error),)
    return DecodedItem(f"{tag:X}", said, shown, words, items)


def whole(tag: int, value: bytes, kernel: int = 0) -> DecodedItem:
    """As `element`, but its length must be right, and a code that does not fit it is an error."""
    known = dictionary(kernel).get(tag)
    if known is not None and not known.shortest <= len(value) <= known.longest:
        size = (
            str(known.longest) if known.shortest == known.longest else f"{known.shortest} to {known.longest}"
        )
        raise DecodeError(f"{known.name} ({tag:X}) has {size} bytes, not {len(value)}")
    if tag in _WORDS:
        _WORDS[tag](value)
    if tag in _ITEMS:
        _ITEMS[tag](value)
    return element(tag, value, kernel)


def data_list(data: bytes, kernel: int = 0) -> tuple[DecodedItem, ...]:
    """The entries of a data object list (Book 3, 5.4)."""
    try:
        entries = dol.parse(data)
    except DolError as error:
        raise DecodeError(str(error)) from None
    return tuple(
        DecodedItem(f"{entry.tag:X}", name(entry.tag, kernel) or "unknown", f"{entry.length} bytes")
        for entry in entries
    )


def track_2(data: bytes) -> tuple[DecodedItem, ...]:
    """Track 2 equivalent data (tag 57), the number masked and discretionary data left out."""
    try:
        stripe = track.from_tag57(data)
    except (TrackError, FormatError) as error:
        raise DecodeError(str(error)) from None
    return (
        DecodedItem("", "account number", mask_pan(stripe.pan.reveal())),
        DecodedItem("", "expiration date", "**", ("masked, as all that identifies the card",)),
        DecodedItem("", "service code", stripe.service_code),
        DecodedItem("", "discretionary data", MASKED),
    )


def cryptogram_answer(data: bytes, kernel: int = 0) -> tuple[DecodedItem, ...]:
    """An answer to GENERATE AC: 80 with CID, ATC, cryptogram and issuer data, or 77 with their tags (Book 3, 6.5.5.4)."""
    try:
        found = tlv.split(data)
    except TlvError as error:
        raise DecodeError(str(error)) from None
    if len(found) != 1 or found[0][0] not in (tags.RESPONSE_FORMAT_1, tags.RESPONSE_FORMAT_2):
        raise DecodeError("an answer to GENERATE AC is one template 80 or 77")
    tag, value = found[0]
    if tag == tags.RESPONSE_FORMAT_2:
        return objects(data, kernel)
    if not 11 <= len(value) <= 43:
        raise DecodeError(f"template 80 of GENERATE AC has 11 to 43 bytes, not {len(value)}")
    parts = [
        element(tags.CRYPTOGRAM_INFORMATION, value[:1]),
        element(tags.ATC, value[1:3]),
        element(tags.CRYPTOGRAM, value[3:11]),
    ]
    if value[11:]:
        parts.append(element(tags.ISSUER_APPLICATION_DATA, value[11:]))
    return (DecodedItem("80", name(tag), "", (), tuple(parts)),)


def masked(value: bytes) -> str:
    """A value of which only the length may be seen."""
    return f"{MASKED} ({len(value)} byte{'' if len(value) == 1 else 's'})"


def _information(value: bytes) -> tuple[str, ...]:
    if len(value) != 1:
        raise DecodeError("the cryptogram information has 1 byte")
    code = value[0]
    kind = Cryptogram(code & 0xC0).name if code & 0xC0 in list(Cryptogram) else "reserved kind"
    reason = code & 0x07
    said = [kind, "advice required"] if code & 0x08 else [kind]
    return (
        (*said, _ADVICE[reason] if reason < len(_ADVICE) else f"reason {reason}") if reason else tuple(said)
    )


def _terminal_type(value: bytes) -> tuple[str, ...]:
    tens, ones = (value[0] >> 4, value[0] & 0x0F) if len(value) == 1 else (0, 0)
    if tens not in (1, 2, 3) or not 1 <= ones <= 6:
        raise DecodeError("a terminal type is 11 to 16, 21 to 26 or 34 to 36")
    return (f"of a {_TYPES[tens]}", "attended" if ones <= 3 else "unattended", _REACH[(ones - 1) % 3 + 1])


def _action_code(value: bytes) -> tuple[str, ...]:
    return tuple(f'"{one}"' for one in bits.names(tags.TVR, value))


def _cvm_results(value: bytes) -> tuple[str, ...]:
    if len(value) != 3:
        raise DecodeError("CVM Results have 3 bytes")
    result = _RESULTS[value[2]] if value[2] < len(_RESULTS) else f"result {value[2]:02X}"
    return (f"{_method(value[0])}, {_condition(value[1])}: {result}",)


def _cvm_list(value: bytes) -> tuple[DecodedItem, ...]:
    if len(value) < 8 or len(value) % 2:
        raise DecodeError("a CVM list has two amounts of 4 bytes, and rules of 2")
    amounts = (
        DecodedItem("X", "amount X", str(int.from_bytes(value[:4]))),
        DecodedItem("Y", "amount Y", str(int.from_bytes(value[4:8]))),
    )
    rules = tuple(
        DecodedItem(
            str(at // 2 - 3), "rule", value[at : at + 2].hex().upper(), (_rule(value[at], value[at + 1]),)
        )
        for at in range(8, len(value), 2)
    )
    return amounts + rules


def knows_rules(value: bytes) -> bool:
    """Whether every rule of a CVM list has a method and a condition of the books."""
    codes, conditions = value[8::2], value[9::2]
    return all(code & 0x3F in _METHODS for code in codes) and all(
        one < len(_CONDITIONS) for one in conditions
    )


def _rule(code: int, condition: int) -> str:
    after = "else the next rule" if code & 0x40 else "else verification fails"
    return f"{_method(code)}, {_condition(condition)}, {after}"


def _method(code: int) -> str:
    return _METHODS.get(code & 0x3F, f"method {code & 0x3F:02X}")


def _condition(code: int) -> str:
    return _CONDITIONS[code] if code < len(_CONDITIONS) else f"condition {code:02X}"


def _file_locator(value: bytes) -> tuple[DecodedItem, ...]:
    if not value or len(value) % 4:
        raise DecodeError("an Application File Locator has entries of 4 bytes")
    entries = []
    for at in range(0, len(value), 4):
        file, first, last, signed = value[at : at + 4]
        if not first or last < first or signed > last - first + 1:
            raise DecodeError(f"entry {at // 4 + 1} of the Application File Locator names no records")
        which = f"record {first}" if first == last else f"records {first} to {last}"
        proved = f", {signed} of them for offline data authentication" if signed else ""
        entries.append(
            DecodedItem(
                str(at // 4 + 1),
                "entry",
                value[at : at + 4].hex().upper(),
                (f"file {file >> 3}, {which}{proved}",),
            )
        )
    return tuple(entries)


_WORDS: Final = {
    tags.CRYPTOGRAM_INFORMATION: _information,
    tags.TERMINAL_TYPE: _terminal_type,
    tags.CVM_RESULTS: _cvm_results,
    **dict.fromkeys((tags.IAC_DEFAULT, tags.IAC_DENIAL, tags.IAC_ONLINE), _action_code),
}
_ITEMS: Final = {tags.CVM_LIST: _cvm_list, tags.AFL: _file_locator}
