"""The readers of ours that the kit is run on: every variant of the CRC order, over HID, with cards and without."""

from collections.abc import Callable
from functools import partial

from terminal_drivers.readers.clauses import BlankCard
from terminal_drivers.readers.vivotech.both_ends import VivotechLine, virtual_vivotech
from terminal_drivers.readers.vivotech.codec import PLAIN, TABLES, TEXT, CrcVariant
from terminal_drivers.readers.vivotech.conformance.subject import VivotechUnderTest

ATR = bytes.fromhex("3B6500002063CB6600")


def _own(line: VivotechLine, variant: CrcVariant, cards: bool) -> VivotechUnderTest:
    both = virtual_vivotech(line, variant)
    if cards:
        both.device.insert(BlankCard(ATR))
        both.device.tap(BlankCard(ATR))
    return VivotechUnderTest(both.host, both.device)


def own_devices() -> dict[str, Callable[[], VivotechUnderTest]]:
    """Each reader of ours by name; each call makes a new one."""
    variants = {"tables": TABLES, "text": TEXT, "plain": PLAIN}
    devices = {name: partial(_own, "loopback", variant, True) for name, variant in variants.items()}
    return {
        **devices,
        "empty": partial(_own, "loopback", TABLES, False),
        "hid": partial(_own, "hid", TABLES, True),
    }
