"""A conversation that ends with another try: the same payment waits again, for a bounded number of times."""

from __future__ import annotations

import pytest

from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core.message import EntryMode
from terminal_sim.core.services import FIELD_ALARM
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Start
from tests.core.fuzz import Fresh, keys

# The verdict, the kernel's message, the words that the screen has.
AGAIN = [
    (Verdict.TRY_AGAIN, (DisplayMessage.PRESENT_CARD_AGAIN,), "try-again"),
    (Verdict.TRY_AGAIN, (), "try-again"),
    (Verdict.TRY_AGAIN, (DisplayMessage.ONE_CARD_ONLY,), "one-card-only"),
    (Verdict.TRY_AGAIN, (DisplayMessage.WELCOME, DisplayMessage.TRY_ANOTHER_CARD), "try-another-card"),
    (Verdict.SEE_PHONE, (DisplayMessage.SEE_PHONE,), "see-phone"),
]


def tapped() -> Fresh:
    """A sale whose card is being read in the field."""
    terminal = Fresh()
    for event in (*keys("OK", "1000", "OK"), ev.CardTapped()):
        terminal.handle(event)
    return terminal


def shown(terminal: Fresh) -> set[str]:
    return {getattr(element, "id", "") for element in terminal.terminal.screen().elements}


def opened(effects: list[fx.Effect]) -> list[tuple[EntryMode, ...]]:
    return [effect.entries for effect in effects if isinstance(effect, fx.OpenReader)]


@pytest.mark.parametrize(("verdict", "messages", "words"), AGAIN)
def test_the_payment_waits_for_a_card_again_and_says_why(
    verdict: Verdict, messages: tuple[DisplayMessage, ...], words: str
) -> None:
    terminal = tapped()
    ordered = terminal.handle(ev.KernelEnded(Outcome(verdict=verdict, messages=messages)))
    assert terminal.terminal.stack[-1].state == "present"
    assert words in shown(terminal)
    assert EntryMode.CONTACTLESS in opened(ordered)[0]
    terminal.handle(ev.CardTapped())
    assert terminal.terminal.stack[-1].state == "reading"
    assert words not in shown(terminal)


@pytest.mark.parametrize("verdict", [Verdict.TRY_AGAIN, Verdict.SEE_PHONE, Verdict.SELECT_NEXT])
def test_tries_come_to_an_end(verdict: Verdict) -> None:
    terminal = tapped()
    for _ in range(20):
        terminal.handle(ev.KernelEnded(Outcome(verdict=verdict)))
        if terminal.terminal.stack[-1].state == "present":
            terminal.handle(ev.CardTapped())
    assert terminal.terminal.stack[-1].state == "failed"
    assert "card-error" in shown(terminal)


def test_the_field_stays_off_for_its_time_and_the_other_readers_do_not() -> None:
    terminal = tapped()
    ordered = terminal.handle(ev.KernelEnded(Outcome(verdict=Verdict.SEE_PHONE, field_off=13)))
    assert opened(ordered) == [(EntryMode.CHIP, EntryMode.STRIPE)]
    alarm = next(e for e in ordered if isinstance(e, fx.SetAlarm) and e.name == FIELD_ALARM)
    assert alarm.at == terminal.terminal.now.mono + 1_300_000
    ordered = terminal.handle(ev.Alarm(FIELD_ALARM))
    assert opened(ordered) == [(EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.STRIPE)]
    assert terminal.terminal.stack[-1].state == "present"


def test_a_field_that_comes_on_when_no_card_is_asked_for_opens_nothing() -> None:
    terminal = tapped()
    terminal.handle(ev.KernelEnded(Outcome(verdict=Verdict.SEE_PHONE, field_off=13)))
    terminal.handle(*keys("CANCEL"))
    assert opened(terminal.handle(ev.Alarm(FIELD_ALARM))) == []


def test_the_next_application_is_selected_with_the_card_in_its_place() -> None:
    terminal = tapped()
    ordered = terminal.handle(ev.KernelEnded(Outcome(verdict=Verdict.SELECT_NEXT)))
    started = next(effect for effect in ordered if isinstance(effect, fx.StartCard))
    assert (started.entry, started.start) == (EntryMode.CONTACTLESS, Start.COMBINATION_SELECTION)
    assert terminal.terminal.stack[-1].state == "reading"


def test_a_card_that_is_read_is_told_by_words_and_a_tone() -> None:
    terminal = tapped()
    ordered = terminal.handle(ev.KernelShows(DisplayMessage.CARD_READ_OK))
    assert "card-read-ok" in shown(terminal)
    assert [effect.tone for effect in ordered if isinstance(effect, fx.Beep)] == ["good"]


@pytest.mark.parametrize("message", DisplayMessage)
def test_every_message_is_taken_while_a_card_is_read(message: DisplayMessage) -> None:
    terminal = tapped()
    ordered = terminal.handle(ev.KernelShows(message))
    assert not any(isinstance(effect, fx.Unexpected) for effect in ordered)
    assert terminal.terminal.stack[-1].state == "reading"
