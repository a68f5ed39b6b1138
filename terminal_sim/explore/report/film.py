"""Findings as film strips: the screen after each line of the script, with the one framed at which the rule broke."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from terminal_sim.display.svg import screen_svg
from terminal_sim.explore.coverage import Coverage
from terminal_sim.explore.document import picture
from terminal_sim.explore.search.act import line_of
from terminal_sim.explore.search.finding import ExplorerFinding


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """A line of the script, the screen behind it (SVG), "" where the terminal is off, and whether the rule broke there."""

    line: str
    picture: str
    failing: bool


@dataclass(frozen=True, slots=True)
class FindingFilm:
    """A finding done once more: its frames, and the keys `fault ...` of what struck at which place (`Coverage`)."""

    finding: ExplorerFinding
    frames: tuple[FilmFrame, ...]
    faults: tuple[str, ...]


def film_of(finding: ExplorerFinding) -> FindingFilm:
    """Does the acts of the finding at a new terminal."""
    with finding.ground.session() as session:
        coverage = Coverage()
        coverage.follow(session.bench)
        shown: list[tuple[str, str, int]] = []
        for act in finding.acts:
            session.do(act)
            view = session.terminal.view() if session.terminal.is_on else None
            drawn = screen_svg(view, session.terminal.profile) if view is not None else ""
            shown.append((line_of(act), drawn, session.bench.trace.number))
            if session.crashed is not None:
                break
    broke = next(
        (at for at, (_, _, event) in enumerate(shown) if event >= finding.alarm.event), len(shown) - 1
    )
    frames = tuple(FilmFrame(line, drawn, at == broke) for at, (line, drawn, _) in enumerate(shown))
    struck = (key for seen in coverage.keys.values() for key in seen if key.startswith("fault "))
    return FindingFilm(finding, frames, tuple(sorted(struck)))


def film_strip(film: FindingFilm) -> Iterator[str]:
    """The strip as HTML."""
    yield '<div class="film">'
    for frame in film.frames:
        about = f"{frame.line}: {'the rule broke here' if frame.failing else 'the screen after it'}"
        shown = picture(frame.picture, about) if frame.picture else "off"
        yield f"<figure{' class=failing' if frame.failing else ''}>{shown}<figcaption>{escape(frame.line)}</figcaption></figure>"
    yield "</div>"
