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
        "S12",
        "a void names no completed payment, or a reversal none at all",
        f"""select v.txn, v.kind, v.original from payment as v where v.kind in {UNDOING}
        and not exists (select 1 from payment as o where o.txn = v.original and o.seq < v.seq
            and (v.kind = 'reversal' or o.state = 'COMPLETED'))""",
    ),
)
