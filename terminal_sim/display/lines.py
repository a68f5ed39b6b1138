"""A screen and a receipt as lines of characters: what a person reads in a log and what a thermal printer prints."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from terminal_sim.core.screen import Tone
from terminal_sim.display.item import Item, Role

SIMULATOR = "SIMULATOR"


def wrap(text: str, columns: int) -> list[str]:
    """The text in lines of at most `columns`; at least one line. Only blanks at line ends are lost."""
    if len(text) <= columns and text.isprintable() and text == text.strip():
        return [text]  # the usual case: one line of plain letters and single blanks
    return textwrap.wrap(text, columns, break_on_hyphens=False) or [""]


def two_sides(left: str, right: str, columns: int) -> Iterator[str]:
    """A label and its value on one line where they fit, else the label above and the value at the right below it."""
    if len(left) + 1 + len(right) <= columns:
        yield left + right.rjust(columns - len(left))
    else:
        yield from wrap(left, columns)
        yield from (line.rjust(columns) for line in wrap(right, columns))


def boxed(items: Sequence[Item], columns: int, key_rows: Sequence[int]) -> str:
    """The screen in a frame that says SIMULATOR, `columns` characters wide inside.

    The tabs, which displays have in smaller letters, stand in one line, and the frame is as wide as they are.
    """
    tabs = _tab_bar([item for item in items if item.role is Role.TAB])
    wide = max(columns, len(tabs))
    lines = [line for group in _groups(items) for line in _drawn(group, columns, key_rows)]
    lines += ["-" * wide, tabs] if tabs else []
    band = f" {SIMULATOR} ".center(wide + 2, "-")
    edge = "-" * (wide + 2)
    return "\n".join([f"+{band}+", *(f"| {line.ljust(wide)} |" for line in lines or [""]), f"+{edge}+"])


def _tab_bar(tabs: Sequence[Item]) -> str:
    """The open tab has its name in angle brackets."""
    return " | ".join(f"<{tab.text}>" if tab.tile else tab.text for tab in tabs)


def _groups(items: Sequence[Item]) -> Iterator[list[Item]]:
    """What is drawn together: buttons and keys that follow each other, everything else by itself. Tabs are left out."""
    shown = (item for item in items if item.role is not Role.TAB)
    for role, group in groupby(shown, key=lambda item: item.role):
        run = list(group)
        yield from [run] if role in (Role.BUTTON, Role.KEY) else ([item] for item in run)


def _drawn(group: list[Item], columns: int, key_rows: Sequence[int]) -> Iterator[str]:
    item = group[0]
    match item.role:
        case Role.TITLE:
            yield from wrap(item.text, columns)
            yield "-" * columns
        case Role.BANNER:
            yield from wrap(f"! {item.text}", columns)
        case Role.CHOICE if item.tile:
            yield from (line.center(columns).rstrip() for line in wrap(f"[ {item.wording} ]", columns))
        case Role.CHOICE:
            yield from (
                two_sides(f"> {item.text}", item.detail, columns) if item.detail else _listed(item, columns)
            )
        case Role.INPUT:
            yield from (line.rjust(columns) for line in wrap(f"{item.text}_", columns))
        case Role.QR:
            yield from (line.center(columns).rstrip() for line in wrap(f"[QR {item.text}]", columns))
        case Role.BUTTON:
            buttons = [f"[{button.text}]" for button in group]
            yield from (
                [" ".join(buttons)]
                if len(" ".join(buttons)) <= columns
                else [line for button in buttons for line in wrap(button, columns)]
            )
        case Role.KEY:
            keys = iter(group)
            for count in key_rows:
                yield " ".join(f"[{next(keys).text}]" for _ in range(count)).center(columns).rstrip()
        case _:
            middle = item.role is Role.PAGE or item.tone is not Tone.NORMAL
            yield from (
                line.center(columns).rstrip() if middle else line for line in wrap(item.text, columns)
            )


def _listed(item: Item, columns: int) -> list[str]:
    return textwrap.wrap(
        item.text, columns, initial_indent="> ", subsequent_indent="  ", break_on_hyphens=False
    )
