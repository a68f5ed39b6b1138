from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import tlv
from terminal_sim.emv.data.tlv import TlvError
from tests.emv.table import rows

ONE_LEVEL = [
    ("one byte of tag", [(0x82, bytes.fromhex("1C00"))], "82021C00"),
    ("two bytes of tag", [(0x9F02, bytes.fromhex("000000001250"))], "9F0206000000001250"),
    ("three bytes of tag", [(0xDF8101, b"\x01")], "DF81010101"),
    ("two objects", [(0x9A, bytes.fromhex("261121")), (0x9C, b"\x00")], "9A032611219C0100"),
    ("an empty value", [(0x9F10, b"")], "9F1000"),
    ("a template, unopened", [(0x70, bytes.fromhex("5A00"))], "70025A00"),
    ("127 bytes still have a short length", [(0x70, bytes(127))], "707F" + "00" * 127),
    ("128 bytes have a long length", [(0x70, bytes(128))], "708180" + "00" * 128),
    ("256 bytes take two bytes of length", [(0x70, bytes(256))], "70820100" + "00" * 256),
    ("nothing", [], ""),
]

BROKEN = [
    ("no length", "9F02"),
    ("half a tag", "9F"),
    ("a value cut off", "820300"),
    ("a length that is larger than anything", "5A84FFFFFFFF00"),
    ("a long length cut off", "5A8201"),
    ("an indefinite length", "7080820000000000"),
    ("a tag of five bytes", "9F8181810100"),
    ("a tag number with a leading zero", "9F800100"),
]

objects = st.lists(
    st.tuples(st.sampled_from([0x42, 0x57, 0x5A, 0x70, 0x9F26, 0xBF0C, 0xDF8129]), st.binary(max_size=300)),
    max_size=6,
)


@pytest.mark.parametrize(("read", "hexes"), rows(ONE_LEVEL))
def test_one_level_is_read_and_written(read: list[tuple[int, bytes]], hexes: str) -> None:
    assert tlv.split(bytes.fromhex(hexes)) == read
    assert tlv.join(read) == bytes.fromhex(hexes)


@pytest.mark.parametrize(("hexes"), rows(BROKEN))
def test_what_is_broken_is_an_error(hexes: str) -> None:
    with pytest.raises(TlvError):
        tlv.split(bytes.fromhex(hexes))


def test_a_longer_length_field_than_needed_is_read() -> None:
    assert tlv.split(bytes.fromhex("82820002 1C00")) == [(0x82, bytes.fromhex("1C00"))]


def test_zero_bytes_between_objects_are_filler() -> None:
    assert tlv.split(bytes.fromhex("0000 9C0100 00 9A03261121 00")) == [
        (0x9C, b"\x00"),
        (0x9A, b"\x26\x11\x21"),
    ]


@pytest.mark.parametrize("filler", ["00", "FF", "FFFF", "FFFFFF", "00FF"])
def test_ff_bytes_before_between_and_after_objects_are_filler_too(filler: str) -> None:
    data = bytes.fromhex(f"{filler} 9C0100 {filler} 9A03261121 {filler}")
    assert tlv.split(data) == [(0x9C, b"\x00"), (0x9A, b"\x26\x11\x21")]
    assert [(tag, data[first:end]) for tag, _, first, end in tlv.located(data)] == tlv.split(data)


def test_ff_begins_a_tag_where_zeros_alone_are_filler() -> None:
    assert tlv.split(bytes.fromhex("FFFF9C01 00"), tlv.ZERO) == [(0xFFFF9C01, b"")]


def test_the_primitive_objects_of_a_level_are_given_and_its_templates_left_closed() -> None:
    data = bytes.fromhex("8401AA A50B 5001 41 BF0C 05 61 03 87 01 02 500142 E003AABBCC")
    assert tlv.primitives(data) == [(0x84, b"\xaa"), (0x50, b"B")]


def test_more_than_64_kib_are_refused_both_ways() -> None:
    with pytest.raises(TlvError):
        tlv.split(bytes(tlv.MAX_BYTES + 1))
    with pytest.raises(TlvError):
        tlv.encode(0x70, bytes(tlv.MAX_BYTES))


def test_only_wants_exactly_the_one_object() -> None:
    assert tlv.only(bytes.fromhex("70025A00"), 0x70) == bytes.fromhex("5A00")
    for hexes in ("", "7100", "70007000"):
        with pytest.raises(TlvError):
            tlv.only(bytes.fromhex(hexes), 0x70)


@pytest.mark.parametrize("tag", [0, 0x9F, 0x8201, 0x9F8001, 0x1FFFFFFFFF])
def test_a_number_that_is_no_tag_is_not_written(tag: int) -> None:
    with pytest.raises(TlvError):
        tlv.encode(tag, b"")


@given(objects)
def test_what_is_written_is_read_again(written: list[tuple[int, bytes]]) -> None:
    assert tlv.split(tlv.join(written)) == written


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_are_a_tlv_error(data: bytes) -> None:
    try:
        read = tlv.primitives(data)
    except TlvError:
        return
    assert sum(len(value) for _, value in read) <= len(data)
