"""What every served reader has: controls in front of it, and the words by which other software finds it.

`instructions` is printed for people; `pcscd_entry` is what pcsc-lite wants to read in its configuration folder (pcscd(8),
reader.conf(5)).
"""

from pathlib import Path
from typing import Protocol

from terminal_drivers.base import Card, Misuse, Stripe
from terminal_drivers.readers.pin_prompt import Key

IN_A_FOLDER = "# for a file in a folder of its own, and then: pcscd --foreground --config FOLDER\n"
FIELD = 1
"""The number of a field among the slots."""
TERMINALS = Path("/dev/pts")
"""Where Linux has the far sides of its pseudo-terminals."""
NO_PAD = "this reader has no PIN pad"


class Served(Protocol):
    """The controls in front of a served reader: `slots` is how many it has, `path` where hosts find it."""

    @property
    def path(self) -> str: ...
    @property
    def pcscd_entry(self) -> str: ...
    @property
    def instructions(self) -> str: ...
    @property
    def slots(self) -> int: ...
    def insert(self, card: Card, slot: int = 0) -> None: ...
    def remove(self, slot: int = 0) -> None: ...
    def holds(self, slot: int = 0) -> bool: ...
    def tap(self, card: Card) -> None:
        """Hold a card into the field, where it stays until it is removed from `FIELD`."""
        ...

    def swipe(self, stripe: Stripe) -> None: ...
    def press(self, *keys: str | Key) -> None:
        """Press keys of the PIN pad: strings of digits, and `Key`."""
        ...

    def close(self) -> None: ...


class NoPad:
    """What a reader has that has no PIN pad."""

    def press(self, *keys: str | Key) -> None:  # noqa: ARG002 - there is no pad for them
        raise Misuse(NO_PAD)


class SlotsAlone(NoPad):
    """What a reader has that is nothing but slots."""

    def tap(self, card: Card) -> None:  # noqa: ARG002 - there is no field for it
        raise Misuse("this reader has no contactless field: insert the card")

    def swipe(self, stripe: Stripe) -> None:  # noqa: ARG002 - there is no head for it
        raise Misuse("this reader has no stripe head")


def entry(name: str, device: str, library: str) -> str:
    """An entry of pcscd's configuration."""
    return f'FRIENDLYNAME "{name}"\nDEVICENAME   {device}\nLIBPATH      {library}\n'


def unlink_dead(link: Path | None) -> None:
    """Take away a link to a pseudo-terminal that is gone; one to anything else is not ours, even where it dangles."""
    if link is not None and link.is_symlink() and link.readlink().parent == TERMINALS and not link.exists():
        link.unlink()  # it was left behind by a process that was killed
