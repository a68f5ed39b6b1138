"""Where a reader is: `<protocol>+<transport>:<where>[?option=value&...]`. `opening` and `hosts` open what stands there.

| address | what opens |
|---|---|
| `ccid+virtual:`, `msr+virtual:`, `vivotech+virtual:` | both ends of ours on a loopback |
| `ccid+pty:`, `ccid+pty:/tmp/reader`, `msr+pty:`, `vivotech+pty:` | both ends of ours on a pty, with that link to it |
| `ccid+serial:///dev/ttyUSB0?baud=115200`, `msr+serial:...`, `vivotech+serial:...` | hardware on a serial port |
| `ccid+serial:socket://10.0.0.5:4001` | hardware behind any other URL of pyserial |
| `ccid+tcp://127.0.0.1:4001`, `msr+tcp:...`, `vivotech+tcp:...` | a reader at a TCP port of this machine |
| `ccid+usb://08e6:3437` | a USB reader by vendor and product |
| `msr+hid://0801:0002`, `vivotech+hid://0acd:3530` | a HID reader by vendor and product |
| `ccid+capture:FILE`, `msr+capture:FILE`, `vivotech+capture:FILE` | a recorded reader |
| `pcsc:ACS ACR1252` | a reader of the PC/SC service, by its name or a part of it |

`ccid` takes `variant=` (gempc-twin, gemcore-sim-pro, built-in, ...; hardware is a gempc-twin unless told, ours
built-in), `vivotech` too (tables, text, plain: where its CRCs go MSB first), `msr+hid` too (vendor, standard: its
page); `serial` takes `baud=`; `tcp` takes `beyond=loopback` where the reader is not on this machine; `capture`
takes `name=`, the recorded interface. An option that neither knows is an error for a path and is left to pyserial
within a URL.
"""

import re
from dataclasses import dataclass
from typing import Self

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid import gempc

TRANSPORTS = {
    "ccid": ("virtual", "pty", "serial", "tcp", "usb", "capture"),
    "msr": ("virtual", "pty", "serial", "tcp", "hid", "capture"),
    "vivotech": ("virtual", "pty", "serial", "tcp", "hid", "capture"),
}
OPTIONS = {
    "ccid": ("variant",),
    "vivotech": ("variant",),
    "serial": ("baud",),
    "tcp": ("beyond",),
    "capture": ("name",),
}
VARIANTS = gempc.VARIANTS
CHOICES = {
    "ccid": tuple(VARIANTS),
    "vivotech": ("tables", "text", "plain"),
    "msr": ("vendor", "standard"),
}
BEYOND = "loopback"
PCSC = "pcsc"
DEVICE = re.compile(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", re.ASCII)
ENDPOINT = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:/?\[\]]+):([0-9]{1,5})", re.ASCII)

FASTEST_BAUD = 4_000_000


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address; `where` is a path or a pyserial URL, empty for what is only virtual."""

    protocol: str
    transport: str
    where: str
    baud: int | None = None
    variant: str | None = None
    beyond: bool = False
    name: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; `Misuse` names what is supported."""
        scheme, colon, rest = text.partition(":")
        if colon and scheme == PCSC:
            if not rest:
                raise Misuse(f"{text!r} names no reader: write pcsc:<the name of a reader, or a part of it>")
            return cls(PCSC, "", rest)
        protocol, plus, transport = scheme.partition("+")
        if not (colon and plus) or transport not in TRANSPORTS.get(protocol, ()):
            known = ", ".join(f"{p}+{t}:" for p, each in TRANSPORTS.items() for t in each)
            raise Misuse(f"no reader address: {text!r}. It begins with one of {known}, {PCSC}:")
        known_options = (*OPTIONS.get(protocol, ()), *OPTIONS.get(transport, ()))
        if (protocol, transport) == ("msr", "hid"):
            known_options += ("variant",)
        where, options = _split(rest, known_options, text)
        _check_where(transport, where, scheme, text)
        variant = options.get("variant")
        if variant is not None and variant not in CHOICES[protocol]:
            raise Misuse(f"no variant {variant!r} in {text!r}: there are {', '.join(CHOICES[protocol])}")
        beyond = options.get("beyond")
        if beyond not in (None, BEYOND):
            raise Misuse(f"beyond={beyond} in {text!r} means nothing: write beyond={BEYOND} or leave it out")
        name = options.get("name")
        return cls(
            protocol, transport, where, _baud(options.get("baud"), text), variant, beyond == BEYOND, name
        )

    def __str__(self) -> str:
        """Where the reader is, without options."""
        return f"{self.protocol}{'+' if self.transport else ''}{self.transport}:{self.where}"

    def endpoint(self) -> tuple[str, int]:
        """Host and port of a `tcp` address."""
        found = ENDPOINT.fullmatch(self.where)
        if found is None:
            raise Misuse(f"{self.where!r} is no host and port")
        return found[1].strip("[]"), int(found[2])

    def device(self) -> tuple[int, int]:
        """Vendor and product of a `usb` or `hid` address."""
        found = DEVICE.fullmatch(self.where)
        if found is None:
            raise Misuse(f"{self.where!r} is no vendor and product")
        return int(found[1], 16), int(found[2], 16)


def _check_where(transport: str, where: str, scheme: str, text: str) -> None:
    if transport == "serial" and not where:
        raise Misuse(f"{text!r} names no port: write {scheme}:///dev/ttyUSB0 or {scheme}:<pyserial URL>")
    if transport == "virtual" and where:
        raise Misuse(f"a virtual reader is nowhere: write {scheme}:")
    if transport == "capture" and not where:
        raise Misuse(f"{text!r} names no file: write {scheme}:<a capture>")
    if transport == "tcp":
        found = ENDPOINT.fullmatch(where)
        if found is None or not 0 < int(found[2]) <= 0xFFFF:
            raise Misuse(f"{text!r} names no host and port: write {scheme}://127.0.0.1:4001")
    if transport in ("usb", "hid") and not DEVICE.fullmatch(where):
        raise Misuse(
            f"{text!r} names no device: write {scheme}://VENDOR:PRODUCT, four hexadecimal digits each"
        )


def _split(rest: str, known: tuple[str, ...], text: str) -> tuple[str, dict[str, str]]:
    """Return where and our options; what is not ours stays with a URL and is refused with a path."""
    where, _, query = rest.partition("?")
    is_url = "://" in where
    if not is_url and where.startswith("//"):
        where = where[2:]
    ours: dict[str, str] = {}
    foreign = []
    for option in filter(None, query.split("&")):
        key, _, value = option.partition("=")
        if key in known:
            ours[key] = value
        elif is_url:
            foreign.append(option)
        else:
            raise Misuse(f"unknown option {key!r} in {text!r}: there are {', '.join(known) or 'none here'}")
    return where + ("?" + "&".join(foreign) if foreign else ""), ours


def _baud(digits: str | None, text: str) -> int | None:
    if digits is None:
        return None
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) <= FASTEST_BAUD):
        raise Misuse(f"baud in {text!r} is a number from 1 to {FASTEST_BAUD}")
    return int(digits[:9])
