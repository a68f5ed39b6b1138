"""The page of an exploration: what was found, how the coverage grew, which faults were tried where, the archive, and the chart of each flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from terminal_sim.explore.covered_charts import LEGEND, chart_of, missing_of, reasons_of
from terminal_sim.explore.document import document, picture
from terminal_sim.explore.report.archive_tree import archive_tree, cheapest_ways, tree_drawing
from terminal_sim.explore.report.fault_matrix import fault_matrix, struck_by
from terminal_sim.explore.report.film import FindingFilm, film_of, film_strip
from terminal_sim.explore.report.progress import ExplorationProgress, progress_plot
from terminal_sim.explore.search.act import line_of
from terminal_sim.explore.search.exploration import Exploration
from terminal_sim.explore.search.keeping import KeptFinding


def exploration_page(
    explored: Exploration, progress: ExplorationProgress, kept: Mapping[str, KeptFinding]
) -> str:
    """The page as HTML; `kept` has the files of each finding by its name."""
    title = f"Exploration of {explored.explorers[0].ground.profile}"
    return document(title, _body(explored, progress, kept))


def _body(
    explored: Exploration, progress: ExplorationProgress, kept: Mapping[str, KeptFinding]
) -> Iterator[str]:
    summary = explored.summary
    moves = next(one for one in summary.counts if one.kind == "move")
    films = [film_of(finding) for finding in explored.findings]
    yield f"<p>{explored.sessions} sessions, {explored.acts} acts, {explored.places} places, {moves.seen} of {moves.there} moves ({moves.told} %)."
    yield f' <b class="{"bad" if films else "good"}">{len(films) or "No"} finding{"s" if len(films) != 1 else ""}</b></p>'
    for film in films:
        yield from _finding(film, kept.get(film.finding.name))
    yield "<h2>Moves that were made, by acts</h2>"
    yield from progress_plot(progress, moves.there)
    yield "<h2>Faults at places</h2>"
    yield '<p class="soft">· tried, and nothing was wrong; ✗ a fault of a finding; empty: not tried.</p>'
    seen = explored.coverage.keys.get(summary.profile.id, set())
    yield from fault_matrix((key for key in seen if key.startswith("fault ")), struck_by(films))
    yield "<h2>The archive</h2>"
    yield '<p class="soft">The cheapest way to each place of the profile as it is, below the place that it goes on from.</p>'
    yield from tree_drawing(archive_tree(cheapest_ways(explored.explorers[0].memory.archive)))
    yield "<h2>Charts</h2>"
    yield f'<p class="soft">{LEGEND}</p>'
    for name, flow in summary.flows.items():
        chart = chart_of(flow, explored.coverage, summary)
        yield f'<h3>{escape(name)}</h3><figure class="chart">{picture(chart, f"states of {name}")}</figure>'
        yield from missing_of(flow, summary)
    yield "<h2>What is not counted</h2>"
    yield from reasons_of(summary)


def _finding(film: FindingFilm, files: KeptFinding | None) -> Iterator[str]:
    finding = film.finding
    yield f'<h2 id="{escape(finding.name)}">{escape(finding.alarm.code)}: {escape(finding.alarm.sentence)}</h2>'
    yield f"<p>{escape(finding.alarm.detail)}</p>"
    yield from film_strip(film)
    if files is not None:
        for file in filter(None, (files.script, files.bundle)):
            yield f'<p><a href="{escape(file.resolve().as_uri())}">{escape(str(file))}</a></p>'
    yield f"<details><summary>{len(finding.acts)} of {finding.length} acts of session {finding.session}</summary>"
    yield f"<pre>{escape(chr(10).join(map(line_of, finding.acts)))}</pre></details>"
