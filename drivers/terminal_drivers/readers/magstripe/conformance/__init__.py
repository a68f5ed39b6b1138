"""The conformance kit of stripe heads, on a serial line and with HID reports."""

from terminal_drivers.readers.clauses import Kit
from terminal_drivers.readers.magstripe.both_ends import VirtualStripeReader
from terminal_drivers.readers.magstripe.conformance.device import DEVICE, Head
from terminal_drivers.readers.magstripe.conformance.host import HOST, StripeHostUnderTest
from terminal_drivers.readers.magstripe.conformance.own import OWN_DEVICES, on_hid, on_line
from terminal_drivers.readers.magstripe.hid_reader import HidStripeHead, VirtualHidStripeReader
from terminal_drivers.readers.magstripe.reader import SerialStripeHead


def _device_of(reader: object) -> Head | None:
    if isinstance(reader, VirtualStripeReader):
        return on_line(reader)
    if isinstance(reader, VirtualHidStripeReader):
        return on_hid(reader)
    if isinstance(reader, HidStripeHead):
        return Head(reader.transport, reader.layout)
    return Head(reader.transport) if isinstance(reader, SerialStripeHead) else None


KIT = Kit(
    protocol="msr",
    device=DEVICE,
    host=HOST,
    device_of=_device_of,
    own_devices=OWN_DEVICES,
    own_host=StripeHostUnderTest,
)
