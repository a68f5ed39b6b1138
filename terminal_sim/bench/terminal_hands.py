"""A terminal in a tester's hands: its keys and touch screen, and the cards that are presented to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from terminal_drivers.base import ReaderPart
from terminal_sim.bench.presentment import chip_of, face_of, stripe_of
from terminal_sim.bench.terminal_looks import WatchedTerminal
from terminal_sim.bench.workbench import Workbench
from terminal_sim.core.config import Profile
from terminal_sim.core.events import Event, KeyPressed, Touched
from terminal_sim.core.message import EntryMode
from terminal_sim.display.item import KEY_ID
from terminal_sim.errors import BenchMisuse
from terminal_sim.readers.opening import Hardware
from terminal_sim.runtime.board import Board
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import VirtualCard
    from terminal_sim.cards.profile.personality import Personality

How = Literal["insert", "tap", "swipe"]
_ENTRY: dict[How, EntryMode] = {
    "insert": EntryMode.CHIP,
    "tap": EntryMode.CONTACTLESS,
    "swipe": EntryMode.STRIPE,
}
_PART: dict[How, ReaderPart] = {
    "insert": ReaderPart.CONTACT,
    "tap": ReaderPart.CONTACTLESS,
    "swipe": ReaderPart.STRIPE,
}
_NO_KEY = Secret("")


class HandledTerminal(WatchedTerminal):
    """What is done with two hands: a key is pressed, an element touched, a card presented. Every act settles before it returns."""

    __slots__ = ("_card", "_card_name", "_key_in_hand")

    def __init__(
        self, bench: Workbench, board: Board, profile: Profile, locale: str, hardware: Hardware
    ) -> None:
        super().__init__(bench, board, profile, locale, hardware)
        self._card: VirtualCard | None = None
        self._card_name = ""
        self._key_in_hand = _NO_KEY

    # Keys and touch.

    def key_named(self, word: str) -> str | None:
        """The key of this keypad that `word` means: its name or its colour."""
        return self.profile.keypad.named(word)

    def takes(self, key: str) -> bool:
        """Whether the settled screen would do something with `key`."""
        return self.board.firmware is not None and self.board.firmware.takes(key)

    @property
    def key_in_hand(self) -> Secret[str]:
        """The key that was pressed last: a digit of a secret where the field hides what is typed."""
        return self._key_in_hand

    def press(self, key: str) -> bool:
        """False where the settled screen ignored the key."""
        self._key_in_hand = Secret(key)
        return self._taken(KeyPressed(key))

    def hold(self, key: str, duration: int) -> bool:
        """A long press: the key acts when it is released, `duration` microseconds later."""
        if duration < 0:
            raise BenchMisuse(f"a key is held for zero microseconds or more, not for {duration}")
        self.bench.advance(duration)
        self._key_in_hand = Secret(key)
        return self._taken(KeyPressed(key, duration))

    def touch(self, element: str) -> bool:
        """Touch the element with this id; False where nothing took it. The keys of a drawn pad are `key-7`, `key-OK`, ..."""
        if element.startswith(KEY_ID):
            return self.press(element.removeprefix(KEY_ID))
        return self._taken(Touched(element))

    # Cards.

    @property
    def card(self) -> Personality | None:
        """The card last named."""
        return self._card.personality if self._card is not None else None

    def name_card(self, name: str) -> Personality:
        """Take the card `name` into the hand without presenting it."""
        return self._taken_up(name).personality

    def wants_card(self, how: How) -> bool:
        """Whether the terminal waits for a card presented so, or has begun already with one that a person did not wait to insert."""
        if how == "insert" and self._presenting.begun_early:
            return True
        return self.board.readers.in_reach and _ENTRY[how] in self.board.readers.open

    def check_place(self, how: How, reader: str) -> None:
        """Raises `BenchMisuse` where this terminal has no such reader, or no card is presented so at it; see `Presentment.check_place`."""
        self._presenting.check_place(_PART[how], reader)

    def insert(self, name: str) -> None:
        self._presenting.insert(name, chip_of(name, self._in_hand(name)))

    def tap(self, name: str, *, beside: str = "") -> None:
        """Hold the card into the field until the terminal has read it, and take it away; `beside` names one that is held with it."""
        if beside == name:
            raise BenchMisuse(f"there is one card {name!r}: name another one beside it")
        others = {beside: face_of(beside, self._in_hand(beside))} if beside else {}
        self._presenting.tap({name: face_of(name, self._in_hand(name)), **others})

    def swipe(self, name: str) -> None:
        self._presenting.swipe(name, stripe_of(name, self._in_hand(name)))

    @property
    def card_in_slot(self) -> str:
        """The name of the card that was inserted and is still in the slot; "" for none."""
        return self._presenting.card_in_slot

    def _in_hand(self, name: str) -> VirtualCard:
        """The card, where it can be presented here. Raises `BenchMisuse` while it is in the slot of another terminal."""
        self._card, self._card_name = self.bench.into_hand(name, self), name
        return self._card

    def remove_card(self) -> None:
        """Take the card out of the slot; a person may have done so already."""
        self._presenting.remove()

    def give_back(self) -> None:
        """Switch the terminal off, and have the card taken out that a person was asked for."""
        self.board.switch_off()
        self._presenting.give_back()

    def tear_after(self, step: str) -> None:
        """Take the next card away after a step of its conversation: `gpo`, `genac1`, ..., or `apdu 3`."""
        self._presenting.tear_after(step)

    def listen(self) -> None:
        """Post what a real reader has reported meanwhile."""
        self._presenting.listen()

    def _taken_up(self, name: str) -> VirtualCard:
        self._card, self._card_name = self.bench.card(name), name
        return self._card

    def _taken(self, event: Event) -> bool:
        self.board.panel.ignored = ""
        self.post(event)
        return not self.board.panel.ignored
