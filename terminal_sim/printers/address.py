"""Where a printer is, as a value: `file:///dev/usb/lp0`, `serial:///dev/ttyUSB0?baud=19200`, `usb://04b8:0202`, `network://127.0.0.1:9100`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.errors import Unsafe
from terminal_sim.loopback import BEYOND, is_loopback

_DEFAULT_PORT = 9100
_DEVICE = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", re.ASCII)
_ENDPOINT = re.compile(r"([A-Za-z0-9.-]+)(?::([0-9]{1,5}))?", re.ASCII)
_FORMS = "file:///dev/usb/lp0, serial:///dev/ttyUSB0?baud=19200, usb://04b8:0202 or network://127.0.0.1:9100"


class PrinterError(ValueError):
    """A printer that cannot be used, in one sentence with its cure."""


class UnsafePrinter(Unsafe):
    """A printer on another machine, to which receipts would go over the network."""


class PrinterLine(Enum):
    """How the printer is attached."""

    FILE = "file"
    SERIAL = "serial"
    USB = "usb"
    NETWORK = "network"


# Options of all, and of each line: the model that python-escpos knows, and the one code page to print in.
_OF_ALL = ("model", "codepage")
_OPTIONS: Mapping[PrinterLine, tuple[str, ...]] = {
    PrinterLine.FILE: _OF_ALL,
    PrinterLine.SERIAL: (*_OF_ALL, "baud"),
    PrinterLine.USB: _OF_ALL,
    PrinterLine.NETWORK: (*_OF_ALL, BEYOND),
}


@dataclass(frozen=True, slots=True)
class PrinterAddress:
    """`where` is a path, `VENDOR:PRODUCT` in hexadecimal digits, or a host with its port."""

    line: PrinterLine
    where: str
    options: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> PrinterAddress:
        """Raises `PrinterError` with the form that is right, and `UnsafePrinter` for another machine that is not allowed."""
        place, _, query = text.partition("?")
        scheme, colon, where = place.partition("://")
        lines = {line.value: line for line in PrinterLine}
        if not colon or scheme not in lines:
            raise PrinterError(f"{text!r} is no printer{suggest(scheme, lines) or f': write {_FORMS}'}")
        line = lines[scheme]
        address = cls(line, where, _options(text, query, _OPTIONS[line]))
        address._check(text)
        return address

    @property
    def device(self) -> tuple[int, int]:
        """Vendor and product of a USB printer."""
        vendor, _, product = self.where.partition(":")
        return int(vendor, 16), int(product, 16)

    @property
    def endpoint(self) -> tuple[str, int]:
        """Host and port of a printer in the network."""
        host, _, port = self.where.partition(":")
        return host, int(port or _DEFAULT_PORT)

    def __str__(self) -> str:
        return f"{self.line.value}://{self.where}"

    def _check(self, text: str) -> None:
        form = {PrinterLine.USB: _DEVICE, PrinterLine.NETWORK: _ENDPOINT}.get(self.line)
        if not self.where or (form is not None and not form.fullmatch(self.where)):
            raise PrinterError(f"{text!r} says no place: write {_FORMS}")
        baud = self.options.get("baud", "9600")
        if not (baud.isascii() and baud.isdigit() and int(baud) > 0):
            raise PrinterError(f"{text!r}: baud is a number, such as baud=19200")
        if self.line is PrinterLine.NETWORK and self.endpoint[1] > 0xFFFF:
            raise PrinterError(f"{text!r}: a port is 1 to 65535")
        if (
            self.line is PrinterLine.NETWORK
            and not is_loopback(self.endpoint[0])
            and BEYOND not in self.options
        ):
            raise UnsafePrinter(
                f"{text!r} is another machine, and receipts would go there in clear: allow it with ?{BEYOND}=loopback"
            )


def _options(text: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    options: dict[str, str] = {}
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if name not in known or not equals or not value:
            cure = suggest(name, known) or f": it has {', '.join(known)}"
            raise PrinterError(f"{text!r} has no option {name!r}{cure}")
        options[name] = value
    return options
