"""The trace of one bench: every key, state, byte, message, row and screen, in order, each with the act that caused it.

Rules:
1. An entry is a frozen value and masked when it is made: no subscriber ever sees card data in clear.
2. Entries are numbered from 1 within their bench, independently of the subscribers. A frame carries the number of the entry before it, since
   frames are made for those alone who ask for them.
3. `cause` is the number of the act that an entry follows from: a key, a touch, a line of a script, or the passing of time.
4. Subscribers are called in the order in which they subscribed, on the engine's thread; a bench without a trace makes no entry.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from msgspec import Struct

from terminal_sim.core.moment import Instant
from terminal_sim.growing_list import GrowingList
from terminal_sim.runtime.contents import Act, Content, ReaderFrame, TimePassed, Value

_LONGEST_FIRST_LINE = 1 << 20  # bytes; a screen with its text is a few thousand


class TraceEntry(Struct, frozen=True):
    """One thing that happened at `at` to the terminal `terminal`; `content` says what."""

    number: int
    cause: int
    at: Instant
    terminal: str
    content: Content

    @property
    def kind(self) -> str:
        return self.content.kind

    @property
    def fields(self) -> Mapping[str, Value]:
        """What the content says, flat: text, numbers, and screens whose text is drawn when it is read."""
        return self.content.fields()

    def line(self) -> str:
        """`HH:MM:SS.mmm terminal kind field=value ...` in virtual time since the bench began."""
        seconds, micros = divmod(self.at.mono, 1_000_000)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{micros // 1000:03d}"
        shown = " ".join(
            f"{name}={value}" for name, value in self.fields.items() if isinstance(value, str | int)
        )
        return f"{clock} {self.terminal} {self.kind} {shown}".rstrip()

    def json(self) -> str:
        """The entry as an object of JSON on one line; `n` is its number and `cause` that of the act that it follows from."""
        return json.dumps(
            {
                "n": self.number,
                "cause": self.cause,
                "mono": self.at.mono,
                "wall": self.at.civil.isoformat(timespec="microseconds"),
                "terminal": self.terminal,
                "kind": self.kind,
                **{n: v if isinstance(v, str | int) else v.text for n, v in self.fields.items()},
            },
            ensure_ascii=False,
        )


class Subscriber(Protocol):
    """Takes each entry as it is made. Frames and bytes are made only where a subscriber wants them."""

    @property
    def wants_frames(self) -> bool: ...
    @property
    def wants_bytes(self) -> bool: ...
    def take(self, entry: TraceEntry) -> None: ...


class JsonLines:
    """Writes each entry to `sink` as a line of JSON, frames among them; time is in each line, and has none of its own."""

    wants_frames, wants_bytes = True, False

    def __init__(self, sink: IO[str]) -> None:
        self._sink = sink

    def take(self, entry: TraceEntry) -> None:
        if not isinstance(entry.content, TimePassed):
            self._sink.write(entry.json() + "\n")


def is_trace(path: Path) -> bool:
    """Whether a file begins as `JsonLines` writes one; an empty file does."""
    with path.open("rb") as file:
        line = file.readline(_LONGEST_FIRST_LINE)
    try:
        first = json.loads(line) if line else {"mono": 0, "kind": ""}
    except ValueError:
        return False
    return isinstance(first, dict) and first.keys() >= {"mono", "kind"}


class Tail:
    """Keeps the last `keep` entries; it asks for neither frames nor bytes."""

    wants_frames = wants_bytes = False

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._entries: GrowingList[TraceEntry] = GrowingList()

    @property
    def entries(self) -> Sequence[TraceEntry]:
        """Oldest first."""
        return self._entries[max(len(self._entries) - self._keep, 0) :]

    def take(self, entry: TraceEntry) -> None:
        if not isinstance(entry.content, TimePassed | ReaderFrame):
            if len(self._entries) > 2 * self._keep:
                self._entries = GrowingList(self.entries)
            self._entries.append(entry)

    def snapshot(self) -> GrowingList[TraceEntry]:
        return self._entries.copy()

    def restore(self, entries: GrowingList[TraceEntry]) -> None:
        self._entries = entries.copy()


class TracePoint(Struct, frozen=True):
    """Where the trace of a bench stands: the number of its last entry, and that of the act which that one follows from."""

    number: int
    cause: int


class TraceState(Struct, frozen=True):
    """A trace at one moment: where it stands, and its last entries."""

    point: TracePoint
    last: GrowingList[TraceEntry]


class Trace:
    """Makes the entries of one bench and hands them to its subscribers; keeps the last `keep` for the report of a failure."""

    def __init__(self, *subscribers: Subscriber, keep: int = 2_000) -> None:
        self._last = Tail(keep)
        # A trace that keeps nothing need not be told of each entry.
        self._subscribers: list[Subscriber] = [*([self._last] if keep else ()), *subscribers]
        self._number = 0
        self._cause = 0
        self._acting = 0
        self.wants_frames = self.wants_bytes = False
        self._weigh()

    def subscribe(self, subscriber: Subscriber) -> None:
        """Hand every entry from now on to `subscriber` as well."""
        self._subscribers.append(subscriber)
        self._weigh()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        self._subscribers.remove(subscriber)
        self._weigh()

    @property
    def entries(self) -> Sequence[TraceEntry]:
        """The last entries, oldest first."""
        return self._last.entries

    @property
    def number(self) -> int:
        """The number of the last entry, 0 before the first."""
        return self._number

    @property
    def point(self) -> TracePoint:
        """Where it stands."""
        return TracePoint(self._number, self._cause)

    def go_on(self, point: TracePoint) -> None:
        """Count on from where the trace of another bench stood."""
        self._number, self._cause = point.number, point.cause

    def snapshot(self) -> TraceState:
        return TraceState(self.point, self._last.snapshot())

    def restore(self, state: TraceState) -> None:
        """Count on from that moment, and have the last entries of then. What subscribers took is theirs."""
        self.go_on(state.point)
        self._last.restore(state.last)

    def tail(self, count: int) -> list[str]:
        """The last `count` entries as lines that begin with their numbers."""
        entries = self.entries[-count:]
        width = max((len(str(entry.number)) for entry in entries), default=0)
        return [f"{entry.number:>{width}} {entry.line()}" for entry in entries]

    def emit(self, at: Instant, terminal: str, content: Content) -> None:
        """Make the entry of `content`. One that begins something, outside of an act of a script, is the cause of what follows."""
        if not isinstance(content, ReaderFrame):
            self._number += 1
            if content.begins and not self._acting:
                self._cause = self._number
        entry = TraceEntry(self._number, self._cause, at, terminal, content)
        for subscriber in self._subscribers:
            subscriber.take(entry)

    @contextmanager
    def acting(self, at: Instant, terminal: str, line: str) -> Iterator[None]:
        """What happens within follows from one line of a script, the keys that it presses among it."""
        self.emit(at, terminal, Act(line))
        self._acting += 1
        try:
            yield
        finally:
            self._acting -= 1

    @contextmanager
    def unheard(self) -> Iterator[None]:
        """What happens within is no news to the subscribers, and takes no number: it happened before, and a bench is brought there again."""
        subscribers, number, cause = self._subscribers, self._number, self._cause
        self._subscribers = []
        self._weigh()
        try:
            yield
        finally:
            self._subscribers, self._number, self._cause = subscribers, number, cause
            self._weigh()

    def _weigh(self) -> None:
        self.wants_frames = any(subscriber.wants_frames for subscriber in self._subscribers)
        self.wants_bytes = any(subscriber.wants_bytes for subscriber in self._subscribers)
