"""Family N, names: a reference is the name of one payment."""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant

NAMES = (
    Invariant(
        "N1",
        "a reference names two payments",
        """select txn from payment group by txn having count(distinct terminal) > 1 or count(distinct kind) > 1
        or count(distinct stan) > 1 or count(distinct currency) > 1 or count(distinct original) > 1""",
    ),
)
