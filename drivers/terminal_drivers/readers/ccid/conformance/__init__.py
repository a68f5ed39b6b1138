"""The conformance kit of CCID."""

from terminal_drivers.readers.ccid.both_ends import VirtualCcidReader
from terminal_drivers.readers.ccid.conformance.device import DEVICE
from terminal_drivers.readers.ccid.conformance.host import HOST, CcidHostUnderTest
from terminal_drivers.readers.ccid.conformance.own import own_devices
from terminal_drivers.readers.ccid.conformance.subject import CcidUnderTest
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.clauses import Kit


def _device_of(reader: object) -> CcidUnderTest | None:
    if isinstance(reader, VirtualCcidReader):
        return CcidUnderTest(reader.host)
    return CcidUnderTest(reader) if isinstance(reader, CcidReader) else None


KIT = Kit(
    protocol="ccid",
    device=DEVICE,
    host=HOST,
    device_of=_device_of,
    own_devices=own_devices(),
    own_host=CcidHostUnderTest,
)
