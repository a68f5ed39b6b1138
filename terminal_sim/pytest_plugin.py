"""The pytest plugin: `.keys` files are tests, and Python tests get a `terminal` fixture with the same verbs.

1. One item for each scenario, profile and row of examples; a profile that lacks what a script requires is skipped.
2. `--terminal` chooses among the profiles that scripts and markers name; without a name, it is what they run on.
3. The simulator is imported when something is collected or a fixture asked for: pytest's own start does not pay for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from terminal_sim.bench import Profile
    from terminal_sim.script.plan import Case
    from terminal_sim.script.run import Runner
    from terminal_sim.script.tree import Script
    from terminal_sim.verbs import Tester

SUFFIX = ".keys"
DEFAULT_PROFILE = "v400m"
DEFAULT_READER = "virtual"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("terminal-sim", "payment terminals (terminal-sim)")
    group.addoption(
        "--terminal",
        action="append",
        default=[],
        metavar="PROFILE",
        help="run on this terminal profile only; may be given more than once",
    )
    group.addoption(
        "--terminal-reader",
        default=DEFAULT_READER,
        metavar="ADDRESS",
        help="where the readers are: virtual (in the process), pty, or any address of a reader (default: virtual)",
    )
    parser.addini("terminal", f"profile of the terminal fixture (default: {DEFAULT_PROFILE})", default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "terminal(*profiles, locale=None): the profiles that the terminal fixture stands for, and its language",
    )
    for name in config.getoption("--terminal"):
        _load(name)
    if (reader := config.getoption("--terminal-reader")) != DEFAULT_READER:
        _check_reader(reader)


def _check_reader(address: str) -> None:
    """Raises `pytest.UsageError` where no reader can stand at the address."""
    from terminal_sim.readers.opening import DriverError, check_address

    try:
        check_address(address)
    except DriverError as wrong:
        raise pytest.UsageError(f"--terminal-reader: {wrong}") from None


def _load(profile: str) -> Profile:
    """Raises `pytest.UsageError` with the cure."""
    from terminal_sim.bench import ProfileError
    from terminal_sim.script.vocabulary import vocabulary

    try:
        return vocabulary().load(profile)
    except ProfileError as wrong:
        raise pytest.UsageError(f"--terminal: {wrong}") from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix != SUFFIX:
        return None
    return KeysFile.from_parent(parent, path=file_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each profile that its marker names, or that `--terminal` does."""
    if "terminal" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("terminal")
    named = list(marker.args) if marker is not None else []
    chosen: list[str] = metafunc.config.getoption("--terminal")
    if named and chosen:
        named = [name for name in named if name in chosen]
    else:
        named = named or chosen or [metafunc.config.getini("terminal") or DEFAULT_PROFILE]
    metafunc.parametrize("terminal", named, indirect=True)


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Tester]:
    """A fresh terminal at its home screen, with the verbs of the script language as methods."""
    from terminal_sim.bench import Bench, BenchMisuse, ProfileError
    from terminal_sim.verbs import Tester

    marker = request.node.get_closest_marker("terminal")
    options = dict(marker.kwargs) if marker is not None else {}
    locale = options.pop("locale", None)
    if options:
        pytest.fail(
            f"the marker terminal takes profiles and locale=, not {', '.join(options)}=", pytrace=False
        )
    reader: str = request.config.getoption("--terminal-reader")
    with Bench() as bench:
        try:
            terminal = bench.add_terminal(request.param, locale=locale, reader=reader)
        except (BenchMisuse, ProfileError) as wrong:
            pytest.fail(str(wrong), pytrace=False)
        yield Tester(bench, terminal)


class KeysFile(pytest.File):
    """A script. `readers` are the ways to attach readers, each of which runs it once."""

    def __init__(self, *, readers: tuple[str, ...] = (), **given: Any) -> None:
        super().__init__(**given)
        chosen: str = self.config.getoption("--terminal-reader", "virtual")
        self.readers = readers or (chosen,)

    def collect(self) -> Iterable[KeysItem]:
        from terminal_sim.script.check import check
        from terminal_sim.script.parse import parse
        from terminal_sim.script.plan import plan
        from terminal_sim.script.run import Options, Runner
        from terminal_sim.script.tree import ScriptError
        from terminal_sim.script.vocabulary import vocabulary

        chosen: list[str] = self.config.getoption("--terminal", [])
        try:
            script = parse(self.path)
            program = check(script, vocabulary(), profiles=self._unnamed(script, chosen), environ=os.environ)
        except ScriptError as wrong:
            raise self.CollectError(str(wrong)) from None
        for reader in self.readers:
            runner = Runner(Options(reader=reader))
            for case in plan(program):
                if not chosen or case.profile in chosen:
                    name = f"{case.title} [{case.profile}{'' if reader == 'virtual' else f'-{reader}'}]"
                    yield KeysItem.from_parent(self, name=name, case=case, runner=runner)

    def _unnamed(self, script: Script, chosen: list[str]) -> Mapping[str, Profile] | None:
        """The profiles of a script that names none itself."""
        if script.values_of("terminal") or not chosen:
            return None
        return {name: _load(name) for name in chosen}


class KeysFailed(Exception):
    """A scenario did not hold, or its bench broke; the text says all there is to say."""


class KeysItem(pytest.Item):
    """One run of a scenario."""

    def __init__(self, *, case: Case, runner: Runner, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        self.runner = runner
        # -k finds scenarios by their tags too.
        self.extra_keyword_matches.update(tag.removeprefix("@") for tag in case.play.scenario.tags)
        self.user_properties += [
            ("profile", case.profile),
            ("locale", case.program.settings.locale),
            ("seed", runner.options.seed),
            ("reader", runner.options.reader),
        ]
        if case.skip:
            self.add_marker(pytest.mark.skip(reason=case.skip))

    def runtest(self) -> None:
        from terminal_sim.script.run import ScenarioOutcome

        result = self.runner.run(self.case)
        for note in result.notes:
            self.add_report_section("call", "notes", f"{note}\n")
        if result.outcome is not ScenarioOutcome.HELD:
            raise KeysFailed(result.text)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:  # the base class promises either a text or a representation of pytest's own
        if isinstance(excinfo.value, KeysFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, self.case.play.scenario.place.line - 1, self.name
