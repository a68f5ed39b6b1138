"""What must hold of a bench at any time: SQL that returns no row over the journal, the host's books and what it was sent.

Rules:
1. A query returns the rows that break its sentence; the columns are what a person needs to find them.
2. A payment in doubt breaks nothing: terminal and host may differ until it is resolved. `violations(resolved=True)` says that
   every payment should be.
3. A payment is known by its reference alone, which no two terminals share.

The letters are families (`invariant.FAMILIES`), each a module; L (liveness) is `RESOLVED`.
"""

from terminal_sim.journal.invariants.check import INVARIANTS, RESOLVED, violations
from terminal_sim.journal.invariants.invariant import FAMILIES

__all__ = ["FAMILIES", "INVARIANTS", "RESOLVED", "violations"]
