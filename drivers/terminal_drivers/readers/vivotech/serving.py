"""A virtual NEO reader that is served on a pseudo-terminal."""

from pathlib import Path

from terminal_drivers.base import Card, Misuse, Stripe, Tracks
from terminal_drivers.readers.served import FIELD, NoPad, unlink_dead
from terminal_drivers.readers.vivotech.both_ends import BAUD
from terminal_drivers.readers.vivotech.virtual import Place, VirtualVivotech


class ServedVivotech(NoPad):
    """A NEO reader at the far side of a pseudo-terminal. pcscd has no driver for it: its hosts speak ViVOtech2."""

    pcscd_entry = ""
    slots = 2

    def __init__(self, link: Path | None = None) -> None:
        # Imported here: it needs pyserial and a system with pseudo-terminals.
        from terminal_drivers.transports.pty import PtyLine

        unlink_dead(link)
        self._reader = VirtualVivotech()
        self._line = PtyLine(self._reader, link, baud=BAUD)
        self.path = str(link.absolute()) if link is not None else self._line.path
        self.instructions = f"# for a terminal: terminal-sim run FILE --reader vivotech+serial:{self.path}\n"

    def insert(self, card: Card, slot: int = 0) -> None:
        act = self._reader.insert if _place(slot) is Place.SLOT else self._reader.tap
        self._line.act(lambda: act(card))

    def remove(self, slot: int = 0) -> None:
        self._line.act(lambda: self._reader.remove(_place(slot)))

    def holds(self, slot: int = 0) -> bool:
        return self._reader.holds(_place(slot))

    def tap(self, card: Card) -> None:
        self.insert(card, FIELD)

    def swipe(self, stripe: Stripe) -> None:
        """`Misuse` where the head does not listen, as while its host looks for a card in the field: swipe again."""
        tracks = Tracks(stripe.get(1), stripe.get(2), stripe.get(3))
        self._line.act(lambda: self._reader.swipe(tracks))

    def close(self) -> None:
        self._line.close()


def _place(slot: int) -> Place:
    if slot not in (0, FIELD):
        raise Misuse(f"a NEO reader has slot 0 and its field {FIELD}, no slot {slot}")
    return Place.FIELD if slot else Place.SLOT
