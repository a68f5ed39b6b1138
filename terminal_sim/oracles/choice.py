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
ALL_LETTERS = ",".join(one.value for one in OracleClass)
_FILE = ".py"


@dataclass(frozen=True, slots=True)
class OracleChoice:
    """`classes` are those of the simulator's own rules, `own` the rules of a user."""

    classes: frozenset[OracleClass] = ALL_CLASSES
    own: tuple[Oracle, ...] = ()

    @property
    def letters(self) -> str:
        """The classes as they are written, in the order in which `OracleClass` has them."""
        return ",".join(one.value for one in OracleClass if one in self.classes)

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
        if is_file(word):
            own += read(Path(word))
            continue
        try:
            classes |= classes_of(word)
        except ValueError as wrong:
            raise OracleFileError(f"--oracles {word}: {wrong}, and files FILE.py") from None
    _check_codes(own)
    return OracleChoice(frozenset(classes) or ALL_CLASSES, tuple(own))


def is_file(word: str) -> bool:
    """Whether a word of a choice names a file of rules."""
    return word.endswith(_FILE)


def classes_of(letters: str) -> frozenset[OracleClass]:
    """The classes that letters with commas between name. Raises `ValueError` for a letter that is no class."""
    known = {one.value: one for one in OracleClass}
    for letter in letters.split(","):
        if letter not in known:
            raise ValueError(f"{letter!r} is no class of rules; there are {', '.join(known)}")
    return frozenset(known[letter] for letter in letters.split(","))


def _check_codes(own: Iterable[Oracle]) -> None:
    seen = set(CODES)
    for one in own:
        if one.code in seen:
            raise OracleFileError(f"--oracles: there is a rule {one.code} already: give yours another code")
        seen.add(one.code)
