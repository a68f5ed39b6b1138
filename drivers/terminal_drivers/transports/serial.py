"""A serial line through pyserial: a device path or any of its URLs (`rfc2217://`, `socket://`, `spy://`,
...).

1. A read waits for one byte and then takes what else has come: two calls a chunk, however long the frame.
2. The time-out is set on the port only when it changes, for pyserial configures the whole port again each
   time.
3. There is no flush after a write: it would wait until the last bit has left and wins nothing.
"""

from enum import Enum

import serial

from terminal_drivers.base import Misuse, ReaderLost

WRITE_TIMEOUT = 5.0


class StopBits(Enum):
    """How long the line rests between characters."""

    ONE = 1
    TWO = 2


class SerialTransport:
    """An open serial port, 8 data bits, no parity, no flow control."""

    def __init__(self, url: str, baud: int, stop_bits: StopBits = StopBits.ONE) -> None:
        try:
            self._port = serial.serial_for_url(
                url, baudrate=baud, stopbits=stop_bits.value, timeout=0, write_timeout=WRITE_TIMEOUT
            )
        except (OSError, ValueError) as error:
            raise ReaderLost(f"the serial port {url} cannot be opened: {error}") from error

    def read(self, n: int, timeout: float) -> bytes:
        port = self._open()
        try:
            if not timeout:
                waiting = port.in_waiting
                return bytes(port.read(min(n, waiting))) if waiting else b""
            if port.timeout != timeout:
                port.timeout = timeout
            data = bytes(port.read(1))
            while data and len(data) < n and (waiting := port.in_waiting):
                data += port.read(min(n - len(data), waiting))
        except OSError as error:
            raise ReaderLost(f"the serial port is gone: {error}") from error
        return data

    def write(self, data: bytes) -> None:
        port = self._open()
        try:
            port.write(data)
        except OSError as error:
            raise ReaderLost(f"the serial port is gone: {error}") from error

    def close(self) -> None:
        self._port.close()

    def _open(self) -> serial.Serial:
        if not self._port.is_open:
            raise Misuse("this serial port is closed: open it again")
        return self._port
