"""The check: every invariant over the journal, the host's books and what the host was sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


INVARIANTS = (*MONEY, *STATE, *WIRE, *TIMING, *SECRECY, *NAMES)
RESOLVED = Invariant(
    "L1",
    "a payment is still in doubt",
    "select txn, kind, state from newest where state in"
    " ('AUTH_SENT', 'REVERSAL_PENDING', 'PENDING', 'FORWARD_SENT')",
)


def violations(
    journal: Journal,
    ledger_entries: Iterable[LedgerLine] = (),
    messages: Iterable[Message] = (),
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
    }
    try:
        for sql in STATEMENTS:
            journal.query(sql, {name: text for name, text in bindings.items() if f":{name}" in sql})
        asked = (*INVARIANTS, RESOLVED) if resolved else INVARIANTS
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


def _json(rows: list[tuple[Field, ...]]) -> str:
    return msgspec.json.encode(rows).decode()
