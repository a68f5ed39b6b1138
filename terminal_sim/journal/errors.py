"""The errors of a journal: a file that cannot be used, one that is damaged, and a commit whose outcome is unknown."""

from __future__ import annotations


class JournalError(Exception):
    """A journal that cannot be opened; the text names the file and the cure."""


class JournalBusyError(JournalError):
    """Another process has the file open."""


class JournalDamagedError(JournalError):
    """The file does not hold what was written to it. The journal neither repairs nor replaces it."""


class CommitUnknown(Exception):
    """Whether the rows are stored is unknown: the caller must stop, and the next opening decides.

    After an I/O error at a commit, the file may hold the rows although the connection reads them as rolled back.
    """
