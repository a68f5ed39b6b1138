"""How a host notices a card held to a NEO reader and hears of swipes too, though the two exclude each other.

1. The reader reads stripes by itself only in auto-poll with burst mode on (NEO 2 guide, 3.3), and it looks for a card in
   the field on our behalf only in pass-through mode, when Poll for Token asks it to (3.2.4, 8.12.3). So the host listens,
   and every `LOOKS`th call it asks once: pass-through on, Poll for Token of `POLL_TIME`, pass-through off.
2. While a card is in the field, the reader stays in pass-through mode: outside it would begin a transaction of its own
   with that card (3.2.5).
3. While a card is powered, nothing is asked: the line belongs to the conversation with it.
4. A stripe is read only while the head listens. A swipe during a question (about `POLL_TIME` of every `LOOKS` calls) or
   in the time of rules 2 and 3 is not read and nobody can tell: swipe again.
5. A card that the reader reads by itself while the host listens is no swipe: its burst payload names another application.
   The next question finds the card, if it is still held there.
6. Nobody waits here: whoever calls sets the pace, and so the load. Three commands in `LOOKS` calls are all there is.
"""

from terminal_drivers.base import Change, Presence, ReaderRefused
from terminal_drivers.readers.vivotech.reader import VivotechReader

LOOKS = 25
FIELD = 1
"""The slot number of the field in what is told; the contact slot is 0."""


class NeoWatch:
    """Tells of swipes, and of cards that come into the field and leave it.

    `hears_stripe` is false where the reader refuses burst mode, as one does that encrypts what it reads (3.3).
    """

    def __init__(self, reader: VivotechReader) -> None:
        self._reader = reader
        self._calls = 0
        self._held = False
        self._news: list[Presence] = []
        reader.poll_mode(on_demand=False)
        self.hears_stripe = True
        try:
            reader.burst_mode(True)
        except ReaderRefused:
            self.hears_stripe = False

    def poll(self) -> list[Presence]:
        """Return what happened since the last call; it waits no longer than a question takes."""
        reader = self._reader
        if not (reader.contact.powered or reader.contactless.powered):
            self._calls += 1
            if self._calls % LOOKS == 0:
                self._ask()
            if not self._held:
                reader.use_pass_through(False)
        self._news += reader.changes()
        # Handed over at the end alone: what an error interrupts is told by the next call.
        news, self._news = self._news, []
        return news

    def _ask(self) -> None:
        found = self._reader.contactless.present()
        if found != self._held:
            self._held = found
            self._news.append(Presence(Change.INSERTED if found else Change.REMOVED, FIELD))
