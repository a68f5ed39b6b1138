"""Each terminal draws itself from its profile: all that it has, where it can be touched, and nothing that it has not."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, ProfileError
from terminal_sim.core.config import Profile
from terminal_sim.display.device import default_drawing, device_svg

NAMES = [*profiles.names(), *profiles.variants()]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(model: Profile) -> ElementTree.Element:
    """The drawing of a terminal that has just been switched on."""
    with Bench() as bench:
        return ElementTree.fromstring(device_svg(model, bench.add_terminal(model).appearance()))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("placed", ["placed by its profile", "placed by what it has"])
def test_a_terminal_shows_all_that_it_has(name: str, placed: str) -> None:
    model = profiles.load(name)
    if placed == "placed by what it has":
        model = replace(model, drawing=None)
    root = drawn(model)
    parts = {group.get("data-part") for group in root.iter(f"{SVG}g")} - {None}
    has = {
        "slot": model.entries.chip,
        "contactless": model.entries.contactless,
        "stripe": model.entries.stripe,
        "printer": model.printer is not None,
    }
    assert parts == {part for part, there in has.items() if there}
    assert {group.get("data-display") for group in root.iter(f"{SVG}g")} - {None} == set(model.displays)
    keys = {group.get("data-key") for group in root.iter(f"{SVG}g")} - {None}
    layout = {key for row in model.keypad.layout for key in row}
    assert keys >= layout if model.keypad.where == "keys" else keys <= layout | set(model.keypad.keys)
    lights = [group.get("aria-label") for group in root.iter(f"{SVG}g") if group.get("role") == "img"]
    assert lights == [f"{light} off" for light in model.lights]
    assert any("SIMULATOR" in (text.text or "") for text in root.iter(f"{SVG}text"))


@pytest.mark.parametrize("name", profiles.names())
def test_every_key_can_be_pressed_by_its_name(name: str) -> None:
    buttons = [group for group in drawn(profiles.load(name)).iter(f"{SVG}g") if group.get("role") == "button"]
    assert buttons
    assert all(button.get("tabindex") == "0" and button.get("aria-label") for button in buttons)


@pytest.mark.parametrize("name", profiles.names())
def test_displays_keep_their_shape_where_nothing_is_placed(name: str) -> None:
    model = profiles.load(name)
    replace(model, drawing=default_drawing(model))  # raises where it does not fit


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("displays.main = { at = [0, 0], size = [320, 320] }", "drawing.displays.main.size: the display is 320 by 480"),
        ("displays.second = { at = [0, 0], size = [10, 10] }", "drawing.displays: place main and no other"),
        ("lights.red = [1, 1]", "drawing.lights: place none and no other"),
        ("box = [100, 100]", "leaves the box of 100 by 100"),
        ("slot = { edge = \"bottom\", at = 1, width = 1, body = 4 }", "there are 1 bodies, counted from 0"),
        ("stripe = { edge = \"right\", begin = 9, end = 9 }", "drawing.stripe.end: behind begin"),
        ("band = { at = [1], size = [1, 1] }", "drawing.band.at: 2 numbers, none below zero"),
        ("bend = 1", "did you mean 'band'?"),
    ],
)  # fmt: skip
def test_a_drawing_that_does_not_fit_is_refused_with_its_place(line: str, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'extends = "v400m"\nid = "mine"\nname = "Mine"\n\n[drawing]\n{line}\n', "utf-8")
    with pytest.raises(ProfileError, match=re.escape(wrong)):
        profiles.load(file)
