"""The search itself: each spelling is found where it was planted."""

from __future__ import annotations

import base64
import json

import pytest

from tests.secrets.encodings import spellings, telling_runs, track2

PAN = "5555440917283645"

# How a program writes a number, and what then stands in its file.
WRITTEN = {
    "text": f"card {PAN}".encode(),
    "utf-16": PAN.encode("utf-16"),
    "utf-32": PAN.encode("utf-32"),
    "EBCDIC": f"x{PAN}x".encode("cp037"),
    "packed": b"\x5a\x08" + bytes.fromhex(PAN),
    "packed one nibble off": bytes.fromhex("D" + PAN + "D00"),
    "hex": PAN.encode().hex().encode(),
    "base64": base64.b64encode(PAN.encode()),
    "base64 one byte off": base64.b64encode(b"x" + PAN.encode() + b"yz"),
    "base64 two bytes off": base64.b64encode(b"xy" + PAN.encode() + b"z!"),
    "base64 of packed": base64.b64encode(b"x" + bytes.fromhex(PAN) + b"yz"),
    "base32": base64.b32encode(PAN.encode()),
    "base85": base64.b85encode(PAN.encode()),
    "list": repr([int(digit) for digit in PAN]).encode(),
    "list of strings": repr(list(PAN)).encode(),
    "JSON list": json.dumps(list(PAN), separators=(",", ":")).encode(),
    "JSON number list": json.dumps([int(digit) for digit in PAN], separators=(",", ":")).encode(),
    "grouped": b"5555 4409 1728 3645",
    "hyphens": b"5555-4409-1728-3645",
    "integer": int(PAN).to_bytes(8, "little"),
    "backwards": PAN[::-1].encode(),
    "entities": "".join(f"&#{ord(c)};" for c in PAN).encode(),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_planted_number_is_found(way: str) -> None:
    assert any(spelled in WRITTEN[way] for spelled in spellings(PAN).values())


def test_a_masked_number_is_not_found() -> None:
    masked = b"555544******3645 ************3645 GRUC001768467600001 2026-01-15 09:00:00"
    assert not any(spelled in masked for spelled in spellings(PAN).values())
    assert list(telling_runs(masked.decode(), PAN)) == []


@pytest.mark.parametrize("text", [PAN[:7], PAN[:12], PAN[-8:], PAN[3:11], f"pan={PAN[:8]}..."])
def test_a_part_that_tells_too_much_is_found(text: str) -> None:
    assert list(telling_runs(text, PAN))


@pytest.mark.parametrize("text", [f"{PAN}=3107101", f"57{len(PAN)}{PAN}D3107101"])
def test_track_2_is_found(text: str) -> None:
    assert any(track in text.encode() for track in track2(PAN, "3107", "101"))
    assert bytes.fromhex(f"{PAN}D3107101") in track2(PAN, "3107", "101")
