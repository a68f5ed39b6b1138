"""Which readers are within reach: serial ports, USB devices by their classes, PC/SC readers, and our own virtual ones.

1. Nothing is opened: a serial port tells no protocol before it is, so each is listed under the protocols that speak over one.
2. A package or daemon that is missing hides its kind of readers; `terminal-sim doctor` says which those are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from terminal_drivers.base import DriverError

SYSFS = Path("/sys/bus/usb/devices")
USB_CLASS_SMART_CARD, USB_CLASS_HID = "0b", "03"  # as sysfs writes them
HID_MAKERS = {"0801": "msr", "0acd": "vivotech"}
"""The protocol that the HID readers of a vendor speak: MagTek's heads, ID TECH's readers."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reader or a port that one may be behind; `virtual` where both ends are ours."""

    address: str
    what: str
    virtual: bool = False


VIRTUAL = (
    Found("virtual", "chip, contactless and stripe of a terminal, in the process", virtual=True),
    Found("pty", "the same over pseudo-terminals", virtual=True),
    Found("vivotech+virtual:", "the same parts as one ViVOtech2 reader, in the process", virtual=True),
    Found("vivotech+pty:", "the same over a pseudo-terminal", virtual=True),
)


def readers(sysfs: Path = SYSFS) -> list[Found]:
    """Everything that is found now, real readers first."""
    return [*serial_ports(), *usb_readers(sysfs), *pcsc_readers(), *VIRTUAL]


def serial_ports() -> Iterator[Found]:
    """Serial ports of this machine, each under every protocol that speaks over one."""
    # Imported here: it needs pyserial, and only who lists ports needs it.
    from serial.tools import list_ports

    for port in sorted(list_ports.comports(), key=lambda port: port.device):
        about = port.description if port.description not in ("n/a", None) else "serial port"
        for protocol in ("ccid", "msr", "vivotech"):
            yield Found(f"{protocol}+serial://{port.device}", f"{about}, if such a reader is behind it")


def usb_readers(sysfs: Path = SYSFS) -> Iterator[Found]:
    """USB devices with an interface of the smart card class, and HID devices of makers of readers, as Linux lists them."""
    for interface in sorted(sysfs.glob("*:*/bInterfaceClass")):
        kind = _text(interface)
        device = sysfs / interface.parent.name.partition(":")[0]
        vendor, product = _text(device / "idVendor"), _text(device / "idProduct")
        name = _text(device / "product") or "a reader without a name"
        if kind == USB_CLASS_SMART_CARD:
            yield Found(f"ccid+usb://{vendor}:{product}", name)
        elif kind == USB_CLASS_HID and vendor in HID_MAKERS:
            yield Found(f"{HID_MAKERS[vendor]}+hid://{vendor}:{product}", name)


def pcsc_readers() -> Iterator[Found]:
    """The readers of the PC/SC service of this machine; none where pyscard or the service is missing."""
    try:
        # Imported here: it needs pyscard.
        from terminal_drivers.readers.pcsc.client import readers as names

        found = names()
    except DriverError:
        return
    for name in found:
        yield Found(f"pcsc:{name}", "through PC/SC")


def _text(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace").strip()
    except OSError:
        return ""
