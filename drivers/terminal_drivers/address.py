"""Where a reader is: `<protocol>+<transport>:<where>[?option=value&...]`, and opening what stands there.

| address | what opens |
|---|---|
| `ccid+virtual:`, `msr+virtual:` | both ends of ours on a loopback |
| `ccid+pty:`, `ccid+pty:/tmp/reader`, `msr+pty:` | both ends of ours on a pty, with that link to it |
| `ccid+serial:///dev/ttyUSB0?baud=115200`, `msr+serial:///dev/ttyS0` | hardware on a serial port |
| `ccid+serial:socket://10.0.0.5:4001` | hardware behind any other URL of pyserial |

`ccid` takes `variant=` (gempc-twin, gemcore-sim-pro, built-in; hardware is a gempc-twin unless told, ours
built-in); `serial` takes `baud=`. An option that neither knows is an error for a path and is left to pyserial
within a URL.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from terminal_drivers.base import Misuse, Trace, Transport
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMCORE_SIM_PRO, GEMPC_TWIN, GemPcLink, Variant
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.virtual import (
    CCID_BAUD,
    STRIPE_BAUD,
    LineKind,
    VirtualCcidReader,
    VirtualStripeReader,
    virtual_ccid,
    virtual_stripe_head,
)

PROTOCOLS = "ccid", "msr"
TRANSPORTS = "virtual", "pty", "serial"
OPTIONS = {"ccid": ("variant",), "msr": (), "serial": ("baud",), "virtual": (), "pty": ()}
VARIANTS = {"gempc-twin": GEMPC_TWIN, "gemcore-sim-pro": GEMCORE_SIM_PRO, "built-in": BUILT_IN}

FASTEST_BAUD = 4_000_000


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed address; `where` is a path or a pyserial URL, empty for what is only virtual."""

    protocol: str
    transport: str
    where: str
    baud: int | None = None
    variant: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; `Misuse` names what is supported."""
        scheme, colon, rest = text.partition(":")
        protocol, plus, transport = scheme.partition("+")
        if not (colon and plus) or protocol not in PROTOCOLS or transport not in TRANSPORTS:
            known = ", ".join(f"{p}+{t}:" for p in PROTOCOLS for t in TRANSPORTS)
            raise Misuse(f"no reader address: {text!r}. It begins with one of {known}")
        where, options = _split(rest, (*OPTIONS[protocol], *OPTIONS[transport]), text)
        if transport == "serial" and not where:
            raise Misuse(f"{text!r} names no port: write {scheme}:///dev/ttyUSB0 or {scheme}:<pyserial URL>")
        if transport == "virtual" and where:
            raise Misuse(f"a virtual reader is nowhere: write {scheme}:")
        variant = options.get("variant")
        if variant is not None and variant not in VARIANTS:
            raise Misuse(f"no variant {variant!r} in {text!r}: there are {', '.join(VARIANTS)}")
        return cls(protocol, transport, where, _baud(options.get("baud"), text), variant)


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


OpenedReader = CcidReader | SerialStripeHead | VirtualCcidReader | VirtualStripeReader


def open_reader(
    address: Address | str, *, timeout: float = TIMEOUT, trace: Trace | None = None
) -> OpenedReader:
    """Open what stands at an address: the host end, and for `virtual` and `pty` both ends.

    `timeout` and `trace` are for `ccid`. `Misuse`: no such address; `ReaderLost`: the port does not open.
    """
    where = address if isinstance(address, Address) else Address.parse(address)
    variant = VARIANTS[where.variant or ("gempc-twin" if where.transport == "serial" else "built-in")]
    if where.transport == "serial":
        return _open_serial(where, variant, timeout, trace)
    line: LineKind = "pty" if where.transport == "pty" else "loopback"
    link = Path(where.where) if where.where else None
    if where.protocol == "msr":
        return virtual_stripe_head(line, link=link)
    return virtual_ccid(line, variant, timeout=timeout, trace=trace, link=link)


def _open_serial(
    where: Address, variant: Variant, timeout: float, trace: Trace | None
) -> CcidReader | SerialStripeHead:
    # Imported here: it needs pyserial.
    from terminal_drivers.transports.serial import SerialTransport, StopBits

    transport: Transport
    if where.protocol == "msr":
        transport = SerialTransport(where.where, where.baud or STRIPE_BAUD)
        return SerialStripeHead(transport)
    transport = SerialTransport(where.where, where.baud or CCID_BAUD, StopBits.TWO)
    return CcidReader(GemPcLink(transport, variant), variant.features, timeout=timeout, trace=trace)
