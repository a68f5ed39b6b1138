"""Every flow can be drawn, and the drawing holds its whole table without one label on another."""

from __future__ import annotations

import re
from dis import get_instructions
from itertools import combinations, pairwise
from types import FunctionType
from xml.etree import ElementTree

import pytest

from terminal_sim import flows, profile
from terminal_sim.core.flow import DONE, STAY, AnyFlow, Flow, name_of
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
    boxes = boxes_of_text(root)
    for left, _, right, bottom in boxes:
        assert left >= 0
        assert right <= wide
        assert bottom <= deep
    for one, other in combinations(boxes, 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart
    for path in root.iter(f"{SVG}path"):
        numbers = [
            float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path.attrib["d"].split("l")[0].split("h")[0])
        ]
        assert all(0 <= n <= max(wide, deep) for n in numbers)


def boxes_of_text(root: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of each text of the chart."""
    boxes = []
    for element in next(root.iter(f"{SVG}g")).iter(f"{SVG}text"):
        x, y, size = (float(element.attrib[name]) for name in ("x", "y", "font-size"))
        long = width(element.text or "", bold="font-weight" in element.attrib) * size
        boxes.append((x, y - 0.75 * size, x + long, y + 0.24 * size))
    return boxes


def corners_of(path: ElementTree.Element) -> list[tuple[float, float]]:
    """The points of a line: its beginning, its corners and its end."""
    numbers = re.findall(r"[MLQ]|-?\d+(?:\.\d+)?", path.attrib["d"])
    points, at = [], 0
    while at < len(numbers):
        points.append((float(numbers[at + 1]), float(numbers[at + 2])))
        at += 5 if numbers[at] == "Q" else 3
    return points


def lines_of(root: ElementTree.Element) -> dict[str, list[list[tuple[float, float]]]]:
    """The lines by their colours."""
    found: dict[str, list[list[tuple[float, float]]]] = {}
    for path in root.iter(f"{SVG}path"):
        if path.get("stroke-width") == "1.3":
            found.setdefault(path.attrib["stroke"], []).append(corners_of(path))
    return found


def test_no_line_crosses_a_text(flow: AnyFlow) -> None:
    root = ElementTree.fromstring(draw.svg(flow))
    boxes = boxes_of_text(root)
    for lines in lines_of(root).values():
        for (x, y), (to_x, to_y) in (step for line in lines for step in pairwise(line)):
            for left, top, right, bottom in boxes:
                beside = max(x, to_x) <= left or min(x, to_x) >= right
                assert beside or max(y, to_y) <= top or min(y, to_y) >= bottom


def test_no_two_lines_run_up_and_down_on_each_other(flow: AnyFlow) -> None:
    root = ElementTree.fromstring(draw.svg(flow))
    upright = [
        (x, min(y, to_y), max(y, to_y))
        for lines in lines_of(root).values()
        for line in lines
        for (x, y), (to_x, to_y) in pairwise(line)
        if x == to_x and y != to_y
    ]
    channels = [x for x, top, bottom in upright if bottom - top > 12]
    assert len(channels) == len(set(channels))


def test_the_flows_that_a_flow_starts_are_those_that_its_code_names() -> None:
    """A table that forgot one would leave it out of the charts of a terminal. Home asks for the name of the sale alone."""
    for flow in FLOWS.values():
        named = set()
        for base in flow.context.__mro__:
            for method in vars(base).values():
                function = method.fget if isinstance(method, property) else method
                if isinstance(function, FunctionType):
                    loaded = (
                        function.__globals__.get(step.argval)
                        for step in get_instructions(function)
                        if step.opname == "LOAD_GLOBAL"
                    )
                    named |= {value.name for value in loaded if isinstance(value, Flow)}
        starts = {name for one in FLOWS.values() if one.context is flow.context for name in one.starts}
        assert named <= {*starts, "sale"}, flow.name


@pytest.mark.parametrize("model", profile.names())
def test_every_flow_of_a_terminal_is_found_from_its_profile(model: str) -> None:
    one = profile.load(model)
    found = flows.of(one)
    assert {one.home.flow, "charge", "menu", "notice", "recovery", "tampered"} <= found.keys()
    assert ("passcode" in found) == bool(one.passcodes)
    assert ("sign-in" in found) == ("sign-out" in found)
    assert all(started in FLOWS for flow in found.values() for started in flow.starts)


def test_a_chart_of_coverage_ticks_what_was_seen_and_crosses_what_was_not() -> None:
    flow = flows.load()["sale"]
    drawn = draw.svg(flow, {("amount", "present")}, {"amount", "present"})
    assert drawn.count("✓ → present") == 1
    assert drawn.count("✗ ") == drawn.count("→") - 1 + drawn.count("● done")
    assert "✓" not in draw.svg(flow)


def test_a_chart_of_coverage_marks_each_move_by_its_name() -> None:
    flow = flows.load()["sale"]
    names = {flow.called(source, move) for move in flow.moves for source in move.sources}
    made, barred = set(sorted(names)[::3]), set(sorted(names)[1::3])
    drawn = draw.svg(flow, (), (), made=made, barred=barred)
    heads = drawn.count("✗ →") + drawn.count("✗ ●")
    assert (drawn.count("✓ "), drawn.count("– ")) == (len(made), len(barred))
    assert drawn.count("✗ ") - heads == len(names) - len(made) - len(barred)


def test_a_move_is_called_as_its_plan_is(flow: AnyFlow) -> None:
    plans = {plan.name for of_state in flow.plans.values() for plan in of_state}
    assert plans == {flow.called(source, move) for move in flow.moves for source in move.sources}
