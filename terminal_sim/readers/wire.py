"""The line between a terminal and the CCID reader of its own virtual readers, and the faults of that line.

A frame is what the terminal sends at once: a command, or the request to repeat an answer. Nothing stands in the line before its
first fault, so a sound one costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from terminal_drivers.base import Transport
from terminal_drivers.readers.built_in.state import VirtualReaderState
from terminal_drivers.transports.faults import Fault, FaultyLineState, FaultyTransport

_LASTING = (Fault.UNPLUG, Fault.HANG)


class WireState(Struct, frozen=True):
    """A line at one moment, by value: what its two ends know, and its faults, None before the first one. `mended` is how many had happened when it was mended last."""

    ends: VirtualReaderState
    line: FaultyLineState | None
    mended: int


SOUND = WireState(VirtualReaderState(), None, 0)


class WiredReader(Protocol):
    """A virtual reader whose line can be cut open."""

    def wrap_line(self, around: Callable[[Transport], Transport]) -> None:
        """Put what `around` makes of the line between the line and its host."""
        ...

    def restart(self) -> None:
        """Plug the reader in anew."""
        ...

    def snapshot(self) -> VirtualReaderState: ...
    def restore(self, state: VirtualReaderState) -> None:
        """Know what was known at that moment; cards stay as they are."""
        ...


class Wire:
    """The line to `reader`."""

    __slots__ = ("_line", "_mended", "_reader", "_unhurt")

    def __init__(self, reader: WiredReader) -> None:
        self._reader = reader
        self._line: FaultyTransport | None = None
        self._unhurt: FaultyLineState | None = None
        self._mended = 0  # how many faults had happened when the line was mended last

    def strike(self, fault: Fault, frame: int) -> None:
        """Let `fault` strike the frame that the terminal sends as the `frame`-th from now."""
        self._opened()[0].plan(fault, frame)

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

    def snapshot(self) -> WireState:
        line = self._line.snapshot() if self._line is not None else None
        return WireState(self._reader.snapshot(), line, self._mended)

    def restore(self, state: WireState) -> None:
        """Be as at that moment. Cards are put back while the line is `SOUND`."""
        if state.line is not None or self._line is not None:
            line, unhurt = self._opened()
            line.replug()  # nothing is on the way at a moment
            line.restore(state.line or unhurt)
        self._mended = state.mended
        self._reader.restore(state.ends)

    def _opened(self) -> tuple[FaultyTransport, FaultyLineState]:
        """What stands in the line and gives it its faults, and how it was before the first one."""
        if self._line is None or self._unhurt is None:
            self._reader.wrap_line(self._cut_open)
        assert self._line is not None
        assert self._unhurt is not None
        return self._line, self._unhurt

    def _cut_open(self, line: Transport) -> FaultyTransport:
        self._line = FaultyTransport(line, seed=0)
        self._unhurt = self._line.snapshot()
        return self._line

    def _down(self) -> Fault | None:
        happened = self._line.happened[self._mended :] if self._line is not None else []
        return next((fault for _, fault in happened if fault in _LASTING), None)
