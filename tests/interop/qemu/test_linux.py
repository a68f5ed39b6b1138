"""A real Linux kernel takes our USB devices, and Debian's own pcscd and libccid drive our reader behind it.

The kernel's USB/IP host controller attaches what `readers serve` serves; nothing between the two is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from terminal_drivers.control_pipe import Identity
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.serving import USB_MESSAGE, ServedUsbReader
from terminal_drivers.readers.ccid.usb import GEMPC_TWIN, configuration_descriptor
from terminal_drivers.readers.magstripe.hid import STANDARD, VENDOR, Layout
from terminal_drivers.readers.magstripe.serving import ServedUsbStripeHead
from tests.interop.conftest import CardNamed
from tests.interop.qemu.conftest import LEVELS, Device, Plug, Sale
from tests.interop.qemu.guest import Guest
from tests.interop.test_protocols import ATR_T1, Atred, Echo

pytestmark = pytest.mark.soak

SWIPE = {
    1: "%B4761739001010119^VISA/CARD^22122011143804400000?",
    2: ";4761739001010119=22122011143804400000?",
}
HARMLESS = "vhci_device speed not set"
"""What the kernel's USB/IP host controller says of every device at full speed: it looks for high and low alone."""


@pytest.fixture
def attach(guest: Guest, plug: Plug) -> Iterator[Plug]:
    """Plug a reader in and start the guest's pcscd, which looks for readers only when it starts."""

    def attach(reader: Device) -> str:
        path = plug(reader)
        guest.run("pcscd --foreground >/tmp/pcscd 2>&1 & daemon=$!")
        guest.run("until [ -e /run/pcscd/pcscd.comm ]; do sleep 0.1; done")
        return path

    yield attach
    guest.run("kill $daemon; wait $daemon; true")


def exchange(guest: Guest, commands: list[bytes]) -> list[bytes]:
    """Let opensc-tool send commands, and read the answers off what it prints."""
    sent = " ".join(f"-s {command.hex()}" for command in commands)
    printed = guest.run(f"opensc-tool --reader 0 --card-driver default {sent}")
    return [answer(each) for each in printed.split("Sending: ")[1:]]


def answer(printed: str) -> bytes:
    """Up to 16 bytes stand in a line, each as two digits and a space, and again as text; no line but the first is padded."""
    found = re.search(r"SW1=0x(..), SW2=0x(..)\):?\n(.*)", printed, re.DOTALL)
    assert found is not None, printed
    lines = found[3].splitlines()
    counts = [len(line) - 48 if number else len(line) // 4 for number, line in enumerate(lines)]
    data = "".join(line[: 3 * count] for line, count in zip(lines, counts, strict=True))
    return bytes.fromhex(data + found[1] + found[2])


@pytest.mark.parametrize("level", LEVELS)
def test_the_kernel_and_lsusb_read_the_descriptors_of_a_reader(guest: Guest, plug: Plug, level: str) -> None:
    reader = ServedUsbReader(LEVELS[level])
    guest.run("dmesg -c >/dev/null")
    path = plug(reader)
    described = ClassDescriptor(features=LEVELS[level], max_message=USB_MESSAGE)
    assert seen(guest, path, GEMPC_TWIN) == configuration_descriptor(described.build())
    listed = guest.run("lsusb -v -d 08e6:3437")
    assert f"dwFeatures       {LEVELS[level]:08X}" in listed
    assert ("Short and extended APDU level exchange" in listed) == (level == "APDU")
    assert ("TPDU level exchange" in listed) == (level == "TPDU")
    assert complaints(guest) == []


def seen(guest: Guest, path: str, identity: Identity) -> bytes:
    """The configuration descriptor that the kernel has read of a device at full speed, whose identity is checked."""
    maker, product, number, speed = guest.run(
        f"cd {path}; cat manufacturer product serial speed; cd /"
    ).splitlines()
    assert ((maker, product, number), speed) == (identity.strings, "12")
    described = bytes.fromhex(guest.run(f"hexdump -v -e '64/1 \"%02x\"' {path}/descriptors"))
    device = identity.device_descriptor()
    assert described[: len(device)] == device
    return described[len(device) :]


def complaints(guest: Guest) -> list[str]:
    """The errors and warnings that the kernel has printed since its messages were cleared."""
    printed = guest.run("dmesg -r | grep '^<[0-4]>'; true").splitlines()
    return [line for line in printed if HARMLESS not in line]


@pytest.mark.parametrize("protocol", ["T=0", "T=1"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_whole_transaction_comes_through_as_the_card_answers_it(
    guest: Guest, attach: Plug, sale: Sale, level: str, protocol: str
) -> None:
    """opensc-tool says to the card what a terminal says."""
    reader = ServedUsbReader(LEVELS[level])
    card = sale.card if protocol == "T=0" else Atred(sale.card, ATR_T1)
    reader.insert(card)
    attach(reader)
    assert bytes.fromhex(guest.run("opensc-tool --reader 0 --atr").replace(":", "")) == card.atr
    assert exchange(guest, sale.commands) == sale.answers


def test_messages_of_whole_packets_and_the_longest_go_through(guest: Guest, attach: Plug) -> None:
    """A packet has 64 bytes: with 10 of a header, 112 bytes of data fill two to the card, and 116 two from it."""
    lengths = (112, 116, 255)
    data = [bytes(range(length)) for length in lengths]
    reader, card = ServedUsbReader(), Echo()
    reader.insert(card)
    attach(reader)
    sent = [bytes.fromhex("00DA0000") + bytes((len(each),)) + each + b"\0" for each in data]
    assert exchange(guest, sent) == [each + b"\x90\x00" for each in data]
    assert card.seen == sent


def test_cards_come_and_go_by_the_interrupt_pipe(guest: Guest, attach: Plug, card: CardNamed) -> None:
    reader = ServedUsbReader()
    attach(reader)
    guest.run("cat /sys/kernel/debug/usb/usbmon/0u >/tmp/usbmon & monitor=$!")
    # On a terminal pcsc_scan draws in colours without end.
    guest.start("mkfifo /tmp/scan; pcsc_scan -n >/tmp/scan & scan=$!; cat /tmp/scan &")
    guest.until("Card removed")
    for name in ("visa-credit", "amex-credit"):
        chip = card(name).chip
        assert chip is not None
        reader.insert(chip)
        guest.until("Card inserted.*ATR: 3B")
        reader.remove()
        guest.until("Card removed")
    guest.run("kill $scan $monitor; wait $scan $monitor; true")
    told = guest.run("cat /tmp/usbmon")
    assert re.findall(r" C Ii:\S+:3 0:\S+ 2 = (\w+)\n", told) == ["5003", "5002"] * 2


def test_a_reader_that_is_unplugged_is_gone_and_another_takes_its_place(guest: Guest, plug: Plug) -> None:
    first, second = ServedUsbReader(), ServedUsbStripeHead()
    path = plug(first)
    assert guest.run(f"cat {path}/idProduct") == "3437\n"
    first.close()
    guest.gone(path)
    assert "USB disconnect" in guest.run("dmesg | tail -n 5")
    assert guest.run(f"cat {plug(second)}/idProduct") == "0002\n"


@pytest.mark.parametrize("layout", [VENDOR, STANDARD], ids=["vendor", "standard"])
def test_the_report_of_a_swipe_comes_out_of_hidraw(guest: Guest, plug: Plug, layout: Layout) -> None:
    head = ServedUsbStripeHead(layout)
    guest.run("dmesg -c >/dev/null")
    path = plug(head)
    guest.run("until [ -e /dev/hidraw0 ]; do sleep 0.1; done")
    parsed = guest.run(f"hexdump -v -e '64/1 \"%02x\"' {path}/*/*/report_descriptor")
    assert bytes.fromhex(parsed) == layout.descriptor()
    # The kernel throws away what was reported before anybody listens, so the swipe waits for the open file.
    guest.start(
        "(echo opened; for swipe in 1 2; do dd bs=512 count=1 2>/dev/null | hexdump -v -e '64/1 \"%02x\"'; echo .; done)"
        " </dev/hidraw0 &"
    )
    guest.until("opened\n")
    for stripe in (SWIPE, {2: SWIPE[2]}):
        head.swipe(stripe)
        report = bytes.fromhex(guest.until(r"([0-9a-f\s]+)\.\n")[1])
        assert (len(report), layout.parse(report).track1) == (layout.size, stripe.get(1))
        assert layout.parse(report).track2 == SWIPE[2]
    assert complaints(guest) == []
