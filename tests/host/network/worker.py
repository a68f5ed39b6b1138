"""A process with terminals of its own that pay at a served host: `python -m tests.host.network.worker ADDRESS STATE FIRST COUNT PAYMENTS`.

It prints `paid N` now and then, and at its end, with everything settled, the state of each payment and how many there are.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from random import Random

from terminal_sim.bench import Bench, Duration, TerminalUnderTest

LONGEST = Duration.parse("300s")
SETTLED = Duration.parse("26h")


def pay(bench: Bench, till: TerminalUnderTest, chance: Random) -> None:
    """One swiped payment, to the home screen again."""
    for key in ("OK", *str(chance.randrange(100, 9_000)), "OK"):
        till.press(key)
    till.swipe("visa-stripe")
    limit = bench.now.mono + LONGEST
    while till.view().screen.id != "home" and bench.now.mono < limit:
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
