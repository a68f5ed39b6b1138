from __future__ import annotations

import pytest

from terminal_sim.emv.data import fields, tags
from terminal_sim.emv.data.fields import FormatError
from terminal_sim.emv.data.tags import DICTIONARY, DataFormat, DataSource
from tests.emv.table import rows


def test_numbers_are_right_justified() -> None:
    assert fields.numeric("1250", 6) == bytes.fromhex("000000001250")
    assert fields.digits(bytes.fromhex("000000001250")) == "000000001250"


@pytest.mark.parametrize("text", ["", "-3", "+3", " 3", "1_0", "٣", "３", "1a", "1234567"])
def test_what_is_not_plain_digits_is_refused(text: str) -> None:
    with pytest.raises(FormatError):
        fields.numeric(text, 3)


def test_compressed_numbers_end_at_the_filler() -> None:
    assert fields.compressed(bytes.fromhex("370000000000002F")) == "370000000000002"
    for hexes in ("37A0", "37F0", "FFFF", ""):
        with pytest.raises(FormatError):
            fields.compressed(bytes.fromhex(hexes))


def test_a_nibble_above_nine_is_no_digit() -> None:
    with pytest.raises(FormatError):
        fields.digits(b"\x1a")


def test_text_for_the_display_holds_nothing_that_moves_the_cursor() -> None:
    assert fields.printable(b" VISA\x1b[2J\n\xff ") == "VISA[2J"
    assert fields.printable(b"CR\xc9DIT", "iso8859_1") == "CRÉDIT"


@pytest.mark.parametrize(
    ("tag", "hexes"),
    rows(
        [
            ("a PAN of 20 digits and more", tags.PAN, "5A" * 11),
            ("a PAN that is not digits", tags.PAN, "41AB"),
            ("an empty PAN", tags.PAN, ""),
            ("a short AIP", tags.AIP, "1C"),
            ("a date with a letter", tags.EXPIRATION_DATE, "30033A"),
            ("a track 2 of 48 bytes", tags.TRACK_2, "41" * 48),
        ]
    ),
)
def test_a_value_of_the_wrong_format_is_refused_without_being_quoted(tag: int, hexes: str) -> None:
    with pytest.raises(FormatError) as error:
        DICTIONARY[tag].check(bytes.fromhex(hexes))
    assert hexes == "" or hexes not in str(error.value)


def test_the_dictionary_marks_everything_that_identifies_a_card() -> None:
    for tag in (0x5A, 0x57, 0x56, 0x5F20, 0x5F24, 0x9F1F, 0x9F20, 0x9F6B, 0x9F0B):
        assert DICTIONARY[tag].sensitive, f"{tag:X}"


def test_what_the_terminal_sends_is_never_taken_from_a_card() -> None:
    for tag in (0x9F02, 0x95, 0x9A, 0x9F37, 0x8A, 0x9F34):
        assert DICTIONARY[tag].source is not DataSource.CARD, f"{tag:X}"


def test_every_element_has_a_possible_length() -> None:
    for element in DICTIONARY.values():
        assert 0 <= element.shortest <= element.longest
        assert element.format is not DataFormat.CN or element.longest <= 15
