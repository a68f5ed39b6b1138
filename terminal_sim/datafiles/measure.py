"""The measure of a TOML text: how deep, how long and how dotted it may be.

The parser recurses for each bracket, converts each number and keeps every beginning of a dotted key, so a text out of all
measure would cost it minutes, gigabytes or a traceback. This looks at the text once and costs as much as it is long.
"""

from __future__ import annotations

import re

DEEPEST = 32
LONGEST_WORD = 200
MOST_PARTS = 32

# Strings and comments are passed over whole; a possessive `+` never tries a shorter one, so a string without an end costs its length once.
_TOKENS = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']|'(?!''))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'"
    r"|\#[^\n]*+"
    rf"|(?P<long>[\w+-]{{{LONGEST_WORD + 1}}})"
    r"|(?P<word>[\w+-]++)"
    r"|(?P<open>[\[{])|(?P<close>[\]}])|(?P<dot>\.)|(?P<apart>[=,\n])",
    re.DOTALL,
)


class OutOfMeasure(ValueError):
    """What of a text is out of measure: one sentence with its cure; `line` and `column` count from 1."""

    def __init__(self, text: str, at: int, reason: str) -> None:
        super().__init__(reason)
        self.line = text.count("\n", 0, at) + 1
        self.column = at - text.rfind("\n", 0, at)


def check_measure(text: str) -> None:
    """Raises `OutOfMeasure` for the first thing that is too deep, too long or too dotted."""
    depth = parts = 0
    for token in _TOKENS.finditer(text):
        match token.lastgroup:
            case "long":
                raise OutOfMeasure(
                    text,
                    token.start(),
                    f"a key or number of more than {LONGEST_WORD} characters; shorten it",
                )
            case "open":
                depth, parts = depth + 1, 0
                if depth > DEEPEST:
                    raise OutOfMeasure(
                        text, token.start(), f"lists and tables more than {DEEPEST} deep; nest less"
                    )
            case "close":
                depth, parts = max(depth - 1, 0), 0
            case "dot":
                parts += 1
                if parts == MOST_PARTS:
                    raise OutOfMeasure(
                        text, token.start(), f"a key of more than {MOST_PARTS} parts; shorten it"
                    )
            case "apart":
                parts = 0
