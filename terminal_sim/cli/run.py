"""`terminal-sim run`: plays scripts, prints what did not hold, and ends with the exit code of the language."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from terminal_sim.bench import BenchMisuse, JournalError, JsonLines, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, check_network_host, naming, options_of
from terminal_sim.cli.output_file import JUNIT, TRACE, OutputFile
from terminal_sim.cli.printed import TEXT, Progress, ResultPrinter
from terminal_sim.cli.printing import printer_at
from terminal_sim.cli.scripts import files_of, programs_of
from terminal_sim.collector import not_collected
from terminal_sim.datafiles.printable import printable
from terminal_sim.readers.opening import VIRTUAL, DriverError, check_address, is_for_many
from terminal_sim.run_report.junit import document
from terminal_sim.run_report.scenario import reported, without_evidence
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.keeping import BenchObserver, RunKeeper
from terminal_sim.script.options import Options
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.processes import ParallelRun, Write
from terminal_sim.script.results import RunResult, exit_code
from terminal_sim.script.run import Runner
from terminal_sim.script.selection import selection
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript

if TYPE_CHECKING:
    from terminal_sim.oracles.oracle import Oracle
    from terminal_sim.run_report.run_report import RunReport


def _own_oracles(files: Sequence[str]) -> tuple[Oracle, ...]:
    """The rules of a user's files; the rules are loaded where one is given alone."""
    if not files:
        return ()
    from terminal_sim.oracles.choice import chosen

    with as_user_errors(ValueError):
        return chosen(files).own


def run(given: Namespace) -> int:
    with as_user_errors(DriverError, ProfileError):
        reader = tuple(given.reader) or VIRTUAL
        check_address(reader, recorded=given.record is not None)
        chosen = {name: vocabulary().load(name) for name in given.profile}
    own = _own_oracles(given.oracles)
    with as_user_errors(BadScript):
        wanted = selection(given.expression) if given.expression else None
    with as_user_errors(ProfileError):
        programs = programs_of(
            files_of(given.files),
            profiles=chosen or None,
            locale=given.locale,
            options=options_of(given.options),
            wanted=wanted,
            own_oracles=own,
        )
    if programs is None:
        return ExitCode.WRONG
    cases = [case for program in programs for case in plan(program, given.expression)]
    if given.list:
        return _listed(cases)
    check_network_host(given.host, given.state)
    if given.grid is not None:
        _check_grid(given.grid)
    options = Options(
        seed=given.seed,
        pack=given.pack,
        host=given.host,
        first_terminal=given.first_terminal,
        reader=reader,
        record=given.record,
        state=given.state,
        update_pictures=given.update_pictures,
        pictures=given.pictures_dir,
        out=given.out,
        retry=given.retry,
        keep_steps=given.report is not None or given.grid is not None,
        keep_lines=given.junit is not None or given.format != TEXT or _is_github(given),
        receipts=given.receipts,
        keeper=_keeper(given),
        observer=_observer(given),
    )
    with as_user_errors(BenchMisuse, JournalError, ProfileError), printer_at(given.printer) as printer:
        return _run(cases, replace(options, printer=printer), given)


def _keeper(given: Namespace) -> RunKeeper | None:
    """What keeps the scenarios that fail. Raises `UserError` where what they begin with is in no file of theirs."""
    if given.bundles is None:
        return None
    if given.state is not None:
        raise UserError("--bundles keeps runs that begin with an empty journal: leave out --state")
    from terminal_sim.explore.bundles import FailureBundles  # most runs keep nothing

    return FailureBundles(given.bundles)


def _observer(given: Namespace) -> Callable[[], BenchObserver] | None:
    if given.coverage is None:
        return None
    from terminal_sim.explore.coverage import Coverage  # most runs count nothing

    return Coverage


def _write_coverage(file: Path, results: Sequence[RunResult]) -> None:
    from terminal_sim.explore.coverage import Coverage

    coverage = Coverage()
    for result in results:
        coverage.add(Coverage.of_lines(result.observed))
    with naming(file):
        coverage.write(file)


def _listed(cases: Sequence[Case]) -> ExitCode:
    for case in cases:
        scenario = case.play.scenario
        more = [*scenario.tags, *([f"skipped: {case.skip}"] if case.skip else [])]
        named = f"{scenario.place}: {case.title} on {case.profile}"
        print(printable(" ".join([named, *more])))
    if not cases:
        print("nothing to run")
    return ExitCode.HELD if cases else ExitCode.NOTHING


def _run(cases: Sequence[Case], options: Options, given: Namespace) -> ExitCode:
    processes = _processes(given, options)
    if given.record is not None:
        given.record.mkdir(parents=True, exist_ok=True)
    with ExitStack() as files:
        files.enter_context(not_collected())
        trace = files.enter_context(OutputFile(given.trace, TRACE)) if given.trace is not None else None
        junit = files.enter_context(OutputFile(given.junit, JUNIT)) if given.junit is not None else None
        if trace is not None:
            trace.write("")  # a trace of earlier is none of this run
        report = _report(given) if given.report is not None else None
        printer = ResultPrinter(given.format, len(cases), quiet=given.quiet, github=_is_github(given))
        progress = files.enter_context(Progress(len(cases)))
        results: list[RunResult] = []
        with closing(
            _results(cases, options, processes, trace.write if trace is not None else None)
        ) as coming:
            for result in coming:
                if report is not None:
                    report.add(reported(result))
                results.append(result if given.grid is not None else without_evidence(result))
                with progress.aside():
                    printer.print(result)
                progress.show(results)
                if given.stop_at_first and result.outcome.is_failure:
                    break
        progress.end()
        printer.end(results)
        if junit is not None:
            junit.write(document(results, options))
        if report is not None:
            with naming(given.report):
                printer.aside(f"report: {report.write(datetime.now(UTC))}")
        if given.coverage is not None:
            _write_coverage(given.coverage, results)
            printer.aside(f"coverage: {given.coverage}")
        if given.grid is not None:
            _write_grid(given.grid, results)
            printer.aside(f"grid: {given.grid}")
    return exit_code(results)


def _write_grid(file: Path, results: Sequence[RunResult]) -> None:
    from terminal_sim.run_report.grid import GridTooLarge, grid

    with as_user_errors(GridTooLarge):
        drawn = grid(results, file.suffix.removeprefix("."))
    with naming(file):
        file.write_bytes(drawn)


def _check_grid(file: Path) -> None:
    """Raises `UserError` before anything runs, where the file cannot be a grid or is something else."""
    from terminal_sim.run_report.grid import FORMS, is_grid

    if file.suffix.removeprefix(".") not in FORMS:
        raise UserError(f"--grid {file}: a grid is written as {', '.join(f'.{form}' for form in FORMS)}")
    with naming(file):
        if not file.parent.is_dir():
            raise UserError(f"--grid {file}: there is no folder {file.parent}")
        if file.exists() and not is_grid(file):
            raise UserError(f"{file} is there and is no grid: name another file, or take it away first")


def _is_github(given: Namespace) -> bool:
    """Whether failures are annotations too: a person asks for it, or GitHub Actions runs us (it sets the variable for every step)."""
    return bool(given.github) or os.environ.get("GITHUB_ACTIONS") == "true"


def _report(given: Namespace) -> RunReport:
    from terminal_sim.run_report.history import NoHistory  # most runs write no report
    from terminal_sim.run_report.run_report import NotOurs, RunReport

    with as_user_errors(NotOurs, NoHistory), naming(given.report):
        return RunReport(given.report, given.locale)


def _processes(given: Namespace, options: Options) -> int:
    """How many run the cases. Raises `UserError` where there can be one only."""
    count: int = given.jobs or os.cpu_count() or 1
    if count > 1 and options.state is not None:
        raise UserError("--state keeps one journal, which one process writes: leave out -j")
    if count > 1 and options.printer is not None:
        raise UserError("--printer is one printer, which one process writes to: leave out -j")
    if count > 1 and not is_for_many(options.reader):
        raise UserError(f"{' and '.join(options.addresses)} serves one terminal at a time: leave out -j")
    return count


def _results(
    cases: Sequence[Case], options: Options, processes: int, trace: Write | None
) -> Generator[RunResult, None, None]:
    """Raises what refuses to set up a terminal, where nothing has run yet."""
    try:
        if processes > 1 and len(cases) > 1:
            yield from ParallelRun(cases, options, processes, trace).results()
            return
        lines = StringIO()
        runner = Runner(replace(options, subscribers=() if trace is None else (JsonLines(lines),)))
        for number, case in enumerate(cases, 1):
            try:
                result = runner.run(case, more=number < len(cases))
            finally:
                # The bench does not write the file itself: a full disk is no fault of the bench.
                if trace is not None:
                    trace(lines.getvalue())
                    lines.seek(0)
                    lines.truncate()
            yield result
    except CannotBegin as cannot:
        raise cannot.refused from None
