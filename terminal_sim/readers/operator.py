"""What puts cards in front of a terminal's readers: scripts where they are virtual, and a person at the bench everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol

from terminal_drivers.base import Card, Misuse, ReaderPart

if TYPE_CHECKING:
    from terminal_drivers.readers.protocol import CardControls

VIRTUAL_TIMEOUT = 2.0
PERSON_TIMEOUT = 60.0

Say = Callable[[str], None]
CALLED = {
    ReaderPart.CONTACT: "slot",
    ReaderPart.CONTACTLESS: "contactless field",
    ReaderPart.STRIPE: "stripe head",
}


class Operator(Protocol):
    """What puts cards in front of a reader: `is_human` is true for a person, and `asked` is what they were asked last.

    `timeout` is how many seconds the reader has to report an act; where it `reports_late`, it may report other things meanwhile.
    """

    is_human: bool
    reports_late: bool
    timeout: float

    @property
    def asked(self) -> str: ...

    def insert(self, name: str, chip: Card) -> None: ...
    def tap(self, name: str, face: Card) -> None:
        """Hold the card into the field, where it stays until `leave`."""
        ...

    def leave(self) -> None: ...
    def swipe(self, name: str, stripe: Mapping[int, str]) -> None: ...
    def remove(self) -> None:
        """Take the card out of the slot."""
        ...


class SimulatedOperator:
    """The operator of virtual readers: each act is done at once."""

    __slots__ = ("_controls", "reports_late")
    is_human = False
    asked = ""
    timeout = VIRTUAL_TIMEOUT

    def __init__(self, controls: CardControls) -> None:
        self._controls = controls
        self.reports_late = controls.reports_late

    def insert(self, _: str, chip: Card) -> None:
        self._controls.insert(chip)

    def tap(self, _: str, face: Card) -> None:
        self._controls.tap(face)

    def leave(self) -> None:
        self._controls.leave()

    def swipe(self, _: str, stripe: Mapping[int, str]) -> None:
        self._controls.swipe(stripe)

    def remove(self) -> None:
        self._controls.remove()


class HumanOperator:
    """A person at the bench, who is asked with `say`."""

    is_human = reports_late = True
    timeout = PERSON_TIMEOUT

    def __init__(self, places: Mapping[ReaderPart, str], say: Say) -> None:
        """`places` has the address of each part; an act at a part that is nowhere is `Misuse`."""
        self.asked = ""
        self._places = places
        self._say = say

    def insert(self, name: str, _: Card) -> None:
        self._ask(f"insert {name} into {self._at(ReaderPart.CONTACT)}")

    def tap(self, name: str, _: Card) -> None:
        self._ask(f"hold {name} to {self._at(ReaderPart.CONTACTLESS)}")

    def leave(self) -> None:
        """A person who holds a card takes it away unasked."""

    def swipe(self, name: str, _: Mapping[int, str]) -> None:
        self._ask(f"swipe {name} through {self._at(ReaderPart.STRIPE)}")

    def remove(self) -> None:
        self._ask(f"take the card out of {self._at(ReaderPart.CONTACT)}")

    def _at(self, part: ReaderPart) -> str:
        if part not in self._places:
            there = " and ".join(dict.fromkeys(self._places.values()))
            raise Misuse(f"{there} has no {CALLED[part]}: add a reader that has one with --reader")
        return self._places[part]

    def _ask(self, what: str) -> None:
        self.asked = what
        self._say(what)
