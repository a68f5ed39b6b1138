"""The places of a run at which faults are tried, and the faults that can be tried at each kind of place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from terminal_sim.bench import Profile
from terminal_sim.bench.faults import FAULTS
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.world import faults
from terminal_sim.explore.sweep.swept_script import SweptRun

_CUT: Act = ("fault", "power-cut-after")


class SweepAt(Enum):
    """What a place is: before an act and behind the last one, a frame that the terminal sends to its reader, or behind an effect of the firmware."""

    STEP = "step"
    FRAME = "frame"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class SweptPlace:
    """Before the act number `step` of the run, counted from 0, or so many frames or effects into it; `line` is the act, "" behind the last one."""

    step: int
    line: str
    number: int = 0

    def __str__(self) -> str:
        """`before insert visa-credit`, or `insert visa-credit: 3`."""
        if self.number:
            return f"{self.line}: {self.number}"
        return f"before {self.line}" if self.line else "at the end"

    def struck(self, fault: Act) -> Act:
        """The fault as it is armed before the act, so that it strikes here."""
        return (*fault, str(self.number)) if self.number else fault


def places_of(run: SweptRun, at: SweepAt) -> Iterator[SweptPlace]:
    """The places of one kind, in the order of the run."""
    for number, step in enumerate(run.steps):
        counts = {SweepAt.FRAME: step.frames, SweepAt.EFFECT: step.effects}
        if at is SweepAt.STEP:
            yield SweptPlace(number, step.line)
        else:
            yield from (SweptPlace(number, step.line, one) for one in range(1, counts[at] + 1))
    if at is SweepAt.STEP:
        yield SweptPlace(len(run.steps), "")


def faults_at(at: SweepAt, profile: Profile) -> tuple[Act, ...]:
    """The faults that are tried at places of a kind; `SweptPlace.struck` has the number."""
    match at:
        case SweepAt.STEP:
            return faults(profile)
        case SweepAt.FRAME:
            (wire,) = (one for one in FAULTS if one.name == "wire")
            return tuple(("fault", wire.name, kind) for kind in str(wire.arguments[0]).split("|"))
        case SweepAt.EFFECT:
            return (_CUT,)
