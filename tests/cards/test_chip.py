from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import CardFace, VirtualCard
from terminal_sim.cards.system.chip import ChipCard
from terminal_sim.emv.keys.derivation import IssuerKeys
from tests.emv.terminal import ISSUER_KEY
from tests.examples import examples

Cards = Callable[[str], VirtualCard]

SELECT_VISA = "00A4040007A000000003101000"
SELECT_PSE = "00A404000E315041592E5359532E444446303100"
GPO = "80A8000002830000"
GENERATE_ARQC = "80AE80001D" + "00" * 29 + "00"
GENERATE_TC = "80AE40001F" + "3030" + "00" * 29 + "00"
GENERATE_AAC = "80AE00001D" + "00" * 29 + "00"
EXTERNAL_AUTHENTICATE = "008200000A" + "00" * 8 + "3030"


def chip(card: VirtualCard) -> CardFace:
    assert card.chip is not None
    card.chip.reset()
    return card.chip


def say(card: CardFace, *commands: str) -> list[str]:
    """The status words of the answers."""
    return [card.transmit(bytes.fromhex(command))[-2:].hex().upper() for command in commands]


def test_the_answer_to_reset_is_that_of_a_t0_card(card: Cards) -> None:
    assert chip(card("visa-credit")).atr == bytes.fromhex("3B65000020 63CB6600")


def test_the_contactless_answer_to_reset_is_that_of_pcsc(card: Cards) -> None:
    made = card("visa-credit")
    assert made.contactless is not None
    # PC/SC part 3; the same historical bytes as in the published example.
    assert made.contactless.reset() == bytes.fromhex("3B8E800180318066B1840C016E01830090001C")


def test_a_transaction_in_its_order_is_followed(card: Cards) -> None:
    words = say(
        chip(card("visa-credit")),
        SELECT_PSE,
        "00B2010C00",
        SELECT_VISA,
        GPO,
        "00B2010C00",
        GENERATE_ARQC,
        GENERATE_TC,
    )
    assert words == ["9000"] * 7


OUT_OF_ORDER = {
    "GPO before SELECT": [GPO],
    "GPO twice": [SELECT_VISA, GPO, GPO],
    "READ RECORD before GPO": [SELECT_VISA, "00B2010C00"],
    "GENERATE AC before GPO": [SELECT_VISA, GENERATE_ARQC],
    "a third GENERATE AC": [SELECT_VISA, GPO, GENERATE_ARQC, GENERATE_TC, GENERATE_TC],
    "GENERATE AC after an AAC": [SELECT_VISA, GPO, GENERATE_AAC, GENERATE_TC],
    "EXTERNAL AUTHENTICATE before GENERATE AC": [SELECT_VISA, GPO, EXTERNAL_AUTHENTICATE],
    "GPO in the directory": [SELECT_PSE, GPO],
}


@pytest.mark.parametrize("commands", OUT_OF_ORDER.values(), ids=OUT_OF_ORDER)
def test_what_is_out_of_order_is_6985(card: Cards, commands: list[str]) -> None:
    words = say(chip(card("visa-credit")), *commands)
    assert words[-1] == "6985"
    assert set(words[:-1]) <= {"9000"}


def test_external_authenticate_is_tried_once(card: Cards) -> None:
    words = say(
        chip(card("visa-credit")),
        SELECT_VISA,
        GPO,
        GENERATE_ARQC,
        EXTERNAL_AUTHENTICATE,
        EXTERNAL_AUTHENTICATE,
    )
    assert words[-2:] == ["6300", "6985"]


def test_a_reset_forgets_all_but_the_counter(card: Cards) -> None:
    visa = chip(card("visa-credit"))
    say(visa, SELECT_VISA, GPO)
    visa.reset()
    assert say(visa, GENERATE_ARQC) == ["6985"]
    assert visa.transmit(bytes.fromhex("80CA9F3600")).hex().upper() == "9F360200019000"


WRONG = {
    "an unknown instruction": ("00FF000000", "6D00"),
    "an unknown class": ("90A4040000", "6E00"),
    "half a header": ("00A404", "6700"),
    "Lc beyond the end": ("00A4040009A0", "6700"),
    "two bytes after the data": ("00A4040001A00000", "6700"),
    "SELECT by file identifier": ("00A40000023F00", "6A86"),
    "an unknown application": ("00A4040007A0000000999999", "6A82"),
    "an empty name": ("00A4040000", "6A82"),
    "an unknown data object": ("80CA9F1400", "6A88"),
    "a PIN where none is compared": ("0020008008241234FFFFFFFFFF", "6984"),
    "a PIN of another format": ("0020008808241234FFFFFFFFFF", "6A86"),
}


@pytest.mark.parametrize(("command", "word"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_has_its_status(card: Cards, command: str, word: str) -> None:
    assert say(chip(card("visa-credit")), command) == [word]


INITIATED_WRONG = {
    "a record that is not there": ("00B2090C00", "6A83"),
    "a record by identifier": ("00B2010800", "6A86"),
    "CDOL data too short": ("80AE80000100", "6700"),
    "a combined signature": ("80AE90001D" + "00" * 29, "6A86"),
    "no kind of cryptogram": ("80AEC0001D" + "00" * 29, "6A86"),
}


@pytest.mark.parametrize(("command", "word"), INITIATED_WRONG.values(), ids=INITIATED_WRONG)
def test_what_is_wrong_later_has_its_status(card: Cards, command: str, word: str) -> None:
    assert say(chip(card("visa-credit")), SELECT_VISA, GPO, command)[-1] == word


@pytest.mark.parametrize(("data", "word"), [("02 8301", "6A80"), ("03 830100", "6700"), ("00", "6A80")])
def test_processing_options_need_what_the_list_wants(card: Cards, data: str, word: str) -> None:
    assert say(chip(card("visa-credit")), SELECT_VISA, "80A80000" + data)[-1] == word


def test_partial_names_walk_through_the_applications(card: Cards) -> None:
    amex = chip(card("amex-credit"))
    assert say(amex, "00A4040006A0000000250100", "00A4040206A0000000250100") == ["9000", "6A82"]


def test_wrong_pins_are_counted_over_resets_until_the_pin_is_blocked(card: Cards) -> None:
    mastercard = chip(card("mastercard-pin"))
    select = "00A4040007A000000004101000"
    wrong, right = "0020008008249999FFFFFFFFFF", "0020008008241234FFFFFFFFFF"
    assert say(mastercard, select, GPO, wrong)[-1] == "63C2"
    mastercard.reset()
    assert say(mastercard, select, GPO, wrong, right, wrong)[-3:] == ["63C1", "9000", "63C2"]
    assert say(mastercard, wrong, wrong, right) == ["63C1", "63C0", "6983"]
    assert mastercard.transmit(bytes.fromhex("80CA9F1700")).hex().upper() == "9F1701009000"
    assert say(mastercard, "0020008008349999FFFFFFFFFF") == ["6983"]


def test_a_pin_is_compared_only_after_the_processing_options_and_only_as_a_block(card: Cards) -> None:
    mastercard = chip(card("mastercard-pin"))
    right, no_block = "0020008008241234FFFFFFFFFF", "00200080080000000000000000"
    assert say(mastercard, right, "00A4040007A000000004101000", GPO, no_block) == [
        "6985",
        "9000",
        "9000",
        "6A80",
    ]


def test_external_authenticate_has_its_form(card: Cards) -> None:
    visa = chip(card("visa-credit"))
    words = say(visa, SELECT_VISA, GPO, GENERATE_ARQC, "008201000A" + "00" * 10, "0082000007" + "00" * 7)
    assert words[-2:] == ["6A86", "6700"]


def test_a_counter_that_has_run_out_begins_nothing(card: Cards) -> None:
    visa = chip(card("visa-credit"))
    assert isinstance(visa, ChipCard)
    visa._memory.accounts[0].keep(atc=0xFFFE)
    assert say(visa, SELECT_VISA, GPO, SELECT_VISA, GPO) == ["9000", "9000", "9000", "6985"]


def test_two_transactions_have_two_cryptograms(card: Cards) -> None:
    visa = chip(card("visa-credit"))
    first = [visa.transmit(bytes.fromhex(command)) for command in (SELECT_VISA, GPO, GENERATE_ARQC)][-1]
    second = [visa.transmit(bytes.fromhex(command)) for command in (SELECT_VISA, GPO, GENERATE_ARQC)][-1]
    assert first[:3] == second[:3]
    assert first[5:13] != second[5:13]


@examples(80)
@given(
    st.sampled_from(
        ["visa-credit", "mastercard-pin", "interac-debit", "phone", "visa-offline", "mastercard-offline"]
    ),
    st.lists(
        st.one_of(
            st.binary(max_size=270),
            st.sampled_from([SELECT_VISA, SELECT_PSE, GPO, GENERATE_ARQC, GENERATE_TC]).map(bytes.fromhex),
            st.tuples(
                st.sampled_from(
                    [
                        "00A404",
                        "80A800",
                        "80AE80",
                        "80AE40",
                        "80AE90",
                        "00B201",
                        "008200",
                        "008400",
                        "008800",
                        "002000",
                        "80CA9F",
                        "841E00",
                        "842400",
                        "84DA9F",
                        "84DC01",
                    ]
                ),
                st.binary(min_size=1, max_size=40),
            ).map(lambda one: bytes.fromhex(one[0]) + one[1]),
        ),
        max_size=8,
    ),
)
def test_any_bytes_get_a_status_word(name: str, commands: list[bytes]) -> None:
    made = catalogue.load(name, (), IssuerKeys(ISSUER_KEY))
    for face in (made.chip, made.contactless):
        if face is not None:
            for command in commands:
                answer = face.transmit(command)
                assert 2 <= len(answer) <= 258
                assert answer[-2] >> 4 in (6, 9)


TAP_SELECT = "00A404000E325041592E5359532E444446303100"
TAP_GPO = "80A80000238321" + "B680C000" + "00" * 29 + "00"


def test_a_tap_in_its_order_is_followed_and_nothing_else(card: Cards) -> None:
    made = card("visa-credit")
    assert made.contactless is not None
    face = made.contactless
    assert say(face, GPO, "00B2010C00") == ["6985", "6985"]
    assert say(face, TAP_SELECT, SELECT_VISA, TAP_GPO, "00B2010C00") == ["9000"] * 4
    assert say(face, TAP_GPO, "00B2020C00", "00B2010800") == ["6985", "6A83", "6A86"]
    assert say(face, "00A4040007A000000004101000", "80AE800000", "00A40402070000") == ["6A82", "6D00", "6700"]
    face.reset()
    assert say(face, TAP_GPO) == ["6985"]


def test_a_tapped_card_of_generate_ac_certifies_once_and_in_its_order(card: Cards) -> None:
    face = card("mastercard-pin").contactless
    assert face is not None
    select, options, certify = "00A4040007A000000004101000", "80A8000002830000", GENERATE_ARQC
    assert say(face, select, certify, options) == ["9000", "6985", "9000"]
    assert say(face, "00B2021400", certify, certify) == ["9000", "9000", "6985"]
    assert say(face, select, options, certify[:4] + "C0" + certify[6:]) == ["9000", "9000", "6A86"]
    assert say(face, "80AE80000400000000" + "00") == ["6700"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"pdol": "9F0206"}, "pdol"),
        ({"cryptogram": "generate-ac", "contact_above": 100}, "contact_above"),
        ({"cryptogram": "generate-ac", "pdol": "9F"}, None),
        ({"cryptogram": "generate-ac", "pdol": "9F0206", "contact_above": 100}, None),
    ],
)
def test_a_contactless_face_names_the_field_that_breaks_a_rule(
    card: Cards, changes: dict[str, Any], field: str | None
) -> None:
    face = card("visa-credit").personality.contactless
    assert face is not None
    if field is None:
        assert replace(face, **changes).cryptogram == "generate-ac"
    else:
        with pytest.raises(ValueError, match=f"^{field}: "):
            replace(face, **changes)


def test_a_tap_with_an_amount_of_letters_is_refused(card: Cards, keys: IssuerKeys) -> None:
    personality = card("visa-credit").personality
    assert personality.contactless is not None
    limited = replace(personality, contactless=replace(personality.contactless, contact_above=100))
    face = catalogue.make(limited, keys).contactless
    assert face is not None
    letters = TAP_GPO[:22] + "AAAAAAAAAAAA" + TAP_GPO[34:]
    assert say(face, SELECT_VISA, letters) == ["9000", "6A80"]
