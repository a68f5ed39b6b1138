"""An invariant: a sentence that says what is wrong, and the SQL that finds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FAMILIES: Final[Mapping[str, str]] = {
    "M": "money",
    "S": "state",
    "W": "wire",
    "T": "time",
    "X": "secrets",
    "N": "names",
    "B": "batches",
    "P": "point of sale",
    "U": "what was told",
    "L": "liveness",
}
"""What the invariants of a letter are about."""
_BOOKS = re.compile(r"\b(?:ledger|net)\b")  # the tables made of the host's books


@dataclass(frozen=True, slots=True)
class Invariant:
    """`says` is what is wrong where `sql` returns a row; the letter of `code` is the family."""

    code: str
    says: str
    sql: str

    @property
    def family(self) -> str:
        """What it is about, a word of `FAMILIES`."""
        return FAMILIES[self.code[0]]

    @property
    def asks_the_books(self) -> bool:
        """Whether the query reads the host's books."""
        return _BOOKS.search(self.sql) is not None
