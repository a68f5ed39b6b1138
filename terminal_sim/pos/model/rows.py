"""The rows of a point of sale's journal, one class a kind, serialised by the rules of `core.rows.schema`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import ClassVar

from msgspec import Struct

from terminal_sim.core.money import Money
from terminal_sim.core.rows.schema import FlatRow, JournalRow, RowError


class PaymentTypeKind(Enum):
    """What a payment type stands for; only `CARD_TERMINAL` asks a terminal, and it is built in."""

    CARD_TERMINAL = "card-terminal"
    CREDIT_CARD = "credit-card"
    DEBIT_CARD = "debit-card"
    GIFT_CARD = "gift-card"
    CASH = "cash"
    OTHER = "other"


class TenderOutcome(Enum):
    """What a point of sale knows of a payment or refund that it asked for, or that a person entered.

    `ASKED` and `CANCELLING` are in doubt: the terminal may still be doing it, and is asked again until it has answered.
    """

    ASKED = "asked"
    CANCELLING = "cancelling"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    BUSY = "busy"
    REFUSED = "refused"
    OFF = "off"
    UNREACHABLE = "out-of-reach"
    UNKNOWN = "unknown"

    @property
    def in_doubt(self) -> bool:
        return self in (TenderOutcome.ASKED, TenderOutcome.CANCELLING)


def request_id(number: int) -> str:
    """The id under which a terminal is asked for tender `number`: nine characters up to a million, as vendors' protocols have room for ten."""
    return f"POS{number:06d}"


class RegisterRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A register is set up: its `name`, and the `terminal` that it sends payments to."""

    KINDS: ClassVar[tuple[str, ...]] = ("register",)

    name: str
    terminal: str


class ServerRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A server, who sells, is set up."""

    KINDS: ClassVar[tuple[str, ...]] = ("server",)

    name: str


class PaymentTypeRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A custom payment type is set up or retired: `code` is short and unique, `name` is what register and ticket show.

    `reference` is the accounting reference, which may be empty; `state` is `active` or `retired`.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("payment-type",)

    code: str
    name: str
    type: PaymentTypeKind
    reference: str = ""
    state: str = "active"


class SaleRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A sale is opened: its `ticket` is unique in the life of the point of sale. `at` is civil time in whole seconds."""

    KINDS: ClassVar[tuple[str, ...]] = ("sale",)

    ticket: str
    amount: Money
    at: datetime
    server: str = ""
    register: str = ""


class SaleCancelledRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A sale was taken back before anything was paid; asking for it again opens it again."""

    KINDS: ClassVar[tuple[str, ...]] = ("sale-cancelled",)

    ticket: str


class TenderRow(JournalRow, Struct, frozen=True, kw_only=True):
    """A payment of a sale, or a refund of such a payment, in the state that it has from now on.

    `number` counts the tenders of the point of sale. `payment` is the code of its payment type. `terminal` and `reference` are the
    terminal that was asked and its own name for the payment or void; both are empty where a person entered it. `amount` is what was
    asked for until it is `done`, and then what was paid or given back. `notice` is the wording that the terminal ended with, or why
    it refused. `original` is the number of the payment that a refund gives back.
    """

    KINDS: ClassVar[tuple[str, ...]] = ("payment", "refund")

    kind: str
    ticket: str
    number: int
    payment: str
    outcome: TenderOutcome
    amount: Money
    at: datetime
    terminal: str = ""
    reference: str = ""
    notice: str = ""
    original: int = 0

    @property
    def request(self) -> str:
        """The id under which a terminal was asked; empty where a person entered it."""
        return request_id(self.number) if self.terminal else ""

    @property
    def is_refund(self) -> bool:
        return self.kind == "refund"


ROW_CLASSES: tuple[type[JournalRow], ...] = (
    RegisterRow,
    ServerRow,
    PaymentTypeRow,
    SaleRow,
    SaleCancelledRow,
    TenderRow,
)
_BY_KIND: Mapping[str, type[JournalRow]] = {kind: row for row in ROW_CLASSES for kind in row.KINDS}


def row_of(flat: FlatRow) -> JournalRow:
    """The typed row of a stored one. Raises `RowError` for a kind that is not in the table or a row that does not fit it."""
    row = _BY_KIND.get(flat.kind)
    if row is None:
        raise RowError(f"the journal of a point of sale has no kind {flat.kind!r}")
    return row.of(flat)
