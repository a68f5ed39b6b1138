"""Hexadecimal digits of cards and terminals decoded by their kind, which is guessed where nobody says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from terminal_drivers.base import FrameError
from terminal_drivers.iso7816.atr import Atr
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.emv.data import decode, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.decode import DecodedItem, DecodeError
from terminal_sim.emv.data.dictionaries import KERNELS, name
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.keys import issuer_data

__all__ = ["KINDS", "DecodeError", "Decoded", "DecodedItem", "decoded"]

_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was decoded as `kind`, one of `KINDS`; `others` are the kinds that it could have been as well."""

    kind: str
    items: tuple[DecodedItem, ...]
    others: tuple[str, ...] = ()


_Decoder = Callable[[bytes, int], tuple[DecodedItem, ...]]


def _element(tag: int) -> _Decoder:
    return lambda data, kernel: (decode.whole(tag, data, kernel),)


def _answer_to_reset(data: bytes, _: int) -> tuple[DecodedItem, ...]:
    try:
        atr = Atr.parse(data)
    except FrameError as error:
        raise DecodeError(str(error)) from None
    items = [
        DecodedItem("TS", "convention", data[:1].hex().upper(), ("direct" if data[0] == 0x3B else "inverse",))
    ]
    for number, group in enumerate(atr.groups, start=1):
        for letter in ("ta", "tb", "tc", "td"):
            byte = getattr(group, letter)
            if byte is not None:
                words = (f"T={byte & 0x0F}",) if letter == "td" else ()
                items.append(DecodedItem(f"{letter.upper()}{number}", "interface byte", f"{byte:02X}", words))
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in atr.historical)
    items.append(
        DecodedItem("", "historical bytes", atr.historical.hex().upper(), (f"'{text}'",) if text else ())
    )
    return tuple(items)


def _issuer_data(data: bytes, _: int) -> tuple[DecodedItem, ...]:
    try:
        found = issuer_data.parse(data)
    except TlvError as error:
        raise DecodeError(str(error)) from None
    items = [
        DecodedItem("", "layout", found.layout.value),
        DecodedItem("", "key index", f"{found.key_index:02X}"),
        DecodedItem("", "cryptogram version", f"{found.version:02X}"),
        DecodedItem(
            "CVR",
            "card verification results",
            found.results.hex().upper(),
            _results(found.first, found.second),
        ),
    ]
    if found.counters:
        items.append(DecodedItem("", "counters, or what the issuer has there", found.counters.hex().upper()))
    return tuple(items)


def _results(first: Cryptogram | None, second: Cryptogram | None) -> tuple[str, ...]:
    said = [f"first cryptogram {first.name}"] if first is not None else []
    return (*said, f"second cryptogram {second.name}" if second is not None else "no second cryptogram")


_DECODERS: Final[Mapping[str, tuple[str, _Decoder]]] = {
    "gac": ("answer to GENERATE AC", decode.cryptogram_answer),
    "tlv": ("BER-TLV", decode.objects),
    "atr": ("answer to reset", _answer_to_reset),
    "track": ("track 2 equivalent data (57)", lambda data, _: decode.track_2(data)),
    "dol": ("data object list", decode.data_list),
    "iad": ("issuer application data (9F10), by scheme", _issuer_data),
    "afl": ("application file locator (94)", _element(tags.AFL)),
    "cvm-list": ("CVM list (8E)", _element(tags.CVM_LIST)),
    "tvr": ("terminal verification results (95)", _element(tags.TVR)),
    "ttq": ("terminal transaction qualifiers (9F66)", _element(tags.TTQ)),
    "cvm-results": ("CVM results (9F34)", _element(tags.CVM_RESULTS)),
    "tsi": ("transaction status information (9B)", _element(tags.TSI)),
    "aip": ("application interchange profile (82)", _element(tags.AIP)),
    "auc": ("application usage control (9F07)", _element(tags.USAGE_CONTROL)),
    "ctq": ("card transaction qualifiers (9F6C)", _element(tags.CTQ)),
    "cid": ("cryptogram information data (9F27)", _element(tags.CRYPTOGRAM_INFORMATION)),
    "capabilities": ("terminal capabilities (9F33)", _element(tags.CAPABILITIES)),
    "additional-capabilities": (
        "additional terminal capabilities (9F40)",
        _element(tags.ADDITIONAL_CAPABILITIES),
    ),
    "terminal-type": ("terminal type (9F35)", _element(tags.TERMINAL_TYPE)),
}
KINDS: Final[Mapping[str, str]] = {kind: meaning for kind, (meaning, _) in _DECODERS.items()}
"""The kinds by name, with what each is, in the order in which they are guessed."""


def decoded(text: str, kind: str = "", kernel: int = 0) -> Decoded:
    """The hex digits of `text`, with blanks and colons where one likes, as `kind` or as the first kind that they fit.

    `kernel` says whose dictionary names the tags. Raises `DecodeError`.
    """
    if kernel not in KERNELS:
        raise DecodeError(
            f"there is no dictionary of kernel {kernel}; there are {', '.join(map(str, KERNELS))}"
        )
    data = _bytes(text)
    if kind:
        if kind not in _DECODERS:
            raise DecodeError(
                f"there is no kind {kind!r}{suggest(kind, KINDS) or '; there are ' + ', '.join(KINDS)}"
            )
        return Decoded(kind, _DECODERS[kind][1](data, kernel))
    fitting = {one: items for one in _DECODERS if (items := _tried(one, data, kernel)) is not None}
    if not fitting:
        raise DecodeError(
            f"these {len(data)} bytes are of no kind that is known; say which with --as: {', '.join(KINDS)}"
        )
    first, *others = fitting
    return Decoded(first, fitting[first], tuple(others))


def _tried(kind: str, data: bytes, kernel: int) -> tuple[DecodedItem, ...] | None:
    try:
        items = _DECODERS[kind][1](data, kernel)
    except DecodeError:
        return None
    if kind == "tlv" and not _is_known(data, kernel):
        return None
    if kind == "cvm-list" and not decode.knows_rules(data):
        return None
    if kind == "dol" and any(item.name == "unknown" for item in items):
        return None
    return items or None


def _is_known(data: bytes, kernel: int) -> bool:
    """Whether the first data object is one that a dictionary has: other bytes can be TLV by chance."""
    found = tlv.split(data)
    return bool(found) and bool(name(found[0][0], kernel))


def _bytes(text: str) -> bytes:
    digits = "".join(text.split()).replace(":", "")
    digits = digits[2:] if digits[:2] in ("0x", "0X") else digits
    if not digits:
        raise DecodeError("there are no hex digits")
    wrong = next((at for at, one in enumerate(digits) if one not in "0123456789ABCDEFabcdef"), None)
    if wrong is not None:
        raise DecodeError(f"character {wrong + 1} is no hex digit")
    if len(digits) % 2:
        raise DecodeError(f"{len(digits)} hex digits are no whole bytes: one is missing or too many")
    if len(digits) > 2 * _LONGEST:
        raise DecodeError(f"{len(digits) // 2} bytes are more than the {_LONGEST} that are decoded")
    return bytes.fromhex(digits)
