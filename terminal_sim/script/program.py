"""A script that can run: its scenarios with their calls, and what they are judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terminal_sim.bench import Profile
from terminal_sim.script.bind import Call
from terminal_sim.script.scope import Scope
from terminal_sim.script.settings import Settings
from terminal_sim.script.tree import Scenario, Script


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario that can run. `start` is the state it goes on from, "" for a fresh terminal; `saves` are those it keeps.

    `profiles` are those that it runs on, with its options; `scope` judges the values that only a run will have.
    """

    scenario: Scenario
    calls: tuple[Call, ...]
    start: str
    saves: tuple[str, ...]
    profiles: Mapping[str, Profile]
    scope: Scope

    @property
    def rows(self) -> list[dict[str, str]]:
        """The variables of each run: one empty row where there are no examples."""
        return rows_of(self.scenario)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A script in which everything can be meant. `macros` are the calls of each macro by its name."""

    script: Script
    settings: Settings
    macros: Mapping[str, tuple[Call, ...]]
    setup: tuple[Call, ...]
    plays: tuple[Play, ...]
    teardown: tuple[Call, ...]

    def saver_of(self, state: str) -> Play:
        """The scenario that keeps a state; the check has seen that there is one."""
        return next(play for play in self.plays if state in play.saves)


def rows_of(scenario: Scenario) -> list[dict[str, str]]:
    """The variables of each run of a scenario: one empty row where it has no examples."""
    table = scenario.examples
    if table is None:
        return [{}]
    names = [column.text for column in table.columns]
    return [dict(zip(names, (cell.text for cell in row), strict=True)) for row in table.rows]
