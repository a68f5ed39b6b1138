"""Runs a corpus on two firmwares at the same time, and gathers where they differ.

Rules:
1. A session counts up to the first act in which something differs that is not accepted: what follows may follow from it. Acts whose differences are all
   accepted are gone past.
2. One difference is told once, with the sessions that have it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol

from terminal_sim.explore.compare.difference import DifferingAct, FirmwareDifference, differing_acts
from terminal_sim.explore.compare.observed import CorpusSession, ObservedSession


class SessionObserver(Protocol):
    """What does sessions on a firmware."""

    def observe(self, session: CorpusSession, *, pictures: bool = False) -> ObservedSession: ...


@dataclass(frozen=True, slots=True)
class DifferingSession:
    """A session with the acts that differ, the first one that is not accepted last."""

    session: CorpusSession
    acts: tuple[DifferingAct, ...]


@dataclass(slots=True)
class FirmwareComparison:
    """`where` has the sessions of each difference, both in the order in which they came; `compared` counts the sessions. `accepted` are wanted."""

    accepted: Collection[FirmwareDifference]
    compared: int = 0
    where: dict[FirmwareDifference, list[DifferingSession]] = field(default_factory=dict)

    @property
    def unwanted(self) -> list[FirmwareDifference]:
        """The differences that are not accepted, sorted."""
        return sorted(one for one in self.where if one not in self.accepted)

    @property
    def unseen(self) -> list[FirmwareDifference]:
        """The accepted differences that did not come."""
        return sorted(one for one in self.accepted if one not in self.where)

    def take(
        self, session: CorpusSession, old: ObservedSession, new: ObservedSession, *, whole: bool = False
    ) -> None:
        """Compare two observations of a session; `whole` goes past every difference."""
        self.compared += 1
        acts: list[DifferingAct] = []
        for act in differing_acts(old, new):
            acts.append(act)
            if not whole and any(one not in self.accepted for one in act.differences):
                break
        there = DifferingSession(session, tuple(acts))
        for one in dict.fromkeys(one for act in acts for one in act.differences):
            self.where.setdefault(one, []).append(there)


def observed_twice(
    sessions: Iterable[CorpusSession], old: SessionObserver, new: SessionObserver, *, pictures: bool = False
) -> Iterator[tuple[CorpusSession, ObservedSession, ObservedSession]]:
    """Each session as both firmwares do it, at the same time. Raises what they raise."""
    with ThreadPoolExecutor(2) as both:
        for session in sessions:
            left, right = (both.submit(side.observe, session, pictures=pictures) for side in (old, new))
            yield session, left.result(), right.result()
