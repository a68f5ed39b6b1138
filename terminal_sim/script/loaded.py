"""What a run has loaded before its first scenario: it is there until the run ends, so the garbage collector need not go through it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def not_collected() -> Iterator[None]:
    """While this lasts, the collector looks through what was made since alone; a forked process shares the rest untouched."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
