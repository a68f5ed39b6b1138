"""Messages between terminal and acquirer, without a wire format: their kinds, a request, a reply, and which reply counts.

The table `MessageKind` says all that differs between kinds. A further kind is one more row: acquirer, codec, invariants, report
and script vocabulary read the row's facts.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from functools import cached_property

from msgspec import Struct, structs

from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.booking import Booking
from terminal_sim.core.money import Money
from terminal_sim.identity_enum import IdentityEnum
from terminal_sim.secret import Secret


class EntryMode(IdentityEnum):
    """How the card's data came in (ISO 8583 DE 22)."""

    CHIP = "chip"
    CONTACTLESS = "contactless"
    STRIPE = "stripe"
    KEYED = "keyed"


class MessageClass(IdentityEnum):
    """The class of a message and of its reply, which the dialect writes as a message type (ISO 8583:1987, 4.1.2)."""

    AUTHORISATION = "authorisation"
    FINANCIAL = "financial"
    AUTHORISATION_ADVICE = "authorisation-advice"
    ADVICE = "advice"
    REVERSAL = "reversal"
    RECONCILIATION = "reconciliation"
    BATCH_UPLOAD = "batch-upload"


class Condition(Enum):
    """The conditions of a point of service (ISO 8583:1987 DE 25)."""

    NORMAL = "00"
    MAIL_OR_TELEPHONE = "08"


class KindFacts(Struct, frozen=True, kw_only=True):
    """What is particular to a kind of message.

    `processing_code` is the transaction type of DE 3 and of EMV tag 9C (EMV Book 3, Annex A), two digits; it is empty where
    the message carries that of its original, and of a purchase where it has none. `condition` is what DE 25 says of the kind itself; a message that names an
    original carries the original's condition. `report` is the word of the Payment transactions report, empty for a kind that
    has no journal rows of its own. `is_payment` says that its journal rows are whole payments with a reference of their own.
    `voidable` says that a completed payment can be voided, `deferrable` that a payment can be stored while the acquirer
    is out of reach and forwarded later.
    """

    message_class: MessageClass
    processing_code: str
    booking: Booking
    condition: Condition = Condition.NORMAL
    report: str = ""
    is_payment: bool = False
    voidable: bool = False
    deferrable: bool = False


class MessageKind(Enum):
    """The kinds of host messages, each with its facts. The value is the kind's name in journal, trace and scripts.

    The order matters in one place: where an original's message type and condition fit several kinds, the first is meant.
    """

    _value_: str
    facts: KindFacts

    def __new__(cls, name: str, *facts: KindFacts) -> MessageKind:
        """Makes the member of a row, which has exactly one `facts`; `MessageKind(name)` finds a member and comes not here."""
        kind = object.__new__(cls)
        kind._value_ = name
        (kind.facts,) = facts
        return kind

    SALE = (
        "sale",
        KindFacts(
            message_class=MessageClass.AUTHORISATION,
            processing_code="00",
            booking=Booking.CHARGE,
            report="Sale",
            is_payment=True,
            voidable=True,
            deferrable=True,
        ),
    )
    MOTO = (
        "moto",
        KindFacts(
            message_class=MessageClass.AUTHORISATION,
            processing_code="00",
            booking=Booking.CHARGE,
            condition=Condition.MAIL_OR_TELEPHONE,
            report="Sale",
            is_payment=True,
            voidable=True,
        ),
    )
    VOID = (
        "void",
        KindFacts(
            message_class=MessageClass.REVERSAL,
            processing_code="02",
            booking=Booking.VOID,
            report="Void",
            is_payment=True,
        ),
    )
    REFUND = (
        "refund",
        KindFacts(
            message_class=MessageClass.FINANCIAL,
            processing_code="20",
            booking=Booking.REFUND,
            report="Refund",
            is_payment=True,
        ),
    )
    REVERSAL = (
        "reversal",
        KindFacts(
            message_class=MessageClass.REVERSAL,
            processing_code="",
            booking=Booking.REVERSAL,
            report="Reversal",
        ),
    )
    ADVICE = (
        "advice",
        KindFacts(
            message_class=MessageClass.ADVICE,
            processing_code="00",
            booking=Booking.CHARGE,
        ),
    )
    CARD_ADVICE = (
        "card-advice",
        KindFacts(
            message_class=MessageClass.AUTHORISATION_ADVICE,
            processing_code="",
            booking=Booking.NOTHING,
        ),
    )
    RECONCILIATION = (
        "reconciliation",
        KindFacts(
            message_class=MessageClass.RECONCILIATION,
            processing_code="92",
            booking=Booking.SETTLEMENT,
        ),
    )
    BATCH_UPLOAD = (
        "batch-upload",
        KindFacts(
            message_class=MessageClass.BATCH_UPLOAD,
            processing_code="",
            booking=Booking.UPLOAD,
        ),
    )
    BATCH_CLOSE = (
        "batch-close",
        KindFacts(
            message_class=MessageClass.RECONCILIATION,
            processing_code="96",
            booking=Booking.SETTLEMENT,
        ),
    )

    @property
    def charges(self) -> bool:
        """Whether the cardholder pays, so that the issuer is asked."""
        return self.facts.booking is Booking.CHARGE

    @property
    def moves_money(self) -> bool:
        """Whether it charges or refunds. Such a message can be the original of another, and is reversed if it is unanswered."""
        return self.facts.booking.moves_money

    @property
    def undoes(self) -> bool:
        """Whether it takes another message back. Such a message names its original, and is repeated until it is answered."""
        return self.facts.booking.takes_back

    @property
    def settles(self) -> bool:
        """Whether it is part of the settlement of a batch, and is repeated until the acquirer has taken it."""
        return self.facts.booking.settles


class Original(Struct, frozen=True, kw_only=True):
    """The message that a void, reversal, advice or uploaded row speaks of (DE 90)."""

    kind: MessageKind
    stan: int
    reference: str


class Avs(Struct, frozen=True, kw_only=True):
    """What the cardholder said of the billing address."""

    postal_code: str = ""
    street_number: str = ""


class HostRequest(Struct, frozen=True, kw_only=True, dict=True):
    """A request. `key_serial` is that of the key that enciphers the PIN block, empty for a fixed one. `stan` 1..999999; `reference` is the terminal's own, unique; `at` is the terminal's civil time.

    `fallback` says that the stripe was read where a chip could not be (ISO 8583 DE 22: 80).
    `reason` is the message reason code of a reversal: 4000 customer cancellation, 4021 time-out, 4017 card refused.
    `batch` is the terminal's batch in which the acquirer books the message, 0 where the terminal has none. A reconciliation has the
    `totals` of its batch, their net without its sign as `amount`, and no `entry`; an uploaded row names itself as its `original`.
    """

    kind: MessageKind
    terminal: str
    merchant: str
    stan: int
    reference: str
    amount: Money
    at: datetime
    entry: EntryMode | None
    fallback: bool = False
    repeat: bool = False
    pan: Secret[str] | None = None
    expiry: Secret[str] | None = None
    sequence: str = ""
    track2: Secret[str] | None = None
    cvc: Secret[str] | None = None
    pin_block: Secret[bytes] | None = None
    key_serial: bytes = b""
    icc_data: bytes = b""
    avs: Avs | None = None
    original: Original | None = None
    reason: str = ""
    batch: int = 0
    totals: BatchTotals | None = None

    @cached_property
    def card_number(self) -> Secret[str] | None:
        """The card number of DE 2 or DE 35; None where there is none or the two differ."""
        if self.track2 is None:
            return self.pan
        of_track2 = Secret(self.track2.reveal().partition("=")[0])
        return of_track2 if self.pan is None or self.pan == of_track2 else None


class HostReply(Struct, frozen=True, kw_only=True):
    """An answer, as decoded. It counts only where class, terminal, trace number and amount are the request's (`answers`).

    `label` is the dialect's own name of the message, such as 0110, for journal and trace. It decides nothing and takes no
    part in comparisons.
    """

    message_class: MessageClass
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
    label: str = ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HostReply) and self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def _compared(self) -> tuple[object, ...]:
        return structs.astuple(structs.replace(self, label=""))

    @property
    def approved(self) -> bool:
        """00 approved, 10 partial approval (ISO 8583 DE 39)."""
        return self.response_code in ("00", "10")


def answers(reply: HostReply, request: HostRequest) -> bool:
    """Whether message class, terminal, trace number and amount of `reply` are those of `request`, all four."""
    return (
        reply.message_class is request.kind.facts.message_class
        and reply.terminal == request.terminal
        and reply.stan == request.stan
        and reply.amount == request.amount
    )
