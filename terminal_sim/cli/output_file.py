"""A file that a command writes while it runs, or at its end: it replaces one of its own kind and no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from terminal_sim.bench import is_trace
from terminal_sim.cli import UserError
from terminal_sim.cli.console import naming


@dataclass(frozen=True, slots=True)
class OutputKind:
    """`is_ours` says whether a file that is there may be replaced; `refusal` is what is said of one that may not."""

    is_ours: Callable[[Path], bool]
    refusal: str


def _is_xml(path: Path) -> bool:
    """An empty file is as good as an XML file."""
    with path.open("rb") as there:
        begins = there.read(100).lstrip()
    return not begins or begins.startswith((b"<?xml", b"<testsuite"))


TRACE = OutputKind(is_trace, "{} is there and is no trace: name another file, or take it away first")
JUNIT = OutputKind(_is_xml, "{}: this is no XML file, and is not written over: name another")


class OutputFile:
    """The file, which is opened before anything runs: what `--trace` or `--junit` takes may be a script by a slip of the hand.

    What was there is gone with the first `write`. Where nothing is written, a file that was there is as it was, and none is left where there was none.
    Raises `UserError`.
    """

    def __init__(self, path: Path, kind: OutputKind) -> None:
        self._path = path
        self._is_new = not path.exists()
        if path.is_file() and not kind.is_ours(path):
            raise UserError(kind.refusal.format(path))
        self._has_begun = False
        self._sink = path.open("a", encoding="utf-8")

    def __enter__(self) -> OutputFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what could not be written was said when it was
            self._sink.close()
        if self._is_new and not self._has_begun:
            self._path.unlink()

    def write(self, text: str) -> None:
        """Append to what this run has written."""
        with naming(self._path):
            if not self._has_begun and self._path.is_file():
                self._sink.truncate(0)
            self._has_begun = True
            self._sink.write(text)
            self._sink.flush()
