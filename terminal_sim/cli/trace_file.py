"""The lines of `--trace` of a command whose acts come one by one."""

from __future__ import annotations

from io import StringIO

from terminal_sim.bench import JsonLines, TraceEntry
from terminal_sim.cli.output_file import OutputFile


class TraceLines:
    """Takes the entries of a bench for a trace file, which is written between two acts: a full disk is no fault of the bench."""

    wants_frames, wants_bytes = JsonLines.wants_frames, JsonLines.wants_bytes

    def __init__(self, file: OutputFile) -> None:
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
