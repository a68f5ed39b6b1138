"""The known word that a misspelt one most likely means. Every "did you mean" of the project comes from here."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

_ENOUGH_ALIKE = 0.5


def suggest(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'press'?` as the end of an error message, or "" where nothing known is like `word`."""
    close = close_word(word, known)
    return f"; did you mean {close!r}?" if close else ""


def close_word(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, without regard to capitals; "" where none is like it."""
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.casefold(), name)
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=_ENOUGH_ALIKE)
    return by_folded[close[0]] if close else ""


def most_like(wanted: str, there: Iterable[str]) -> str:
    """The text most like `wanted`, however little that is; "" only where `there` is empty."""
    matcher = SequenceMatcher(b=wanted.casefold(), autojunk=False)

    def likeness(text: str) -> float:
        matcher.set_seq1(text.casefold())
        return matcher.ratio()

    return max(there, key=likeness, default="")
