"""Campaigns in a process beside this one, and what they found."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.target import Plan

ROOT = Path(__file__).parents[2]
DONE = re.compile(r"^Done \d+ runs|libFuzzer: exiting as requested$", re.MULTILINE)
SHOWN = 2_000
SLACK = 300.0  # seconds beyond what the campaigns take by themselves
CORES = len(os.sched_getaffinity(0))


class Running:
    """The campaigns of some families of a plan, `workers` at a time, from the first question for findings to `close`."""

    def __init__(self, plan: str, families: Sequence[str], workers: int) -> None:
        self._plan_name, self._families, self._workers = plan, families, workers
        self._plan: Plan = import_module(f"tests.fuzz.{plan}").PLAN
        self._folder = TemporaryDirectory(prefix="terminal-sim-fuzz-")
        self._process: subprocess.Popen[bytes] | None = None

    def findings(self, family: str) -> list[str]:
        """Waits for the end, and says what a family's campaigns found: target, input in hex, and the end of what was said."""
        process = self._process = self._process or self._begun()
        seconds = sum(each.seconds for name in self._families for each in self._plan[name])
        process.wait(seconds / self._workers + SLACK)
        return [
            found
            for number, campaign in enumerate(self._plan[family])
            if (found := self._found(self.path / family / str(number), campaign.target.name))
        ]

    def close(self) -> None:
        """End whatever still runs and leave nothing behind."""
        if self._process is not None:
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._folder.cleanup()

    @property
    def path(self) -> Path:
        return Path(self._folder.name)

    def _begun(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join((str(ROOT), str(ROOT / "drivers")))
        asked = [self._plan_name, self._folder.name, str(self._workers), *self._families]
        with (self.path / "said").open("wb") as said:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.campaign", *asked],
                cwd=ROOT, env=os.environ | {"PYTHONPATH": path, "TMPDIR": self._folder.name},
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip

    def _found(self, folder: Path, target: str) -> str | None:
        own = folder / "said"
        said = (own if own.exists() else self.path / "said").read_text("utf-8", "replace")
        inputs = [each.read_bytes().hex() for each in folder.glob("finding-*")]
        if not inputs and DONE.search(said):
            return None
        return f"{target}: input {' '.join(inputs) or 'unknown'}\n{said[-SHOWN:]}"
