"""The recording of a terminal's readers and of the acts in front of them in one capture, and its replay.

1. Each line is an interface that is named by its protocol, and a further line of that protocol by a number too (`NAME`, `NAME-2`).
   The interface `events` has in UTF-8 what happened beside the lines; each such packet has its text as comment, too.
2. Events are the acts of the operator (`insert NAME`, `tap NAME`, `leave`, `swipe NAME`, `remove`), looks at a monitored reader, and errors.
3. A look that found its line quiet is only counted (`quiet LINE N`); any other (`look LINE`, or `ask LINE` where it asks whether
   the card is there) stands before the packets that it caused. A use of a reader without a packet is recorded as `use LINE`.
   So a replay looks when the recorded host did, and needs no clock.
4. The packets of looks, uses and acts do not mix: while one of them lasts, the others wait.
5. The last line of the file's first comment is JSON: the conditions under which it was recorded.
"""

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import RLock
from typing import TypeVar

from terminal_drivers.base import DriverError, FrameError, Misuse
from terminal_drivers.captures import capture, usbmon
from terminal_drivers.captures.capture import (
    CaptureFile,
    Clock,
    RecordedLine,
    blocks,
    failing,
)
from terminal_drivers.captures.dialogue import Dialogue, Happened, Turn, failure
from terminal_drivers.captures.interceptor import LineCapture
from terminal_drivers.captures.pcapng import CaptureInterface, Direction, LinkType, Packet, Section

EVENTS = "events"
LOOK, ASK, QUIET, USE = "look", "ask", "quiet", "use"
LOOKS = re.compile(f"(?:{LOOK}|{ASK}) [^ ]+|{QUIET} [^ ]+ [0-9]{{1,7}}", re.ASCII)
L = TypeVar("L")

NO_RECORDING = "is a capture and no recording of a terminal: make one with --record"


class Names:
    """The names of lines, by their addresses, in the order in which they are opened first."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __getitem__(self, address: str) -> str:
        if address not in self._names:
            protocol = address.partition("+")[0].partition(":")[0]
            there = sum(name.partition("-")[0] == protocol for name in self._names.values())
            self._names[address] = f"{protocol}-{there + 1}" if there else protocol
        return self._names[address]


class Recorder:
    """Records into a new file; `about` are the conditions. A `LineInterceptor`, and the `Capture` of its lines."""

    def __init__(self, path: Path, about: Mapping[str, str], clock: Clock = time.time_ns) -> None:
        self._file = CaptureFile(path, clock, json.dumps(dict(about), ensure_ascii=False))
        self._path = path
        self._lock = RLock()
        self._names = Names()
        self._interfaces: dict[str, int] = {}
        self._quiet: Counter[str] = Counter()
        self._look: tuple[str, str] | None = None
        self._recorded = 0  # the count of packets and events, without those of looks
        self._events = self._file.interface(LinkType.USER3, EVENTS)

    # Lines.

    def line(self, address: str, kind: LineCapture[L], open_line: Callable[[], L]) -> L:
        name = self._names[address]
        with failing(self, name):
            opened = open_line()
        return kind.captured(opened, self, name)

    def interface(self, link: LinkType, name: str, description: str = "") -> int:
        """Return the interface of that name: a line that is opened again keeps its first one."""
        with self._lock:
            if name not in self._interfaces:
                self._interfaces[name] = self._file.interface(link, name, description)
            return self._interfaces[name]

    def packet(self, interface: int, data: bytes, direction: Direction = Direction.UNKNOWN) -> None:
        with self._lock:
            self._record_looks()
            self._recorded += 1
            self._file.packet(interface, data, direction)

    def failed(self, name: str, error: DriverError) -> None:
        self.happened(failure(name, error))

    def now(self) -> int:
        return self._file.now()

    # Events beside the lines.

    def happened(self, text: str) -> None:
        with self._lock:
            self._record_looks()
            self._recorded += 1
            self._event(text)

    @contextmanager
    def using(self, address: str) -> Iterator[None]:
        """Surround a use of a reader; one without a packet is an event, which parts the looks before it from those after it."""
        with self._lock:
            before = self._recorded
            try:
                yield
            finally:
                if self._recorded == before:
                    self.happened(f"{USE} {self._names[address]}")

    @contextmanager
    def looking(self, address: str, *, ask: bool) -> Iterator[None]:
        """Surround a look at a reader."""
        name = self._names[address]
        with self._lock:
            self._look = (ASK if ask else LOOK), name
            try:
                yield
            finally:
                if self._look is not None:
                    self._quiet[name] += 1
                    self._look = None

    def noticed(self) -> None:
        """Take note that the present look has found something."""
        with self._lock:
            self._record_looks()

    def close(self) -> None:
        self._file.close()

    def discard(self) -> None:
        """Close the file and delete it: there was nothing to record."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _record_looks(self) -> None:
        for name, times in self._quiet.items():
            self._event(f"{QUIET} {name} {times}")
        self._quiet.clear()
        if self._look is not None:
            self._event(" ".join(self._look))
            self._look = None

    def _event(self, text: str) -> None:
        self._file.comment(text)
        self._file.packet(self._events, text.encode())


class Recording:
    """A recorded file: `about` are its conditions. A `LineInterceptor` whose lines are the recorded ones.

    `Misuse`: the file cannot be read, or is no recording; `FrameError`: it is damaged.
    """

    def __init__(self, path: Path) -> None:
        found = blocks(path)
        self._path = path
        self._names = Names()
        self._interfaces = [block for block in found if isinstance(block, CaptureInterface)]
        self._packets = [block for block in found if isinstance(block, Packet)]
        sections = [block.comment for block in found if isinstance(block, Section)]
        if len(sections) != 1 or EVENTS not in [each.name for each in self._interfaces]:
            raise Misuse(f"{path} {NO_RECORDING}")
        self.about = _about(path, sections[0])
        try:
            self.dialogue = Dialogue(filter(None, map(self._turn, self._packets, count(1))), str(path))
        except UnicodeDecodeError as error:
            raise FrameError(f"{path}: an event is no text: {error}") from error

    def line(self, address: str, kind: LineCapture[L], _: Callable[[], L]) -> L:
        name, number = self._line(address)
        packets = [packet for packet in self._packets if packet.interface == number]
        return kind.replayed(RecordedLine(self.dialogue, name, self._interfaces[number], packets))

    def look(self) -> tuple[str, bool, int] | None:
        """The look that is due, and is over thereby: at which line, whether it asks, and how often."""
        words = self.dialogue.take_event(LOOK, ASK, QUIET)
        return (words[1], words[0] == ASK, int(words[2]) if words[2:] else 1) if words else None

    def use(self, address: str) -> None:
        """The reader is used now."""
        use = f"{USE} {self._names[address]}"
        if self.dialogue.next_is(use):
            self.dialogue.repeat(use)

    def name(self, address: str) -> str:
        """The name of the line to an address."""
        return self._names[address]

    def _line(self, address: str) -> tuple[str, int]:
        name = self._names[address]
        self.dialogue.fail(name)
        names = [each.name for each in self._interfaces]
        if name not in names:
            raise Misuse(f"{self._path} has no line {name!r}: it has {', '.join(names)}")
        return name, names.index(name)

    def _turn(self, packet: Packet, place: int) -> Turn | None:
        source = self._interfaces[packet.interface]
        if source.name == EVENTS:
            text = packet.data.decode()
            if text.partition(" ")[0] in (LOOK, ASK, QUIET) and not LOOKS.fullmatch(text):
                raise FrameError(f"{self._path} has a damaged event as packet {place}")
            return Happened(text, place)
        made = usbmon.turn if source.link == LinkType.USB_LINUX_MMAPPED else capture.turn
        return made(packet, source.name, place)


def _about(path: Path, comment: str) -> dict[str, str]:
    try:
        about = json.loads(comment.rpartition("\n")[2])
    except (ValueError, RecursionError):
        about = None
    if not isinstance(about, dict) or not all(isinstance(each, str) for each in about.values()):
        raise Misuse(f"{path} {NO_RECORDING}")
    return about
