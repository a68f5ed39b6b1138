"""Public test cards go the way that they were recorded, and a change that EMV allows or forbids ends as EMV says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface
from tests.emv.recorded import GENERATE_AC, READ_RECORD, RecordedCard, recorded
from tests.emv.terminal import Terminal, configuration

COUNTRY, EXPIRY, LABEL = "5F28020702", "5F2403171231", "A50B5009564953412054455354"


def paid(
    card: RecordedCard, *, contactless: bool = False, date: str = "120316", code: str | None = "00"
) -> Outcome:
    config = configuration()
    unionpay = Application(aid=bytes.fromhex("A000000333010102"), brand="unionpay")
    visa = replace(config.applications[0], tac_default=bytes.fromhex("DC4000A800"))
    config = replace(config, applications=(visa, *config.applications[1:], unionpay))
    terminal = Terminal(config, host=lambda _: HostDecision(response_code=code), pins=["1234"])
    outcome = terminal.pay(
        card, terminal.request(Interface.CONTACTLESS if contactless else Interface.CONTACT, date=date)
    )
    assert outcome.went_online == (
        code is not None and any(isinstance(ask, GoOnline) for ask in terminal.asks)
    )
    return outcome


@pytest.mark.parametrize("tag", ["42", "8F", "92", "9F05", "9F1F", "9F42", "9F47", "9F48", "5F30"])
def test_an_empty_element_counts_as_absent(tag: str) -> None:
    assert paid(recorded("visa-contact", COUNTRY, COUNTRY + tag + "00")).verdict is Verdict.APPROVED


@pytest.mark.parametrize("tag", ["5F25", "9F07", "9F08"])
def test_an_empty_element_that_the_restrictions_read_is_a_card_error(tag: str) -> None:
    outcome = paid(recorded("visa-contact", EXPIRY, EXPIRY + tag + "00"))
    assert outcome.verdict is Verdict.CARD_ERROR


def test_an_element_of_a_wrong_format_that_the_terminal_has_no_use_for_counts_as_absent() -> None:
    longer = COUNTRY + "9F0501AA" + "9F1F42" + "30" * 66
    assert paid(recorded("visa-contact", COUNTRY, longer)).verdict is Verdict.APPROVED


@pytest.mark.parametrize("beside", ["FFFF", "E1065F2403991231", "E003AABBCC", "BF0C065F2003412F42"])
def test_filler_and_templates_within_a_record_are_passed_over(beside: str) -> None:
    assert paid(recorded("visa-contact", EXPIRY, beside + EXPIRY)).verdict is Verdict.APPROVED


@pytest.mark.parametrize(
    "beside", ["BF0C1761154F07A0000000031010500756495341205631870101", "6506AACAADDEDFED"]
)
def test_what_is_not_expected_in_the_fci_is_ignored(beside: str) -> None:
    inner = bytes.fromhex(LABEL[4:] + beside)
    card = recorded("visa-contact", LABEL, f"A5{len(inner):02X}{inner.hex()}")
    assert paid(card).verdict is Verdict.APPROVED


@pytest.mark.parametrize("date", ["301331", "309931", "300000", "000000", "300432", "300100"])
def test_an_expiry_that_is_no_date_is_a_card_error(date: str) -> None:
    outcome = paid(recorded("visa-contact", EXPIRY, "5F2403" + date))
    assert (outcome.verdict, outcome.went_online) == (Verdict.CARD_ERROR, False)


def test_a_card_is_asked_for_an_aac_where_the_issuer_cannot_be_reached() -> None:
    card = recorded("visa-contact")
    paid(card, code=None)
    assert card.asked(GENERATE_AC)[-1][2] & 0xC0 == 0


def test_a_mastercard_with_an_empty_key_remainder_goes_online_and_refuses_as_recorded() -> None:
    outcome = paid(recorded("mastercard-contact-empty-92"))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, True)


def test_a_unionpay_credit_card_goes_online() -> None:
    assert paid(recorded("unionpay-contact-credit")).verdict is Verdict.APPROVED


@pytest.mark.parametrize("information", ["9F270180", ""])
def test_a_contactless_visa_is_judged_by_9f27_or_its_issuer_data(information: str) -> None:
    card = recorded("visa-contactless", "9F270180", information)
    assert paid(card, contactless=True).verdict is Verdict.APPROVED


@pytest.mark.parametrize(
    "name", ["mastercard-contactless-emv-mode", "amex-contactless", "interac-contactless-pdol"]
)
def test_a_contactless_card_with_a_file_list_is_read_up_to_its_cryptogram(name: str) -> None:
    card = recorded(name)
    terminal = Terminal(configuration())
    terminal.pay(card, terminal.request(Interface.CONTACTLESS, date="230301"))
    read = name != "interac-contactless-pdol"  # the recording of that card ends before its records
    assert bool(card.asked(READ_RECORD)) == bool(card.asked(GENERATE_AC)) == read
