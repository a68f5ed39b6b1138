"""What every command ends with, once. It imports nothing heavy: the command line reads it before it knows what it has to do."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of the script language, each with its `meaning`."""

    meaning: str

    def __new__(cls, code: int, *meaning: str) -> ExitCode:
        """Makes the member of a row; `ExitCode(code)` finds a member and comes not here."""
        made = int.__new__(cls, code)
        made._value_ = code
        (made.meaning,) = meaning
        return made

    HELD = 0, "Everything was done, and everything held."
    UNMET = 1, "Something ran and did not hold: an expectation, a clause, a line of the shell."
    WRONG = (
        2,
        "The script, the command line or a file that it names is wrong, or nothing could begin: nothing ran.",
    )
    BROKEN = 3, "A fault of the simulator."
    REFUSED = 4, "Refused for safety: it can be done, and must be allowed on purpose."
    NOTHING = 5, "There was nothing to do."
    INTERRUPTED = 130, "Ctrl-C, as shells count it: 128 and the number of SIGINT."
