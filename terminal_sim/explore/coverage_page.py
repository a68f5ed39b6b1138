"""Coverage as one page that opens from the disk: a table for each model, and the chart of each flow, with what was seen, what is missing and what is forbidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.coverage_summary import CoverageSummary
from terminal_sim.explore.covered_charts import LEGEND, chart_of, missing_of, reasons_of

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
        f"<p>{LEGEND}</p>\n"
        f"{body}\n</body></html>\n"
    )


def _model(coverage: Coverage, summary: CoverageSummary) -> Iterator[str]:
    model = summary.profile.id
    yield f"<h2>{escape(model)}</h2>"
    yield "<table><tr><th>kind</th><th>seen</th><th>there are</th><th>%</th></tr>"
    for one in summary.counts:
        yield f'<tr><td>{one.kind}s</td><td class="n">{one.seen}</td><td class="n">{one.there}</td><td class="n">{one.told}</td></tr>'
    for kind, count in summary.others.items():
        if not any(kind == one.kind for one in summary.counts):
            yield f'<tr><td>{escape(kind)}</td><td class="n">{count}</td><td></td><td></td></tr>'
    yield "</table>"
    for name, flow in summary.flows.items():
        yield f"<h3>{escape(name)}</h3>"
        yield f"<figure>{chart_of(flow, coverage, summary)}</figure>"
        yield from missing_of(flow, summary)
    yield "<h3>What is not counted</h3>"
    yield from reasons_of(summary)
