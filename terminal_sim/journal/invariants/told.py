"""Family U, what was told: the screen says of a payment what the journal says.

The table `told` has the screens that speak of a payment, and those of home, between which a payment lies.
A payment of the very moment of a screen may have been begun behind it, and is not held against it.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.invariants.views import UNDOING

APPROVED: Final = "approved"
DECLINED: Final = "declined"
HOME: Final = "home"
SAID: Final = frozenset((APPROVED, DECLINED, HOME))
"""The ids of the screens that are looked at."""

_SINCE_HOME = f"""with said as materialized (select n, mono, terminal, screen,
    max(mono) filter (where screen = '{HOME}') over (partition by terminal order by n) as home from told)"""

TOLD = (
    Invariant(
        "U1",
        "the screen said declined, and the payment counts",
        f"""{_SINCE_HOME}
        select s.n, p.txn, w.state from said as s join payment as p on p.seq = (
            select max(b.seq) from payment as b where b.terminal = s.terminal and b.kind not in {UNDOING}
                and b.state in ('AUTH_SENT', 'PENDING') and b.mono >= s.home and b.mono < s.mono)
        join newest as w on w.txn = p.txn
        where s.screen = '{DECLINED}' and w.state in ('COMPLETED', 'PENDING', 'FORWARD_SENT')""",
    ),
    Invariant(
        "U2",
        "the screen said approved, and no payment was",
        f"""{_SINCE_HOME}
        select s.n, s.terminal, s.mono from said as s where s.screen = '{APPROVED}' and not exists (
            select 1 from payment as p where p.terminal = s.terminal and p.state in ('COMPLETED', 'PENDING')
                and p.mono between coalesce(s.home, 0) and s.mono)""",
    ),
)
