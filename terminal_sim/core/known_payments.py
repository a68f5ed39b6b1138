"""The payments that a terminal knows: those of this run in memory, and those of before read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, ValuesView
from itertools import islice

from terminal_sim.core.payment import Payment

ReadPayments = Callable[[Collection[int]], Iterable[tuple[int, Payment]]]
"""Reads the payments of rows by their numbers in the file, each with its number, in whatever order."""


class KnownPayments(Mapping[str, Payment]):
    """Each payment by its reference in its newest state, in the order of their first rows.

    `earlier` has the number of the newest row of each payment of before, and `read` reads such rows.
    """

    __slots__ = ("_held", "_read")

    def __init__(self, earlier: Mapping[str, int] | None = None, read: ReadPayments = lambda _: ()) -> None:
        self._held: dict[str, Payment | int] = dict(earlier or {})
        self._read = read

    def copy(self) -> KnownPayments:
        """The same payments; neither of the two sees what the other one learns."""
        other = KnownPayments(read=self._read)
        other._held = self._held.copy()
        return other

    def __getitem__(self, reference: str) -> Payment:
        held = self._held[reference]
        return held if isinstance(held, Payment) else self._fetched({held: reference})[reference]

    def __setitem__(self, reference: str, payment: Payment) -> None:
        self._held[reference] = payment

    def __contains__(self, reference: object) -> bool:
        return reference in self._held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._held!r})"

    def values(self) -> ValuesView[Payment]:
        """All payments, oldest first; those of before are read at once."""
        self._fetch(self._held)
        return super().values()

    def newest(self, limit: int) -> list[Payment]:
        """The last payments, newest first."""
        last = tuple(islice(reversed(self._held), limit))
        self._fetch(last)
        return [self[reference] for reference in last]

    def _fetch(self, references: Iterable[str]) -> None:
        """Read those that are not in memory yet."""
        rows = {held: one for one in references if isinstance(held := self._held[one], int)}
        if rows:
            self._fetched(rows)

    def _fetched(self, rows: Mapping[int, str]) -> dict[str, Payment]:
        found = {rows[row]: payment for row, payment in self._read(rows)}
        self._held.update(found)
        return found
