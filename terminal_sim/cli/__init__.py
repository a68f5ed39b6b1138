"""The commands of the command line, one module each, imported when they are chosen."""

from __future__ import annotations


class UserError(Exception):
    """An error of the command line, or of a file that it names: one line with its cure."""
