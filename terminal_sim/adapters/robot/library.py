"""The library `TerminalSim` of Robot Framework: a dynamic library over the table of verbs, and its own listener.

1. A test has a fresh terminal, which is set up when the first keyword needs it; with `scope=SUITE` the tests of a suite file share one.
2. The library is imported once a suite file, whatever its scope: a listener that is one with it sees each test begin and end.
3. A test that fails leaves the screen, pictures that differ and the last lines of the trace in the log. Books that do not add up fail a test that
   passed, as they break a run of scripts.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from robot import result, running
from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn

from terminal_sim import __version__
from terminal_sim.adapters.robot.documents import ARGUMENTS, INTRODUCTION
from terminal_sim.adapters.robot.keywords import OWN, Argument, keywords
from terminal_sim.adapters.robot.log import drawing, of_failure, screens
from terminal_sim.adapters.robot.pictures import TestPictures
from terminal_sim.adapters.robot.session import RobotSession
from terminal_sim.adapters.robot.variables import GROUPS, BuiltIns, of_robot
from terminal_sim.adapters.session import TerminalSetup
from terminal_sim.bench import DEFAULT_CLOCK, BenchMisuse, JournalError, ProfileError, SavedState
from terminal_sim.display.picture import Picture
from terminal_sim.readers.opening import DriverError
from terminal_sim.verbs import BadScript, ExpectationFailed, Tester
from terminal_sim.verbs.mask import Mask


class KeywordFailed(AssertionError):
    """A keyword that did not hold, or that cannot be meant; its text is the whole message."""

    ROBOT_SUPPRESS_NAME = True


class TerminalSim:
    """The library of a suite file. Its arguments are explained by `documents.ARGUMENTS`."""

    ROBOT_LIBRARY_SCOPE = "SUITE"
    ROBOT_LIBRARY_VERSION = __version__
    ROBOT_LISTENER_API_VERSION = 3

    def __init__(
        self,
        profile: str = "v400m",
        *,
        locale: str = "",
        reader: str | Sequence[str] = "virtual",
        seed: int = 0,
        pack: str | None = None,
        cards: str | None = None,
        clock: str = DEFAULT_CLOCK,
        scope: Literal["TEST", "SUITE"] = "TEST",
        pictures_dir: str | None = None,
        update_pictures: bool = False,
        **options: str,
    ) -> None:
        self.ROBOT_LIBRARY_LISTENER = self
        folder = Path(str(of_robot("SUITE SOURCE") or ".")).parent
        self._setup = TerminalSetup(
            profile=profile,
            locale=locale,
            reader=reader if isinstance(reader, str) else tuple(reader),
            seed=seed,
            pack=pack,
            cards=Path(cards) if cards is not None else None,
            clock=clock,
            options=options,
            folder=folder,
        )
        self._setup.model()  # a wrong profile or option is an error of the import
        self._scope = scope
        self._pictures = TestPictures(
            pictures_dir=Path(pictures_dir) if pictures_dir is not None else None, update=update_pictures
        )
        self._keywords = keywords()
        self._session: RobotSession | None = None
        self._states: dict[str, SavedState] = {}

    @property
    def session(self) -> RobotSession:
        """The terminal, which is set up here where there is none yet."""
        return self._session or self._begin(self._setup)

    # What a dynamic library answers.

    def get_keyword_names(self) -> list[str]:
        return [*self._keywords, *OWN]

    def get_keyword_arguments(self, name: str) -> list[Argument]:
        return OWN[name].arguments if name in OWN else self._keywords[name].arguments

    def get_keyword_types(self, name: str) -> dict[str, Any]:
        return {} if name in OWN else self._keywords[name].types

    def get_keyword_documentation(self, name: str) -> str:
        if name == "__intro__":
            return INTRODUCTION
        if name == "__init__":
            return ARGUMENTS
        return OWN[name].documentation if name in OWN else self._keywords[name].documentation

    def get_keyword_tags(self, name: str) -> list[str]:
        return OWN[name].tags if name in OWN else self._keywords[name].tags

    def get_keyword_source(self, name: str) -> str | None:
        if name in OWN:
            return __file__
        method = inspect.unwrap(getattr(Tester, self._keywords[name].verb.method))
        return f"{inspect.getsourcefile(method)}:{method.__code__.co_firstlineno}"

    def run_keyword(self, name: str, placed: Sequence[object], named: Mapping[str, object]) -> object:
        """Does a keyword. Raises `KeywordFailed`, having logged the screens where an expectation did not hold."""
        try:
            if name in OWN:
                return getattr(self, OWN[name].method)(*placed, **named)
            return self._say(name, placed, named)
        except ExpectationFailed as failed:
            logger.info(screens(failed, self.session.mask), html=True)
            nearest = f"\nthere was: {failed.nearest}" if failed.nearest else ""
            raise KeywordFailed(f"expected {failed.expected}{nearest}") from None
        except (BadScript, BenchMisuse, JournalError, ProfileError, DriverError) as wrong:
            mask = self._session.mask if self._session is not None else Mask()
            raise KeywordFailed(mask(str(wrong))) from None

    def _say(self, name: str, placed: Sequence[object], named: Mapping[str, object]) -> object:
        keyword, session = self._keywords[name], self.session
        before = dict(session.tester.variables)
        found = session.say(keyword, placed, named)
        for variable, value in session.tester.variables.items():
            if before.get(variable) != value:
                BuiltIn().set_test_variable(f"${{{variable}}}", value)
        for note in session.tester.notes:
            logger.info(session.mask(note))
        session.tester.notes.clear()
        if isinstance(found, Picture):
            logger.info(drawing(found), html=True)
            return None
        self._states |= session.tester.states
        return found

    # Keywords that are no verbs.

    def new_terminal(self, profile: str = "", locale: str = "", **options: str) -> None:
        """A fresh terminal in place of the one there is."""
        self._begin(self._setup.having(profile=profile, locale=locale, options=options))

    def from_state(self, state: str, profile: str = "", locale: str = "", **options: str) -> None:
        """A terminal that goes on where one was saved."""
        self._begin(self._setup.having(profile=profile, locale=locale, options=options), state)

    def get_screen(self, on: str = "main") -> str:
        """The screen as text."""
        return self.session.screen(on)

    def get_receipt(self, copy: str = "") -> str:
        """The newest receipt as text."""
        return self.session.receipt(copy)

    # What a listener hears.

    def start_test(self, test: running.TestCase, _: result.TestCase) -> None:
        if self._scope == "TEST":
            self._end()
        self._pictures.begin(test)
        for group in GROUPS:
            if of_robot(group) is None:
                BuiltIn().set_test_variable(f"${{{group}}}", BuiltIns(group, lambda: self.session))

    def end_test(self, _: running.TestCase, outcome: result.TestCase) -> None:
        if self._session is None:
            return
        try:
            broken = self._session.bench.violations()
            if broken and outcome.passed:
                outcome.status, outcome.message = "FAIL", f"the bench broke: {'; '.join(broken)}"
            if outcome.failed:
                for message in of_failure(self._session, self._pictures.differing):
                    logger.info(message, html=True)
        finally:
            if self._scope == "TEST":
                self._end()

    def end_suite(self, _: running.TestSuite, __: result.TestSuite) -> None:
        self._end()

    # The terminal.

    def _begin(self, setup: TerminalSetup, start: str = "") -> RobotSession:
        self._end()
        session = self._session = RobotSession(setup, self._pictures, start=start, states=self._states)
        self._pictures.of(session.terminal)
        return session

    def _end(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            session.close()
