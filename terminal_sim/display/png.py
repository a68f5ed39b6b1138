"""SVG to PNG, with the fonts of the package alone: the same picture on every machine.

1. Two packages bind one library: `resvg` keeps its fonts between pictures and takes half the time, `resvg_py` reads them anew
   and stands in where the first has no wheel. Both draw the same bytes.
2. What `resvg` keeps belongs to one thread, so each thread has its own.
3. A picture that was drawn before is not drawn again: the text of its document is its whole content.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import cached_property, lru_cache

from terminal_sim.datafiles.bundled import bundled

_FAMILY, _MONOSPACE = "DejaVu Sans", "DejaVu Sans Mono"
_FONT_SIZE = 16  # of a text that names none
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


def png(svg: str, width: int | None = None) -> bytes:
    """The picture of a document of `markup.document`, `width` pixels wide (the document's own width by default)."""
    return _drawn(svg if width is None else as_wide(svg, width))


def as_wide(svg: str, width: int) -> str:
    """The document with another size; its view box keeps what it shows."""

    def resized(size: re.Match[str]) -> str:
        return f'width="{width}" height="{round(width * float(size[2]) / float(size[1]))}"'

    return _SIZE.sub(resized, svg, count=1)


@lru_cache(128)
def _drawn(svg: str) -> bytes:
    return _of_thread.rasteriser(svg)


class _OfThread(threading.local):
    """A thread that draws for the first time makes its rasteriser then."""

    @cached_property
    def rasteriser(self) -> Callable[[str], bytes]:
        try:
            return with_fonts_kept()
        except ImportError:
            return with_fonts_read_anew()


_of_thread = _OfThread()


def with_fonts_kept() -> Callable[[str], bytes]:
    """The rasteriser of the package `resvg`. Raises `ImportError` where it is not installed."""
    from resvg import render, usvg  # a picture is rarely asked for

    options = usvg.Options.default()
    options.font_family, options.font_size = _FAMILY, _FONT_SIZE
    for font in _fonts():
        options.load_font_file(font)
    return lambda svg: bytes(render(usvg.Tree.from_str(svg, options), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)))


def with_fonts_read_anew() -> Callable[[str], bytes]:
    """The rasteriser of the package `resvg_py`. Raises `ImportError` where it is not installed."""
    import resvg_py

    fonts = _fonts()
    return lambda svg: bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            font_files=fonts,
            skip_system_fonts=True,
            font_family=_FAMILY,
            font_size=_FONT_SIZE,
            sans_serif_family=_FAMILY,
            monospace_family=_MONOSPACE,
        )
    )


def _fonts() -> list[str]:
    return sorted(str(font) for font in (bundled() / "fonts").glob("*.ttf"))
