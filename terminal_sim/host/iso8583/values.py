"""One value of a field, or the length before it, as bytes and back. What is not plainly right is left to the library of others, which says why."""

from __future__ import annotations

from terminal_sim.host.iso8583.forms import Alphabet, ElementForm, Encoding

_DIGITS, _, _ASCII, _EBCDIC = Alphabet  # names of the module cost less than members of an enumeration
_BCD, _BINARY, _CHARACTERS = Encoding.BCD, Encoding.BINARY, Encoding.ASCII


class NotPlainlyRight(ValueError):
    """These bytes or values are not plainly right; pyiso8583 says why."""


def length_of(data: bytes, lengths: Encoding) -> int:
    if lengths is _BCD:
        return int(data.hex())
    if lengths is _BINARY:
        return int.from_bytes(data)
    text = data.decode("ascii" if lengths is _CHARACTERS else "cp500")
    if not (text.isascii() and text.isdigit()):
        raise NotPlainlyRight
    return int(text)


def written_length(size: int, prefix: int, lengths: Encoding) -> bytes:
    if lengths is _BCD:
        return int(str(size), 16).to_bytes(prefix)
    if lengths is _BINARY:
        return size.to_bytes(prefix)
    return f"{size:0{prefix}d}".encode("ascii" if lengths is _CHARACTERS else "cp500")


def text_of(form: ElementForm, data: bytes, size: int) -> str:
    _, _, alphabet, _, _, _, odd_right = form
    if alphabet is _ASCII:
        return data.decode("ascii")
    if alphabet is _EBCDIC:
        return data.decode("cp500")
    text = data.hex().upper()
    if alphabet is _DIGITS and size & 1:
        if (text[-1:] != "F") if odd_right else (text[:1] != "0"):
            raise NotPlainlyRight
        return text[:-1] if odd_right else text[1:]
    return text


def data_of(form: ElementForm, text: str) -> tuple[bytes, int]:
    """The bytes of a value, and what the field counts."""
    alphabet = form.alphabet
    if alphabet is _ASCII:
        return text.encode("ascii"), len(text)
    if alphabet is _EBCDIC:
        return text.encode("cp500"), len(text)
    digits = text
    if alphabet is _DIGITS and len(text) & 1:
        digits = f"{text}F" if form.odd_right else f"0{text}"
    data = packed(digits)
    return data, len(text) if alphabet is _DIGITS else len(data)


def packed(digits: str) -> bytes:
    """Two hexadecimal digits a byte."""
    data = bytes.fromhex(digits)
    if 2 * len(data) != len(digits):  # it passes over white space
        raise NotPlainlyRight
    return data
