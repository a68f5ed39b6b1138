"""The environment file of labgrid for a pool: a target for each reader, with a terminal at it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from terminal_sim.profile import is_path, load
from terminal_sim.readers.pool import PooledReader
from terminal_sim.readers.prefixes import POOL

_HEAD = """imports:
  - terminal_sim.adapters.labgrid
targets:
"""
_TARGET = """  {name}:
    resources:
      PaymentTerminal:
        profile: {profile}
      CardReader:
        address: {address}
    drivers:
      PaymentTerminalDriver: {{}}
      PaymentTerminalStrategy: {{}}
"""


def environment_file(pool: Path, readers: Sequence[PooledReader], profile: str) -> str:
    """The text of the file, whose targets have the names of the readers. Raises `ProfileError` for a wrong profile.

    The pool and the file of a profile are named by their whole paths, so that the environment file may stand anywhere.
    """
    load(profile)
    terminal = str(Path(profile).resolve()) if is_path(profile) else profile
    return _HEAD + "".join(
        _TARGET.format(
            name=_quoted(one.name),
            profile=_quoted(terminal),
            address=_quoted(f"{POOL}{pool.resolve()}#{one.name}"),
        )
        for one in readers
    )


def _quoted(text: str) -> str:
    """A text of JSON is one of YAML, whatever is in it."""
    return json.dumps(text, ensure_ascii=False)
