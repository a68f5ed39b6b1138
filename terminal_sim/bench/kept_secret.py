"""Secrets in files for their owner alone, which are made when they are needed first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from terminal_sim.errors import BenchMisuse
from terminal_sim.files import replace_private
from terminal_sim.secret import Secret


def kept_secret(file: Path, what: str, make: Callable[[], str]) -> Secret[str]:
    """The line of a file for its owner alone, which has `what`, made where there is none. Raises `BenchMisuse`."""
    try:
        if not file.exists():
            replace_private(file, f"{make()}\n".encode())
        kept = Secret(file.read_text("ascii").rstrip("\n"))
    except (OSError, ValueError) as wrong:
        raise BenchMisuse(f"{file}: {what} cannot be read: {wrong}") from None
    if not len(kept):
        raise BenchMisuse(f"{file}: {what} is empty; remove the file to have a new one")
    return kept
