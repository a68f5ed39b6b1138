from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers import open_reader
from terminal_drivers.base import Misuse, ReaderLost, Tracks
from terminal_drivers.captures.capture import CapturedTransport, CaptureFile
from terminal_drivers.captures.pcapng import LinkType
from terminal_drivers.readers.ccid.capture import CapturedLink
from terminal_drivers.readers.ccid.gempc import GEMPC_TWIN, GemPcDevice, GemPcLink
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.readers.protocol import HostReader
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import VirtualVivotech
from terminal_drivers.transports.loopback import LoopbackLine
from terminal_drivers.transports.pty import PtyLine
from terminal_drivers.transports.tcp import TcpLine
from terminal_drivers.wiring.opening import open_host

Chip = Callable[..., Any]

ATR = bytes.fromhex("3B6500002063CB6600")
TRACK2 = ";4761739001010119=30122011143878089?"


@pytest.mark.parametrize("opener", [open_host, open_reader])
def test_a_ccid_reader_at_a_port_is_opened(opener: Callable[[str], HostReader], chip: Chip) -> None:
    device = VirtualCcid(GEMPC_TWIN.features)
    device.insert(0, chip())
    line = TcpLine(GemPcDevice(device, GEMPC_TWIN))
    reader = opener(f"ccid+tcp://127.0.0.1:{line.port}")
    assert isinstance(reader, CcidReader)
    assert reader.slots[0].power_on() == ATR
    reader.close()
    line.close()
    with pytest.raises(ReaderLost):
        opener(f"ccid+tcp://127.0.0.1:{line.port}")
    with pytest.raises(Misuse, match="in clear"):
        opener("ccid+tcp://192.0.2.1:4001")


def test_a_stripe_head_at_a_port_is_opened() -> None:
    device = VirtualStripeHead()
    line = TcpLine(device)
    head = open_host(f"msr+tcp://127.0.0.1:{line.port}")
    assert isinstance(head, SerialStripeHead)
    line.act(lambda: device.swipe(stripe_bits({2: TRACK2})))
    assert head.poll(5) == [Tracks(None, TRACK2, None)]
    head.close()
    line.close()


def test_a_neo_reader_is_opened_at_a_port_and_on_a_serial_line(tmp_path: Path) -> None:
    served = TcpLine(VirtualVivotech())
    line = PtyLine(VirtualVivotech(), tmp_path / "neo")
    for address in (
        f"vivotech+tcp://127.0.0.1:{served.port}?variant=plain",
        f"vivotech+serial:{tmp_path / 'neo'}",
    ):
        reader = open_host(address)
        assert isinstance(reader, VivotechReader)
        assert reader.firmware() == "NEO V1.00"
        reader.close()
    line.close()
    served.close()


def test_recorded_readers_are_opened(tmp_path: Path, chip: Chip) -> None:
    path = tmp_path / "session.pcapng"
    file = CaptureFile(path)
    device = VirtualCcid(GEMPC_TWIN.features)
    device.insert(0, chip())
    link = GemPcLink(LoopbackLine(GemPcDevice(device, GEMPC_TWIN)).open(), GEMPC_TWIN)
    captured = CcidReader(CapturedLink(link, file, GEMPC_TWIN.features), GEMPC_TWIN.features)
    captured.slots[0].power_on()
    neo = CapturedTransport(LoopbackLine(VirtualVivotech()).open(), file, "vivotech", LinkType.USER1)
    VivotechReader(neo).ping()
    file.close()
    for address in (f"ccid+capture:{path}", f"ccid+capture:{path}?variant=gempc-twin"):
        reader = open_host(address)
        assert isinstance(reader, CcidReader)
        assert reader.slots[0].power_on() == ATR
    recorded = open_host(f"vivotech+capture:{path}")
    assert isinstance(recorded, VivotechReader)
    recorded.ping()
    with pytest.raises(Misuse, match="vivotech"):
        open_host(f"msr+capture:{path}")
    with pytest.raises(Misuse):
        open_host("ccid+virtual:")


@pytest.mark.parametrize(
    ("package", "address"),
    [
        ("hid", "msr+hid://ffff:fffe"),
        ("hid", "vivotech+hid://ffff:fffe"),
        ("usb", "ccid+usb://ffff:fffe"),
        ("smartcard", "pcsc:nobody's reader"),
    ],
)
def test_hardware_that_is_not_there_is_a_lost_reader(package: str, address: str) -> None:
    pytest.importorskip(
        package, reason="a hardware package is not installed: pip install hidapi pyusb pyscard"
    )
    if package == "usb":
        pytest.importorskip("usb.backend.libusb1").get_backend() or pytest.skip(
            "libusb is not installed: apt-get install libusb-1.0-0"
        )
    with pytest.raises(ReaderLost):
        open_host(address)
