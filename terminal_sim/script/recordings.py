"""Which recording belongs to which case: one file for each scenario, terminal and row, in the folder that a run is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from terminal_sim.readers.opening import RECORDING
from terminal_sim.script.plan import Case

SUFFIX = ".pcapng"
LONGEST_TITLE = 120  # of the 255 bytes that a file's name may have
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


def recording_name(case: Case, why: str = "") -> str:
    """`SCRIPT--SCENARIO-AND-ROW--TERMINAL[--LANGUAGE].pcapng`; `why` is added where a case is run for another one's sake."""
    parts = (
        case.program.script.path.stem,
        case.title[:LONGEST_TITLE],
        why,
        case.profile,
        case.program.settings.locale,
    )
    plain = (_NOT_IN_NAMES.sub("-", part.casefold()).strip("-") for part in parts)
    return "--".join(filter(None, plain)) + SUFFIX


@dataclass(frozen=True, slots=True)
class Wiring:
    """The readers of one case: `given` and `folder`, which is there, are those of the run, `name` is that of its recording."""

    given: str | tuple[str, ...]
    folder: Path | None
    name: str

    @property
    def reader(self) -> tuple[str, ...]:
        """A folder of recordings stands for the file in it."""
        given = (self.given,) if isinstance(self.given, str) else self.given
        return tuple(self._file(each) if each.startswith(RECORDING) else each for each in given)

    @property
    def record(self) -> Path | None:
        return None if self.folder is None else self.folder / self.name

    def _file(self, recording: str) -> str:
        path = Path(recording.removeprefix(RECORDING))
        return f"{RECORDING}{path / self.name}" if path.is_dir() else recording
