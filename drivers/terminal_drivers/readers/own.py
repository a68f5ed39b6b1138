"""A reader with both ends of ours as the reader of a terminal, where nothing but its parts is needed for that."""

from terminal_drivers.base import ContactlessField, ContactSlot, PartedReader, Presence, StripeHead
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.readers.protocol import CardControls, HostReader


class OwnParts:
    """The parts of the host end, with the `controls` before them; a part that it does not have raises `Misuse`."""

    def __init__(self, both: BothEnds[HostReader, object], controls: CardControls) -> None:
        self.controls = controls
        self.close = both.close
        self._host = both.host
        self._parts: PartedReader = both.host.parted()

    @property
    def contact(self) -> ContactSlot:
        return self._parts.contact

    @property
    def contactless(self) -> ContactlessField:
        return self._parts.contactless

    @property
    def stripe(self) -> StripeHead:
        return self._parts.stripe

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return what happened since the last call; where it is nothing, wait up to `timeout` s."""
        news = self._parts.poll()
        if not news and timeout:
            self._host.wait(timeout)
            news = self._parts.poll()
        return news
