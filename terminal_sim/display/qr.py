"""A QR code as SVG (ISO/IEC 18004)."""

from __future__ import annotations

from terminal_sim.display.markup import number, rect

_QUIET = 4  # light modules on each side (6.3.8)


def qr_square(data: str, x: float, y: float, side: float, ink: str) -> tuple[str, str]:
    """The light square with its quiet zone, and the dark modules of `data` on it."""
    import segno  # only what has a code needs it

    rows = list(segno.make(data, micro=False).matrix)
    module = side / (len(rows) + 2 * _QUIET)
    dark = (
        f"M{number(x + (across + _QUIET) * module)} {number(y + (down + _QUIET) * module)}h{number(module)}v{number(module)}"
        f"h-{number(module)}z"
        for down, row in enumerate(rows)
        for across, bit in enumerate(row)
        if bit
    )
    return rect(x, y, side, side, "#ffffff"), f'<path d="{"".join(dark)}" fill="{ink}"/>'
