"""What the rows of a point of sale come to: the fold over all of them, or over those since a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal_sim.journal.records import JournalRows
from terminal_sim.pos.model import POINT_OF_SALE
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.rows import row_of


@dataclass(frozen=True, slots=True)
class TillPast:
    """The fold over the first `number` rows of the point of sale."""

    number: int = 0
    book: Book = field(default_factory=Book)


def till_past(journal: JournalRows, kept: TillPast | None = None) -> TillPast:
    """The fold over all rows, from `kept` on, which it takes over. Raises `JournalDamagedError`."""
    past = kept or TillPast()
    number = past.number
    for stored in journal.rows(POINT_OF_SALE, number):
        past.book.apply(row_of(stored.flat))
        number = stored.number
    return TillPast(number, past.book)
