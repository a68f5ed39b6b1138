"""How long a process takes to its first screen, to its help text and to its version, against a bare Python.

Bytecode is cached in a folder of its own, as an installed package has it: without, a start measures the compiler.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bench_rig import Figure

ROOT = Path(__file__).resolve().parents[1]
START_AIM = 0.35  # seconds
SCREEN_AIM, VERSION_AIM = 15.0, 3.0  # times a bare Python
_FIRST_SCREEN = "from terminal_sim.bench import Bench; print(Bench().add_terminal('v400m').view().text)"


def start(quick: bool) -> list[Figure]:
    commands = {"bare": ["-c", "pass"], "first screen": ["-c", _FIRST_SCREEN]}
    if importlib.util.find_spec("terminal_sim.cli.main") is not None:
        commands["help"] = ["-m", "terminal_sim", "--help"]
        commands["version"] = ["-m", "terminal_sim", "--version"]
    walls: dict[str, list[float]] = {name: [] for name in commands}
    cpus: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as cache:
        for arguments in commands.values():
            _run(arguments, Path(cache))
        for _ in range(3 if quick else 9):
            for name, arguments in commands.items():
                wall, cpu = _run(arguments, Path(cache))
                walls[name].append(wall)
                cpus[name].append(cpu)
    return [_figure(name, walls, cpus) for name in commands if name != "bare"]


def _figure(name: str, walls: dict[str, list[float]], cpus: dict[str, list[float]]) -> Figure:
    wall, cpu = median(walls[name]), median(cpus[name])
    times = median(a / b for a, b in zip(walls[name], walls["bare"], strict=True))
    figure = f"{wall * 1e3:.0f} ms wall, {cpu * 1e3:.0f} ms CPU"
    note = f"{times:.1f} times a bare Python ({median(walls['bare']) * 1e3:.0f} ms)"
    if name == "version":
        return Figure(
            "start to version", figure, f"<= {VERSION_AIM:.0f} times bare", times <= VERSION_AIM, (note,)
        )
    aim, kept = f"< {START_AIM * 1e3:.0f} ms", wall < START_AIM
    if name == "first screen":
        aim, kept = f"{aim}, <= {SCREEN_AIM:.0f} bare", kept and times <= SCREEN_AIM
    return Figure(f"start to {name}", figure, aim, kept, (note,))


def _run(arguments: list[str], cache: Path) -> tuple[float, float]:
    """Seconds of wall and CPU of one Python."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "drivers"))),
        "PYTHONPYCACHEPREFIX": str(cache),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, cwd=cache
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} ended with {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime
