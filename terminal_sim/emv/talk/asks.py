"""What the kernel asks for: the card's answer to a command, the cardholder's choice or PIN, the issuer's decision."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.messages import DisplayMessage
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
    """A C-APDU for the card, in short form. `repr` does not show it, since a VERIFY carries a PIN.

    `wanted` is the list by which its data were made, empty where it has none: what the data are can be read by it (EMV Book 3, 5.4).
    """

    apdu: bytes
    step: Step
    wanted: bytes = b""

    def __repr__(self) -> str:
        return f"Command(step={self.step!r})"


class Show(Struct, frozen=True):
    """The terminal shows `message` and answers nothing; the kernel goes on at once."""

    message: DisplayMessage


class FindException(Struct, frozen=True):
    """Whether this card is on the exception file (EMV Book 4, 6.3.5); answered by `ListedCard`."""

    pan: Secret[str]
    sequence: str


class SumAmounts(Struct, frozen=True):
    """The last amount that the log has of this card, for the floor limit (EMV Book 3, 10.6.1); answered by `Amounts`."""

    pan: Secret[str]
    sequence: str


class FindTorn(Struct, frozen=True):
    """The torn transaction of this card, where there is one that is not too old (EMV Book C-2, 3.7); answered by `FoundTorn`."""

    pan: Secret[str]
    sequence: str


LookUp = FindException | SumAmounts | FindTorn
"""What the terminal answers out of its own state, without a person."""


class PinEncipherment(Struct, frozen=True):
    """How the pad enciphers a PIN for the card (EMV Book 2, 7.2): the card's RSA key, its challenge of 8 bytes, and the random padding.

    The modulus has N bytes; `padding` has N - 17.
    """

    modulus: bytes
    exponent: int
    challenge: bytes
    padding: bytes


class ChooseApplication(Struct, frozen=True):
    """The cardholder picks one of `labels` (EMV Book 1, 12.4). `languages` are the card's, as far as it has stated them."""

    labels: tuple[str, ...]
    languages: tuple[str, ...] = ()


class EnterPin(Struct, frozen=True, kw_only=True):
    """The cardholder types a PIN (EMV Book 3, 10.5). `tries_left` and `wrong` belong to an offline PIN.

    `pan` is the account number that the block of an online PIN is bound to (ISO 9564-1); an offline PIN needs none. With `encipher`
    the pad enciphers an offline PIN for the card, else it comes as a plaintext block.
    `languages` are the card's, in order of preference.
    """

    pan: Secret[str] | None = None
    tries_left: int | None = None
    wrong: bool = False
    languages: tuple[str, ...] = ()
    encipher: PinEncipherment | None = None


class PresentAgain(Struct, frozen=True):
    """The card is to be held into the field once more, for what its issuer sent (EMV Book C-3); answered by `PresentedAgain`.

    `languages` are the card's, as in the other asks.
    """

    languages: tuple[str, ...] = ()


class GoOnline(Struct, frozen=True, kw_only=True):
    """An authorization request: the card's data, DE 55 as BER-TLV and the enciphered PIN block with its key serial number.

    `cvm` says how the cardholder is verified, as in the outcome, and `verified` is False where the TVR says that the cardholder's verification failed or the PIN tries are used up.
    """

    card: CardData
    icc_data: bytes
    pin_block: Secret[bytes] | None = None
    key_serial: bytes = b""
    cvm: str = ""
    verified: bool = True

    @property
    def languages(self) -> tuple[str, ...]:
        """The card's languages, as in the other asks."""
        return self.card.languages


Ask = ChooseApplication | EnterPin | PresentAgain | GoOnline
"""What the terminal's firmware is asked; a `Command` goes to the card."""
