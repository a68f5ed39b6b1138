"""How a bench stands, for everybody who watches it: its clock, and what is due next."""

from __future__ import annotations

from terminal_sim.bench import Bench


def standing(bench: Bench, *, runs: bool) -> dict[str, object]:
    """`t` is virtual time in microseconds since the bench began, `clock` the wall clock of its terminals; `next` is what is due next."""
    deadline = bench.next_deadline()
    return {
        "clock": bench.now.civil.isoformat(timespec="milliseconds"),
        "t": bench.now.mono,
        "running": runs,
        "seed": bench.seed,
        "event": bench.trace.number,
        "next": None
        if deadline is None
        else {"t": deadline.at, "what": deadline.name, "terminal": deadline.terminal},
    }
