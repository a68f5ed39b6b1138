"""`terminal-sim simulate`: shops made from seeds, in which everything may fail; the story of one seed, or what is wrong in many."""

from __future__ import annotations

from argparse import Namespace
from time import process_time

from terminal_sim.cli.console import styled
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.simulation.simulation import SimulationEnd, simulate
from terminal_sim.explore.simulation.story import Story, TraceDigest
from terminal_sim.script.exit_code import ExitCode


def run(given: Namespace) -> int:
    wrong = _tell(given.seed) if given.seeds == 1 else _count(given.seed, given.seeds)
    return ExitCode.UNMET if wrong else ExitCode.HELD


def _tell(seed: int) -> bool:
    """Runs one seed and prints its story; whether something is wrong."""
    story, digest = Story(), TraceDigest()
    end = simulate(seed, story, digest)
    for line in story.lines:
        print(printable(line))
    print(f"seed {seed}: {', '.join(end.models)}")
    print(f"faults: {', '.join(end.faults) or 'none'}")
    print(f"{end.payments} payments, {end.boots} boots, trace {digest.hexadecimal}")
    _print_wrong(end)
    return bool(end.violations)


def _count(first: int, seeds: int) -> bool:
    """Runs many seeds and prints what is wrong and the sum of them; whether something is wrong."""
    payments = boots = wrong = 0
    began = process_time()
    for seed in range(first, first + seeds):
        end = simulate(seed)
        payments, boots, wrong = payments + end.payments, boots + end.boots, wrong + bool(end.violations)
        if end.violations:
            _print_wrong(end)
            print(f"  terminal-sim simulate --seed {seed}", flush=True)
    rate = seeds / max(process_time() - began, 0.01)
    print(f"{seeds} seeds ({rate:.0f}/s), {payments} payments, {boots} boots: {wrong} seeds with violations")
    return wrong > 0


def _print_wrong(end: SimulationEnd) -> None:
    if not end.violations:
        print("nothing is lost, nothing is charged twice, nothing is in doubt")
    for violation in end.violations:
        print(styled(printable(violation), "31;1"))
