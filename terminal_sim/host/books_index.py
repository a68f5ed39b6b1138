"""Where in the acquirer's books stands what they say of a payment: with it, books of any length are gone on with unread."""

from __future__ import annotations

from dataclasses import dataclass, field

from msgspec import Struct

from terminal_sim.host.answered import AnsweredMessage
from terminal_sim.host.counters import CounterUse
from terminal_sim.host.ledger import LedgerEntry
from terminal_sim.host.terminal_keys import KeysIssued
from terminal_sim.journal.head import Mark


class LedgerRecord(Struct, frozen=True, kw_only=True):
    """What one message did: its `entries`, the `answers` that its repeats get, how many answers there were so far, the card's counter, and the keys that a terminal got."""

    numbered: int
    entries: tuple[LedgerEntry, ...]
    answers: tuple[AnsweredMessage, ...]
    counters: tuple[CounterUse, ...] = ()
    keys: tuple[KeysIssued, ...] = ()

    @property
    def references(self) -> set[str]:
        """What it speaks of: payments, and counters of cards by their names."""
        named = {name for entry in self.entries for name in (entry.reference, entry.original)}
        named.update(use.name for use in self.counters)
        for message in self.answers:
            named.add(message.reference)
            if message.original is not None:
                named.add(message.original.reference)
        return named - {""}


@dataclass(slots=True, kw_only=True)
class BooksIndex:
    """What `mark.count` records come to, whose lines end at byte `end`, and whose last hash is `mark.digest`.

    `entries` counts their entries, and `numbered` is that of the last record. `places` has, for each payment and counter of a card, the
    bytes at which the lines that speak of it begin, `highest` the highest counter of each card, and `keys` the number of the newest keys of
    each terminal.
    """

    mark: Mark
    end: int = 0
    entries: int = 0
    numbered: int = 0
    places: dict[str, list[int]] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)

    def take(self, record: LedgerRecord, digest: bytes, length: int) -> None:
        """One more record, whose line has so many bytes."""
        for reference in record.references:
            self.places.setdefault(reference, []).append(self.end)
        for use in record.counters:
            self.highest[use.card] = max(self.highest.get(use.card, 0), use.atc)
        for issued in record.keys:
            self.keys[issued.terminal] = max(self.keys.get(issued.terminal, 0), issued.number)
        self.mark = Mark(self.mark.count + 1, digest)
        self.end += length
        self.entries += len(record.entries)
        self.numbered = record.numbered
