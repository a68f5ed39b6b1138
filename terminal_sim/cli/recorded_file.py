"""The file of a recording: a script or a Python test, with the state that it begins with beside it, written whole and run at once.

1. What is there is not overwritten unless that is wished, and a place where nothing can be written is refused before anything is done.
2. A recording that does not hold is kept all the same: its line says where.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from importlib.util import find_spec
from pathlib import Path

from terminal_sim.cli import UserError
from terminal_sim.cli.console import naming
from terminal_sim.readers.opening import VIRTUAL
from terminal_sim.script.case_run import CannotBegin
from terminal_sim.script.recorder import RecordedScript
from terminal_sim.script.recorder.replay import replay
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.tree import ScriptError

_STATE = ".state"
_PREFIX = "--terminal-sim-"


class RecordingForm(Enum):
    """What a recording is written as, with the ending of its file."""

    KEYS = ".keys"
    PYTEST = ".py"


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """The file `path`. Raises `UserError` from each method, with the file and the reason."""

    path: Path
    form: RecordingForm

    @classmethod
    def of(cls, path: Path) -> RecordedFile:
        """The form is that of the ending."""
        for form in RecordingForm:
            if path.suffix == form.value:
                return cls(path, form)
        endings = " or ".join(form.value for form in RecordingForm)
        raise UserError(f"{path}: a name ends with {endings}")

    @property
    def state(self) -> Path:
        """The file of the state that the recording begins with, where it has one."""
        return self.path.with_suffix(_STATE)

    @property
    def title(self) -> str:
        """The name of the scenario: the words of the file's name."""
        words = self.path.stem.replace("-", " ").replace("_", " ").split()
        if self.form is RecordingForm.PYTEST and words[:1] == ["test"] and words[1:]:
            words = words[1:]
        return " ".join(words).capitalize() or "By hand"

    def check(self, *, overwrite: bool = False) -> None:
        """Whether it can be written, later."""
        if not self.path.parent.is_dir():
            raise UserError(f"{self.path}: there is no folder {self.path.parent}")
        if self.path.is_dir():
            raise UserError(f"{self.path} is a folder: name a file")
        if not os.access(self.path if self.path.exists() else self.path.parent, os.W_OK):
            raise UserError(f"{self.path}: nothing can be written there")
        for each in (self.path, self.state):
            if each.exists() and not overwrite:
                raise UserError(f"{each} is there already: name another file, or take it away first")

    def write(self, recorded: RecordedScript) -> list[str]:
        """Write the recording, and return what is said of it."""
        said = [f"# {self.path}"]
        if recorded.state is not None:
            with naming(self.state):
                recorded.state.write(self.state)
            said.append(f"# {self.state}, where it begins; its owner alone may read it")
        text = recorded.keys if self.form is RecordingForm.KEYS else recorded.pytest
        with naming(self.path):
            self.path.write_text(text(self.state.name), encoding="utf-8", newline="\n")
        needed = recorded.secrets if self.form is RecordingForm.KEYS else recorded.environ
        return said + [f"# it needs {name} in the environment" for name in needed]

    def problem(self, recorded: RecordedScript, reader: Sequence[str] = (VIRTUAL,)) -> str:
        """Run what was written on a fresh bench, at `reader`, and say what did not hold; "" where all did."""
        try:
            result = replay(recorded, self.path, self.state.name, tuple(reader))
        except ScriptError as wrong:
            return str(wrong)
        except CannotBegin as cannot:
            return cannot.report
        if result.outcome is not ScenarioOutcome.HELD:
            return result.text
        return self._pytest(recorded, reader) if self.form is RecordingForm.PYTEST and has_pytest() else ""

    def _pytest(self, recorded: RecordedScript, reader: Sequence[str]) -> str:
        """The same by pytest, apart from whatever else is set up for the tests of that folder."""
        options = ["-p", "no:terminal_sim", "-p", "terminal_sim.pytest_plugin", "-p", "no:cacheprovider"]
        options += ["-o", "addopts=", "--rootdir", str(self.path.parent), f"{_PREFIX}update-pictures"]
        for address in reader:
            options += [f"{_PREFIX}reader", address]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *options, str(self.path)],
            env={**os.environ, **{name: secret.reveal() for name, secret in recorded.environ.items()}},
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr


def has_pytest() -> bool:
    """Whether pytest is installed beside this program."""
    return find_spec("pytest") is not None
