"""How a line of the script language writes its values."""

from __future__ import annotations

import re

_TO_ESCAPE = re.compile(r'["\\]')


def quoted(text: str) -> str:
    """The text between quotation marks, with a backslash before each quotation mark and backslash in it."""
    return '"' + _TO_ESCAPE.sub(r"\\\g<0>", text) + '"'


def pairs(**values: str) -> list[str]:
    """`name="value"` for each value that is not empty."""
    return [f"{name}={quoted(value)}" for name, value in values.items() if value]
