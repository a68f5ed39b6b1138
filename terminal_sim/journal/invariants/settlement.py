"""Family B, batches: what terminal and host have counted is the same, and a batch is closed once, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.core.rows.settlement import SETTLEMENT_STEPS
from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import SETTLING


def _edges() -> Iterator[str]:
    """A row of SQL for each step; the state before the first row is empty."""
    for before, after in SETTLEMENT_STEPS:
        yield f"('{before.value if before else ''}', '{after.value}')"


_STEPS = f"""
    with edge (before, after) as (values {", ".join(_edges())}),
    step as (select terminal, batch, lag(state, 1, '') over (partition by terminal, batch order by number) as before,
        state from settlement)
    select terminal, batch, before, state from step where (before, state) not in edge
"""

SETTLEMENT = (
    Invariant("B1", "a settlement took a step that does not exist", _STEPS),
    Invariant(
        "B2",
        "a batch was closed out of its turn, or while the one before was open at the host",
        """select terminal, batch, state from (select terminal, batch, state, number,
            lag(batch, 1, 0) over w as batch_before, lag(state, 1, 'SETTLED') over w as state_before
            from settlement window w as (partition by terminal order by number))
        where batch <> batch_before and (state_before <> 'SETTLED' or batch <> batch_before % 999999 + 1)""",
    ),
    Invariant(
        "B3",
        "a payment was counted in a batch that was closed before",
        """select p.txn, p.batch from payment as p join settlement as s using (terminal, batch)
        where p.state = 'COMPLETED' and s.state = 'PENDING' and p.number > s.number""",
    ),
    Invariant(
        "B4",
        "a batch is settled at the terminal and open at the host",
        """select terminal, batch from settlement as s where state = 'SETTLED' and not exists (
            select 1 from ledger as l where l.kind = 'settlement' and l.txn = s.txn and l.batch = s.batch)""",
    ),
    Invariant(
        "B5",
        "the host closed a batch that the terminal has not",
        """select terminal, batch, txn from ledger as l where kind = 'settlement' and not exists (
            select 1 from settlement as s where s.txn = l.txn and s.batch = l.batch and s.terminal = l.terminal)""",
    ),
    Invariant(
        "B6",
        "the host booked a payment in another batch than the terminal",
        """select l.txn, l.batch, l.kind from ledger as l where exists (select 1 from payment as p where p.txn = l.txn)
        and not exists (select 1 from payment as p where p.txn = l.txn and coalesce(p.batch, 0) = l.batch)""",
    ),
    Invariant(
        "B7",
        "a message of a settlement left without its row, or says something else",
        f"""select w.txn, w.kind, w.stan, w.amount from wire as w where w.kind in {SETTLING}
        and not exists (select 1 from settlement as s where s.txn = w.txn and s.batch = w.batch and s.stan = w.stan
            and abs(s.amount) = w.amount
            and s.state = case w.kind when 'reconciliation' then 'PENDING' else 'UPLOADING' end)
        and not (w.kind = 'batch-upload' and exists (select 1 from payment as p where p.txn = w.txn
            and p.batch = w.batch and p.state = 'COMPLETED'))""",
    ),
)
