"""The stored pictures of the test that runs, and those of it that differ."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from robot import running

from terminal_sim.adapters.robot.variables import of_robot
from terminal_sim.bench import TerminalUnderTest
from terminal_sim.display.picture import Picture
from terminal_sim.script.file_names import file_name
from terminal_sim.verbs.pictures import DifferingPicture, StoredPictures, pictures_folder

_UPDATE = "UPDATE_PICTURES"
_NO = ("", "no", "false", "0", "off", "none")


class TestPictures:
    """The pictures of a test stand in `pictures/` beside its suite file, or in a folder of the suite's within `pictures_dir`.

    Where something differs, its pictures go to `terminal-sim/` in the folder of Robot Framework's log.
    """

    # pytest takes every class whose name begins with Test for tests.
    __test__ = False

    def __init__(self, *, pictures_dir: Path | None, update: bool) -> None:
        self._folder = pictures_dir
        self._update = update
        self._terminal: TerminalUnderTest | None = None
        self._stored: StoredPictures | None = None

    def begin(self, test: running.TestCase) -> None:
        """Another test begins, with pictures of its own."""
        source = Path(test.source or "suite.robot")
        root = Path(str(of_robot("EXECDIR") or "."))
        self._stored = StoredPictures(
            pictures_folder(source, self._folder, root),
            lambda picture: self._file(source.stem, test.name, picture),
            out=Path(str(of_robot("OUTPUT DIR") or ".")) / "terminal-sim",
            update=self._update or str(of_robot(_UPDATE) or "").casefold() not in _NO,
            option=f"--variable {_UPDATE}:yes",
        )

    def of(self, terminal: TerminalUnderTest) -> None:
        """The pictures are of this terminal from now on."""
        self._terminal = terminal

    @property
    def differing(self) -> Sequence[DifferingPicture]:
        """What differs, or is not stored, in the test that runs."""
        return self._stored.differing if self._stored is not None else ()

    def problem(self, name: str, picture: Picture) -> str:
        if self._stored is None:
            return "a picture belongs to a test, and none has begun: take it in a test case"
        return self._stored.problem(name, picture)

    def _file(self, suite: str, test: str, picture: str) -> str:
        device = (self._terminal.profile.id, self._terminal.locale) if self._terminal is not None else ()
        return file_name(suite, test, picture, *device)
