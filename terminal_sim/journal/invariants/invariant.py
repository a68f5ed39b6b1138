"""An invariant: a sentence that says what is wrong, and the SQL that finds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """`says` is what is wrong where `sql` returns a row; the letter of `code` is the family."""

    code: str
    says: str
    sql: str
