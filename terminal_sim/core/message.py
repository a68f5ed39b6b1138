"""What the terminal says to the acquirer and hears from it, before anyone has chosen a wire format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from terminal_sim.core.money import Money
from terminal_sim.secret import Secret


class EntryMode(Enum):
    """How the card's data came in (ISO 8583 DE 22)."""

    CHIP = "chip"
    CONTACTLESS = "contactless"
    STRIPE = "stripe"
    KEYED = "keyed"


class MessageKind(Enum):
    """The contract's words for host messages."""

    SALE = "sale"
    MOTO = "moto"
    VOID = "void"
    REFUND = "refund"
    REVERSAL = "reversal"
    ADVICE = "advice"


# ISO 8583:1993-style message types of the first send and of its repeats.
MESSAGE_TYPES: dict[MessageKind, tuple[str, str]] = {
    MessageKind.SALE: ("0100", "0101"),
    MessageKind.MOTO: ("0100", "0101"),
    MessageKind.REFUND: ("0200", "0201"),
    MessageKind.VOID: ("0400", "0401"),
    MessageKind.REVERSAL: ("0400", "0401"),
    MessageKind.ADVICE: ("0220", "0221"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The message that a void, reversal or advice speaks of (DE 90)."""

    kind: MessageKind
    stan: int
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Avs:
    """What the cardholder said of the billing address."""

    postal_code: str = ""
    street_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRequest:
    """A request. `stan` 1..999999; `reference` is the terminal's own, unique; `at` is the terminal's civil time.

    `reason` is the message reason code of a reversal: 4000 customer cancellation, 4021 time-out, 4017 card refused.
    """

    kind: MessageKind
    terminal: str
    merchant: str
    stan: int
    reference: str
    amount: Money
    at: datetime
    entry: EntryMode
    repeat: bool = False
    pan: Secret[str] | None = None
    expiry: Secret[str] | None = None
    sequence: str = ""
    track2: Secret[str] | None = None
    cvc: Secret[str] | None = None
    pin_block: Secret[bytes] | None = None
    icc_data: bytes = b""
    avs: Avs | None = None
    original: Original | None = None
    reason: str = ""

    @property
    def mti(self) -> str:
        return MESSAGE_TYPES[self.kind][self.repeat]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostReply:
    """An answer, as decoded. It counts only where `mti`, `terminal`, `stan` and `amount` match what waits for it."""

    mti: str
    terminal: str
    stan: int
    amount: Money
    response_code: str
    auth_code: str = ""
    host_reference: str = ""
    avs_result: str = ""
    icc_data: bytes = b""
    authorised: Money | None = None
    text: str = ""

    @property
    def approved(self) -> bool:
        """00 approved, 10 partial approval (ISO 8583 DE 39)."""
        return self.response_code in ("00", "10")


def answers(reply: HostReply, request: HostRequest) -> bool:
    """Strict matching: message type, terminal, trace number and amount (reliability rule 7)."""
    return (
        reply.mti == f"{request.mti[:2]}{int(request.mti[2]) + 1}0"
        and reply.terminal == request.terminal
        and reply.stan == request.stan
        and reply.amount == request.amount
    )
