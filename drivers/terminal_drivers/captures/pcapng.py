"""The blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng), both ways: section, interfaces and packets.

1. Little-endian is written; both byte orders are read. Blocks and options of other kinds are skipped.
2. Times are nanoseconds since 1970; the resolution of an interface is honoured when reading.
3. A block is at most 1 MiB, so that a damaged length is an error and not a demand for memory.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from terminal_drivers.base import FrameError, Misuse

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
MAGIC = 0x1A2B3C4D
NANOSECONDS = 9
MICROSECONDS = 6  # where an interface does not say
LONGEST = 1 << 20
END, COMMENT = 0, 1
IF_NAME, IF_DESCRIPTION, IF_TSRESOL = 2, 3, 9
EPB_FLAGS = 2
APPLICATION = 4


class LinkType(IntEnum):
    """What the packets of an interface are; USER types have the meaning that their users agree on, but USER2 is Apple's now."""

    USER0 = 147
    USER1 = 148
    USER3 = 150
    USER4 = 151
    USER5 = 152
    USER6 = 153
    USER7 = 154
    USB_LINUX_MMAPPED = 220


class Direction(IntEnum):
    """Bits 0 and 1 of epb_flags, seen from the host."""

    UNKNOWN = 0
    INBOUND = 1
    OUTBOUND = 2


@dataclass(frozen=True, slots=True)
class Section:
    """The beginning of a file, or of a further part of one."""

    comment: str = ""


@dataclass(frozen=True, slots=True)
class CaptureInterface:
    """One source of packets."""

    link: int
    name: str = ""
    resolution: int = NANOSECONDS
    description: str = ""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of the interface with that number, counted over all sections of a file; `time` in ns."""

    interface: int
    time: int
    data: bytes
    direction: Direction = Direction.UNKNOWN
    comment: str = ""


def section(comment: str, application: str) -> bytes:
    """Begin a file; its length stays open."""
    options = _option(COMMENT, comment.encode()) + _option(APPLICATION, application.encode()) + _option(END)
    return _block(SECTION, struct.pack("<IHHq", MAGIC, 1, 0, -1) + options)


def interface(described: CaptureInterface) -> bytes:
    """Describe the next interface; they are numbered from 0."""
    options = _option(IF_NAME, described.name.encode()) if described.name else b""
    options += _option(IF_DESCRIPTION, described.description.encode()) if described.description else b""
    options += _option(IF_TSRESOL, bytes((described.resolution,))) + _option(END)
    return _block(INTERFACE, struct.pack("<HHI", described.link, 0, 0) + options)


def packet(packet: Packet) -> bytes:
    """Build one enhanced packet block of an interface with nanoseconds."""
    head = struct.pack(
        "<IIIII",
        packet.interface,
        packet.time >> 32,
        packet.time & 0xFFFF_FFFF,
        len(packet.data),
        len(packet.data),
    )
    options = _option(COMMENT, packet.comment.encode()) if packet.comment else b""
    if packet.direction:
        options += _option(EPB_FLAGS, struct.pack("<I", packet.direction))
    return _block(PACKET, head + _padded(packet.data) + (options + _option(END) if options else b""))


def parse(data: bytes) -> Iterator[Section | CaptureInterface | Packet]:
    """Read a file block by block; `FrameError` where it is damaged."""
    order, interfaces = "<", list[CaptureInterface]()
    at = before = 0
    while at < len(data):
        if data[at : at + 4] == b"\x0a\x0d\x0d\x0a":
            order = "<" if data[at + 8 : at + 12] == MAGIC.to_bytes(4, "little") else ">"
            before += len(interfaces)
            interfaces.clear()
        elif not at:
            raise FrameError("this is no pcapng file: it does not begin with a section")
        if len(data) - at < 12:
            raise FrameError(f"the capture ends within a block at byte {at}")
        kind, length = struct.unpack_from(f"{order}II", data, at)
        if length % 4 or not 12 <= length <= min(LONGEST, len(data) - at):
            raise FrameError(f"the block at byte {at} of the capture has a wrong length: {length}")
        if struct.unpack_from(f"{order}I", data, at + length - 4) != (length,):
            raise FrameError(f"the block at byte {at} of the capture does not end with its length")
        body = data[at + 8 : at + length - 4]
        try:
            if kind == SECTION:
                if struct.unpack_from(f"{order}IHH", body)[:2] != (MAGIC, 1):
                    raise FrameError("this is no pcapng file of version 1")
                yield Section(_options(order, body[16:]).get(COMMENT, b"").decode())
            elif kind == INTERFACE:
                interfaces.append(_interface(order, body))
                yield interfaces[-1]
            elif kind == PACKET:
                yield _packet(order, body, interfaces, before)
        except (struct.error, UnicodeDecodeError) as error:
            raise FrameError(f"the block at byte {at} of the capture is damaged: {error}") from error
        at += length


def _interface(order: str, body: bytes) -> CaptureInterface:
    link, _, _ = struct.unpack_from(f"{order}HHI", body)
    options = _options(order, body[8:])
    resolution = options.get(IF_TSRESOL, bytes((MICROSECONDS,)))[:1]
    if not resolution or resolution[0] > NANOSECONDS:
        raise FrameError("an interface of the capture counts time in units other than 1 s to 1 ns")
    name, description = (options.get(code, b"").decode() for code in (IF_NAME, IF_DESCRIPTION))
    return CaptureInterface(link, name, resolution[0], description)


def _packet(order: str, body: bytes, interfaces: list[CaptureInterface], before: int) -> Packet:
    number, high, low, length, crossed = struct.unpack_from(f"{order}IIIII", body)
    data = body[20 : 20 + length]
    if number >= len(interfaces) or len(data) != length:
        raise FrameError("a packet of the capture is cut short or of no interface")
    if length < crossed:
        raise FrameError(
            f"the capture has {length} of the {crossed} bytes of a packet: capture it anew without a limit (snaplen)"
        )
    options = _options(order, body[20 + len(_padded(data)) :])
    flags = options.get(EPB_FLAGS, bytes(4))
    time = (high << 32 | low) * 10 ** (NANOSECONDS - interfaces[number].resolution)
    (bits,) = struct.unpack(f"{order}I", flags)
    direction = Direction(bits & 3) if bits & 3 != 3 else Direction.UNKNOWN
    return Packet(before + number, time, data, direction, options.get(COMMENT, b"").decode())


def _options(order: str, data: bytes) -> dict[int, bytes]:
    """The options of a block; where one is there several times, as comments may be, the first."""
    found, at = dict[int, bytes](), 0
    while at < len(data):
        code, length = struct.unpack_from(f"{order}HH", data, at)
        value = data[at + 4 : at + 4 + length]
        if code == END:
            break
        if len(value) != length:
            raise FrameError("an option of the capture is cut short")
        found.setdefault(code, value)
        at += 4 + len(_padded(value))
    return found


def _option(code: int, value: bytes = b"") -> bytes:
    if len(value) > 0xFFFF:
        raise Misuse("a comment in a capture has at most 65535 bytes")
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length
