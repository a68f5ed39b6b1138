"""The row classes of the journal, one for each kind, and the table of them all.

`Payment` serves the kinds of payments and stands with its states; the rows of offline payments stand in `rows.offline`.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from msgspec import Struct

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.offline import (
    OfflineDeclinedRow,
    OfflineExpiredRow,
    OfflineForwardedRow,
    OfflineLostRow,
    OfflineSentRow,
    OfflineStoredRow,
    OutageRow,
)
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.rows.settlement import BatchOpenedRow, SettlementRow

# The device.


class BootRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The terminal has started: `boot` counts its starts, `in_doubt` the payments that it resolves first, `model` is its profile."""

    KINDS: ClassVar[tuple[str, ...]] = ("boot",)

    boot: int
    in_doubt: int
    model: str = ""


class PowerRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The terminal was switched off by its key: `state` is `off`."""

    KINDS: ClassVar[tuple[str, ...]] = ("power",)

    state: str


class ClockRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The wall clock was set forward `by` so many microseconds; a negative number sets it back."""

    KINDS: ClassVar[tuple[str, ...]] = ("clock",)

    by: int


class TamperRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The housing was opened and the keys are erased: `state` is `detected`."""

    KINDS: ClassVar[tuple[str, ...]] = ("tamper",)

    state: str


# The people at the terminal.


class PasscodeRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A passcode was typed or changed: `result` is `accepted`, `wrong` or `changed`.

    `failures` counts the wrong ones in a row, `locked_until` is the end of a lock on the virtual clock in microseconds, and
    `digest` is made of the new passcode (`durable_state.passcode_digest`).
    """

    KINDS: ClassVar[tuple[str, ...]] = ("passcode",)

    name: str
    result: str
    failures: int = 0
    locked_until: int = 0
    digest: str = ""


class AccountRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The merchant's account was entered or left: `act` is `sign-in`, or the flow that leaves it (`sign-out`, `factory-reset` ...)."""

    KINDS: ClassVar[tuple[str, ...]] = ("account",)

    act: str


class OfflineSettingsRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The merchant has set a rule of offline payments: whether they are `allowed` (`yes`, `no`), or their `limit` in minor units."""

    KINDS: ClassVar[tuple[str, ...]] = ("offline.settings",)

    allowed: str = ""
    limit: int | None = None


class OrderRow(JournalRow, Struct, frozen=True, kw_only=True):
    """An online order has arrived: the `number`th one of this terminal, with its `text` and amount."""

    KINDS: ClassVar[tuple[str, ...]] = ("order",)

    number: int
    text: str
    amount: Money


class OrdersSeenRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The merchant has looked at the online orders up to the `number`th of this terminal."""

    KINDS: ClassVar[tuple[str, ...]] = ("order.seen",)

    number: int


# What a payment leaves besides its own rows.


class ReversalRow(JournalRow, Struct, frozen=True, kw_only=True):
    """The acquirer is asked to reverse the payment `original`, whose trace number and amount it repeats (ISO 8583 0400).

    `state` is `REVERSAL_PENDING`, then `COMPLETED`; `pan` is masked; `reason` is why the payment must not count.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("reversal",)

    reference: str
    original: str
    state: PaymentState
    amount: Money
    entry: EntryMode
    pan: str
    stan: int
    reason: str


class ReprintRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A receipt of the payment `original` was printed again; `copy` is `merchant` or `customer`."""

    KINDS: ClassVar[tuple[str, ...]] = ("reprint",)

    original: str
    copy: str


class ReceiptRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A receipt by message for the payment `original`: `due` until the payment is approved, then `sent`.

    `to` shows the last digits of a telephone number.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("receipt",)

    original: str
    to: str
    state: str


class CardRefusedRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A card was refused before the acquirer was asked: `reasons` says why, as short text (`emv.data.reasons`).

    `reference` is the terminal's own name of the attempt, `transaction` what was to be paid by it, `verdict` how the card's conversation
    ended. `pan` is masked, and empty like `brand` where the card was not read. `stan` is the trace number of the advice that the card wanted
    sent, 0 where there is none.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("card.refused",)

    reference: str
    transaction: MessageKind
    verdict: str
    amount: Money
    entry: EntryMode
    at: datetime
    pan: str = ""
    brand: str = ""
    stan: int = 0
    reasons: str = ""


class UnansweredRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A message was sent so many `attempts` without an answer that takes it, and a person is called for: the home screen says so until it is taken.

    `message` is the kind of the message and `reference` what it is about. It is sent on.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("unanswered",)

    message: MessageKind
    reference: str
    attempts: int


class UnexpectedRow(JournalRow, Struct, frozen=True, kw_only=True):
    """An answer of the acquirer has arrived that nothing waits for; it changes nothing."""

    KINDS: ClassVar[tuple[str, ...]] = ("unexpected",)

    mti: str
    stan: int
    amount: int
    response_code: str


# The table: a further kind is one class above and its name here.
ROW_CLASSES: tuple[type[JournalRow], ...] = (
    Payment,
    ReversalRow,
    ReprintRow,
    PasscodeRow,
    BootRow,
    PowerRow,
    ClockRow,
    OrderRow,
    OrdersSeenRow,
    OfflineStoredRow,
    OfflineSentRow,
    OfflineForwardedRow,
    OfflineDeclinedRow,
    OfflineExpiredRow,
    OfflineLostRow,
    OutageRow,
    OfflineSettingsRow,
    AccountRow,
    ReceiptRow,
    CardRefusedRow,
    TamperRow,
    BatchOpenedRow,
    SettlementRow,
    UnansweredRow,
    UnexpectedRow,
)
