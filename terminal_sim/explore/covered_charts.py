"""What pages show of coverage, flow by flow: the chart, what is missing, and why the rest is no part of it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from terminal_sim.bench import AnyFlow
from terminal_sim.display import statechart
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.coverage_summary import CoverageSummary

LEGEND = "✓ green: seen. ✗ red: missing. – grey: not to be seen here, for one of the reasons at the end."


def chart_of(flow: AnyFlow, coverage: Coverage, summary: CoverageSummary) -> str:
    """The chart of a flow as an SVG document, marked by what was seen on terminals of the model."""
    seen = coverage.of(flow, summary.profile.id)
    return statechart.svg(
        flow,
        seen.changes,
        seen.states,
        closed=summary.closed(flow),
        made=seen.moves,
        barred=summary.barred(flow),
        away=summary.away(flow),
    )


def missing_of(flow: AnyFlow, summary: CoverageSummary) -> Iterator[str]:
    """What is missing of a flow, each with the nearest place that was reached, as HTML."""
    missing = [(key, near) for key, near in summary.missing.items() if key.split()[1] == flow.name]
    if missing:
        yield f"<details><summary>{len(missing)} missing</summary><table>"
        yield from (f"<tr><td>{escape(key)}</td><td>{escape(near)}</td></tr>" for key, near in missing)
        yield "</table></details>"


def reasons_of(summary: CoverageSummary) -> Iterator[str]:
    """Why what is not counted is not: the reasons as a table of HTML, the most frequent first."""
    if summary.forbidden:
        yield "<table><tr><th>forbidden by</th><th>states, moves and guards</th></tr>"
        for why, count in summary.forbidden.items():
            yield f'<tr><td>{escape(why)}</td><td class="n">{count}</td></tr>'
        yield "</table>"
