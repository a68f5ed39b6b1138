"""What the virtual cards of a state folder remember, a file each in its folder `cards`, so that no counter of a card ever goes back.

A card's memory is on the disk before the answer that follows from it leaves the card: a bench that is killed has shown nobody a counter, or
the result of a PIN, that its card will forget. A file holds what a chip would hold, a changed PIN in clear among it, and is its owner's alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from terminal_sim.bench import plain
from terminal_sim.errors import BenchMisuse, StorageFailed
from terminal_sim.files import replace_private, sync_folder

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState

_CURE = "put it back from a copy, or remove it: the card is then new, and its issuer knows counters that it has forgotten"


class CardMemoryFolder:
    """The files in `folder`, which is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def known(self, name: str) -> CardState | None:
        """What the card remembers, None where it was never used. Raises `BenchMisuse` for a file that is damaged."""
        from terminal_sim.cards.catalogue import CardState

        file = self._folder / f"{name}.json"
        try:
            kept = file.read_bytes()
        except FileNotFoundError:
            return None
        digest, _, content = kept.partition(b"\n")
        try:
            if hashlib.sha256(content).hexdigest().encode() != digest:
                raise plain.NotPlain("the content is not what its digest says")
            state = plain.decoded(msgspec.json.decode(content))
        except (msgspec.DecodeError, plain.NotPlain) as wrong:
            raise BenchMisuse(f"{file}: the memory of a card is damaged: {wrong}; {_CURE}") from None
        if not isinstance(state, CardState):
            raise BenchMisuse(f"{file}: this is no memory of a card; {_CURE}")
        return state

    def keep(self, name: str, state: CardState) -> None:
        """Writes what the card remembers; it is on the disk when this returns. Raises `StorageFailed`."""
        content = msgspec.json.encode(plain.encoded(state))
        file = self._folder / f"{name}.json"
        try:
            if not self._folder.exists():
                self._folder.mkdir(mode=0o700)
                sync_folder(self._folder.parent)
            replace_private(file, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        except OSError as error:
            raise StorageFailed(f"{file}: the memory of a card cannot be stored: {error.strerror}") from None
