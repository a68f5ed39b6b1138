"""What one watcher is sent of a branch: events in their order, and of each terminal the newest screen alone.

A watcher that falls behind by more than `LONGEST` events is told which it has lost, and goes on with the newest ones; the bench never waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from terminal_sim.bench import TraceEntry
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.entries import flat
from terminal_sim.web.seat import ServedTerminal
from terminal_sim.web.standing import standing

LONGEST = 20_000  # events
BATCH = 500  # events of a message


class Interest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is watched: terminals and kinds of events by name, all where none is named; `after` is the newest event that is known already.

    `branch` is the one that is watched; where none is named it is the live one.
    """

    terminals: list[str] = []
    kinds: list[str] = []
    after: int = 0
    branch: str = ""


class Feed:
    """Reads a branch for one watcher. Everything but `is_behind` and `is_late` runs on the bench's thread."""

    def __init__(self, branch: ServedBranch, interest: Interest) -> None:
        self.branch = branch
        self.interest = interest
        self._sent = interest.after
        self._shown: dict[str, dict[str, object]] = {}
        self._clock: dict[str, object] = {}

    def events(self) -> Iterator[dict[str, object]]:
        """Messages with what has happened since the last call."""
        history = self.branch.history
        first = max(history.first, history.last - LONGEST + 1)
        if self._sent and self._sent + 1 < first:
            yield {"lost": {"from": self._sent + 1, "to": first - 1}}
        entries = [entry for entry in history.after(max(self._sent, first - 1)) if self._is_wanted(entry)]
        self._sent = max(self._sent, history.last)
        for at in range(0, len(entries), BATCH):
            yield {"events": [flat(entry) for entry in entries[at : at + BATCH]]}

    @property
    def is_behind(self) -> bool:
        """Whether something has happened since the watcher was told."""
        return self._sent < self.branch.history.last

    @property
    def is_late(self) -> bool:
        """Whether time has passed since the watcher was told the clock."""
        now = self.branch.bench.now.mono
        return self._clock.get("t", now) != now

    def clock(self, *, runs: bool) -> Iterator[dict[str, object]]:
        """The clock and what is due next, where they are others than at the last call."""
        now = standing(self.branch.bench, runs=runs)
        event = now.pop("event")
        if now != self._clock:
            self._clock = now
            yield {"clock": {**now, "event": event}}

    def screens(self) -> list[dict[str, object]]:
        """The devices that look or stand otherwise than at the last call, each with its drawing."""
        changed = []
        for terminal in self.branch.terminals.values():
            if not self.interest.terminals or terminal.id in self.interest.terminals:
                changed += list(self._changed(terminal))
        return changed

    def _changed(self, at: ServedTerminal) -> Iterator[dict[str, object]]:
        now = {"terminal": at.id, "svg": at.drawing(), **at.about()}
        if self._shown.get(at.id) != now:
            self._shown[at.id] = now
            yield {"screen": {**now, "event": self.branch.history.last}}

    def _is_wanted(self, entry: TraceEntry) -> bool:
        kinds, terminals = self.interest.kinds, self.interest.terminals
        if kinds and entry.kind not in kinds:
            return False
        return not terminals or entry.terminal in {
            each.terminal.name for name, each in self.branch.terminals.items() if name in terminals
        }
