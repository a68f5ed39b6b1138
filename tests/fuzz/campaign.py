"""A plan's campaigns under atheris: `python -m tests.fuzz.campaign PLAN FOLDER WORKERS FAMILY...`; PLAN is a module here.

1. Each campaign runs in a process of its own, forked after the import, for instrumenting takes longer than a short one; WORKERS
   of them at a time. They give way to whatever else runs on this machine.
2. What libFuzzer says, seeds, what is learnt and a finding go into FOLDER/FAMILY/NUMBER.
3. When the process that asked for them is gone, no campaign begins any more and FOLDER goes too.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import TYPE_CHECKING

import atheris  # type: ignore[import-untyped]  # it has no types

if TYPE_CHECKING:
    from tests.fuzz.target import Campaign, Plan

LONGEST_INPUT = 1024
NICE = 10
LONGEST_RUN = 10  # seconds for one input before it counts as a hang


def main(plan_name: str, folder: Path, workers: int, families: list[str]) -> None:
    asked_by = os.getppid()
    os.nice(NICE)
    # Only what is imported here is instrumented, so nothing of ours comes before.
    with atheris.instrument_imports(include=["terminal_drivers", "terminal_sim"]):
        plan: Plan = import_module(f"tests.fuzz.{plan_name}").PLAN
    running = 0
    for family, number, campaign in [(name, *each) for name in families for each in enumerate(plan[name])]:
        if running == workers:
            os.wait()
            running -= 1
        if os.getppid() != asked_by:
            break
        own = folder / family / str(number)
        own.mkdir(parents=True)
        if not os.fork():
            _fuzz(campaign, own)
        running += 1
    for _ in range(running):
        os.wait()
    if os.getppid() != asked_by:
        rmtree(folder)


def _fuzz(campaign: Campaign, folder: Path) -> None:
    """Never returns: libFuzzer ends the process."""
    said = os.open(folder / "said", os.O_WRONLY | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(said, stream)
    learnt = folder / "learnt"
    learnt.mkdir()
    target = campaign.target
    for at, seed in enumerate(target.seeds):
        (learnt / f"seed-{at}").write_bytes(bytes.fromhex(seed))
    options = {
        "max_total_time": campaign.seconds,
        "max_len": LONGEST_INPUT,
        "timeout": LONGEST_RUN,
        "artifact_prefix": f"{folder}/finding-",
    }
    words = [f"-{option}={value}" for option, value in options.items()]
    ends = monotonic() + campaign.seconds

    def attempt(data: bytes) -> None:
        if monotonic() > ends:
            # libFuzzer itself counts whole seconds and stops after one more; at this signal it ends before the next input.
            os.kill(os.getpid(), signal.SIGUSR1)
        with suppress(*target.open):
            target.attempt(data)

    atheris.Setup([sys.argv[0], *words, str(learnt)], attempt)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
