"""What Robot Framework says of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from robot.api import ExecutionResult

WORDS = {"PASS": "held", "FAIL": "failed", "SKIP": "skipped"}


@dataclass(frozen=True, slots=True)
class RobotTest:
    """A test: its `verdict` in the words of a script's run, its message, and all that was logged in it."""

    verdict: str
    message: str
    log: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RobotRun:
    """`tests` are by their names; `folder` has the log."""

    tests: Mapping[str, RobotTest]
    folder: Path
    output: str

    @classmethod
    def of(cls, folder: Path, output: str) -> RobotRun:
        tests = ExecutionResult(folder / "output.xml").suite.all_tests
        found = {
            test.name: RobotTest(WORDS[test.status], test.message, _log(test), tuple(test.tags))
            for test in tests
        }
        return cls(found, folder, output)


def _log(test: Any) -> str:
    return "\n".join(_messages(test))


def _messages(item: Any) -> Iterator[str]:
    """All that was logged in a test, a keyword, or a part of one."""
    for part in getattr(item, "body", ()):
        if part.type == "MESSAGE":
            yield part.message
        else:
            yield from _messages(part)
