"""Which readers are within reach: serial ports, USB devices by their classes, readers of services, and our own virtual ones.

1. Nothing is opened: what is behind a serial port shows only when it is asked, so each port is listed under every protocol that
   speaks over one.
2. A package or daemon that is missing hides its kind of readers; `terminal-sim doctor` says which those are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from terminal_drivers.base import ReaderPart
from terminal_drivers.readers.protocol import OWN_TRANSPORTS, scheme
from terminal_drivers.wiring.table import protocols

SYSFS = Path("/sys/bus/usb/devices")
CALLED = {ReaderPart.CONTACT: "chip", ReaderPart.CONTACTLESS: "contactless", ReaderPart.STRIPE: "stripe"}


@dataclass(frozen=True, slots=True)
class Found:
    """A reader or a port that one may be behind; `virtual` where both ends are ours."""

    address: str
    what: str
    virtual: bool = False


TERMINALS_OWN = (
    Found("virtual", "chip, contactless and stripe of a terminal, in the process", virtual=True),
    Found("pty", "the same over pseudo-terminals", virtual=True),
)


def readers(sysfs: Path = SYSFS) -> list[Found]:
    """Everything that is found now, real readers first."""
    return [*serial_ports(), *usb_readers(sysfs), *named_readers(), *virtual_readers()]


def serial_ports() -> Iterator[Found]:
    """Serial ports of this machine, each under every protocol that speaks over one."""
    # Imported here: it needs pyserial, and only a list of ports does.
    from serial.tools import list_ports

    speaking = [each for each in protocols() if "serial" in each.transports]
    for port in sorted(list_ports.comports(), key=lambda port: port.device):
        about = port.description if port.description not in ("n/a", None) else "serial port"
        for protocol in speaking:
            yield Found(f"{protocol.name}+serial://{port.device}", f"{about}, if such a reader is behind it")


def usb_readers(sysfs: Path = SYSFS) -> Iterator[Found]:
    """USB devices with an interface that a protocol knows as a reader's, as Linux lists them."""
    matches = [(protocol.name, match) for protocol in protocols() for match in protocol.usb]
    for interface in sorted(sysfs.glob("*:*/bInterfaceClass")):
        kind = _text(interface)
        device = sysfs / interface.parent.name.partition(":")[0]
        vendor, product = _text(device / "idVendor"), _text(device / "idProduct")
        for name, match in matches:
            if kind == match.interface_class and match.vendor in ("", vendor):
                what = _text(device / "product") or "a reader without a name"
                yield Found(f"{name}+{match.transport}://{vendor}:{product}", what)


def named_readers() -> Iterator[Found]:
    """The readers of services of this machine."""
    for protocol in protocols():
        if protocol.names is not None:
            for name in protocol.names():
                yield Found(f"{protocol.name}:{name}", f"through {protocol.title}")


def virtual_readers() -> Iterator[Found]:
    """A terminal's own readers, and those of a protocol that are a terminal's whole reader."""
    yield from TERMINALS_OWN
    for protocol in protocols():
        if protocol.own is not None:
            parts = [CALLED[part] for part in protocol.parts]
            listed = " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))
            how = ("in the process", "over a pseudo-terminal")
            for transport, where in zip(OWN_TRANSPORTS, how, strict=True):
                what = f"{listed} of one {protocol.title} reader, {where}"
                yield Found(scheme(protocol.name, transport), what, virtual=True)


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return ""
