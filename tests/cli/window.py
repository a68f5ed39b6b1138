"""A program of ours at a window: a pseudo-terminal in which a cursor moves, and which says where it is when it is asked."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import pexpect

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
PYTHONPATH = f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"
ENTER, TAB, INTERRUPT, END, RIGHT, UP = "\r", "\t", "\x03", "\x04", "\x1b[C", "\x1b[A"
_ASKED = re.escape("\x1b[6n")
_WHERE = "\x1b[1;1R"  # at the top, so that all of the window is below
_STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r")


def _hears_interrupts() -> None:
    """The program hears an interrupt, even where those who run the tests ignore one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Window:
    """Runs `terminal-sim WORDS` in `folder`; `seen` is the text that it has written so far, without what moves and colours it.

    A window that does not say where its cursor is has `answers` False.
    """

    def __init__(
        self,
        *words: str,
        folder: Path,
        columns: int = 100,
        rows: int = 40,
        environment: Mapping[str, str] | None = None,
        answers: bool = True,
    ) -> None:
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS", "LINES")}
        state = {"XDG_STATE_HOME": str(folder / "state"), "INPUTRC": os.devnull}
        self._program: pexpect.spawn[str] = pexpect.spawn(
            sys.executable,
            ["-m", "terminal_sim", *words],
            cwd=str(folder),
            env={**kept, "PYTHONPATH": PYTHONPATH, "TERM": "xterm-256color", **state, **(environment or {})},
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=PATIENCE,
            preexec_fn=_hears_interrupts,
        )
        self._program.delaybeforesend = None
        self._answers = answers
        self.raw = ""
        self.code: int | None = None

    def __enter__(self) -> Window:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.until(pexpect.EOF)
        self._program.close(force=kind is not None)
        self.code = self._program.exitstatus

    @property
    def seen(self) -> str:
        return _STEERING.sub("", self.raw)

    def press(self, text: str) -> None:
        self._program.send(text)

    def until(self, text: str | type[pexpect.EOF]) -> str:
        """Waits until the program has written this text after what was waited for last; gives the text that came, as it is read."""
        began = len(self.raw)
        wanted = (
            re.escape(text).replace(r"\ ", r"(?: |\x1b\[\d*C|\x1b\[[0-9;]*m)+")
            if isinstance(text, str)
            else text
        )
        while self._program.expect([wanted, _ASKED]):
            self._take()
            if self._answers:
                self._program.send(_WHERE)
        self._take()
        return _STEERING.sub("", self.raw[began:])

    def say(self, line: str, ready: str) -> str:
        """Types a line, and gives what came of it until the prompt `ready` stands again."""
        self.press(line + ENTER)
        self.until(f"{ready} {line}\r\n")
        return self.until(ready)

    def _take(self) -> None:
        after = self._program.after
        self.raw += (self._program.before or "") + (after if isinstance(after, str) else "")
