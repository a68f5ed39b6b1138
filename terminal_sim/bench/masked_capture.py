"""A trace as a pcapng file for Wireshark: each APDU and each message of the acquirer with its bytes, as masked as the trace has them.

The packets of the interface `apdu` are ISO 7816-4 commands and responses without their link (USER5), those of `host` are ISO 8583 messages (USER6): Wireshark dissects
them as what its table of user link types says. A hidden byte is 00.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from terminal_drivers.captures import pcapng
from terminal_drivers.captures.pcapng import CaptureInterface, Direction, LinkType, Packet
from terminal_sim.core.moment import Instant
from terminal_sim.runtime.contents import ApduExchange, MessageReceived, MessageSent
from terminal_sim.runtime.trace import TraceEntry
from terminal_sim.secret import MaskedBytes

_COMMENT = "Masked: bytes that say whose card it is, and what is secret of it, are 00."
_APDU, _HOST = range(2)
_INTERFACES = (
    CaptureInterface(LinkType.USER5, "apdu", description="ISO 7816-4 commands and responses"),
    CaptureInterface(LinkType.USER6, "host", description="ISO 8583 messages"),
)


def masked_capture(entries: Iterable[TraceEntry]) -> bytes:
    """The file. Entries without bytes have no packet."""
    blocks = [pcapng.section(_COMMENT, "terminal-sim"), *map(pcapng.interface, _INTERFACES)]
    blocks += [pcapng.packet(packet) for entry in entries for packet in _packets(entry)]
    return b"".join(blocks)


def _packets(entry: TraceEntry) -> Iterator[Packet]:
    content, at = entry.content, _nanoseconds(entry.at)
    if isinstance(content, ApduExchange):
        yield from _packet(_APDU, at, content.command_bytes, Direction.OUTBOUND, content.command)
        yield from _packet(_APDU, at, content.response_bytes, Direction.INBOUND, content.response)
    elif isinstance(content, MessageSent):
        yield from _packet(_HOST, at, content.message, Direction.OUTBOUND, f"{content.mti} {content.out}")
    elif isinstance(content, MessageReceived):
        yield from _packet(_HOST, at, content.message, Direction.INBOUND, content.into)


def _packet(
    interface: int, at: int, data: MaskedBytes | None, direction: Direction, comment: str
) -> Iterator[Packet]:
    if data is not None:
        yield Packet(interface, at, data.data, direction, comment)


def _nanoseconds(at: Instant) -> int:
    """Nanoseconds of the wall clock of the bench since 1970."""
    return at.wall * 1_000
