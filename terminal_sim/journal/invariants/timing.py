"""Family T, time: payments expire at their deadline and not before, and virtual time goes forward."""

from __future__ import annotations

from terminal_sim.journal.invariants.invariant import Invariant

TIMING = (
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
)
