"""A card fails in each of six ways at each command of its conversation, by contact and contactless.

Rule: within 30 s of virtual time the payment has ended, or the terminal asks for a card again; the invariants of money hold, acquirer and
journal agree in the end, and what the card counts never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.readers.card_fault import CardFault
from tests.contracts.drive import CARDS, Drive, full

# How the card fails, and what the terminal may say in the end, at whichever command it happens: one table for all.
# A chip that cannot be selected leaves its stripe. A card that falls silent in its last commands has its payment reversed; one that
# fails at a command which the terminal can do without (directory, GET DATA, EXTERNAL AUTHENTICATE) may pay all the same.
_END = {"card-error", "declined", "not-accepted", "insert-instead", "swipe-instead", "approved"}
ALLOWED: dict[CardFault, set[str]] = {
    CardFault.TORN: {"card-removed"},
    CardFault.ANSWER_LOST: {"card-removed"},
    CardFault.MUTE: {"card-error", "declined", "swipe-instead"},
    CardFault.SHORT: _END,
    CardFault.FAILURE: _END,
    CardFault.RESET: _END,
}
TAPPED = {
    "present-card"
}  # a card that leaves the field, or its senses, during its selection is asked for again (Book B, 3.3)
MOST_COMMANDS = 60
PATIENCE = 30  # s


@dataclass
class Bed:
    """One terminal and one card, which is presented again and again; `counted` is what the card had counted before."""

    drive: Drive
    name: str
    how: str
    counted: int = field(default=0)

    @property
    def card(self) -> VirtualCard:
        return self.drive.bench.wallet.card(self.name)

    def pay(self) -> str:
        """A payment to its end, or to where the terminal asks for a card again; what the screen says then."""
        drive = self.drive
        drive.open("sale")
        drive.type("1000")
        drive.present(self.how, self.name)
        self._look()
        for _ in range(PATIENCE * 2):
            flow, state = drive.at
            assert flow == "sale"
            if state == "pin":
                drive.type(self.card.personality.pin.reveal() if self.card.personality.pin else "1234")
            elif state == "application":
                drive.terminal.touch("application-1")
            elif state not in ("reading", "authorising", "completing"):
                return drive.screen
            drive.pass_time(0.5)
            self._look()
        raise AssertionError(f"after {PATIENCE} s the terminal is still at {drive.at}")

    def _look(self) -> None:
        now = sum(state.atc for state in self.card.memory.now)
        assert now >= self.counted, "the transaction counter went back"
        self.counted = now

    def leave(self) -> None:
        """Back to the home screen, whatever is up."""
        drive = self.drive
        if drive.at[1] == "present":
            drive.terminal.press("CANCEL")
        if drive.terminal.board.readers.card_in:
            drive.terminal.remove_card()
        for _ in range(10):
            if drive.at_home:
                return
            drive.pass_time(30)
        raise AssertionError(f"the terminal does not come home from {drive.at}")


def presentations(name: str) -> list[str]:
    """The ways in which a chip of this card is presented."""
    with Drive(full("v400m")) as drive:
        card = drive.bench.wallet.card(name)
    chip = ["insert"] if card.chip is not None and card.chip.atr else []
    return chip + (["tap"] if card.contactless is not None else [])


def cases(names: list[str]) -> list[tuple[str, str]]:
    return [(name, how) for name in names for how in presentations(name)]


def tear_everywhere(profile: str, name: str, how: str, fault: CardFault) -> dict[str, list[int]]:
    """The endings, each with the commands at which the fault led to it; the conversation goes on until no command is left to fail."""
    endings: dict[str, list[int]] = {}
    with Drive(full(profile)) as drive:
        bed = Bed(drive, name, how)
        for command in range(1, MOST_COMMANDS):
            drive.terminal.fault(fault.value, str(command))
            ending = bed.pay()
            if drive.terminal.conditions():
                break
            endings.setdefault(ending, []).append(command)
            assert drive.broken() == [], (command, ending)
            bed.leave()
        else:
            raise AssertionError(f"the conversation has more than {MOST_COMMANDS} commands")
        bed.leave()
        drive.heal()
        assert drive.faults() == []
    return endings


QUICK = cases(["visa-credit", "mastercard-pin", "phone-locked"])


@pytest.mark.parametrize("fault", ALLOWED, ids=lambda fault: fault.value)
@pytest.mark.parametrize(("name", "how"), QUICK)
def test_a_card_that_fails_at_any_command_leads_to_an_end_that_is_allowed(
    name: str, how: str, fault: CardFault
) -> None:
    endings = tear_everywhere("v400m", name, how, fault)
    assert endings.keys() <= ALLOWED[fault] | (TAPPED if how == "tap" else set()), endings


@pytest.mark.soak
@pytest.mark.parametrize("fault", ALLOWED, ids=lambda fault: fault.value)
@pytest.mark.parametrize("profile", ["v400m", "s1f2"])
@pytest.mark.parametrize("name", catalogue.names([CARDS]))
def test_every_card_that_fails_at_any_command_leads_to_an_end_that_is_allowed(
    name: str, profile: str, fault: CardFault
) -> None:
    for how in presentations(name):
        endings = tear_everywhere(profile, name, how, fault)
        assert endings.keys() <= ALLOWED[fault] | (TAPPED if how == "tap" else set()), (how, endings)
