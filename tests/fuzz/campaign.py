"""The targets of one file under atheris: `python -m tests.fuzz.campaign MODULE FOLDER SECONDS RUNS`.

1. Each target runs in a process of its own, forked after the import, for instrumenting takes longer than a short campaign.
2. What libFuzzer says, seeds, what is learnt and a finding go into a folder inside FOLDER with the target's number.
3. The exit status is the number of targets with a finding.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import atheris  # type: ignore[import-untyped]  # it has no types

from tests.fuzz.target import Target

LONGEST_INPUT = 1024
LONGEST_RUN = 10  # seconds for one input before it counts as a hang


def main(module: str, folder: Path, seconds: str, runs: str) -> int:
    # Only what is imported here is instrumented, so nothing of ours comes before.
    with atheris.instrument_imports(include=["terminal_drivers", "terminal_sim"]):
        targets: tuple[Target, ...] = import_module(f"tests.fuzz.{module}").TARGETS
    found = running = 0
    for number, target in enumerate(targets):
        if running == (os.cpu_count() or 1):
            found += os.wait()[1] != 0
            running -= 1
        own = folder / str(number)
        own.mkdir()
        if not os.fork():
            _fuzz(target, own, seconds, runs)
        running += 1
    for _ in range(running):
        found += os.wait()[1] != 0
    return found


def _fuzz(target: Target, folder: Path, seconds: str, runs: str) -> None:
    """Never returns: libFuzzer ends the process, not 0 where it has found something."""
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    learnt = folder / "learnt"
    learnt.mkdir()
    for at, seed in enumerate(target.seeds):
        (learnt / f"seed-{at}").write_bytes(bytes.fromhex(seed))
    options = {
        "max_total_time": seconds,
        "runs": runs,
        "max_len": LONGEST_INPUT,
        "timeout": LONGEST_RUN,
        "artifact_prefix": f"{folder}/finding-",
    }
    words = [f"-{option}={value}" for option, value in options.items()]

    def attempt(data: bytes) -> None:
        with suppress(*target.open):
            target.attempt(data)

    atheris.Setup([sys.argv[0], *words, str(learnt)], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
