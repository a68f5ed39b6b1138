"""Lines of the language at a terminal of a served bench, for HTTP and WebSocket alike: done, or refused with a reason that a program can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from terminal_sim.bench import BenchMisuse, Duration, JournalError, ProfileError
from terminal_sim.script.bind import Call, VerbCall
from terminal_sim.script.line_of import WrongArgument
from terminal_sim.verbs import BadScript, ExpectationFailed, Verb
from terminal_sim.verbs.waiting import DEFAULT_WITHIN
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import ServedTerminal

NO_PATIENCE = Duration(0)


def act(branch: ServedBranch, terminal: ServedTerminal, lines: Sequence[str]) -> dict[str, object]:
    """Does the lines, which wait in virtual time as in a script, and says where the bench stands then.

    Raises `ApiProblem`, whose `done` is how many lines were done before: none where one of them cannot be meant.
    """
    calls = []
    for number, line in enumerate(lines):
        with _refusing(branch, field=f"lines.{number}", done=0):
            calls.append(terminal.lines.read(line))
    terminal.lines.tester.patience = DEFAULT_WITHIN
    return _performed(branch, terminal, calls)


def say(
    branch: ServedBranch, terminal: ServedTerminal, verb: Verb, given: Mapping[str, object]
) -> dict[str, object]:
    """Does one verb with its arguments by name, as a person does it: what the screen does not take now is refused. Raises `ApiProblem`."""
    try:
        call = terminal.lines.call(verb, given)
    except WrongArgument as wrong:
        raise ApiProblem(ProblemKind.BAD_VALUE, str(wrong), field=wrong.argument) from None
    except BadScript as wrong:
        raise ApiProblem(ProblemKind.BAD_VALUE, str(wrong)) from None
    terminal.lines.tester.patience = NO_PATIENCE
    return {"line": terminal.lines.mask(call.step.source)} | _performed(branch, terminal, [call])


def _performed(branch: ServedBranch, terminal: ServedTerminal, calls: Sequence[Call]) -> dict[str, object]:
    """Does the calls in order up to the first that is refused; each leaves a moment of the branch."""
    for done, call in enumerate(calls):
        with _refusing(branch, field=f"lines.{done}", done=done):
            try:
                terminal.lines.perform(call)
                if isinstance(call, VerbCall):
                    terminal.recorder.said(call)
            finally:
                branch.keep()
    return {"done": len(calls)} | _standing(branch, terminal)


def _standing(branch: ServedBranch, terminal: ServedTerminal) -> dict[str, object]:
    """The newest event of the bench, and the screen of the terminal with its generation."""
    return {"event": branch.history.last, **terminal.screen_now(), "notes": terminal.notes()}


@contextmanager
def _refusing(branch: ServedBranch, *, field: str, done: int) -> Iterator[None]:
    """What a line can be refused for, as a problem. What the terminal does not take is a conflict; what cannot be meant is a bad value."""
    more: dict[str, object] = {"done": done, "event": branch.history.last}
    try:
        yield
    except WrongArgument as wrong:
        raise ApiProblem(
            ProblemKind.BAD_VALUE, str(wrong), field=f"{field}.{wrong.argument}", more=more
        ) from None
    except BadScript as wrong:
        raise ApiProblem(ProblemKind.BAD_VALUE, str(wrong), field=field, more=more) from None
    except ExpectationFailed as unmet:
        there = f"; there was {unmet.nearest}" if unmet.nearest else ""
        more |= {"expected": unmet.expected, "near": unmet.nearest, "event": branch.history.last}
        raise ApiProblem(
            ProblemKind.REFUSED, f"expected {unmet.expected}{there}", field=field, more=more
        ) from None
    except (BenchMisuse, JournalError, ProfileError) as refused:
        more |= {"event": branch.history.last}
        raise ApiProblem(ProblemKind.REFUSED, str(refused), field=field, more=more) from None
