"""What a fuzz target is: a function of bytes, and the exceptions by which its parser refuses them; and a plan of campaigns."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp


@dataclass(frozen=True, slots=True)
class Target:
    """`run` feeds a parser; only `declared` exceptions may leave it. `seeds` are good inputs as hex, to mutate from.

    `open` are findings that nobody has mended yet: each has a row in the corpus, and campaigns pass over it.
    """

    name: str
    run: Callable[[bytes], None]
    declared: tuple[type[Exception], ...] = ()
    seeds: tuple[str, ...] = ()
    open: tuple[type[Exception], ...] = ()

    def attempt(self, data: bytes) -> None:
        """Runs once. Whatever else is raised, a failed assertion among it, is a finding."""
        with suppress(*self.declared):
            self.run(data)


def join(name: str, *targets: Target) -> Target:
    """One target of several, for a campaign too short to give each its own time: the first byte says which of them gets the rest."""

    def run(data: bytes) -> None:
        chosen = targets[data[0] % len(targets) if data else 0]
        with suppress(*chosen.open):
            chosen.attempt(data[1:])

    seeds = tuple(f"{at:02X}{seed}" for at, target in enumerate(targets) for seed in target.seeds)
    return Target(name, run, seeds=seeds)


@dataclass(frozen=True, slots=True)
class Campaign:
    """A target and for how many seconds it is tried."""

    target: Target
    seconds: int


Plan = dict[str, tuple[Campaign, ...]]
"""The campaigns of each family."""


@cache
def scratch() -> Path:
    """A folder for the one file that a target writes again and again; campaigns put it into their own."""
    folder = Path(mkdtemp())
    atexit.register(rmtree, folder)
    return folder


def parts(data: bytes) -> list[bytes]:
    """Cuts `data` into pieces, each behind its length of one byte; the last may be shorter than announced."""
    found = []
    at = 0
    while at < len(data):
        end = at + 1 + data[at]
        found.append(data[at + 1 : end])
        at = end
    return found


def joined(*pieces: str) -> str:
    """The inverse of `parts`, from hex to hex."""
    return "".join(f"{len(piece) // 2:02X}{piece}" for piece in pieces)


class Heard:
    """A transport on which the peer says `said`, piece by piece, and then nothing more.

    Only who waits hears it: hosts drop what is there before they send, and would drop it all.
    """

    def __init__(self, said: list[bytes]) -> None:
        self._said = b"".join(said)
        self._sizes = [len(piece) for piece in said]

    def read(self, n: int, timeout: float) -> bytes:
        if not timeout:
            return b""
        size = min(n, self._sizes.pop(0)) if self._sizes else n
        data, self._said = self._said[:size], self._said[size:]
        return data

    def write(self, data: bytes) -> None:
        """The peer does not listen."""

    def close(self) -> None:
        """Nothing is open."""
