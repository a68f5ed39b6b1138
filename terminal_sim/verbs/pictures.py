"""The pictures of a test: stored ones to compare with, and what is kept of one that differs or is not stored yet.

1. The folder of stored pictures is written by an update alone. Whatever else is made goes into the folder `out`.
2. A picture is written beside its place and then put there, so a stored one is whole or absent.
3. The file name that a test is given holds its own identity, so that no two tests share a picture.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from terminal_sim.display.comparison import Difference, NoPicture, compared, difference
from terminal_sim.display.picture import Picture

LARGEST = 20_000_000  # bytes of a stored picture, more than the most pixels take
_BOTH = "difference"  # the kind of the picture that has all three in a row
_MOST_NAMED = 4  # things that stand where a picture differs


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferingPicture:
    """A picture that is not as it is stored, as files of PNG. `why` is one line.

    `expected` is the stored one and `got` the one that was taken, with what is hidden covered in both; `differs` is `got` pale with the pixels that
    differ in red, and `side_by_side` all three in a row. All but `got` are None where none is stored.
    """

    name: str
    why: str
    got: Path
    expected: Path | None = None
    differs: Path | None = None
    side_by_side: Path | None = None


MOST_TAKEN = 50


class Pictures(Protocol):
    """Where a test looks its pictures up."""

    def problem(self, name: str, picture: Picture) -> str:
        """What is wrong with `picture` as the one called `name`; "" where it is as stored, or is stored now."""


@dataclass(frozen=True, slots=True)
class TakenPictures:
    """Pictures that are kept in memory, the last `MOST_TAKEN` of them, and compared with nothing: who works by hand looks at them."""

    taken: dict[str, Picture] = field(default_factory=dict)

    def problem(self, name: str, picture: Picture) -> str:
        """See `Pictures`."""
        self.taken.pop(name, None)
        self.taken[name] = picture
        for oldest in list(self.taken)[:-MOST_TAKEN]:
            del self.taken[oldest]
        return ""


@dataclass(frozen=True, slots=True)
class StoredPictures:
    """The stored pictures of one test in `folder`; `named` gives the file name of a picture, without `.png`.

    `out` takes what differs. `update` stores, and `option` is how a user asks for that. `taken` are the files of the pictures
    that are as they are stored, `differing` those of the pictures that are not.
    """

    folder: Path
    named: Callable[[str], str]
    out: Path | None = None
    update: bool = False
    option: str = "--update-pictures"
    taken: dict[str, Path] = field(default_factory=dict)
    differing: list[DifferingPicture] = field(default_factory=list)

    def problem(self, name: str, picture: Picture) -> str:
        file = self.folder / f"{self.named(name)}.png"
        again = name in self.taken
        try:
            _check_folder(self.folder)
            stored = _stored(file)
            if self.update and not again:
                if stored is None or _differs(stored, picture):
                    _write(file, picture.png)
                self.taken[name] = file
                return ""
            if stored is None:
                return self._missing(name, file, picture)
            return self._compared(name, file, stored, picture, again and self.update)
        except NoPicture as wrong:
            return f"{file}: {wrong}; remove it, and store the picture with {self.option}"
        except OSError as error:
            need = "read and written" if self.update else "read"
            return f"{error.filename or file}: {error.strerror or error}; pictures need a folder that can be {need}"

    def _missing(self, name: str, file: Path, picture: Picture) -> str:
        why = f"none stored: {file} is missing; look at the picture, and store it with {self.option}"
        return "\n".join([why, *self._kept(name, why, file, {"got": picture.png})])

    def _compared(self, name: str, file: Path, stored: bytes, picture: Picture, twice: bool) -> str:
        found = difference(stored, picture.png, picture.hidden)
        if found is None:
            self.taken[name] = file
            return ""
        cure = (
            "this scenario took it before and it looked otherwise: give each its own name"
            if twice
            else f"store it with {self.option} if it is right"
        )
        why = f"another: {_told(found, picture)}; {cure}"
        both = compared(stored, picture.png, picture.hidden)
        kinds = {
            "expected": both.expected,
            "got": both.got,
            "differs": both.differs,
            _BOTH: both.side_by_side,
        }
        return "\n".join([why, f"stored      {file}", *self._kept(name, why, file, kinds)])

    def _kept(self, name: str, why: str, stored: Path, pictures: Mapping[str, bytes]) -> list[str]:
        """Keeps the pictures of a difference by their kinds; gives the lines that say where those are that a person opens first."""
        if self.out is None:
            return []
        files = {kind: self.out / f"{stored.stem}.{kind}.png" for kind in pictures}
        said = {kind: kept_picture(files[kind], png) for kind, png in pictures.items()}
        if all(said[kind] == str(file) for kind, file in files.items()):
            self.differing.append(
                DifferingPicture(
                    name=name,
                    why=why,
                    got=files["got"],
                    expected=files.get("expected"),
                    differs=files.get("differs"),
                    side_by_side=files.get(_BOTH),
                )
            )
        return [f"{kind:11} {said[kind]}" for kind in ("got", _BOTH) if kind in said]


def pictures_folder(file: Path, chosen: Path | None, root: Path) -> Path:
    """Where the pictures of a test file stand: in `pictures/` beside it or, where a folder is `chosen`, there in a folder of its own.

    That folder is the way from `root` to the file, so it is the same in every copy of a project; a file outside of `root` has one named by its whole path.
    """
    if chosen is None:
        return file.parent / "pictures"
    here = file.resolve()
    if here.is_relative_to(root.resolve()):
        return chosen / here.relative_to(root.resolve()).with_suffix("")
    return chosen / f"{here.stem}-{sha256(str(here).encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


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


def _differs(stored: bytes, picture: Picture) -> bool:
    """True for a stored file that is no picture, too."""
    try:
        return difference(stored, picture.png, picture.hidden) is not None
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
    there = [item for item, bounds in picture.recorded().items if item.wording and found.within(bounds)]
    names = ", ".join(map(str, there[:_MOST_NAMED]))
    more = f" and {len(there) - _MOST_NAMED} more" if len(there) > _MOST_NAMED else ""
    where = f": there is now {names}{more}" if there else ""
    return f"{found.pixels} of {found.total} pixels differ{where}"
