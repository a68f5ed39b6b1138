"""What a checked script has to run: each scenario once for each profile and each row of its examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from terminal_sim.script.program import Play, Program
from terminal_sim.script.selection import selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of a scenario: on one profile, with one row of examples. `skip` is the reason not to.

    `repeats` is how many rows above are the same.
    """

    program: Program = field(repr=False)
    play: Play = field(repr=False)
    profile: str
    row: Mapping[str, str] = field(default_factory=dict)
    repeats: int = 0
    skip: str = ""

    @property
    def title(self) -> str:
        """The scenario's name and, where it has examples, the row."""
        row = ", ".join(f"{name}={value}" for name, value in self.row.items())
        return f"{self.play.scenario.name} [{row}]" if row else self.play.scenario.name


def plan(program: Program, expression: str = "") -> list[Case]:
    """Everything to run, skips among it, in the order of the file; `expression` as for `-k`. Raises `BadScript` for it."""
    wanted = selection(expression) if expression else None
    skips = {skip.profile: skip.reason for skip in program.settings.skips}
    cases = [
        Case(program=program, play=play, profile=name, row=row, repeats=repeats, skip=skips.get(name, ""))
        for play in program.plays
        for name in (*program.settings.profiles, *skips)
        for row, repeats in _counted(play.rows)
    ]
    return [
        case
        for case in cases
        if wanted is None or wanted((case.title, case.play.scenario.name), case.play.scenario.tags)
    ]


def _counted(rows: Sequence[Mapping[str, str]]) -> Iterator[tuple[Mapping[str, str], int]]:
    """Each row with the number of rows above that are the same."""
    seen: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        cells = tuple(row.values())
        yield row, seen[cells]
        seen[cells] += 1
