"""How a secret may hide in a file: every spelling of its digits that a careless program could have written."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache


def spellings(digits: str) -> dict[str, bytes]:
    """A secret of digits in each way of writing it, by the name of the way. Digits of even number also as BCD."""
    plain = digits.encode()
    packed = bytes.fromhex(digits + "F" * (len(digits) % 2))
    number = int(digits)
    width = (number.bit_length() + 7) // 8
    grouped = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    found = {
        "ASCII": plain,
        "UTF-16 little endian": digits.encode("utf-16-le"),
        "UTF-16 big endian": digits.encode("utf-16-be"),
        "UTF-32 little endian": digits.encode("utf-32-le"),
        "EBCDIC": digits.encode("cp037"),
        "BCD": packed,
        "BCD, shifted": bytes.fromhex("0" + digits + "0" * ((len(digits) + 1) % 2))[1:-1],
        "ASCII in hex": plain.hex().encode(),
        "ASCII in HEX": plain.hex().upper().encode(),
        "bytes of a repr": "".join(f"\\x{byte:02x}" for byte in packed).encode(),
        "grouped by blanks": " ".join(grouped).encode(),
        "grouped by hyphens": "-".join(grouped).encode(),
        "a list of digits": ", ".join(digits).encode(),
        "a compact list of digits": ",".join(digits).encode(),
        "a list of strings": ", ".join(f"'{digit}'" for digit in digits).encode(),
        "a JSON list of strings": ",".join(f'"{digit}"' for digit in digits).encode(),
        "backwards": digits[::-1].encode(),
        "JSON escapes": "".join(f"\\u{ord(digit):04x}" for digit in digits).encode(),
        "HTML entities": "".join(f"&#{ord(digit)};" for digit in digits).encode(),
        "base32": base64.b32encode(plain).rstrip(b"=")[:-1],
        "base85": base64.b85encode(plain)[: len(plain) // 4 * 5],
        "integer, big endian": number.to_bytes(width),
        "integer, little endian": number.to_bytes(width, "little"),
    }
    for name, value in (("ASCII", plain), ("BCD", packed)):
        for shift in range(3):
            found[f"base64 of {name}, shift {shift}"] = _inner_base64(value, shift)
    # A spelling of a few bytes is anywhere by chance.
    return {name: value for name, value in found.items() if len(value) >= 5}


def _inner_base64(value: bytes, shift: int) -> bytes:
    """What base64 makes of `value` in the middle of other bytes, `shift` bytes after a boundary of three."""
    encoded = base64.b64encode(bytes(shift) + value + bytes(3))
    start = -(-shift * 8 // 6)
    whole = (shift + len(value)) * 8 // 6
    return encoded[start:whole]


def track2(pan: str, expiry: str, service_code: str) -> list[bytes]:
    """The start of track 2 as text and as tag 57 has it (ISO/IEC 7813, EMV Book 3)."""
    return [
        f"{pan}={expiry}{service_code}".encode(),
        f"{pan}D{expiry}{service_code}".encode(),
        f"{pan}d{expiry}{service_code}".encode(),
        bytes.fromhex(f"{pan}D{expiry}{service_code}"[: (len(pan) + 8) // 2 * 2]),
    ]


_NUMBER = re.compile(r"(?<![0-9A-Fa-f])[0-9]{7,}(?![0-9A-Fa-f])")


def telling_runs(text: str, pan: str) -> Iterator[str]:
    """Numbers in `text` that give away more of `pan` than a mask may: its first seven digits, or eight of it in a row."""
    runs = {pan[at : at + 8] for at in range(len(pan) - 7)}
    # A run of one digit or of zeros is in too many harmless numbers: round amounts and counters of microseconds.
    inner = {run for run in runs if len(set(run)) > 2 and "000" not in run}
    start = pan[:7] if "0000" not in pan[:7] else pan
    for number in _numbers(text):
        if number.startswith(start) or any(run in number for run in inner):
            yield number


@lru_cache(maxsize=1)
def _numbers(text: str) -> tuple[str, ...]:
    """Each number in `text`, once: one text is searched for many cards."""
    return tuple(dict.fromkeys(_NUMBER.findall(text)))
