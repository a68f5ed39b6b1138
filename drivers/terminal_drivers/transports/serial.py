"""A serial line through pyserial: a device path or any of its URLs (`rfc2217://`, `socket://`, `spy://`,
...).

1. pyserial opens and sets up every port. A POSIX port of its own is then read and written by its descriptor, one
   `poll` and one `read` a chunk; its `read` would take six calls for the same, and its `select` knows no descriptor
   from 1024 on. Every other port (a URL, Windows) is read and written by pyserial.
2. Through pyserial, a read waits for one byte and then takes what else has come, and the time-out is set on the
   port only when it changes, for pyserial configures the whole port again each time.
3. There is no flush after a write: it would only wait until the last bit has left.
4. A port is locked while it is open, for programs that ask for the lock too: two hosts would take each other's answers.
"""

import errno
import os
import re
import select
from contextlib import suppress
from enum import Enum

import serial

from terminal_drivers.base import Misuse, ReaderLost

WRITE_TIMEOUT = 5.0
TAKEN = "another program, or another address of this one, has it open: close it there"
CURE = "check its name and the plug, and that this user may open it (group dialout)"

FAULTS: tuple[type[Exception], ...] = (OSError,)
with suppress(ImportError):  # Windows has no such module
    import termios

    # A port that disappears while it is set up raises this: pyserial lets it pass, and it is no OSError.
    FAULTS = (OSError, termios.error)
REFUSALS: tuple[type[Exception], ...] = (*FAULTS, ValueError, re.error)
"""A port that is gone, a speed that it has not, and a pattern of `hwgrep://` that is none."""


class StopBits(Enum):
    """How long the line rests between characters."""

    ONE = 1
    TWO = 2


class SerialTransport:
    """An open serial port, 8 data bits, no parity, no flow control."""

    def __init__(self, url: str, baud: int, stop_bits: StopBits = StopBits.ONE) -> None:
        try:
            self._port = serial.serial_for_url(
                url,
                baudrate=baud,
                stopbits=stop_bits.value,
                timeout=0,
                write_timeout=WRITE_TIMEOUT,
                exclusive=True,
            )
        except REFUSALS as error:
            cure = TAKEN if getattr(error, "errno", None) in (errno.EAGAIN, errno.EBUSY) else CURE
            raise ReaderLost(f"the serial port {url} cannot be opened ({error}): {cure}") from error
        # A subclass of it, as `spy://` has, wants to see the bytes.
        direct = hasattr(select, "poll") and type(self._port) is serial.Serial
        self._descriptor: int | None = self._port.fileno() if direct else None
        if self._descriptor is not None:
            self._readable = select.poll()
            self._readable.register(self._descriptor, select.POLLIN)

    def read(self, n: int, timeout: float) -> bytes:
        port = self._open()
        try:
            if self._descriptor is None:
                return _read(port, n, timeout)
            if not self._readable.poll(timeout * 1000):
                return b""
            data = os.read(self._descriptor, n)
        except FAULTS as error:
            raise _gone(error) from error
        if not data:
            # A port that hung up has nothing to read, and says at once that it can be read.
            raise ReaderLost("the serial port is gone: it has hung up")
        return data

    def write(self, data: bytes) -> None:
        port = self._open()
        try:
            if self._descriptor is None:
                port.write(data)
            else:
                _write(self._descriptor, data)
        except FAULTS as error:
            raise _gone(error) from error

    def set_speed(self, baud: int) -> None:
        """Talk at `baud` bit/s from now on; `ReaderLost` where the line is gone or has no such speed."""
        port = self._open()
        try:
            port.baudrate = baud
        except REFUSALS as error:
            raise ReaderLost(f"the serial port cannot talk at {baud} bit/s: {error}") from error

    def close(self) -> None:
        self._port.close()

    def _open(self) -> serial.Serial:
        if not self._port.is_open:
            raise Misuse("this serial port is closed: open it again")
        return self._port


def _read(port: serial.Serial, n: int, timeout: float) -> bytes:
    if not timeout:
        waiting = port.in_waiting
        return bytes(port.read(min(n, waiting))) if waiting else b""
    if port.timeout != timeout:
        port.timeout = timeout
    data = bytes(port.read(1))
    while data and len(data) < n and (waiting := port.in_waiting):
        data += port.read(min(n - len(data), waiting))
    return data


def _write(descriptor: int, data: bytes) -> None:
    """Write all to a descriptor that does not block; `TimeoutError` where the far end does not take it."""
    while data := data[_taken(descriptor, data) :]:
        writable = select.poll()
        writable.register(descriptor, select.POLLOUT)
        if not writable.poll(WRITE_TIMEOUT * 1000):
            raise TimeoutError(f"it has taken no byte for {WRITE_TIMEOUT:g} s")


def _taken(descriptor: int, data: bytes) -> int:
    try:
        return os.write(descriptor, data)
    except BlockingIOError:
        return 0


def _gone(error: Exception) -> ReaderLost:
    return ReaderLost(f"the serial port is gone: {error}")
