"""Virtual readers for other people's software: the device end is ours, and whoever opens the other end is the host.

| address | what is served until `close` |
|---|---|
| `ccid+pty:[LINK][?variant=NAME]` | a reader of the GemPC family on a pseudo-terminal; hosts come and go, the card stays |
| `ccid+usbip:[PORT]` | a USB reader at APDU level on a port of loopback, for `usbip attach` or another USB/IP host |
| `msr+usbip:[PORT]` | a USB HID stripe head, the same way |
| `vivotech+pty:[LINK]` | a NEO reader on a pseudo-terminal: slot 0 is its slot, slot 1 its field, and it reads stripes |
| `vpcd:[PORT]` | both slots of a vpcd that connects to PORT and the next one (45963 unless told) |
"""

from pathlib import Path

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid.pin_clock import Person
from terminal_drivers.readers.ccid.serving import DEFAULT_VARIANT, ServedSerialReader, ServedUsbReader
from terminal_drivers.readers.ccid.virtual import nobody
from terminal_drivers.readers.magstripe.serving import ServedUsbStripeHead
from terminal_drivers.readers.served import Served
from terminal_drivers.readers.vivotech.serving import ServedVivotech
from terminal_drivers.readers.vpcd.serving import PORT, ServedVpcd
from terminal_drivers.wiring.address import Address

USBIP, STRIPE_USBIP, VPCD = "ccid+usbip:", "msr+usbip:", "vpcd:"


def serve(address: str, link: Path | None = None, person: Person = nobody) -> Served:
    """Serve the virtual reader of an address; `link` is the path of a pseudo-terminal where the address has none.

    `person` is shown each prompt of its PIN pad.

    `Misuse`: no such reader can be served, or the link or port cannot be had.
    """
    if address.startswith((USBIP, STRIPE_USBIP, VPCD)):
        if link is not None:
            raise Misuse(f"{address} is reached at a port and has no link: leave the link out")
        if address.startswith(VPCD):
            return ServedVpcd(_port(address.removeprefix(VPCD)) or PORT)
        if address.startswith(STRIPE_USBIP):
            return ServedUsbStripeHead(port=_port(address.removeprefix(STRIPE_USBIP)))
        return ServedUsbReader(port=_port(address.removeprefix(USBIP)))
    where = Address.parse(address)
    if where.transport != "pty" or where.protocol not in ("ccid", "vivotech"):
        raise Misuse(
            f"{address} is not served to other software: "
            f"ccid+pty:, vivotech+pty:, {USBIP}, {STRIPE_USBIP} and {VPCD} are"
        )
    if where.where and link is not None:
        raise Misuse("the link is named twice: in the address and beside it")
    path = Path(where.where) if where.where else link
    if where.protocol == "vivotech":
        return ServedVivotech(path)
    return ServedSerialReader(where.variant or DEFAULT_VARIANT, path, person)


def _port(digits: str) -> int:
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit() and int(digits[:6]) <= 0xFFFF):
        raise Misuse(f"{digits!r} is no port: write a number up to 65535")
    return int(digits[:6])
