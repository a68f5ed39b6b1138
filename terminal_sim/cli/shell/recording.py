"""What is done in a shell, written as a script or as a Python test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from pathlib import Path

from terminal_sim.bench import BenchMisuse
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors
from terminal_sim.cli.recorded_file import RecordedFile
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.recorder import (
    Expected,
    IdleTime,
    Naming,
    RecordedScript,
    ScriptHead,
    ScriptRecorder,
)

EXPECTED = tuple(expected.value for expected in Expected)


def expected_of(words: Iterable[str]) -> set[Expected]:
    """What is expected beside the screens. Raises `UserError` for a word that is none of it."""
    for word in words:
        if word not in EXPECTED:
            cure = suggest(word, EXPECTED) or f"; that is {', '.join(EXPECTED)}"
            raise UserError(f"{word!r} is nothing that a recording expects{cure}")
    return {Expected(word) for word in words}


class ShellRecording:
    """Records what is done in the session, for `file`; `expected` is what is expected beside the screens.

    `head` gives what a script in a folder says before its steps. `is_replayed` has what was written done again on a fresh bench, with virtual
    readers, as soon as it is finished. Raises `UserError`.
    """

    def __init__(
        self,
        session: ShellSession,
        file: RecordedFile,
        expected: Set[Expected],
        head: Callable[[Path], ScriptHead] | None,
        naming: Naming = Naming.ID,
        *,
        is_replayed: bool = False,
    ) -> None:
        self.file = file
        self._is_replayed = is_replayed
        self.recorded: RecordedScript | None = None
        self._session = session
        with as_user_errors(BenchMisuse):
            self._recorder = session.recorder = ScriptRecorder(
                session.bench,
                session.terminal,
                head(file.path.parent) if head is not None else None,
                expected=expected,
                naming=naming,
                idle=IdleTime.LEFT_OUT,
            )

    def finish(self) -> list[str]:
        """Writes what was recorded, and returns what is said of it. Raises `UserError` where a file cannot be written; it still records then."""
        recorded = self._recorder.recording(self.file.title)
        said = self.file.write(recorded)
        self.recorded = recorded
        self._recorder.stop()
        self._session.recorder = None
        return [*said, *self._replayed(recorded)]

    def _replayed(self, recorded: RecordedScript) -> list[str]:
        if not self._is_replayed:
            return []
        problem = self.file.problem(recorded)
        if problem:
            return [f"# it is kept, and does not hold on a fresh bench:\n{problem}"]
        return [f"# replayed on a fresh bench: {len(recorded.steps)} lines hold"]
