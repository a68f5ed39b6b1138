"""A payment as the journal keeps it, the states that it may be in, and the steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar

from msgspec import Struct

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.rows.schema import NumberedRow


class PaymentState(Enum):
    """What a terminal knows of a payment.

    `AUTH_SENT` and `REVERSAL_PENDING` are in doubt: they never expire, are never deleted, and are resolved after a reboot.
    `PENDING` was taken while the acquirer was out of reach, or approved offline by its card. `FORWARD_SENT` is in doubt as well: the payment has left, so it
    never expires, and is repeated until it is answered.
    """

    AUTH_SENT = "AUTH_SENT"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    REVERSAL_PENDING = "REVERSAL_PENDING"
    REVERSED = "REVERSED"
    VOIDED = "VOIDED"
    PENDING = "PENDING"
    FORWARD_SENT = "FORWARD_SENT"
    EXPIRED = "EXPIRED"
    LOST = "LOST"

    @property
    def shown_as(self) -> str:
        """The id of the state wherever it is shown: a payment that has left waits as one that has not."""
        return _SHOWN_AS.get(self, self.value.lower().replace("_", "-"))

    @property
    def in_doubt(self) -> bool:
        """Whether the terminal resolves it before the next payment: it is reversed, or its reversal is finished."""
        return self in (PaymentState.AUTH_SENT, PaymentState.REVERSAL_PENDING)

    @property
    def is_paid(self) -> bool:
        """Whether a point of sale counts it as paid: completed, or taken offline and not refused since."""
        return self in (PaymentState.COMPLETED, PaymentState.PENDING, PaymentState.FORWARD_SENT)


_SHOWN_AS = {PaymentState.AUTH_SENT: "sent", PaymentState.FORWARD_SENT: "pending"}
PaymentStep = tuple[PaymentState | None, PaymentState]

_PAYMENT_STEPS: tuple[PaymentStep, ...] = (
    (None, PaymentState.AUTH_SENT),
    (None, PaymentState.DECLINED),
    (PaymentState.AUTH_SENT, PaymentState.COMPLETED),
    (PaymentState.AUTH_SENT, PaymentState.DECLINED),
    (PaymentState.AUTH_SENT, PaymentState.REVERSAL_PENDING),
    (PaymentState.AUTH_SENT, PaymentState.PENDING),
    (PaymentState.REVERSAL_PENDING, PaymentState.REVERSED),
    (PaymentState.COMPLETED, PaymentState.VOIDED),
    (None, PaymentState.PENDING),
    (PaymentState.PENDING, PaymentState.FORWARD_SENT),
    (PaymentState.PENDING, PaymentState.EXPIRED),
    (PaymentState.PENDING, PaymentState.LOST),
    (PaymentState.FORWARD_SENT, PaymentState.COMPLETED),
    (PaymentState.FORWARD_SENT, PaymentState.DECLINED),
    (PaymentState.FORWARD_SENT, PaymentState.LOST),
)
# A void is itself a reversal, and its row of the journal a payment; the reversal of an unanswered request has a row of its own.
_VOID_STEPS: tuple[PaymentStep, ...] = (
    (None, PaymentState.REVERSAL_PENDING),
    (PaymentState.REVERSAL_PENDING, PaymentState.COMPLETED),
    (PaymentState.REVERSAL_PENDING, PaymentState.DECLINED),
)
_REVERSAL_STEPS: tuple[PaymentStep, ...] = (
    (None, PaymentState.REVERSAL_PENDING),
    (PaymentState.REVERSAL_PENDING, PaymentState.COMPLETED),
)
PAYMENT_KINDS = tuple(kind for kind in MessageKind if kind.facts.is_payment)
# The steps that the rows of one reference may take, by their kind; None stands before the first row.
STEPS: Mapping[MessageKind, tuple[PaymentStep, ...]] = {
    **dict.fromkeys(PAYMENT_KINDS, _PAYMENT_STEPS),
    MessageKind.VOID: _VOID_STEPS,
    MessageKind.REVERSAL: _REVERSAL_STEPS,
}


class Payment(NumberedRow, Struct, frozen=True, kw_only=True):
    """A payment, refund or void in the state that it has from now on.

    `reference` is the terminal's own name of it, `pan` the masked card number, `stan` the trace number, `at` the terminal's civil
    time of the request in whole seconds, and `original` the payment that a void or refund names. `requested` differs from `amount` only after a
    partial approval. `language` is the cardholder's, where the card says it. `ticket`, `server` and `register` come from a point
    of sale and are empty in a standalone payment; `request` is the point of sale's name for what it asked. `fallback`
    is `chip` where the stripe was read since the chip could not be. `reasons` is why card and terminal decided as they did, as short text
    (`emv.data.reasons`). `batch` is the terminal's batch in which the acquirer books it, 0 where the model does not settle.
    """

    KINDS: ClassVar[tuple[str, ...]] = tuple(kind.value for kind in PAYMENT_KINDS)

    kind: MessageKind
    reference: str
    pan: str
    stan: int
    requested: int = 0
    brand: str = ""
    sequence: str = ""
    original: str = ""
    auth_code: str = ""
    response_code: str = ""
    host_reference: str = ""
    reason: str = ""
    aid: str = ""
    label: str = ""
    cvm: str = ""
    cryptogram: str = ""
    avs_result: str = ""
    language: str = ""
    ticket: str = ""
    server: str = ""
    register: str = ""
    request: str = ""
    fallback: str = ""
    reasons: str = ""
    batch: int = 0
    state: PaymentState
    amount: Money
    entry: EntryMode
    at: datetime

    @property
    def card_type(self) -> str:
        """The brand as paper and screens print it: `VISA`, `SQUARE GIFT`."""
        return self.brand.replace("-", " ").upper()

    @property
    def is_fallback(self) -> bool:
        """Whether the stripe was read in place of the chip."""
        return bool(self.fallback)

    @property
    def is_approved_by_card(self) -> bool:
        """Whether it waits for the acquirer, and its card has approved it: what was kept has no response code until it is answered (EMV Book 4, A6)."""
        return self.state in (PaymentState.PENDING, PaymentState.FORWARD_SENT) and bool(self.response_code)

    @property
    def last4(self) -> str:
        return self.pan[-4:]
