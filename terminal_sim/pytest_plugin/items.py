"""Scripts as tests: a file, and one item for each run of a scenario."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from terminal_sim.datafiles.printable import printable
from terminal_sim.pytest_plugin.bundles import keeper_of
from terminal_sim.pytest_plugin.coverage import covered, observer_of
from terminal_sim.pytest_plugin.options import (
    DEFAULT_READER,
    UPDATE_PICTURES,
    ChosenOptions,
    chosen_options,
    load_profile,
)
from terminal_sim.pytest_plugin.run_report import tell

if TYPE_CHECKING:
    from terminal_sim.bench import Profile
    from terminal_sim.script.plan import Case
    from terminal_sim.script.results import RunResult
    from terminal_sim.script.run import Runner
    from terminal_sim.script.tree import Script

SUFFIX = ".keys"
# What pytest does with a test of these markers, it must not do for a word that only names a group of scenarios.
_ACTING_MARKERS = frozenset({"skip", "skipif", "xfail"})
_NOT_IN_MARKERS = re.compile(r"[^\w+.-]+")
_TAGS = pytest.StashKey[set[str]]()


class KeysFile(pytest.File):
    """A script. `readers` are the ways to attach readers, each of which runs it once."""

    def __init__(self, *, readers: tuple[str, ...] = (), **given: Any) -> None:
        super().__init__(**given)
        self.options: ChosenOptions = chosen_options(self.config)
        self.readers: tuple[str | tuple[str, ...], ...] = readers or (self.options.reader,)

    def collect(self) -> Iterable[KeysItem]:
        from terminal_sim.script.check import check
        from terminal_sim.script.options import Options
        from terminal_sim.script.parse import parse
        from terminal_sim.script.plan import plan
        from terminal_sim.script.run import Runner
        from terminal_sim.script.tree import ScriptError
        from terminal_sim.script.vocabulary import vocabulary

        try:
            script = parse(self.path)
            instead = self._instead(script)
            program = check(
                script, vocabulary(), profiles=instead, locale=self.options.locale, environ=os.environ
            )
        except ScriptError as wrong:
            raise self.CollectError(str(wrong)) from None
        cases = plan(program)
        if self.options.profiles and not instead:
            cases = [case for case in cases if case.profile in self.options.profiles]
        for reader in self.readers:
            runner = Runner(
                Options(
                    reader=reader,
                    seed=self.options.seed,
                    pack=self.options.pack,
                    update_pictures=self.options.update_pictures,
                    keeper=keeper_of(self.options),
                    observer=observer_of(self.config),
                    update_option=UPDATE_PICTURES,
                    pictures=self.options.pictures,
                    root=self.config.rootpath,
                    out=self.options.out,
                    retry=self.options.retry,
                    keep_steps=self.options.report is not None,
                )
            )
            for case in cases:
                name = _item_name(case, reader)
                # pytest reads ids from its cache as text; this makes the id of the item equal to what it reads.
                yield KeysItem.from_parent(
                    self, name=name, nodeid=f"{self.nodeid}::{name}", case=case, runner=runner
                )

    def _instead(self, script: Script) -> Mapping[str, Profile]:
        """The profiles that a script runs on in place of its own: files that are chosen, and every chosen one where it names none."""
        from terminal_sim.profile import is_path

        named = {value.text for value in script.values_of("terminal")}
        files = any(map(is_path, self.options.profiles))
        return {
            name: load_profile(self.config, name)
            for name in self.options.profiles
            if is_path(name) or not named or (files and name in named)
        }


class KeysFailed(Exception):
    """A scenario did not hold, or its bench broke; the text says all there is to say."""


class KeysItem(pytest.Item):
    """One run of a scenario."""

    def __init__(self, *, case: Case, runner: Runner, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        self.runner = runner
        tags = [tag.removeprefix("@") for tag in case.play.scenario.tags]
        # -k finds scenarios by their tags too.
        self.extra_keyword_matches.update(tags)
        for tag in tags:
            self._mark(tag)
        self.user_properties += [
            ("profile", case.profile),
            ("locale", case.program.settings.locale),
            ("seed", runner.options.seed),
            ("reader", _wired(runner.options.reader)),
        ]
        if case.skip:
            from terminal_sim.script.results import RunResult, ScenarioOutcome

            self.add_marker(pytest.mark.skip(reason=case.skip))
            self._tell(RunResult(case=case, outcome=ScenarioOutcome.SKIPPED, text=case.skip))

    def runtest(self) -> None:
        from terminal_sim.script.case_run import CannotBegin
        from terminal_sim.script.results import RunResult, ScenarioOutcome

        try:
            result = self.runner.run(self.case)
        except CannotBegin as cannot:
            self._tell(RunResult(case=self.case, outcome=ScenarioOutcome.UNMET, text=cannot.report))
            raise KeysFailed(str(cannot)) from None
        self._tell(result)
        covered(self, result.observed)
        for note in result.notes:
            self.add_report_section("call", "notes", f"{note}\n")
        if result.outcome is not ScenarioOutcome.HELD:
            raise KeysFailed(result.text)

    def _tell(self, result: RunResult) -> None:
        if self.runner.options.keep_steps:
            from terminal_sim.run_report.scenario import reported

            tell(self, reported(result, self.config.rootpath))

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:  # the base class promises either a text or a representation of pytest's own
        if isinstance(excinfo.value, KeysFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.play.scenario.place.line - 1, self.name

    def _mark(self, tag: str) -> None:
        """-m finds scenarios by their tags. A marker is registered before it is used, since `--strict-markers` asks for that."""
        marker = _NOT_IN_MARKERS.sub("_", tag).lstrip("_")
        if not marker or marker in _ACTING_MARKERS:
            return
        registered = self.config.stash.setdefault(_TAGS, set())
        if marker not in registered:
            registered.add(marker)
            self.config.addinivalue_line("markers", f"{marker}: a tag of scenarios")
        self.add_marker(marker)


def _item_name(case: Case, reader: str | tuple[str, ...]) -> str:
    """`SCENARIO [PROFILE]`, or `SCENARIO [ROW] [PROFILE-READER]`; pytest separates the parts of an id by two colons."""
    wired = "" if reader == DEFAULT_READER else f"-{_wired(reader)}"
    return printable(f"{case.title} [{case.profile}{wired}]".replace("::", ": :"))


def _wired(reader: str | tuple[str, ...]) -> str:
    return reader if isinstance(reader, str) else "+".join(reader)
