"""APDUs for the trace, as one line and as bytes, with all that identifies the card masked.

1. A data element is shown only if the data dictionary knows it and does not call it sensitive; a sensitive one is `**`, an
   unknown one its length.
2. Even then a value in which the number of a card of a known brand can be read is `**`.
3. What cannot be read as TLV is shown by its length alone. The data of VERIFY are never shown.
"""

from __future__ import annotations

import re
from typing import Final

from terminal_sim.emv.data import apdu, dol, tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, Instruction
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.emv.data.tags import DICTIONARY, DataFormat
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.secret import MaskedBytes

MASKED: Final = "**"

_SHORTEST_NUMBER: Final = 12
_LONGEST_PREFIX: Final = 6
_DIGITS: Final = re.compile(f"[0-9]{{{_SHORTEST_NUMBER},}}", re.ASCII)
_TEXT_DIGITS: Final = re.compile(rb"[0-9]{12,}")

_COMMANDS: Final = {instruction.value: instruction.label for instruction in Instruction}


def mask_rapdu(rapdu: bytes) -> str:
    """An R-APDU: its data objects and what its status word means."""
    if len(rapdu) < 2:
        return _length(rapdu)
    sw = int.from_bytes(rapdu[-2:])
    status = f"{sw:04X} {apdu.meaning(sw)}"
    data = rapdu[:-2]
    if not data:
        return status
    try:
        return f"{_objects(data, 1)} {status}"
    except TlvError:
        return f"{_length(data)} {status}"


def mask_capdu(capdu: bytes) -> str:
    """A C-APDU: the command's name and what it is about; its data only where they name a file."""
    if len(capdu) < 4:
        return _length(capdu)
    p1, p2 = capdu[2], capdu[3]
    name = command_name(capdu)
    if name == "SELECT":
        file = capdu[5 : 5 + capdu[4]] if len(capdu) > 5 else b""
        if file in (apdu.PSE, apdu.PPSE):
            return f"{name} {file.decode()}"
        return f"{name} {MASKED if shows_number(file) else file.hex().upper()}"
    if name == "READ RECORD":
        return f"{name} {p1} of file {p2 >> 3}"
    if name == "GENERATE AC" and p1 in list(Cryptogram):
        return f"{name} {Cryptogram(p1).name} {_length(capdu[5:])}"
    if name == "GET DATA":
        return f"{name} {p1:02X}{p2:02X}"
    return f"{name} {_length(capdu[5:])}" if len(capdu) > 5 else name


def command_name(capdu: bytes) -> str:
    """What CLA and INS of a C-APDU of four bytes or more mean, or the header in hexadecimal."""
    return _COMMANDS.get(capdu[0] << 8 | capdu[1], capdu[:4].hex().upper())


def masked_command(capdu: bytes, wanted: bytes = b"") -> MaskedBytes:
    """A C-APDU without its data, unless they name a file (SELECT) that carries no number of a card.

    Of data that were made by the list `wanted`, each value is shown that a line of the trace would show.
    """
    if len(capdu) < 4:
        return MaskedBytes.of(capdu, [(0, len(capdu))])
    if len(capdu) <= 5:
        return MaskedBytes(capdu)
    end = min(5 + capdu[4], len(capdu))
    if values := listed_values(capdu, wanted):
        return MaskedBytes.of(
            capdu, [(first, stop) for tag, first, stop in values if not _is_shown(tag, capdu[first:stop])]
        )
    shown = command_name(capdu) == "SELECT" and not shows_number(capdu[5:end])
    return MaskedBytes.of(capdu, [] if shown else [(5, end)])


def listed_values(capdu: bytes, wanted: bytes) -> tuple[tuple[int, int, int], ...]:
    """Tag, first offset and the one after the last of each value that the list `wanted` asked for; nothing where the data are others."""
    if not wanted or len(capdu) <= 5:
        return ()
    first, end = 5, min(5 + capdu[4], len(capdu))
    if command_name(capdu) == "GET PROCESSING OPTIONS":
        first += 2 if capdu[6] < 0x80 else 3  # tag 83 and its length
    return dol.located(wanted, first, end)


def masked_response(rapdu: bytes) -> MaskedBytes:
    """An R-APDU without the values that its line does not show; without all of its data where they are no BER-TLV."""
    end = len(rapdu) - 2
    if end < 0:
        return MaskedBytes.of(rapdu, [(0, len(rapdu))])
    try:
        return MaskedBytes.of(rapdu, hidden_values(rapdu[:end]))
    except TlvError:
        return MaskedBytes.of(rapdu, [(0, end)])


def hidden_values(data: bytes, first: int = 0, depth: int = 1) -> list[tuple[int, int]]:
    """The ranges of the values in BER-TLV that are not shown, counted from `first`. Raises `TlvError`."""
    if depth > tlv.MAX_DEPTH:
        raise TlvError("nested too deeply to be shown")
    ranges: list[tuple[int, int]] = []
    for tag, _, start, end in tlv.located(data):
        if tlv.is_constructed(tag):
            ranges += hidden_values(data[start:end], first + start, depth + 1)
        elif not _is_shown(tag, data[start:end]):
            ranges.append((first + start, first + end))
    return ranges


def _objects(data: bytes, depth: int) -> str:
    if depth > tlv.MAX_DEPTH:
        raise TlvError("nested too deeply to be shown")
    shown: list[str] = []
    for tag, value in tlv.split(data):
        if tlv.is_constructed(tag):
            shown.append(f"{tag:X}{{{_objects(value, depth + 1)}}}")
        else:
            shown.append(f"{tag:X}={masked_value(tag, value)}")
    return " ".join(shown)


def masked_value(tag: int, value: bytes) -> str:
    """The value of a data element as text: hexadecimal or quoted, `**` where it is hidden, its length where the dictionary does not know it."""
    element = DICTIONARY.get(tag)
    if element is None and tag != tags.RESPONSE_FORMAT_1:
        return _length(value)
    if element is not None and element.sensitive:
        return MASKED
    if element is not None and element.format in (DataFormat.ANS, DataFormat.AN) and _is_plain(value):
        # Letters in hexadecimal are full of digits: what is shown as text is searched as text.
        return MASKED if _says_number(value) else f'"{value.decode("ascii")}"'
    return MASKED if shows_number(value) else value.hex().upper()


def _is_shown(tag: int, value: bytes) -> bool:
    """Whether a value may be seen: it is known, not sensitive, and carries no number of a card."""
    element = DICTIONARY.get(tag)
    if element is None:
        return tag == tags.RESPONSE_FORMAT_1 and not shows_number(value)
    return not element.sensitive and not shows_number(value)


def _is_plain(value: bytes) -> bool:
    return all(0x20 <= byte < 0x7F and byte != 0x22 for byte in value)


def shows_number(value: bytes) -> bool:
    """Whether somewhere in `value`, as hexadecimal digits or as text, there is what could be the number of a card."""
    return any(_holds_number(run) for run in _DIGITS.findall(value.hex())) or _says_number(value)


def _says_number(text: bytes) -> bool:
    return any(_holds_number(run.decode()) for run in _TEXT_DIGITS.findall(text))


def _holds_number(run: str) -> bool:
    for at in range(len(run) - _SHORTEST_NUMBER + 1):
        brand = brand_of(run[at : at + _LONGEST_PREFIX])
        if brand is None:
            continue
        for size in brand.lengths:
            if at + size <= len(run) and is_luhn_valid(run[at : at + size]):
                return True
    return False


def _length(data: bytes) -> str:
    return f"[{len(data)} byte{'' if len(data) == 1 else 's'}]"
