"""Rows that expectations look through: of the journal, of the report, and the messages that the acquirer got.

A row is a flat mapping. Names and values are compared as text, without regard to capitals, `-` reading as `_`; nothing
is converted, so `0856` is not `856`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from terminal_sim.display.texts import plain

Record = Mapping[str, object]

# What makes several rows of a journal one transaction.
IDENTITY = "reference"


class RowLog:
    """Rows in their order, found by their fields: each row is looked at once, when it is added or put in the place of another."""

    def __init__(self, rows: Iterable[Record] = ()) -> None:
        self.rows: list[Record] = []
        self._compared: list[
            dict[str, str]
        ] = []  # the same, name and value in the form in which they are compared
        self._having: dict[tuple[str, str], list[int]] = {}
        self._places: dict[object, int] = {}  # of the transactions that were put
        self.add(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, rows: Iterable[Record]) -> None:
        for at, row in enumerate(rows, len(self.rows)):
            self.rows.append(row)
            compared = _comparable(row)
            self._compared.append(compared)
            for field in compared.items():
                self._having.setdefault(field, []).append(at)

    def put(self, row: Record) -> None:
        """Add the row, or let it take the place of the one of the same transaction."""
        at = self._places.setdefault(row[IDENTITY], len(self.rows))
        if at == len(self.rows):
            self.add((row,))
            return
        self.rows[at], self._compared[at] = row, _comparable(row)
        for field in self._compared[at].items():
            places = self._having.setdefault(field, [])
            found = bisect_left(places, at)
            if found == len(places) or places[found] != at:
                places.insert(found, at)

    def having(self, wanted: Mapping[str, str]) -> list[Record]:
        """The rows that have every wanted field, in order; a field wanted empty may be missing."""
        return [self.rows[at] for at in self._newest_first(wanted)][::-1]

    def newest(self, wanted: Mapping[str, str]) -> Record | None:
        """The last of them, if there is one."""
        return next((self.rows[at] for at in self._newest_first(wanted)), None)

    def _newest_first(self, wanted: Mapping[str, str]) -> Iterator[int]:
        """Looks only at the rows that have the rarest of the fields."""
        fields = {(comparable(name), comparable(value)) for name, value in wanted.items()}
        places: list[Sequence[int]] = [self._having.get(field, ()) for field in fields if field[1]]
        for at in reversed(min(places, key=len, default=range(len(self.rows)))):
            if all(self._compared[at].get(name, "") == value for name, value in fields):
                yield at


def has(row: Record, wanted: Mapping[str, str]) -> bool:
    """Whether the row has every wanted field."""
    return agreement(row, wanted) == len(wanted)


def agreement(row: Record, wanted: Mapping[str, str]) -> int:
    """How many of the wanted fields the row has."""
    there = _comparable(row)
    return sum(there.get(comparable(name), "") == comparable(value) for name, value in wanted.items())


def transactions(rows: Sequence[Record]) -> int:
    """How many transactions the rows speak of; a row of none counts as one."""
    named = {row[IDENTITY] for row in rows if IDENTITY in row}
    return len(named) + sum(IDENTITY not in row for row in rows)


def closest(rows: Sequence[Record], wanted: Mapping[str, str]) -> str:
    """The row that has most of the wanted fields, as a script writes these fields; "" where there is no row."""
    if not rows:
        return ""
    row = max(reversed(rows), key=lambda row: agreement(row, wanted))
    there = {comparable(name): value for name, value in row.items()}
    shown = dict.fromkeys((*(name for name in ("kind",) if name in row), *wanted))
    return spelled({name: str(there.get(comparable(name), "(none)")) for name in shown})


def spelled(wanted: Mapping[str, str]) -> str:
    """As a script writes it: `sale amount=1000`."""
    kind = wanted.get("kind", "")
    return " ".join([kind] * bool(kind) + [f"{n}={v}" for n, v in wanted.items() if n != "kind"])


def _comparable(row: Record) -> dict[str, str]:
    return {comparable(name): comparable(str(value)) for name, value in row.items()}


@lru_cache(maxsize=4096)
def comparable(text: str) -> str:
    """A name or value in the form in which two of them are compared."""
    return plain(text).casefold().replace("-", "_")
