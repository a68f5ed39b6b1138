"""APDUs as trees: each byte has its place, and what is hidden in the line is hidden there too."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import tlv
from terminal_sim.emv.data.describe import masked_command, masked_response
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.data.tree import HIDDEN, Part, command_tree, response_tree
from tests.emv.table import rows

PAN = "4111111111111111"

COMMANDS = [
    (
        "an application by its AID",
        "00A4040007A000000003101000",
        ["CLA INS 0-2 00A4", "P1 P2 2-4 0400", "Lc 4-5 07", "data 5-12 A0000000031010", "Le 12-13 00"],
    ),
    (
        "the data of a PIN command are hidden",
        "0020008008241234FFFFFFFFFF",
        ["CLA INS 0-2 0020", "P1 P2 2-4 0080", "Lc 4-5 08", f"data 5-13 {HIDDEN}"],
    ),
    ("a command without data", "00B2011400", ["CLA INS 0-2 00B2", "P1 P2 2-4 0114", "Le 4-5 00"]),
    ("half a header", "00A4", [f"command 0-2 {HIDDEN}"]),
]

ANSWERS = [
    ("a status alone", "6A82", ["SW1 SW2 0-2 6A82 file or application not found"]),
    (
        "a template opened, a number hidden",
        "700D5A084111111111111111870101 9000",
        ["70 0-15 ", "  5A 2-12 " + HIDDEN, "  87 12-15 01", "SW1 SW2 15-17 9000 success"],
    ),
    ("filler is passed over", "0000500456495341 9000", ["50 2-8 56495341", "SW1 SW2 8-10 9000 success"]),
    ("a long length", "5081045649534190 00", ["50 0-7 56495341", "SW1 SW2 7-9 9000 success"]),
    ("what is no TLV", "FF80 9000", [f"data 0-2 {HIDDEN}", "SW1 SW2 2-4 9000 success"]),
]


def lines(parts: Iterable[Part], indent: str = "") -> list[str]:
    shown = []
    for part in parts:
        shown.append(f"{indent}{part.tag or part.name} {part.first}-{part.end} {part.value}")
        shown += lines(part.parts, indent + "  ")
    return shown


@pytest.mark.parametrize(("hexes", "expected"), rows(COMMANDS))
def test_a_command_is_a_tree(hexes: str, expected: list[str]) -> None:
    assert lines(command_tree(masked_command(bytes.fromhex(hexes)))) == expected


@pytest.mark.parametrize(("hexes", "expected"), rows(ANSWERS))
def test_an_answer_is_a_tree(hexes: str, expected: list[str]) -> None:
    assert lines(response_tree(masked_response(bytes.fromhex(hexes)))) == expected


@given(st.binary(max_size=80))
def test_the_parts_of_any_bytes_lie_within_and_side_by_side(data: bytes) -> None:
    for tree in (command_tree(masked_command(data)), response_tree(masked_response(data))):
        assert_side_by_side(tree, 0, len(data))


def assert_side_by_side(parts: Iterable[Part], first: int, end: int) -> None:
    at = first
    for part in parts:
        assert at <= part.first <= part.end <= end
        at = part.end
        assert_side_by_side(part.parts, part.first, part.end)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_masked_bytes_hide_the_number_of_a_card_wherever_it_stands(before: bytes, after: bytes) -> None:
    data = before + bytes.fromhex(PAN) + after + b"\x90\x00"
    assert PAN not in masked_response(data).hex()
    record = tlv.encode(0x70, tlv.encode(0x5A, bytes.fromhex(PAN))) + b"\x90\x00"
    assert PAN not in masked_response(record).hex()
    assert len(masked_response(data).data) == len(data)


@given(st.binary(max_size=80))
def test_data_objects_are_located_where_they_are_split(data: bytes) -> None:
    try:
        objects = tlv.split(data)
    except TlvError:
        return
    located = tlv.located(data)
    assert [(tag, data[start:end]) for tag, _, start, end in located] == objects


def nested(depth: int) -> bytes:
    value = tlv.encode(0x87, b"\x01")
    for _ in range(depth):
        value = tlv.encode(0x70, value)
    return value + b"\x90\x00"


def depth_of(part: Part) -> int:
    return 1 + max((depth_of(inner) for inner in part.parts), default=0)


@pytest.mark.parametrize("depth", [1, tlv.MAX_DEPTH - 1, tlv.MAX_DEPTH, 50])
def test_templates_beyond_the_bounded_depth_hide_the_whole_answer(depth: int) -> None:
    first, _ = response_tree(masked_response(nested(depth)))
    assert depth_of(first) == (depth + 1 if depth < tlv.MAX_DEPTH else 1)
    assert (first.value == HIDDEN) == (depth >= tlv.MAX_DEPTH)


def test_data_that_were_made_by_a_list_have_its_values_as_parts_and_hide_those_of_the_card() -> None:
    wanted = bytes.fromhex("9F0206 9505 5A08")
    # GENERATE AC over an amount of 12.50, a TVR and the number of a card
    capdu = bytes.fromhex("80AE800013 000000001250 8000048000 4111111111111111 00")
    masked = masked_command(capdu, wanted)
    *_, data, _ = command_tree(masked, wanted)
    assert [(part.tag, part.value) for part in data.parts] == [
        ("9F02", "000000001250"),
        (
            "95",
            "8000048000 (offline data authentication was not performed, online PIN entered, floor limit exceeded)",
        ),
        ("5A", HIDDEN),
    ]
    assert masked.hex().endswith("8000048000" + "••" * 8 + "00")


@pytest.mark.parametrize("wanted", ["", "9F0206", "9F02", "9F02069505"])
def test_data_that_are_not_what_the_list_asks_for_stay_hidden(wanted: str) -> None:
    capdu = bytes.fromhex("80AE800007 00000000125011 00")
    masked = masked_command(capdu, bytes.fromhex(wanted))
    assert masked.hex() == "80AE800007" + "••" * 7 + "00"
    assert [part.parts for part in command_tree(masked, bytes.fromhex(wanted))] == [(), (), (), (), ()]
