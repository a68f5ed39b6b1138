"""The tables that invariants ask, made of the schemas of journal rows, and the kinds that they name, made of the tables of kinds.

`payment` has the journal's rows of payments and reversals, `newest` the last of each, `offline` the rows of offline payments, and
`settlement` those of batches.
`ledger` is the host's books, `wire` what the host was sent, `till` the payments and refunds of the point of sale, and `told` the screens
that were shown. `net` is what the merchant is left with of each payment, whose
refunds are payments of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import MessageClass, MessageKind
from terminal_sim.core.payment import Payment
from terminal_sim.core.rows.kinds import BootRow, PasscodeRow, ReversalRow
from terminal_sim.core.rows.offline import (
    OfflineDeclinedRow,
    OfflineExpiredRow,
    OfflineForwardedRow,
    OfflineLostRow,
    OfflineRow,
)
from terminal_sim.core.rows.schema import JournalRow, schema_of
from terminal_sim.core.rows.settlement import SettlementRow
from terminal_sim.core.rows.table import ROW_KINDS


def _values(words: Iterable[str]) -> str:
    """Words as a list of SQL."""
    return f"({', '.join(map(repr, words))})"


def _listed(members: Iterable[Enum]) -> str:
    return _values(member.value for member in members)


def _kinds(*rows: type[JournalRow]) -> str:
    """The kinds that these row classes serve, those of their subclasses among them, as a list of SQL."""
    return _values(kind for kind, row in ROW_KINDS.items() if issubclass(row, rows))


# Kinds of messages: payments that ask the acquirer for money; what takes another back; payments that give money back; what is
# forwarded; what settles a batch. Then the entries of the books that move money, and those that take such an entry back.
REQUESTED = _listed(kind for kind in MessageKind if kind.facts.is_payment and kind.moves_money)
CHARGING = _listed(kind for kind in MessageKind if kind.facts.is_payment and kind.charges)
UNDOING = _listed(kind for kind in MessageKind if kind.undoes)
GIVING_BACK = _listed(kind for kind in MessageKind if kind.facts.is_payment and not kind.charges)
FORWARDED = _listed(kind for kind in MessageKind if kind.facts.message_class is MessageClass.ADVICE)
SETTLING = _listed(kind for kind in MessageKind if kind.settles)
BOOKED = _listed(booking for booking in Booking if booking.moves_money)
_TAKING_BACK = _listed(booking for booking in Booking if booking.takes_back)
# Kinds of rows: what an offline payment has come to.
OFFLINE_RESOLVED = _kinds(OfflineForwardedRow, OfflineDeclinedRow, OfflineExpiredRow, OfflineLostRow)


@dataclass(frozen=True, slots=True)
class Table:
    """A temporary table with its `columns`, filled by `select`; each of `indexes` is a list of columns."""

    name: str
    columns: str
    select: str
    indexes: tuple[str, ...] = ()

    @property
    def made(self) -> str:
        """The statement that makes it, empty."""
        return f"create temp table {self.name} ({self.columns})"

    @property
    def filled(self) -> str:
        """The statement that fills it; it may ask for the JSON of the rows that are not in the journal, `:ledger` and the like."""
        return f"insert into temp.{self.name} {self.select}"

    @property
    def indexed(self) -> Iterator[str]:
        """The statements that make its indexes."""
        for number, columns in enumerate(self.indexes):
            yield f"create index temp.{self.name}_{number} on {self.name} ({columns})"


def _view(name: str, rows: tuple[type[JournalRow], ...], *fields: str, indexes: tuple[str, ...]) -> Table:
    """A table of the journal's rows of some classes with their `fields`, each of which some class has in its schema."""
    known = {field for row in ROW_KINDS.values() if issubclass(row, rows) for field in schema_of(row).names}
    unknown = set(fields) - known
    if unknown:
        raise ValueError(f"no row of the view {name} has a field {', '.join(sorted(unknown))}")
    own = "seq, terminal, number, boot, mono, kind, txn"
    columns = ", ".join(f"fields ->> '$.{field}'" for field in fields)
    select = f"select {own}, {columns} from journal where kind in {_kinds(*rows)}"
    return Table(name, f"{own}, {', '.join(fields)}", select, indexes)


def _given(name: str, *columns: str, indexes: tuple[str, ...] = ()) -> Table:
    """A table of the rows that are given as JSON under the table's name, a list of lists."""
    values = ", ".join(f"value ->> {at}" for at in range(len(columns)))
    return Table(name, ", ".join(columns), f"select {values} from json_each(:{name})", indexes)


_PAYMENT = ("state", "amount", "currency", "stan", "original", "pan", "request", "batch")
_COUNTED = ("sales", "sales_sum", "voids", "voids_sum", "refunds", "refunds_sum")
_PAYMENTS = _view("payment", (Payment, ReversalRow), *_PAYMENT, indexes=("txn, seq",))

TABLES = (
    _PAYMENTS,
    _view(
        "offline",
        (OfflineRow,),
        "deadline",
        "sealed",
        "reason",
        "outage",
        indexes=("txn, kind", "terminal, kind, number"),
    ),
    _view(
        "settlement",
        (SettlementRow,),
        "batch",
        "state",
        "stan",
        "amount",
        "currency",
        *_COUNTED,
        indexes=("txn", "terminal, batch"),
    ),
    _view("boot", (BootRow,), "in_doubt", indexes=()),
    _view("passcode", (PasscodeRow,), "name", "result", "locked_until", indexes=("terminal, name, number",)),
    Table(
        "newest",
        _PAYMENTS.columns,
        "select * from payment as p where seq = (select max(seq) from payment where txn = p.txn)",
        ("txn", "original"),
    ),
    _given(
        "ledger",
        "number",
        "kind",
        "terminal",
        "stan",
        "txn",
        "amount",
        "currency",
        "original",
        "batch",
        indexes=("txn", "original"),
    ),
    _given(
        "wire",
        "n",
        "kind",
        "mti",
        "terminal",
        "stan",
        "txn",
        "amount",
        "currency",
        "original",
        "original_stan",
        "day",
        "pan",
        "batch",
        indexes=("txn, n",),
    ),
    _given(
        "till",
        "number",
        "kind",
        "ticket",
        "sale",
        "outcome",
        "amount",
        "terminal",
        "reference",
        "request",
        indexes=("request",),
    ),
    _given("told", "n", "mono", "terminal", "screen"),
    Table(
        "net",
        "txn, kind, state, amount, currency, charged, doubtful",
        f"""select txn, kind, state, amount, currency,
        (select coalesce(sum(l.amount), 0) from ledger as l where l.txn = p.txn)
        + (select coalesce(sum(l.amount), 0) from ledger as l
            where l.original = p.txn and l.txn <> p.txn and l.kind in {_TAKING_BACK}),
        exists (select 1 from newest as v
            where v.original = p.txn and v.kind = 'void' and v.state = 'REVERSAL_PENDING')
        from newest as p where kind <> 'reversal'""",
    ),
)
"""In the order in which they are filled: a later one may ask an earlier one. Indexes are made behind the rows of a long journal."""
