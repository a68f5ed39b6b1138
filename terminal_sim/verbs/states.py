"""Saved states by name and by file: a name lives as long as a run, a file until it is deleted.

What is written in quotation marks is a file, beside the script unless its path says otherwise. A state is a file where it is no name.
"""

from __future__ import annotations

import re
from pathlib import Path

from terminal_sim.bench import BenchMisuse, SavedState

_NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)


def is_name(text: str) -> bool:
    """Whether a variable or a state of a script may be called so."""
    return _NAME.fullmatch(text) is not None


def state_of(text: str, *, quoted: bool) -> str:
    """The state that a script means; a quoted name is made a path, so that no file is taken for a name."""
    return f"./{text}" if quoted and is_name(text) else text


def is_file(state: str) -> bool:
    """Whether the state stands in a file."""
    return not is_name(state)


def write_state(saved: SavedState, state: str, folder: Path) -> None:
    """Write the state into its file. Raises `BenchMisuse` where it cannot be written."""
    path = folder / state
    try:
        saved.write(path)
    except OSError as error:
        raise BenchMisuse(f"{path}: the state cannot be written: {error.strerror}") from None


def read_state(state: str, folder: Path) -> SavedState:
    """Read the state from its file. Raises `BenchMisuse` where there is none, or it is of another version."""
    return SavedState.read(folder / state)
