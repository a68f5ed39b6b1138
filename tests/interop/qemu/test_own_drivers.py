"""Our own host drivers on a real Linux: pyusb and hidapi over libusb, and under them a kernel that has our devices plugged in."""

from __future__ import annotations

import re
import shlex

import pytest

from terminal_drivers.readers.ccid.serving import ServedUsbReader
from terminal_drivers.readers.magstripe.serving import ServedUsbStripeHead
from tests.interop.qemu.conftest import LEVELS, Plug, Sale
from tests.interop.qemu.guest import Guest
from tests.interop.qemu.image import INTERPRETER, PYTHONPATH
from tests.interop.test_protocols import ATR_T1, Atred
from tests.interop.test_usb_ccid import Long

pytestmark = pytest.mark.soak

CCID, STRIPE = "ccid+usb://08e6:3437", "msr+hid://0801:0002"
TRACK1 = "%B4761739001010119^VISA/CARD^22122011143804400000?"
TRACK2 = ";4761739001010119=22122011143804400000?"


def start(guest: Guest, address: str, *commands: bytes) -> None:
    """Start the client in the guest, which must list the device under its address before it opens it."""
    words = shlex.join((INTERPRETER, "/client.py", address, *(command.hex() for command in commands)))
    guest.start(f"PYTHONPATH={shlex.quote(PYTHONPATH)} {words} 2>&1 &")
    guest.until(re.escape(address) + r" [^\n]*\nopened\n")


def line(guest: Guest) -> str:
    return guest.until(r"([^\n]*)\n")[1]


@pytest.mark.parametrize(("level", "protocol"), [("APDU", "T=0"), ("TPDU", "T=1")])
def test_a_reader_is_driven_by_pyusb(guest: Guest, plug: Plug, sale: Sale, level: str, protocol: str) -> None:
    reader = ServedUsbReader(LEVELS[level])
    card = sale.card if protocol == "T=0" else Atred(sale.card, ATR_T1)
    reader.insert(card)
    plug(reader)
    start(guest, CCID, *sale.commands)
    assert bytes.fromhex(line(guest)) == card.atr
    assert [bytes.fromhex(line(guest)) for _ in sale.commands] == sale.answers
    assert line(guest) == "INSERTED", "before it was plugged in, and so it is told now"
    reader.remove()
    assert line(guest) == "REMOVED"
    reader.insert(card)
    assert line(guest) == "INSERTED"
    reader.close()
    assert line(guest) == "lost"


def test_an_extended_apdu_goes_through_pyusb(guest: Guest, plug: Plug) -> None:
    command = bytes.fromhex("00DA000000 0600") + bytes(range(256)) * 6
    reader, card = ServedUsbReader(), Long()
    reader.insert(card)
    plug(reader)
    start(guest, CCID, command)
    assert bytes.fromhex(line(guest)) == card.atr
    assert line(guest) == "9000"
    assert card.seen == [command]
    assert line(guest) == "INSERTED"
    reader.close()
    assert line(guest) == "lost"


def test_a_stripe_head_is_driven_by_hidapi(guest: Guest, plug: Plug) -> None:
    """Its report comes in six packets, and a terminal looks without waiting."""
    head = ServedUsbStripeHead()
    plug(head)
    start(guest, STRIPE)
    head.swipe({1: TRACK1, 2: TRACK2})
    assert line(guest) == f"{TRACK1} {TRACK2} None"
    head.swipe({2: TRACK2})
    assert line(guest) == f"None {TRACK2} None"
    head.close()
    assert line(guest) == "lost"
