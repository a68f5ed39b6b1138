"""The words for what a kernel has the terminal show (EMV Contactless Book A, 9.4).

A message that is not in the table has its own screen in every flow already, such as "Approved" or "Enter PIN", or says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from terminal_sim.core.text import Text, say
from terminal_sim.emv.talk.messages import DisplayMessage

_WORDS: Final = {
    DisplayMessage.CALL_YOUR_BANK: "call-your-bank",
    DisplayMessage.TRY_AGAIN: "try-again",
    DisplayMessage.CARD_READ_OK: "card-read-ok",
    DisplayMessage.ONE_CARD_ONLY: "one-card-only",
    DisplayMessage.TRY_ANOTHER_CARD: "try-another-card",
    DisplayMessage.SEE_PHONE: "see-phone",
    DisplayMessage.PRESENT_CARD_AGAIN: "try-again",
    DisplayMessage.LAST_PIN_TRY: "last-pin-try",
}


def words_of(messages: Iterable[DisplayMessage]) -> Text | None:
    """The words of the first message that has some."""
    return next((say(_WORDS[message]) for message in messages if message in _WORDS), None)
