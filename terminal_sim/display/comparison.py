"""Two pictures held against each other, pixel by pixel: which differ, where, and both beside what differs."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from terminal_sim.display.item import Bounds

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 16_000_000  # of a picture that is read: a few times the largest that a device has
_SIGNATURE, _SIZES = b"\x89PNG\r\n\x1a\n", slice(16, 24)  # W3C PNG, 5.2 and 11.2.2
_GAP = 16
_HAIR = 1.0  # how far a drawn edge reaches beyond its bounds, and a 80th of the height of what has a frame
_COVER = (185, 192, 202, 255)
_PAPER, _SAME, _CHANGED = (255, 255, 255, 255), (255, 255, 255, 205), (217, 0, 70, 255)


class NoPicture(ValueError):
    """Bytes that are no PNG, or one that cannot be read to its end."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`mask` is 255 where the pictures differ and else 0; `sizes` are set, and all of it differs, where the sizes do."""

    mask: Image = field(repr=False)
    sizes: tuple[tuple[int, int], tuple[int, int]] | None = None

    @property
    def pixels(self) -> int:
        """How many pixels differ."""
        return self.mask.histogram()[255]

    @property
    def total(self) -> int:
        return self.mask.width * self.mask.height

    def within(self, bounds: Bounds) -> bool:
        """Whether a pixel differs in a part of the pictures (x, y, width, height)."""
        x, y, wide, deep = bounds
        return self.mask.crop((int(x), int(y), int(x + wide), int(y + deep))).getbbox() is not None


def difference(expected: bytes, got: bytes, hidden: Sequence[Bounds] = ()) -> Difference | None:
    """How `got` differs from `expected`, both PNG; None where every pixel is the same, however they are packed. Raises `NoPicture`.

    The parts `hidden` are covered in both before they are compared.
    """
    if expected == got:
        return None
    from PIL import Image

    was, now = (_covered(_read(png), hidden) for png in (expected, got))
    if was.size != now.size:
        return Difference(Image.new("L", now.size, 255), (was.size, now.size))
    changed = _changed(was, now)
    return Difference(changed) if changed.getbbox() is not None else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two pictures as PNG, and what differs: `differs` is `got` pale with the pixels that differ in red, `side_by_side` all three in a row."""

    expected: bytes
    got: bytes
    differs: bytes
    side_by_side: bytes


def compared(expected: bytes, got: bytes, hidden: Sequence[Bounds] = ()) -> Comparison:
    """Both pictures with the parts `hidden` covered, for the eye. Raises `NoPicture`."""
    from PIL import Image

    was, now = (_covered(_read(png), hidden) for png in (expected, got))
    marked = Image.alpha_composite(now, Image.new("RGBA", now.size, _SAME))
    if was.size == now.size:
        marked.paste(_CHANGED, (0, 0, *now.size), _changed(was, now))
    wide = was.width + 2 * now.width + 2 * _GAP
    sheet = Image.new("RGBA", (wide, max(was.height, now.height)), _PAPER)
    x = 0
    for one in (was, now, marked):
        sheet.paste(one, (x, 0))
        x += one.width + _GAP
    return Comparison(*map(_png, (was, now, marked, sheet)))


def _covered(picture: Image, hidden: Iterable[Bounds]) -> Image:
    """The picture with a plain field over each part, a little larger than it: frames stand half outside of their bounds."""
    for x, y, wide, deep in hidden:
        edge = _HAIR + deep / 80
        left, top = max(math.floor(x - edge), 0), max(math.floor(y - edge), 0)
        right, bottom = math.ceil(x + wide + edge), math.ceil(y + deep + edge)
        if left < picture.width and top < picture.height:
            picture.paste(_COVER, (left, top, min(right, picture.width), min(bottom, picture.height)))
    return picture


def _png(picture: Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _read(png: bytes) -> Image:
    from PIL import Image

    if not png.startswith(_SIGNATURE) or len(png) < _SIZES.stop:
        raise NoPicture("it is no PNG")
    wide, deep = struct.unpack(">II", png[_SIZES])
    if wide * deep > MOST_PIXELS:
        raise NoPicture(f"it is {wide} x {deep} pixels, more than any device has")
    try:
        opened = Image.open(BytesIO(png), formats=["PNG"])
        opened.load()
        return opened if opened.mode == "RGBA" else opened.convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        raise NoPicture("it is a damaged PNG") from None


def _changed(was: Image, now: Image) -> Image:
    """A mask of the pixels that differ: 255 where they do, else 0."""
    from PIL import Image, ImageChops

    apart = ImageChops.difference(was, now)
    mask = Image.new("L", was.size)
    bounds = apart.getbbox(alpha_only=False)
    if bounds is not None:
        first, *others = apart.crop(bounds).split()
        for band in others:
            first = ImageChops.lighter(first, band)
        mask.paste(first.point([0] + [255] * 255), bounds)
    return mask
