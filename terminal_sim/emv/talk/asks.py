"""What the kernel asks for: the card's answer to a command, the cardholder's choice or PIN, the issuer's decision."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from terminal_sim.emv.talk.card import CardData
from terminal_sim.secret import Secret


class Step(Enum):
    """The part of the transaction that a command belongs to; a script tears a card away after one of these."""

    SELECT = "select"
    GPO = "gpo"
    READ = "read"
    GENAC1 = "genac1"
    ONLINE = "online"
    GENAC2 = "genac2"
    OTHER = "other"


class Command(Struct, frozen=True):
    """A C-APDU for the card, in short form. `repr` does not show it, since a VERIFY carries a PIN."""

    apdu: bytes
    step: Step

    def __repr__(self) -> str:
        return f"Command(step={self.step!r})"


class ChooseApplication(Struct, frozen=True):
    """The cardholder picks one of `labels` (EMV Book 1, 12.4). `languages` are the card's, as far as it has stated them."""

    labels: tuple[str, ...]
    languages: tuple[str, ...] = ()


class EnterPin(Struct, frozen=True, kw_only=True):
    """The cardholder types a PIN (EMV Book 3, 10.5). `tries_left` and `wrong` belong to an offline PIN.

    `pan` is the account number that the block of an online PIN is bound to (ISO 9564-1); an offline PIN needs none.
    `languages` are the card's, in order of preference.
    """

    pan: Secret[str] | None = None
    tries_left: int | None = None
    wrong: bool = False
    languages: tuple[str, ...] = ()


class GoOnline(Struct, frozen=True, kw_only=True):
    """An authorization request: the card's data, DE 55 as BER-TLV and the enciphered PIN block (ISO 9564-1 format 0).

    `verified` is False where the TVR says that the cardholder's verification failed or the PIN tries are used up.
    """

    card: CardData
    icc_data: bytes
    pin_block: Secret[bytes] | None = None
    verified: bool = True

    @property
    def languages(self) -> tuple[str, ...]:
        """The card's languages, as in the other asks."""
        return self.card.languages


Ask = ChooseApplication | EnterPin | GoOnline
"""What the terminal's firmware is asked; a `Command` goes to the card."""
