"""SVG text by text: numbers, escapes and the frame of a document. The same drawing is the same document everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape  # as good for XML as xml.sax.saxutils, which imports an HTTP client

from terminal_sim.display.layout import Run

SANS = "'DejaVu Sans', Verdana, sans-serif"
MONO = "'DejaVu Sans Mono', 'Courier New', monospace"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def document(
    wide: float,
    deep: float,
    title: str,
    parts: Iterable[str],
    *,
    font: str = SANS,
    locale: str = "en",
    unit: str = "",
) -> str:
    """An SVG document of `wide` by `deep` pixels, or of another unit of CSS such as `mm`."""
    across, down = number(wide), number(deep)
    size = f'viewBox="0 0 {across} {down}" width="{across}{unit}" height="{down}{unit}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{font}" lang={attribute(locale)}>'
    return "\n".join([head, f"<title>{xml(title)}</title>", *parts, "</svg>"]) + "\n"


def text(run: Run, fill: str) -> str:
    """One line of text."""
    weight = ' font-weight="bold"' if run.bold else ""
    return (
        f'<text x="{number(run.x)}" y="{number(run.y)}" font-size="{number(run.size)}" text-anchor="{run.anchor}" '
        f'fill="{fill}"{weight} xml:space="preserve">{xml(run.text)}</text>'
    )


def rect(
    x: float, y: float, wide: float, deep: float, fill: str, *, round_by: float = 0.0, stroke: str = ""
) -> str:
    """A rectangle; the stroke grows with its height."""
    corners = f' rx="{number(round_by)}"' if round_by else ""
    line = f' stroke="{stroke}" stroke-width="{number(max(deep / 40, 1))}"' if stroke else ""
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(deep)}"{corners} '
        f'fill="{fill}"{line}/>'
    )


def xml(words: str) -> str:
    """Text for an XML document; characters that XML cannot carry are shown as U+FFFD."""
    return escape(_CONTROL.sub("\ufffd", words), quote=False)


def attribute(value: str) -> str:
    """The same for the value of an attribute, with its quotes."""
    return f'"{escape(_CONTROL.sub(chr(0xFFFD), value))}"'


def number(value: float) -> str:
    """A number with at most two decimals."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
