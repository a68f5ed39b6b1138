"""The pictures of a test: stored ones to compare with, and what is kept of one that differs or is not stored yet.

1. The folder of stored pictures is written by an update alone. Whatever else is made goes into the folder `out`.
2. A picture is written beside its place and then put there, so a stored one is whole or absent.
3. The file name that a test is given holds its own identity, so that no two tests share a picture.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from terminal_sim.display.comparison import Difference, NoPicture, difference, side_by_side
from terminal_sim.display.picture import Picture

LARGEST = 20_000_000  # bytes of a stored picture, more than the most pixels take
_MOST_NAMED = 4  # things that stand where a picture differs


class Pictures(Protocol):
    """Where a test looks its pictures up."""

    def problem(self, name: str, picture: Picture) -> str:
        """What is wrong with `picture` as the one called `name`; "" where it is as stored, or is stored now."""


@dataclass(frozen=True, slots=True)
class StoredPictures:
    """The stored pictures of one test in `folder`; `named` gives the file name of a picture, without `.png`.

    `out` takes what differs. `update` stores, and `option` is how a user asks for that. `taken` are the files of the pictures
    that are as they are stored.
    """

    folder: Path
    named: Callable[[str], str]
    out: Path | None = None
    update: bool = False
    option: str = "--update-pictures"
    taken: dict[str, Path] = field(default_factory=dict)

    def problem(self, name: str, picture: Picture) -> str:
        file = self.folder / f"{self.named(name)}.png"
        again = name in self.taken
        try:
            _check_folder(self.folder)
            stored = _stored(file)
            if self.update and not again:
                if stored is None or _differs(stored, picture.png):
                    _write(file, picture.png)
                self.taken[name] = file
                return ""
            if stored is None:
                return self._missing(file, picture)
            return self._compared(name, file, stored, picture, again and self.update)
        except NoPicture as wrong:
            return f"{file}: {wrong}; remove it, and store the picture with {self.option}"
        except OSError as error:
            need = "read and written" if self.update else "read"
            return f"{error.filename or file}: {error.strerror or error}; pictures need a folder that can be {need}"

    def _missing(self, file: Path, picture: Picture) -> str:
        return "\n".join(
            [
                f"none stored: {file} is missing; look at the picture, and store it with {self.option}",
                *self._kept(file, got=picture.png),
            ]
        )

    def _compared(self, name: str, file: Path, stored: bytes, picture: Picture, twice: bool) -> str:
        found = difference(stored, picture.png)
        if found is None:
            self.taken[name] = file
            return ""
        both = side_by_side(stored, picture.png)
        cure = (
            "this scenario took it before and it looked otherwise: give each its own name"
            if twice
            else f"store it with {self.option} if it is right"
        )
        return "\n".join(
            [
                f"another: {_told(found, picture)}; {cure}",
                f"stored      {file}",
                *self._kept(file, got=picture.png, difference=both),
            ]
        )

    def _kept(self, file: Path, **pictures: bytes) -> list[str]:
        return [
            f"{kind:11} {kept_picture(self.out / f'{file.stem}.{kind}.png', png)}"
            for kind, png in pictures.items()
            if self.out is not None
        ]


def kept_picture(file: Path, png: bytes) -> str:
    """Writes a picture that helps to understand a failure; gives its path, or why there is none. Never raises for a file."""
    try:
        _write(file, png)
    except OSError as error:
        return f"not kept: {error.filename or file}: {error.strerror or error}"
    return str(file)


def _check_folder(folder: Path) -> None:
    """Raises `OSError` where something else stands in the place of the folder."""
    if folder.is_symlink():
        raise OSError(0, "it is a symbolic link", str(folder))
    if folder.exists() and not folder.is_dir():
        raise OSError(0, "it is no folder", str(folder))


def _stored(file: Path) -> bytes | None:
    """The bytes of a stored picture; None where there is none. Raises `OSError` and `NoPicture`."""
    if file.is_symlink() or (file.exists() and not file.is_file()):
        raise NoPicture("it is no file of its own but a link or a folder")
    try:
        with file.open("rb") as stream:
            found = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    if len(found) > LARGEST:
        raise NoPicture("it is far too large for a picture")
    return found


def _differs(stored: bytes, png: bytes) -> bool:
    """True for a stored file that is no picture, too."""
    try:
        return difference(stored, png) is not None
    except NoPicture:
        return True


def _write(file: Path, png: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{os.getpid()}.{file.name}")
    try:
        unfinished.write_bytes(png)
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _told(found: Difference, picture: Picture) -> str:
    if found.sizes is not None:
        (was, was_deep), (now, now_deep) = found.sizes
        return f"it was {was} x {was_deep} pixels and is {now} x {now_deep}"
    there = [item for item, bounds in picture.items if item.wording and found.within(bounds)]
    names = ", ".join(map(str, there[:_MOST_NAMED]))
    more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
    where = f": there is now {names}{more}" if there else ""
    return f"{found.pixels} of {found.total} pixels differ{where}"
