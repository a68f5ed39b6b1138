"""Cards as a tester presents them to one terminal: each act settles, however long the line of the reader that reports it.

1. An act is over when the reader has reported it, and nothing else that it reports meanwhile counts: news of the card before may
   still be on a slow line.
2. A card is torn away at a step of its own conversation, in the middle of the exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from terminal_drivers.base import Card, DriverError, Misuse, ReaderPart
from terminal_drivers.readers.field import CardsTogether
from terminal_sim.bench.saved_state import PresentedState
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.emv.talk.asks import Step
from terminal_sim.errors import BenchMisuse
from terminal_sim.readers.card_fault import FailingCard, NextCommand
from terminal_sim.readers.opening import VIRTUAL
from terminal_sim.readers.operator import CALLED, Operator
from terminal_sim.readers.pace import PacedCard
from terminal_sim.readers.parts import CONTACTLESS
from terminal_sim.readers.tearing import CardTear
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.engine import Engine

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import VirtualCard

_NEWS_TRIES = 1_000  # a reader behind a line of ours reports within a few of these
_LEAVING_TRIES = 25
_UNREADABLE: Mapping[int, str] = {2: ";=?"}  # sentinels that were found, and nothing between them


def chip_of(name: str, card: VirtualCard) -> Card:
    """What of the card `name` goes into a slot. `BenchMisuse` where it has nothing for one."""
    if card.chip is None:
        raise BenchMisuse(f"the card {name!r} has no chip to insert")
    return card.chip


def face_of(name: str, card: VirtualCard) -> Card:
    """What of it is held into a field."""
    if card.contactless is None:
        raise BenchMisuse(f"the card {name!r} cannot be tapped")
    return card.contactless


def stripe_of(name: str, card: VirtualCard) -> Mapping[int, str]:
    """What of it is drawn through a head."""
    if card.stripe is None:
        raise BenchMisuse(f"the card {name!r} has no stripe to swipe")
    return card.stripe


def _protocol(address: str) -> str:
    """`ccid` of `ccid+serial:///dev/ttyUSB0`."""
    return address.partition("+")[0].partition(":")[0]


class Presentment:
    """The `operator` before the readers of a `board`. `BenchMisuse` where the operator cannot do an act."""

    __slots__ = (
        "_apdus",
        "_asked_for",
        "_board",
        "_engine",
        "_in_slot",
        "_named",
        "_operator",
        "_places",
        "_tear",
        "next_command",
    )  # fmt: skip

    def __init__(
        self, engine: Engine, board: Board, operator: Operator, places: Mapping[ReaderPart, str]
    ) -> None:
        """`places` has the address of each part of the readers."""
        self._engine = engine
        self._board = board
        self._operator = operator
        self._places = places
        self._apdus = 0  # commands of the conversation with the card that was presented last
        self._tear: CardTear | None = None
        self.next_command = NextCommand()
        # A card is in the slot, or was, that the operator has not been asked to take out yet.
        self._asked_for = False
        self._in_slot = ""  # the name of the card that was inserted last
        self._named = 0  # how many cards had been inserted when an act named the last one
        board.readers.torn = self._step

    def snapshot(self) -> PresentedState:
        """Raises `BenchMisuse` where a card or reader is out of the simulator's hands."""
        readers = self._board.readers
        if readers.lost or readers in readers.silent:
            raise BenchMisuse(
                f"{self._board.name} is not saved: its reader does not answer, plug it in first"
            )
        if readers.card_in and self._operator.is_human:
            raise BenchMisuse(
                f"{self._board.name} is not saved: a card is in its real reader, and what that card knows cannot be set"
                " again; take it out first"
            )
        if readers.card_in and not self._in_slot:
            raise BenchMisuse(
                f"{self._board.name} is not saved: the card in its slot was not inserted by name"
            )
        in_slot = self._in_slot if readers.card_in else ""
        return PresentedState(in_slot, self._named, self._apdus, self._tear, self.next_command.fault)

    def restore(self, state: PresentedState, chip: Card | None) -> None:
        """Have the card in the slot that was in it, and no other. Raises `BenchMisuse` where only a person could."""
        self._in_slot, self._named, self._apdus, self._tear = (
            state.in_slot,
            state.named,
            state.apdus,
            state.tear,
        )
        self.next_command.fault = state.card_fault
        if not self._operator.is_human:
            # Whether a card is in it now is not asked: a reader that was cut off has not reported one, or still reports one that was torn away.
            with suppress(DriverError):
                self._operator.remove()
            self._board.readers.forget()
        if chip is None:
            return
        if self._operator.is_human:
            raise BenchMisuse(
                f"{self._board.name} was saved with {state.in_slot} in its slot: only a virtual reader goes on with a card"
            )
        self._operator.insert(state.in_slot, self._in_hand(chip))
        wait = self._operator.timeout / _NEWS_TRIES
        for tried in range(_NEWS_TRIES):
            if self._board.readers.reader.poll(wait if tried else 0.0):
                return

    def _in_hand(self, card: Card) -> Card:
        """The card as it stands before a reader: it takes its time, and fails where a fault says so."""
        return FailingCard(PacedCard(card, self._engine.clock.spend), self.next_command)

    def check_place(self, part: ReaderPart, reader: str) -> None:
        """Raises `BenchMisuse` where no reader is at `reader`, or another one has that part.

        A reader is named by its address, or by its protocol where it is the only one of it.
        """
        addresses = list(dict.fromkeys(self._places.values()))
        named = [one for one in addresses if reader in (one, _protocol(one))]
        if len(named) != 1:
            known = [*addresses, *map(_protocol, addresses)]
            cure = suggest(reader, known) or f"; there are {' and '.join(addresses)}"
            several = f"{reader!r} is several readers: name one by its address" if named else ""
            raise BenchMisuse(several or f"{self._board.name} has no reader {reader!r}{cure}")
        if self._places.get(part) != named[0]:
            owner = self._places.get(part)
            there = f"it is at {owner}" if owner else "no reader of this terminal has one"
            raise BenchMisuse(f"the {CALLED[part]} is not at {named[0]}: {there}")

    @property
    def card_in_slot(self) -> str:
        """The name of the card in the slot; "" where there is none."""
        return self._in_slot if self._board.readers.card_in else ""

    def insert(self, name: str, chip: Card) -> None:
        self._asked_for = self._operator.is_human
        before: int | None = None

        def insert() -> None:
            nonlocal before
            before = self._board.readers.inserted
            self._operator.insert(name, self._in_hand(chip))

        def inserted() -> bool:
            """It is in, or was: it may be out again by now."""
            return self._board.readers.card_in or (
                before is not None and self._board.readers.inserted > before
            )

        self._present(insert, inserted)
        self._in_slot = name  # not the one that was refused while another is in
        self._named = self._board.readers.inserted

    @property
    def begun_early(self) -> bool:
        """Whether the terminal has begun with a card that a person inserted before any act asked for it."""
        board = self._board
        return (
            self._operator.is_human
            and board.readers.card_in
            and board.readers.begun == board.readers.inserted > self._named
        )

    def remove(self) -> None:
        if not (self._board.readers.card_in or self._asked_for):
            raise BenchMisuse("no card is in the slot")
        self._asked_for = False
        self._present(self._operator.remove, lambda: not self._board.readers.card_in)

    def give_back(self) -> None:
        """Ask for the removal of a card that a person was asked for, so that the next terminal does not find it; no answer is no error."""
        if self._asked_for:
            with suppress(BenchMisuse):
                self.listen()
                if self._board.readers.card_in:
                    self.remove()

    def swipe(self, name: str, stripe: Mapping[int, str]) -> None:
        drawn = _UNREADABLE if self.next_command.spoils_stripe() else stripe
        self._present(lambda: self._operator.swipe(name, drawn), self._one_more())

    def tap(self, faces: Mapping[str, Card]) -> None:
        """Hold a card by its name, or several together, into the field until the terminal has read it, and take all away."""
        cards = [self._in_hand(face) for face in faces.values()]
        held = cards[0] if len(cards) == 1 else CardsTogether(*cards)
        self._present(lambda: self._operator.tap(" and ".join(faces), held), self._one_more())
        try:
            self._operator.leave()
        except DriverError:
            return  # it was torn away while it was read
        # News of the leaving that came later would be taken for news of the next card.
        for tried in range(1 if self._operator.is_human else _LEAVING_TRIES):
            if self._engine.poll(self._board, self._operator.timeout / _NEWS_TRIES if tried else 0.0):
                break
        self._engine.settle()

    @property
    def is_virtual(self) -> bool:
        """Whether the readers and their cards are of this bench alone."""
        return all(address == VIRTUAL for address in self._places.values())

    @property
    def is_human(self) -> bool:
        """Whether a person moves the cards before real readers, where no fault of a card can be made."""
        return self._operator.is_human

    @property
    def tear(self) -> CardTear | None:
        """Where the next card is taken away, if it is."""
        return self._tear

    def tear_after(self, step: str) -> None:
        """Take the next card away after a step of its conversation: `gpo`, `genac1`, ..., or `apdu 3`."""
        if self._operator.is_human:
            raise BenchMisuse("a card in a real reader cannot be torn out at a step: use a virtual reader")
        try:
            self._tear = CardTear.parse(step)
        except Misuse as error:
            raise BenchMisuse(str(error)) from None

    def listen(self) -> None:
        """Post what the reader has reported meanwhile; the terminal's own virtual one reports at once, unless it fell silent."""
        readers = self._board.readers
        while (self._operator.reports_late or readers in readers.silent) and self._engine.poll(self._board):
            self._engine.settle()

    def look(self) -> None:
        """Post whether the readers are there, and all that they report, however long their line is."""
        wait = _LEAVING_TRIES * self._operator.timeout / _NEWS_TRIES
        while self._engine.poll(self._board, wait):
            self._engine.settle()

    def _step(self, slot: int, step: Step, apdu: bool) -> None:
        self._apdus += apdu
        if self._tear is not None and self._tear.is_due(step, self._apdus):
            self._tear = None
            with suppress(DriverError):  # a tapped card is gone by itself after its last command
                (self._operator.leave if slot == CONTACTLESS else self._operator.remove)()
            self._engine.poll(self._board)

    def _one_more(self) -> Callable[[], bool]:
        """Whether a card has been swiped or tapped since now."""
        before = self._board.readers.passed
        return lambda: self._board.readers.passed > before

    def _present(self, act: Callable[[], None], happened: Callable[[], bool]) -> None:
        self._apdus = 0
        self.listen()
        if self._operator.is_human and happened():
            return  # the person has been quicker
        try:
            act()
        except DriverError as error:
            raise BenchMisuse(str(error)) from None
        self._await(happened)

    def _await(self, happened: Callable[[], bool]) -> None:
        """Let the reader report what was done in front of it, however long its line is, and the person's way to it."""
        wait = self._operator.timeout / _NEWS_TRIES
        for tried in range(_NEWS_TRIES):
            if self._engine.poll(self._board, wait if tried else 0.0) and happened():
                reported = True
                break
        else:
            reported = not self._operator.is_human  # a virtual reader has reported everything by now
        self._engine.settle()
        if not reported:
            away = self._board.readers.lost
            why = (
                "the reader is away, plug it in"
                if away
                else f"this was not done within {self._operator.timeout:g} s"
            )
            raise BenchMisuse(f"{why}: {self._operator.asked}")
