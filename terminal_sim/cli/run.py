"""`terminal-sim run`: plays scripts, prints what did not hold, and ends with the exit code of the language."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from terminal_sim.bench import BenchMisuse, Duration, JournalError, JsonLines, ProfileError, Subscriber
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, styled
from terminal_sim.cli.scripts import files_of, programs_of
from terminal_sim.readers.opening import VIRTUAL, DriverError, check_address
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.plan import Case, plan
from terminal_sim.script.run import CannotBegin, Options, Runner, RunResult, ScenarioOutcome, exit_code
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import BadScript

_COLOURS = {
    ScenarioOutcome.HELD: "32",
    ScenarioOutcome.UNMET: "31;1",
    ScenarioOutcome.BROKEN: "31;1",
    ScenarioOutcome.SKIPPED: "33",
}


def run(given: Namespace) -> int:
    with as_user_errors(DriverError, ProfileError):
        reader = tuple(given.reader) or VIRTUAL
        check_address(reader, recorded=given.record is not None)
        chosen = {name: vocabulary().load(name) for name in given.profile}
    programs = programs_of(files_of(given.files), profiles=chosen or None, locale=given.locale)
    if programs is None:
        return ExitCode.WRONG
    try:
        cases = [case for program in programs for case in plan(program, given.expression)]
    except BadScript as error:
        raise UserError(str(error)) from None
    if given.record is not None:
        with as_user_errors():
            given.record.mkdir(parents=True, exist_ok=True)
    with _tracing(given.trace) as subscribers:
        runner = Runner(
            Options(
                seed=given.seed,
                pack=given.pack,
                reader=reader,
                record=given.record,
                state=given.state,
                subscribers=subscribers,
                update_pictures=given.update_pictures,
                out=given.out,
            )
        )
        results = [
            _printed(_ran(runner, case, more=number < len(cases)), quiet=given.quiet)
            for number, case in enumerate(cases, 1)
        ]
    print(_summary(results))
    return exit_code(results)


def _ran(runner: Runner, case: Case, *, more: bool) -> RunResult:
    try:
        return runner.run(case, more=more)
    except CannotBegin as cannot:
        with as_user_errors(BenchMisuse, JournalError, ProfileError):
            raise cannot.refused from None


@contextmanager
def _tracing(file: Path | None) -> Iterator[tuple[Subscriber, ...]]:
    if file is None:
        yield ()
        return
    with as_user_errors():
        sink = file.open("w", encoding="utf-8")
    with sink:
        yield (JsonLines(sink),)


def _printed(result: RunResult, *, quiet: bool) -> RunResult:
    case = result.case
    failed = result.outcome in (ScenarioOutcome.UNMET, ScenarioOutcome.BROKEN)
    if failed or not quiet:
        more = (
            f": {result.text}"
            if result.outcome is ScenarioOutcome.SKIPPED
            else f" in {Duration(result.took)}"
        )
        print(
            f"{styled(f'{result.outcome.value:7}', _COLOURS[result.outcome])}  {_name(case)}{more}",
            flush=True,
        )
    for note in result.notes:
        print(f"          {note}")
    if failed:
        print(result.text)
    return result


def _name(case: Case) -> str:
    return f"{case.program.script.path}: {case.title} on {case.profile}"


def _summary(results: Sequence[RunResult]) -> str:
    counts = Counter(result.outcome for result in results)
    counted = [f"{counts[outcome]} {outcome.value}" for outcome in ScenarioOutcome if counts[outcome]]
    return ", ".join(counted) or "nothing to run"
