"""Family S, state: a payment takes the steps that the table of states has, and its rows are in order."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.core.payment import STEPS
from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import UNDOING


def _edges() -> Iterator[str]:
    """A row of SQL for each step that a kind may take; the state before the first row is empty."""
    for kind, steps in STEPS.items():
        for before, after in steps:
            yield f"('{kind.value}', '{before.value if before else ''}', '{after.value}')"


_STEPS = f"""
    with edge (kind, before, after) as (values {", ".join(_edges())}),
    step as (select txn, kind, lag(state, 1, '') over (partition by txn order by seq) as before, state from payment)
    select txn, kind, before, state from step where (kind, before, state) not in edge
"""

# A payment's rows with 1 where it comes to be in one of the states, -1 where it leaves them, and 0 elsewhere.
_INTO = """select terminal, seq, txn, (state in {states}) - (lag(state, 1, '') over (partition by txn order by seq) in {states})
    as change from payment where kind <> 'reversal'"""
_DOUBTFUL = _INTO.format(states="('AUTH_SENT', 'REVERSAL_PENDING')")
_ASKING = _INTO.format(states="('AUTH_SENT')")

STATE = (
    Invariant("S1", "a payment took a step that does not exist", _STEPS),
    Invariant(
        "S4",
        "a terminal's rows have a gap, or a boot went back",
        """select terminal, number, boot from (select terminal, number, boot,
            lag(number, 1, 0) over w as number_before, lag(boot, 1, 0) over w as boot_before
            from journal window w as (partition by terminal order by seq))
        where number <> number_before + 1 or boot < boot_before""",
    ),
    Invariant(
        "S5",
        "a terminal asked for a payment before the one before was answered or in reversal",
        f"""select terminal, txn from (select terminal, txn, change,
            sum(change) over (partition by terminal order by seq) as asking from ({_ASKING}))
        where change > 0 and asking > 1""",
    ),
    Invariant(
        "S6",
        "a boot does not begin with its row, or the row miscounts what is in doubt",
        f"""with step as (select terminal, seq, change, null as in_doubt from ({_DOUBTFUL})
            union all select terminal, seq, 0, in_doubt from boot)
        select terminal, seq, in_doubt from (select terminal, seq, in_doubt,
            sum(change) over (partition by terminal order by seq) as known from step)
        where in_doubt <> known
        union all select terminal, seq, kind from (select terminal, seq, kind, boot,
            lag(boot, 1, 0) over (partition by terminal order by seq) as before from journal)
        where boot > before and before > 0 and kind <> 'boot'""",
    ),
    Invariant(
        "S8",
        "a payment began after the housing was opened",
        """with opened as materialized (select terminal, min(number) as first from journal where kind = 'tamper' group by terminal)
        select p.txn, p.state from payment as p join opened as o using (terminal)
        where p.number > o.first and p.state in ('AUTH_SENT', 'PENDING')
        and not exists (select 1 from payment as b where b.txn = p.txn and b.number < o.first)""",
    ),
    Invariant(
        "S10",
        "a passcode was taken while it was locked",
        """select a.terminal, a.number from passcode as a where a.result = 'accepted' and a.mono < (
            select w.locked_until from passcode as w where w.terminal = a.terminal and w.name = a.name
            and w.number < a.number order by w.number desc limit 1)""",
    ),
    Invariant(
        "S12",
        "a void names no completed payment, or a reversal none at all",
        f"""select v.txn, v.kind, v.original from payment as v where v.kind in {UNDOING}
        and not exists (select 1 from payment as o where o.txn = v.original and o.seq < v.seq
            and (v.kind = 'reversal' or o.state = 'COMPLETED'))""",
    ),
)
