"""A card that fails once: it does not answer a command, or answers it with bytes that make no sense."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from terminal_drivers.base import Card, CardMute


class CardFault(Enum):
    """How a card fails at one command; the value is the name of the fault."""

    MUTE = "card-mute"
    GARBAGE = "card-garbage"


@dataclass(eq=False)
class NextCommand:
    """The next command to any card before a terminal's readers; `fault` is how the card fails at it, None where it does not."""

    fault: CardFault | None = None


class FailingCard:
    """`card`, which fails at `next_command` as that says, and answers every other command.

    Garbage is the answer with each bit of its data inverted, or of its status word where it has no data. The card has carried the command
    out; a mute one has not even taken it.
    """

    def __init__(self, card: Card, next_command: NextCommand) -> None:
        self._card = card
        self._next = next_command

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def reset(self) -> bytes:
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        fault, self._next.fault = self._next.fault, None
        if fault is CardFault.MUTE:
            raise CardMute("the card does not answer")
        response = self._card.transmit(apdu)
        return _inverted(response) if fault is CardFault.GARBAGE else response


def _inverted(response: bytes) -> bytes:
    data, status = response[:-2], response[-2:]
    if not data:
        return bytes(byte ^ 0xFF for byte in status)
    return bytes(byte ^ 0xFF for byte in data) + status
