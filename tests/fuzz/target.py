"""What a fuzz target is: a function of bytes, and the exceptions by which its parser refuses them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """`run` feeds a parser; only `declared` exceptions may leave it. `seeds` are good inputs as hex, to mutate from."""

    name: str
    run: Callable[[bytes], None]
    declared: tuple[type[Exception], ...] = ()
    seeds: tuple[str, ...] = ()

    def attempt(self, data: bytes) -> None:
        """Runs once. Whatever is raised, a failed assertion among it, is a finding."""
        try:
            self.run(data)
        except self.declared:
            return


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
    """A transport on which the peer says `said`, piece by piece, and then nothing more."""

    def __init__(self, said: list[bytes]) -> None:
        self._said = b"".join(said)
        self._sizes = [len(piece) for piece in said]

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - no time passes here
        size = min(n, self._sizes.pop(0)) if self._sizes else n
        data, self._said = self._said[:size], self._said[size:]
        return data

    def write(self, data: bytes) -> None:
        """The peer does not listen."""

    def close(self) -> None:
        """Nothing is open."""
