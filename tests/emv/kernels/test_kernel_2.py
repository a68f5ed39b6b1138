"""Kernel 2: capabilities of the tap, combined signatures, relay resistance, and the recovery of a torn transaction (Book C-2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.kernels import relay
from terminal_sim.emv.kernels.relay import RelayLimits, RelayTimes
from terminal_sim.emv.talk.asks import Command
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Start
from terminal_sim.emv.talk.rules import Rule
from tests.emv.table import rows
from tests.emv.tapped import ATC, CRYPTOGRAM, TapCard, taken, taking
from tests.emv.terminal import Terminal

CDOL = "9F02069F03069F1A0295055F2A029A039C019F3704"
AIP = "0180"
RELAY_AIP = "0181"
RELAY = (0xDF811B, "30")
TORN = (0xDF811C, "012C"), (0xDF811D, "01")
DRDOL = {0x9F51: bytes.fromhex("9F3704")}
SIGNING = bytes.fromhex("E060C8")


def card(**changes: Any) -> TapCard:
    return TapCard(**({"aip": AIP, "pdol": "", "cdol": CDOL} | changes))


def test_a_signed_tc_is_an_offline_approval() -> None:
    outcome, asks = taken(taking(2), card(kind=0x40))
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, False), outcome.reasons
    assert outcome.cryptogram == CRYPTOGRAM.hex().upper()
    assert outcome.tvr == bytes(5)
    [generate] = [ask.apdu for ask in asks if isinstance(ask, Command) and ask.apdu[1] == 0xAE]
    assert generate[2] == 0x50


@pytest.mark.parametrize("kernel", [0, 2, 4, 5])
def test_an_arqc_is_signed_too(kernel: int) -> None:
    outcome, _ = taken(taking(kernel), card())
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, True), outcome.reasons
    assert dict(tlv.split(outcome.icc_data))[tags.CRYPTOGRAM] == CRYPTOGRAM


def test_a_signature_that_fails_is_a_decline_before_the_issuer() -> None:
    outcome, _ = taken(taking(2), card(spoilt=True))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)
    assert outcome.reasons[-1].rule is Rule.ODA_CDA_FAILED


def test_a_terminal_without_the_schemes_key_asks_for_no_signature() -> None:
    outcome, asks = taken(taking(2, ca_keys=()), card())
    assert int.from_bytes(outcome.tvr) & tvr.CDA_FAILED
    [generate] = [ask.apdu for ask in asks if isinstance(ask, Command) and ask.apdu[1] == 0xAE]
    assert generate[2] & 0x10 == 0
    assert outcome.went_online


CAPABILITIES = [
    ("as the terminal can", (), None, "E008C8"),
    ("as the terminal can, with verification", (), 0, "E060C8"),
    (
        "as configured",
        ((0xDF8117, "20"), (0xDF8118, "40"), (0xDF8119, "08"), (0xDF811F, "08")),
        None,
        "200808",
    ),
    ("as configured, with verification", ((0xDF8118, "40"), (0xDF811F, "08")), 0, "E04008"),
]


@pytest.mark.parametrize(("elements", "limit", "built"), rows(CAPABILITIES))
def test_the_capabilities_are_built_for_the_tap(
    elements: tuple[tuple[int, str], ...], limit: int | None, built: str
) -> None:
    config = taking(2, *elements)
    config = replace(config, applications=(replace(config.applications[0], contactless_cvm_limit=limit),))
    outcome, _ = taken(config, card())
    assert dict(tlv.split(outcome.icc_data))[tags.CAPABILITIES].hex().upper() == built


def test_the_action_codes_of_the_configuration_decide() -> None:
    outcome, _ = taken(taking(2, (0xDF8121, "8000000000")), card(aip="0080"))
    assert (outcome.verdict, outcome.reasons[-1].rule) == (Verdict.DECLINED, Rule.TERMINAL_DECLINED)


TIMES = RelayTimes(least=10, most=20, transmission=24)
MEASURED = [
    ("nothing left of it", 4_000, 0),
    ("what remains", 5_200, 10),
    ("faster than the messages", 0, 0),
]


@pytest.mark.parametrize(("microseconds", "units"), rows(MEASURED))
def test_the_time_of_the_messages_is_not_the_cards(microseconds: int, units: int) -> None:
    assert relay.processing_time(microseconds, TIMES, RelayLimits()) == units


ACCURACY = [
    ("equal", 10, 24, False),
    ("half", 10, 12, False),
    ("under half", 10, 11, True),
    ("twice", 10, 48, False),
    ("over twice", 10, 49, True),
    ("unknown to the card", 10, 0, False),
    ("as long as allowed", 310, 24, False),
    ("longer", 311, 24, True),
]


@pytest.mark.parametrize(("measured", "transmission", "inaccurate"), rows(ACCURACY))
def test_times_that_do_not_fit_exceed_the_threshold(
    measured: int, transmission: int, inaccurate: bool
) -> None:
    times = structs.replace(TIMES, transmission=transmission)
    assert relay.is_inaccurate(measured, times, RelayLimits()) is inaccurate


def signed_relay(config: KernelConfig) -> bytes:
    """What the card signs of the exchange: the terminal's entropy and its own answer."""
    return Terminal(config).request(Interface.CONTACTLESS).unpredictable + bytes.fromhex(
        "A1A2A3A4000A00140018"
    )


NEARNESS = [
    ("in time", 5_200, 1, tvr.RELAY_PERFORMED),
    ("as late as allowed", 11_200, 1, tvr.RELAY_PERFORMED),
    ("late three times", 11_300, 3, tvr.RELAY_PERFORMED | tvr.RELAY_LIMITS_EXCEEDED),
    (
        "late and far",
        90_000,
        3,
        tvr.RELAY_PERFORMED | tvr.RELAY_LIMITS_EXCEEDED | tvr.RELAY_THRESHOLD_EXCEEDED,
    ),
]


@pytest.mark.parametrize(("took", "times", "set_"), rows(NEARNESS))
def test_a_card_shows_by_its_time_how_near_it_is(took: int, times: int, set_: int) -> None:
    outcome, asks = taken(taking(2, RELAY, ca_keys=()), card(aip=RELAY_AIP), took=took)
    sent = [ask.apdu for ask in asks if isinstance(ask, Command) and ask.apdu[1] == 0xEA]
    assert len(set(sent)) == len(sent) == times
    assert int.from_bytes(outcome.tvr) & 0x0F == set_, outcome.reasons


def test_a_card_faster_than_it_can_be_ends_the_transaction() -> None:
    fast = card(aip=RELAY_AIP, answers={0xEA: [bytes.fromhex("800AA1A2A3A40030004000189000")]})
    outcome, _ = taken(taking(2, RELAY), fast, took=4_000)
    assert (outcome.verdict, outcome.reasons[-1].rule) == (Verdict.CARD_ERROR, Rule.RELAY_TOO_FAST)


def test_a_card_without_the_protocol_is_marked_where_the_terminal_has_it() -> None:
    outcome, _ = taken(taking(2, RELAY), card())
    assert int.from_bytes(outcome.tvr) & 0x0F == tvr.RELAY_NOT_PERFORMED


def test_the_signature_covers_the_exchange() -> None:
    config = taking(2, RELAY)
    outcome, _ = taken(config, card(aip=RELAY_AIP, rest=signed_relay(config)), took=5_200)
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, True), outcome.reasons
    outcome, _ = taken(config, card(aip=RELAY_AIP, rest=bytes(14)), took=5_200)
    assert (outcome.verdict, outcome.reasons[-1].rule) == (Verdict.DECLINED, Rule.ODA_CDA_FAILED)


def torn_away(config: KernelConfig, **changes: Any) -> tuple[Outcome, TapCard]:
    leaving = card(record=DRDOL, answers={0xAE: [None]}, **changes)
    outcome, _ = taken(config, leaving)
    return outcome, leaving


def test_a_card_that_leaves_during_its_cryptogram_is_wanted_again_and_recovered() -> None:
    config = taking(2, *TORN, ca_keys=())
    outcome, _ = torn_away(config)
    assert (outcome.verdict, outcome.start) == (Verdict.TRY_AGAIN, Start.PROTOCOL_ACTIVATION)
    assert outcome.messages == (DisplayMessage.PRESENT_CARD_AGAIN,)
    assert outcome.torn is not None
    assert "1234560012345608" not in repr(outcome.torn)
    request = structs.replace(
        Terminal(config).request(Interface.CONTACTLESS), unpredictable=bytes(4), time="101700"
    )
    back = card(record=DRDOL, answers={0xD0: [recovered_answer()]})
    outcome, asks = taken(config, back, request=request, torn=outcome.torn)
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, True), outcome.reasons
    assert [ask.apdu[1] for ask in asks if isinstance(ask, Command)][-1] == 0xD0
    sent = dict(tlv.split(outcome.icc_data))
    assert (sent[tags.UNPREDICTABLE_NUMBER], sent[tags.ATC]) == (bytes.fromhex("12345678"), ATC)
    assert Rule.TORN_RECOVERED in [reason.rule for reason in outcome.reasons]


def recovered_answer() -> bytes:
    objects = [(0x9F27, b"\x80"), (0x9F36, ATC), (0x9F26, CRYPTOGRAM), (0x9F10, bytes(18))]
    return tlv.encode(0x77, tlv.join(objects)) + b"\x90\x00"


def test_a_recovered_signature_is_checked_with_what_was_sent_before() -> None:
    config = taking(2, *TORN)
    outcome, before = torn_away(config)
    assert outcome.torn is not None
    for spoilt, verdict in ((False, Verdict.APPROVED), (True, Verdict.DECLINED)):
        back = card(record=DRDOL, spoilt=spoilt, recoverable=before.said[-1])
        request = structs.replace(Terminal(config).request(Interface.CONTACTLESS), unpredictable=bytes(4))
        ended, _ = taken(config, back, request=request, torn=outcome.torn)
        assert (ended.verdict, back.said[-1][1]) == (verdict, 0xD0), ended.reasons


AFRESH = [
    ("the card has nothing to recover", {}, b"\x6a\x88", 1),
    ("too old", {"time": "102001"}, None, 0),
    ("another amount", {"amount": 1251}, None, 0),
    ("another day", {"date": "261122"}, None, 0),
]


@pytest.mark.parametrize(("changes", "answer", "asked"), rows(AFRESH))
def test_what_is_not_recovered_is_made_afresh(
    changes: dict[str, Any], answer: bytes | None, asked: int
) -> None:
    config = taking(2, *TORN, ca_keys=())
    torn = torn_away(config)[0].torn
    request = structs.replace(Terminal(config).request(Interface.CONTACTLESS), **changes)
    back = card(record=DRDOL, answers={0xD0: [answer]} if answer else {})
    outcome, asks = taken(config, back, request=request, torn=torn)
    said = [ask.apdu[1] for ask in asks if isinstance(ask, Command)]
    assert (said.count(0xD0), said.count(0xAE)) == (asked, 1)
    assert outcome.verdict is Verdict.APPROVED, outcome.reasons


NOT_KEPT = [("no log", (), DRDOL), ("no list for recovery", TORN, {})]


@pytest.mark.parametrize(("elements", "record"), rows(NOT_KEPT))
def test_a_card_that_leaves_is_gone_where_nothing_can_be_recovered(
    elements: tuple[tuple[int, str], ...], record: dict[int, bytes]
) -> None:
    outcome, _ = taken(taking(2, *elements), card(record=record, answers={0xAE: [None]}))
    assert (outcome.verdict, outcome.torn) == (Verdict.CARD_GONE, None)
