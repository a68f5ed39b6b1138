"""What a card remembers without power, shared by its faces: the counter, the PIN tries and the card's key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal_sim.cards.command import Refusal
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.keys import crypto
from terminal_sim.secret import Secret

_LAST_ATC: Final = 0xFFFF


@dataclass(slots=True)
class Memory:
    """`atc` is the number of transactions begun; `tries_left` those of the offline PIN."""

    key: Secret[bytes]
    tries_left: int
    atc: int = 0

    def begin(self) -> bytes:
        """The counter of a new transaction. A card whose counter has run out begins none (EMV Book 2, A1.3)."""
        if self.atc >= _LAST_ATC:
            raise Refusal(StatusWord.CONDITIONS)
        self.atc += 1
        return self.counter

    @property
    def counter(self) -> bytes:
        """The application transaction counter, tag 9F36."""
        return self.atc.to_bytes(2)

    def session(self) -> Secret[bytes]:
        """The key of the transaction that is under way."""
        return crypto.session_key(self.key, self.counter)
