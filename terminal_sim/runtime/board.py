"""What a terminal's firmware is wired to: reader, acquirer, printer and alarms, on the engine's one thread."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardUnsupported,
    Change,
    ContactSlot,
    DriverError,
    FrameError,
    Presence,
    ReaderRefused,
    Tracks,
)
from terminal_sim.core.events import (
    CardInserted,
    CardRemoved,
    CardSwiped,
    CardTapped,
    Event,
    KernelAsked,
    KernelEnded,
    Paper,
    ReaderChanged,
)
from terminal_sim.core.message import EntryMode, HostReply, HostRequest
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.screen import Screen
from terminal_sim.core.terminal import Terminal
from terminal_sim.emv.data import track
from terminal_sim.emv.talk.answers import Answer, HostDecision
from terminal_sim.emv.talk.asks import Ask, Command, Step
from terminal_sim.emv.talk.card import Stripe
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.readers.parts import CONTACT, Reader
from terminal_sim.runtime.card_vault import Vault


class Delivered(Protocol):
    """What comes back from the acquirer `delay` microseconds after sending."""

    @property
    def delay(self) -> int: ...
    @property
    def reply(self) -> HostReply | None: ...
    @property
    def problem(self) -> str: ...
    @property
    def note(self) -> str: ...


class HostLink(Protocol):
    """The way to the acquirer. `up` is the bench's: the terminal's link and the service behind it."""

    up: bool
    slow: int

    def submit(self, request: HostRequest) -> Sequence[Delivered]: ...


class DrawnScreen(Protocol):
    """What stands on the display (`display.view.View`); two of the same content are equal."""

    @property
    def screen(self) -> Screen: ...
    @property
    def text(self) -> str: ...


class Printer:
    """Paper and what came out of it."""

    def __init__(self) -> None:
        self.paper = Paper.IN
        self.printed: list[Receipt] = []

    def print(self, receipt: Receipt) -> bool:
        """Whether it came out."""
        if self.paper is Paper.OUT:
            return False
        self.printed.append(receipt)
        return True


@dataclass(eq=False)
class Board:
    """One terminal's wiring. A power cut leaves what is durable outside: `firmware` goes, printer and reader stay.

    `passed` counts the swipes and taps that its readers have told, whether somebody wanted them or not; `inserted` the cards
    that were put into the slot, and `begun` how many of these there were when a conversation was begun with one last.
    """

    name: str
    reader: Reader
    link: HostLink
    printer: Printer
    kernel: KernelConfig
    vault: Vault = field(default_factory=Vault)
    firmware: Terminal | None = None
    power: int = 0
    alarms: dict[str, int] = field(default_factory=dict)
    open: frozenset[EntryMode] = frozenset()
    card_in: bool = False
    passed: int = 0
    inserted: int = 0
    begun: int = 0
    lights: dict[str, str] = field(default_factory=dict)
    beeps: int = 0
    out_of_service: str = ""
    conversation: CardConversation | None = None
    torn: Callable[[int, Step, bool], None] = lambda _slot, _step, _apdu: None
    draw: Callable[[], DrawnScreen | None] = lambda: None
    shown: DrawnScreen | None = None
    boot: int = 0
    ignored: str = ""
    fuse: int = 0
    reader_linked: bool = True
    reader_lost: bool = False
    reader_silent: bool = False

    def switch_off(self) -> None:
        """Nothing of the firmware's memory survives: what matters is in the journal."""
        self.stop_listening()
        self.firmware = None
        self.power += 1
        self.alarms.clear()

    @property
    def has_reader(self) -> bool:
        """Whether the firmware can reach its readers now."""
        return self.reader_linked and not self.reader_lost

    def standing(self) -> list[Event]:
        """Whether there is a reader, and the card that stands in it, as a firmware is told that knows of neither."""
        found: list[Event] = [ReaderChanged(self.has_reader)]
        return [*found, CardInserted()] if self.has_reader and self.card_in else found

    def poll(self, timeout: float = 0.0) -> list[Event] | None:
        """What happened in front of the readers, as far as the firmware listens to them now; None where nothing did."""
        try:
            changes = self.reader.poll(timeout)
        except DriverError:
            if self.reader_lost:
                return None
            self.reader_lost, self.card_in = True, False
            return [ReaderChanged(False)]
        found = self.reader_lost or self.reader_silent
        self.reader_lost = self.reader_silent = False
        if not changes and not found:
            return None
        noticed = [event for change in changes for event in self._noticed(change)]
        if not self.reader_linked:
            return []
        if found:
            return [*self.standing(), *(e for e in noticed if isinstance(e, CardSwiped | CardTapped))]
        return noticed

    def listen(self, entries: tuple[EntryMode, ...]) -> Iterator[Event]:
        """Open the reader for `entries`; a card that is in the slot already counts as inserted."""
        self.open = frozenset(entries)
        self.lights = {entry.value: "on" for entry in entries}
        if self.card_in and EntryMode.CHIP in self.open:
            yield CardInserted()

    def card_left(self) -> None:
        """The conversation has found the slot empty."""
        self.card_in = False

    def fall_silent(self) -> None:
        """The conversation has lost its reader: the next poll tells whether it is there again."""
        self.reader_silent = True

    def stop_listening(self) -> None:
        self.open = frozenset()
        self.lights = {}
        if self.conversation is not None:
            self.conversation.close()
            self.conversation = None

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
            elif was_in:  # else the conversation with it has told already
                yield CardRemoved()
        elif change.change is Change.INSERTED:
            self.passed += 1
            if EntryMode.CONTACTLESS in self.open:
                yield CardTapped()

    def _swipes(self) -> list[Tracks]:
        """What was swiped; nothing where the head was lost after it told, as the next poll tells."""
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


class CardConversation:
    """The kernel's generator and the slot that its commands go to.

    `seen` hears each command with its response; `torn` hears of each step once it is done, and whether it was
    a command: whoever tears cards does it there. `gone` hears that a card has left the slot, before its reader says
    so, and `lost` that the reader itself is away. A card that does not even answer to reset ends as `mute`.
    """

    def __init__(
        self,
        slot: ContactSlot,
        kernel: Generator[Ask, Answer, Outcome],
        seen: Callable[[Command, bytes], None],
        torn: Callable[[Step, bool], None],
        gone: Callable[[], None] | None,
        lost: Callable[[], None],
        mute: Verdict,
    ) -> None:
        self._gone = gone
        self._lost = lost
        self._mute = mute
        self._slot = slot
        self._kernel = kernel
        self._seen = seen
        self._torn = torn

    def begin(self) -> Event:
        """Power the card and let the kernel speak until it asks for something that only a person or the host has."""
        try:
            self._slot.power_on()
        except CardAbsent:
            return self._left()
        except (CardMute, CardUnsupported, FrameError) as error:
            return KernelEnded(Outcome(verdict=self._mute, reason=str(error)))
        except ReaderRefused as refused:
            return _refused(refused)
        except DriverError:
            return self._without_reader()
        return self._run(lambda: next(self._kernel))

    def resume(self, answer: Answer) -> Event:
        if isinstance(answer, HostDecision):
            self._torn(Step.ONLINE, False)
        return self._run(lambda: self._kernel.send(answer))

    def close(self) -> None:
        """Abandon the conversation; a card that is gone, or a reader that is, needs no power-off."""
        self._kernel.close()
        with suppress(DriverError):
            self._slot.power_off()

    def _left(self) -> Event:
        if self._gone is not None:
            self._gone()
        return CardRemoved()

    def _without_reader(self) -> Event:
        self._lost()
        return ReaderChanged(False)

    def _run(self, start: Callable[[], Ask]) -> Event:
        try:
            ask = start()
            while isinstance(ask, Command):
                response = self._slot.transmit(ask.apdu)
                self._seen(ask, response)
                self._torn(ask.step, True)
                ask = self._kernel.send(response)
        except StopIteration as end:
            return KernelEnded(end.value)
        except CardAbsent:
            return self._left()
        except (CardMute, FrameError) as error:
            return KernelEnded(Outcome(verdict=Verdict.CARD_ERROR, reason=str(error)))
        except ReaderRefused as refused:
            return _refused(refused)
        except DriverError:
            return self._without_reader()
        return KernelAsked(ask)


def _refused(refused: ReaderRefused) -> Event:
    """A reader that is busy or at fault is there: only this card could not be read."""
    return KernelEnded(Outcome(verdict=Verdict.CARD_ERROR, reason=str(refused)))
