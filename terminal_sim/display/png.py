"""SVG to PNG, with the fonts of the package alone: the same picture on every machine."""

from __future__ import annotations

from terminal_sim.datafiles.bundled import bundled


def png(svg: str, width: int | None = None) -> bytes:
    """The picture, `width` pixels wide (the document's own width by default)."""
    import resvg_py  # a picture is rarely asked for

    fonts = sorted(str(font) for font in (bundled() / "fonts").glob("*.ttf"))
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=width,
            font_files=fonts,
            skip_system_fonts=True,
            font_family="DejaVu Sans",
            sans_serif_family="DejaVu Sans",
            monospace_family="DejaVu Sans Mono",
        )
    )
