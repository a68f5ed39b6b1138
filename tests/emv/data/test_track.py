from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import track
from terminal_sim.emv.data.card_number import BRANDS, brand_of, is_luhn_valid
from terminal_sim.emv.data.track import TrackError
from terminal_sim.emv.talk.card import Stripe
from terminal_sim.secret import Secret
from tests.emv.table import rows

PAN = "4761739001010119"
TRACK_1 = f"%B{PAN}^TEST/CARD^30122011143878089?"
TRACK_2 = f";{PAN}=30122011143878089?"

IMAGES = [
    ("16 digits, odd number of nibbles", f"{PAN}=30122011143878089", "4761739001010119D30122011143878089"),
    ("15 digits", "370000000000002=30032010000000000", "370000000000002D30032010000000000F"),
    ("no expiry and no service code", f"{PAN}===12345", "4761739001010119DDD12345"),
]


def test_both_tracks_make_one_stripe() -> None:
    assert track.parse({1: TRACK_1, 2: TRACK_2}) == Stripe(
        pan=Secret(PAN),
        expiry="3012",
        service_code="201",
        name="TEST/CARD",
        track2=Secret(TRACK_2[1:-1]),
    )


def test_one_track_is_enough() -> None:
    first, second = track.parse({1: TRACK_1}), track.parse({2: TRACK_2})
    assert first.pan == second.pan
    assert (first.track2, second.name) == (None, "")
    assert first.service_code == second.service_code == "201"


def test_tracks_of_different_cards_are_refused() -> None:
    with pytest.raises(TrackError, match="different"):
        track.parse({1: TRACK_1, 2: ";4111111111111111=30122011143878089?"})


@pytest.mark.parametrize(
    "tracks",
    [
        {},
        {3: TRACK_2},
        {2: TRACK_2[1:]},
        {2: TRACK_2[:-1]},
        {2: TRACK_2.replace("=", "D")},
        {2: TRACK_2.replace("3012", "3013")},
        {2: TRACK_2.replace("3012", "30a2")},
        {2: ";" + "1" * 20 + "=3012201?"},
        {2: f";{PAN}=3012201{'0' * 20}?"},
        {2: ";٤٧٦١٧٣٩٠٠١٠١٠١١٩=3012201?"},
        {2: TRACK_2 + "\n"},
        {1: TRACK_1.replace("%B", "%A")},
        {1: TRACK_1.replace("TEST/CARD", "T")},
        {1: TRACK_1 + TRACK_1},
        {1: TRACK_1, 2: "garbage"},
    ],
)
def test_what_is_no_track_is_an_error_that_does_not_quote_it(tracks: dict[int, str]) -> None:
    with pytest.raises(TrackError) as error:
        track.parse(tracks)
    assert PAN not in str(error.value)


@pytest.mark.parametrize(
    ("service", "chip"),
    [("101", False), ("201", True), ("220", True), ("606", True), ("541", False), ("120", False)],
)
def test_the_service_code_says_whether_there_is_a_chip(service: str, chip: bool) -> None:
    assert track.parse({2: f";{PAN}=3012{service}0?"}).has_chip == chip


def test_left_out_fields_are_empty_and_promise_nothing() -> None:
    stripe = track.parse({2: f";{PAN}===12345?"})
    assert (stripe.expiry, stripe.service_code) == ("", "")
    assert not stripe.has_chip


@pytest.mark.parametrize(("text", "hexes"), rows(IMAGES))
def test_the_image_in_tag_57_is_track_2(text: str, hexes: str) -> None:
    assert track.to_tag57(Secret(text)) == bytes.fromhex(hexes)
    assert track.from_tag57(bytes.fromhex(hexes)).track2 == Secret(text)


@pytest.mark.parametrize(
    "hexes", ["", "FF", "4761739001010119", "476173900101011AD3012201", "D3012201", "47" * 19]
)
def test_what_is_no_image_is_an_error(hexes: str) -> None:
    with pytest.raises(TrackError):
        track.from_tag57(bytes.fromhex(hexes))


def test_a_stripe_does_not_print_its_number() -> None:
    assert PAN not in repr(track.parse({1: TRACK_1, 2: TRACK_2}))


@given(st.dictionaries(st.integers(1, 3), st.text(max_size=90)))
def test_any_text_is_a_stripe_or_an_error(tracks: dict[int, str]) -> None:
    try:
        stripe = track.parse(tracks)
    except TrackError:
        return
    assert stripe.pan.reveal().isdigit()


@given(st.binary(max_size=30))
def test_any_image_is_a_stripe_or_an_error(value: bytes) -> None:
    try:
        stripe = track.from_tag57(value)
    except TrackError:
        return
    assert 8 <= len(stripe.pan) <= 19


@pytest.mark.parametrize(
    ("pan", "brand"),
    [
        ("4111111111111111", "visa"),
        ("5555444433331111", "mastercard"),
        ("2222400070000005", "mastercard"),
        ("2221000000000009", "mastercard"),
        ("2720990000000007", "mastercard"),
        ("6799998900000000992", "maestro"),
        ("370000000000002", "amex"),
        ("4506445006931933", "interac"),
        ("6011601160116611", "discover"),
        ("6445644564456445", "discover"),
        ("3530111333300000", "jcb"),
        ("6200000000000005", "unionpay"),
        ("7783320001001635", "square-gift"),
    ],
)
def test_the_first_digits_tell_the_brand(pan: str, brand: str) -> None:
    found = brand_of(pan)
    assert found is not None
    assert found.name == brand


@pytest.mark.parametrize("pan", ["", "1", "9999999999999999", "2721000000000000", "2220990000000000", "3600"])
def test_other_numbers_have_no_brand(pan: str) -> None:
    assert brand_of(pan) is None


def test_only_american_express_has_a_code_of_four_digits() -> None:
    assert {brand.name for brand in BRANDS if brand.cvc == 4} == {"amex"}


@pytest.mark.parametrize("pan", ["4111111111111111", "370000000000002", "4506445006931933", "0"])
def test_the_check_digit_is_checked(pan: str) -> None:
    assert is_luhn_valid(pan)
    assert not is_luhn_valid(pan[:-1] + str((int(pan[-1]) + 1) % 10))


@pytest.mark.parametrize("pan", ["", "4111 1111", "-0", "٤١١١"])
def test_what_is_not_digits_has_no_check_digit(pan: str) -> None:
    assert not is_luhn_valid(pan)


@pytest.mark.parametrize(
    "first",
    [
        "%A1234567^SOMETHING?",
        "%B4111111111111111^^30031010000000000?",
        "%B4111 1111 1111 1111^CARD/TEST^30031010000000000?",
        "%B4111111111111111^ABCDEFGHIJKLMNOPQRSTUVWXYZ/^30031010000000000?",
    ],
)
def test_a_first_track_that_cannot_be_read_leaves_a_good_second_one(first: str) -> None:
    second = ";4111111111111111=30031010000000000?"
    assert track.parse({1: first, 2: second}) == track.parse({2: second})
    with pytest.raises(track.TrackError):
        track.parse({1: first})


def test_a_stripe_carries_37_characters_of_track_2_and_no_more() -> None:
    longest = ";4000000000000000006=30031011234567890?"
    assert track.parse({2: longest}).expiry == "3003"
    with pytest.raises(track.TrackError):
        track.parse({2: longest[:-1] + "1?"})


def test_the_chip_may_have_a_track_2_of_38_characters() -> None:
    chip = track.from_tag57(bytes.fromhex("4000000000000000006D300310112345678901"))
    assert chip.track2 is not None
    assert len(chip.track2) == 38


@pytest.mark.parametrize(
    "name", ["Card/Test", "LIN^COLN/A", "LINCOLN/A?", "A\tB/C", "A{B}/C~", "A", "A" * 27]
)
def test_a_name_that_track_1_cannot_carry_is_known(name: str) -> None:
    assert not track.is_holder_name(name)
    assert track.is_holder_name("LINCOLN/A")
