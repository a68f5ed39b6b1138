"""Places against faults: what was tried, and where a finding has a fault in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from terminal_sim.explore.report.film import FindingFilm


def struck_by(films: Iterable[FindingFilm]) -> dict[str, str]:
    """The keys of the faults of findings, each with the name of the first finding."""
    found: dict[str, str] = {}
    for film in films:
        for key in film.faults:
            found.setdefault(key, film.finding.name)
    return found


def fault_matrix(tried: Iterable[str], red: Mapping[str, str]) -> Iterator[str]:
    """The matrix as HTML. `tried` are keys `fault WORDS FLOW STATE`; `red` has those of findings, with the anchor of each."""
    cells = {tuple(key.split()[1:]) for key in tried} | {tuple(key.split()[1:]) for key in red}
    broken = {tuple(key.split()[1:]): name for key, name in red.items()}
    places = sorted({(flow, state) for _, flow, state in cells})
    faults = sorted({fault for fault, _, _ in cells})
    yield '<div class="wide"><table class="matrix"><thead><tr><th></th>'
    yield from (f"<th><span>{escape(fault)}</span></th>" for fault in faults)
    yield "</tr></thead><tbody>"
    for flow, state in places:
        yield f"<tr><th>{escape(flow)} {escape(state)}</th>"
        for fault in faults:
            cell = (fault, flow, state)
            about = escape(f"{fault} in {flow} {state}")
            if cell in broken:
                yield f'<td class="bad" title="{about}"><a href="#{escape(broken[cell])}">✗</a></td>'
            elif cell in cells:
                yield f'<td class="good" title="{about}">·</td>'
            else:
                yield f'<td title="{about}"></td>'
        yield "</tr>"
    yield "</tbody></table></div>"
