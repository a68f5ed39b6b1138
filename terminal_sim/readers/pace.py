"""The time that a virtual card takes for its answers, and the reader's patience with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from terminal_drivers.base import Card, CardMute

WAITING_TIME: Final = 1_000_000
"""How long a reader waits for an answer, in microseconds: the work waiting time of T=0 with its default integer 10 at 3.57 MHz (ISO/IEC 7816-3, 10.2)."""


def _no_time(_apdu: bytes) -> int:
    """What a card takes that says nothing of it."""
    return 0


class PacedCard:
    """`card`, whose answers come after its own response time, which `spend` lets pass; one that takes longer than the waiting time, or gives no answer, is mute.

    The card's `response_time`, where it has one, is from the end of a command to the end of its answer, in microseconds of the bench's clock.
    """

    def __init__(self, card: Card, spend: Callable[[int], None]) -> None:
        self._card = card
        self._response_time: Callable[[bytes], int] = getattr(card, "response_time", _no_time)
        self._spend = spend

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def reset(self) -> bytes:
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        takes = self._response_time(apdu)
        if takes > WAITING_TIME:
            self._spend(WAITING_TIME)
            raise CardMute("the card takes longer than the reader waits")
        if takes:
            self._spend(takes)
        answer = self._card.transmit(apdu)
        if not answer:
            self._spend(WAITING_TIME)
            raise CardMute("the card does not answer")
        return answer
