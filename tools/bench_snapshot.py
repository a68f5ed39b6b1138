"""What a moment of a bench costs: to keep it, to go back to it, to branch from it, and in memory; and to go to any event of a long run."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable

from terminal_sim.bench import Bench, Snapshot, TerminalUnderTest, Trace

SECOND = 1_000_000


def pay(bench: Bench, till: TerminalUnderTest, card: str = "visa-credit") -> None:
    for key in ("OK", "1", "2", "5", "0", "OK"):
        till.press(key)
    till.insert(card)
    bench.advance(5 * SECOND)
    till.remove_card()
    bench.advance(60 * SECOND)


def each(what: Callable[[], object], times: int) -> float:
    """Milliseconds of CPU that one call takes, the best of five rounds."""
    rounds = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            what()
        rounds.append(time.process_time() - began)
    return min(rounds) / times * 1_000


def main() -> None:
    for payments in (3, 100):
        with Bench(trace=Trace(keep=50)) as bench:
            till = bench.add_terminal("v400m")
            for _ in range(payments):
                pay(bench, till)
            there = bench.snapshot()
            measure(bench, there, payments)


def measure(bench: Bench, there: Snapshot, payments: int) -> None:
    keep, back = each(bench.snapshot, 200), each(lambda: bench.restore(there), 200)
    branch = each(lambda: bench.branch(there).close(), 10)
    print(
        f"after {payments} payments: snapshot {keep:.3f} ms, restore {back:.3f} ms, both {keep + back:.3f} (aim 0.1);"
        f" branch {branch:.1f} ms; {size(bench):.1f} kB (aim 20)"
    )


def size(bench: Bench) -> float:
    """Kilobytes that one more moment takes."""
    kept: list[Snapshot] = []
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept.extend(bench.snapshot() for _ in range(20))
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / len(kept) / 1_000


if __name__ == "__main__":
    main()
