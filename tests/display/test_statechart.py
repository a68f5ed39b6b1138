"""Every flow can be drawn, and the drawing holds its whole table without one label on another."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

import pytest

from terminal_sim import flows
from terminal_sim.core.flow import DONE, STAY, AnyFlow, name_of
from terminal_sim.display import statechart as draw
from terminal_sim.display.metrics import width

FLOWS = flows.load()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=sorted(FLOWS))
def flow(request: pytest.FixtureRequest) -> AnyFlow:
    return FLOWS[request.param]


def moves_of(flow: AnyFlow) -> list[str]:
    return [
        move.trigger.value + (f" [{name_of(move.guard)}]" if move.guard else "") + (f" / {name_of(move.action)}" if move.action else "")
        for move in flow.moves
        for _ in move.sources
    ]  # fmt: skip


def test_the_mermaid_text_has_every_state_and_every_move(flow: AnyFlow) -> None:
    text = draw.mermaid(flow)
    assert text.startswith("stateDiagram-v2\n")
    assert re.findall(r'state "(.+)" as', text) == [state.name for state in flow.states]
    arrows = [line.split(" : ", 1)[1] for line in text.splitlines() if " : " in line]
    assert sorted(label for arrow in arrows for label in arrow.split("<br/>")) == sorted(moves_of(flow))


def test_the_mermaid_arrows_go_where_the_moves_go(flow: AnyFlow) -> None:
    drawn = set(re.findall(r"^ +(\S+) --> (\S+) :", draw.mermaid(flow), re.MULTILINE))
    alias = {state.name: state.name.replace("-", "_") for state in flow.states} | {DONE: "[*]"}
    assert drawn == {
        (alias[source], alias[source if move.dest is STAY else move.dest])
        for move in flow.moves
        for source in move.sources
    }


def test_the_svg_has_every_move_and_a_line_for_each_way(flow: AnyFlow) -> None:
    root = ElementTree.fromstring(draw.svg(flow))
    said = [element.text or "" for element in root.iter(f"{SVG}text")]
    for label in moves_of(flow):
        assert label in said
    ways = {(s, m.dest) for m in flow.moves for s in m.sources if m.dest not in (STAY, DONE, s)}
    lines = [path for path in root.iter(f"{SVG}path") if path.get("stroke-width") == "1.3"]
    assert len(lines) == len(ways)


def test_no_label_stands_on_another_and_nothing_is_outside(flow: AnyFlow) -> None:
    root = ElementTree.fromstring(draw.svg(flow))
    wide, deep = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = []
    for element in next(root.iter(f"{SVG}g")).iter(f"{SVG}text"):
        x, y, size = (float(element.attrib[name]) for name in ("x", "y", "font-size"))
        long = width(element.text or "", bold="font-weight" in element.attrib) * size
        boxes.append((x, y - 0.75 * size, x + long, y + 0.24 * size))
        assert x >= 0
        assert x + long <= wide
        assert y <= deep
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart
    for path in root.iter(f"{SVG}path"):
        numbers = [
            float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path.attrib["d"].split("l")[0].split("h")[0])
        ]
        assert all(0 <= n <= max(wide, deep) for n in numbers)
