"""Kernel 3: a TC counts where the card's signature proves it, and otherwise goes where the card wishes (Book C-3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from terminal_sim.emv.talk.config import ReaderLimits
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.emv.talk.rules import Rule
from tests.emv.table import rows
from tests.emv.tapped import TODAY, TapCard, taking
from tests.emv.terminal import Terminal

TC = 0x40
VERSION_1 = bytes.fromhex("01000000000080")
VERSION_0 = bytes.fromhex("00000000000080")


def tapped(card: TapCard, amount: int = 1250, kind: str = "00", date: str = TODAY, **changes: Any) -> Outcome:
    terminal = Terminal(taking(3, **changes))
    return terminal.pay(card, terminal.request(Interface.CONTACTLESS, amount, date, kind))


PROVEN = [
    ("with the unpredictable number alone", TapCard(fast=True, kind=TC)),
    ("with card authentication data of version 1", TapCard(fast=True, kind=TC, record={0x9F69: VERSION_1})),
    ("with card authentication data of version 0", TapCard(fast=True, kind=TC, record={0x9F69: VERSION_0})),
    ("with those data in the answer", TapCard(fast=True, kind=TC, gpo={0x9F69: VERSION_1})),
]


@pytest.mark.parametrize("card", rows(PROVEN))
def test_a_signed_tc_is_an_offline_approval(card: TapCard) -> None:
    outcome = tapped(card)
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, False), outcome.reasons
    assert outcome.reasons[-1].rule is Rule.CARD_APPROVED_OFFLINE
    assert (outcome.messages, outcome.receipt, outcome.tvr) == ((DisplayMessage.APPROVED,), True, bytes(5))


UNPROVEN = [
    ("a signature of another transaction", TapCard(fast=True, kind=TC, spoilt=True)),
    ("no signature", TapCard(kind=TC)),
    ("a signature that is none", TapCard(kind=TC, gpo={0x9F4B: bytes(128)})),
    ("a signature that is too short", TapCard(kind=TC, gpo={0x9F4B: b"\x01"})),
    ("a card that says it cannot sign", TapCard(fast=True, kind=TC, aip="0080")),
    (
        "a record that its certificate does not cover",
        TapCard(
            fast=True, kind=TC, answers={0xB2: [bytes.fromhex("70105A0812345600123456085F24033112319000")]}
        ),
    ),
]


@pytest.mark.parametrize("card", rows(UNPROVEN))
def test_a_tc_that_nothing_proves_is_a_decline(card: TapCard) -> None:
    outcome = tapped(card)
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False), outcome.reasons
    assert outcome.reasons[-1].rule is Rule.CARD_OFFLINE_UNPROVEN


def test_a_terminal_without_the_schemes_key_proves_nothing() -> None:
    outcome = tapped(TapCard(fast=True, kind=TC), ca_keys=())
    assert outcome.verdict is Verdict.DECLINED
    assert Rule.ODA_DDA_FAILED in [reason.rule for reason in outcome.reasons]


def wishing(wishes: str, **more: Any) -> TapCard:
    return TapCard(fast=True, kind=TC, gpo={0x9F6C: bytes.fromhex(wishes)}, **more)


WISHES = [
    ("not proven, online", wishing("2000", spoilt=True), {}, "online"),
    ("not proven, to the contacts", wishing("1000", spoilt=True), {}, Verdict.USE_CHIP),
    (
        "not proven, to contacts that are not there",
        wishing("1000", spoilt=True),
        {"capabilities": bytes.fromhex("C060C8")},
        Verdict.DECLINED,
    ),
    (
        "not proven, online where the terminal never is",
        wishing("2000", spoilt=True),
        {"terminal_type": "23"},
        Verdict.DECLINED,
    ),
    ("expired, online", wishing("0800", record={0x5F24: bytes.fromhex("250101")}), {}, "online"),
    ("expired", wishing("0000", record={0x5F24: bytes.fromhex("250101")}), {}, Verdict.DECLINED),
    ("cash to the contacts", wishing("0400"), {"kind": "01"}, Verdict.USE_CHIP),
    ("a purchase with that wish", wishing("0400"), {}, Verdict.APPROVED),
    ("cashback to the contacts", wishing("0200"), {"kind": "09"}, Verdict.USE_CHIP),
    (
        "a use that the card does not allow",
        wishing("0000", record={0x9F07: bytes.fromhex("0000")}),
        {},
        Verdict.DECLINED,
    ),
]


@pytest.mark.parametrize(("card", "how", "ends"), rows(WISHES))
def test_the_cards_wishes_say_what_becomes_of_its_tc(
    card: TapCard, how: dict[str, Any], ends: object
) -> None:
    outcome = tapped(card, **how)
    assert ("online" if outcome.went_online else outcome.verdict) == ends, outcome.reasons


DEVICES = [
    ("signed with the wish in 9F69", {0x9F69: VERSION_1}, "0080", Verdict.APPROVED, "on-device"),
    (
        "signed with another wish in 9F69",
        {0x9F69: bytes.fromhex("01000000000000")},
        "0080",
        Verdict.DECLINED,
        "",
    ),
    ("without 9F69", {}, "0080", Verdict.DECLINED, ""),
    ("with a signature besides", {}, "40C0", Verdict.APPROVED, "signature"),
]


@pytest.mark.parametrize(("record", "wishes", "verdict", "done"), rows(DEVICES))
def test_with_a_tc_the_device_is_believed_where_its_word_is_signed(
    record: dict[int, bytes], wishes: str, verdict: Verdict, done: str
) -> None:
    config = taking(3)
    limited = replace(config.applications[0], contactless_cvm_limit=0)
    card = TapCard(fast=True, kind=TC, record=record, gpo={0x9F6C: bytes.fromhex(wishes)})
    outcome = tapped(card, applications=(limited,))
    assert (outcome.verdict, outcome.cvm) == (verdict, done), outcome.reasons


def test_a_device_that_wants_its_owner_is_to_be_looked_at() -> None:
    outcome = tapped(TapCard(answers={0xA8: [b"\x69\x86"]}))
    assert (outcome.verdict, outcome.messages, outcome.field_off) == (
        Verdict.SEE_PHONE,
        (DisplayMessage.SEE_PHONE,),
        13,
    )


def test_a_card_whose_pdol_does_not_ask_for_the_ttq_is_passed_over() -> None:
    outcome = tapped(TapCard(pdol="9F3704"))
    assert outcome.reasons[-1].rule is Rule.SELECT_CONTACTLESS_NONE_LEFT


@pytest.mark.parametrize(("ttq", "noted"), [("37000000", True), ("36000000", False)])
def test_a_terminal_that_proves_cards_online_too_notes_a_signature_that_fails(ttq: str, noted: bool) -> None:
    application = replace(taking(3).applications[0], qualifiers=bytes.fromhex(ttq))
    outcome = tapped(TapCard(fast=True, spoilt=True), applications=(application,))
    assert outcome.went_online
    assert (Rule.ODA_DDA_FAILED in [reason.rule for reason in outcome.reasons]) is noted


def limits(program: str, **more: Any) -> ReaderLimits:
    return ReaderLimits(program=bytes.fromhex(program), **more)


OF_PROGRAMS = [
    ("no program: the application's", "", (), (1000, "3600c000", Verdict.APPROVED)),
    ("a program without limits", "3102", (limits("32"),), (1000, "3600c000", Verdict.APPROVED)),
    (
        "a floor limit of nothing",
        "3102",
        (limits("31", contactless_floor_limit=0),),
        (1000, "3680c000", "online"),
    ),
    ("a limit that is reached", "31", (limits("31", contactless_limit=1000),), (1000, "", Verdict.USE_CHIP)),
    (
        "the longest one that fits",
        "3102",
        (limits("31", contactless_limit=1), limits("3102", contactless_floor_limit=1000)),
        (1000, "3600c000", Verdict.APPROVED),
    ),
    (
        "a limit of verification",
        "31",
        (limits("31", contactless_floor_limit=1000, contactless_cvm_limit=1000),),
        (1000, "3640c000", Verdict.APPROVED),
    ),
    (
        "a status check",
        "31",
        (limits("31", contactless_floor_limit=1000, status_check=True),),
        (100, "3680c000", "online"),
    ),
    (
        "an amount of zero that is not allowed",
        "31",
        (limits("31", zero_amount_allowed=False),),
        (0, "", Verdict.USE_CHIP),
    ),
]


@pytest.mark.parametrize(("program", "sets", "ends"), rows(OF_PROGRAMS))
def test_the_program_of_a_card_has_limits_of_its_own(
    program: str, sets: tuple[ReaderLimits, ...], ends: tuple[int, str, object]
) -> None:
    amount, qualifiers, verdict = ends
    config = taking(3)
    config = replace(config, applications=(replace(config.applications[0], reader_limits=sets),))
    card = TapCard(fast=True, kind=TC, program=program)
    terminal = Terminal(config)
    outcome = terminal.pay(card, terminal.request(Interface.CONTACTLESS, amount))
    assert ("online" if outcome.went_online else outcome.verdict) == verdict, outcome.reasons
    assert card.sent[:4].hex() == qualifiers
