"""A timeline shows all that happened, in order, with how long it took; it is whole whatever a label says."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.bench import Bench, Duration
from terminal_sim.bench.timeline import marks_of
from terminal_sim.display.png import png
from terminal_sim.display.timeline import Lane, TimelineMark, timeline_svg

SVG = "{http://www.w3.org/2000/svg}"


def sale() -> list[TimelineMark]:
    """A chip sale whose cardholder lets two seconds pass."""
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        for key in ("OK", "2", "0", "0", "0", "OK"):
            terminal.press(key)
        terminal.insert("mastercard-pin")
        bench.advance(Duration.parse("2s"))
        for key in ("1", "2", "3", "4", "OK"):
            terminal.press(key)
        bench.advance(Duration.parse("1d"))
        return list(marks_of(bench.trace.entries))


def said(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def heights(svg: str) -> dict[str, float]:
    """Where each mark stands, by its id."""
    marks = ElementTree.fromstring(svg).iter(f"{SVG}g")
    return {
        mark.attrib["id"]: float(next(mark.iter(f"{SVG}text")).attrib["y"])
        for mark in marks
        if mark.get("class") == "mark"
    }


def test_a_sale_has_marks_in_every_lane_and_no_pin() -> None:
    marks = sale()
    assert {mark.lane for mark in marks} == set(Lane)
    assert [mark.label for mark in marks if mark.lane is Lane.HOST] == ["→ 0100 sale", "← 0110 00"]
    assert [mark.label for mark in marks if mark.label == "DIGIT"] == ["DIGIT"] * 4
    journal = [mark.label for mark in marks if mark.lane is Lane.JOURNAL]
    assert [label.rpartition(" 2000")[0] for label in journal if label.startswith("sale")] == [
        "sale AUTH_SENT",
        "sale COMPLETED",
    ]


def test_time_runs_down_and_each_jump_says_how_long_it_was() -> None:
    marks = sale()
    svg = timeline_svg(marks, prefix="a-")
    found = heights(svg)
    places = [found[f"a-{mark.number}"] for mark in marks if f"a-{mark.number}" in found]
    assert places == sorted(places)
    jumps = [line for line in said(svg) if line.startswith("+ ")]
    assert jumps[:2] == ["+ 2s", "+ 300ms"]
    assert said(svg).count("00:00:02.300") == 1


def test_a_screen_that_is_already_there_is_not_repeated() -> None:
    assert said(timeline_svg(sale())).count("amount") == 1


def test_what_went_wrong_has_a_class_of_its_own() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        bench.host_answers(["declined:51"])
        for key in ("UP", "OK", "5", "OK"):
            terminal.press(key)
        terminal.swipe("visa-stripe")
        bench.advance(Duration.parse("5s"))
        marks = list(marks_of(bench.trace.entries, terminal.name))
        assert list(marks_of(bench.trace.entries, "another")) == []
    wrong = [mark.label for mark in marks if mark.is_wrong]
    assert "UP ignored" in wrong
    assert "← 0110 51" in wrong
    assert timeline_svg(marks).count('class="wrong"') == len(wrong)


def test_an_empty_timeline_is_a_picture_too() -> None:
    assert png(timeline_svg([])).startswith(b"\x89PNG")


@given(
    st.lists(
        st.builds(
            TimelineMark,
            at=st.integers(0, 10**12),
            lane=st.sampled_from(Lane),
            label=st.text(max_size=60),
            detail=st.text(max_size=60),
            number=st.integers(0, 99),
            is_wrong=st.booleans(),
        ),
        max_size=12,
    )
)
def test_any_marks_are_a_whole_document(marks: list[TimelineMark]) -> None:
    marks.sort(key=lambda mark: mark.at)
    svg = timeline_svg(marks)
    root = ElementTree.fromstring(svg)
    wide, deep = float(root.attrib["width"]), float(root.attrib["height"])
    for element in root.iter(f"{SVG}text"):
        assert 0 <= float(element.attrib["x"]) < wide
        assert 0 < float(element.attrib["y"]) <= deep
