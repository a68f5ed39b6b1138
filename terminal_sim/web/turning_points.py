"""Which rules are broken by what was done at a terminal, and from where on nothing kept it from breaking one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from terminal_sim.bench import Bench, BenchMisuse, ProfileError, TerminalUnderTest
from terminal_sim.explore.inevitable import NotBroken, Step, broken_rules, inevitability
from terminal_sim.explore.search.ground import Ground
from terminal_sim.oracles.catalogue import ORACLES
from terminal_sim.script.recorder import RecordedScript
from terminal_sim.script.typed_lines import TypedLines
from terminal_sim.verbs import BadScript, ExpectationFailed
from terminal_sim.web.problem import ApiProblem, ProblemKind

MOST_STEPS = 200


def broken_by(recorded: RecordedScript) -> object:
    """The rules that are broken by the recording, once everything is cured."""
    with _refusing():
        alarms = broken_rules(_ground(recorded), _steps(recorded))
    return [asdict(alarm) for alarm in alarms]


def turning_points(recorded: RecordedScript, code: str, tries: int) -> object:
    """How often the rule `code` was broken where one went on at random `tries` times from each moment of the recording, and from which of them on always."""
    with _refusing():
        found = inevitability(_ground(recorded), _steps(recorded), code, tries=tries)
    return {
        "alarm": asdict(found.alarm),
        "points": [asdict(point) for point in found.points],
        "from": next((at for at, point in enumerate(found.points) if point is found.from_here), None),
    }


def _ground(recorded: RecordedScript) -> Ground:
    head = recorded.head
    return Ground.of(
        head.profile,
        {key: str(value) for key, value in head.options.items()},
        ORACLES,
        head.seed,
        head.locale,
    )


def _steps(recorded: RecordedScript) -> list[Step]:
    """Each line of the recording, to be said at another bench. Raises `ApiProblem` where there are too many, or it began elsewhere."""
    if recorded.state is not None or len(recorded.steps) > MOST_STEPS:
        raise _refused(
            f"this is asked of at most {MOST_STEPS} lines at a terminal that was fresh: begin a recording anew"
        )
    secrets = {name: secret.reveal() for name, secret in recorded.environ.items()}

    def saying(line: str) -> Callable[[Bench, TerminalUnderTest], None]:
        def say(bench: Bench, terminal: TerminalUnderTest) -> None:
            typed = TypedLines(bench, terminal, keeps_files=False)
            typed.tester.variables.update(secrets)
            typed.say(line)

        return say

    return [(line, saying(line)) for line in recorded.steps]


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (NotBroken, BadScript, BenchMisuse, ExpectationFailed, ProfileError) as wrong:
        raise _refused(str(wrong)) from None


def _refused(why: str) -> ApiProblem:
    return ApiProblem(ProblemKind.REFUSED, why)
