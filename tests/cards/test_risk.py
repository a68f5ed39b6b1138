"""What a chip decides by itself, and how it tells its issuer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import CardFace, VirtualCard
from terminal_sim.cards.profile.traits import OfflineLimits
from terminal_sim.cards.system.results import CardFacts, verification_results
from terminal_sim.cards.system.schemes import scheme_of
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.keys.issuer_data import IssuerDataLayout

Cards = Callable[[str], VirtualCard]

SELECT = "00A4040007A000000003101000"
GPO = "80A8000002830000"


def certify(asked: str, amount: int = 0) -> str:
    """The first GENERATE AC that asks for a kind of cryptogram, with an amount in minor units."""
    return f"80AE{asked}001D{amount:012}" + "00" * 23 + "00"


def visa(card: Cards, keys: IssuerKeys, **changes: Any) -> CardFace:
    personality = card("visa-credit").personality
    assert personality.chip is not None
    made = catalogue.make(replace(personality, chip=replace(personality.chip, **changes)), keys)
    assert made.chip is not None
    return made.chip


def kind(face: CardFace, command: str) -> int:
    """The kind of cryptogram that a new transaction ends with."""
    for before in (SELECT, GPO):
        face.transmit(bytes.fromhex(before))
    return face.transmit(bytes.fromhex(command))[2]


def test_a_card_approves_offline_up_to_its_payments_and_its_amount(card: Cards, keys: IssuerKeys) -> None:
    face = visa(card, keys, offline=OfflineLimits(payments=2, amount=5000))
    assert kind(face, certify("40", 4000)) == Cryptogram.TC
    assert kind(face, certify("40", 1001)) == Cryptogram.ARQC
    assert kind(face, certify("80", 100)) == Cryptogram.ARQC
    assert kind(face, certify("40", 1000)) == Cryptogram.TC
    assert kind(face, certify("40", 0)) == Cryptogram.ARQC
    assert kind(face, certify("00", 0)) == Cryptogram.AAC


def test_a_card_without_limits_always_wants_its_issuer(card: Cards, keys: IssuerKeys) -> None:
    assert kind(visa(card, keys), certify("40", 1)) == Cryptogram.ARQC


def test_a_declining_card_and_a_blocked_application_give_an_aac(card: Cards, keys: IssuerKeys) -> None:
    assert kind(visa(card, keys, declines=True), certify("40")) == Cryptogram.AAC
    face = visa(card, keys, blocked="application")
    answer = face.transmit(bytes.fromhex(SELECT))
    assert (answer[:1], answer[-2:].hex()) == (b"\x6f", "6283")
    assert kind(face, certify("80")) == Cryptogram.AAC


def test_a_blocked_card_has_nothing_to_select(card: Cards, keys: IssuerKeys) -> None:
    face = visa(card, keys, blocked="card")
    assert face.transmit(bytes.fromhex(SELECT)).hex().upper() == "6A81"


FACTS = [
    ("visa", "an ARQC", CardFacts(first=Cryptogram.ARQC), "A00000"),
    ("visa", "a TC after it", CardFacts(first=Cryptogram.ARQC, second=Cryptogram.TC), "600000"),
    ("visa", "a wrong PIN", CardFacts(first=Cryptogram.ARQC, pin_compared=True, pin_wrong=True), "A60000"),
    ("visa", "a script", CardFacts(first=Cryptogram.TC, scripts=2, script_failed=True), "900028"),
    ("mchip", "a right PIN", CardFacts(first=Cryptogram.ARQC, pin_compared=True), "A50000000000"),
    ("mchip", "a used up PIN", CardFacts(first=Cryptogram.AAC, pin_blocked=True), "800000100000"),
    ("mchip", "CDA", CardFacts(first=Cryptogram.TC, combined=True), "904000000000"),
    ("interac", "a failed answer", CardFacts(first=Cryptogram.ARQC, issuer_failed=True), "A8000000"),
    ("ccd", "a failed answer", CardFacts(first=Cryptogram.ARQC, issuer_failed=True), "A100000000"),
    ("ccd", "DDA", CardFacts(first=Cryptogram.ARQC, dynamic=True), "A400000000"),
]


@pytest.mark.parametrize(
    ("layout", "facts", "results"),
    [(one[0], one[2], one[3]) for one in FACTS],
    ids=[f"{one[0]}: {one[1]}" for one in FACTS],
)
def test_facts_stand_where_the_scheme_has_them(layout: str, facts: CardFacts, results: str) -> None:
    assert verification_results(IssuerDataLayout(layout), facts).hex().upper() == results


@pytest.mark.parametrize(
    ("aid", "version"),
    [
        ("A0000000031010", 0x0A),
        ("A0000000041010", 0x10),
        ("A00000002501", 0x01),
        ("A0000002771010", 0x85),
        ("A0000000421010", 0xA5),
    ],
)
def test_each_scheme_has_its_version(aid: str, version: int) -> None:
    assert scheme_of(bytes.fromhex(aid)).version.number == version


@pytest.mark.parametrize(("field", "value"), [("payments", 256), ("amount", -1)])
def test_limits_name_the_field_that_breaks_a_rule(field: str, value: int) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        OfflineLimits(**({"payments": 1, "amount": 1} | {field: value}))
