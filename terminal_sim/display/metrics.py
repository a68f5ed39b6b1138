"""How wide a text is: the advance widths of DejaVu Sans, so that a layout needs neither a font file nor a browser."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Thousandths of the font size for U+0020 to U+007E.
_REGULAR = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
_BOLD = (
    348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
    696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
    683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
    724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
    343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
)  # fmt: skip
_WIDEST = 1.0


@lru_cache(4096)
def width(text: str, *, bold: bool = False) -> float:
    """The width of a line at font size 1. An accented letter is as wide as its base, any other stranger a full em."""
    table = _BOLD if bold else _REGULAR
    total = 0.0
    for letter in unicodedata.normalize("NFKD", text):
        code = ord(letter) - 32
        if 0 <= code < len(table):
            total += table[code] / 1000
        elif not unicodedata.combining(letter):
            total += _WIDEST
    return total


def wrapped(text: str, room: float, *, bold: bool = False) -> list[str]:
    """The text in lines of at most `room` (at font size 1), broken at spaces, and inside words that are too long."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width(longer, bold=bold) <= room:
            lines[-1] = longer
        else:
            lines += _pieces(word, room, bold)
    return [line for line in lines if line] or [""]


def _pieces(word: str, room: float, bold: bool) -> Iterator[str]:
    piece = ""
    for letter in word:
        if piece and width(piece + letter, bold=bold) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece
