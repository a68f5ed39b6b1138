"""Bits by name: places are those of the public tables, and a name belongs to one bit of its element."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from terminal_sim.emv.data import bits, qualifiers, tags, tvr

_TVR = json.loads((Path(__file__).parents[2] / "vectors" / "emv" / "tvr.json").read_text("utf-8"))


@pytest.mark.parametrize("sample", _TVR["vectors"], ids=lambda one: str(one["tvr"]))
def test_the_bits_of_a_public_tvr_are_those_that_its_table_lists(sample: dict[str, object]) -> None:
    value = bytes.fromhex(str(sample["tvr"]))
    listed = [re.match(r"byte (\d) b(\d)", one) for one in list(sample["bits"])]  # type: ignore[call-overload]
    places = [(int(one[1]), int(one[2])) for one in listed if one is not None]
    found = [bit for bit in bits.BITS if bit.tag == tags.TVR and int.from_bytes(value) & bit.mask]
    assert [(bit.byte, bit.number) for bit in found] == places
    assert bits.names(tags.TVR, value) == tuple(bit.name for bit in found)


def test_a_name_belongs_to_one_bit_of_its_element() -> None:
    assert [
        named for named, count in Counter((bit.tag, bit.name) for bit in bits.BITS).items() if count > 1
    ] == []


def test_a_bit_without_a_name_has_no_mask() -> None:
    with pytest.raises(KeyError):
        bits.mask(tags.TVR, 2, 3)


def test_the_highest_bit_of_the_first_byte_is_the_highest_of_the_value() -> None:
    assert tvr.ODA_NOT_PERFORMED == 0x80_00_00_00_00
    assert bits.mask(tags.AIP, 2, 8) == 0x00_80


def test_a_mask_within_a_byte_is_that_of_the_whole_value_without_the_other_bytes() -> None:
    for bit in bits.BITS:
        shift = 8 * (len(bits.NAMES[bit.tag]) - bit.byte)
        assert bits.byte_mask(bit.tag, bit.byte, bit.number) << shift == bit.mask
    assert (qualifiers.TTQ1_EMV_MODE, qualifiers.TTQ3_ON_DEVICE, qualifiers.CTQ1_NOT_AT_ATM) == (
        0x20,
        0x40,
        0x01,
    )


def test_a_value_that_is_too_short_has_the_bits_of_its_bytes() -> None:
    assert bits.names(tags.TVR, b"\x80") == ("offline data authentication was not performed",)


def test_an_element_that_is_not_made_of_bits_has_no_names() -> None:
    assert bits.names(tags.AMOUNT, bytes(6)) == ()
