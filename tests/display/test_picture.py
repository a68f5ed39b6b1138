"""A picture holds all that a device shows: every display, and the lights of a reader without a screen."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from terminal_sim import profile
from terminal_sim.bench import Bench, Duration, Selector
from terminal_sim.display.comparison import NoPicture, compared, difference

SVG = "{http://www.w3.org/2000/svg}"
MODELS = profile.names()


@pytest.mark.parametrize("model", MODELS)
def test_a_picture_shows_every_display_whole_and_says_simulator(model: str) -> None:
    with Bench() as bench:
        terminal = bench.add_terminal(model)
        picture = terminal.picture()
    root = ElementTree.fromstring(picture.svg)
    said = [element.text for element in root.iter(f"{SVG}text")]
    assert "SIMULATOR" in said
    wide, deep = float(root.attrib["width"]), float(root.attrib["height"])
    views = picture.shown.views
    assert list(views) == list(terminal.profile.displays)
    standing = {item.id for view in views.values() for item in view.items}
    assert {item.id for item, _ in picture.items} == standing | {"status-bar"}
    for _, (x, y, across, down) in picture.items:
        assert x >= 0
        assert x + across <= wide
        assert y + down <= deep


def test_the_lights_of_a_reader_are_drawn_in_their_colours() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("square-reader")

        def lamps() -> list[str | None]:
            root = ElementTree.fromstring(terminal.picture().svg)
            return [g.get("aria-label") for g in root.iter(f"{SVG}g") if g.get("role") == "img"]

        dark = terminal.picture().png
        assert lamps() == ["light-1 off", "light-2 off", "light-3 off", "light-4 off"]
        terminal.press("1")
        terminal.touch("charge")
        terminal.tap("visa-credit")
        bench.advance(Duration.parse("2s"))
        assert lamps() == ["light-1 green", "light-2 green", "light-3 green", "light-4 green"]
        assert terminal.picture().png != dark


def test_what_is_hidden_is_no_part_of_the_picture() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("square-terminal")
        hidden = Selector.parse("id:amount")
        terminal.press("1")
        first, open_to_see = terminal.picture(hidden), terminal.picture()
        terminal.press("CLEAR")
        terminal.press("2")
        button = Selector.parse("id:charge")
        assert open_to_see.png != first.png
        changed = difference(first.png, terminal.picture(hidden).png)
        assert changed is not None
        assert [item.id for item, bounds in first.items if changed.within(bounds)] == ["charge"]
        assert [item.id for item in terminal.picture(button).covered] == ["charge"]


def test_the_same_pixels_are_no_difference_and_others_are_counted() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        first = terminal.picture().png
        assert difference(first, first) is None
        terminal.press("5")
        second = terminal.picture().png
    found = difference(first, second)
    assert found is not None
    assert 0 < found.pixels < found.total / 5
    assert found.sizes is None
    assert difference(compared(first, second).side_by_side, second) is not None
    with pytest.raises(NoPicture):
        difference(first, b"\x89PNG\r\n\x1a\n")


def test_the_status_bar_says_time_link_and_battery_and_is_left_out_on_request() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", locale="fr-CA")
        whole = Selector.parse("id:status-bar")
        first, bare = terminal.picture(), terminal.picture(whole)
        assert first.shown.text.splitlines()[0] == "09 h 00  Wi-Fi  100\N{NO-BREAK SPACE}%"
        terminal.network_kind("4g")
        terminal.battery(7)
        bench.advance(Duration.parse("2min"))
        later = terminal.appearance()
        assert later.since(first.shown)[0] == "09 h 02  4G  7\N{NO-BREAK SPACE}%"
        bench.advance(Duration.parse("2min"))
        assert terminal.appearance().since(later) == []
        assert terminal.picture().png != first.png
        terminal.battery(100)
        assert terminal.picture(whole).png == bare.png
        terminal.network(False)
        assert "Aucun réseau" in terminal.picture().shown.text
        terminal.power_off()
        assert terminal.appearance().status is None


def test_the_status_bar_is_no_part_of_a_screen() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("s1f2")
        before = terminal.view()
        bench.advance(Duration.parse("1h"))
        assert terminal.view() == before
