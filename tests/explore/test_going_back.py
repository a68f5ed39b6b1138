"""Going back is replaying: what is done from any moment of a random session on gives the same trace again, on every terminal, there and on a branch."""

from __future__ import annotations

from random import Random

import pytest

from terminal_sim import profile as profiles
from terminal_sim.bench import Bench, BenchMisuse, TraceEntry, contents
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment
from terminal_sim.explore.search.offers import offers

ACTS = 30


class _Heard:
    """The lines of a trace, but for the frames."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def take(self, entry: TraceEntry) -> None:
        if not isinstance(entry.content, contents.TimePassed):
            self.lines.append(entry.json())


def do(session: ExploredSession, seed: str) -> None:
    """One act that the seed chooses of those that are sensible here."""
    offered = offers(session)
    [chosen] = Random(seed).choices([one.act for one in offered], [one.weight for one in offered])
    session.do(chosen)


def saved(bench: Bench) -> bytes:
    """The whole bench as it is now; nothing where it cannot be saved."""
    try:
        return bench.save().to_bytes()
    except BenchMisuse:
        return b""


def goes_back(profile: str, seed: int, acts: int) -> str:
    """The first thing that differs; "" where nothing does. A moment that has no snapshot is none to go back to."""
    heard = _Heard()
    moments: list[tuple[SessionMoment, int, int]] = []
    with Ground.of(profile, {}, (), seed).session() as session:
        bench = session.bench
        bench.trace.subscribe(heard)
        for number in range(acts):
            if (there := session.moment()) is not None:
                moments.append((there, len(heard.lines), number))
            do(session, f"{seed}/{number}")
        first, ended = list(heard.lines), saved(bench)
        for there, lines, before in Random(seed).sample(moments, min(3, len(moments))):
            session.go_back(there)
            heard.lines = first[:lines]
            for number in range(before, acts):
                do(session, f"{seed}/{number}")
            for line, (once, again) in enumerate(zip(first, heard.lines, strict=False)):
                if once != again:
                    return f"{profile} {seed}, act {before}, line {line}: {once} / {again}"
            if len(first) != len(heard.lines) or saved(bench) != ended:
                return f"{profile} {seed}, act {before}: another end"
    return ""


@pytest.mark.parametrize("profile", profiles.names())
def test_a_session_that_goes_back_goes_on_as_it_did(profile: str) -> None:
    assert goes_back(profile, 1, ACTS) == ""


def test_a_frame_that_a_damaged_line_left_unfinished_is_there_again_and_nowhere_else() -> None:
    assert goes_back("v400m", 153, ACTS) == ""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 202))
@pytest.mark.parametrize("profile", profiles.names())
def test_long_sessions_that_go_back_go_on_as_they_did(profile: str, seed: int) -> None:
    assert goes_back(profile, seed, 120) == ""
