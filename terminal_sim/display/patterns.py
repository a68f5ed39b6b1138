"""Regular expressions that people write, read so that none of them can take for ever.

`re` tries again what it could have taken otherwise, so a repetition of what itself repeats or chooses (`(a+)+`, `(a|ab)*`) takes twice as
long for each further character of a text that it does not match. Such a pattern is refused, unless it says that nothing is tried
again: `(?>...)` and `++` do (Python 3.11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize
from warnings import catch_warnings

LONGEST_PATTERN = 2_000
_FEW = 4  # so often may a group be repeated whatever is in it

_ATOMS = re.compile(
    r"\\(?:.|$)"  # an escaped character
    r"|\[\^?\]?(?:\\.|[^\]\\])*+\]?"  # a set
    r"|(?P<atomic>\(\?>)"
    r"|(?P<comment>\(\?\#[^)]*\)?)"
    r"|(?P<open>\((?:\?(?:P<\w*>|<[=!]|[^<>P()]*?[:=!]|[a-zA-Z-]+\)|P[=>]\w+\))?)?)"
    r"|(?P<close>\))"
    r"|(?P<choice>\|)"
    r"|(?P<repeat>[*+?]|\{\d*(?:,\d*)?\})(?P<how>[+?]?)"
    r"|.",
    re.DOTALL,
)
_TIMES = re.compile(r"\{(\d*)(,?)(\d*)\}")


class PatternError(ValueError):
    """A pattern that cannot be used: one sentence with its cure."""


def compiled(text: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """The pattern with its accents composed, as the texts are that it is held to. Raises `PatternError`."""
    if len(text) > LONGEST_PATTERN:
        raise PatternError(
            f"a pattern has at most {LONGEST_PATTERN} characters, and this one has {len(text)}"
        )
    if _tries_for_ever(text):
        raise PatternError(
            f"/{text}/ repeats what itself repeats or chooses, which may take for ever: leave one repetition out, or write (?>...) in place of (...)"
        )
    try:
        with catch_warnings(
            action="ignore", category=FutureWarning
        ):  # a set that begins with another bracket
            return re.compile(normalize("NFC", text), flags)
    except (re.error, RecursionError, OverflowError) as wrong:
        raise PatternError(f"/{text}/ is no regular expression: {wrong}") from None


@dataclass(slots=True)
class _Group:
    """An open group; `tries` is set where its content may be taken in more than one way."""

    atomic: bool = False
    tries: bool = False


def _tries_for_ever(text: str) -> bool:
    """Whether a group is repeated whose content may be taken in more than one way."""
    groups = [_Group()]
    closed: _Group | None = None  # the group that has just been closed
    for atom in _ATOMS.finditer(text):
        kind, before = atom.lastgroup, closed
        closed = None
        if kind == "atomic":
            groups.append(_Group(atomic=True))
        elif kind == "open":
            if not atom[0].endswith(")"):  # flags and back references are no groups
                groups.append(_Group())
        elif kind == "close" and len(groups) > 1:
            closed = groups.pop()
            if closed.tries and not closed.atomic:
                groups[-1].tries = True
        elif kind == "choice":
            groups[-1].tries = True
        elif kind in ("repeat", "how"):
            most = _most(atom["repeat"])
            inner = before is not None and before.tries and not before.atomic
            if inner and most > _FEW and atom["how"] != "+":
                return True
            if atom["how"] != "+":
                groups[-1].tries = True
    return False


def _most(repeat: str) -> int:
    """How often it repeats at most; a great number where there is no end."""
    found = _TIMES.fullmatch(repeat)
    if found is None:
        return 1 if repeat == "?" else LONGEST_PATTERN
    least, comma, most = found.groups()
    bound = most if comma else least
    return min(int(bound[:6]), LONGEST_PATTERN) if bound else LONGEST_PATTERN
