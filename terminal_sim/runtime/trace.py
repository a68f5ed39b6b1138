"""One stream of everything that happens on a bench, masked when it is written.

An entry is a kind and flat fields, stamped with both clocks and the terminal. Kinds: `key touch card event state screen apdu frame host
journal receipt beep ignored unexpected note`. Keys typed into a field that hides them are written as `DIGIT`, card
numbers as first six and last four, response data without its sensitive tags.
"""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass
from typing import IO, Protocol

from terminal_sim.core.moment import Instant


class Drawn(Protocol):
    """A screen (`display.view.View`): its text is drawn only where somebody reads it."""

    @property
    def text(self) -> str: ...


Value = str | int | Drawn


@dataclass(frozen=True, slots=True)
class TraceEntry:
    at: Instant
    terminal: str
    kind: str
    fields: dict[str, Value]

    def line(self) -> str:
        """`HH:MM:SS.mmm terminal kind field=value ...` in virtual time since the bench began."""
        seconds, micros = divmod(self.at.mono, 1_000_000)
        clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{micros // 1000:03d}"
        told = " ".join(
            f"{name}={value}" for name, value in self.fields.items() if isinstance(value, str | int)
        )
        return f"{clock} {self.terminal} {self.kind} {told}".rstrip()

    def json(self) -> str:
        return json.dumps(
            {
                "mono": self.at.mono,
                "wall": self.at.civil.isoformat(timespec="microseconds"),
                "terminal": self.terminal,
                "kind": self.kind,
                **{n: v if isinstance(v, str | int) else v.text for n, v in self.fields.items()},
            },
            ensure_ascii=False,
        )


class Trace:
    """Keeps the last `keep` entries and writes each one to `sink` as a line of JSON, if there is one."""

    def __init__(self, sink: IO[str] | None = None, keep: int = 2_000) -> None:
        self.entries: deque[TraceEntry] = deque(maxlen=keep)
        self._sink = sink

    @property
    def written(self) -> bool:
        """Whether it goes to a file, and so may be long."""
        return self._sink is not None

    def emit(self, at: Instant, terminal: str, kind: str, /, **fields: Value) -> None:
        entry = TraceEntry(at, terminal, kind, fields)
        self.entries.append(entry)
        if self._sink is not None:
            self._sink.write(entry.json() + "\n")

    def tail(self, count: int) -> list[str]:
        return [entry.line() for entry in list(self.entries)[-count:]]
