"""Which rules a session is held to: the classes of those that come with the simulator, and rules of a user's own file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from terminal_sim.oracles.catalogue import CODES, ORACLES
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.oracles.own_file import OracleFileError, read


class OracleClass(Enum):
    """What a rule knows: the letter that its code begins with."""

    INVARIANTS = "I"
    CHART = "C"
    RULES = "R"
    RELATIONS = "M"


ALL_CLASSES = frozenset(OracleClass)


@dataclass(frozen=True, slots=True)
class OracleChoice:
    """`classes` are those of the simulator's own rules, `own` the rules of a user."""

    classes: frozenset[OracleClass] = ALL_CLASSES
    own: tuple[Oracle, ...] = ()

    @property
    def oracles(self) -> tuple[Oracle, ...]:
        """The rules that are asked while a session goes on."""
        return (*(ORACLES if OracleClass.RULES in self.classes else ()), *self.own)


def chosen(words: Iterable[str]) -> OracleChoice:
    """The choice that options make: each word is a file of rules (`FILE.py`), or letters of classes with commas between (`I,C,R,M`).

    Without letters all classes are chosen. Raises `OracleFileError` with the cure for a letter that is no class, and for a file that does not load or has a
    code that another rule has.
    """
    classes: set[OracleClass] = set()
    own: list[Oracle] = []
    for word in words:
        if word.endswith(".py"):
            own += read(Path(word))
            continue
        for letter in word.split(","):
            if letter not in [one.value for one in OracleClass]:
                letters = ", ".join(one.value for one in OracleClass)
                raise OracleFileError(
                    f"--oracles {word}: {letter!r} is no class of rules; there are {letters}, and files FILE.py"
                )
            classes.add(OracleClass(letter))
    _check_codes(own)
    return OracleChoice(frozenset(classes) or ALL_CLASSES, tuple(own))


def _check_codes(own: Iterable[Oracle]) -> None:
    seen = set(CODES)
    for one in own:
        if one.code in seen:
            raise OracleFileError(f"--oracles: there is a rule {one.code} already: give yours another code")
        seen.add(one.code)
