"""What was made of files, kept by the process as long as the files are what they were.

Rules:
1. A file is known by its times, size and inode. One that was written within the last second is read anew, since a further
   change of it might show in none of them.
2. A file that was looked for and is not there belongs to what was read: it may appear, and be read in the place of another.
3. What is kept is handed out again and again, so it is a value that nobody changes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")

_Stamp = tuple[int, int, int, int]  # modified, changed, size, inode; all zero for a file that is not there
_YOUNG = 1_000_000_000  # nanoseconds
_MOST = 512  # more values than a process has use for; then all are forgotten


class Kept(Generic[_Key, _Value]):
    """Values by key, each with the stamps of the files that it was made of."""

    def __init__(self) -> None:
        self._values: dict[_Key, tuple[_Value, dict[Path, _Stamp]]] = {}

    def get(self, key: _Key) -> _Value | None:
        """The value, unless a file of it is another by now."""
        found = self._values.get(key)
        if found is None:
            return None
        value, stamps = found
        return value if all(_stamp(file) == stamp for file, stamp in stamps.items()) else None

    def keep(self, key: _Key, value: _Value, files: Iterable[Path]) -> None:
        """Keep what was just made of `files`."""
        stamps = {file: _stamp(file) for file in files}
        if max((max(stamp[:2]) for stamp in stamps.values()), default=0) > time.time_ns() - _YOUNG:
            self._values.pop(key, None)
            return
        if len(self._values) >= _MOST:
            self._values.clear()
        self._values[key] = value, stamps


def _stamp(file: Path) -> _Stamp:
    try:
        found = os.stat(file)
    except OSError:
        return 0, 0, 0, 0
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
