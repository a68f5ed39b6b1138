"""A capture writes what crosses a transport to a pcapng file that Wireshark opens; a replay is a transport that reads one.

1. Only its owner may read the file (mode 0600), which holds card data in clear and says so. It never replaces a file.
2. A transport's packets have a link type of the user range (`USER0` ...) and a direction; the name of their
   interface says the protocol. A protocol of USB messages captures them as USB packets instead (`usbmon`).
3. A recording answers a host that sends the recorded commands in their order (`dialogue`); another command is `Misuse`.
4. Each packet reaches the file at once, so that a crash leaves a readable file.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from terminal_drivers.base import DriverError, FrameError, Misuse, Transport
from terminal_drivers.captures import pcapng
from terminal_drivers.captures.dialogue import Dialogue, Name, Received, Sent
from terminal_drivers.captures.pcapng import CaptureInterface, Direction, LinkType, Packet, Section

WARNING = "Card data in clear: account numbers, expiry dates, tracks, offline PINs, PIN blocks. Use test cards; keep this file to yourself."
APPLICATION = "terminal_drivers"
LONGEST_FILE = 64 << 20

_PLAIN = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)  # each is on some systems only

Clock = Callable[[], int]
"""Nanoseconds since 1970."""


class Capture(Protocol):
    """A destination of packets."""

    def interface(self, link: LinkType, name: str, description: str = "") -> int:
        """Return the interface number of a source of packets."""
        ...

    def packet(self, interface: int, data: bytes, direction: Direction = Direction.UNKNOWN) -> None: ...
    def failed(self, name: str, error: DriverError) -> None:
        """Record an error of the line that is captured under that name."""
        ...

    def now(self) -> int:
        """Nanoseconds since 1970."""
        ...


class CaptureFile:
    """A new pcapng file; several transports may share it, each as an interface. `about` goes into its first comment."""

    def __init__(self, path: Path, clock: Clock = time.time_ns, about: str = "") -> None:
        try:
            self._file: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o600)
        except FileExistsError as error:
            raise Misuse(f"{path} is there already: a capture replaces no file, so name another") from error
        except OSError as error:
            raise Misuse(f"the capture {path} cannot be made: {error.strerror}") from error
        self._clock = clock
        self._interfaces = 0
        self._comment = ""
        self._write(pcapng.section(f"{WARNING}\n{about}" if about else WARNING, APPLICATION))

    def interface(self, link: LinkType, name: str, description: str = "") -> int:
        """Add a source of packets and return its number."""
        self._write(pcapng.interface(CaptureInterface(link, name, description=description)))
        self._interfaces += 1
        return self._interfaces - 1

    def packet(self, interface: int, data: bytes, direction: Direction = Direction.UNKNOWN) -> None:
        self._write(pcapng.packet(Packet(interface, self.now(), data, direction, self._comment)))
        self._comment = ""

    def comment(self, text: str) -> None:
        """Add a comment to the next packet, for example what a person does in front of the reader."""
        self._comment = f"{self._comment}\n{text}" if self._comment else text

    def failed(self, name: str, error: DriverError) -> None:
        self.comment(f"{name}: {error}")

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


@contextmanager
def failing(capture: Capture, name: str) -> Iterator[None]:
    """Record a driver error of a line in a capture, and raise it on."""
    try:
        yield
    except DriverError as error:
        capture.failed(name, error)
        raise


class CapturedTransport:
    """A transport whose bytes go into a capture; closing it leaves the capture open for the others."""

    def __init__(self, line: Transport, capture: Capture, name: str, link: LinkType) -> None:
        self._line = line
        self._capture = capture
        self._name = name
        self._interface = capture.interface(link, name)

    def read(self, n: int, timeout: float) -> bytes:
        with failing(self._capture, self._name):
            data = self._line.read(n, timeout)
        if data:
            self._capture.packet(self._interface, data, Direction.INBOUND)
        return data

    def write(self, data: bytes) -> None:
        # The packet is recorded before it leaves, so that no answer can come first.
        self._capture.packet(self._interface, data, Direction.OUTBOUND)
        with failing(self._capture, self._name):
            self._line.write(data)

    def close(self) -> None:
        self._line.close()


def unnamed(_: bytes) -> str:
    """Name a command of a protocol whose commands have no names."""
    return "bytes"


class ReplayTransport:
    """A recorded line of bytes, in the recorded pieces; `name` gives the name of a command for error texts."""

    def __init__(self, dialogue: Dialogue, line: str, name: Name = unnamed) -> None:
        self._dialogue = dialogue
        self._recorded = line
        self._name = name
        self._received = b""
        self._closed = False

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - no time passes in a recording
        self._check()
        self._received = self._received or self._dialogue.receive(self._recorded)
        data, self._received = self._received[:n], self._received[n:]
        return data

    def write(self, data: bytes) -> None:
        self._check()
        self._dialogue.send(self._recorded, data, self._name)

    def close(self) -> None:
        self._closed = True

    def _check(self) -> None:
        if self._closed:
            raise Misuse("this recording is closed: open it again")


@dataclass(frozen=True, slots=True)
class RecordedLine:
    """One line of a capture: its name in the `dialogue`, its interface and its packets."""

    dialogue: Dialogue
    name: str
    interface: CaptureInterface
    packets: Sequence[Packet]


@dataclass(frozen=True, slots=True)
class ByteLines:
    """The lines of a protocol that are transports: each piece is a packet of link type `link`, and `command` names it."""

    link: LinkType
    command: Name = unnamed

    def captured(self, line: Transport, capture: Capture, name: str) -> Transport:
        return CapturedTransport(line, capture, name, self.link)

    def replayed(self, recorded: RecordedLine) -> Transport:
        return ReplayTransport(recorded.dialogue, recorded.name, self.command)


def blocks(path: Path) -> list[Section | CaptureInterface | Packet]:
    """Return the blocks of a capture; `Misuse` where it cannot be read, `FrameError` where it is damaged."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise Misuse(f"the capture {path} is longer than {LONGEST_FILE >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise Misuse(f"the capture {path} cannot be read: {error.strerror}") from error
    try:
        return list(pcapng.parse(data))
    except FrameError as error:
        raise FrameError(f"{path}: {error}") from error


def recorded(path: Path, name: str) -> tuple[CaptureInterface, list[Packet]]:
    """The interface with that name and its packets; `Misuse` where the file has none."""
    found = blocks(path)
    interfaces = [block for block in found if isinstance(block, CaptureInterface)]
    names = [each.name for each in interfaces]
    if name not in names:
        raise Misuse(f"the capture {path} has no interface {name!r}: there are {', '.join(names) or 'none'}")
    number = names.index(name)
    return interfaces[number], [
        block for block in found if isinstance(block, Packet) and block.interface == number
    ]


def packets(path: Path, name: str) -> list[Packet]:
    """The packets of the interface with that name; `Misuse` where the file has none."""
    return recorded(path, name)[1]


def turn(packet: Packet, line: str, place: int) -> Sent | Received:
    """Return the turn of a dialogue that a packet of a line of bytes is."""
    outbound = packet.direction is Direction.OUTBOUND
    return Sent(line, packet.data, place) if outbound else Received(line, packet.data, place)


def replay(path: Path, name: str) -> ReplayTransport:
    """Open a recorded transport by the name that it was captured under."""
    turns = [turn(packet, name, number) for number, packet in enumerate(packets(path, name), 1)]
    return ReplayTransport(Dialogue(turns, f"interface {name} of {path}"), name)
