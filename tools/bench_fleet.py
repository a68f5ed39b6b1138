"""A thousand terminals on one bench: what they take to make, a day of them, and their sales on a durable journal."""

from __future__ import annotations

import gc
import os
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch

import apsw
from bench_rig import Figure
from bench_sale import PROFILE, home_again, to_the_reader

from terminal_sim import profile
from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from terminal_sim.core.events import Event, KeyPressed

MEMORY_AIM = 6.0  # kB
FLUSH_AIM = 2  # a sale: before its request leaves, and before it is told to be approved
GROUP_AIM = (
    8  # times the sales a second of terminals that commit one by one, where a flush takes `SLOW_FLUSH`
)
SLOW_FLUSH = 0.005  # seconds, as a card or a disk of an office takes; the flush of a bench machine may be a thousandth of it
_GROUP = 32
_STRIPE = "visa-stripe"


def _count(quick: bool) -> int:
    return 200 if quick else 1_000


def fleet(quick: bool) -> list[Figure]:
    """Time and memory of a further terminal."""
    count = _count(quick)
    with Bench(trace=False) as bench:
        bench.add_terminal(PROFILE)
        by_name = _seconds(lambda: bench.add_terminal(PROFILE), count // 10)
        model = profile.load(PROFILE)
        loaded = _seconds(lambda: bench.add_terminal(model), count)
        tracemalloc.start()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(100):
            bench.add_terminal(model)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    kilobytes = (after - before) / 100 / 1024
    return [
        Figure(
            f"a further terminal ({count:,} on the bench)",
            f"{kilobytes:.1f} kB, {loaded * 1e3:.2f} ms CPU",
            f"<= {MEMORY_AIM:.1f} kB",
            kilobytes <= MEMORY_AIM,
            (f"by the profile's name {by_name * 1e3:.2f} ms",),
        )
    ]


def _seconds(make: Callable[[], object], count: int) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    for _ in range(count):
        make()
    return (time.process_time() - began) / count


def day(quick: bool) -> list[Figure]:
    """24 hours for terminals that each have a deadline open."""
    count = _count(quick)
    with Bench(trace=False) as bench:
        terminals = _terminals(bench, count)
        for terminal in terminals:
            terminal.press("OK")
        began = time.process_time()
        bench.advance(Duration.parse("24h"))
        spent = time.process_time() - began
        if any(terminal.view().screen.id != "home" for terminal in terminals):
            raise RuntimeError("a terminal did not find home within a day")
    return [
        Figure(
            f"24 h for {count:,} terminals with a deadline",
            f"{spent * 1e3:.0f} ms, {spent / count * 1e6:.0f} us each",
        )
    ]


def durable(quick: bool) -> list[Figure]:
    """Swipe sales on a journal whose every flush is slow: one terminal after the other, and all at once with group commit."""
    count = _GROUP
    rates: dict[str, list[float]] = {"one by one": [], "together": []}
    flushes: dict[str, Counter[str]] = {}
    with _counted_flushes() as counted:
        for _ in range(1 if quick else 3):
            for name, run in (("one by one", _one_by_one), ("together", _together)):
                with (
                    tempfile.TemporaryDirectory() as folder,
                    Bench(state=Path(folder), trace=False) as bench,
                ):
                    terminals = _terminals(bench, count)
                    began, before = time.perf_counter(), counted.copy()
                    run(bench, terminals)
                    rates[name].append(count / (time.perf_counter() - began))
                    flushes[name] = counted - before
                    if any(terminal.journal()[-1].fields["state"] != "COMPLETED" for terminal in terminals):
                        raise RuntimeError("a measured sale was not completed")
                    if broken := bench.violations():
                        raise RuntimeError(broken[0])
    gain = median(a / b for a, b in zip(rates["together"], rates["one by one"], strict=True))
    figures = [
        Figure(
            f"durable swipe sale, {count:,} terminals, {name}",
            f"{_own(flushes[name]) / count:.3f} flushes",
            f"<= {FLUSH_AIM}",
            _own(flushes[name]) / count <= FLUSH_AIM,
            (
                f"{median(rates[name]):,.0f} sales/s of wall time where each flush takes {SLOW_FLUSH * 1e3:.0f} ms",
                "a sale flushes " + ", ".join(f"{file} {n / count:.3f}" for file, n in flushes[name].items()),
                "alone it commits twice, and flushes log and head each time: journal/head.py says why neither can go",
            ),
        )
        for name in rates
    ]
    return [
        *figures,
        Figure("group commit", f"{gain:.1f} times one by one", f">= {GROUP_AIM}", gain >= GROUP_AIM),
    ]


def _own(flushes: Counter[str]) -> int:
    """Those of the terminals; the acquirer has books of its own."""
    return sum(number for file, number in flushes.items() if not file.startswith("acquirer"))


def _terminals(bench: Bench, count: int) -> list[TerminalUnderTest]:
    model = profile.load(PROFILE)
    return [bench.add_terminal(model) for _ in range(count)]


def _one_by_one(bench: Bench, terminals: list[TerminalUnderTest]) -> None:
    for terminal in terminals:
        to_the_reader(terminal)
        terminal.swipe(_STRIPE)
        home_again(bench, terminal)


def _together(bench: Bench, terminals: list[TerminalUnderTest]) -> None:
    for key in ("OK", "2", "0", "0", "0", "OK"):
        _to_all(bench, terminals, KeyPressed(key))
    stripe = bench.card(_STRIPE).stripe
    if stripe is None:
        raise RuntimeError(f"{_STRIPE} has no stripe")
    for terminal, reader in zip(terminals, bench.assembly.readers, strict=True):
        reader.operator.swipe(_STRIPE, stripe)
        bench.engine.poll(terminal.board)
    bench.settle()
    for terminal in terminals:
        home_again(bench, terminal)


def _to_all(bench: Bench, terminals: list[TerminalUnderTest], event: Event) -> None:
    for terminal in terminals:
        bench.engine.post(terminal.board, event)
    bench.settle()


@contextmanager
def _counted_flushes() -> Iterator[Counter[str]]:
    """While this lasts, it is counted by file how often one is made durable, and each time is slow."""
    counted: Counter[str] = Counter()

    def counting(flush: Callable[[int], None]) -> Callable[[int], None]:
        def counted_flush(descriptor: int) -> None:
            counted[Path(os.readlink(f"/proc/self/fd/{descriptor}")).name] += 1
            flush(descriptor)
            time.sleep(SLOW_FLUSH)

        return counted_flush

    base = apsw.vfs_names()[0]

    class CountingFile(apsw.VFSFile):
        def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
            counted["journal.db"] += 1
            super().xSync(flags)
            time.sleep(SLOW_FLUSH)

    class CountingSystem(apsw.VFS):
        def __init__(self) -> None:
            super().__init__("counting", base, makedefault=True)

        def xOpen(  # noqa: N802 - SQLite's name
            self, name: str | apsw.URIFilename | None, flags: list[int]
        ) -> apsw.VFSFile:
            return CountingFile(base, name, flags)

    system = CountingSystem()
    try:
        with (
            patch.object(os, "fsync", counting(os.fsync)),
            patch.object(os, "fdatasync", counting(os.fdatasync)),
        ):
            yield counted
    finally:
        system.unregister()
