"""The readers of ours that the kit is run on: every serial variant, USB at every level, a card of each protocol."""

from collections.abc import Callable
from functools import partial

from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.conformance.host import T1_ATR
from terminal_drivers.readers.ccid.conformance.subject import CcidUnderTest
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import CONTACTLESS, EXTENDED, SERIAL_CHARACTER, SERIAL_TPDU
from terminal_drivers.readers.ccid.gempc import VARIANTS, GemPcVariant
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbDevice, CcidUsbLink, DirectPipes
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.clauses import BlankCard

CARDS = {"T=0": bytes.fromhex("3B6500002063CB6600"), "T=1": bytes.fromhex(T1_ATR)}


def _own_serial(variant: GemPcVariant, atr: bytes) -> CcidUnderTest:
    both = virtual_ccid(variant=variant)
    both.device.insert(0, BlankCard(atr))
    return CcidUnderTest(both.host)


def _own_usb(features: int, atr: bytes) -> CcidUnderTest:
    descriptor = ClassDescriptor(features=features)
    device = VirtualCcid((features,), descriptor=descriptor)
    device.insert(0, BlankCard(atr))
    link = CcidUsbLink(DirectPipes(CcidUsbDevice(device)), descriptor.max_message)
    return CcidUnderTest(CcidReader(link, (features,), descriptor=descriptor))


USB_LEVELS = {
    "usb-character": SERIAL_CHARACTER,
    "usb-tpdu": SERIAL_TPDU,
    "usb-short": int(CONTACTLESS),
    "usb-extended": int(EXTENDED),
}


def own_devices() -> dict[str, Callable[[], CcidUnderTest]]:
    """Each reader of ours by name; each call makes a new one."""
    devices: dict[str, Callable[[], CcidUnderTest]] = {}
    for card, atr in CARDS.items():
        for name, variant in VARIANTS.items():
            devices[f"{name} {card}"] = partial(_own_serial, variant, atr)
        for name, features in USB_LEVELS.items():
            devices[f"{name} {card}"] = partial(_own_usb, features, atr)
    return devices
