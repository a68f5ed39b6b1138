"""The line between a terminal and the CCID reader of its own virtual readers, and the faults of that line.

A frame is what the terminal sends at once: a command, or the request to repeat an answer. Nothing stands in the line before its
first fault, so a sound one costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from terminal_drivers.base import Transport
from terminal_drivers.transports.faults import Fault, FaultyTransport

_LASTING = (Fault.UNPLUG, Fault.HANG)


class WiredReader(Protocol):
    """A virtual reader whose line can be cut open."""

    def wrap_line(self, around: Callable[[Transport], Transport]) -> None:
        """Put what `around` makes of the line between the line and its host."""
        ...

    def restart(self) -> None:
        """Plug the reader in anew."""
        ...


class Wire:
    """The line to `reader`."""

    def __init__(self, reader: WiredReader) -> None:
        self._reader = reader
        self._line: FaultyTransport | None = None
        self._mended = 0  # how many faults had happened when the line was mended last

    def strike(self, fault: Fault, frame: int) -> None:
        """Let `fault` strike the frame that the terminal sends as the `frame`-th from now."""
        if self._line is None:
            self._reader.wrap_line(self._cut_open)
        if self._line is not None:
            self._line.plan(fault, frame)

    def mend(self) -> None:
        """Take back what is planned, and plug the reader in anew where its line hung or was unplugged."""
        if self._line is None:
            return
        is_down = self._down() is not None
        self._line.planned, self._mended = None, len(self._line.happened)
        if is_down:
            self._line.replug()
            self._reader.restart()

    @property
    def condition(self) -> str:
        """What is planned or lasts, in the words of the script: `drop 3`, `unplug`; "" for a sound line."""
        if self._line is None:
            return ""
        if self._line.planned is not None:
            fault, frame = self._line.planned
            return f"{fault.value} {frame}"
        down = self._down()
        return down.value if down is not None else ""

    def _cut_open(self, line: Transport) -> FaultyTransport:
        self._line = FaultyTransport(line, seed=0)
        return self._line

    def _down(self) -> Fault | None:
        happened = self._line.happened[self._mended :] if self._line is not None else []
        return next((fault for _, fault in happened if fault in _LASTING), None)
