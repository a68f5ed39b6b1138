"""The commands of the command line, one module each, imported when they are chosen."""

from __future__ import annotations


class UserError(Exception):
    """What whoever typed the command is to blame for, in one line with its cure."""
