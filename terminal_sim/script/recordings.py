"""Which recording belongs to which case: one file for each scenario, terminal and row, in the folder that a run is given.

A recording is known by the place of its script as seen from the folder, so that both may move together, and two scripts of one
name in two folders keep apart.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.readers.opening import RECORDING
from terminal_sim.script.file_names import file_name
from terminal_sim.script.plan import Case

SUFFIX = ".pcapng"


def recording_name(case: Case, folder: Path, why: str = "") -> str:
    """The name of a case's recording in the folder."""
    return run_name(case, folder, why) + SUFFIX


def run_name(case: Case, folder: Path, why: str = "") -> str:
    """`SCRIPT--SCENARIO-AND-ROW--TERMINAL[--LANGUAGE]--DIGEST`; `why` is added where a case is run for another one's sake."""
    script = case.program.script.path
    apart = json.dumps([_seen_from(folder, script), list(case.row.items()), case.repeats])
    words = script.stem, case.title, why, case.profile, case.program.settings.locale
    return file_name(*words, apart=apart)


def _seen_from(folder: Path, script: Path) -> str:
    """The way from the folder to the script, or the script's own place where no way leads there: from one drive to another."""
    try:
        return Path(os.path.relpath(script.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return script.resolve().as_posix()


@dataclass(frozen=True, slots=True)
class Wiring:
    """The readers of one case: `given` and `folder`, which is there, are those of the run; `why` as in `recording_name`."""

    given: str | tuple[str, ...]
    folder: Path | None
    case: Case
    why: str = ""

    @property
    def reader(self) -> tuple[str, ...]:
        """A folder of recordings stands for the file in it."""
        given = (self.given,) if isinstance(self.given, str) else self.given
        return tuple(self._file(each) if each.startswith(RECORDING) else each for each in given)

    @property
    def record(self) -> Path | None:
        return None if self.folder is None else self._in(self.folder)

    def _file(self, recording: str) -> str:
        path = Path(recording.removeprefix(RECORDING))
        return f"{RECORDING}{self._in(path)}" if path.is_dir() else recording

    def _in(self, folder: Path) -> Path:
        return folder / recording_name(self.case, folder, self.why)
