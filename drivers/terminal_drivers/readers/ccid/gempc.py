"""CCID over a serial line of the GemPC Twin family, both ends: echo, repeats, requests for time. `framing` has the bytes.

1. A reader with echo sends each command frame back before its answer. The first frame after a command is that
   echo where it carries a PC_to_RDR message, whatever the rest of it says.
2. Escape `01 01 01` makes the reader hold notifications back until the echo of the next command. Our host
   never sends it; the device end obeys it.
3. A command is sent at most four times, and only again where the reader asks for it: silence is never
   answered by a second command, for a card must not run it twice.
4. A reader with echo asks for time with the single byte, for its host takes the frame after a CCID time
   extension for an echo. Without echo the CCID message goes out as it is.
"""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from terminal_drivers.base import FrameError, Misuse, ReaderLost, Transport
from terminal_drivers.readers.ccid import quirks
from terminal_drivers.readers.ccid.codec import HEADER, INTERRUPT, code_of
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import CONTACTLESS, SERIAL_TPDU
from terminal_drivers.readers.ccid.framing import (
    NAK_FRAME,
    NOTIFY,
    OVERHEAD,
    TIME_REQUEST_LOWEST,
    Decoder,
    Item,
    Signal,
    frame,
)
from terminal_drivers.readers.ccid.messages import CommandStatus, Escape

CHANGED = 0xAA  # the bits of a notification byte that say "changed"

REPEATS = 3
TIME_REQUESTS = 60
STRANGERS = 64
"""How many messages that are no answer one command bears, as a reader with echo sends."""
READS = 4096
"""How much of what is old a new command takes off the line."""


ESCAPE = code_of(Escape)
LOAD_TEXTS = bytes.fromhex("B2A0004D4C")
"""The Escape that loads the texts of a PIN pad."""


@dataclass(frozen=True, slots=True)
class Waking:
    """The speed (bit/s) of a reader that has just got power, and the Escape that takes it to `BAUD`."""

    baud: int
    speed_up: bytes


@dataclass(frozen=True, slots=True)
class GemPcVariant:
    """What differs between the readers of the family: echo, the dwFeatures of each slot, and limits.

    `short_echo` are the beginnings of Escapes whose echo has no data; `clock` is in kHz, `fastest` in bit/s.
    """

    echo: bool
    features: tuple[int, ...]
    max_message: int = 271
    pin_support: int = 0
    short_echo: tuple[bytes, ...] = ()
    clock: int = 4000
    fastest: int = 344_086
    waking: Waking | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.features) <= 5:
            raise Misuse("readers of this family have 1 to 5 slots")

    @property
    def max_data(self) -> int:
        return self.max_message - HEADER

    @property
    def descriptor(self) -> ClassDescriptor:
        """What the reader would say of itself on USB."""
        return ClassDescriptor(
            max_slot_index=len(self.features) - 1,
            default_clock=self.clock,
            max_clock=self.clock,
            max_data_rate=self.fastest,
            features=int(self.features[0]),
            max_message=self.max_message,
            pin_support=self.pin_support,
        )


def _variant(model: quirks.SerialModel) -> GemPcVariant:
    return GemPcVariant(
        echo=model.echo,
        features=model.features,
        pin_support=model.pin_support,
        short_echo=model.short_echo,
        clock=model.clock,
        fastest=model.fastest,
        waking=Waking(model.wakes_at, model.speed_up) if model.wakes_at else None,
    )


BUILT_IN = GemPcVariant(echo=False, features=(SERIAL_TPDU, CONTACTLESS))
"""The reader in a terminal: slot 0 takes chip cards, slot 1 is the contactless field."""

VARIANTS = {
    **{name: _variant(model) for name, model in quirks.shipped().serial.items()},
    "built-in": BUILT_IN,
}
"""The readers of the family by name; libccidtwin's names of all but our own are without the hyphens."""

GEMPC_TWIN = VARIANTS["gempc-twin"]
GEMPC_PINPAD = VARIANTS["gempc-pinpad"]
GEMCORE_POS_PRO = VARIANTS["gemcore-pos-pro"]
GEMCORE_SIM_PRO = VARIANTS["gemcore-sim-pro"]
GEMCORE_SIM_PRO2 = VARIANTS["gemcore-sim-pro2"]

BAUD = 115_200
"""The speed at which every reader of the family works."""


class GemPcLink:
    """The host end: carries CCID messages over a transport, repeats on request, drops echoes."""

    def __init__(self, transport: Transport, variant: GemPcVariant) -> None:
        self.transport = transport
        self.variant = variant
        self._decoder = Decoder(variant, from_reader=True)
        self._items: deque[Item] = deque()
        self._sent = b""
        self._repeats = 0
        self._echo_due = False
        self._echoes = variant.echo
        self._noise = 0
        self._longest = variant.max_message
        self._most = 2 * (variant.max_message + OVERHEAD)

    def send(self, message: bytes) -> None:
        """Send one command. What came before it can be no answer to it and goes, but for notifications."""
        if len(message) > self._longest:
            raise Misuse(f"this reader takes messages of at most {self._longest} bytes")
        if old := self.transport.read(self._most, 0):
            self._drain(old)
        if self._decoder.begun:
            self._decoder.reset()
        if self._items:
            kept = (item for item in self._items if isinstance(item, bytes) and item[0] in INTERRUPT)
            self._items = deque(kept)
        self._sent = frame(message)
        self._repeats = self._noise = 0
        self._echo_due = self._echoes
        self.transport.write(self._sent)

    def receive(self, timeout: float) -> bytes | None:
        """Return the next message while a command waits for its answer; None after `timeout` s of silence.

        `FrameError`: the same frame went wrong four times. `ReaderLost`: the reader asks for time, or talks,
        without end.
        """
        more_time = strangers = 0
        transport, decoder = self.transport, self._decoder
        while True:
            while self._items:
                item = self._items.popleft()
                if isinstance(item, bytes):
                    if item[0] in INTERRUPT or item[0] >= 0x80:
                        return item
                    self._echo_due = False
                    strangers += 1
                elif item is Signal.MORE_TIME:
                    more_time += 1
                elif item is Signal.NAK:
                    self._repeat(self._sent)
                elif self._echo_due:
                    self._echo_due = False
                else:
                    self._repeat(NAK_FRAME)
            # A frame that was given up at its header is noise up to its end.
            if more_time > TIME_REQUESTS or strangers > STRANGERS or self._noise > self._most:
                raise ReaderLost(
                    "the reader talks on and does not answer: check that it is one of the GemPC family"
                )
            data = transport.read(self._most, timeout)
            message = decoder.whole(data)
            if message is not None:
                self._noise = 0
                if message[0] >= 0x80:
                    return message
                self._items.append(message)
            elif data:
                self._take(data)
            elif decoder.begun:
                decoder.reset()
                self._items.append(Signal.DAMAGED)
            else:
                return None

    def listen(self, timeout: float) -> bytes | None:
        """Return the next notification while no command waits; everything else goes."""
        data = self.transport.read(self._most, 0 if self._items else timeout)
        if data:
            self._take(data)
        while self._items:
            item = self._items.popleft()
            if isinstance(item, bytes) and item[0] in INTERRUPT:
                return item
        return None

    def close(self) -> None:
        self.transport.close()

    def _drain(self, old: bytes) -> None:
        """Take `old` and what else is on the line, up to `READS` reads in all."""
        self._take(old)
        for _ in range(READS - 1):
            old = self.transport.read(self._most, 0)
            if not old:
                break
            self._take(old)

    def _take(self, data: bytes) -> None:
        items = self._decoder.feed(data)
        self._noise = 0 if items else self._noise + len(data)
        self._items.extend(items)

    def _repeat(self, data: bytes) -> None:
        self._repeats += 1
        if self._repeats > REPEATS:
            raise FrameError("the line to the reader damages every frame: check speed, stop bits and cable")
        self._echo_due = self._echoes and data is not NAK_FRAME
        self.transport.write(data)


class CcidDevice(Protocol):
    """The device end of CCID, whatever carries the messages."""

    @property
    def synchronous(self) -> bool:
        """Whether the host wants notifications only with the echo of a command."""
        ...

    @property
    def has_news(self) -> bool:
        """Whether `late_answers` or `notifications` would give any."""
        ...

    def answers(self, message: bytes) -> list[bytes]:
        """Run one PC_to_RDR message and return the RDR_to_PC messages that are ready."""
        ...

    def late_answers(self) -> list[bytes]:
        """The RDR_to_PC messages that have become ready since."""
        ...

    def notifications(self) -> list[bytes]:
        """Return the interrupt messages that wait, oldest first, each once."""
        ...


class GemPcDevice:
    """The device end of the framing: commands in, echo, notifications and answers out."""

    def __init__(self, device: CcidDevice, variant: GemPcVariant) -> None:
        self._device = device
        self._echoes, self._short_echo = variant.echo, variant.short_echo
        self._decoder = Decoder(variant, from_reader=False)
        self._said = b""
        self._answer = NAK_FRAME

    @property
    def begun(self) -> bytes:
        """What has come of a command whose end a damaged line has swallowed: the next bytes go on with it."""
        return self._decoder.begun

    @begun.setter
    def begun(self, data: bytes) -> None:
        self._decoder.begun = data

    def feed(self, data: bytes) -> None:
        message = self._decoder.whole(data)
        if message is not None:
            self._obey(message)
            return
        for item in self._decoder.feed(data):
            if isinstance(item, bytes):
                self._obey(item)
            elif item is Signal.NAK:
                self._said += self._answer
            else:
                self._said += NAK_FRAME

    def take(self) -> bytes:
        if self._device.has_news:
            self._say(self._device.late_answers())
            if not self._device.synchronous:
                self._notify()
        said, self._said = self._said, b""
        return said

    def _obey(self, message: bytes) -> None:
        """Run a command: its echo where the reader has one, the notifications that go with it, and its answers."""
        device = self._device
        if self._echoes:
            self._said += frame(self._echo(message))
        if device.has_news and device.synchronous:
            self._notify()
        self._say(device.answers(message))

    def _echo(self, message: bytes) -> bytes:
        if message[0] == ESCAPE and message[HEADER:].startswith(self._short_echo):
            return message[:1] + bytes(4) + message[5:HEADER]
        return message

    def _say(self, messages: list[bytes]) -> None:
        for message in messages:
            if self._echoes and message[7] >> 6 == CommandStatus.TIME_EXTENSION:
                self._said += bytes((TIME_REQUEST_LOWEST | min(message[8], 0x7F),))
            else:
                self._answer = frame(message)
                self._said += self._answer

    def _notify(self) -> None:
        for message in self._device.notifications():
            if message[0] == NOTIFY and message[1] & CHANGED:
                self._said += message[:2]
