"""A transaction that a card left in the middle of, as the terminal keeps it for the card's next tap (EMV Book C-2, 3.7)."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.secret import Secret


class TornTransaction(Struct, frozen=True, kw_only=True):
    """`pan` and `sequence` name the card; `objects` are the data elements of the transaction by tag, as they stood at the first GENERATE AC."""

    pan: Secret[str]
    sequence: str
    objects: tuple[tuple[int, bytes], ...]

    def __repr__(self) -> str:
        return f"TornTransaction(pan={self.pan!r})"
