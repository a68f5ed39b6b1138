"""Going back is replaying: after a walk, its acts from any moment on give the same trace again, there and on a branch."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Any

import pytest

from terminal_sim.bench import BenchMisuse, Snapshot, TraceEntry, contents
from tests.contracts.drive import NAMES
from tests.contracts.walker import Walk

ACTS = 40


class _Heard:
    """The lines of a trace, but for the frames."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self.lines: list[str] = []

    def take(self, entry: TraceEntry) -> None:
        if not isinstance(entry.content, contents.TimePassed):
            self.lines.append(entry.json())


def saved(walk: Walk) -> bytes:
    """The whole bench as it is now; nothing where it cannot be saved."""
    try:
        return walk.drive.bench.save().to_bytes()
    except BenchMisuse:
        return b""


def goes_back(seed: int, acts: int = ACTS) -> str:
    """The first line that differs; "" where there is none. A moment that has no snapshot is none to go back to."""
    walk, heard = Walk(seed), _Heard()
    walk._acts = [
        act for act in walk._acts if act != walk.plug
    ]  # the plug is a test's own, and no part of a bench
    moments: list[tuple[Snapshot, tuple[Any, ...], int, int]] = []
    with walk.drive as drive:
        drive.bench.trace.subscribe(heard)
        for done in range(acts):
            with suppress(BenchMisuse):
                moments.append((drive.bench.snapshot(), walk.random.getstate(), len(heard.lines), done))
            walk.go(1)
        first, ended = list(heard.lines), saved(walk)
        for there, state, lines, before in Random(seed).sample(moments, min(3, len(moments))):
            drive.bench.restore(there)
            walk.random.setstate(state)
            heard.lines = first[:lines]
            for _ in range(before, acts):
                walk.go(1)
            for number, (once, again) in enumerate(zip(first, heard.lines, strict=False)):
                if once != again:
                    return f"seed {seed}, act {before}, line {number}: {once} / {again}"
            if len(first) != len(heard.lines):
                return f"seed {seed}, act {before}: {len(first)} and {len(heard.lines)} lines"
            if saved(walk) != ended:
                return f"seed {seed}, act {before}: another end"
    return ""


@pytest.mark.parametrize("seed", range(len(NAMES)))
def test_a_walk_that_goes_back_goes_on_as_it_did(seed: int) -> None:
    assert goes_back(seed) == ""


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 1_100))
def test_many_long_walks_that_go_back_go_on_as_they_did(seed: int) -> None:
    assert goes_back(seed, 120) == ""
