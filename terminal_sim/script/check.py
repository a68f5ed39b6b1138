"""Finds everything that is wrong with a script before anything runs, and makes of it a program that can run.

All problems of a file are listed, each at its place with the nearest right word: settings (`settings`), steps (`bind`), and
what each scenario would do step by step, for each row of its examples (`dataflow`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.bench import Profile
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.bind import Call, FromState, bind
from terminal_sim.script.dataflow import Dataflow, Known, starts_from, variables_of
from terminal_sim.script.diagnostics import Diagnostics
from terminal_sim.script.expansion import Expansion, macros_of
from terminal_sim.script.program import Play, Program, rows_of
from terminal_sim.script.scope import Scope
from terminal_sim.script.settings import Settings, options_of, settings, with_options
from terminal_sim.script.tree import Form, Scenario, Script, ScriptError, ScriptStep, Value
from terminal_sim.script.used_macros import macros_used
from terminal_sim.script.values import VARIABLES
from terminal_sim.script.vocabulary import Vocabulary
from terminal_sim.verbs.states import is_file, is_name
from terminal_sim.verbs.variables import CARD_VARIABLES


def check(
    script: Script,
    vocabulary: Vocabulary,
    *,
    profiles: Mapping[str, Profile] | None = None,
    locale: str = "",
    options: Mapping[str, str] | None = None,
    environ: Mapping[str, str],
    unsaved: Mapping[Path, str] | None = None,
) -> Program:
    """`profiles`, `locale` and `options` overrule the script's own; `environ` has its secrets.

    `unsaved` has the texts of files that stand otherwise in an editor, by their resolved paths.

    Raises `ScriptError`, and `ProfileError` for an option that is none of the script's.
    """
    diagnostics = Diagnostics()
    diagnostics.about(script)
    chosen = settings(
        script,
        vocabulary,
        diagnostics,
        profiles=profiles,
        locale=locale,
        options=options or {},
        environ=environ,
    )
    program = _Checking(script, vocabulary, chosen, diagnostics, unsaved or {}).program()
    if diagnostics.problems:
        raise ScriptError(list(diagnostics.problems))
    return program


@dataclass(frozen=True, slots=True)
class _Devices:
    """The profiles with one set of options, and what judges values and calls for them."""

    profiles: Mapping[str, Profile]
    scope: Scope
    dataflow: Dataflow


class _Checking:
    def __init__(
        self,
        script: Script,
        vocabulary: Vocabulary,
        chosen: Settings,
        diagnostics: Diagnostics,
        unsaved: Mapping[Path, str],
    ) -> None:
        self.script = script
        self.chosen = chosen
        self.diagnostics = diagnostics
        self.macros = macros_used(script, diagnostics, unsaved)
        self.bound = {name: self._bind(macro.steps) for name, macro in self.macros.items()}
        self.vocabulary = vocabulary
        self.expansion = Expansion(self.macros, self.bound, diagnostics)
        self.cards = vocabulary.cards(chosen.decks)
        self.devices: dict[tuple[tuple[str, str], ...], _Devices] = {}
        self.delivered = self._devices_of({})
        self.known: Known = {"profile": None, "locale": None, **dict.fromkeys(chosen.secrets)}

    def program(self) -> Program:
        self._walk_macros()
        setup = self._bind(self.script.setup)
        self._follow(setup, self.known, self.delivered)
        plays = self._plays()
        self._check_names()
        self._check_states(plays)
        teardown = self._bind(self.script.teardown)
        self._follow(teardown, {**self.known, **dict.fromkeys(CARD_VARIABLES)}, self.delivered)
        return Program(
            script=self.script,
            settings=self.chosen,
            macros=self.bound,
            setup=setup,
            plays=plays,
            teardown=teardown,
        )

    def _bind(self, steps: Sequence[ScriptStep]) -> tuple[Call, ...]:
        bound = (bind(step, self.macros, self.diagnostics.report) for step in steps)
        return tuple(call for call in bound if call is not None)

    def _devices_of(self, written: Mapping[str, Value]) -> _Devices:
        """The profiles with the options of a scenario, as `with` has them there."""
        options = {key: value.text for key, value in written.items()}
        key = tuple(sorted(options.items()))
        if key not in self.devices:
            chosen = self.chosen
            everything = {**chosen.options, **options, **chosen.overruling}
            profiles = chosen.profiles
            if options:
                profiles = with_options(
                    profiles, chosen.places, everything, written, self.vocabulary, self.diagnostics
                )
            scope = Scope(self.vocabulary, tuple(profiles.values()), self.cards, chosen.decks)
            secrets = frozenset(chosen.secrets)
            dataflow = Dataflow(scope, self.bound, self.expansion, secrets, self.diagnostics)
            self.devices[key] = _Devices(profiles, scope, dataflow)
        return self.devices[key]

    def _follow(
        self,
        calls: Sequence[Call],
        known: Known,
        devices: _Devices,
        rows: Sequence[Mapping[str, str | None]] = ({},),
    ) -> list[str]:
        """Judges calls for each of the rows, and returns the states that they save."""
        if not self.expansion.takes(calls, len(rows)):
            return []
        return [state for row in rows for state in devices.dataflow.walk(calls, {**known, **row})]

    # Macros.

    def _walk_macros(self) -> None:
        """Judges macros by themselves, since no scenario may call them; what they do not define is the caller's."""
        called = {name for calls in self.bound.values() for name in macros_of(calls)}
        for name, calls in self.bound.items():
            if name in called or not self.expansion.follows(name):
                continue  # a macro that another one calls is judged there
            unknown: Known = {**self.known, **dict.fromkeys(variables_of(calls))}
            self.delivered.dataflow.walk(calls, {**unknown, **dict.fromkeys(CARD_VARIABLES)})

    # Scenarios.

    def _plays(self) -> tuple[Play, ...]:
        """Those that go on from a state come after the one that saves it, whose options they have; the order stays that of the file."""
        ahead = [
            (scenario, calls, starts_from(calls, self.diagnostics))
            for scenario, calls in ((one, self._bind(one.steps)) for one in self.script.scenarios)
        ]
        made: dict[int, Play] = {}
        saved: dict[str, _Devices] = {}
        numbers = list(range(len(ahead)))
        while numbers:
            ready = [number for number in numbers if not ahead[number][2] or ahead[number][2] in saved]
            for number in ready or numbers:  # what nothing saves is reported later
                scenario, calls, start = ahead[number]
                written = options_of(scenario.options, self.diagnostics)
                if start and written:
                    sentence = "this scenario goes on from a state, which has its options already"
                    self.diagnostics.report(scenario.options[0], sentence)
                devices = saved.get(start, self.delivered) if start else self._devices_of(written)
                made[number] = self._play(scenario, calls, start, devices)
                saved.update(dict.fromkeys(made[number].saves, devices))
            numbers = [number for number in numbers if number not in made]
        return tuple(made[number] for number in range(len(ahead)))

    def _play(self, scenario: Scenario, calls: tuple[Call, ...], start: str, devices: _Devices) -> Play:
        known = {**self.known, **dict.fromkeys(CARD_VARIABLES)} if start else self.known
        table = scenario.examples
        unknown: Known = {column.text: None for column in table.columns} if table is not None else {}
        rows: Sequence[Mapping[str, str | None]] = (
            rows_of(scenario) if self._check_table(scenario) else [unknown]
        )
        saved = self._follow(calls, known, devices, rows)
        if saved and table is not None:
            sentence = "a scenario with examples runs more than once: it cannot save a state"
            self.diagnostics.of_name(scenario.name, Form.STRING, scenario.place, sentence)
        saves = tuple(dict.fromkeys(saved))
        return Play(scenario, calls, start, saves, devices.profiles, devices.scope)

    def _check_table(self, scenario: Scenario) -> bool:
        """Whether the examples of a scenario can be followed row by row."""
        table = scenario.examples
        if table is None:
            return True
        before = len(self.diagnostics.problems)
        columns = [column.text for column in table.columns]
        for column in table.columns:
            if not is_name(column.text) or column.text in VARIABLES:
                self.diagnostics.report(column, f"{column.text!r} cannot be the name of a column")
            elif columns.count(column.text) > 1:
                self.diagnostics.report(column, f"two columns have the name {column.text!r}")
        for row in table.rows:
            for cell in row:
                if cell.variables:
                    self.diagnostics.report(cell, "a table holds values: it has no variables")
            if len(row) != len(columns):
                self.diagnostics.report(row[-1], f"this row has {len(row)} values for {len(columns)} columns")
        if not table.rows:
            self.diagnostics.of_name("examples", Form.WORD, table.place, "this table has no rows")
        return len(self.diagnostics.problems) == before

    def _check_names(self) -> None:
        names: set[str] = set()
        for scenario in self.script.scenarios:
            if scenario.name in names:
                sentence = "another scenario of this file has this name"
                self.diagnostics.of_name(scenario.name, Form.STRING, scenario.place, sentence)
            if not scenario.steps:
                self.diagnostics.of_name(
                    scenario.name, Form.STRING, scenario.place, "this scenario has no steps"
                )
            names.add(scenario.name)

    def _check_states(self, plays: Sequence[Play]) -> None:
        saved = {state: play for play in plays for state in play.saves}
        for play in plays:
            first = play.calls[0] if play.calls else None
            if not isinstance(first, FromState) or is_file(play.start):
                continue
            if play.start not in saved:
                cure = suggest(play.start, saved)
                self.diagnostics.report(
                    first.name, f"no scenario of this file saves the state {play.start!r}{cure}"
                )
            seen: set[str] = set()
            state = play.start
            while state in saved and state not in seen:
                seen.add(state)
                state = saved[state].start
            if state in seen:
                self.diagnostics.report(first.name, "this state comes from a scenario that starts from it")
