"""`why CODE` of the shell: from where on nothing kept what was done from breaking a rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from terminal_sim.bench import BenchMisuse, ProfileError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.explore.inevitable import GOINGS_ON, Inevitability, NotBroken, inevitability
from terminal_sim.explore.search.ground import Ground
from terminal_sim.oracles.catalogue import ORACLES


def turning_points(session: ShellSession, code: str) -> Iterator[str]:
    """A line for each moment of what was done here. Raises `UserError` where the rule is not broken by it."""
    terminal, seed = session.terminal, session.bench.seed
    with as_user_errors(NotBroken, ProfileError, BenchMisuse):
        ground = Ground.of(terminal.profile.id, {}, ORACLES, seed, terminal.locale)
        found = inevitability(replace(ground, model=terminal.profile), session.steps, code, tries=GOINGS_ON)
    return _lines(found)


def _lines(found: Inevitability) -> Iterator[str]:
    yield str(found.alarm)
    wide = max(len(point.line) for point in found.points)
    for point in found.points:
        here = "  <- from here on nothing saved it" if point is found.from_here else ""
        line = point.line or "(the beginning)"
        yield f"  {line:<{max(wide, 15)}}  went wrong {point.failed:>2} of {point.tries} times{here}"
