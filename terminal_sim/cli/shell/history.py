"""The lines that were typed in earlier sessions, in a file of the user's own.

1. The file stands in the user's state folder and has the rights 0600. It holds no digit that went into a hidden field, and no card number: such
   a line is kept with `***` in their place.
2. It holds the last lines only. A file that cannot be read or written is no reason to stop: the session has a history of its own then.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from terminal_sim.datafiles.printable import printable
from terminal_sim.files import NO_LINK, PLAIN, keep_private

MOST = 1_000
HIDDEN = "***"
_CARD_NUMBER = re.compile(r"\d(?:[ -]?\d){11,18}", re.ASCII)


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where a user's programs keep what outlives a session (XDG Base Directory Specification; LOCALAPPDATA on Windows)."""
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "terminal-sim"
    given = environment.get("XDG_STATE_HOME", "")
    base = Path(given) if given and Path(given).is_absolute() else Path.home() / ".local" / "state"
    return base / "terminal-sim"


def without_digits(line: str, least: int) -> str:
    """The line without its numbers of `least` digits and more, and without card numbers."""
    hidden = _CARD_NUMBER.sub(HIDDEN, line)
    return re.sub(rf"[0-9]{{{least},}}", HIDDEN, hidden) if least else hidden


class History:
    """`lines` are those that were typed, oldest first."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.lines: list[str] = []
        with suppress(OSError, UnicodeDecodeError):
            self.lines = self._read()

    def remember(self, line: str) -> None:
        """Keep a line, in which nothing is secret, as the newest; one that is the same as the newest is kept once."""
        line = printable(line).strip()
        if not line or self.lines[-1:] == [line]:
            return
        self.lines.append(line)
        with suppress(OSError):
            self._write(f"{line}\n", os.O_APPEND)

    def _read(self) -> list[str]:
        lines = [printable(line) for line in self._file.read_text("utf-8").split("\n") if line.strip()]
        if len(lines) > 2 * MOST:
            lines = lines[-MOST:]
            self._write("".join(f"{line}\n" for line in lines), os.O_TRUNC)
        return lines

    def _write(self, text: str, how: int) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | how | PLAIN | NO_LINK, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            keep_private(descriptor)
            file.write(text.encode())
