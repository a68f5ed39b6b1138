"""A ViVOtech2 reader with both ends of ours as the reader of a terminal."""

from terminal_drivers.base import Card, ContactlessField, ContactSlot, Presence, Stripe, StripeHead, Tracks
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.vivotech.both_ends import VivotechControls
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import Place
from terminal_drivers.readers.vivotech.watch import LOOKS, VivotechWatch


class OwnVivotech:
    """A reader of which `both` are the ends, with the `controls` before it. No thread polls it: each poll asks at once what a
    monitored one is asked in time, so that no script waits.
    """

    def __init__(self, both: BothEnds[VivotechReader, VivotechControls]) -> None:
        self.controls = OwnControls(both.device, self)
        self.close = both.close
        self._host = both.host
        self._watch = VivotechWatch(both.host)
        self._news: list[Presence] = []
        self.contact: ContactSlot = both.host.contact
        self.contactless: ContactlessField = both.host.contactless
        self.stripe: StripeHead = both.host.stripe

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return what happened since the last call; where it is nothing, wait `timeout` s for a swipe."""
        self.look()
        if not self._news:
            self._news += self._host.changes(timeout)
        news, self._news = self._news, []
        return news

    def look(self) -> None:
        """Ask once, and keep the answer for `poll`. The head listens afterwards, unless a card is in the field or powered."""
        for _ in range(LOOKS):
            self._news += self._watch.poll()


class OwnControls:
    """Cards in front of the reader; each act is done at once."""

    reports_late = True  # a card that is torn away is missed only when its conversation is over

    def __init__(self, controls: VivotechControls, reader: OwnVivotech) -> None:
        self._controls = controls
        self._reader = reader

    def insert(self, card: Card) -> None:
        self._controls.insert(card)

    def tap(self, card: Card) -> None:
        # The card before may have left after the last poll: without that news this one would be the same to the reader.
        self._reader.look()
        self._controls.tap(card)

    def leave(self) -> None:
        self._controls.remove(Place.FIELD)

    def swipe(self, stripe: Stripe) -> None:
        self._reader.look()
        self._controls.swipe(Tracks(stripe.get(1), stripe.get(2), stripe.get(3)))

    def remove(self) -> None:
        self._controls.remove()
