"""The differences of two firmwares as one page: each once, both firmwares side by side, with the script that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape

from terminal_sim.explore.compare.accepted import block
from terminal_sim.explore.compare.comparing import DifferingSession, FirmwareComparison
from terminal_sim.explore.compare.difference import Beside, FirmwareDifference
from terminal_sim.explore.compare.observed import Observation
from terminal_sim.explore.document import document, picture
from terminal_sim.explore.search.act import line_of

_MOST_PAIRS = 4  # things that differ, of one act


def comparison_page(comparison: FirmwareComparison, old: str, new: str) -> str:
    """The page as HTML. `comparison` has drawings where its sessions were observed with them."""
    return document(f"{old} and {new}", _body(comparison, old, new))


def _body(comparison: FirmwareComparison, old: str, new: str) -> Iterator[str]:
    unwanted = comparison.unwanted
    accepted = [one for one in comparison.where if one in comparison.accepted]
    yield f"<p>{comparison.compared} sessions, {len(unwanted)} differences, and {len(accepted)} that are accepted.</p>"
    if unwanted:
        yield "<table><tr><th>what</th><th>sessions</th></tr>"
        for number, one in enumerate(unwanted, 1):
            yield f'<tr><td><a href="#d{number}">{escape(_title(one))}</a></td><td class="n">{len(comparison.where[one])}</td></tr>'
        yield "</table>"
    for number, one in enumerate(unwanted, 1):
        yield f'<h2 id="d{number}">{escape(_title(one))}</h2>'
        yield from _difference(one, comparison.where[one], old, new)
    if accepted:
        yield "<h2>Accepted</h2><ul>"
        yield from (f"<li>{escape(_title(one))}</li>" for one in sorted(accepted))
        yield "</ul>"


def _title(one: FirmwareDifference) -> str:
    return f"{one.kind} {one.name}".rstrip()


def _difference(one: FirmwareDifference, there: list[DifferingSession], old: str, new: str) -> Iterator[str]:
    first = there[0]
    act = next(act for act in first.acts if one in act.differences)
    yield f"<pre>{escape(chr(10).join(block(one)[1:]))}</pre>"
    for pair in [pair for pair in act.pairs if _is_of(pair, one)][:_MOST_PAIRS] or act.pairs[:_MOST_PAIRS]:
        yield '<div class="pair">'
        yield from _side(old, pair[0], pair[1], "del")
        yield from _side(new, pair[1], pair[0], "ins")
        yield "</div>"
    acts = [line_of(done) for done in first.session.acts[: act.at + 1]]
    yield f"<details><summary>{escape(first.session.file)}, {escape(first.session.title)}: act {act.at + 1}"
    yield f" of {len(first.session.acts)}, and {len(there) - 1} sessions more</summary><pre>{escape(chr(10).join(acts))}</pre></details>"


def _is_of(pair: Beside, one: FirmwareDifference) -> bool:
    there = pair[0] or pair[1]
    return there is not None and f"{there.kind.value} {there.name}" in (_title(one), one.name)


def _side(name: str, one: Observation | None, other: Observation | None, mark: str) -> Iterator[str]:
    """What one firmware showed, with the lines marked that the other one has not."""
    if one is None:
        yield f"<figure><figcaption>{escape(name)}: nothing</figcaption></figure>"
        return
    about = f"{name}: {one.kind.value} {one.name}, after {one.after / 1_000_000:g} s"
    yield f"<figure><figcaption>{escape(about)}</figcaption><pre>"
    yield "".join(_marked(one.text.splitlines(), other.text.splitlines() if other is not None else [], mark))
    yield f"</pre>{picture(one.picture, about) if one.picture else ''}</figure>"


def _marked(lines: list[str], others: list[str], mark: str) -> Iterator[str]:
    for kind, a, b, _, _ in SequenceMatcher(None, lines, others, autojunk=False).get_opcodes():
        for line in lines[a:b]:
            yield f"{escape(line)}\n" if kind == "equal" else f"<{mark}>{escape(line) or ' '}</{mark}>"
