"""The random source of a bench: the numbers of `random.Random` with a seed, from any of its moments on."""

from __future__ import annotations

from random import Random

from msgspec import Struct

_VERSION = 3  # of the states of `random.Random`
_WORD = 4  # bytes that one word of the generator gives
_FAR = 5_000  # words: to draw so many again takes as long as to read a state


class RandomState(Struct, frozen=True):
    """Where a source stands: `drawn` words behind a state of its Mersenne twister, which is 624 words and a position."""

    words: tuple[int, ...]
    drawn: int


class RandomSource:
    """Gives bytes. A state of the generator is read once for many moments: the others are so many words behind it."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._state = RandomState((), 0)
        self._drawn = 0

    def randbytes(self, count: int) -> bytes:
        self._drawn += -(-count // _WORD)
        return self._random.randbytes(count)

    def snapshot(self) -> RandomState:
        """As `read`, or a state that was read before with the words drawn since."""
        if not self._state.words or self._drawn > _FAR:
            self._state, self._drawn = self.read(), 0
        if self._state.drawn != self._drawn:
            self._state = RandomState(self._state.words, self._drawn)
        return self._state

    def read(self) -> RandomState:
        """The state of the generator itself. Raises `ValueError` where this Python has states of another version."""
        version, words, _ = self._random.getstate()
        if version != _VERSION:
            raise ValueError(f"the random source has states of version {version}, not {_VERSION}")
        return RandomState(words, 0)

    def restore(self, state: RandomState) -> None:
        if state.words is not self._state.words or state.drawn != self._drawn:
            self._random.setstate((_VERSION, state.words, None))
            if state.drawn:
                self._random.randbytes(state.drawn * _WORD)
        self._state, self._drawn = state, state.drawn
