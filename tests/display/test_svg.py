"""The drawings are well-formed, say SIMULATOR, hold every text and can be touched; the PNG is a picture of them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from terminal_sim import profile
from terminal_sim.core.config import Profile
from terminal_sim.core.screen import Button, Screen, TextLine
from terminal_sim.display.png import png
from terminal_sim.display.svg import screen_svg
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import View, view

Show = Callable[..., View]
SVG = "{http://www.w3.org/2000/svg}"


def texts_of(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_a_drawing_is_well_formed_and_says_simulator(
    screen: Screen, terminal: Profile, texts: Texts, locale: str
) -> None:
    root = ElementTree.fromstring(screen_svg(view(screen, terminal, texts, locale), terminal))
    assert root.attrib["lang"] == locale
    assert "SIMULATOR" in [element.text for element in root.iter(f"{SVG}text")]


def test_a_drawing_holds_every_text_of_the_screen(show: Show) -> None:
    shown = show("history", locale="fr-CA")
    drawn = " ".join(texts_of(screen_svg(shown, shown.profile)))
    for item in shown.items:
        for word in item.wording.split():
            assert word in drawn


def test_what_can_be_touched_is_a_button_with_its_id_and_name(show: Show) -> None:
    shown = show("home")
    root = ElementTree.fromstring(screen_svg(shown, shown.profile))
    buttons = [g.attrib for g in root.iter(f"{SVG}g") if g.get("role") == "button"]
    assert [(b["data-id"], b["aria-label"]) for b in buttons] == [
        ("payment", "Payment"),
        ("transactions", "Transactions"),
        ("admin", "Admin"),
    ]


@pytest.mark.parametrize("model", ["v400m", "s1f2"])
def test_every_key_is_drawn_once_below_the_screen_or_on_it(show: Show, model: str) -> None:
    shown = show("amount", model=model)
    root = ElementTree.fromstring(screen_svg(shown, shown.profile))
    drawn = [g.get("data-key") for g in root.iter(f"{SVG}g") if (g.get("data-id") or "").startswith("key-")]
    assert drawn == [key for row in shown.profile.keypad.layout for key in row]


def test_real_keys_stand_below_the_display_and_inside_the_device() -> None:
    loaded = profile.load("v400m")
    shown = view(Screen("dark"), loaded, Texts.load(), "en-CA")
    root = ElementTree.fromstring(screen_svg(shown, loaded))
    wide, deep = float(root.attrib["width"]), float(root.attrib["height"])
    glass = next(root.iter(f"{SVG}g")).get("transform", "")
    bottom = float(glass.split()[1].rstrip(")")) + loaded.displays["main"].height
    keys = [rect for g in root.iter(f"{SVG}g") if g.get("data-key") for rect in g.iter(f"{SVG}rect")]
    assert len(keys) == sum(map(len, loaded.keypad.layout))
    for rect in keys:
        x, y, w, h = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        assert bottom <= y
        assert x >= 0
        assert x + w <= wide
        assert y + h <= deep


def test_characters_that_xml_cannot_carry_do_not_break_a_drawing() -> None:
    loaded = profile.load("s1f2")
    shown = view(Screen("bad", (TextLine('<&"\x00\x1b\ud800'),)), loaded, Texts.load(), "en-CA")
    assert '<&"\ufffd\ufffd\ufffd' in texts_of(screen_svg(shown, loaded))


def test_the_same_screen_is_the_same_drawing_and_the_same_picture(show: Show) -> None:
    first, second = show("amount"), show("amount")
    assert screen_svg(first, first.profile) == screen_svg(second, second.profile)
    assert png(screen_svg(first, first.profile), 100) == png(screen_svg(second, second.profile), 100)


def test_a_picture_is_a_png_as_wide_as_asked(show: Show) -> None:
    shown = show("home", model="v400m")
    picture = png(screen_svg(shown, shown.profile), 200)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", picture[16:20]) == (200,)


def test_another_text_is_another_picture(show: Show) -> None:
    """A font that was not found would draw nothing, and then both pictures would be alike."""
    english, french = show("home", locale="en-CA"), show("home", locale="fr-CA")
    assert png(screen_svg(english, english.profile), 200) != png(screen_svg(french, french.profile), 200)


def test_a_button_that_decides_nothing_has_not_the_colour_of_its_key() -> None:
    loaded = profile.load("square-terminal")
    buttons = tuple(Button(name, name, "CANCEL", quiet=name == "back") for name in ("cancel", "back"))
    items = view(Screen("x", buttons), loaded, Texts.load(), "en-CA").items
    assert [item.colour for item in items] == ["red", "grey"]
