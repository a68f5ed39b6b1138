"""The narrow waist of the driver layer: what a transport, a card and a reader promise, and whose fault an
error is.

1. Bytes cross a `Transport`; commands reach a chip through a `Card`; a host sees a reader as small
   capabilities.
2. Every error is a `DriverError`. `Misuse` is ours, `FrameError` the peer's; the others are events of the
   real world.
3. Nothing here imports another module of the package.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from msgspec import Struct


class DriverError(Exception):
    """The root of every error that this package raises on purpose."""


class Misuse(DriverError):
    """The caller broke a rule of the interface: a wrong value, or a call in the wrong state."""


class UnsafeAddress(Misuse):
    """Card data would leave this machine in clear, which nobody has allowed."""


class FrameError(DriverError):
    """The peer (reader or card) sent bytes that its protocol does not allow."""


class ReaderLost(DriverError):
    """The reader does not answer within its deadline, or its line is gone."""


class ReaderRefused(DriverError):
    """The reader understood the command and failed it; `code` is its protocol's error code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class CardAbsent(DriverError):
    """The slot is empty."""


class CardRemoved(CardAbsent):
    """The card that was powered is no longer the card in the slot."""


class CardMute(DriverError):
    """The card is there and does not answer."""


class CardCollision(DriverError):
    """Several cards are in the field, so that none of them is selected."""


class CardUnsupported(DriverError):
    """The card offers only transmission protocols that this driver does not speak."""


class Transport(Protocol):
    """One end of a line that carries bytes both ways, in order."""

    def read(self, n: int, timeout: float) -> bytes:
        """Return 1 to `n` bytes as soon as at least one is there.

        `b""` means one thing only: `timeout` seconds (0: do not wait) have passed and nothing came.
        A far end that is closed or gone raises `ReaderLost`, after the bytes it sent before have been read.
        """
        ...

    def write(self, data: bytes) -> None:
        """Hand all of `data` to the line; `ReaderLost` where the far end is gone."""
        ...

    def close(self) -> None:
        """Give the line back; a second call does nothing. Reading or writing afterwards is `Misuse`."""
        ...


@runtime_checkable
class SpeedChange(Protocol):
    """A transport whose speed can be changed while it is open."""

    def set_speed(self, baud: int) -> None:
        """Talk at `baud` bit/s from now on; `ReaderLost` where the line is gone or has no such speed."""
        ...


class LineDevice(Protocol):
    """The device end of a line as pure bytes in, bytes out: a line pumps it and it never waits."""

    def feed(self, data: bytes) -> None:
        """Take bytes from the host, in any chunking."""
        ...

    def take(self) -> bytes:
        """Hand over what the device has to say since the last call; `b""` if nothing."""
        ...


@runtime_checkable
class SpeedListener(Protocol):
    """A device end to which the speed of its host's line matters; a line with a speed gives it before each `feed`."""

    def host_speed(self, baud: int) -> None:
        """Take note that the host's line runs at `baud` bit/s from here on."""
        ...


class Line(Protocol):
    """A line whose far end is a `LineDevice` of ours."""

    def open(self) -> Transport:
        """Return the host end."""
        ...

    def act(self, what: Callable[[], None]) -> None:
        """Run `what`, which changes the device, while the line leaves the device alone; then carry to the host
        what the device has to say.
        """
        ...

    def close(self) -> None:
        """Stop the device end; the host end then raises `ReaderLost`."""
        ...


class Card(Protocol):
    """A chip as its reader sees it."""

    @property
    def atr(self) -> bytes:
        """The answer to reset (ISO/IEC 7816-3, 8)."""
        ...

    def reset(self) -> bytes:
        """Forget the session and return the ATR. `CardMute` where the chip does not answer, `CardCollision` where it is not alone."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """C-APDU in, short or extended; R-APDU (data, SW1, SW2) out. `CardMute` or `CardRemoved` where no answer comes.

        T=0 does not carry the Le of a case 4 command (ISO/IEC 7816-3, 12.2.5): behind a T=0 slot such a
        command arrives without it, and the card returns its data all the same.
        """
        ...


class Change(Enum):
    """What happened in front of a reader."""

    INSERTED = "inserted"
    REMOVED = "removed"
    SWIPED = "swiped"


class Presence(Struct, frozen=True):
    """A change that the reader reported by itself; `slot` is None for a swipe."""

    change: Change
    slot: int | None


class TrackMark(Enum):
    """What stands in place of the text of a track."""

    UNREADABLE = "unreadable"


Track = str | TrackMark | None


@dataclass(frozen=True, slots=True)
class Tracks:
    """One swipe: the ASCII of each track with its sentinels, a mark where it was damaged, None where it is
    blank.

    The text is card data in clear, so `repr` shows only what kind of content each track has.
    """

    track1: Track = None
    track2: Track = None
    track3: Track = None

    def __repr__(self) -> str:
        kinds = (
            f"<{len(t)} characters>" if isinstance(t, str) else t
            for t in (self.track1, self.track2, self.track3)
        )
        return f"Tracks({', '.join(str(kind) for kind in kinds)})"


Stripe = Mapping[int, str]
"""Track number (1..3) to what is on it."""


class ContactSlot(Protocol):
    """A slot that a chip card is put into."""

    def present(self) -> bool:
        """Ask the reader whether a card is there."""
        ...

    def power_on(self) -> bytes:
        """Reset the card and return its ATR. `CardAbsent`, `CardMute`, `CardUnsupported`, in a field `CardCollision`; `FrameError`:
        bad ATR.
        """
        ...

    def power_off(self) -> None:
        """Cut the card's power; no error where no card is there."""
        ...

    def transmit(self, apdu: bytes) -> bytes:
        """C-APDU in, R-APDU with SW1 SW2 out; extended ones where reader and card take them. `CardRemoved`, `CardMute`; `Misuse` before `power_on`."""
        ...


class ContactlessField(ContactSlot, Protocol):
    """A field that a card or phone is held into: the same calls, and the ATR is built by the reader (PC/SC
    part 3).
    """


class StripeHead(Protocol):
    """A head that reads magnetic stripes."""

    def poll(self, timeout: float = 0.0) -> list[Tracks]:
        """Return the swipes since the last call, oldest first; where there is none, wait `timeout` s for one.

        `FrameError` where the head sent something that is no swipe (that line is dropped).
        """
        ...


class ReaderPart(Enum):
    """What a terminal reads cards with, as a `PartedReader` names it."""

    CONTACT = "contact"
    CONTACTLESS = "contactless"
    STRIPE = "stripe"


class PartedReader(Protocol):
    """An open reader by its parts. A part that it does not have raises `Misuse` when it is asked for."""

    @property
    def contact(self) -> ContactSlot: ...
    @property
    def contactless(self) -> ContactlessField: ...
    @property
    def stripe(self) -> StripeHead: ...
    def poll(self) -> list[Presence]:
        """Return what happened in front of the reader since the last call; it does not wait."""
        ...

    def close(self) -> None: ...


Trace = Callable[[str, str, int, int, int], None]
"""(direction, message name, slot, sequence number, payload length): never the payload."""
