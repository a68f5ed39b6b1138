"""What one watcher is sent of a bench: events in their order, and of each terminal the newest screen alone.

A watcher that falls behind by more than `LONGEST` events is told which it has lost, and goes on with the newest ones; the bench never waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from terminal_sim.bench import TraceEntry
from terminal_sim.display.device import device_svg
from terminal_sim.web.entries import flat
from terminal_sim.web.served import ServedBench, ServedTerminal

LONGEST = 20_000  # events
BATCH = 500  # events of a message


class Interest(Struct, frozen=True, forbid_unknown_fields=True):
    """What is watched: terminals and kinds of events by name, all where none is named; `after` is the newest event that is known already."""

    terminals: list[str] = []
    kinds: list[str] = []
    after: int = 0


class Feed:
    """Reads the history for one watcher. Its methods run on the server's loop, `screens` on the bench's thread."""

    def __init__(self, served: ServedBench, interest: Interest) -> None:
        self._served = served
        self._interest = interest
        self._sent = interest.after
        self._shown: dict[str, str] = {}

    def events(self) -> Iterator[dict[str, object]]:
        """Messages with what has happened since the last call."""
        history = self._served.history
        first = max(history.first, history.last - LONGEST + 1)
        if self._sent and self._sent + 1 < first:
            yield {"lost": {"from": self._sent + 1, "to": first - 1}}
        entries = [entry for entry in history.after(max(self._sent, first - 1)) if self._is_wanted(entry)]
        self._sent = max(self._sent, history.last)
        for at in range(0, len(entries), BATCH):
            yield {"events": [flat(entry) for entry in entries[at : at + BATCH]]}

    @property
    def is_behind(self) -> bool:
        return self._sent < self._served.history.last

    def screens(self) -> list[dict[str, object]]:
        """The screens that have changed since the last call, lights and the clock with them."""
        changed = []
        for terminal in self._served.terminals.values():
            if not self._interest.terminals or terminal.id in self._interest.terminals:
                changed += list(self._changed(terminal))
        return changed

    def _changed(self, at: ServedTerminal) -> Iterator[dict[str, object]]:
        svg = device_svg(at.terminal.profile, at.terminal.appearance())
        if self._shown.get(at.id) != svg:
            self._shown[at.id] = svg
            yield {"screen": {"terminal": at.id, "svg": svg, **at.about()}}

    def _is_wanted(self, entry: TraceEntry) -> bool:
        kinds, terminals = self._interest.kinds, self._interest.terminals
        if kinds and entry.kind not in kinds:
            return False
        return not terminals or entry.terminal in {
            each.terminal.name for name, each in self._served.terminals.items() if name in terminals
        }
