"""What is done in a shell, written as a script or as a Python test."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from terminal_sim.bench import BenchMisuse
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, naming
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.script.recorder import Expected, RecordedScript, ScriptHead, ScriptRecorder

_FORMS: dict[str, Callable[[RecordedScript, str], str]] = {
    ".keys": RecordedScript.keys,
    ".py": RecordedScript.pytest,
}
_STATE = ".state"
EXPECTED = tuple(expected.value for expected in Expected)


class ShellRecording:
    """Records what is done in the session into a new file, a script or, where its name ends with `.py`, a test of pytest.

    `expected` are the words of what is expected beside the screens. Raises `UserError` for a file that is there or has another ending.
    """

    def __init__(
        self,
        session: ShellSession,
        file: Path,
        expected: Collection[str],
        head: Callable[[Path], ScriptHead] | None,
    ) -> None:
        if file.suffix not in _FORMS:
            raise UserError(f"{file}: a name ends with {' or '.join(_FORMS)}")
        unknown = [word for word in expected if word not in EXPECTED]
        if unknown:
            raise UserError(
                f"{unknown[0]!r} is nothing that a recording expects; that is {', '.join(EXPECTED)}"
            )
        if not file.parent.is_dir():
            raise UserError(f"{file}: there is no folder {file.parent}")
        for each in (file, file.with_suffix(_STATE)):
            if each.exists():
                raise UserError(f"{each} is there already: name another file, or take it away first")
        self.file = file
        self._session = session
        with as_user_errors(BenchMisuse):
            session.recorder = ScriptRecorder(
                session.bench,
                session.terminal,
                head(file.parent) if head is not None else None,
                expected={Expected(word) for word in expected},
            )

    def finish(self) -> list[str]:
        """Writes what was recorded, and returns what is said of it. Raises `UserError` where a file cannot be written; it still records then."""
        recorder = self._session.recorder
        if recorder is None:
            raise ValueError("the recording is finished already")
        recorded = recorder.recording(self.file.stem.replace("-", " ").replace("_", " ").strip().capitalize())
        said = [f"# {self.file}"]
        state = self.file.with_suffix(_STATE)
        if recorded.state is not None:
            with naming(state):
                recorded.state.write(state)
            said.append(f"# {state}, where it begins; its owner alone may read it")
        with naming(self.file), self.file.open("x", encoding="utf-8", newline="\n") as written:
            written.write(
                _FORMS[self.file.suffix](recorded, state.name if recorded.state is not None else "")
            )
        recorder.stop()
        self._session.recorder = None
        said += [f"# it needs {name} in the environment" for name in recorded.secrets]
        return said
