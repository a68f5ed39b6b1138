"""An invariant: a sentence that says what is wrong, and the SQL that finds it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BOOKS = re.compile(r"\b(?:ledger|net)\b")  # the tables made of the host's books


@dataclass(frozen=True, slots=True)
class Invariant:
    """`says` is what is wrong where `sql` returns a row; the letter of `code` is the family."""

    code: str
    says: str
    sql: str

    @property
    def asks_the_books(self) -> bool:
        """Whether the query reads the host's books."""
        return _BOOKS.search(self.sql) is not None
