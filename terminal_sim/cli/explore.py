"""`terminal-sim explore`: acts at a terminal of a profile for a while, and leaves a script of whatever was wrong."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable

from terminal_sim.bench import Duration, ProfileError
from terminal_sim.cli.console import as_user_errors, is_terminal, naming, options_of, print_table
from terminal_sim.cli.covered import covered_lines, lines_since
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.compare.corpus_gathering import CorpusGathering, keep_corpus
from terminal_sim.explore.coverage import Coverage, CoverageError
from terminal_sim.explore.search.exploration import Exploration, exploration
from terminal_sim.explore.search.keeping import keep
from terminal_sim.oracles.catalogue import ORACLES
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.results import ScenarioOutcome


def run(given: Namespace) -> int:
    with as_user_errors(ProfileError, ValueError, CoverageError):
        before = Coverage.read(given.since) if given.since is not None else None
        span = Duration.parse(given.span)
        explored = exploration(given.profile, options_of(given.options), ORACLES, given.seed, given.locale)
        with explored.explorers[0].ground.session():
            pass  # a profile of which no terminal can be made is told at once
    gathering = CorpusGathering(explored.explorers)
    explored.followers.append(gathering)
    began = time.process_time()
    for finding in explored.run(_goes_on(given.acts, span, began)):
        with naming(given.out):
            kept = keep(finding, given.out, given.seed)
        _clear_line()
        print(printable(f"{kept.script}: {finding.alarm}"), flush=True)
        if kept.outcome is ScenarioOutcome.HELD:
            print(
                f"{kept.script}: the script holds where the exploration did not: a fault of the simulator",
                flush=True,
            )
    _clear_line()
    took = time.process_time() - began
    with naming(given.out):
        keep_corpus(gathering, given.out)
    print(f"{explored.sessions} sessions, {explored.acts} acts in {took:.1f} s, {explored.places} places")
    for line in covered_lines(explored.summary, everything=given.missing):
        print(printable(line))
    if before is not None:
        for line in lines_since(given.since, before, explored.coverage):
            print(printable(line))
    if given.coverage is not None:
        with naming(given.coverage):
            explored.coverage.write(given.coverage)
        print(f"coverage: {given.coverage}")
    for alarm in explored.unrepeated:
        print(printable(f"heard once and not again: {alarm}"))
    if not explored.findings:
        print("nothing is wrong")
        return ExitCode.HELD
    rows = [
        (one.alarm.code, one.alarm.sentence, f"{len(one.acts)} of {one.length}", f"{one.name}.keys")
        for one in explored.findings
    ]
    print_table("Findings", ("rule", "sentence", "acts", "script"), rows)
    return ExitCode.UNMET


def _goes_on(most: int, span: Duration, began: float) -> Callable[[Exploration], bool]:
    """Whether the exploration goes on after a session; at a person's terminal one line says how it stands."""

    def goes_on(one: Exploration) -> bool:
        took = time.process_time() - began
        if is_terminal():
            rate = one.acts / max(took, 0.01)
            line = f"{one.acts} acts, {rate:.0f}/s, {one.places} places, {len(one.findings)} findings"
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
        return one.acts < most if most else took * 1_000_000 < span

    return goes_on


def _clear_line() -> None:
    if is_terminal():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
