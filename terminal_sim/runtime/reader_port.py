"""The port by which a firmware reaches its readers: what stands in front of them, and what of it reaches the firmware now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from msgspec import Struct

from terminal_drivers.base import Change, DriverError, Presence, Tracks
from terminal_sim.core.events import CardInserted, CardRemoved, CardSwiped, CardTapped, Event, ReaderChanged
from terminal_sim.core.message import EntryMode
from terminal_sim.emv.data import track
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.card import Stripe
from terminal_sim.readers.parts import CONTACT, Reader
from terminal_sim.runtime.conversation import CardConversation, ConversationState


class ReaderPortState(Struct, frozen=True):
    """The facts of a port that is linked to readers in reach, and the conversation that is under way at it."""

    open: frozenset[EntryMode]
    card_in: bool
    passed: int
    inserted: int
    begun: int
    spent: int
    linked: bool
    conversation: ConversationState | None


@dataclass(eq=False, slots=True)
class ReaderPort:
    """The readers of one terminal. They keep their power when the firmware loses its own.

    `open` is what the firmware listens for. `passed` counts the swipes and taps that the readers reported, wanted or not;
    `inserted` counts the cards that were put into the slot; `begun` is that count when a conversation was last begun, `spent` when it was one of a payment.
    `linked` is false while the link between firmware and readers is down, `lost` while a reader does not answer, and `silent`
    holds the ports of a bench from a failed exchange with their reader to its next answer. `torn` gets each step of a conversation, with its slot.
    """

    reader: Reader
    open: frozenset[EntryMode] = frozenset()
    card_in: bool = False
    passed: int = 0
    inserted: int = 0
    begun: int = 0
    spent: int = 0
    linked: bool = True
    lost: bool = False
    silent: set[ReaderPort] = field(default_factory=set, repr=False)
    conversation: CardConversation | None = None
    torn: Callable[[int, Step, bool], None] = lambda _slot, _step, _apdu: None

    @property
    def in_reach(self) -> bool:
        """Whether the firmware can reach its readers now."""
        return self.linked and not self.lost

    def snapshot(self) -> ReaderPortState:
        talk = self.conversation
        return ReaderPortState(
            self.open,
            self.card_in,
            self.passed,
            self.inserted,
            self.begun,
            self.spent,
            self.linked,
            talk.snapshot() if talk is not None else None,
        )

    def restore(self, state: ReaderPortState) -> None:
        """Have the facts of that moment; the card and the conversation come by themselves."""
        if self.conversation is not None:
            self.conversation.drop()
            self.conversation = None
        self.lost = False
        self.silent.discard(self)
        self.open, self.card_in, self.linked = state.open, state.card_in, state.linked
        self.passed, self.inserted = state.passed, state.inserted
        self.begun, self.spent = state.begun, state.spent

    def standing(self) -> list[Event]:
        """Return whether there is a reader, and the card in its slot: the first reports to a firmware that has just started."""
        found: list[Event] = [ReaderChanged(self.in_reach)]
        return [*found, self._in_slot()] if self.in_reach and self.card_in else found

    def poll(self, timeout: float = 0.0) -> list[Event] | None:
        """What happened in front of the readers, as far as the firmware listens to them now; None where nothing did."""
        try:
            changes = self.reader.poll(timeout)
        except DriverError:
            if self.lost:
                return None
            self.lost, self.card_in = True, False
            return [ReaderChanged(False)]
        found = self.lost or self in self.silent
        self.lost = False
        self.silent.discard(self)
        if not changes and not found:
            return None
        noticed = [event for change in changes for event in self._noticed(change)]
        if not self.linked:
            return []
        if found:
            return [*self.standing(), *(e for e in noticed if isinstance(e, CardSwiped | CardTapped))]
        return noticed

    def forget(self) -> None:
        """Let nobody hear what has happened in front of the readers, a swipe whose report was never asked for included."""
        self.reader.poll()
        self._swipes()

    def listen(self, entries: tuple[EntryMode, ...]) -> list[Event]:
        """Open the readers for `entries`; a card that is in the slot already counts as inserted.

        A card whose conversation came to its end in the field, or to a wait for a second tap, has no power any more: some readers look for
        no other one before.
        """
        self.open = frozenset(entries)
        if self.conversation is not None and self.conversation.is_contactless:
            self.conversation.power_off()
        return [self._in_slot()] if self.card_in and EntryMode.CHIP in self.open else []

    def stop_listening(self) -> None:
        """Close the readers and abandon a conversation that is under way."""
        self.open = frozenset()
        if self.conversation is not None:
            self.conversation.close()
            self.conversation = None

    def part(self) -> None:
        """Lose the link to the firmware: nothing is listened for, and a chip is left. What was tapped has said all, and its kernel goes on."""
        self.linked = False
        if self.conversation is not None and self.conversation.is_contactless:
            self.open = frozenset()
        else:
            self.stop_listening()

    def card_left(self) -> None:
        """The conversation has found the slot empty."""
        self.card_in = False

    def fall_silent(self) -> None:
        """The conversation has lost its reader: the next poll says whether it is there again."""
        self.silent.add(self)

    def _in_slot(self) -> CardInserted:
        return CardInserted(spent=self.spent == self.inserted > 0)

    def _noticed(self, change: Presence) -> Iterator[Event]:
        if change.change is Change.SWIPED:
            self.passed += 1
            for tracks in self._swipes():
                if EntryMode.STRIPE in self.open:
                    yield CardSwiped(_stripe(tracks))
        elif change.slot == CONTACT:
            was_in, self.card_in = self.card_in, change.change is Change.INSERTED
            if self.card_in:
                self.inserted += 1
                yield CardInserted()
            elif was_in:  # else the conversation with it has reported this already
                yield CardRemoved()
        elif change.change is Change.INSERTED:
            self.passed += 1
            if EntryMode.CONTACTLESS in self.open:
                yield CardTapped()

    def _swipes(self) -> list[Tracks]:
        """What was swiped; nothing where the head was lost after its report, as the next poll says."""
        with suppress(DriverError):
            return self.reader.stripe.poll()
        return []


def _stripe(tracks: Tracks) -> Stripe | None:
    found = {1: tracks.track1, 2: tracks.track2, 3: tracks.track3}
    readable = {number: text for number, text in found.items() if isinstance(text, str)}
    try:
        return track.parse(readable)
    except track.TrackError:
        return None
