"""What a served bench remembers of its trace, and the watchers that are told of it as it grows.

1. The bench's thread appends, the loop of the server reads. An entry never changes; the list only grows, and is replaced by a shorter one
   where it is too long, so that a reader who holds it sees no gap.
2. Between `KEPT` and twice as many entries are kept; who asks for older ones is told from where on there are some.
3. A watcher that is slow costs the bench nothing: it is woken, and reads what it has missed by number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress

from terminal_sim.bench import TraceEntry, contents

KEPT = 100_000  # entries


class TraceHistory:
    """A trace subscriber. Frames are left out: they have no number of their own, and a recording has them."""

    wants_frames, wants_bytes = False, True

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._entries: list[TraceEntry] = []
        self._grown = asyncio.Event()
        self._told = False
        self.has_ended = False

    def take(self, entry: TraceEntry) -> None:
        if isinstance(entry.content, contents.ReaderFrame):
            return
        if len(self._entries) >= 2 * KEPT:
            self._entries = self._entries[KEPT:]
        self._entries.append(entry)
        if not self._told:
            self._told = True
            self._loop.call_soon_threadsafe(self._tell)

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 where there is none."""
        return self._entries[-1].number if self._entries else 0

    @property
    def first(self) -> int:
        """The number of the oldest entry that is kept."""
        return self._entries[0].number if self._entries else 1

    def entry(self, number: int) -> TraceEntry | None:
        """The entry of this number, while it is kept."""
        entries = self._entries
        at = number - entries[0].number if entries else -1
        return entries[at] if 0 <= at < len(entries) else None

    def after(self, number: int) -> Iterator[TraceEntry]:
        """The entries that are newer than `number`, oldest first, as far as they are kept now."""
        entries = self._entries
        # Entries are numbered without gaps.
        return iter(entries[max(number + 1 - entries[0].number, 0) :]) if entries else iter(())

    def back_from(self, number: int) -> Iterator[TraceEntry]:
        """The entry of this number and those before it, newest first, as far as they are kept."""
        entries = self._entries
        return (entries[at] for at in range(min(number - self.first, len(entries) - 1), -1, -1))

    def until(self, number: int) -> TraceHistory:
        """Another history with the entries up to this number, which goes on by itself."""
        other = TraceHistory(self._loop)
        other._entries = self._entries[: max(number + 1 - self.first, 0)]
        return other

    async def grown(self) -> None:
        """Returns when entries have come since the last call began to wait."""
        await self._grown.wait()

    def end(self) -> None:
        """Lets every listener go: the bench is about to be closed."""
        self.has_ended = True
        self.wake()

    def wake(self) -> None:
        """Lets every listener look again, from any thread."""
        with suppress(RuntimeError):  # the loop has ended, and every listener with it
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        self._told = False
        self._grown.set()
        self._grown = asyncio.Event()
