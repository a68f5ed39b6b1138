"""ViVOtech2 over USB HID (NEO 2 guide, 2.8): 64-byte reports, an ID and 63 bytes of a message, zeros behind its end.

1. ID 1 is a whole message; 2, 3, 4 are the first, the middle and the last part of a longer one. A part without a
   beginning, and any other ID, is ignored.
2. Where a message ends is said by its own length and never by the zeros, which the codec skips.
3. A report has a fixed size, so a stream of them needs no marks.
"""

from typing import Protocol

from terminal_drivers.base import Misuse, ReaderLost, Transport
from terminal_drivers.readers.vivotech.codec import LONGEST_MESSAGE

REPORT = 64
PAYLOAD = REPORT - 1
WHOLE, FIRST, MIDDLE, LAST = 1, 2, 3, 4
READS = 2 * LONGEST_MESSAGE
"""How many reads in a row may bring nothing but reports that are ignored, or pieces of one."""


def reports(message: bytes) -> list[bytes]:
    """Cut a message into reports."""
    if not 0 < len(message) <= LONGEST_MESSAGE:
        raise Misuse(f"a message over HID has 1 to {LONGEST_MESSAGE} bytes, this one {len(message)}")
    parts = [message[at : at + PAYLOAD] for at in range(0, len(message), PAYLOAD)]
    last = len(parts) - 1
    if not last:
        return [bytes((WHOLE,)) + message.ljust(PAYLOAD, b"\0")]
    ids = [FIRST, *[MIDDLE] * (last - 1), LAST]
    return [bytes((number,)) + part.ljust(PAYLOAD, b"\0") for number, part in zip(ids, parts, strict=True)]


class Joiner:
    """Reports in, the bytes of messages out."""

    __slots__ = ("_buffer", "_open")

    def __init__(self) -> None:
        self._buffer = b""
        self._open = False

    def feed(self, data: bytes) -> bytes:
        self._buffer += data
        out = b""
        while len(self._buffer) >= REPORT:
            number, payload = self._buffer[0], self._buffer[1:REPORT]
            self._buffer = self._buffer[REPORT:]
            if number in (WHOLE, FIRST) or (self._open and number in (MIDDLE, LAST)):
                out += payload
                self._open = number in (FIRST, MIDDLE)
        return out


class MessageTransport:
    """The host end as a transport of messages over one of reports: each write is one message."""

    def __init__(self, line: Transport) -> None:
        self._line = line
        self._joiner = Joiner()
        self._received = b""

    def read(self, n: int, timeout: float) -> bytes:
        reads = 0
        while not self._received:
            data = self._line.read(REPORT, timeout)
            if not data:
                return b""
            self._received = self._joiner.feed(data)
            reads += 1
            if reads > READS:
                raise ReaderLost("this HID device talks on in other reports: check that it is a NEO reader")
        data, self._received = self._received[:n], self._received[n:]
        return data

    def write(self, data: bytes) -> None:
        for report in reports(data):
            self._line.write(report)

    def close(self) -> None:
        self._line.close()


class MessageDevice(Protocol):
    """A device whose messages are known one by one."""

    def feed(self, data: bytes) -> None: ...

    def messages(self) -> list[bytes]:
        """Hand over what the device has to say since the last call."""
        ...


class HidDevice:
    """The device end on a line of reports."""

    def __init__(self, device: MessageDevice) -> None:
        self._device = device
        self._joiner = Joiner()

    def feed(self, data: bytes) -> None:
        message = self._joiner.feed(data)
        if message:
            self._device.feed(message)

    def take(self) -> bytes:
        return b"".join(report for message in self._device.messages() for report in reports(message))
