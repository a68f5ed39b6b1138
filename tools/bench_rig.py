"""Measuring: contenders that take turns, one table of figures, and where the time goes.

1. A ratio is the median of the ratios of single rounds, so a machine that slows down meanwhile slows both sides.
2. Time is the CPU time of this process unless something waits for a thread or a child: then it is the wall's.
3. The parts of a figure come from samples of the stack, since a profiler would slow small functions more than large ones.
"""

from __future__ import annotations

import gc
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from types import FrameType

PROBE = 49.0  # microseconds of `probe` on a quiet machine of the kind that the absolute aims are meant for
SAMPLE_EVERY = 0.000_47  # seconds; no divisor of the period of anything that is measured

_EMV, _HOST = "EMV kernel and card", "acquirer and its messages"
_PARTS = {  # the first that fits
    "/transitions/": "transitions library",
    "/terminal_sim/core/": "terminal core and flows",
    "/terminal_sim/flows/": "terminal core and flows",
    "/terminal_drivers/": "readers and drivers",
    "/terminal_sim/cards/": _EMV,
    "/terminal_sim/emv/": _EMV,
    "/terminal_sim/host/": _HOST,
    "/terminal_sim/journal/": "journal",
    "/terminal_sim/display/": "screens",
    "/terminal_sim/trace.py": "trace",
    "/terminal_sim/": "engine, clock and terminal",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `kept` says whether the aim was met, None where there is none; `notes` stand below it."""

    name: str
    figure: str
    aim: str = ""
    kept: bool | None = None
    notes: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        mark = {True: "ok", False: "MISSED", None: ""}[self.kept]
        yield f"{self.name:<46} {self.figure:<34} {self.aim:<20} {mark}".rstrip()
        yield from (f"    {note}" for note in self.notes)


@dataclass(frozen=True, slots=True)
class Contest:
    """Seconds a call of each contender, round by round."""

    rounds: Mapping[str, list[float]]

    def micros(self, name: str) -> float:
        return median(self.rounds[name]) * 1e6

    def ratio(self, name: str, to: str) -> float:
        return median(a / b for a, b in zip(self.rounds[name], self.rounds[to], strict=True))


def contest(
    contenders: Mapping[str, Callable[[], object]],
    *,
    rounds: int,
    calls: int,
    clock: Callable[[], float] = time.process_time,
) -> Contest:
    """Let the contenders take turns, `calls` calls a turn; every second round runs in reverse order."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for warm_up in contenders.values():
        warm_up()
    order = list(contenders.items())
    with _no_collector():
        for _ in range(rounds):
            for name, call in order:
                begin = clock()
                for _ in range(calls):
                    call()
                found[name].append((clock() - begin) / calls)
            order.reverse()
    return Contest(found)


def probe() -> float:
    """Microseconds of a thousand additions, the median of many: how fast this machine is just now."""

    def add() -> None:
        total = 0
        for number in range(1000):
            total += number

    return contest({"probe": add}, rounds=201, calls=1).micros("probe")


@contextmanager
def _no_collector() -> Iterator[None]:
    """The garbage collector would charge one contender for the other's objects."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@dataclass(slots=True)
class Samples:
    """How often the stack stood in each part."""

    parts: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Sample this thread; the signal SIGALRM is in use meanwhile."""
        before = signal.signal(signal.SIGALRM, self._look)
        signal.setitimer(signal.ITIMER_REAL, SAMPLE_EVERY, SAMPLE_EVERY)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def told(self, micros: float) -> tuple[str, ...]:
        """What the parts come to, of `micros` in all, largest first."""
        total = self.parts.total() or 1
        return tuple(
            f"{count / total:4.0%} {micros * count / total:7.0f} us  {part}"
            for part, count in self.parts.most_common()
        )

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        """The innermost file that has a part; but what the EMV room does for the acquirer is the acquirer's."""
        part = ""
        while frame is not None:
            found = _part(frame.f_code.co_filename)
            part = part or found
            if found and found != _EMV:
                part = found if part == _EMV and found == _HOST else part
                break
            frame = frame.f_back
        self.parts[part or "the measurement itself"] += 1


def _part(file: str) -> str:
    return next((part for place, part in _PARTS.items() if place in file), "")
