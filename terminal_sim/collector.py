"""What is loaded once is there until the process ends: the garbage collector need not go through it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_rest() -> Iterator[None]:
    """While this lasts, nothing is collected: modules that are being loaded make classes and functions, and no garbage.

    What was made meanwhile counts as old afterwards, unless somebody keeps objects from the collector himself.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@contextmanager
def not_collected() -> Iterator[None]:
    """While this lasts, the collector looks through what was made since alone; a forked process shares the rest untouched."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
