"""The line to a printer: a device file or any other file, a serial port, USB, or a port of the network. Bytes go out and nothing comes in."""

from __future__ import annotations

import socket
from typing import Any, Protocol

from terminal_sim.printers.address import PrinterAddress, PrinterError, PrinterLine

_PATIENCE = 5.0  # seconds that a printer may take for what it is sent


class PrinterPort(Protocol):
    """Both raise `OSError` where the printer is gone."""

    def write(self, data: bytes) -> object: ...
    def close(self) -> None: ...


class _File:
    def __init__(self, path: str) -> None:
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - it is closed with the printer

    def write(self, data: bytes) -> None:
        """A device may take less than it is given."""
        left = memoryview(data)
        while left:
            left = left[self._file.write(left) :]

    def close(self) -> None:
        self._file.close()


class _Network:
    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), _PATIENCE)

    def write(self, data: bytes) -> None:
        self._socket.sendall(data)

    def close(self) -> None:
        self._socket.close()


class _Usb:
    """The first bulk endpoint that goes out; python-escpos finds it by the defaults of its printers."""

    def __init__(self, device: Any) -> None:
        self._device = device

    def write(self, data: bytes) -> None:
        self._device._raw(data)

    def close(self) -> None:
        self._device.close()


def open_port(address: PrinterAddress) -> PrinterPort:
    """Raises `PrinterError` where there is no such printer."""
    try:
        match address.line:
            case PrinterLine.FILE:
                return _File(address.where)
            case PrinterLine.SERIAL:
                return _serial(address.where, int(address.options.get("baud", "9600")))
            case PrinterLine.USB:
                return _usb(*address.device)
            case PrinterLine.NETWORK:
                return _Network(*address.endpoint)
    except OSError as wrong:
        raise PrinterError(f"the printer {address} cannot be opened: {wrong.strerror or wrong}") from None


def _serial(port: str, baud: int) -> PrinterPort:
    import serial

    return serial.serial_for_url(port, baudrate=baud, write_timeout=_PATIENCE)


def _usb(vendor: int, product: int) -> PrinterPort:
    try:
        from escpos.exceptions import Error
        from escpos.printer import Usb

        device = Usb(vendor, product, timeout=int(_PATIENCE * 1000))
        device.open()
    except (ImportError, RuntimeError):
        raise PrinterError(
            'a printer at USB needs the extras print and usb: pip install "terminal-sim[print,usb]"'
        ) from None
    except Error as wrong:
        raise OSError(0, " ".join(str(wrong).split())) from None
    return _Usb(device)
