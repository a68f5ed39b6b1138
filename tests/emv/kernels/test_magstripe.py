"""Mag-stripe mode of kernel 2: CVC3, number and counter in the places of the card's maps, and a request that is a track (Book C-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.kernels.magstripe import with_checksum
from terminal_sim.emv.steps.exchange import CardError
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.emv.talk.rules import Rule
from tests.emv.table import rows
from tests.emv.tapped import StripeCard, taking
from tests.emv.terminal import Terminal


def tapped(
    card: StripeCard, *elements: tuple[int, str], amount: int = 1250, **limits: Any
) -> tuple[Outcome, Terminal]:
    config = taking(2, *elements)
    application = replace(config.applications[0], **({"magstripe_mode": True} | limits))
    terminal = Terminal(replace(config, applications=(application,)))
    terminal.host = lambda _: HostDecision(response_code="00")
    terminal.pins = ["1234"]
    return terminal.pay(card, terminal.request(Interface.CONTACTLESS, amount)), terminal


def test_the_request_is_a_track_with_the_code_and_has_no_chip_data() -> None:
    card = StripeCard()
    outcome, terminal = tapped(card)
    assert (outcome.verdict, outcome.went_online, outcome.icc_data) == (Verdict.APPROVED, True, b"")
    [asked] = [ask for ask in terminal.asks if isinstance(ask, GoOnline)]
    number = card.sent.hex()[-3:]
    assert card.sent.hex()[:-3] == "00000"
    assert asked.card.track2 is not None
    assert asked.card.track2.reveal() == f"5123456789012345=3512101009400{number}4883"
    assert (asked.card.pan.reveal(), asked.card.expiry, asked.icc_data) == ("5123456789012345", "3512", b"")
    assert outcome.messages == (DisplayMessage.APPROVED,)


def test_a_terminal_whose_configuration_has_no_such_mode_takes_no_such_card() -> None:
    outcome, _ = tapped(StripeCard(), magstripe_mode=False)
    assert (outcome.verdict, outcome.reasons[-1].rule) == (Verdict.USE_CHIP, Rule.CONTACTLESS_NO_KERNEL)


PLACED = [
    ("all three", "000E", "0E70", ("899", "005E"), "0094008994880"),
    ("no counter", "000E", "0070", ("899", "005E"), "0000008994880"),
    ("no number", "000E", "0E00", ("", "005E"), "0094000004880"),
    ("five digits of CVC3", "001F", "0000", ("", "005E"), "0000000029488"),
    ("a counter with more places than digits", "0000", "1F80", ("", "0001"), "0000010000000"),
    ("nothing", "0000", "0000", ("", "005E"), "0000000000000"),
]


@pytest.mark.parametrize(("cvc3_map", "number_map", "drawn", "is_"), rows(PLACED))
def test_each_bit_of_a_map_is_a_digit_counted_from_the_right(
    cvc3_map: str, number_map: str, drawn: tuple[str, str], is_: str
) -> None:
    number, counter = drawn
    assert (
        with_checksum(
            "0" * 13,
            bytes.fromhex("7330"),
            number,
            bytes.fromhex(counter),
            cvc3_map=int(cvc3_map, 16),
            number_map=int(number_map, 16),
        )
        == is_
    )


@given(st.text("0123456789", max_size=20), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))
def test_whatever_the_maps_say_the_data_keep_their_length(data: str, cvc3_map: int, number_map: int) -> None:
    try:
        made = with_checksum(data, b"\x73\x30", "", b"\x00\x5e", cvc3_map=cvc3_map, number_map=number_map)
    except CardError:
        assert max(cvc3_map, number_map) >> len(data)
    else:
        assert (len(made), made.isdigit() or not made) == (len(data), True)


REFUSED = [
    ("no track", StripeCard(record={0x9F6B: ""}), Verdict.CARD_ERROR),
    ("no map of CVC3", StripeCard(record={0x9F65: ""}), Verdict.CARD_ERROR),
    ("more digits of the counter than places", StripeCard(record={0x9F67: "07"}), Verdict.CARD_ERROR),
    ("nine places for the number", StripeCard(record={0x9F66: "0FF8", 0x9F67: "00"}), Verdict.CARD_ERROR),
    ("a place that is not there", StripeCard(record={0x9F65: "E000"}), Verdict.CARD_ERROR),
    ("no discretionary data", StripeCard(record={0x9F6B: "5123456789012345D3512101"}), Verdict.CARD_ERROR),
    ("a track that is none", StripeCard(record={0x9F6B: "5123"}), Verdict.CARD_ERROR),
    ("no counter in the answer", StripeCard(answer={0x9F61: "7330"}), Verdict.CARD_ERROR),
    ("no CVC3", StripeCard(answer={0x9F36: "005E"}), Verdict.DECLINED),
    (
        "a phone that wants its owner",
        StripeCard(answer={0x9F36: "005E", 0xDF4B: "000100"}),
        Verdict.SEE_PHONE,
    ),
]


@pytest.mark.parametrize(("card", "verdict"), rows(REFUSED))
def test_a_card_that_makes_no_track_pays_nothing(card: StripeCard, verdict: Verdict) -> None:
    outcome, _ = tapped(card)
    assert (outcome.verdict, outcome.went_online) == (verdict, False), outcome.reasons


VERIFIED = [
    ("below the limit, none", 999, (), {}, "no-cvm"),
    ("below it, as the configuration says", 999, ((0xDF812C, "10"),), {}, "signature"),
    ("over it, a PIN for the issuer", 1001, (), {}, "online-pin"),
    ("over it, as the configuration says", 1001, ((0xDF811E, "10"),), {}, "signature"),
    ("by the device", 1001, (), {0xDF4B: "001000"}, "on-device"),
]


@pytest.mark.parametrize(("amount", "elements", "said", "done"), rows(VERIFIED))
def test_the_configuration_and_the_device_say_how_the_cardholder_is_verified(
    amount: int, elements: tuple[tuple[int, str], ...], said: dict[int, str], done: str
) -> None:
    card = StripeCard(answer={0x9F61: "7330", 0x9F36: "005E"} | said)
    outcome, terminal = tapped(card, *elements, amount=amount, contactless_cvm_limit=1000)
    assert (outcome.verdict, outcome.cvm) == (Verdict.APPROVED, done), outcome.reasons
    [asked] = [ask for ask in terminal.asks if isinstance(ask, GoOnline)]
    assert asked.card.track2 is not None
    assert asked.card.track2.reveal()[-1] == ("8" if done == "on-device" else "3")


def test_the_card_s_own_list_says_what_it_gets() -> None:
    card = StripeCard(record={0x9F69: "9F6A049F02069F6D02"})
    tapped(card)
    assert card.sent[4:].hex() == "0000000012500001"
