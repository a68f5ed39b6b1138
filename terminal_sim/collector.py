"""What is there for long, and the garbage collector need not go through again and again."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
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


@contextmanager
def giving_back() -> Iterator[None]:
    """The same for a job that others follow: its garbage is collected when it ends, for the next one would keep it from the collector."""
    with not_collected():
        try:
            yield
        finally:
            gc.collect()


@contextmanager
def hoarding() -> Iterator[Callable[[], None]]:
    """For work that keeps much of what it makes. Gives what is called now and then, when nothing is half done.

    What lives at such a call is not looked through again while this lasts: a collector that goes through a growing hoard takes a tenth of the time.
    """
    with not_collected():
        yield _keep


def _keep() -> None:
    gc.collect()
    gc.freeze()
