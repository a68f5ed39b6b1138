"""Texts of files as they may be printed at a terminal: what would steer it is shown and not carried out."""

from __future__ import annotations

import re

# Control characters but the line feed and the tabulator, and the marks that turn the direction of a line (UAX 9).
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with each control character as an escape, `\\x1b` for one: an escape sequence would colour, clear or retitle a window."""
    return _STEERING.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
