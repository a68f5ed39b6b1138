"""Which payment a screen speaks of: rows that are written with it may be of others, which are undone or forwarded behind it."""

from __future__ import annotations

from terminal_sim.oracles.facts import PAYMENT_KINDS, SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow

_BEHIND = ("VOIDED", "FORWARD_SENT", "REVERSED")
"""The states that a payment comes to behind the screen of another, or behind none."""


def payment_on_screen(facts: SessionFacts, seen: Occurrence) -> SeenRow | None:
    """The newest row that an occurrence wrote of the payment that it is about, None where it wrote none."""
    own = [
        row
        for row in seen.rows
        if row.kind in PAYMENT_KINDS and row.text("state") not in _BEHIND and not facts.is_kept(row)
    ]
    return own[-1] if own else None
