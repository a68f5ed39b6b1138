import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers import open_reader
from terminal_drivers.base import Misuse, ReaderLost, Tracks
from terminal_drivers.readers.address import Address
from terminal_drivers.readers.ccid.both_ends import VirtualCcidReader
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMPC_TWIN, GemPcDevice
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.magstripe.both_ends import VirtualStripeReader
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.vivotech.both_ends import VirtualVivotechReader
from terminal_drivers.transports.pty import PtyLine
from terminal_drivers.wiring.address import parse_address
from terminal_drivers.wiring.opening import open_both, open_host

TRACK2 = ";4761739001010119=30122011143878089?"

ADDRESSES: list[tuple[str, Address]] = [
    ("ccid+virtual:", Address("ccid", "virtual", "")),
    ("msr+virtual:", Address("msr", "virtual", "")),
    ("ccid+virtual:?variant=gempc-twin", Address("ccid", "virtual", "", None, "gempc-twin")),
    ("ccid+pty:", Address("ccid", "pty", "")),
    ("ccid+pty:/tmp/reader", Address("ccid", "pty", "/tmp/reader")),
    ("vivotech+virtual:?variant=text", Address("vivotech", "virtual", "", None, "text")),
    ("vivotech+pty:/tmp/neo", Address("vivotech", "pty", "/tmp/neo")),
    ("ccid+serial:///dev/ttyUSB0", Address("ccid", "serial", "/dev/ttyUSB0")),
    ("ccid+serial:/dev/ttyUSB0", Address("ccid", "serial", "/dev/ttyUSB0")),
    ("ccid+serial:COM3", Address("ccid", "serial", "COM3")),
    ("ccid+serial:///dev/ttyUSB0?baud=9600", Address("ccid", "serial", "/dev/ttyUSB0", 9600)),
    (
        "ccid+serial:///dev/ttyS1?baud=115200&variant=built-in",
        Address("ccid", "serial", "/dev/ttyS1", 115_200, "built-in"),
    ),
    ("msr+serial:socket://127.0.0.1:4001", Address("msr", "serial", "socket://127.0.0.1:4001")),
    ("ccid+usb://08e6:3437", Address("ccid", "usb", "08e6:3437")),
    ("msr+hid://0801:0002?variant=standard", Address("msr", "hid", "0801:0002", None, "standard")),
    (
        "vivotech+serial:///dev/ttyACM0?variant=text",
        Address("vivotech", "serial", "/dev/ttyACM0", None, "text"),
    ),
    ("vivotech+tcp://localhost:4001", Address("vivotech", "tcp", "localhost:4001")),
    ("ccid+tcp://[::1]:4001?beyond=loopback", Address("ccid", "tcp", "[::1]:4001", beyond=True)),
    ("ccid+capture:/tmp/a.pcapng?name=x", Address("ccid", "capture", "/tmp/a.pcapng", name="x")),
    ("pcsc:ACS ACR1252 [Reader: A] 00 00", Address("pcsc", "", "ACS ACR1252 [Reader: A] 00 00")),
    (
        "msr+serial:rfc2217://127.0.0.1:4001?ign_set_control&baud=9600&timeout=3",
        Address("msr", "serial", "rfc2217://127.0.0.1:4001?ign_set_control&timeout=3", 9600),
    ),
]


@pytest.mark.parametrize(("text", "address"), ADDRESSES)
def test_an_address_is_parsed(text: str, address: Address) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "ccid+virtual:"),
        ("ccid", "ccid+virtual:"),
        ("ccid:", "ccid+virtual:"),
        ("ccid+virtual", "ccid+virtual:"),
        ("ccid+hid://08e6:3437", "ccid+usb:"),
        ("acme+serial:///dev/ttyACM0", "vivotech+serial:"),
        ("pcsc:", "part of it"),
        ("pcsc+serial:x", "pcsc:"),
        ("ccid+usb://08e6", "VENDOR:PRODUCT"),
        ("ccid+usb://08e6:34375", "VENDOR:PRODUCT"),
        ("msr+hid://-801:0002", "VENDOR:PRODUCT"),
        ("msr+hid://0801:0002?variant=acme", "standard"),
        ("ccid+tcp://127.0.0.1", "4001"),
        ("ccid+tcp://127.0.0.1:0", "4001"),
        ("ccid+tcp://127.0.0.1:65536", "4001"),
        ("ccid+tcp://127.0.0.1:٤", "4001"),
        ("ccid+tcp://127.0.0.1:1?beyond=all", "loopback"),
        ("ccid+capture:", "a capture"),
        ("ccid+serial:", "/dev/ttyUSB0"),
        ("ccid+virtual:somewhere", "ccid+virtual:"),
        ("ccid+serial:///dev/ttyUSB0?speed=1", "baud"),
        ("msr+serial:///dev/ttyUSB0?variant=built-in", "baud"),
        ("msr+virtual:?baud=9600", "none here"),
        ("ccid+virtual:?variant=acme", "gempc-twin"),
        ("ccid+serial:///dev/ttyUSB0?baud=", "number"),
        ("ccid+serial:///dev/ttyUSB0?baud=-9600", "number"),
        ("ccid+serial:///dev/ttyUSB0?baud=9_600", "number"),
        ("ccid+serial:///dev/ttyUSB0?baud=٩٦٠٠", "number"),
        ("ccid+serial:///dev/ttyUSB0?baud=0", "number"),
        ("ccid+serial:///dev/ttyUSB0?baud=99999999999", "number"),
    ],
)
def test_a_wrong_address_says_what_is_right(text: str, told: str) -> None:
    with pytest.raises(Misuse) as raised:
        parse_address(text)
    assert told in str(raised.value)


def test_virtual_addresses_open_both_ends(tmp_path: Path, chip: Callable[..., Any]) -> None:
    for text in ("ccid+virtual:", f"ccid+pty:{tmp_path / 'reader'}"):
        both = open_reader(text)
        assert isinstance(both, VirtualCcidReader)
        both.device.insert(1, chip())
        assert both.host.slots[1].present()
        both.close()
    assert os.listdir(tmp_path) == []
    for text in ("msr+virtual:", "msr+pty:"):
        head = open_both(text)
        assert isinstance(head, VirtualStripeReader)
        head.device.swipe({2: TRACK2})
        assert head.host.poll(5) == [Tracks(None, TRACK2, None)]
        head.close()


@pytest.mark.parametrize("where", ["virtual:", "pty:", "pty:{}", "virtual:?variant=plain"])
def test_a_neo_reader_with_both_ends_is_opened(where: str, tmp_path: Path, chip: Callable[..., Any]) -> None:
    both = open_both(f"vivotech+{where.format(tmp_path / 'neo')}")
    assert isinstance(both, VirtualVivotechReader)
    assert len(os.listdir(tmp_path)) == ("{}" in where)
    assert not both.host.contact.present()
    both.device.insert(chip())
    both.device.tap(chip())
    assert both.host.contact.present()
    assert both.host.contactless.present()
    both.host.burst_mode(True)
    both.device.swipe(Tracks(None, TRACK2))
    assert both.host.stripe.poll(5) == [Tracks(None, TRACK2)]
    both.close()
    assert os.listdir(tmp_path) == []


def test_a_serial_address_opens_the_reader_at_the_port(tmp_path: Path, chip: Callable[..., Any]) -> None:
    link = tmp_path / "port"
    device = VirtualCcid(GEMPC_TWIN.features, "Firmware at the port")
    device.insert(0, chip())
    line = PtyLine(GemPcDevice(device, GEMPC_TWIN), link)
    reader = open_host(f"ccid+serial://{link}?baud=115200", timeout=5)
    assert isinstance(reader, CcidReader)
    assert len(reader.slots) == 1, "hardware is a GemPC Twin unless the address says otherwise"
    assert reader.firmware() == "Firmware at the port"
    assert reader.slots[0].power_on() == bytes.fromhex("3B6500002063CB6600")
    reader.close()
    other = open_host(f"ccid+serial://{link}?variant=built-in")
    assert isinstance(other, CcidReader)
    assert len(other.slots) == len(BUILT_IN.features)
    other.close()
    line.close()


def test_a_serial_address_opens_the_stripe_head_at_the_port(tmp_path: Path) -> None:
    link = tmp_path / "port"
    device = VirtualStripeHead()
    line = PtyLine(device, link)
    head = open_host(f"msr+serial:{link}")
    assert isinstance(head, SerialStripeHead)
    line.act(lambda: device.swipe(stripe_bits({2: TRACK2})))
    assert head.poll(5) == [Tracks(None, TRACK2, None)]
    head.close()
    line.close()


def test_a_port_that_is_not_there_is_a_lost_reader(tmp_path: Path) -> None:
    with pytest.raises(ReaderLost):
        open_host(f"ccid+serial://{tmp_path / 'none'}")


def test_an_address_tells_its_endpoint_or_device() -> None:
    assert parse_address("ccid+tcp://[::1]:4001").endpoint() == ("::1", 4001)
    assert parse_address("ccid+usb://08E6:3437").device() == (0x08E6, 0x3437)
    with pytest.raises(Misuse):
        parse_address("ccid+virtual:").endpoint()
    with pytest.raises(Misuse):
        parse_address("ccid+virtual:").device()


@pytest.mark.parametrize("text", ["vivotech+tcp://127.0.0.1:1", "msr+hid://0801:0002", "pcsc:x"])
def test_a_reader_of_another_kind_is_opened_elsewhere(text: str) -> None:
    with pytest.raises(Misuse, match="open_host"):
        open_both(text)
