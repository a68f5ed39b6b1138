"""How a script names something on a screen: its visible text, `/regex/`, or `id:present-card`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from terminal_sim.display.patterns import PatternError, compiled
from terminal_sim.display.texts import plain


class SelectorError(ValueError):
    """A selector that cannot be read, or that does not name exactly one thing to touch."""


class SelectorKind(Enum):
    TEXT = "text"
    PATTERN = "pattern"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Selector:
    """`value` is the text, the pattern or the id, without quotes, slashes or `id:`."""

    kind: SelectorKind
    value: str

    @classmethod
    def parse(cls, text: str) -> Selector:
        """`"visible text"` (the quotes may be left out), `/regex/` or `id:name`. Raises `SelectorError`."""
        if text.startswith("id:"):
            kind, value = SelectorKind.ID, text[3:]
        elif len(text) > 2 and text[0] == text[-1] == "/":
            kind, value = SelectorKind.PATTERN, text[1:-1]
            try:
                value = compiled(value).pattern
            except PatternError as error:
                raise SelectorError(str(error)) from None
        elif len(text) > 1 and text[0] == text[-1] == '"':
            kind, value = SelectorKind.TEXT, re.sub(r'\\(["\\])', r"\1", text[1:-1])
        else:
            kind, value = SelectorKind.TEXT, text
        if not value.strip():
            raise SelectorError(f'{text!r} names nothing: write "visible text", /regex/ or id:name')
        return cls(kind, value)

    def exactly(self, wordings: Iterable[str]) -> bool:
        """Whether one of the wordings is the text, or matches the pattern from end to end."""
        if self.kind is SelectorKind.PATTERN:
            return any(re.fullmatch(self.value, plain(wording)) for wording in wordings)
        return plain(self.value) in (plain(wording) for wording in wordings)

    def within(self, wordings: Iterable[str]) -> bool:
        """Whether one of the wordings holds the text, or has a place that matches the pattern."""
        if self.kind is SelectorKind.PATTERN:
            return any(re.search(self.value, plain(wording)) for wording in wordings)
        return any(plain(self.value) in plain(wording) for wording in wordings)

    def __str__(self) -> str:
        return {SelectorKind.ID: f"id:{self.value}", SelectorKind.PATTERN: f"/{self.value}/"}.get(
            self.kind, f'"{self.value}"'
        )
