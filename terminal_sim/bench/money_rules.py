"""The invariants of money, state, wire and secrets by name, as `Bench.violations` holds a bench to them."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.journal.invariants import INVARIANTS as _INVARIANTS
from terminal_sim.journal.invariants import RESOLVED

INVARIANTS: Mapping[str, str] = {one.code: one.says for one in (*_INVARIANTS, *RESOLVED)}
"""The sentence of each by its code."""
