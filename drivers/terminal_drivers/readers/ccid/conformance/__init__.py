"""The conformance kit of CCID."""

from terminal_drivers.readers.ccid.both_ends import VirtualCcidReader
from terminal_drivers.readers.ccid.conformance.device import DEVICE
from terminal_drivers.readers.ccid.conformance.host import HOST, Host
from terminal_drivers.readers.ccid.conformance.own import own_devices
from terminal_drivers.readers.ccid.conformance.subject import Device
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.clauses import Kit


def _device_of(reader: object) -> Device | None:
    if isinstance(reader, VirtualCcidReader):
        return Device(reader.host)
    return Device(reader) if isinstance(reader, CcidReader) else None


KIT = Kit(
    protocol="ccid",
    device=DEVICE,
    host=HOST,
    device_of=_device_of,
    own_devices=own_devices(),
    own_host=Host,
)
