"""Captures: what crosses a transport goes into a pcapng file that Wireshark opens, and plays again as a transport.

1. The file is for its owner only (mode 0600) and says that it holds card data in clear. It never replaces one.
2. A transport's packets have a link type of the user range (`USER0` ...) and a direction; the name of their
   interface says the protocol. CCID messages are captured as USB packets instead: `ccid_capture`.
3. A recording answers the host that behaves as the recorded one did: it says what the reader said until the next
   recorded command, and is silent until that command has come. Another command is `Misuse`.
4. Each packet reaches the file at once, so that a crash leaves a readable file.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from terminal_drivers.base import Misuse, ReaderLost, Transport
from terminal_drivers.transports import pcapng
from terminal_drivers.transports.pcapng import Direction, Interface, LinkType, Packet

WARNING = (
    "Card data in clear: account numbers, tracks, PIN blocks. Use test cards; keep this file to yourself."
)
APPLICATION = "terminal_drivers"
LONGEST_FILE = 64 << 20

Clock = Callable[[], int]
"""Nanoseconds since 1970."""


class CaptureFile:
    """A new pcapng file; several transports may share it, each as an interface."""

    def __init__(self, path: Path, clock: Clock = time.time_ns) -> None:
        try:
            self._file: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Misuse(f"the capture {path} cannot be made: {error.strerror}") from error
        self._clock = clock
        self._interfaces = 0
        self._comment = ""
        self._write(pcapng.section(WARNING, APPLICATION))

    def interface(self, link: LinkType, name: str) -> int:
        """Add a source of packets and return its number."""
        self._write(pcapng.interface(Interface(link, name)))
        self._interfaces += 1
        return self._interfaces - 1

    def packet(self, interface: int, data: bytes, direction: Direction = Direction.UNKNOWN) -> None:
        self._write(pcapng.packet(Packet(interface, self.now(), data, direction, self._comment)))
        self._comment = ""

    def comment(self, text: str) -> None:
        """Say something about the next packet, for example what a person does in front of the reader."""
        self._comment = f"{self._comment}\n{text}" if self._comment else text

    def now(self) -> int:
        return self._clock()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, block: bytes) -> None:
        if self._file is None:
            raise Misuse("this capture is closed")
        while block:
            block = block[os.write(self._file, block) :]


class CapturedTransport:
    """A transport whose bytes go into a capture; closing it leaves the capture open for the others."""

    def __init__(self, line: Transport, capture: CaptureFile, name: str, link: LinkType) -> None:
        self._line = line
        self._capture = capture
        self._interface = capture.interface(link, name)

    def read(self, n: int, timeout: float) -> bytes:
        data = self._line.read(n, timeout)
        if data:
            self._capture.packet(self._interface, data, Direction.INBOUND)
        return data

    def write(self, data: bytes) -> None:
        # Before it leaves, so that no answer can come first.
        self._capture.packet(self._interface, data, Direction.OUTBOUND)
        self._line.write(data)

    def close(self) -> None:
        self._line.close()


class ReplayTransport:
    """The recorded reader: packets of one interface, in order."""

    def __init__(self, packets: Iterator[Packet]) -> None:
        self._packets = [(each.direction is Direction.OUTBOUND, each.data) for each in packets]
        self._at = 0
        self._heard = b""
        self._expected = b""
        self._closed = False

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - no time passes in a recording
        self._check()
        if not self._expected:
            self._advance()
        data, self._heard = self._heard[:n], self._heard[n:]
        return data

    def write(self, data: bytes) -> None:
        self._check()
        while data:
            self._advance()
            if not self._expected and self._at == len(self._packets):
                raise ReaderLost("the recording is over: this command was never recorded")
            if not self._expected:
                self._expected, self._at = self._packets[self._at][1], self._at + 1
            size = min(len(data), len(self._expected))
            if data[:size] != self._expected[:size]:
                raise Misuse(f"the host does not do what was recorded: packet {self._at} is another command")
            data, self._expected = data[size:], self._expected[size:]

    def close(self) -> None:
        self._closed = True

    def _advance(self) -> None:
        """Hear what the reader said up to the next command, unless a command is half given."""
        while not self._expected and self._at < len(self._packets) and not self._packets[self._at][0]:
            self._heard += self._packets[self._at][1]
            self._at += 1

    def _check(self) -> None:
        if self._closed:
            raise Misuse("this recording is closed: open it again")


def packets(path: Path, name: str) -> Iterator[Packet]:
    """The packets of the interface with that name; `Misuse` where the file has none."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Misuse(f"the capture {path} is longer than {LONGEST_FILE >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise Misuse(f"the capture {path} cannot be read: {error.strerror}") from error
    blocks = list(pcapng.parse(data))
    names = [block.name for block in blocks if isinstance(block, Interface)]
    if name not in names:
        raise Misuse(f"the capture {path} has no interface {name!r}: there are {', '.join(names) or 'none'}")
    number = names.index(name)
    return (block for block in blocks if isinstance(block, Packet) and block.interface == number)


def replay(path: Path, name: str) -> ReplayTransport:
    """Open a recorded transport by the name that it was captured under."""
    return ReplayTransport(packets(path, name))
