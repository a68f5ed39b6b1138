"""The lock of a state folder: one process at a time uses the folder, and a refusal names that process.

The lock lies on a file that is opened for nothing else. POSIX drops the locks of a process on a file as soon as the process closes any
descriptor of that file, so a lock on the database itself would end with the first backup of it.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from terminal_sim.files import NO_LINK, PLAIN
from terminal_sim.journal.errors import JournalBusyError, JournalError

LOCK_NAME = "lock"


class FolderLock:
    """Holds the folder until `close`. The file stays; it says who held the folder last.

    Raises `JournalBusyError` where another bench, of this process or of another one, holds it, and `JournalError` where the lock
    cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / LOCK_NAME
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | PLAIN | NO_LINK, 0o600)
        except OSError as error:
            raise JournalError(
                f"{path}: cannot be opened: {error.strerror}; check the path and its rights"
            ) from None
        try:
            if not stat.S_ISREG(os.fstat(self._descriptor).st_mode):
                raise JournalError(f"{path}: this is no plain file; move it away")
            if not _locked(self._descriptor):
                holder = os.read(self._descriptor, 200).decode("utf-8", "replace").strip("\x00\n ")
                raise JournalBusyError(
                    f"{folder}: {holder or 'another process'} has this state folder open; close it, or give this bench"
                    " another folder"
                )
            os.ftruncate(self._descriptor, 0)
            os.write(
                self._descriptor, f"process {os.getpid()} ({Path(sys.argv[0]).name or 'python'})\n".encode()
            )
        except OSError as error:
            os.close(self._descriptor)
            raise JournalError(
                f"{path}: cannot be written: {error.strerror}; make room, or check its rights"
            ) from None
        except BaseException:
            os.close(self._descriptor)
            raise

    def close(self) -> None:
        """Releases the folder."""
        os.close(self._descriptor)


if sys.platform == "win32":
    import msvcrt

    _BEYOND = 1 << 30  # a locked byte cannot be read, so the lock lies behind the text

    def _locked(descriptor: int) -> bool:
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
