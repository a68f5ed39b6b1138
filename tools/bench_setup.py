"""What a scenario costs besides its sale: a bench with a terminal, and a thousand scenarios of one sale each by the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench_rig import PROBE, Figure, contest, probe
from bench_sale import PROFILE

from terminal_sim.bench import Bench

ROOT = Path(__file__).resolve().parents[1]
BENCH_AIM = 1.0  # milliseconds
SCENARIOS_AIM = 4.0  # seconds for a thousand
_SCENARIO = """
scenario "Sale {number}"
  press OK 2000 OK
  swipe visa-stripe
  expect screen "Approved"
  expect journal sale state=COMPLETED
  expect host sale
"""


def setup(quick: bool) -> list[Figure]:
    """Aims in seconds are of a machine whose probe takes `PROBE`; the figures are brought to it."""
    slower = probe() / PROBE
    return [_bench(slower, quick), _scenarios(slower, 100 if quick else 1_000)]


def _bench(slower: float, quick: bool) -> Figure:
    def begun() -> None:
        with Bench() as bench:
            bench.add_terminal(PROFILE)

    found = contest({"begun": begun}, rounds=5 if quick else 15, calls=20)
    took = found.micros("begun") / 1e3
    return Figure(
        "a bench with a terminal",
        f"{took / slower:.2f} ms scaled",
        f"<= {BENCH_AIM:.0f} ms",
        took / slower <= BENCH_AIM,
        (f"{took:.2f} ms measured; the probe takes {slower:.2f} times what it took where the aim was set",),
    )


def _scenarios(slower: float, count: int) -> Figure:
    spent = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "drivers"))),
            "PYTHONPYCACHEPREFIX": folder,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for size in (1, 1, count):  # the first of all compiles
            script = Path(folder) / f"sales{size}.keys"
            scenarios = "".join(_SCENARIO.format(number=number) for number in range(size))
            script.write_text(f"keys 1\nterminal {PROFILE}\n{scenarios}")
            began = time.monotonic()
            run = [sys.executable, "-m", "terminal_sim", "run", "--quiet", str(script)]
            with subprocess.Popen(run, env=environment, stdout=subprocess.DEVNULL, cwd=folder) as process:
                _, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise RuntimeError(f"{size} measured scenarios ended with {process.returncode}")
            spent[size] = usage.ru_utime + usage.ru_stime, time.monotonic() - began
    each = (spent[count][0] - spent[1][0]) / (count - 1)
    scaled = (spent[1][0] + each * 999) / slower
    return Figure(
        "1,000 scenarios of one sale",
        f"{scaled:.1f} s CPU scaled",
        f"<= {SCENARIOS_AIM:.0f} s",
        scaled <= SCENARIOS_AIM,
        (
            f"{count:,} took {spent[count][0]:.1f} s CPU, {spent[count][1]:.1f} s wall",
            f"{each * 1e3:.2f} ms each, and {spent[1][0]:.2f} s for the first with the start of the process",
        ),
    )
