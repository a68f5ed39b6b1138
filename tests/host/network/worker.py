"""A process with terminals of its own that pay at a served host while everything fails: `python -m tests.host.network.worker ADDRESS STATE FIRST COUNT PAYMENTS`.

It prints `paid N` now and then, and at its end, with everything settled, the state of each payment and how many there are.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from terminal_sim.explore.search.act_runner import ActRunner
from terminal_sim.explore.search.world import cures, faults

LONGEST = Duration.parse("300s")
SETTLED = Duration.parse("26h")
FAULTS = 0.2  # how often something fails before a payment
LASTING = ("fault", "tamper")  # ends the life of a terminal


def pay(bench: Bench, till: TerminalUnderTest, chance: Random) -> None:
    """One swiped payment, to the home screen again; something may fail before it, and all is mended behind it."""
    runner = ActRunner(bench, till)
    if chance.random() < FAULTS:
        runner.run(chance.choice([fault for fault in faults(till.profile) if fault != LASTING]))
    for act in (("press", "OK", str(chance.randrange(100, 9_000)), "OK"), ("swipe", "visa-stripe")):
        if till.is_on:
            runner.run(act)
    _wait(bench, till)
    for cure in cures(till):
        runner.run(cure)
    _wait(bench, till)


def _wait(bench: Bench, till: TerminalUnderTest) -> None:
    """Until the terminal is at home, or off, or five minutes are over."""
    limit = bench.now.mono + LONGEST
    while till.is_on and till.view().screen.id != "home" and bench.now.mono < limit:
        bench.pass_to_next(limit)


def main(address: str, state: Path, first: int, count: int, payments: int) -> None:
    chance = Random(first)
    with Bench(
        host_at=address,
        state=state,
        first_terminal=first,
        trace=False,
    ) as bench:
        tills = [
            bench.add_terminal("v400m", options={"timeouts.issuer": "2s", "timeouts.reversal": "2s"})
            for _ in range(count)
        ]
        for number in range(payments):
            pay(bench, tills[number % count], chance)
            if number % 100 == 99:
                print(f"paid {number + 1}", flush=True)
        for _ in range(2):
            for till in tills:
                for cure in cures(till):
                    ActRunner(bench, till).run(cure)
            bench.advance(SETTLED)
        states = Counter(
            {
                row.fields["reference"]: row.fields["state"]
                for till in tills
                for row in till.journal()
                if row.kind == "sale"
            }.values()
        )
    print(json.dumps(states), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
