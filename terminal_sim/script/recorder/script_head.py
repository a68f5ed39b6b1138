"""What a recorded script says before its steps: on which terminal, in what language, from when, with which options and cards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from terminal_sim.verbs.spelling import quoted

_BARE = re.compile(r'[^\s"#/|]\S*')
_CODE = re.compile(r"passcodes\.[^.]+\.code")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptHead:
    """`profile` is a bundled name or the way to a file, and `cards` the way to a folder, both as seen from the script's folder.

    `clock` is "" for the bench's own beginning, `pack` "" for none. `seed` is written nowhere in a script: a remark says it.
    """

    profile: str
    locale: str
    clock: str = ""
    cards: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    pack: str = ""
    seed: int = 0

    @property
    def written_options(self) -> dict[str, str]:
        """The options that the script sets: all but passcodes."""
        return {key: value for key, value in self.options.items() if not _CODE.fullmatch(key)}

    @property
    def kept_back(self) -> dict[str, str]:
        """The options whose values are written nowhere, passcodes, by the variable of the environment that a Python test has them from."""
        return {key.upper().replace(".", "_"): key for key in self.options if _CODE.fullmatch(key)}

    @property
    def remarks(self) -> list[str]:
        """What a run of the script needs that no line of it says, as sentences."""
        said = [
            f"The passcode is not written here: run it --with {key}=..." for key in self.kept_back.values()
        ]
        return [*said, f"Recorded with another seed: run it with --seed {self.seed}."] if self.seed else said

    def settings(self) -> list[tuple[str, str]]:
        """The settings of the script, each with its value as it is written."""
        found = [("terminal", word(self.profile)), ("locale", word(self.locale))]
        found += [("clock", word(self.clock))] if self.clock else []
        found += [("cards", word(self.cards))] if self.cards else []
        found += [("with", f"{key}={word(value)}") for key, value in self.written_options.items()]
        return found


def word(text: str) -> str:
    """The text as a value of a line: in quotation marks where it is no plain word."""
    return text if _BARE.fullmatch(text) and "\\" not in text else quoted(text)
