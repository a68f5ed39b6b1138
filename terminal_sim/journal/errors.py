"""What can be wrong with a journal, and whose fault it is."""

from __future__ import annotations


class JournalError(Exception):
    """A journal that cannot be opened; the text names the file and the cure."""


class JournalBusyError(JournalError):
    """Another process has the file open."""


class JournalDamagedError(JournalError):
    """The file is no longer what was written. It is never repaired or recreated by itself."""


class CommitUnknown(Exception):
    """Nobody knows whether the rows are stored: the caller must stop, and the next opening decides.

    After an I/O error at a commit, the file may hold the rows although the connection reads them as rolled back.
    """
