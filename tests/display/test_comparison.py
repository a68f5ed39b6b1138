"""Two pictures differ where their pixels do, and bytes of any kind are compared or refused."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from terminal_sim.display.comparison import NoPicture, compared, difference

WIDE, DEEP = 12, 9


def a_png(*dark: tuple[int, int], mode: str = "RGBA", **how: int) -> bytes:
    """White, with some dark pixels."""
    picture = Image.new("RGBA", (WIDE, DEEP), "white")
    for place in dark:
        picture.putpixel(place, (0, 0, 0, 255))
    out = BytesIO()
    picture.convert(mode).save(out, "PNG", **how)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P"])
def test_how_a_picture_is_packed_is_no_difference(mode: str) -> None:
    assert difference(a_png((3, 4)), a_png((3, 4), mode=mode, compress_level=0)) is None


@given(st.sets(st.tuples(st.integers(0, WIDE - 1), st.integers(0, DEEP - 1)), min_size=1))
def test_every_pixel_that_differs_is_counted_and_found(dark: set[tuple[int, int]]) -> None:
    found = difference(a_png(), a_png(*dark))
    assert found is not None
    assert (found.pixels, found.total) == (len(dark), WIDE * DEEP)
    for x in range(WIDE):
        assert found.within((x, 0, 1, DEEP)) == any(left == x for left, _ in dark)


def test_the_sheet_has_both_and_marks_what_differs() -> None:
    sheet = Image.open(BytesIO(compared(a_png(), a_png((3, 4))).side_by_side))
    gap = (sheet.width - 3 * WIDE) // 2
    assert sheet.getpixel((3, 4)) == (255, 255, 255, 255)
    assert sheet.getpixel((WIDE + gap + 3, 4)) == (0, 0, 0, 255)
    marked = [
        (x, y)
        for x in range(WIDE)
        for y in range(DEEP)
        if sheet.getpixel((2 * (WIDE + gap) + x, y)) == (217, 0, 70, 255)
    ]
    assert marked == [(3, 4)]


@given(
    st.sets(st.tuples(st.integers(0, WIDE - 1), st.integers(0, DEEP - 1)), min_size=1),
    st.tuples(st.integers(0, WIDE), st.integers(0, DEEP), st.integers(0, WIDE), st.integers(0, DEEP)),
)
def test_what_is_hidden_is_no_difference_and_all_else_is(
    dark: set[tuple[int, int]], hidden: tuple[int, int, int, int]
) -> None:
    x, y, wide, deep = hidden
    near = {place for place in dark if x - 2 <= place[0] < x + wide + 2 and y - 2 <= place[1] < y + deep + 2}
    inside = {place for place in dark if x <= place[0] < x + wide and y <= place[1] < y + deep}
    found = difference(a_png(), a_png(*dark), [hidden])
    pixels = found.pixels if found is not None else 0
    assert len(dark - near) <= pixels <= len(dark - inside)


@given(st.binary(max_size=200), st.integers(0, len(a_png())), st.integers(0, 20))
def test_damaged_bytes_are_refused_and_nothing_else(noise: bytes, at: int, gone: int) -> None:
    whole = a_png((3, 4))
    for damaged in (noise, whole[:at] + noise + whole[at + gone :]):
        with suppress(NoPicture):
            difference(damaged, whole)
