"""The check: every invariant over the journal, the host's books and what the host was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Protocol

import msgspec

from terminal_sim.core.rows.schema import Field
from terminal_sim.journal.errors import JournalDamagedError
from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.money import MONEY
from terminal_sim.journal.invariants.names import NAMES
from terminal_sim.journal.invariants.secrecy import SECRECY
from terminal_sim.journal.invariants.state import STATE
from terminal_sim.journal.invariants.till import TILL
from terminal_sim.journal.invariants.timing import TIMING
from terminal_sim.journal.invariants.views import STATEMENTS, TABLES
from terminal_sim.journal.invariants.wire import WIRE
from terminal_sim.journal.store import Journal


class LedgerLine(Protocol):
    """A line of the host's books, as `host.ledger.LedgerEntry` has it."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> Enum: ...
    @property
    def terminal(self) -> str: ...
    @property
    def stan(self) -> int: ...
    @property
    def reference(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def original(self) -> str: ...


class Message(Protocol):
    """A request that the host got, as `host.seen.SeenMessage` has it."""

    @property
    def kind(self) -> str: ...
    @property
    def mti(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Field]: ...


class Amount(Protocol):
    @property
    def minor(self) -> int: ...


class Tender(Protocol):
    """A payment or refund of the point of sale, as `pos.model.rows.TenderRow` has it."""

    @property
    def number(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def outcome(self) -> Enum: ...
    @property
    def amount(self) -> Amount: ...
    @property
    def terminal(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def request(self) -> str: ...


class TillSale(Protocol):
    """A sale of the point of sale, as `pos.model.sale.Sale` has it."""

    @property
    def ticket(self) -> str: ...
    @property
    def amount(self) -> Amount: ...
    @property
    def tenders(self) -> Mapping[int, Tender]: ...


INVARIANTS = (*MONEY, *STATE, *WIRE, *TIMING, *SECRECY, *NAMES, *TILL)
RESOLVED = (
    Invariant(
        "L1",
        "a payment is still in doubt",
        "select txn, kind, state from newest where state in"
        " ('AUTH_SENT', 'REVERSAL_PENDING', 'PENDING', 'FORWARD_SENT')",
    ),
    Invariant(
        "L2",
        "a request of the point of sale is not answered",
        "select ticket, request from till where outcome in ('asked', 'cancelling')",
    ),
)


def violations(
    journal: Journal,
    ledger_entries: Iterable[LedgerLine] = (),
    messages: Iterable[Message] = (),
    sales: Iterable[TillSale] = (),
    *,
    resolved: bool = False,
) -> list[str]:
    """One line for each row that breaks an invariant; nothing where all is well.

    `resolved` says that every terminal had its time with the host within reach, so that nothing may be in doubt any more.
    """
    try:
        journal.verify()
    except JournalDamagedError as error:
        return [f"S4 {error}"]
    bindings = {
        "ledger": _json([_ledger_row(entry) for entry in ledger_entries]),
        "wire": _json([_wire_row(n, message) for n, message in enumerate(messages, 1)]),
        "till": _json([row for sale in sales for row in _till_rows(sale)]),
    }
    try:
        for sql in STATEMENTS:
            journal.query(sql, {name: text for name, text in bindings.items() if f":{name}" in sql})
        asked = (*INVARIANTS, *RESOLVED) if resolved else INVARIANTS
        return [f"{one.code} {one.says}: {_shown(row)}" for one in asked for row in journal.query(one.sql)]
    finally:
        for table in TABLES:
            journal.query(f"drop table if exists temp.{table}")


def _shown(row: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in row.items())


def _ledger_row(entry: LedgerLine) -> tuple[Field, ...]:
    return (
        entry.number,
        str(entry.kind.value),
        entry.terminal,
        entry.stan,
        entry.reference,
        entry.amount,
        entry.currency,
        entry.original,
    )


_WIRE = ("terminal", "stan", "reference", "amount", "currency", "original", "original-stan", "at", "pan")


def _wire_row(n: int, message: Message) -> tuple[Field, ...]:
    return (n, message.kind, message.mti, *(message.fields.get(name, "") for name in _WIRE))


def _till_rows(sale: TillSale) -> Iterator[tuple[Field, ...]]:
    for tender in sale.tenders.values():
        yield (
            tender.number,
            tender.kind,
            sale.ticket,
            sale.amount.minor,
            str(tender.outcome.value),
            tender.amount.minor,
            tender.terminal,
            tender.reference,
            tender.request,
        )


def _json(rows: list[tuple[Field, ...]]) -> str:
    return msgspec.json.encode(rows).decode()
