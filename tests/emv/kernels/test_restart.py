"""A card that is lost before its application is selected begins again (Contactless Book B, 3.3)."""

from __future__ import annotations

import pytest

from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Start
from terminal_sim.emv.talk.rules import Rule
from tests.emv.tapped import TapCard, taken, taking


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
