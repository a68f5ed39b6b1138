"""Which tests are slow. `make quick` leaves these out: `python -m tests.slow [pytest arguments]` records them anew.

1. `tests/slow.txt` has one name a line: what stands in a node id behind the file, without parameters. So the list stays right where a file
   moves, and two tests of one name are slow together.
2. A test is slow where its set-up, its body and its tear-down take `LIMIT` or longer together, in the slowest of its cases.
3. Where the arguments choose some of the tests, the list keeps what it says of all others.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("slow.txt")
LIMIT = 0.1
"""Seconds of wall-clock time."""


def name_of(node: str) -> str:
    """`test_a` of `tests/core/test_flow.py::test_a[v400m]`, and a scenario's title of a script's node id."""
    return node.partition("::")[2].partition("[")[0].strip()


def names() -> frozenset[str]:
    """The slow tests as the list has them."""
    return frozenset(LIST.read_text("utf-8").splitlines())


class Durations:
    """A pytest plugin that adds up the seconds of each test, by node id."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration


def main(arguments: list[str]) -> int:
    durations = Durations()
    code = pytest.main(
        ["-q", "-m", "not soak", "--ignore=tests/fuzz", "--ignore=tests/interop", *arguments], [durations]
    )
    measured = {name_of(node) for node in durations.seconds}
    slow = {name_of(node) for node, seconds in durations.seconds.items() if seconds >= LIMIT}
    listed = sorted(names() - measured | slow)
    LIST.write_text("".join(f"{name}\n" for name in listed), "utf-8")
    print(f"{len(listed)} tests are slow: {LIST}")
    return int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
