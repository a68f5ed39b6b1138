"""Runs cases over several processes, with the results and the trace in the order of one.

1. What depends on each other stays together: the scenarios of a file that save states or begin with them run in one process for each profile.
2. A process that ends by itself breaks the scenario that it ran; another one goes on with the rest.
3. Where processes can be forked they begin with all that this one has read; elsewhere the cases are sent to them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from io import StringIO
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from terminal_sim.bench import JsonLines
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.options import Options
from terminal_sim.script.plan import Case
from terminal_sim.script.results import RunResult, ScenarioOutcome
from terminal_sim.script.run import Runner

Write = Callable[[str], object]
"""Takes lines of the trace."""

AHEAD = 2  # cases that a process has to do, so that it never waits for the next


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a process says of the case `number`: its result without the case, and its lines of the trace.

    `refused` is why its terminal could not be set up, where nothing had run in that process yet.
    """

    number: int
    result: dict[str, Any]
    trace: str = ""
    refused: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Worker:
    process: BaseProcess
    connection: Connection
    doing: deque[int] = field(default_factory=deque)

    def end(self) -> None:
        self.process.terminate()
        self.process.join()
        self.connection.close()


class ParallelRun:
    """Cases that `count` processes run. `trace` gets their lines."""

    def __init__(
        self, cases: Sequence[Case], options: Options, count: int, trace: Write | None = None
    ) -> None:
        self._cases = cases
        self._options = options
        self._count = count
        self._trace = trace
        self._left = deque(_together(cases))
        self._told: dict[int, _Told] = {}
        self._workers: list[_Worker] = []

    def results(self) -> Generator[RunResult, None, None]:
        """The results of all cases in their order. Raises `CannotBegin` where the first terminal cannot be set up."""
        has_begun = False
        sys.stdout.flush()  # a forked process would write it once more
        try:
            for _ in range(min(self._count, len(self._left))):
                self._begin()
            for number, case in enumerate(self._cases):
                while number not in self._told:
                    self._hear()
                told = self._told.pop(number)
                result = RunResult(case=case, **told.result)
                if told.refused is not None and not has_begun:
                    raise CannotBegin(told.refused, result.text)
                has_begun = has_begun or result.outcome is not ScenarioOutcome.SKIPPED
                if self._trace is not None:
                    self._trace(told.trace)
                yield result
        finally:
            for worker in self._workers:
                worker.end()

    def _begin(self) -> None:
        near, far = multiprocessing.Pipe()
        traced = self._trace is not None
        process = _process(
            far, self._cases, self._options, traced, [near, *(one.connection for one in self._workers)]
        )
        process.start()
        far.close()
        worker = _Worker(process, near)
        self._workers.append(worker)
        self._feed(worker)

    def _feed(self, worker: _Worker) -> None:
        while self._left and len(worker.doing) < AHEAD:
            numbers = self._left.popleft()
            worker.doing.extend(numbers)
            with suppress(OSError):  # it has ended, which `_hear` finds
                for number in numbers:
                    worker.connection.send(number)

    def _hear(self) -> None:
        ready = wait([worker.connection for worker in self._workers])
        for worker in [one for one in self._workers if one.connection in ready]:
            try:
                told: _Told = worker.connection.recv()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            worker.doing.remove(told.number)
            self._told[told.number] = told
            self._feed(worker)

    def _bury(self, worker: _Worker) -> None:
        """The case that it ran is broken, and another process takes what it had not begun."""
        self._workers.remove(worker)
        worker.end()
        if not worker.doing:
            return
        broken, *rest = worker.doing
        place = self._cases[broken].play.scenario.place
        text = f"{place}: the bench broke: its process ended with {worker.process.exitcode}"
        result = RunResult(case=self._cases[broken], outcome=ScenarioOutcome.BROKEN, text=text)
        self._told[broken] = _Told(number=broken, result=_without_case(result))
        if rest:
            self._left.appendleft(tuple(rest))
        if self._left:
            self._begin()


def _process(
    connection: Connection,
    cases: Sequence[Case],
    options: Options,
    traced: bool,
    others: Sequence[Connection],
) -> BaseProcess:
    """`others` are the ends that a forked process gets with everything else."""
    if hasattr(os, "fork"):
        fork = multiprocessing.get_context("fork")
        return fork.Process(target=_work, args=(connection, cases, options, traced, others), daemon=True)
    spawn = multiprocessing.get_context("spawn")
    return spawn.Process(target=_work, args=(connection, cases, options, traced, ()), daemon=True)


def _together(cases: Sequence[Case]) -> list[tuple[int, ...]]:
    """The numbers of the cases, those together that one process runs one after the other."""
    with_states = {case.program.script.path for case in cases if case.play.start or case.play.saves}
    found: dict[object, list[int]] = {}
    for number, case in enumerate(cases):
        path = case.program.script.path
        key = (path, case.profile) if path in with_states else number
        found.setdefault(key, []).append(number)
    return [tuple(numbers) for numbers in found.values()]


def _work(
    connection: Connection,
    cases: Sequence[Case],
    options: Options,
    traced: bool,
    others: Sequence[Connection],
) -> None:
    """Runs the cases whose numbers come, and says what came of each, until it is ended or the run has gone."""
    for other in others:
        other.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run ends its processes itself
    lines = StringIO()
    runner = Runner(replace(options, subscribers=(JsonLines(lines),) if traced else ()))
    with suppress(EOFError, BrokenPipeError):
        while True:
            number: int = connection.recv()
            told = _told(runner, number, cases[number], more=number + 1 < len(cases))
            connection.send(replace(told, trace=lines.getvalue()))
            lines.seek(0)
            lines.truncate()


def _told(runner: Runner, number: int, case: Case, *, more: bool) -> _Told:
    try:
        return _Told(number=number, result=_without_case(runner.run(case, more=more)))
    except CannotBegin as cannot:
        unmet = RunResult(case=case, outcome=ScenarioOutcome.UNMET, text=cannot.report)
        return _Told(number=number, result=_without_case(unmet), refused=cannot.refused)


def _without_case(result: RunResult) -> dict[str, Any]:
    """A result without what the run knows by its number."""
    return {one.name: getattr(result, one.name) for one in fields(result) if one.name != "case"}
