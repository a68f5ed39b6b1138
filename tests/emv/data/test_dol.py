from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import dol
from terminal_sim.emv.data.dol import DolEntry, DolError
from terminal_sim.emv.data.tags import DataFormat
from tests.emv.table import rows

LISTS = [
    ("amount and country", (DolEntry(0x9F02, 6), DolEntry(0x9F1A, 2)), "9F02069F1A02"),
    ("a short tag", (DolEntry(0x95, 5),), "9505"),
    ("a length of zero", (DolEntry(0x9A, 0),), "9A00"),
    ("a tag of three bytes", (DolEntry(0xDF8101, 1),), "DF810101"),
    ("nothing", (), ""),
]

FITTED = [
    ("n is cut on the left", "000000001250", 2, DataFormat.N, "1250"),
    ("n is filled with zeros on the left", "0124", 3, DataFormat.N, "000124"),
    ("cn is cut on the right", "4111111111111111", 4, DataFormat.CN, "41111111"),
    ("cn is filled with F on the right", "4111", 4, DataFormat.CN, "4111FFFF"),
    ("b is cut on the right", "E060C8", 2, DataFormat.B, "E060"),
    ("b is filled with zeros on the right", "E060C8", 4, DataFormat.B, "E060C800"),
    ("text is filled with zeros on the right", "4142", 3, DataFormat.ANS, "414200"),
    ("text is cut on the right", "414243", 2, DataFormat.AN, "4142"),
    ("n is cut to nothing", "1250", 0, DataFormat.N, ""),
]


@pytest.mark.parametrize(("entries", "hexes"), rows(LISTS))
def test_a_list_is_read(entries: tuple[DolEntry, ...], hexes: str) -> None:
    assert dol.parse(bytes.fromhex(hexes)) == entries


@pytest.mark.parametrize(
    "hexes", ["9F02", "9F", "95", "9F8182", "0001", "9F800101", "9F02FD", "9F02FF9F0301"]
)
def test_a_list_that_ends_early_or_wants_too_much_is_an_error(hexes: str) -> None:
    with pytest.raises(DolError):
        dol.parse(bytes.fromhex(hexes))


@pytest.mark.parametrize(("value", "length", "how", "fitted"), rows(FITTED))
def test_values_are_fitted_by_their_format(value: str, length: int, how: DataFormat, fitted: str) -> None:
    assert dol.fit(bytes.fromhex(value), length, how) == bytes.fromhex(fitted)


def test_unknown_and_constructed_objects_are_zeros() -> None:
    known = {0x9F1A: bytes.fromhex("0124"), 0x70: b"\xff\xff"}
    wanted = bytes.fromhex("9F1A02 7002 9F7E03 9F1A03")
    assert dol.build(wanted, known.get) == bytes.fromhex("0124 0000 000000 000124")


def test_the_card_reads_what_the_terminal_built() -> None:
    known = {0x9F02: bytes.fromhex("000000001250"), 0x95: bytes(5)}
    wanted = bytes.fromhex("9F02069505")
    assert dol.read(wanted, dol.build(wanted, known.get)) == known
    with pytest.raises(DolError):
        dol.read(wanted, bytes(10))


@given(st.binary(max_size=60))
def test_any_list_is_answered_in_its_length_or_is_an_error(wanted: bytes) -> None:
    try:
        entries = dol.parse(wanted)
    except DolError:
        return
    assert len(dol.build(wanted, {0x9F02: bytes(6)}.get)) == sum(entry.length for entry in entries)
