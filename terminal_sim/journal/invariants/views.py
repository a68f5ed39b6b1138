"""The tables that invariants ask, made of the schemas of journal rows, and the kinds that they name, made of the tables of kinds.

`payment` has the journal's rows of payments and reversals, `newest` the last of each, `offline` the rows of offline payments.
`ledger` is the host's books, `wire` what the host was sent, and `till` the payments and refunds of the point of sale. `net` is what the merchant is left with of each payment, whose
refunds are payments of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from terminal_sim.core.message import Booking, MessageClass, MessageKind
from terminal_sim.core.payment import Payment
from terminal_sim.core.rows.kinds import ReversalRow
from terminal_sim.core.rows.offline import (
    OfflineDeclinedRow,
    OfflineExpiredRow,
    OfflineForwardedRow,
    OfflineLostRow,
    OfflineRow,
)
from terminal_sim.core.rows.schema import JournalRow, schema_of
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
# forwarded. Then the entries of the books that move money, and those that take such an entry back.
REQUESTED = _listed(kind for kind in MessageKind if kind.facts.is_payment and kind.moves_money)
UNDOING = _listed(kind for kind in MessageKind if kind.undoes)
GIVING_BACK = _listed(kind for kind in MessageKind if kind.facts.is_payment and not kind.charges)
FORWARDED = _listed(kind for kind in MessageKind if kind.facts.message_class is MessageClass.ADVICE)
BOOKED = _listed(booking for booking in Booking if booking.moves_money)
_TAKING_BACK = _listed((Booking.VOID, Booking.REVERSAL))
# Kinds of rows: what an offline payment has come to.
OFFLINE_RESOLVED = _kinds(OfflineForwardedRow, OfflineDeclinedRow, OfflineExpiredRow, OfflineLostRow)


def _view(name: str, rows: tuple[type[JournalRow], ...], *fields: str) -> str:
    """A table of the journal's rows of some classes with their `fields`, each of which some class has in its schema."""
    known = {field for row in ROW_KINDS.values() if issubclass(row, rows) for field in schema_of(row).names}
    unknown = set(fields) - known
    if unknown:
        raise ValueError(f"no row of the view {name} has a field {', '.join(sorted(unknown))}")
    columns = ", ".join(f"fields ->> '$.{field}' as {field}" for field in fields)
    return f"""create temp table {name} as select seq, terminal, number, boot, mono, kind, txn, {columns}
    from journal where kind in {_kinds(*rows)}"""


TABLES = ("payment", "offline", "newest", "ledger", "wire", "till", "net")
STATEMENTS = (
    _view(
        "payment", (Payment, ReversalRow), "state", "amount", "currency", "stan", "original", "pan", "request"
    ),
    "create index temp.payment_of on payment (txn, seq)",
    _view("offline", (OfflineRow,), "deadline", "sealed", "reason"),
    "create index temp.offline_of on offline (txn, kind)",
    "create index temp.offline_terminal on offline (terminal, kind, number)",
    """create temp table newest as
    select * from payment as p where seq = (select max(seq) from payment where txn = p.txn)""",
    "create index temp.newest_of on newest (txn)",
    "create index temp.newest_original on newest (original)",
    """create temp table ledger as
    select value ->> 0 as number, value ->> 1 as kind, value ->> 2 as terminal, value ->> 3 as stan, value ->> 4 as txn,
        value ->> 5 as amount, value ->> 6 as currency, value ->> 7 as original
    from json_each(:ledger)""",
    "create index temp.ledger_of on ledger (txn)",
    "create index temp.ledger_original on ledger (original)",
    """create temp table wire as
    select value ->> 0 as n, value ->> 1 as kind, value ->> 2 as mti, value ->> 3 as terminal, value ->> 4 as stan,
        value ->> 5 as txn, value ->> 6 as amount, value ->> 7 as currency, value ->> 8 as original,
        value ->> 9 as original_stan, substr(value ->> 10, 1, 10) as day, value ->> 11 as pan
    from json_each(:wire)""",
    "create index temp.wire_of on wire (txn, n)",
    """create temp table till as
    select value ->> 0 as number, value ->> 1 as kind, value ->> 2 as ticket, value ->> 3 as sale, value ->> 4 as outcome,
        value ->> 5 as amount, value ->> 6 as terminal, value ->> 7 as reference, value ->> 8 as request
    from json_each(:till)""",
    "create index temp.till_of on till (request)",
    f"""create temp table net as
    select txn, kind, state, amount, currency,
        (select coalesce(sum(l.amount), 0) from ledger as l where l.txn = p.txn)
        + (select coalesce(sum(l.amount), 0) from ledger as l
            where l.original = p.txn and l.txn <> p.txn and l.kind in {_TAKING_BACK}) as charged,
        exists (select 1 from newest as v
            where v.original = p.txn and v.kind = 'void' and v.state = 'REVERSAL_PENDING') as doubtful
    from newest as p where kind <> 'reversal'""",
)
