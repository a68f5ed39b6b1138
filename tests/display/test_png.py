"""A PNG is the same whatever package draws it, and whatever thread asks for it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from terminal_sim import flows, profile
from terminal_sim.core.receipt import Centred, Copy, Receipt
from terminal_sim.display import statechart
from terminal_sim.display.paper import receipt_svg
from terminal_sim.display.png import as_wide, png, with_fonts_kept, with_fonts_read_anew
from terminal_sim.display.svg import screen_svg
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import View


def a_receipt() -> str:
    printer = profile.load("v400m").printer
    assert printer is not None
    lines = (Centred("Reçu", bold=True), Centred("10,00 $"))
    return receipt_svg(Receipt(Copy.CUSTOMER, "fr-CA", "0001", lines), Texts.load(), printer)


def test_both_packages_draw_the_same_bytes(show: Callable[..., View]) -> None:
    shown = show("history", model="v400m", locale="fr-CA")
    chart = statechart.svg(flows.load()["history"])
    kept, anew = with_fonts_kept(), with_fonts_read_anew()
    for svg in (screen_svg(shown, shown.profile), a_receipt(), chart):
        assert kept(svg) == anew(svg)


def test_a_thread_of_its_own_draws_the_same(show: Callable[..., View]) -> None:
    shown = show("amount", model="v400m")
    svg = screen_svg(shown, shown.profile)
    with ThreadPoolExecutor(1) as other:
        elsewhere = other.submit(png, svg, 90).result()
    assert elsewhere == with_fonts_read_anew()(as_wide(svg, 90))


def test_a_picture_that_was_drawn_before_is_not_drawn_again(show: Callable[..., View]) -> None:
    shown = show("home")
    assert png(screen_svg(shown, shown.profile)) is png(screen_svg(shown, shown.profile))


@pytest.mark.parametrize("wide", [97, 800])
def test_a_picture_keeps_its_proportions(show: Callable[..., View], wide: int) -> None:
    shown = show("home", model="v400m")
    full = struct.unpack(">II", png(screen_svg(shown, shown.profile))[16:24])
    across, down = struct.unpack(">II", png(screen_svg(shown, shown.profile), wide)[16:24])
    assert across == wide
    assert down / across == pytest.approx(full[1] / full[0], rel=0.02)
