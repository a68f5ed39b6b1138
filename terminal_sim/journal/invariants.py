"""What must hold of a bench at any time: SQL that returns no row over the journal, the host's books and what it was sent.

Rules:
1. A query returns the rows that break its sentence; the columns are what a person needs to find them.
2. A payment in doubt breaks nothing: terminal and host may differ until it is settled. `settled=True` takes that excuse away.
3. A payment is known by its reference alone, which no two terminals share.

The letters are families: M money, S state, W wire, T time, L liveness, X secrets, N names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import msgspec

from terminal_sim.core.message import Booking, MessageClass, MessageKind
from terminal_sim.core.rows.schema import Field
from terminal_sim.journal.errors import JournalDamagedError
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
    """A request that the host got, as `host.acquirer.SeenMessage` has it."""

    @property
    def kind(self) -> str: ...
    @property
    def mti(self) -> str: ...
    @property
    def fields(self) -> Mapping[str, Field]: ...


@dataclass(frozen=True, slots=True)
class Invariant:
    """`says` is what is wrong where `sql` returns a row."""

    code: str
    says: str
    sql: str


def _listed(values: Iterable[Enum]) -> str:
    """Values as a list of SQL."""
    return f"({', '.join(repr(one.value) for one in values)})"


# Kinds of messages: with rows of their own; payments that ask the acquirer for money; what takes another back; payments that give
# money back; what is forwarded. Then the entries of the books that move money, and those that take such an entry back.
_RECORDED = _listed(kind for kind in MessageKind if kind.facts.report)
_REQUESTED = _listed(kind for kind in MessageKind if kind.facts.is_payment and kind.moves_money)
_UNDOING = _listed(kind for kind in MessageKind if kind.undoes)
_GIVING_BACK = _listed(kind for kind in MessageKind if kind.facts.is_payment and not kind.charges)
_FORWARDED = _listed(kind for kind in MessageKind if kind.facts.message_class is MessageClass.ADVICE)
_BOOKED = _listed(booking for booking in Booking if booking.moves_money)
_TAKING_BACK = _listed((Booking.VOID, Booking.REVERSAL))

# `payment`: the journal's rows of payments. `newest`: the last of each. `ledger`: the host's books. `wire`: what the host was sent.
# `net`: what the merchant is left with of each payment, whose refunds are payments of their own.
_TABLES = (
    f"""create temp table payment as
    select seq, terminal, number, boot, mono, kind, txn,
        fields ->> '$.state' as state, fields ->> '$.amount' as amount, fields ->> '$.currency' as currency,
        fields ->> '$.stan' as stan, fields ->> '$.original' as original, fields ->> '$.pan' as pan
    from journal where kind in {_RECORDED}""",
    "create index temp.payment_of on payment (txn, seq)",
    """create temp table offline as
    select terminal, number, mono, kind, txn, fields ->> '$.deadline' as deadline, fields ->> '$.sealed' as sealed,
        fields ->> '$.reason' as reason
    from journal where kind like 'offline.%' and txn is not null""",
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
    f"""create temp table net as
    select txn, kind, state, amount, currency,
        (select coalesce(sum(l.amount), 0) from ledger as l where l.txn = p.txn)
        + (select coalesce(sum(l.amount), 0) from ledger as l
            where l.original = p.txn and l.txn <> p.txn and l.kind in {_TAKING_BACK}) as charged,
        exists (select 1 from newest as v
            where v.original = p.txn and v.kind = 'void' and v.state = 'REVERSAL_PENDING') as doubtful
    from newest as p where kind <> 'reversal'""",
)

_EDGES = f"""
    with edge (kind, before, after) as (values
        ('payment', '', 'AUTH_SENT'), ('payment', '', 'DECLINED'),
        ('payment', 'AUTH_SENT', 'COMPLETED'), ('payment', 'AUTH_SENT', 'DECLINED'),
        ('payment', 'AUTH_SENT', 'REVERSAL_PENDING'), ('payment', 'REVERSAL_PENDING', 'REVERSED'),
        ('payment', 'COMPLETED', 'VOIDED'),
        ('payment', '', 'PENDING'), ('payment', 'PENDING', 'FORWARD_SENT'), ('payment', 'PENDING', 'EXPIRED'),
        ('payment', 'PENDING', 'LOST'), ('payment', 'FORWARD_SENT', 'COMPLETED'), ('payment', 'FORWARD_SENT', 'DECLINED'),
        ('payment', 'FORWARD_SENT', 'LOST'),
        ('void', '', 'REVERSAL_PENDING'), ('void', 'REVERSAL_PENDING', 'COMPLETED'), ('void', 'REVERSAL_PENDING', 'DECLINED'),
        ('reversal', '', 'REVERSAL_PENDING'), ('reversal', 'REVERSAL_PENDING', 'COMPLETED')),
    step as (select txn, kind, lag(state, 1, '') over (partition by txn order by seq) as before, state from payment)
    select txn, kind, before, state from step
    where (case when kind in {_UNDOING} then kind else 'payment' end, before, state) not in edge
"""
_SIGNED = f"case when kind in {_GIVING_BACK} then -amount else amount end"
_HIDDEN = """replace(case when length({pan}) < 14 then substr({pan}, 1, length({pan}) - 4)
    else substr({pan}, 7, length({pan}) - 10) end, '*', '')"""

INVARIANTS = (
    Invariant(
        "M1",
        "a payment was charged more than once",
        f"select txn, count(*) as n from ledger where kind in {_BOOKED} group by txn having n > 1",
    ),
    Invariant(
        "M2",
        "the host charged what the terminal does not know",
        "select txn, amount from ledger where amount <> 0 and txn not in (select txn from payment)",
    ),
    Invariant(
        "M3",
        "a voided payment is still charged",
        "select txn, charged from net where state = 'VOIDED' and charged <> 0",
    ),
    Invariant(
        "M4",
        "a completed payment was not charged",
        "select txn, amount from net where state = 'COMPLETED' and charged = 0 and not doubtful",
    ),
    Invariant(
        "M5",
        "the host charged another amount or currency",
        f"""select txn, {_SIGNED} as completed, charged, currency from net
        where state = 'COMPLETED' and charged <> 0 and charged <> {_SIGNED}
        union select n.txn, n.amount, l.amount, l.currency from net as n join ledger as l using (txn)
        where l.currency <> n.currency""",
    ),
    Invariant(
        "M6",
        "the totals of terminal and host differ",
        f"""select currency, sum(amount) as difference from (
            select currency, {_SIGNED} as amount from net where state in ('COMPLETED', 'VOIDED')
            union all select currency, -amount from ledger)
        where not exists (select 1 from newest where state in ('AUTH_SENT', 'REVERSAL_PENDING', 'FORWARD_SENT'))
        group by currency having sum(amount) <> 0""",
    ),
    Invariant(
        "M7",
        "a reversed payment is still charged",
        "select txn, charged from net where state = 'REVERSED' and charged <> 0",
    ),
    Invariant(
        "M8",
        "more was given back than was paid",
        f"""select o.txn, o.amount, sum(b.amount) as given_back from newest as o join newest as b on b.original = o.txn
        where b.kind in {_GIVING_BACK} and b.state = 'COMPLETED' group by o.txn having given_back > o.amount""",
    ),
    Invariant(
        "M9",
        "a payment was voided twice, or voided and refunded",
        f"""select original, count(*) as n from newest where state = 'COMPLETED' and kind in {_GIVING_BACK}
        and original is not null group by original having n > 1 and sum(kind = 'void') > 0""",
    ),
    Invariant(
        "M10",
        "a payment that was declined, or is pending, expired or lost, is in the host's books",
        """select txn, state, charged from net where state in ('DECLINED', 'PENDING', 'EXPIRED', 'LOST')
        and charged <> 0""",
    ),
    Invariant(
        "M11",
        "an offline payment was lost and nobody said why",
        """select l.txn, l.reason from offline as l where l.kind = 'offline.lost' and l.reason <> 'card-data'
        and not exists (select 1 from journal as w where w.terminal = l.terminal and w.number < l.number
            and w.kind in ('account', 'tamper'))""",
    ),
    Invariant("M13", "an amount is not above zero", "select txn, seq, amount from payment where amount <= 0"),
    Invariant("S1", "a payment took a step that does not exist", _EDGES),
    Invariant(
        "S4",
        "a terminal's rows have a gap, or a boot went back",
        """select terminal, number, boot from (select terminal, number, boot,
            lag(number, 1, 0) over w as number_before, lag(boot, 1, 0) over w as boot_before
            from journal window w as (partition by terminal order by seq))
        where number <> number_before + 1 or boot < boot_before""",
    ),
    Invariant(
        "S12",
        "a void names no completed payment, or a reversal none at all",
        f"""select v.txn, v.kind, v.original from payment as v where v.kind in {_UNDOING}
        and not exists (select 1 from payment as o where o.txn = v.original and o.seq < v.seq
            and (v.kind = 'reversal' or o.state = 'COMPLETED'))""",
    ),
    Invariant(
        "W1",
        "a trace number was used twice in a day",
        """select terminal, stan, day, count(distinct txn) as uses from wire
        group by terminal, stan, day having uses > 1""",
    ),
    Invariant(
        "W2",
        "a request left without its row",
        f"""select txn, mti from wire where kind in {_REQUESTED}
        and txn not in (select txn from payment where state = 'AUTH_SENT')""",
    ),
    Invariant(
        "W3",
        "a void or reversal does not carry its original's trace number and amount",
        f"""select w.txn, w.mti, w.original_stan, w.amount from wire as w where w.kind in {_UNDOING}
        and not exists (select 1 from payment as o where o.txn = w.original and o.stan = w.original_stan
            and o.amount = w.amount and o.currency = w.currency)""",
    ),
    Invariant(
        "W4",
        "a void or reversal left without its row",
        f"""select txn, mti from wire where kind in {_UNDOING}
        and txn not in (select txn from payment where state = 'REVERSAL_PENDING')""",
    ),
    Invariant(
        "W5",
        "a request carries another trace number or amount than its row",
        f"""select w.txn, w.mti, w.stan, w.amount from wire as w where w.kind not in {_FORWARDED}
        and exists (select 1 from payment as p where p.txn = w.txn)
        and not exists (select 1 from payment as p where p.txn = w.txn and p.stan = w.stan and p.amount = w.amount
            and p.currency = w.currency)""",
    ),
    Invariant(
        "W6",
        "a repeat was sent as if it were new",
        """select w.txn, w.kind, count(*) as sends from wire as w where substr(w.mti, 4) = '0' group by w.txn, w.kind
        having sends > 1 + coalesce((select (select max(boot) from journal where terminal = p.terminal) - min(p.boot)
            from payment as p where p.txn = w.txn), 0)""",
    ),
    Invariant(
        "W7",
        "a payment was forwarded without a row that says so",
        f"""select txn, mti from wire where kind in {_FORWARDED}
        and txn not in (select txn from offline where kind = 'offline.sent')""",
    ),
    Invariant(
        "W8",
        "a payment was forwarded before an older one was settled",
        """select s.txn, o.txn as older from offline as s join offline as o using (terminal)
        where s.kind = 'offline.sent' and o.kind = 'offline.stored' and o.txn <> s.txn
        and o.number < (select number from offline as k where k.txn = s.txn and k.kind = 'offline.stored')
        and not exists (select 1 from offline as f where f.txn = o.txn and f.number < s.number and f.kind in
            ('offline.forwarded', 'offline.declined', 'offline.expired', 'offline.lost'))""",
    ),
    Invariant(
        "T1",
        "a payment left at its deadline or later, or expired earlier",
        """select txn, e.kind, e.mono, s.deadline from offline as e join
            (select txn, deadline from offline where kind = 'offline.stored') as s using (txn)
        where (e.kind = 'offline.sent' and s.deadline is not null and e.mono >= s.deadline)
        or (e.kind = 'offline.expired' and (s.deadline is null or e.mono < s.deadline))""",
    ),
    Invariant(
        "T3",
        "a payment expired after it had left",
        """select e.txn from offline as e join offline as s using (txn)
        where e.kind = 'offline.expired' and s.kind = 'offline.sent'""",
    ),
    Invariant(
        "T4",
        "virtual time went back",
        """select terminal, number, mono from (select terminal, number, mono,
            lag(mono, 1, 0) over (partition by terminal order by seq) as before from journal) where mono < before""",
    ),
    Invariant(
        "X7",
        "a card number is not masked",
        f"""select 'journal' as found, seq as n from payment where {_HIDDEN.format(pan="pan")} <> ''
        union select 'host message', n from wire where {_HIDDEN.format(pan="pan")} <> ''""",
    ),
    Invariant(
        "X8",
        "the card data of an offline payment is not sealed, or with a nonce that was used before",
        """select txn, substr(sealed, 1, 24) as nonce, count(*) as uses from offline where kind = 'offline.stored'
        group by terminal, nonce having uses > 1 or nonce is null or length(nonce) < 24""",
    ),
    Invariant(
        "N1",
        "a reference names two payments",
        """select txn from payment group by txn having count(distinct terminal) > 1 or count(distinct kind) > 1
        or count(distinct stan) > 1 or count(distinct currency) > 1 or count(distinct original) > 1""",
    ),
)

SETTLED = Invariant(
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
    settled: bool = False,
) -> list[str]:
    """One line for each row that breaks an invariant; nothing where all is well.

    `settled` says that every terminal had its time with the host within reach, so that nothing may be in doubt any more.
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
        for sql in _TABLES:
            journal.query(sql, {name: text for name, text in bindings.items() if f":{name}" in sql})
        asked = (*INVARIANTS, SETTLED) if settled else INVARIANTS
        return [f"{one.code} {one.says}: {_shown(row)}" for one in asked for row in journal.query(one.sql)]
    finally:
        for table in ("payment", "offline", "newest", "ledger", "wire", "net"):
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
