"""A card that fails once: at one of its commands it is torn away, silent, damaged or without its session."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from msgspec import Struct, structs

from terminal_drivers.base import Card, CardMute, CardRemoved, FrameError
from terminal_drivers.iso7816.atr import Atr

_INTERNAL_ERROR = bytes.fromhex("6F00")
_MORE_TO_COME = bytes.fromhex("61FF")  # more data to be fetched by GET RESPONSE (ISO/IEC 7816-4, 5.3.4)
_NESTED = b"".join(bytes((0x70, length)) for length in range(250, -2, -2)) + bytes.fromhex("9000")


class CardFault(Enum):
    """How a card fails at one command, or its stripe when it is swiped; the value is the name of the fault.

    A card that is torn, mute or reset has not taken the command; at the others it has carried it out.
    """

    TORN = "card-torn"
    ANSWER_LOST = "card-answer-lost"
    MUTE = "card-mute"
    SHORT = "card-short"
    GARBAGE = "card-garbage"
    FAILURE = "card-failure"
    RESET = "card-reset"
    ENDLESS = "card-endless"
    NESTED = "card-nested"
    STRIPE = "stripe-unreadable"


class ComingFault(Struct, frozen=True):
    """A `fault` that strikes the card's `command`-th command from now."""

    fault: CardFault
    command: int = 1

    def __str__(self) -> str:
        """As a script says it."""
        return self.fault.value if self.command == 1 else f"{self.fault.value} {self.command}"


@dataclass(eq=False, slots=True)
class NextCommand:
    """The commands to any card before a terminal's readers; `fault` is how a card fails at one of them, None where none does."""

    fault: ComingFault | None = None

    def strike(self) -> CardFault | None:
        """How the card fails at the command that comes now."""
        coming = self.fault
        return None if coming is None or coming.fault is CardFault.STRIPE else self._next(coming)

    def spoils_stripe(self) -> bool:
        """Whether the stripe that is swiped now cannot be read."""
        coming = self.fault
        return coming is not None and coming.fault is CardFault.STRIPE and self._next(coming) is not None

    def _next(self, coming: ComingFault) -> CardFault | None:
        if coming.command > 1:
            self.fault = structs.replace(coming, command=coming.command - 1)
            return None
        self.fault = None
        return coming.fault


class FailingCard:
    """`card`, which fails where `next_command` says so, and answers every other command.

    Garbage is the answer with each bit of its data inverted, or of its status word where it has no data. A short one lacks the last byte
    of its data; where it has none the status word breaks off, and the reader waits for the rest in vain. A card that was reset has forgotten its session, and has another ATR.
    """

    def __init__(self, card: Card, next_command: NextCommand) -> None:
        self._card = card
        self._next = next_command
        self._endless = False
        self._atr: bytes | None = None

    @property
    def atr(self) -> bytes:
        return self._card.atr if self._atr is None else self._atr

    def reset(self) -> bytes:
        self._endless = False
        answer = self._card.reset()
        return answer if self._atr is None else self._atr

    def transmit(self, apdu: bytes) -> bytes:
        if self._endless:
            return _MORE_TO_COME
        if self._next.fault is None:
            return self._card.transmit(apdu)
        match self._next.strike():
            case None:
                return self._card.transmit(apdu)
            case CardFault.TORN:
                raise CardRemoved("the card was pulled out")
            case CardFault.ANSWER_LOST:
                self._card.transmit(apdu)
                raise CardRemoved("the card was pulled out before it answered")
            case CardFault.MUTE:
                raise CardMute("the card does not answer")
            case CardFault.SHORT:
                return _short(self._card.transmit(apdu))
            case CardFault.GARBAGE:
                return _inverted(self._card.transmit(apdu))
            case CardFault.FAILURE:
                self._card.transmit(apdu)
                return _INTERNAL_ERROR
            case CardFault.ENDLESS:
                self._endless = True
                return _MORE_TO_COME
            case CardFault.NESTED:
                self._card.transmit(apdu)
                return _NESTED
            case CardFault.STRIPE:
                return self._card.transmit(apdu)
            case CardFault.RESET:
                self._atr = _another(self._card.reset())
                return self._card.transmit(apdu)


def _inverted(response: bytes) -> bytes:
    data, status = response[:-2], response[-2:]
    if not data:
        return bytes(byte ^ 0xFF for byte in status)
    return bytes(byte ^ 0xFF for byte in data) + status


def _short(response: bytes) -> bytes:
    data, status = response[:-2], response[-2:]
    if not data:
        raise CardMute("the card has sent half a status word")
    return data[:-1] + status


def _another(atr: bytes) -> bytes:
    """The ATR with another last historical byte; one that has none, or cannot be read, stays as it is."""
    try:
        read = Atr.parse(atr)
    except FrameError:
        return atr
    if not read.historical:
        return atr
    *first, last = read.historical
    return structs.replace(read, historical=bytes((*first, last ^ 0x01))).build()
