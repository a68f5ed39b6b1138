"""The host end of ViVOtech2: commands one at a time, pass-through to slot and field, swipes, transactions.

1. Nothing in a response says to which command of its kind it belongs. So after silence or damage the line is in
   doubt: before the next command the host sends Ping and drops everything up to its answer. A late answer is
   never taken for a new one.
2. No command is repeated by itself, for a card must not run it twice.
3. Silence for `timeout` seconds is `ReaderLost`; the transport measures. Commands that let the reader wait for a
   card add that wait.
4. Slot and field need pass-through mode, everything else needs to be out of it: the mode is changed as needed.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal_drivers.base import (
    Change,
    ContactSlot,
    FrameError,
    Misuse,
    PartedReader,
    Presence,
    ReaderLost,
    ReaderRefused,
    Trace,
    Tracks,
    Transport,
)
from terminal_drivers.readers.vivotech.codec import (
    LONGEST_MESSAGE,
    PASS_THROUGH,
    STRIPE,
    TABLES,
    Burst,
    CrcVariant,
    Damaged,
    Decoder,
    Item,
    Response,
    Status,
    UiEvent,
    VivotechCommand,
    encode,
    parse_tlvs,
    status_name,
    tlv,
)
from terminal_drivers.readers.vivotech.parts import NeoField, NeoSlot, NeoStripe

TIMEOUT = 5.0
STRANGERS = 64
"""How many items that answer nothing, or reads of mere noise, an exchange bears before the reader counts as broken."""
READS = 2 * LONGEST_MESSAGE

PING = VivotechCommand(0x18, 0x01)
CANCEL = VivotechCommand(0x05, 0x01)
BURST_MODE = bytes.fromhex("FFF7")
LONGEST_TRANSACTION = 255  # s, one byte


@dataclass(frozen=True, slots=True)
class TransactionOutcome:
    """How a transaction of the reader ended: `tracks` of a stripe, data objects, and a status (0: done).

    Where it failed, `error` is the guide's error code (table "Error Codes") and `sw` what the card said last.
    """

    status: int
    tracks: Tracks
    objects: dict[bytes, bytes]
    error: int = 0
    sw: int = 0

    def __repr__(self) -> str:
        return f"TransactionOutcome({status_name(self.status)}, {self.tracks!r}, error {self.error:02X}, SW {self.sw:04X})"


class VivotechReader:
    """One reader: `contact`, `contactless` and `stripe` are its parts. One thread at a time."""

    def __init__(
        self,
        transport: Transport,
        variant: CrcVariant = TABLES,
        *,
        timeout: float = TIMEOUT,
        trace: Trace | None = None,
    ) -> None:
        self.transport = transport
        self.variant = variant
        self._timeout = timeout
        self._trace = trace
        self._decoder = Decoder(from_reader=True)
        self._items: deque[Item] = deque()
        self._noise = False
        self._doubt = False
        self._pass_through: bool | None = None
        self._running = False
        self._swipes: list[Tracks] = []
        self._untold = 0
        self.events: deque[UiEvent] = deque(maxlen=STRANGERS)
        """What the reader showed and sounded, oldest first."""
        self.contact = NeoSlot(self)
        self.contactless = NeoField(self)
        self.stripe = NeoStripe(self)

    def ping(self) -> None:
        """Ask for a sign of life."""
        self.exchange(PING)

    def firmware(self) -> str:
        return self.exchange(VivotechCommand(0x29, 0x00)).decode("ascii", "backslashreplace").rstrip("\0")

    def poll_mode(self, *, on_demand: bool) -> None:
        """Let the reader look for cards by itself, or only in a transaction that the host activates."""
        self.use_pass_through(False)
        self.exchange(VivotechCommand(0x01, 0x01, bytes((on_demand,))))

    def burst_mode(self, on: bool) -> None:
        """Let the reader send each swipe by itself; it must look for cards by itself then."""
        self.use_pass_through(False)
        self.exchange(VivotechCommand(0x04, 0x00, tlv(BURST_MODE, bytes((on,)))))

    def activate(self, seconds: int, objects: bytes = b"") -> None:
        """Begin a transaction with data objects such as 9F02; `outcome` waits for its end. Poll on demand."""
        if not 0 < seconds <= LONGEST_TRANSACTION:
            raise Misuse(f"a transaction lasts 1 to {LONGEST_TRANSACTION} seconds")
        self.use_pass_through(False)
        self._send(VivotechCommand(0x02, 0x01, bytes((seconds,)) + objects))
        self._running = True

    def outcome(self, timeout: float) -> TransactionOutcome | None:
        """Return how the activated transaction ended, or None where it has not within `timeout` s."""
        if not self._running:
            raise Misuse("no transaction runs: activate one first")
        response = self._receive(0x02, timeout)
        if response is None:
            return None
        self._running = False
        return _outcome(response)

    def cancel(self) -> None:
        """End the activated transaction; nothing happens where none runs."""
        if self._running:
            self._running = False
            self.exchange(CANCEL)

    def result(self) -> TransactionOutcome | None:
        """Return the swipe that the reader kept since the last call, where it looks for cards by itself."""
        self.use_pass_through(False)
        data = self.exchange(VivotechCommand(0x03, 0x00))
        return None if data == bytes(3) else _outcome(Response(0x03, Status.OK, data))

    def exchange(self, command: VivotechCommand, patience: float = 0.0) -> bytes:
        """Send a command and return the data of its response; `patience` s are added to the wait.

        `ReaderRefused`: its `code` is the status. `FrameError`: the response, or the command, was damaged.
        """
        if self._running:
            raise Misuse("a transaction runs: cancel it first")
        self._send(command)
        response = self._receive(command.command, self._timeout + patience)
        if response is None:
            self._lose_track()
            raise ReaderLost(
                f"no answer to {_name(command)} within {self._timeout + patience:g} s: check cable and power"
            )
        if response.status == Status.NOT_ALLOWED:
            self._forget_mode()  # the reader is in another mode than this end believes: it was reset
        if response.status:
            raise ReaderRefused(
                f"the reader refuses {_name(command)}: {status_name(response.status)}", response.status
            )
        return response.data

    def use_pass_through(self, on: bool) -> None:
        """Enter or leave pass-through mode, unless the reader is there; leaving it ends the cards' sessions."""
        if self._pass_through is on:
            return
        self._forget_mode()
        try:
            self.exchange(VivotechCommand(PASS_THROUGH, 0x01, bytes((on,))))
        except ReaderRefused as refused:
            if on or refused.code != Status.NOT_ALLOWED:
                raise
        self._pass_through = on

    def swipes(self, timeout: float) -> list[Tracks]:
        """Return the burst payloads since the last call, oldest first; where there is none, wait."""
        self._listen(0 if self._swipes else timeout)
        swipes, self._swipes = self._swipes, []
        self._untold = 0
        return swipes

    def changes(self, timeout: float = 0.0) -> list[Presence]:
        """Return one SWIPED for each swipe that neither `swipes` nor `changes` has returned."""
        self._listen(0 if self._untold else timeout)
        untold, self._untold = self._untold, 0
        return [Presence(Change.SWIPED, None)] * untold

    def parted(self) -> PartedReader:
        # Imported here: the watch of the parts drives this reader.
        from terminal_drivers.readers.vivotech.parted import PartedVivotech

        return PartedVivotech(self)

    def about(self) -> Iterator[tuple[str, str]]:
        yield "firmware", self.firmware()

    def places(self) -> Mapping[str, ContactSlot]:
        return {"slot 0": self.contact, "field": self.contactless}

    def wait(self, timeout: float) -> None:
        self.changes(timeout)

    def close(self) -> None:
        self.transport.close()

    def _send(self, command: VivotechCommand) -> None:
        if self._doubt:
            self._write(PING)
            if self._receive(PING.command, self._timeout, in_doubt=True) is None:
                raise ReaderLost("the reader does not answer: check cable and power")
            self._doubt = False
        self._write(command)

    def _write(self, command: VivotechCommand) -> None:
        # What came before a command can be no answer to it and goes, but for what the reader says by itself.
        for _ in range(READS):
            if not self._read(0):
                break
        self._items.clear()
        self._decoder.reset()
        self._trace_message("host->reader", _name(command), len(command.data))
        self.transport.write(encode(command, self.variant.order(command.command, command.sub)))

    def _receive(self, command: int, timeout: float, *, in_doubt: bool = False) -> Response | None:
        """Return the response to a command; None after `timeout` s of silence."""
        strangers = reads = 0
        while strangers <= STRANGERS and reads <= READS:
            while self._items:
                item = self._items.popleft()
                if isinstance(item, Response) and item.command == command:
                    self._trace_message(
                        "reader->host", f"{command:02X} {status_name(item.status)}", len(item.data)
                    )
                    return item
                if not in_doubt and (item is Damaged.FRAME or item == Response(0, Status.CRC_ERROR)):
                    self._lose_track()
                    raise FrameError("the line to the reader damages frames: check speed and cable")
                strangers += 1
            reads += 1
            if not self._read(timeout):
                self._decoder.reset()
                return None
            strangers += self._noise
        self._lose_track()
        raise ReaderLost("the reader talks on and does not answer: check that it is a NEO reader")

    def _listen(self, timeout: float) -> None:
        """Keep what the reader sends by itself; `FrameError` where a part of it was damaged."""
        before = self._untold
        for _ in range(READS):
            if not self._read(timeout):
                break
            if self._untold != before:
                timeout = 0
        # A response can only be that of the transaction that runs.
        kept = [item for item in self._items if isinstance(item, Response) and self._running]
        damaged = Damaged.FRAME in self._items
        self._items = deque(kept)
        if damaged:
            raise FrameError("the reader sent something that is neither swipe nor event: check the line")

    def _read(self, timeout: float) -> bool:
        """Read once: what the reader says by itself is kept apart from the items that may answer."""
        data = self.transport.read(LONGEST_MESSAGE, timeout)
        items = self._decoder.feed(data)
        self._noise = bool(data) and not (items or self._decoder.partial)
        for item in items:
            if isinstance(item, Burst):
                if item.application == STRIPE:
                    self._swipes.append(item.tracks)
                    self._untold += 1
            elif isinstance(item, UiEvent):
                self.events.append(item)
            else:
                self._items.append(item)
        return bool(data)

    def _forget_mode(self) -> None:
        self._pass_through = None
        self.contact.forget()
        self.contactless.forget()

    def _lose_track(self) -> None:
        """Mark the line as in doubt: the reader may have run the command or not, or be another one."""
        self._doubt = True
        self._forget_mode()

    def _trace_message(self, direction: str, name: str, length: int) -> None:
        if self._trace is not None:
            self._trace(direction, name, 0, 0, length)


def _name(command: VivotechCommand) -> str:
    return f"{command.command:02X}-{command.sub:02X}"


def _outcome(response: Response) -> TransactionOutcome:
    """Read the data of a transaction's end; `FrameError` where it is cut short."""
    data = response.data
    if response.status not in (Status.OK, Status.REQUEST_ONLINE):
        if len(data) < 4:
            return TransactionOutcome(response.status, Tracks(), {})
        return TransactionOutcome(
            response.status, Tracks(), parse_tlvs(data[4:]), data[0], int.from_bytes(data[1:3], "big")
        )
    texts = []
    for _ in (1, 2):
        length = data[0] if data else 0
        text = data[1 : 1 + length]
        if not data or len(text) != length:
            raise FrameError("the reader sent a transaction's tracks cut short")
        texts.append(text.decode("ascii", "backslashreplace"))
        data = data[1 + length :]
    if data[:1] not in (b"\0", b"\1"):
        raise FrameError("the reader did not say whether a clearing record follows the tracks")
    first, second = texts
    tracks = Tracks(f"%{first}?" if first else None, f";{second}?" if second else None)
    return TransactionOutcome(response.status, tracks, parse_tlvs(data[1:]))
