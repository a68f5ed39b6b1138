"""What the virtual cards of a state folder remember, a file each in its folder `cards`, so that no counter of a card ever goes back.

A card's memory is on the disk before the answer that follows from it leaves the card: a bench that is killed has shown nobody a counter, or
the result of a PIN, that its card will forget. A file holds what a chip would hold, a changed PIN in clear among it, and is its owner's alone.

1. A file has two pages with the same memory, each behind its digest. A bench writes a card's file whole the first time, and from then on the first
   page in its place and then the second, each on the disk before what follows. So a cut spoils one page at most, and the other has what the
   card last made durable; a page that is damaged later costs nothing. To put a new file in its place each time would cost twice the flushing.
2. The first page that is whole counts, since it is never the older one. A file of one page, as earlier versions wrote it, is read as well.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from terminal_sim.bench import plain
from terminal_sim.errors import BenchMisuse, StorageFailed
from terminal_sim.files import NO_LINK, PLAIN, replace_private, sync_content, sync_folder, write_all

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState

_BLOCK = 4096  # bytes; a page is made of whole blocks, since a cut may spoil the block that is written
_END = b"\n"
_CURE = "put it back from a copy, or remove it: the card is then new, and its issuer knows counters that it has forgotten"


class CardMemoryFolder:
    """The files in `folder`, which is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pages: dict[str, int] = {}  # the size of the pages of each file that was written whole here

    def known(self, name: str) -> CardState | None:
        """What the card remembers, None where it was never used. Raises `BenchMisuse` for a file that is damaged."""
        from terminal_sim.cards.catalogue import CardState

        file = self._folder / f"{name}.json"
        try:
            kept = file.read_bytes()
        except FileNotFoundError:
            return None
        try:
            state = plain.decoded(msgspec.json.decode(_content(kept)))
        except (msgspec.DecodeError, plain.NotPlain) as wrong:
            raise BenchMisuse(f"{file}: the memory of a card is damaged: {wrong}; {_CURE}") from None
        if not isinstance(state, CardState):
            raise BenchMisuse(f"{file}: this is no memory of a card; {_CURE}")
        return state

    def keep(self, name: str, state: CardState) -> None:
        """Writes what the card remembers; it is on the disk when this returns. Raises `StorageFailed`."""
        content = msgspec.json.encode(plain.encoded(state))
        page = hashlib.sha256(content).hexdigest().encode() + _END + content
        file = self._folder / f"{name}.json"
        try:
            if len(page) > self._pages.get(name, 0) or not _put(file, page, self._pages[name]):
                self._pages[name] = self._put_whole(file, page)
        except OSError as error:
            self._pages.pop(name, None)
            raise StorageFailed(f"{file}: the memory of a card cannot be stored: {error.strerror}") from None

    def _put_whole(self, file: Path, page: bytes) -> int:
        """Makes the file anew, whatever it was, and gives the size of its pages."""
        if not self._folder.exists():
            self._folder.mkdir(mode=0o700)
            sync_folder(self._folder.parent)
        size = (len(page) // _BLOCK + 1) * _BLOCK
        replace_private(file, 2 * page.ljust(size, _END))
        return size


def _put(file: Path, page: bytes, size: int) -> bool:
    """Writes both pages of a file that is there, one after the other; whether it is there."""
    try:
        descriptor = os.open(file, os.O_WRONLY | NO_LINK | PLAIN)
    except FileNotFoundError:
        return False
    try:
        for at in (0, size):
            os.lseek(descriptor, at, os.SEEK_SET)
            write_all(descriptor, page.ljust(size, _END))
            sync_content(descriptor)
    finally:
        os.close(descriptor)
    return True


def _content(kept: bytes) -> bytes:
    """The memory by the first page that is whole. Raises `plain.NotPlain` where none is."""
    half = len(kept) // 2
    for page in (kept[:half], kept[half:], kept):
        digest, _, content = page.rstrip(_END).partition(_END)
        if hashlib.sha256(content).hexdigest().encode() == digest:
            return content
    raise plain.NotPlain("the content is not what its digest says")
