"""The command line in a process of its own that starts at once and can be killed, for tests that need a thousand of them.

A fork server has imported what a run imports. The process that it gives is the command line from its arguments to its exit code.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from pathlib import Path

from terminal_sim.cli.main import main

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "terminal_sim.cli.run",
        "terminal_sim.cli.host",
        "terminal_sim.cards.catalogue",
        "terminal_sim.emv.kernels.transaction",
        "terminal_sim.journal.invariants",
        "cryptography.hazmat.primitives.ciphers.aead",
    ]
)


def _run(words: Sequence[str], said: str) -> None:
    output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    raise SystemExit(main(words))


class RunningCommand:
    """The command line `words` in a process of its own, which writes what it says into the file `said`."""

    def __init__(self, words: Sequence[str], said: Path) -> None:
        self._said = said
        said.write_bytes(b"")
        self._process = _CONTEXT.Process(target=_run, args=(tuple(words), str(said)))
        self._process.start()

    @property
    def text(self) -> str:
        """What it has said so far."""
        return self._said.read_text("utf-8")

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def until(self, lines: int, more: float = 0.0) -> None:
        """Wait until it has said so many lines, and `more` seconds; or until it has ended."""
        while self._process.is_alive() and self._said.read_bytes().count(b"\n") < lines:
            self._process.join(0.002)
        self._process.join(more)

    def kill(self) -> bool:
        """Kill it; whether it did not end by itself before."""
        self._process.kill()
        self._process.join()
        killed = self._process.exitcode == -9
        self._process.close()
        return killed


def run_and_kill(words: Sequence[str], said: Path, lines: int, after: float) -> tuple[str, bool]:
    """What the command said until it was killed, `after` seconds after that many lines; and whether it did not end by itself before."""
    running = RunningCommand(words, said)
    running.until(lines, after)
    killed = running.kill()
    return running.text, killed
