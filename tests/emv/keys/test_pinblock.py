from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.pinblock import PinBlockError
from terminal_sim.secret import Secret
from tests.emv.table import rows

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "pinblocks.json").read_text())
PAN = Secret("4012345678909")
KEY = Secret(bytes.fromhex("F1E1D1C1B1A191817161514131211101"))

pins = st.text("0123456789", min_size=4, max_size=12)


def known(number: int) -> dict[str, str]:
    return next(vector for vector in VECTORS if vector["format"] == number)


def test_format_0_has_its_known_answer_both_ways() -> None:
    vector = known(0)
    pin, pan, block = Secret(vector["pin"]), Secret(vector["pan"]), Secret(bytes.fromhex(vector["block"]))
    assert pinblock.format0(pin, pan) == block
    assert pinblock.read_format0(block, pan) == pin


def test_format_2_has_its_known_answer_both_ways() -> None:
    vector = known(2)
    pin, block = Secret(vector["pin"]), Secret(bytes.fromhex(vector["block"]))
    assert pinblock.format2(pin) == block
    assert pinblock.read_format2(block) == pin


@pytest.mark.parametrize(
    "hexes",
    rows(
        [
            ("another format", "1412341234567890"),
            ("a length of 3", "23123FFFFFFFFFFF"),
            ("a length of 13", "2D1234567890123F"),
            ("a length beyond the block", "2F12345678901234"),
            ("a letter among the digits", "24123AFFFFFFFFFF"),
            ("a digit in the filler", "241234FFFFFFFFF1"),
            ("a filler that only format 3 has", "241234AAAAAAAAAA"),
            ("too short", "241234FFFFFFFF"),
            ("too long", "241234FFFFFFFFFFFF"),
            ("nothing", ""),
        ]
    ),
)
def test_a_block_that_is_not_as_it_should_be_is_an_error_that_shows_nothing(hexes: str) -> None:
    with pytest.raises(PinBlockError) as error:
        pinblock.read_format2(Secret(bytes.fromhex(hexes)))
    assert "1234" not in str(error.value)


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "-123", "١٢٣٤"])
def test_a_pin_has_4_to_12_digits(pin: str) -> None:
    with pytest.raises(PinBlockError):
        pinblock.format2(Secret(pin))


@pytest.mark.parametrize("pan", ["", "1234567", "12345678901234567890", "4111 1111 1111"])
def test_format_0_needs_a_card_number(pan: str) -> None:
    with pytest.raises(PinBlockError):
        pinblock.format0(Secret("1234"), Secret(pan))


@given(pins, st.text("0123456789", min_size=8, max_size=19))
def test_every_pin_comes_back(pin: str, pan: str) -> None:
    block = pinblock.format0(Secret(pin), Secret(pan))
    sealed = pinblock.encipher(block, KEY)
    assert sealed != block
    assert pinblock.read_format0(pinblock.decipher(sealed, KEY), Secret(pan)) == Secret(pin)
    assert pinblock.read_format2(pinblock.format2(Secret(pin))) == Secret(pin)


@given(st.binary(max_size=16))
def test_any_block_is_read_or_is_an_error(block: bytes) -> None:
    for read in (
        pinblock.read_format2,
        lambda b: pinblock.read_format0(b, PAN),
    ):
        try:
            pin = read(Secret(block))
        except PinBlockError:
            continue
        assert 4 <= len(pin) <= 12


def test_a_single_length_key_is_not_taken_for_pins() -> None:
    with pytest.raises(ValueError, match="16 or 24"):
        pinblock.encipher(pinblock.format2(Secret("1234")), Secret(bytes(8)))


PAN_OF_STANDARD = Secret("4012345678909")


@given(pins, st.binary(min_size=8, max_size=8))
def test_a_block_of_format_3_is_filled_at_random_and_read_again(pin: str, random: bytes) -> None:
    block = pinblock.format3(Secret(pin), PAN_OF_STANDARD, random)
    assert pinblock.read_format3(block, PAN_OF_STANDARD) == Secret(pin)
    with pytest.raises(PinBlockError):
        pinblock.read_format0(block, PAN_OF_STANDARD)


@given(pins, st.binary(min_size=8, max_size=8))
def test_a_field_of_format_4_is_read_again(pin: str, random: bytes) -> None:
    key = Secret(bytes(range(16)))
    block = pinblock.encipher_aes(pinblock.format4(Secret(pin), random), PAN_OF_STANDARD, key)
    assert pinblock.read_format4(pinblock.decipher_aes(block, PAN_OF_STANDARD, key)) == Secret(pin)


def test_a_block_of_another_length_is_none_of_format_4() -> None:
    with pytest.raises(PinBlockError):
        pinblock.decipher_aes(Secret(bytes(8)), PAN_OF_STANDARD, Secret(bytes(16)))
    with pytest.raises(PinBlockError):
        pinblock.read_format4(Secret(bytes(8)))
