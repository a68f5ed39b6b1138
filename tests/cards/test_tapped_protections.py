"""Relay resistance and the recovery of a torn transaction, of the kernel against a whole virtual card (EMV Book C-2, 3.7 and 3.10)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.display.texts import Texts
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys import tdes

Cards = Callable[[str], VirtualCard]
TEXTS = Texts.load()
SELECT, OPTIONS = "00A4040007A000000004101000", "80A8000002830000"
GENERATE_AC = "10"
"""Which command of a tap of `mastercard-near` GENERATE AC is."""
RESIST, CERTIFY = "80EA00000411223344" + "00", "80AE800020" + "00" * 32 + "00"


def tapping(bench: Bench) -> TerminalUnderTest:
    till = bench.add_terminal("v400m", options={"kernel": "relay-resistance"})
    pay(till)
    return till


def pay(till: TerminalUnderTest) -> None:
    for key in ("OK", "1", "0", "0", "0", "OK"):
        till.press(key)


@pytest.mark.parametrize(
    ("card", "ends", "limits"),
    [("mastercard-near", "approved", False), ("mastercard-relayed", "declined", True)],
)
def test_a_card_is_taken_where_it_is_as_near_as_it_says(card: str, ends: str, limits: bool) -> None:
    with Bench(texts=TEXTS) as bench:
        till = tapping(bench)
        till.tap(card)
        bench.advance(3_000_000)
        assert till.view().screen.id == ends
        assert ("relay.time-limits" in till.reasons) == limits


def test_a_torn_tap_is_recovered_with_the_cryptogram_that_was_lost() -> None:
    with Bench(texts=TEXTS) as bench:
        till = tapping(bench)
        till.fault("card-answer-lost", GENERATE_AC)
        till.tap("mastercard-near")
        bench.advance(1_000_000)
        assert till.view().screen.id == "present-card"
        till.tap("mastercard-near")
        bench.advance(3_000_000)
        assert till.view().screen.id == "approved"
        assert "torn.recovered" in till.reasons
        assert [message.fields.get("type") for message in bench.host_messages()].count("reversal") == 0


def face_of(card: VirtualCard) -> Callable[[str], str]:
    face = card.contactless
    assert face is not None
    face.reset()
    return lambda command: face.transmit(bytes.fromhex(command)).hex().upper()


def test_relay_resistance_has_its_place_and_its_number(card: Cards) -> None:
    say = face_of(card("mastercard-near"))
    say(SELECT)
    assert say(RESIST) == "6985"
    say(OPTIONS)
    answers = [say(RESIST) for _ in range(3)]
    assert {answer[:4] + answer[12:] for answer in answers} == {"800A" + "000A00140018" + "9000"}
    assert say(RESIST) == "6985"
    assert say("80EA00000311223300") == "6985"
    assert say(CERTIFY)[-4:] == "9000"


@pytest.mark.parametrize(("known", "word"), [("00" * 13, "9000"), ("11" * 13, "6A88"), ("00" * 12, "6A88")])
def test_only_who_knows_a_torn_transaction_gets_its_answer(card: Cards, known: str, word: str) -> None:
    made = card("mastercard-near")
    say = face_of(made)
    for command in (SELECT, OPTIONS):
        say(command)
    lost = say(CERTIFY)
    recover = f"80D00000{len(known) // 2:02X}{known}00"
    assert say(recover) == "6985"
    say = face_of(made)
    for command in (SELECT, OPTIONS):
        say(command)
    answer = say(recover)
    assert answer[-4:] == word
    assert (answer == lost) == (word == "9000")


def test_a_torn_transaction_outlives_the_field_and_the_power(card: Cards) -> None:
    made, again = card("mastercard-near"), card("mastercard-near")
    say = face_of(made)
    lost = [say(command) for command in (SELECT, OPTIONS, CERTIFY)][-1]
    again.resume(made.snapshot())
    say = face_of(again)
    assert [say(command) for command in (SELECT, OPTIONS, "80D000000D" + "00" * 13 + "00")][-1] == lost


@pytest.mark.parametrize(
    ("name", "atr"), [("visa-t1", "3BE500008131FE45"), ("visa-both-protocols", "3BE500008031FE45")]
)
def test_a_card_offers_its_protocols(card: Cards, name: str, atr: str) -> None:
    chip = card(name).chip
    assert chip is not None
    assert chip.atr.hex().upper().startswith(atr)
    check = 0
    for byte in chip.atr[1:]:
        check ^= byte
    assert check == 0


@pytest.mark.parametrize(
    ("name", "ends"), [("visa-t1", "approved"), ("visa-both-protocols", "swipe-instead")]
)
def test_a_terminal_takes_the_protocols_that_emv_allows(name: str, ends: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        pay(till)
        till.insert(name)
        bench.advance(3_000_000)
        assert till.view().screen.id == ends


def test_a_card_of_mag_stripe_mode_pays_where_the_kernel_file_has_the_mode() -> None:
    with Bench(texts=TEXTS) as bench:
        till = tapping(bench)
        till.tap("mastercard-magstripe-mode")
        bench.advance(3_000_000)
        assert till.view().screen.id == "approved"
        [sale] = bench.host_messages()
        assert sale.fields["entry"] == "contactless"


def test_the_code_of_mag_stripe_mode_is_made_of_track_number_and_counter(card: Cards) -> None:
    made = card("mastercard-magstripe-mode")
    say = face_of(made)
    compute = "802A8E80041234567800"
    assert say(SELECT)[-4:] == "9000"
    assert say(compute) == "6985"
    assert say(OPTIONS) == "770A82020000940408010100" + "9000"
    record = bytes.fromhex(say("00B2010C00"))[:-2]
    track = dict(tlv.split(tlv.only(record, tags.RECORD)))[0x9F6B]
    key = made.memory.accounts[0].key.reveal()
    start = tdes.retail_mac(key, track)[-2:]
    code = tdes.encrypt(key, start + bytes.fromhex("12345678" + "0001"))[-2:]
    assert say("802A8E80031234567800"[:-4] + "00") == "6700"
    assert say("802A8F80041234567800") == "6A86"
    assert say(compute) == "770A" + "9F6102" + code.hex().upper() + "9F36020001" + "9000"
    assert say(compute) == "6985"
