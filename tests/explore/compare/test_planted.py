"""`compare` finds what is planted: the corpus of the sound firmware shows something else on the one with the bug."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import pytest

from terminal_sim.explore.compare.corpus_gathering import CorpusGathering
from terminal_sim.explore.compare.difference import DifferingAct, differing_acts
from terminal_sim.explore.compare.observed import CorpusSession, ObservedSession
from terminal_sim.explore.compare.observer import FirmwareObserver
from terminal_sim.explore.search.exploration import exploration
from terminal_sim.oracles.catalogue import ORACLES
from tests.explore.planted import BUGS, PlantedBug, planted

SHORT, LONG = 800, 20_000  # acts of an exploration
A_PART = 100  # sessions
QUICK = [
    bug
    for bug in BUGS
    if bug.what
    in (
        "the history begins with the oldest payment",
        "only the merchant's copy comes out",
        "a swiped card is booked as a chip",
        "the lights are green for a payment that was declined",
    )
]


class Corpus:
    """What an exploration of the sound firmware gathers, in parts, each as that firmware does it when it is first asked for: most bugs show themselves in the first."""

    def __init__(self, profile: str, options: Mapping[str, str], acts: int) -> None:
        explored = exploration(profile, options, ORACLES, 1)
        gathering = CorpusGathering(explored.explorers)
        explored.followers.append(gathering)
        for _ in explored.run(lambda one: one.acts < acts):
            pass  # a session that breaks a rule is no part of the corpus
        sessions = [
            CorpusSession(
                "",
                str(one.number),
                ground.profile,
                ground.locale,
                dict(ground.options),
                one.acts,
                ground.clock,
            )
            for ground, kept in gathering.gathered()
            for one in kept
        ]
        self._parts = [sessions[first : first + A_PART] for first in range(0, len(sessions), A_PART)]
        self._done: list[list[tuple[CorpusSession, ObservedSession]]] = []

    def parts(self) -> Iterator[list[tuple[CorpusSession, ObservedSession]]]:
        """Sessions beside what the sound firmware shows in them."""
        for number, part in enumerate(self._parts):
            if number == len(self._done):
                with FirmwareObserver() as sound:
                    self._done.append([(one, sound.observe(one)) for one in part])
            yield self._done[number]


@cache
def corpus(profile: str, options: tuple[tuple[str, str], ...], acts: int) -> Corpus:
    """Made once."""
    return Corpus(profile, dict(options), acts)


def shown(bug: PlantedBug, acts: int) -> tuple[CorpusSession, DifferingAct] | None:
    """The first session that the bug makes another, with the act."""
    for part in corpus(bug.profile, tuple(bug.options.items()), acts).parts():
        with planted(bug), FirmwareObserver() as broken:
            for session, sound in part:
                for act in differing_acts(sound, broken.observe(session)):
                    return session, act
    return None


def differs(bug: PlantedBug, acts: int) -> str:
    """The first difference that the bug makes; "" where there is none."""
    found = shown(bug, acts)
    if found is None:
        return ""
    session, act = found
    return f"session {session.title} {session.locale}, act {act.at}: {act.differences[0]}"


@pytest.mark.parametrize("bug", QUICK, ids=[bug.what for bug in QUICK])
def test_a_planted_bug_makes_a_difference(bug: PlantedBug) -> None:
    assert differs(bug, SHORT)


@pytest.mark.soak
def test_of_a_hundred_planted_bugs_ninety_eight_make_a_difference() -> None:
    found = {bug.what: differs(bug, LONG) for bug in BUGS}
    missed = [what for what, difference in found.items() if not difference]
    for what, difference in found.items():
        print(f"{what}: {difference or 'not found'}")
    assert len(missed) <= 0.02 * len(BUGS), missed
