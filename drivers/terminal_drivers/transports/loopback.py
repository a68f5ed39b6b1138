"""Two ends of a line in one process and one thread: a read that finds nothing lets the far end work first.

No time passes on this line: when the far end has worked and still nothing is there, no one is left that could
write, so `read` returns at once as if its time-out had passed.
"""

from collections.abc import Callable
from typing import Self

from terminal_drivers.base import LineDevice, Misuse, ReaderLost, Transport

CLOSED = "this end of the loopback is closed: open a new pair"
FAR_CLOSED = "the far end of the loopback is closed"


class LoopbackEnd:
    """One end of the pair; `pump` is what this end does when the other end waits for it."""

    __slots__ = ("_buffer", "_closed", "_name", "_peer", "_record", "pump")

    def __init__(self, name: str, record: list[tuple[str, bytes]] | None) -> None:
        self._name = name
        self._record = record
        self._buffer = b""
        self._closed = False
        self._peer: Self | None = None
        self.pump: Callable[[], None] | None = None

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - no time passes here (module docstring)
        peer = self._peer
        if peer is None:
            raise Misuse(CLOSED)
        if not self._buffer and peer.pump is not None:
            peer.pump()
        data = self._buffer
        if not data and peer._closed:
            raise ReaderLost(FAR_CLOSED)
        if len(data) <= n:
            self._buffer = b""
            return data
        self._buffer = data[n:]
        return data[:n]

    def write(self, data: bytes) -> None:
        peer = self._peer
        if peer is None:
            raise Misuse(CLOSED)
        if peer._closed:
            raise ReaderLost(FAR_CLOSED)
        if self._record is not None:
            self._record.append((self._name, bytes(data)))
        peer._buffer += data

    def close(self) -> None:
        self._closed = True
        self.pump = self._peer = None


def pair(record: list[tuple[str, bytes]] | None = None) -> tuple[LoopbackEnd, LoopbackEnd]:
    """Return the host end and the device end; `record` gets ("host" or "device", data) of each write."""
    host, device = LoopbackEnd("host", record), LoopbackEnd("device", record)
    host._peer, device._peer = device, host
    return host, device


class _HostEnd:
    """The host's end of a line to `device`, which hears what was written, and answers, inside the host's read."""

    __slots__ = ("_device", "_heard", "_is_far_closed", "_record", "_said")

    def __init__(self, device: LineDevice, record: list[tuple[str, bytes]] | None) -> None:
        self._device: LineDevice | None = device
        self._record = record
        self._heard = b""
        self._said = b""
        self._is_far_closed = False

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002 - no time passes here (module docstring)
        device = self._device
        if device is None:
            raise Misuse(CLOSED)
        said = self._said
        if not said:
            if self._is_far_closed:
                raise ReaderLost(FAR_CLOSED)
            if self._heard:
                heard, self._heard = self._heard, b""
                device.feed(heard)
            said = device.take()
            if said and self._record is not None:
                self._record.append(("device", said))
        if len(said) <= n:
            self._said = b""
            return said
        self._said = said[n:]
        return said[:n]

    def write(self, data: bytes) -> None:
        if self._device is None:
            raise Misuse(CLOSED)
        if self._is_far_closed:
            raise ReaderLost(FAR_CLOSED)
        if self._record is not None:
            self._record.append(("host", bytes(data)))
        self._heard += data

    def close(self) -> None:
        self._device = None

    def close_far(self) -> None:
        """The device is gone: what it has said before is still read."""
        self._is_far_closed = True


class LoopbackLine:
    """A loopback whose far end is a device: the device answers inside the host's read."""

    def __init__(self, device: LineDevice, record: list[tuple[str, bytes]] | None = None) -> None:
        self._host = _HostEnd(device, record)

    def open(self) -> Transport:
        return self._host

    def act(self, what: Callable[[], None]) -> None:
        what()

    def close(self) -> None:
        self._host.close_far()
