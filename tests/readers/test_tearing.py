"""A torn card answers the command it is torn after, and no other."""

from __future__ import annotations

import pytest

from terminal_drivers.base import CardRemoved, Misuse
from terminal_sim.emv.talk.asks import Step
from terminal_sim.readers.tearing import CARD_STEPS, COMMAND_STEPS, CardTear, TornCard
from terminal_sim.verbs.cards import CardVerbs

SELECT, GPO, READ, GENERATE = "00A4040000", "80A8000002830000", "00B2010C00", "80AE800000"
TRANSACTION = [SELECT, SELECT, GPO, READ, READ, GENERATE, GENERATE]

CUTS = [
    (Step.SELECT, 1),
    (Step.GPO, 3),
    (Step.READ, 4),
    (Step.GENAC1, 6),
    (Step.GENAC2, 7),
    (1, 1),
    (5, 5),
]


class Obliging:
    """A card that answers everything."""

    atr = b"\x3b\x00"

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, _: bytes) -> bytes:
        return b"\x90\x00"


@pytest.mark.parametrize(("after", "answered"), CUTS)
def test_a_card_is_gone_behind_the_step_or_command(after: Step | int, answered: int) -> None:
    card = TornCard(Obliging())
    card.reset()
    card.tear(CardTear(after))
    for apdu in TRANSACTION[:answered]:
        assert card.transmit(bytes.fromhex(apdu)) == b"\x90\x00"
    with pytest.raises(CardRemoved):
        card.transmit(bytes.fromhex(SELECT))
    with pytest.raises(CardRemoved):
        card.reset()


def test_steps_and_commands_count_from_the_reset() -> None:
    card = TornCard(Obliging())
    card.tear(CardTear(Step.GENAC2))
    for _ in range(3):
        card.reset()
        card.transmit(bytes.fromhex(GENERATE))
    card.transmit(bytes.fromhex(GENERATE))
    with pytest.raises(CardRemoved):
        card.transmit(bytes.fromhex(GENERATE))


def test_a_card_that_nobody_tears_stays() -> None:
    card = TornCard(Obliging())
    for apdu in TRANSACTION * 3:
        assert card.transmit(bytes.fromhex(apdu)) == b"\x90\x00"


def test_every_step_with_a_command_of_its_own_can_be_named() -> None:
    assert set(COMMAND_STEPS.values()) == set(Step) - {Step.ONLINE, Step.OTHER}


def test_a_step_that_sends_the_card_nothing_is_reached() -> None:
    card = TornCard(Obliging())
    card.tear(CardTear(Step.ONLINE))
    card.transmit(bytes.fromhex(GENERATE))
    assert not card.is_gone
    card.reach(Step.ONLINE)
    assert card.is_gone
    with pytest.raises(CardRemoved):
        card.transmit(bytes.fromhex(GENERATE))


def test_a_tear_is_written_as_a_step_or_a_number_of_commands() -> None:
    assert {name: CardTear.parse(name).after for name in CARD_STEPS} == CARD_STEPS
    assert CardTear.parse("apdu 12") == CardTear(12)
    for wrong in ("other", "apdu", "apdu 0", "apdu -1", "apdu 1_0", "gpo 1", ""):
        with pytest.raises(Misuse, match="select, gpo, read, genac1, online, genac2 or apdu N"):
            CardTear.parse(wrong)


def test_the_verb_that_tears_a_card_names_every_step() -> None:
    assert " ".join(CARD_STEPS) in (CardVerbs.tear_card.__doc__ or "")
