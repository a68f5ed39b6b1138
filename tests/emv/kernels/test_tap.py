"""What a tap is whatever its kernel: begun again, listed, or meant for the issuer (Contactless Book B, 3.1 and 3.3)."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface, Start
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.runtime.card_log import CardLog
from terminal_sim.secret import Secret
from tests.emv.table import rows
from tests.emv.tapped import TapCard, taken, taking
from tests.emv.terminal import Terminal


@pytest.mark.parametrize("at", [0, 1])
def test_a_card_that_leaves_during_its_selection_is_wanted_again(at: int) -> None:
    leaving = TapCard(answers={0xA4: [directory(), None] if at else [None]})
    outcome, _ = taken(taking(3), leaving)
    assert (outcome.verdict, outcome.start) == (Verdict.TRY_AGAIN, Start.PROTOCOL_ACTIVATION)
    assert (outcome.messages, outcome.reason) == (
        (DisplayMessage.PRESENT_CARD_AGAIN,),
        Rule.CARD_REMOVED.sentence,
    )


def directory() -> bytes:
    return TapCard().transmit(bytes.fromhex("00A404000E") + b"2PAY.SYS.DDF01" + b"\x00")


CDOL = "9F02069F03069F1A0295055F2A029A039C019F3704"
LISTED = [
    ("kernel 2 lets the action codes decide", 2, TapCard(aip="0180", pdol="", cdol=CDOL), True),
    ("kernel 3 declines what it would approve", 3, TapCard(fast=True, kind=0x40), False),
]


@pytest.mark.parametrize(("kernel", "card", "online"), rows(LISTED))
def test_a_card_on_the_exception_file_is_not_approved_offline(
    kernel: int, card: TapCard, online: bool
) -> None:
    terminal = Terminal(taking(kernel), cards=CardLog(frozenset({Secret("1234560012345608")})))
    outcome = terminal.pay(card, terminal.request(Interface.CONTACTLESS))
    assert outcome.went_online is online
    assert Rule.RISK_EXCEPTION_FILE in [reason.rule for reason in outcome.reasons]


WISHES = [
    ("a purchase under the floor limit", {}, False),
    ("the merchant's wish", {"forced_online": True}, True),
    ("a refund", {"transaction_type": "20"}, True),
]


@pytest.mark.parametrize(("changes", "online"), rows(WISHES))
def test_a_tc_is_no_approval_where_the_terminal_wants_the_issuer(
    changes: dict[str, Any], online: bool
) -> None:
    terminal = Terminal(taking(3))
    request = structs.replace(terminal.request(Interface.CONTACTLESS), **changes)
    outcome = terminal.pay(TapCard(fast=True, kind=0x40), request)
    assert outcome.went_online is online, outcome.reasons
