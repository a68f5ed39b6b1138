"""Several cards held into one field."""

from terminal_drivers.base import Card, CardCollision


class CardsTogether:
    """`cards` in one field, of which a reader cannot select one while there are several (ISO/IEC 14443-3, anticollision; EMV Level 1)."""

    def __init__(self, *cards: Card) -> None:
        self._cards = list(cards)

    @property
    def atr(self) -> bytes:
        return self._cards[0].atr

    def take_away(self, card: Card) -> None:
        """One of them leaves the field."""
        self._cards.remove(card)

    def reset(self) -> bytes:
        return self._only().reset()

    def transmit(self, apdu: bytes) -> bytes:
        return self._only().transmit(apdu)

    def _only(self) -> Card:
        if len(self._cards) > 1:
            raise CardCollision(f"{len(self._cards)} cards are in the field")
        return self._cards[0]
