"""All that a device shows and sounds, laid out for a window: its displays beside each other, its lights, its receipts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from terminal_sim.display.appearance import Appearance

_GAP = 2


@dataclass(frozen=True, slots=True)
class DeviceLines:
    """The lines of the device, and how many of the receipts are among them."""

    lines: tuple[str, ...]
    receipts: int


def device_lines(shown: Appearance, papers: Sequence[str], columns: int, rows: int) -> DeviceLines | None:
    """The device in a window of so many columns and rows, with the newest of `papers` that fit; None where not even its displays do."""
    displays = [
        view.text if len(shown.views) == 1 else f"{name}\n{view.text}" for name, view in shown.views.items()
    ]
    for count in range(len(papers), -1, -1):
        lines = _lines(shown, [*displays, *papers[len(papers) - count :]], columns)
        if len(lines) <= rows and all(len(line) <= columns for line in lines):
            return DeviceLines(tuple(lines), count)
    return None


def _lines(shown: Appearance, blocks: Sequence[str], columns: int) -> list[str]:
    lines: list[str] = []
    if shown.status is not None:
        lines.append(f"{shown.status.text}  {shown.status.detail}".rstrip())
    beside: list[list[str]] = []
    for block in blocks:
        there = block.splitlines()
        if beside and sum(map(_width, beside)) + _GAP * len(beside) + _width(there) > columns:
            lines += _joined(beside)
            beside = []
        beside.append(there)
    lines += _joined(beside)
    if shown.lights:
        lines.append(f"lights: {', '.join(f'{name} {state}' for name, state in shown.lights.items())}")
    if shown.beeps:
        lines.append("1 beep" if shown.beeps == 1 else f"{shown.beeps} beeps")
    return lines


def _width(block: Sequence[str]) -> int:
    return max(map(len, block), default=0)


def _joined(blocks: Sequence[Sequence[str]]) -> list[str]:
    """The blocks beside each other, line by line."""
    widths = [_width(block) for block in blocks]
    return [
        (" " * _GAP).join(part.ljust(width) for part, width in zip(parts, widths, strict=True)).rstrip()
        for parts in zip_longest(*blocks, fillvalue="")
    ]
