"""What `explore` and `campaign` print and leave: each finding when it is found, one live line, and a table at the end."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from terminal_sim.cli.console import naming, print_table
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.explore.search.keeping import KeptFinding, keep
from terminal_sim.oracles.oracle import Oracle, OracleAlarm
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.results import ScenarioOutcome


class ExploringBar:
    """One line on the error output that says how an exploration stands, where that is a person's terminal; it is gone at the end.

    With a number of `sessions` that there will be it has a bar.
    """

    def __init__(self, sessions: int = 0) -> None:
        bar = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) if sessions else ()
        # What is printed meanwhile stands above the line; a thread that draws it by itself would not be there after a fork.
        self._progress = Progress(
            *bar,
            TextColumn("{task.description}"),
            console=Console(stderr=True),
            auto_refresh=False,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._progress.add_task("", total=sessions or None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def show(self, sessions: int, acts: int, seconds: float, places: int, findings: int) -> None:
        """Say how it stands after `sessions` of so many acts, done in so many seconds."""
        if not self._progress.disable:
            line = f"{acts} acts, {acts / max(seconds, 0.01):.0f}/s, {places} places, {findings} findings"
            self._progress.update(self._task, completed=sessions, description=line, refresh=True)


def tell(finding: ExplorerFinding, folder: Path, seed: int, own: tuple[Oracle, ...] = ()) -> KeptFinding:
    """Write the finding down and print it; `own` are rules of a user. Raises `UserError`."""
    with naming(folder):
        kept = keep(finding, folder, seed, own)
    print(printable(f"{kept.script}: {finding.alarm}"), flush=True)
    if kept.outcome is ScenarioOutcome.HELD:
        print(
            f"{kept.script}: the script holds where the exploration did not: a fault of the simulator",
            flush=True,
        )
    return kept


def told(
    findings: Sequence[ExplorerFinding], unrepeated: Sequence[OracleAlarm], missed: Sequence[OracleAlarm] = ()
) -> ExitCode:
    """Print all findings as a table, what was heard only once, and what has no script since it was `missed` all the time."""
    for alarm in unrepeated:
        print(printable(f"heard once and not again: {alarm}"))
    for alarm in missed:
        print(printable(str(alarm)))
    if not findings and missed:
        return ExitCode.UNMET
    if not findings:
        print("nothing is wrong")
        return ExitCode.HELD
    rows = [
        (one.alarm.code, one.alarm.sentence, f"{len(one.acts)} of {one.length}", f"{one.name}.keys")
        for one in findings
    ]
    print_table("Findings", ("rule", "sentence", "acts", "script"), rows)
    return ExitCode.UNMET
