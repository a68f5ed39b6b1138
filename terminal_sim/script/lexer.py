"""The colours of scripts wherever Pygments draws them: documents, reports, terminals.

It imports neither verbs nor bench, since Pygments loads it in other people's programs; a test holds its words to the tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, Whitespace

from terminal_sim.script.headings import HEADINGS

ACTS = (
    "account standalone", "battery", "capture", "expect beep", "expect host", "expect journal", "expect light", "expect pos",
    "expect receipt", "expect report", "expect screen", "expect why", "fault", "forbid screen", "from state", "hold", "host answers", "host pack",
    "host sends",    "insert", "let", "network", "network slow", "note", "order", "pair", "paper", "pos cancel", "pos close", "pos payment-type",
    "pos refund", "pos sale", "power", "press", "press!", "remove card", "save state", "screenshot", "service", "swipe", "tap",
    "tap!", "tap-card", "tear card after", "verify", "wait", "watch",
)  # fmt: skip
"""What a step begins with, each with its words."""

KEYWORDS = ("=", "at", "beside", "except", "for", "from", "on", "with", "within")
"""The words before a value of a step."""

NEGATABLE = "expect"
"""The first word of the acts that have an opposite: `expect no screen`."""


def act_pattern(act: str) -> str:
    """A regular expression for the words of an act, with `no` where it may stand."""
    first, *rest = map(re.escape, act.split())
    no = [r"(?:no\s+)?"] if first == NEGATABLE else []
    return r"\s+".join([first, "".join([*no, rest[0]]), *rest[1:]] if rest else [first]) + r"(?=\s|$)"


_groups: Callable[..., object] = bygroups  # which has no types of its own
_LONGEST_FIRST = sorted(ACTS, key=lambda act: -len(act.split()))


class KeysLexer(RegexLexer):
    """Colours `.keys` scripts."""

    name = "terminal-sim keys"
    aliases: ClassVar = ["keys"]
    filenames: ClassVar = ["*.keys"]
    flags = re.MULTILINE

    tokens: ClassVar = {
        "root": [
            (r"#.*$", Comment.Single),
            (
                words([one.word for one in HEADINGS], prefix="^", suffix=r"(?=\s|$)"),
                Keyword.Declaration,
                "values",
            ),
            (r"^([^\S\n]+)(with|examples)(?=\s|$)", _groups(Whitespace, Keyword.Declaration), "values"),
            (r"^([^\S\n]+)(\|)", _groups(Whitespace, Punctuation), "row"),
            *(
                (rf"^([^\S\n]+)({act_pattern(act)})", _groups(Whitespace, Keyword), "values")
                for act in _LONGEST_FIRST
            ),
            (r"^([^\S\n]+)([^\s\"#/]\S*)", _groups(Whitespace, Name.Function), "values"),
            (r"\s+", Whitespace),
            (r"\S+", Text),
        ],
        "values": [
            (r"\n", Whitespace, "#pop"),
            (r"[^\S\n]+", Whitespace),
            (r"#.*$", Comment.Single),
            (r"([A-Za-z][\w.-]*)(=)", _groups(Name.Attribute, Operator)),
            (r'"', String.Double, "text"),
            (r"/(?:\\.|[^/\\\n])+/(?=\s|$)", String.Regex),
            (r"\$\{[^{}\n]*\}", Name.Variable),
            (r"@\S+", Name.Decorator),
            (r"(id)(:)([^\s$]+)", _groups(Name.Tag, Punctuation, Name.Label)),
            (r"(?:\d+(?:us|ms|min|s|h|d))+(?=\s|$)|\d+%?(?=\s|$)", Number),
            (words(KEYWORDS, suffix=r"(?=\s|$)"), Operator.Word),
            (r"[^\s$\"]+|.", Text),
        ],
        "text": [
            (r"\n", Whitespace, "#pop:2"),
            (r'"', String.Double, "#pop"),
            (r"\\.", String.Escape),
            (r"\$\{[^{}\n]*\}", Name.Variable),
            (r'[^"\\$\n]+|.', String.Double),
        ],
        "row": [
            (r"\n", Whitespace, "#pop"),
            (r"\|", Punctuation),
            (r"#.*$", Comment.Single),
            (r"(?:\\.|[^|\\\n#])+|.", String),
        ],
    }
