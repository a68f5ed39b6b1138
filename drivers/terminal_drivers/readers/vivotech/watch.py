"""A host watches a NEO reader for cards and swipes in turn, since the reader cannot do both at once.

1. The reader reads stripes by itself only in auto-poll with burst mode on (NEO 2 guide, 3.3). It looks for cards on our behalf
   only in pass-through mode, when Poll for Token and Get ATR ask it to (3.2.4, 8.12.3, 8.12.5). So the host listens, and every
   `LOOKS`th call it asks: pass-through on, Poll for Token of `POLL_TIME`, Get ATR, pass-through off.
2. While a card is in the field, the reader stays in pass-through mode: outside it would begin a transaction of its own
   with that card (3.2.5).
3. While a card is powered, nothing is asked: the line belongs to the conversation with it.
4. A stripe is read only while the head listens. A swipe that meets a question, or the time of rules 2 and 3, is not read, and
   the host cannot notice it: the card must be swiped again. With 50 calls a second the head listens for 1.5 s and is deaf for some 0.13 s: a swipe of
   0.3 s lies wholly in the time of listening in three of four cases, and a card is noticed within 1.6 s.
5. A card that the reader reads by itself while the host listens is no swipe: its burst payload names another application.
   The next question finds the card, if it is still held there.
6. The watch never waits: its caller sets the pace and so the load, which is four commands in `LOOKS` calls.
"""

from contextlib import suppress
from typing import Protocol

from terminal_drivers.base import Change, Presence, ReaderRefused, StripeHead
from terminal_drivers.readers.vivotech.parts import NeoField, NeoSlot

LOOKS = 75
SLOT, FIELD = 0, 1
"""The numbers of slot and field in a `Presence`."""


class PolledHost(Protocol):
    """The host end of a NEO reader (`reader.VivotechReader`), as far as it is polled."""

    @property
    def contact(self) -> NeoSlot: ...
    @property
    def contactless(self) -> NeoField: ...
    @property
    def stripe(self) -> StripeHead: ...
    def poll_mode(self, *, on_demand: bool) -> None: ...
    def burst_mode(self, on: bool) -> None: ...
    def use_pass_through(self, on: bool) -> None: ...
    def changes(self) -> list[Presence]: ...
    def close(self) -> None: ...


class VivotechWatch:
    """Reports swipes, and cards that come into slot and field or leave them.

    `reads_stripes` is false where the reader refuses burst mode, as one does that encrypts what it reads (3.3); `has` says
    whether it has a slot or a field, and `holds` whether a card was there when it was asked last.
    """

    def __init__(self, reader: PolledHost) -> None:
        self._reader = reader
        self._calls = 0
        self._held: set[int] = set()
        self._news: list[Presence] = []
        self._chips: dict[int, NeoField | NeoSlot] = {}
        parts: tuple[tuple[int, NeoField | NeoSlot], ...] = (
            (FIELD, reader.contactless),
            (SLOT, reader.contact),
        )
        for number, chip in parts:
            with suppress(ReaderRefused):  # as in `is_there`
                present = chip.present()
                self._chips[number] = chip
                self._note(number, present=present)
        reader.poll_mode(on_demand=False)
        self.reads_stripes = True
        try:
            reader.burst_mode(True)
        except ReaderRefused:
            self.reads_stripes = False

    def has(self, number: int) -> bool:
        return number in self._chips

    def holds(self, number: int) -> bool:
        return number in self._held

    def left(self, number: int) -> None:
        """Take note that a conversation found no card."""
        self._note(number, present=False)

    def poll(self) -> list[Presence]:
        """Return what happened since the last call; it waits no longer than a question takes. The first call asks."""
        reader = self._reader
        if not (reader.contact.powered or reader.contactless.powered):
            if self._calls % LOOKS == 0:
                self._ask()
            self._calls += 1
            if FIELD not in self._held:
                reader.use_pass_through(False)
        self._news += reader.changes()
        # Handed over only at the end: after an error, the next call returns what was found.
        news, self._news = self._news, []
        return news

    def _ask(self) -> None:
        for number, chip in self._chips.items():
            self._note(number, present=chip.present())

    def _note(self, number: int, *, present: bool) -> None:
        if present != (number in self._held):
            self._held ^= {number}
            self._news.append(Presence(Change.INSERTED if present else Change.REMOVED, number))


def is_there(chip: NeoField | NeoSlot) -> bool:
    """A reader without this part refuses the question, and not as it does where only the card is missing."""
    try:
        chip.present()
    except ReaderRefused:
        return False
    return True
