"""A program of ours at a keyboard: a pseudo-terminal that is its controlling terminal, so that Ctrl-C reaches it."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import termios
from pathlib import Path
from time import monotonic
from types import TracebackType

from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
AGAIN = 1.0
INTERRUPT = "\x03"


def _of_its_own() -> None:
    """The window controls its program, which an interrupt reaches even where those who run the tests ignore one."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Keyboard:
    """Runs `terminal-sim WORDS`; `seen` is what it has written so far, `code` its exit code once the block is left."""

    def __init__(self, *words: str) -> None:
        self.seen = ""
        self.code: int | None = None
        self._read = 0
        self._line, far = os.openpty()
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}",
            "TERM": "dumb",
            "INPUTRC": os.devnull,
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "terminal_sim", *words],
            env=environment,
            stdin=far,
            stdout=far,
            stderr=far,
            start_new_session=True,
            preexec_fn=_of_its_own,
        )
        os.close(far)

    def __enter__(self) -> Keyboard:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._process.kill()
        while self._more():
            pass
        self.code = self._process.wait()
        os.close(self._line)

    def type(self, text: str) -> None:
        os.write(self._line, text.encode())

    def until(self, text: str) -> None:
        """Waits until the program has written this text after what was waited for last."""
        end = monotonic() + PATIENCE
        while (found := self.seen.find(text, self._read)) < 0:
            more = monotonic() < end and self._more()
            assert more, f"{text!r} does not come: {self.seen!r}"
        self._read = found + len(text)

    def interrupt_until(self, text: str) -> None:
        """Ctrl-C, again where nothing comes of it: Python's readline misses one that comes while it takes a key."""
        end = monotonic() + PATIENCE
        while (found := self.seen.find(text, self._read)) < 0:
            assert monotonic() < end, f"{text!r} does not come: {self.seen!r}"
            self.type(INTERRUPT)
            self._more(AGAIN)
        self._read = found + len(text)

    def _more(self, patience: float = PATIENCE) -> bool:
        ready, _, _ = select.select([self._line], [], [], patience)
        try:
            data = os.read(self._line, 65536) if ready else b""
        except OSError:  # Linux says so when the other end is closed
            data = b""
        self.seen += data.decode(errors="replace")
        return bool(data)
