"""An interceptor stands between a host end and its line: it records the line, or replays a recording in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from terminal_drivers.captures.capture import Capture, RecordedLine

L = TypeVar("L")


class LineCapture(Protocol[L]):
    """How the lines of a protocol go into a capture and are played again."""

    def captured(self, line: L, capture: Capture, name: str) -> L:
        """Return the same line with every message going into `capture` under `name`."""
        ...

    def replayed(self, recorded: RecordedLine) -> L:
        """Return a line that answers as the recorded one did."""
        ...


class LineInterceptor(Protocol):
    """Stands between each host end and its line. `address` names the line."""

    def line(self, address: str, kind: LineCapture[L], open_line: Callable[[], L]) -> L:
        """Return the line to `address`; `open_line` opens the real one, which a recording leaves closed."""
        ...


class NoInterceptor:
    """Leaves each line as it is."""

    def line(self, _: str, _kind: LineCapture[L], open_line: Callable[[], L]) -> L:
        return open_line()


NO_INTERCEPTOR = NoInterceptor()
