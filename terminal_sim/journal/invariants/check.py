"""The check: every invariant over the journal, the host's books and what the host was sent.

A long journal in a file is asked itself. The rows of any other are copied into a database of the process, whose statements stay
prepared: to prepare them takes longer than to run them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import partial
from threading import local
from typing import Any, Protocol

import apsw
import msgspec

from terminal_sim.core.rows.schema import Field
from terminal_sim.journal.errors import JournalDamagedError
from terminal_sim.journal.file import IN_MEMORY
from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.money import MONEY
from terminal_sim.journal.invariants.names import NAMES
from terminal_sim.journal.invariants.secrecy import SECRECY
from terminal_sim.journal.invariants.settlement import SETTLEMENT
from terminal_sim.journal.invariants.state import STATE
from terminal_sim.journal.invariants.till import TILL
from terminal_sim.journal.invariants.timing import TIMING
from terminal_sim.journal.invariants.told import SAID, TOLD
from terminal_sim.journal.invariants.views import TABLES
from terminal_sim.journal.invariants.wire import WIRE
from terminal_sim.journal.reading import asked
from terminal_sim.journal.records import JournalStore
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
    @property
    def batch(self) -> int: ...


class Message(Protocol):
    """A request that the host got, as `host.seen.SeenMessage` has it."""

    @property
    def kind(self) -> str: ...
    @property
    def mti(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Field]: ...


class ScreenOnRecord(Protocol):
    """A screen that stood on the display of a terminal at a moment of virtual time, as `bench.told.ToldScreen` has it."""

    @property
    def number(self) -> int: ...
    @property
    def mono(self) -> int: ...
    @property
    def terminal(self) -> str: ...
    @property
    def screen(self) -> str: ...


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


INVARIANTS = (*MONEY, *STATE, *WIRE, *TIMING, *SECRECY, *NAMES, *SETTLEMENT, *TILL, *TOLD)
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
    Invariant(
        "L3",
        "a batch is closed at the terminal and not settled",
        """select terminal, batch, state from settlement as s where state <> 'SETTLED' and not exists (
            select 1 from settlement as n where n.terminal = s.terminal and n.batch = s.batch and n.number > s.number)""",
    ),
)


def violations(
    journal: JournalStore,
    ledger_entries: Iterable[LedgerLine] | None = (),
    messages: Iterable[Message] = (),
    sales: Iterable[TillSale] = (),
    *,
    told: Iterable[ScreenOnRecord] = (),
    resolved: bool = False,
) -> list[str]:
    """One line for each row that breaks an invariant; nothing where all is well.

    `told` are the screens that were shown, oldest first. `ledger_entries` is None where the host's books are out of reach: then what asks them is left out. `resolved` says that every terminal had its time with the host within reach, so that nothing may be in doubt any more.
    """
    try:
        journal.verify()
    except JournalDamagedError as error:
        return [f"S4 {error}"]
    bindings = {
        "ledger": _json([_ledger_row(entry) for entry in ledger_entries or ()]),
        "wire": _json([_wire_row(n, message) for n, message in enumerate(messages, 1)]),
        "till": _json([row for sale in sales for row in _till_rows(sale)]),
        "told": _json(
            [(one.number, one.mono, one.terminal, one.screen) for one in told if one.screen in SAID]
        ),
    }
    invariants: tuple[Invariant, ...] = (*INVARIANTS, *RESOLVED) if resolved else INVARIANTS
    if ledger_entries is None:
        invariants = tuple(one for one in invariants if not one.asks_the_books)
    if journal.row_count <= _SHORT or not isinstance(journal, Journal):
        return _DESK.broken(journal, bindings, invariants)
    try:
        for table in TABLES:
            journal.query(table.made)
            journal.query(table.filled, _of(bindings, table.filled))
            for index in table.indexed:
                journal.query(index)
        return _broken(journal.query, invariants)
    finally:
        for table in TABLES:
            journal.query(f"drop table if exists temp.{table.name}")


Rows = list[dict[str, Any]]
_SHORT = 2_000  # rows


class _Desk(local):
    """A database of this thread with the tables of a journal, which are empty between two checks but never dropped.

    All of it is in memory: a copy of the process (`os.fork`) has tables of its own, which a file for temporary tables would not be.
    """

    def __init__(self) -> None:
        self._db = apsw.Connection(IN_MEMORY, statementcachesize=256)
        self._db.pragma("temp_store", "memory")
        self._db.execute(
            "create table journal (seq integer primary key, terminal, number, boot, mono, wall, kind, txn, fields)"
        )
        for table in TABLES:
            self._db.execute(table.made)
            for index in table.indexed:
                self._db.execute(index)

    def broken(
        self, journal: JournalStore, bindings: Mapping[str, str], invariants: Iterable[Invariant]
    ) -> list[str]:
        """One line for each row of `journal` that breaks an invariant.

        All is done in one transaction that is rolled back: one for each statement costs as much as asking a few rows.
        """
        self._db.execute("begin")
        try:
            journal.copy_rows(self._db)
            for table in TABLES:
                self._db.execute(table.filled, _of(bindings, table.filled))
            return _broken(partial(asked, self._db), invariants)
        finally:
            self._db.execute("rollback")


_DESK = _Desk()


def _of(bindings: Mapping[str, str], sql: str) -> dict[str, str]:
    return {name: text for name, text in bindings.items() if f":{name}" in sql}


def _broken(query: Callable[[str], Rows], invariants: Iterable[Invariant]) -> list[str]:
    return [f"{one.code} {one.says}: {_shown(row)}" for one in invariants for row in query(one.sql)]


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
        entry.batch,
    )


_WIRE = ("terminal", "stan", "reference", "amount", "currency", "original", "original-stan")


def _wire_row(n: int, message: Message) -> tuple[Field, ...]:
    """The message with the day of its time."""
    known = (message.fields.get(name, "") for name in _WIRE)
    day = str(message.fields.get("at", ""))[: len("YYYY-MM-DD")]
    return (
        n,
        message.kind,
        message.mti,
        *known,
        day,
        message.fields.get("pan", ""),
        message.fields.get("batch", 0),
    )


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
