"""A real reader as a terminal has it: a thread polls it, and the engine's thread only takes what that found.

1. A look (`look`) asks for news under the lock that every exchange with a card takes, and posts them to a queue. A thread looks
   at a `MonitoredReader`; of a replayed reader the recording says when to look again.
2. A reader that does not answer is closed and opened again until it is there; meanwhile every call is `ReaderLost`.
3. After a reconnect, news queued before the loss is discarded, and the slot is asked: that the reader is back and what stands in
   the slot come as one piece of news, so that no slot is taken for empty before it was asked. A card that stands there when the
   reader is opened first is reported at once.
4. Half a second apart, a look asks whether the card is there: a removal that the reader did not report ends the conversation too.
5. `close` joins the thread.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from queue import Empty, SimpleQueue
from threading import Event, RLock, Thread
from typing import Protocol, TypeVar

from terminal_drivers.base import (
    CardRemoved,
    Change,
    ContactlessField,
    ContactSlot,
    DriverError,
    FrameError,
    Misuse,
    PartedReader,
    Presence,
    ReaderLost,
    ReaderPart,
    StripeHead,
    Tracks,
)
from terminal_drivers.readers.parted import ForwardingSlot
from terminal_sim.readers.parts import CONTACT

LOOK = 0.02  # seconds between two looks at what a reader says by itself
ASK = 25  # looks between two questions whether the reader and its card are there: half a second
PATIENCE = 2.0  # seconds for the thread to come to its end

T = TypeVar("T")


def unheard() -> None:
    """Ignore that there are news."""


class Log(Protocol):
    """Records looks and uses: each of them happens within its context."""

    def using(self) -> AbstractContextManager[object]: ...
    def looking(self, *, ask: bool) -> AbstractContextManager[object]: ...
    def noticed(self) -> None:
        """The look that lasts has found news."""
        ...


class Unlogged:
    """Records nothing."""

    def using(self) -> AbstractContextManager[object]:
        return nullcontext()

    def looking(self, *, ask: bool) -> AbstractContextManager[object]:  # noqa: ARG002
        return nullcontext()

    def noticed(self) -> None:
        """Nothing is recorded."""


class PolledReader:
    """Opens the reader with `connect`, at once, and by a look after each loss. Raises what `connect` raises where it is not there
    now, and `ReaderLost` where nothing answers. `on_news` is called in the thread that looks, whenever `poll` has news.
    """

    def __init__(
        self,
        connect: Callable[[], PartedReader],
        on_news: Callable[[], None] = unheard,
        log: Log | None = None,
    ) -> None:
        self._connect = connect
        self._on_news = on_news
        self._log = log or Unlogged()
        self._lock = RLock()
        self._device: PartedReader | None
        with self._log.using():
            self._device, self._present = self._opened()
        self.pulled = False
        self._news: SimpleQueue[list[Presence] | ReaderLost] = SimpleQueue()
        self._lost: ReaderLost | None = None
        self.contact: ContactSlot = _Contact(self, lambda device: device.contact)
        self.contactless: ContactlessField = _PolledSlot(self, lambda device: device.contactless)
        self.stripe: StripeHead = _PolledHead(self)
        if self._present:
            self._tell([Presence(Change.INSERTED, CONTACT)])

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """What the looks have found, oldest first; where it is nothing, wait `timeout` s. `ReaderLost` while it is away."""
        try:
            news = self._news.get(timeout=timeout) if timeout else self._news.get_nowait()
        except Empty:
            if self._lost is not None:
                raise self._lost from None
            return []
        if isinstance(news, ReaderLost):
            self._lost = news
            raise news
        self._lost = None
        return news

    def use(self, what: Callable[[PartedReader], T]) -> T:
        """Do something with the reader; one that is lost over it is closed."""
        with self._lock, self._log.using():
            if self._device is None:
                raise ReaderLost("the reader is away")
            try:
                return what(self._device)
            except ReaderLost as lost:
                self._lose(lost)
                raise

    def has(self, part: ReaderPart) -> bool:
        """Whether the reader has this part."""
        return self.use(lambda device: _has(device, part))

    @property
    def parts(self) -> list[ReaderPart]:
        """Those that it has. To ask is no use of it, so no recording has that; one that is away may have any."""
        with self._lock:
            return [part for part in ReaderPart if self._device is None or _has(self._device, part)]

    def begin(self, device: PartedReader) -> None:
        """A conversation begins with the card that is there now: what happened before is reported and does not end it."""
        with suppress(FrameError):  # noise on the line is no word of the card
            if changes := self._reported(device):
                self._tell(changes)
        self.pulled = False

    def look(self, *, ask: bool) -> None:
        """What the reader says by itself and, if it is to be asked, whether that was all. One that is away is looked for."""
        with self._lock, self._log.looking(ask=ask):
            found = self._device is None and self._found()
            if self._device is not None:
                self._look(self._device, ask=ask or found, found=found)

    def close(self) -> None:
        with self._lock:
            if self._device is not None:
                self._device.close()
                self._device = None

    def _tell(self, news: list[Presence] | ReaderLost) -> None:
        self._news.put(news)
        self._on_news()

    def _lose(self, lost: ReaderLost) -> None:
        device, self._device = self._device, None
        self._present = False
        if device is not None:
            device.close()
        self._tell(lost)

    def _found(self) -> bool:
        try:
            self._device, _ = self._opened()
        except DriverError:
            return False
        return True

    def _opened(self) -> tuple[PartedReader, bool]:
        """The reader, and whether a card is in its slot. A port that opens is no reader yet: something must answer behind it."""
        device = self._connect()
        try:
            return device, device.contact.present()
        except Misuse:
            return device, False  # it has no slot, and a stripe head answers nothing
        except DriverError:
            device.close()
            raise

    def _look(self, device: PartedReader, *, ask: bool, found: bool) -> None:
        changes = []
        try:
            with suppress(FrameError):  # a swipe that was none must not keep the slot from being asked
                changes += self._reported(device)
            if ask and (missed := self._missed(device)) is not None:
                self._note(missed)
                changes.append(missed)
        except FrameError:
            pass  # noise on the line
        except DriverError as error:
            self._lose(error if isinstance(error, ReaderLost) else ReaderLost(str(error)))
            return
        if changes or found:
            self._tell(changes)

    def _reported(self, device: PartedReader) -> list[Presence]:
        reported = device.poll()
        if reported:
            self._log.noticed()
        changes = []
        for change in reported:
            # What was asked for first may be reported by the reader as well.
            if change.slot != CONTACT or (change.change is Change.INSERTED) != self._present:
                self._note(change)
                changes.append(change)
        return changes

    def _note(self, change: Presence) -> None:
        if change.slot == CONTACT:
            self._present = change.change is Change.INSERTED
            self.pulled = self.pulled or not self._present

    def _missed(self, device: PartedReader) -> Presence | None:
        try:
            present = device.contact.present()
        except Misuse:
            return None  # it has no slot
        if present == self._present:
            return None
        return Presence(Change.INSERTED if present else Change.REMOVED, CONTACT)


def _has(device: PartedReader, part: ReaderPart) -> bool:
    try:
        getattr(device, part.value)
    except Misuse:
        return False
    return True


class MonitoredReader(PolledReader):
    """A reader that a thread looks at until `close`."""

    def __init__(
        self,
        connect: Callable[[], PartedReader],
        on_news: Callable[[], None] = unheard,
        log: Log | None = None,
    ) -> None:
        super().__init__(connect, on_news, log)
        self._closing = Event()
        self._thread = Thread(target=self._watch, name="watches the reader", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join(PATIENCE)
        super().close()

    def _watch(self) -> None:
        looks = 0
        while not self._closing.is_set():
            self.look(ask=looks % ASK == 0)
            looks += 1
            self._closing.wait(LOOK)


class _PolledSlot(ForwardingSlot):
    """A slot or field of the device that is open now."""

    def __init__(self, reader: PolledReader, of: Callable[[PartedReader], ContactSlot]) -> None:
        self._reader = reader
        self._of = of

    def _on_slot(self, what: Callable[[ContactSlot], T]) -> T:
        return self._reader.use(lambda device: what(self._of(device)))


class _Contact(_PolledSlot):
    """The slot: where a look has seen the card go, the conversation with it is over, even if another one is in by now."""

    def power_on(self) -> bytes:
        def powered(device: PartedReader) -> bytes:
            self._reader.begin(device)
            return self._of(device).power_on()

        return self._reader.use(powered)

    def transmit(self, apdu: bytes) -> bytes:
        def sent(device: PartedReader) -> bytes:
            if self._reader.pulled:
                raise CardRemoved("the card was taken out")
            return self._of(device).transmit(apdu)

        return self._reader.use(sent)


class _PolledHead:
    """The stripe head of whichever device is open now."""

    def __init__(self, reader: PolledReader) -> None:
        self._reader = reader

    def poll(self, timeout: float = 0.0) -> list[Tracks]:
        def read(device: PartedReader) -> list[Tracks]:
            with suppress(FrameError):
                return device.stripe.poll(timeout)
            return device.stripe.poll()  # the swipes beside the noise, which no later call would be given

        return self._reader.use(read)
