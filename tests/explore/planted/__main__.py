"""Plants bugs into the firmware one at a time, explores each for a while with its profile alone, and prints what found it.

    .venv/bin/python -m tests.explore.planted                    # all, 30 s of processor time each
    .venv/bin/python -m tests.explore.planted --for 10 receipt   # those whose sentence has a word
    .venv/bin/python -m tests.explore.planted --out DIR          # and leave the shortest script of each in DIR

It ends with 1 where fewer than 95 of a hundred are found.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from terminal_sim.explore.search.exploration import Exploration, exploration
from terminal_sim.explore.search.finding import ExplorerFinding, script
from terminal_sim.oracles.catalogue import ORACLES
from tests.explore.planted.bugs import BUGS
from tests.explore.planted.planting import PlantedBug, planted

_WANTED = 0.95


def find(bug: PlantedBug, span: float, seed: int) -> tuple[ExplorerFinding | None, float]:
    """The first finding, None where there is none in so many seconds of processor time; and how long it took, the shrinking of it included."""
    began = time.process_time()

    def goes_on(_: Exploration) -> bool:
        return time.process_time() - began < span

    with planted(bug):
        explored = exploration(bug.profile, bug.options, ORACLES, seed)
        finding = next(explored.run(goes_on), None)
    return finding, time.process_time() - began


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", help="explore the bugs whose sentence has one of these")
    parser.add_argument("--for", dest="span", type=float, default=30.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, metavar="DIR")
    given = parser.parse_args()
    chosen = [bug for bug in BUGS if not given.words or any(word in bug.what for word in given.words)]
    found = 0
    for number, bug in enumerate(chosen, 1):
        finding, took = find(bug, given.span, given.seed)
        found += finding is not None
        code, acts = (finding.alarm.code, len(finding.acts)) if finding is not None else ("-", 0)
        print(f"{code:14} {took:5.1f} s {acts:3} acts  {bug.profile:15} {bug.what}", flush=True)
        if given.out is not None and finding is not None:
            given.out.mkdir(parents=True, exist_ok=True)
            (given.out / f"{number:03}-{code}.keys").write_text(script(finding, given.seed), encoding="utf-8")
    print(f"{found} of {len(chosen)} found")
    return 0 if found >= _WANTED * len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
