"""What the terminal and the card answer to the kernel's asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from msgspec import Struct

from terminal_sim.emv.talk.torn import TornTransaction
from terminal_sim.secret import Secret


class ResponseApdu(Struct, frozen=True):
    """The R-APDU to a command: `data` with the status word at its end, and how long the command took, in microseconds.

    The duration is that of the reader's command from its first bit to the last bit of the answer (Book C-2, 3.10). `repr` shows no byte.
    """

    data: bytes
    microseconds: int = 0

    def __repr__(self) -> str:
        return f"ResponseApdu({len(self.data)} bytes, {self.microseconds} us)"


class Loss(Enum):
    """How a command came to have no answer."""

    REMOVED = "removed"
    MUTE = "mute"
    TRANSMISSION = "transmission"


class CardGone(Struct, frozen=True):
    """No R-APDU: the card was removed, did not answer in its time, or the link to it failed (`detail` says how, without card data)."""

    loss: Loss
    detail: str = ""


class ListedCard(Struct, frozen=True):
    """Whether a card is on the exception file."""

    listed: bool


class Amounts(Struct, frozen=True):
    """The last amount that the terminal's log has of a card, in minor units; 0 where it has none."""

    total: int


class FoundTorn(Struct, frozen=True):
    """The torn transaction of a card, or None where there is none."""

    torn: TornTransaction | None


class ApplicationChoice(Struct, frozen=True):
    """The cardholder's choice, as an index into the `labels` of `ChooseApplication`."""

    index: int


class TypedPin(Struct, frozen=True):
    """What was typed on the pad: `pin` of 4 to 12 digits, or None where the cardholder bypassed the entry.

    It goes from the firmware to the pad's key store and no further: the kernel gets a `PinBlock`.
    """

    pin: Secret[str] | None


class PinBlock(Struct, frozen=True):
    """A PIN as it leaves the pad, or None where the cardholder bypassed the entry.

    Online: enciphered (ISO 9564-1), `key_serial` being the key serial number of a derived key (ANSI X9.24), empty for a fixed key.
    Offline: the 8 bytes of format 2 for the card, or the block enciphered for the card's public key (EMV Book 2, 7.2).
    """

    block: Secret[bytes] | None
    key_serial: bytes = b""


class PresentedAgain(Struct, frozen=True):
    """Whether the card is in the field once more."""

    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDecision:
    """The issuer's answer: response code (tag 8A) and the issuer's DE 55 as it came.

    `response_code` is None where the host could not be reached: the kernel then decides offline (EMV Book 3, 10.7).
    """

    response_code: str | None
    icc_data: bytes = field(default=b"", repr=False)


Answer = ApplicationChoice | TypedPin | PresentedAgain | HostDecision
"""What a flow answers. Any PIN goes through the key store, so that the kernel gets it as a `PinBlock`."""

CardAnswer = ResponseApdu | CardGone
"""What a command is answered by."""

LookUpAnswer = ListedCard | Amounts | FoundTorn
"""What the terminal answers out of its own state."""
