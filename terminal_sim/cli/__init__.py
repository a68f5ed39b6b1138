"""The commands of the command line, one module each, imported when they are chosen."""

from __future__ import annotations

from terminal_sim.script.exit_code import ExitCode


class UserError(Exception):
    """An error of the command line, or of a file that it names: one line with its cure, and what the command ends with."""

    def __init__(self, sentence: str, code: ExitCode = ExitCode.WRONG) -> None:
        super().__init__(sentence)
        self.code = code
