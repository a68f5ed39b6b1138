"""Two pictures held against each other, pixel by pixel: which differ, where, and both beside what differs."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

from terminal_sim.display.item import Bounds

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 16_000_000  # of a picture that is read: a few times the largest that a device has
_SIGNATURE, _SIZES = b"\x89PNG\r\n\x1a\n", slice(16, 24)  # W3C PNG, 5.2 and 11.2.2
_GAP = 16
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


def difference(expected: bytes, got: bytes) -> Difference | None:
    """How `got` differs from `expected`, both PNG; None where every pixel is the same, however they are packed. Raises `NoPicture`."""
    if expected == got:
        return None
    from PIL import Image

    was, now = _read(expected), _read(got)
    if was.size != now.size:
        return Difference(Image.new("L", now.size, 255), (was.size, now.size))
    changed = _changed(was, now)
    return Difference(changed) if changed.getbbox() is not None else None


def side_by_side(expected: bytes, got: bytes) -> bytes:
    """A PNG of `expected`, `got` and, at the right, `got` pale with the pixels that differ in red. Raises `NoPicture`."""
    from PIL import Image

    was, now = _read(expected), _read(got)
    marked = Image.alpha_composite(now, Image.new("RGBA", now.size, _SAME))
    if was.size == now.size:
        marked.paste(_CHANGED, (0, 0, *now.size), _changed(was, now))
    wide = was.width + 2 * now.width + 2 * _GAP
    sheet = Image.new("RGBA", (wide, max(was.height, now.height)), _PAPER)
    x = 0
    for one in (was, now, marked):
        sheet.paste(one, (x, 0))
        x += one.width + _GAP
    out = BytesIO()
    sheet.save(out, "PNG")
    return out.getvalue()


def _read(png: bytes) -> Image:
    from PIL import Image

    if not png.startswith(_SIGNATURE) or len(png) < _SIZES.stop:
        raise NoPicture("it is no PNG")
    wide, deep = struct.unpack(">II", png[_SIZES])
    if wide * deep > MOST_PIXELS:
        raise NoPicture(f"it is {wide} x {deep} pixels, more than any device has")
    try:
        return Image.open(BytesIO(png), formats=["PNG"]).convert("RGBA")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error):
        raise NoPicture("it is a damaged PNG") from None


def _changed(was: Image, now: Image) -> Image:
    """A mask of the pixels that differ: 255 where they do, else 0."""
    from PIL import ImageChops

    bands = ImageChops.difference(was, now).split()
    mask = bands[0]
    for band in bands[1:]:
        mask = ImageChops.lighter(mask, band)
    return mask.point([0] + [255] * 255)
