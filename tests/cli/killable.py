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


def run_and_kill(words: Sequence[str], said: Path, lines: int, after: float) -> tuple[str, bool]:
    """What the command said until it was killed, `after` seconds after that many lines; and whether it did not end by itself before."""
    said.write_bytes(b"")
    process = _CONTEXT.Process(target=_run, args=(tuple(words), str(said)))
    process.start()
    while process.is_alive() and said.read_bytes().count(b"\n") < lines:
        process.join(0.002)
    process.join(after)
    process.kill()
    process.join()
    killed = process.exitcode == -9
    process.close()
    return said.read_text("utf-8"), killed
