"""A finding: the rule that is broken, and the shortest script that breaks it, as a file that fails again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from terminal_sim.explore.product import VERSION
from terminal_sim.explore.search.act import Act, line_of, line_of_last
from terminal_sim.explore.search.ground import CRASH, Ground
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.readers.opening import VIRTUAL

_WIDTH = 116


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplorerFinding:
    """`acts` are the shrunk ones of session `session`, which had `length` acts; `runs` is how many candidates were tried.

    `expected` is the line that does not hold after the acts, "" where it is that the rule holds.
    """

    alarm: OracleAlarm
    ground: Ground = field(repr=False)
    acts: tuple[Act, ...]
    session: int
    length: int
    runs: int
    expected: str = ""

    @property
    def cause(self) -> tuple[str, ...]:
        """What two findings of one cause have in common: the rule, and the verbs that lead to it."""
        return self.alarm.code, *(act[0] for act in self.acts)

    @property
    def name(self) -> str:
        """The name of its file, without an ending."""
        return f"{self.alarm.code.lower()}-{self.session}"


def script(finding: ExplorerFinding, seed: int) -> str:
    """The finding as a `.keys` file whose last line does not hold."""
    found = f"explore --seed {seed}, session {finding.session}"
    return failing_script(finding.alarm, finding.ground, finding.acts, found, finding.expected)


def failing_script(
    alarm: OracleAlarm, ground: Ground, acts: Sequence[Act], found: str, expected: str = ""
) -> str:
    """A script that does the acts and ends with the rule that they break, or with the line that is `expected`; `found` says by what it was found."""
    said = _wrapped(f"{alarm.code}: {alarm.sentence}: {alarm.detail}")
    head = ["keys 1", *said, f"# terminal-sim {VERSION}, {found}."]
    *before, last = acts
    lines = [*(f"  {line_of(act)}" for act in before), f"  {line_of_last(last)}"]
    own = [f"  {one.line}" for one in ground.oracles if one.code == alarm.code and one.line]
    steps = own + lines if own else ["  watch", *lines]
    verdict = [] if alarm.code == CRASH or own else [f"  {expected or f'verify {alarm.code}'}"]
    if ground.reader != VIRTUAL:
        head.append(f"# Run it with --reader {ground.reader}")
    return "\n".join([*head, *settings(ground), "", f'scenario "{alarm.code}"', *steps, *verdict]) + "\n"


def settings(ground: Ground) -> list[str]:
    """The lines of a script that set up what `ground` begins with."""
    lines = [f"terminal {ground.profile}"]
    lines += [f"locale {ground.locale}"] if ground.locale else []
    lines += [f"clock {ground.clock}"] if ground.clock else []
    return [*lines, *(f"with {key}={value}" for key, value in ground.options.items())]


def _wrapped(text: str) -> Sequence[str]:
    """The text as lines of remarks."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > _WIDTH and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [f"# {line}" for line in lines]
