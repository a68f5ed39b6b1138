"""Where a reader is: `<protocol>+<transport>:<where>[?option=value&...]`, read through the table of protocols.

| transport | where | options |
|---|---|---|
| `virtual` | nothing: both ends are ours, on a loopback | |
| `pty` | nothing, or the path of a link: both ends are ours, on a pseudo-terminal | |
| `serial` | a port, as `///dev/ttyUSB0` or `COM3`, or any URL of pyserial | `baud=`; `beyond=loopback` where a URL leads off this machine |
| `tcp` | host and port, as `//127.0.0.1:4001` | `beyond=loopback` where the reader is not on this machine |
| `usb`, `hid` | vendor and product, as `//08e6:3437` | |
| `capture` | a file: a recorded reader | `name=`, the recorded interface |
| none (`NAME:`) | the name of a reader of a service, or a part of it | |

A protocol with variants takes `variant=` too. Which protocols there are, over which transports, is what each one's `PROTOCOL`
says. An option that neither knows is an error for a path and is left to pyserial within a URL.
"""

from terminal_drivers.base import Misuse
from terminal_drivers.readers.address import DEVICE, ENDPOINT, Address
from terminal_drivers.wiring.table import protocol_of, protocols

OPTIONS = {"serial": ("baud", "beyond"), "tcp": ("beyond",), "capture": ("name",)}
BEYOND = "loopback"
FASTEST_BAUD = 4_000_000


def parse_address(text: str) -> Address:
    """Read an address; `Misuse` says what is supported."""
    beginning, colon, rest = text.partition(":")
    name, plus, transport = beginning.partition("+")
    protocol = protocol_of(name) if colon else None
    if protocol is None or transport not in protocol.transports or bool(plus) != bool(transport):
        beginnings = ", ".join(scheme for each in protocols() for scheme in each.schemes)
        raise Misuse(f"no reader address: {text!r}. It begins with one of {beginnings}")
    if not transport:
        if not rest:
            raise Misuse(f"{text!r} names no reader: write {name}:<the name of a reader, or a part of it>")
        return Address(name, "", rest)
    variants = protocol.variants if protocol.variants and protocol.variants.allow(transport) else None
    options = (*(("variant",) if variants else ()), *OPTIONS.get(transport, ()))
    where, given = _split(rest, options, text)
    _check_where(transport, where, beginning, text)
    variant = given.get("variant")
    if variants and variant is not None and variant not in (choices := variants.choices()):
        raise Misuse(f"no variant {variant!r} in {text!r}: there are {', '.join(choices)}")
    beyond = given.get("beyond")
    if beyond not in (None, BEYOND):
        raise Misuse(f"beyond={beyond} in {text!r} means nothing: write beyond={BEYOND} or leave it out")
    baud = _baud(given.get("baud"), text)
    return Address(name, transport, where, baud, variant, beyond == BEYOND, given.get("name"))


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
