"""What a moment of a bench costs: to keep it and go back to it, in memory, and to go to any event of a long run."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench_rig import Figure

from terminal_sim.bench import Bench, Snapshot, TerminalUnderTest, Trace
from terminal_sim.explore.bundle_file import read
from terminal_sim.explore.bundles import OneBundle
from terminal_sim.explore.timeline import Timeline
from terminal_sim.script.check import check
from terminal_sim.script.options import Options
from terminal_sim.script.parse import parse
from terminal_sim.script.plan import plan
from terminal_sim.script.run import Runner
from terminal_sim.script.vocabulary import vocabulary

SECOND = 1_000_000
THERE_AND_BACK, SIZE, ANY_EVENT = 0.1, 20.0, 50.0  # ms, kB, ms
_LONG = """keys 1
terminal v400m
macro pay
  press OK 1 2 5 0 OK
  insert visa-credit
  wait 5s
  remove card
  wait 1min
scenario "A long day"
"""


def snapshots(quick: bool) -> list[Figure]:
    """The figures."""
    return [_moments(20 if quick else 100), _any_event(20 if quick else 200)]


def _moments(payments: int) -> Figure:
    with Bench(trace=Trace(keep=50)) as bench:
        till = bench.add_terminal("v400m")
        for _ in range(payments):
            _pay(bench, till)
        there = bench.snapshot()
        keep, back = _each(bench.snapshot, 200), _each(lambda: bench.restore(there), 200)
        branch = _each(lambda: bench.branch(there).close(), 10)
        size = _size(bench)
    return Figure(
        f"snapshot and restore after {payments} payments",
        f"{keep + back:.3f} ms, {size:.1f} kB a moment",
        f"<= {THERE_AND_BACK} ms, {SIZE:g} kB",
        keep + back <= THERE_AND_BACK and size <= SIZE,
        (f"snapshot {keep:.3f} ms, restore {back:.3f} ms, a branch {branch:.1f} ms",),
    )


def _pay(bench: Bench, till: TerminalUnderTest) -> None:
    for key in ("OK", "1", "2", "5", "0", "OK"):
        till.press(key)
    till.insert("visa-credit")
    bench.advance(5 * SECOND)
    till.remove_card()
    bench.advance(60 * SECOND)


def _each(what: Callable[[], object], times: int) -> float:
    """Milliseconds of CPU that one call takes, the best of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            what()
        rounds.append(time.process_time() - began)
    return min(rounds) / times * 1_000


def _size(bench: Bench) -> float:
    """Kilobytes that one more moment takes."""
    kept: list[Snapshot] = []
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept.extend(bench.snapshot() for _ in range(20))
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / len(kept) / 1_000


def _any_event(payments: int) -> Figure:
    with TemporaryDirectory() as folder:
        file, to = Path(folder) / "long.keys", Path(folder) / "long.tsim"
        file.write_text(_LONG + "  pay\n" * payments, encoding="utf-8")
        (case,) = plan(check(parse(file), vocabulary(), environ={}))
        Runner(Options(keeper=OneBundle(to))).run(case)
        bundle = read(to)
    last = bundle.last_event
    took = []
    with Timeline(bundle, {}) as timeline:
        for event in range(1, last, last // 100):
            began = time.process_time()
            timeline.look(event)
            took.append((time.process_time() - began) * 1_000)
    took.sort()
    return Figure(
        f"go to any of {last:,} events",
        f"{took[len(took) // 2]:.1f} ms, {took[-1]:.1f} ms at most",
        f"<= {ANY_EVENT:g} ms",
        took[-1] <= ANY_EVENT,
    )
