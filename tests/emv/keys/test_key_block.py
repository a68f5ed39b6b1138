"""Key blocks: the known answers of the standard and of a security module, and every change to a block noticed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.keys import key_block
from terminal_sim.emv.keys.check_value import check_value, ciphered_zeros
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.emv.keys.key_block_header import KeyBlockError, KeyBlockHeader
from terminal_sim.secret import Secret
from tests.examples import examples

ROWS: list[dict[str, str]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "key_blocks.json").read_text("utf-8")
)
B = KeyBlockHeader(version="B", usage="P0", algorithm="T", mode="E")
D = KeyBlockHeader(version="D", usage="B1", algorithm="A", mode="X")
PROTECTION, KEY = Secret(bytes(range(16))), Secret(bytes(range(16, 32)))
BLOCK = key_block.wrap(PROTECTION, B, KEY, bytes)


def secret(text: str) -> Secret[bytes]:
    return Secret(bytes.fromhex(text))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['block'][0]} of {row['source']}")
def test_a_block_gives_the_key_that_its_source_says(row: dict[str, str]) -> None:
    block = key_block.unwrap(secret(row["protection"]), row["block"])
    assert block.key == secret(row["key"])
    assert block.check_value.hex().upper() == row["check_value"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['block'][0]} of {row['source']}")
def test_the_same_key_header_and_filler_give_the_same_block(row: dict[str, str]) -> None:
    protection = secret(row["protection"])
    block = key_block.unwrap(protection, row["block"])
    filler = bytes.fromhex(row["filler"])
    hidden = len(block.key) + len(filler) if len(filler) > 14 else 0
    written = key_block.wrap(protection, block.header, block.key, lambda size: filler[:size], hidden=hidden)
    assert written == row["block"]


def test_a_header_says_what_the_key_is_for() -> None:
    header = key_block.unwrap(secret(ROWS[-1]["protection"]), ROWS[-1]["block"]).header
    assert (header.use, header.cipher, header.exportability) == (
        "initial key of DUKPT",
        KeyAlgorithm.TDES,
        "N",
    )
    assert header.optional_block("KS") == "FFFF00A0200001E00000"
    assert header.optional_block("IK") is None


@given(
    version=st.sampled_from("ABCD"),
    cipher=st.sampled_from(KeyAlgorithm),
    size=st.sampled_from((16, 24, 32)),
    data=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=300),
    random=st.binary(min_size=64, max_size=64),
)
def test_what_is_wrapped_comes_out_again(
    version: str, cipher: KeyAlgorithm, size: int, data: str, random: bytes
) -> None:
    key = Secret(random[: min(size, cipher.sizes[-1])])
    header = KeyBlockHeader(
        version=version, usage="P0", algorithm=cipher.value, mode="E", optional=(("LB", data),)
    )
    text = key_block.wrap(PROTECTION, header, key, lambda count: random[:count])
    assert key_block.unwrap(PROTECTION, text) == key_block.KeyBlock(header, key)


@given(at=st.integers(0, len(BLOCK) - 1), character=st.characters(codec="ascii"))
def test_a_changed_character_is_noticed(at: int, character: str) -> None:
    changed = BLOCK[:at] + character + BLOCK[at + 1 :]
    if changed.lower() == BLOCK.lower() and at >= 16:
        return  # hex digits of another case are the same bytes
    if changed != BLOCK:
        with pytest.raises(KeyBlockError):
            key_block.unwrap(PROTECTION, changed)


@examples(50)
@given(
    st.text(max_size=20) | st.text("0123456789ABCDEFKSPB", max_size=40).map(lambda tail: BLOCK[:14] + tail)
)
def test_any_other_text_is_refused_as_a_key_block(text: str) -> None:
    with pytest.raises(KeyBlockError):
        key_block.unwrap(PROTECTION, text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "header of 16"),
        (BLOCK[:-2], "says that it has 80 characters, and has 78"),
        ("E" + BLOCK[1:], "version E"),
        ("D" + BLOCK[1:], "code of the key block is wrong|whole blocks"),
        (BLOCK[:-1] + "x", "hex digits"),
        (BLOCK.replace("P0", "K0", 1), "code of the key block is wrong"),
        ("B0020P0TE00N0100KS08", "longer or shorter"),
        ("B0020P0TE00N0100KSXX", "no name or no length"),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(KeyBlockError, match=says):
        key_block.unwrap(PROTECTION, text)


@pytest.mark.parametrize("name", ["KC", "KP"])
def test_a_check_value_of_another_key_is_refused(name: str) -> None:
    header = replace(B, optional=((name, "00123456"),))
    with pytest.raises(KeyBlockError, match=f"optional block {name} is that of another key"):
        key_block.unwrap(PROTECTION, key_block.wrap(PROTECTION, header, KEY, bytes))


@pytest.mark.parametrize("kind", ["00", "01"])
def test_a_check_value_of_the_key_itself_is_taken(kind: str) -> None:
    value = (ciphered_zeros if kind == "00" else check_value)(KEY, KeyAlgorithm.AES).hex().upper()
    header = replace(D, optional=(("KC", kind + value),))
    assert key_block.unwrap(PROTECTION, key_block.wrap(PROTECTION, header, KEY, bytes)).key == KEY


@pytest.mark.parametrize(
    ("protection", "header", "key", "says"),
    [
        (Secret(bytes(8)), B, KEY, "16 or 24 bytes, not 8"),
        (PROTECTION, B, Secret(bytes(8)), "8 bytes"),
        (PROTECTION, replace(B, algorithm="R"), KEY, "algorithm R"),
        (PROTECTION, replace(B, usage="PIN"), KEY, "codes of a key block's header"),
        (PROTECTION, replace(B, optional=(("KS", "é"),)), KEY, "printable"),
        (PROTECTION, replace(B, optional=(("LB", "x" * 9990),)), KEY, "up to 9999"),
    ],
)
def test_parts_that_do_not_go_together_are_refused(
    protection: Secret[bytes], header: KeyBlockHeader, key: Secret[bytes], says: str
) -> None:
    with pytest.raises(KeyBlockError, match=says):
        key_block.wrap(protection, header, key, bytes)


def test_a_block_shows_no_key() -> None:
    block = key_block.unwrap(PROTECTION, BLOCK)
    assert KEY.reveal().hex() not in repr(block).lower()
    assert "Secret(***)" in repr(block)


def test_a_filled_block_does_not_show_how_long_its_key_is() -> None:
    longer = Secret(bytes(range(24)))
    lengths = {len(key_block.wrap(PROTECTION, B, key, bytes, hidden=24)) for key in (KEY, longer)}
    assert len(lengths) == 1
