"""The conformance kit of ViVOtech2."""

from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader
from terminal_drivers.readers.vivotech.conformance.device import DEVICE
from terminal_drivers.readers.vivotech.conformance.host import HOST, VivotechHostUnderTest
from terminal_drivers.readers.vivotech.conformance.own import own_devices
from terminal_drivers.readers.vivotech.conformance.subject import VivotechUnderTest
from terminal_drivers.readers.vivotech.reader import VivotechReader


def _device_of(reader: object) -> VivotechUnderTest | None:
    if isinstance(reader, VirtualVivotechReader):
        return VivotechUnderTest(reader.host, reader.device)
    return VivotechUnderTest(reader) if isinstance(reader, VivotechReader) else None


KIT = Kit(
    protocol="vivotech",
    device=DEVICE,
    host=HOST,
    device_of=_device_of,
    own_devices=own_devices(),
    own_host=VivotechHostUnderTest,
)
