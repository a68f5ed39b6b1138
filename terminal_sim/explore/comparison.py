"""Holds the trace of a replay to the lines of its bundle, one by one."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from terminal_sim.bench import TraceEntry, contents
from terminal_sim.explore.bundle_file import TraceLine

_FRAME = '"kind": "frame"'


@dataclass(frozen=True, slots=True)
class TraceDifference:
    """The first line in which a replay is not its bundle, "" for none, and the screens that stood then. `event` is the number of that event."""

    event: int
    wanted: str
    got: str
    wanted_screen: str
    got_screen: str


class TraceComparison:
    """A subscriber that holds the entries to the lines of a bundle, in their order."""

    wants_bytes = False

    def __init__(self, lines: tuple[str, ...], *, frames: bool) -> None:
        self.wants_frames = frames
        self._lines = lines if frames else tuple(line for line in lines if _FRAME not in line)
        self._screens = "", ""
        self.seen = 0
        self.difference: TraceDifference | None = None

    def take(self, entry: TraceEntry) -> None:
        if isinstance(entry.content, contents.TimePassed) or self.difference is not None:
            return
        got = entry.json()
        wanted = self._lines[self.seen] if self.seen < len(self._lines) else ""
        self._screens = _screen(wanted, self._screens[0]), _screen(got, self._screens[1])
        if got != wanted:
            self.difference = TraceDifference(entry.number, wanted, got, *self._screens)
        self.seen += 1

    def go_back(self, seen: int) -> None:
        """Stand where so many lines have come, all of them as they were."""
        self.seen, self.difference = seen, None
        self._screens = "", ""

    def end(self) -> None:
        """The bundle has no line that did not come."""
        if self.difference is None and self.seen < len(self._lines):
            wanted = self._lines[self.seen]
            event: int = msgspec.json.decode(wanted)["n"]
            self.difference = TraceDifference(
                event, wanted, "", _screen(wanted, self._screens[0]), self._screens[1]
            )


def _screen(line: str, before: str) -> str:
    """The text of the screen that a line of a trace shows, or the one that stood before."""
    if '"kind": "screen"' not in line:
        return before
    shown = msgspec.json.decode(line, type=TraceLine)
    return shown.text if shown.kind == "screen" else before
