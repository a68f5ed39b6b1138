"""The file of `run --trace`."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType

from terminal_sim.bench import is_trace
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
