"""The lines of protocols that are transports: opened by address."""

from pathlib import Path
from urllib.parse import urlsplit

from terminal_drivers.base import Misuse, Transport
from terminal_drivers.captures import capture
from terminal_drivers.readers.address import Address
from terminal_drivers.transports import tcp


def open_line(where: Address, baud: int, *, stop_bits: int = 1) -> Transport:
    """Open the line to a reader over `serial`, `tcp`, `hid` or `capture`; `baud` holds where the address has none."""
    # Each package that a transport needs is imported when it is needed.
    if where.transport == "serial":
        from terminal_drivers.transports.serial import SerialTransport, StopBits

        if not where.beyond and (host := _host_of(where.where)):
            tcp.check_this_machine(host)
        return SerialTransport(where.where, where.baud or baud, StopBits(stop_bits))
    if where.transport == "tcp":
        return tcp.connect(*where.endpoint(), beyond_loopback=where.beyond)
    if where.transport == "hid":
        from terminal_drivers.transports.hid import HidTransport

        return HidTransport(*where.device())
    if where.transport == "capture":
        return capture.replay(Path(where.where), where.name or where.protocol)
    raise Misuse(f"{where} has no line that is opened like this")


def _host_of(port: str) -> str:
    """The host that a URL of pyserial leads to, in clear; "" for a port of this machine."""
    scheme, _, _ = port.partition("://")
    try:
        return urlsplit(port).hostname or "" if scheme in ("socket", "rfc2217") else ""
    except ValueError:
        return ""  # pyserial says what is wrong with it
