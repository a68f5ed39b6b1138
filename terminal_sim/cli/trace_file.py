"""The file of `--trace`."""

from __future__ import annotations

from contextlib import suppress
from io import StringIO
from pathlib import Path
from types import TracebackType

from terminal_sim.bench import JsonLines, TraceEntry, is_trace
from terminal_sim.cli import UserError
from terminal_sim.cli.console import naming


class TraceFile:
    """It replaces a trace and no other file: `--trace` takes the next word, a script by a slip of the hand. Raises `UserError`."""

    def __init__(self, path: Path) -> None:
        if path.is_file() and not is_trace(path):
            raise UserError(f"{path} is there and is no trace: name another file, or take it away first")
        self._path = path
        self._sink = path.open("w", encoding="utf-8")

    def __enter__(self) -> TraceFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written was said when it was
            self._sink.close()

    def write(self, lines: str) -> None:
        with naming(self._path):
            self._sink.write(lines)
            self._sink.flush()


class TraceLines:
    """Takes the entries of a bench for a trace file, which is written between two acts: a full disk is no fault of the bench."""

    wants_frames, wants_bytes = JsonLines.wants_frames, JsonLines.wants_bytes

    def __init__(self, file: TraceFile) -> None:
        self._file = file
        self._lines = StringIO()
        self._json = JsonLines(self._lines)

    def take(self, entry: TraceEntry) -> None:
        self._json.take(entry)

    def write(self) -> None:
        """Write what was taken since the last time. Raises `UserError`."""
        text = self._lines.getvalue()
        self._lines.seek(0)
        self._lines.truncate()
        self._file.write(text)
