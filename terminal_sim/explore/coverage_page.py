"""Coverage as one page that opens from the disk: a table for each model, and the chart of each flow, with what was seen, what is missing and what is forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from terminal_sim.display import statechart
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.coverage_summary import CoverageSummary

_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b2430;background:#fff}
table{border-collapse:collapse}td,th{padding:.2rem .8rem;border-bottom:1px solid #c3cad4;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}figure{margin:1rem 0;overflow-x:auto}svg{max-width:100%;height:auto}
"""


def coverage_page(coverage: Coverage, summaries: Iterable[CoverageSummary]) -> str:
    """The page as HTML, without a script and without anything from elsewhere."""
    body = "\n".join(line for summary in summaries for line in _model(coverage, summary))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>Coverage</title>'
        f"<style>{_STYLE}</style></head><body>\n<h1>Coverage</h1>\n"
        "<p>✓ green: seen. ✗ red: missing. – grey: the profile forbids it.</p>\n"
        f"{body}\n</body></html>\n"
    )


def _model(coverage: Coverage, summary: CoverageSummary) -> Iterator[str]:
    model = summary.profile.id
    yield f"<h2>{escape(model)}</h2>"
    yield "<table><tr><th>kind</th><th>seen</th><th>there are</th><th>%</th></tr>"
    for one in summary.counts:
        yield f'<tr><td>{one.kind}s</td><td class="n">{one.seen}</td><td class="n">{one.there}</td><td class="n">{one.percent:.0f}</td></tr>'
    for kind, count in summary.others.items():
        if not any(kind == one.kind for one in summary.counts):
            yield f'<tr><td>{escape(kind)}</td><td class="n">{count}</td><td></td><td></td></tr>'
    yield "</table>"
    for name, flow in summary.flows.items():
        seen = coverage.of(flow, model)
        yield f"<h3>{escape(name)}</h3>"
        chart = statechart.svg(
            flow,
            seen.changes,
            seen.states,
            closed=summary.closed(flow),
            made=seen.moves,
            barred=summary.barred(flow),
        )
        yield f"<figure>{chart}</figure>"
        missing = [(key, near) for key, near in summary.missing.items() if key.split()[1] == name]
        if missing:
            yield f"<details><summary>{len(missing)} missing</summary><table>"
            yield from (f"<tr><td>{escape(key)}</td><td>{escape(near)}</td></tr>" for key, near in missing)
            yield "</table></details>"
    if summary.forbidden:
        yield "<h3>Forbidden by the profile</h3><table><tr><th>key</th><th>how many</th></tr>"
        for why, count in summary.forbidden.items():
            yield f'<tr><td>{escape(why)}</td><td class="n">{count}</td></tr>'
        yield "</table>"
