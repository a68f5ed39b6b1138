"""The API under `/api/v1`: its table of operations, made for one served bench."""

from __future__ import annotations

from terminal_sim.web.branching import branching
from terminal_sim.web.handlers import deeds
from terminal_sim.web.happenings import happenings
from terminal_sim.web.hosting import hosting
from terminal_sim.web.judging import judging
from terminal_sim.web.listings import listings
from terminal_sim.web.operations import Operation
from terminal_sim.web.running import running
from terminal_sim.web.served import ServedBench
from terminal_sim.web.showing import showing

PREFIX = "/api/v1"


def operations(served: ServedBench) -> tuple[Operation, ...]:
    """Every operation, in the order in which the document shows them."""
    return (
        *deeds(served),
        *showing(served),
        *hosting(served),
        *happenings(served),
        *judging(served),
        *branching(served),
        *running(served),
        *listings(served),
    )
