"""What was covered, as lines: for `terminal-sim coverage` and for `terminal-sim explore`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.coverage_summary import CoverageSummary


def covered_lines(summary: CoverageSummary, *, everything: bool) -> Iterator[str]:
    """How much of each kind was seen, what the profile forbids, and what is missing: each with how near one came where `everything` is wanted."""
    yield summary.profile.id
    for one in summary.counts:
        yield f"  {one.kind + 's':<7}{one.seen:>5} of {one.there} ({one.told} %)"
    counted = {one.kind for one in summary.counts}
    more = [f"{kind} {count}" for kind, count in summary.others.items() if kind not in counted]
    yield f"  besides {', '.join(more) or 'nothing'}"
    for why, count in summary.forbidden.items():
        yield f"  forbidden by {why}: {count}"
    if everything:
        yield from (f"  missing {key}: {near}" for key, near in summary.missing.items())
    else:
        yield f"  missing {len(summary.missing)}; --missing lists them"


def lines_since(file: Path, before: Coverage, coverage: Coverage) -> Iterator[str]:
    """What is covered that was not before, counted, and what is covered no longer; `file` is what `before` was read from."""
    lost, new = before.without(coverage).lines, coverage.without(before).lines
    yield f"since {file}: {len(new)} more, {len(lost)} no longer"
    yield from (f"  no longer: {line}" for line in lost)
