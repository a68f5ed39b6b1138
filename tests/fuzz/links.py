"""Bytes of other people's software and files: vpcd, PC/SC, USB/IP, captures."""

from __future__ import annotations

import socket
import struct
from contextlib import closing, suppress
from pathlib import Path

from terminal_drivers.base import CardRemoved, DriverError, FrameError, Misuse
from terminal_drivers.captures import capture, pcapng
from terminal_drivers.captures.pcapng import CaptureInterface, Direction, LinkType, Packet
from terminal_drivers.captures.recording import Recording
from terminal_drivers.captures.usbmon import Urb
from terminal_drivers.readers.ccid import capture as ccid_capture
from terminal_drivers.readers.ccid.usb import CcidUsbDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.pcsc import codec as pcsc
from terminal_drivers.readers.vpcd import codec as vpcd
from terminal_drivers.readers.vpcd.card import VpcdDevice
from terminal_drivers.transports.usbip import UsbIpServer
from tests.drivers.conftest import ATR_T0, FCI, PPSE, TableChip
from tests.fuzz.target import Target, parts, scratch

PATIENCE = 5.0
LATEST = 1 << 62  # ns; a record may name a time that no clock tells, and nobody writes it again
IMPORT = bytes.fromhex("0111800300000000") + b"1-1".ljust(32, b"\0")
LIST = bytes.fromhex("0111800500000000")
LISTED = 12 + 312 + 4


def vpcd_card(data: bytes) -> None:
    device = VpcdDevice()
    device.insert(TableChip({PPSE: FCI}, ATR_T0, None))
    device.feed(data)
    vpcd.Decoder().feed(device.take())


def pcsc_features(data: bytes) -> None:
    assert pcsc.build_features(pcsc.parse_features(data)) is not None


def pcsc_properties(data: bytes) -> None:
    for tag, value in pcsc.parse_properties(data).items():
        assert bytes((tag, len(value))) + value in data


def pcsc_pin(data: bytes) -> None:
    for parse in (pcsc.parse_verify, pcsc.parse_modify):
        with suppress(FrameError):
            pcsc.build_pin(parse(data))


def pcsc_pseudo_apdu(data: bytes) -> None:
    answer = pcsc.pseudo_answer(data, b"\x04\x01\x02\x03", b"")
    assert answer is None or len(answer) >= 2


def capture_blocks(data: bytes) -> None:
    for block in pcapng.parse(data):
        if isinstance(block, Packet):
            with suppress(FrameError):
                Urb.parse(block.data)


def usb_record(data: bytes) -> None:
    read = Urb.parse(data)
    if 0 <= read.time < LATEST:
        assert Urb.parse(read.build()).data == read.data


def recording(data: bytes) -> None:
    """A line and a reader as recorded; `data` are the packets, its first byte says of which of them."""
    path = scratch() / "recording.pcapng"
    interface = LinkType.USB_LINUX_MMAPPED if data[:1] >= b"\x80" else LinkType.USER0
    head = pcapng.section("", "") + pcapng.interface(CaptureInterface(interface, "ccid"))
    ways = (Direction.OUTBOUND, Direction.INBOUND)
    packets = [Packet(0, 0, piece[1:], ways[piece[0] & 1], "") for piece in parts(data[1:]) if piece]
    path.write_bytes(head + b"".join(map(pcapng.packet, packets)))
    with suppress(FrameError, Misuse):
        link = ccid_capture.replay(path, "ccid").link
        while link.receive(0.0) or link.listen(0.0):
            pass
    line = capture.replay(path, "ccid")
    while line.read(64, 0.0):
        pass
    line.write(data)


def damaged_recording(data: bytes) -> None:
    path = scratch() / "damaged.pcapng"
    path.write_bytes(data)
    for read in (ccid_capture.replay, Recording):
        with suppress(FrameError, Misuse):
            read(path)


def recorded_terminal(data: bytes) -> None:
    """The conditions and the events of a recording are text of anybody's."""
    path = scratch() / "terminal.pcapng"
    about, *events = parts(data) or [b""]
    head = pcapng.section(about.decode("latin-1"), "") + pcapng.interface(
        CaptureInterface(LinkType.USER3, "events")
    )
    path.write_bytes(head + b"".join(pcapng.packet(Packet(0, 0, event)) for event in events))
    recording = Recording(path)
    while recording.look() is not None:
        pass


def usbip(data: bytes) -> None:
    """One connection says `data`; the server must end it and serve the next one."""
    with closing(UsbIpServer(CcidUsbDevice(VirtualCcid((0x0004_04BE,))))) as server:
        _spoken(server.port, data)
        assert len(_spoken(server.port, LIST)) >= LISTED, "the server serves nobody any more"


def _spoken(port: int, data: bytes) -> bytes:
    """All that the server answers to `data`; `TimeoutError` where it neither answers nor ends the connection."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as peer, suppress(ConnectionError):
        peer.sendall(data)
        peer.shutdown(socket.SHUT_WR)
        while more := peer.recv(1 << 16):
            heard += more
    return heard


def _submit(
    sequence: int, endpoint: int, length: int, sent: str, setup: str = "00" * 8, *, is_in: bool
) -> str:
    head = struct.pack(">5I", 1, sequence, 0x10001, is_in, endpoint) + struct.pack(
        ">IIiiI", 0, length, 0, 0, 0
    )
    return head.hex() + setup + sent


URBS = IMPORT.hex() + "".join(
    (
        _submit(1, 0, 18, "", "8006000100001200", is_in=True),
        _submit(2, 1, 10, "65000000000007000000", is_in=False),
        _submit(3, 2, 64, "", is_in=True),
        struct.pack(">6I24x", 2, 5, 0x10001, 0, 0, 3).hex(),
    )
)
RECORDED = (Path(__file__).parents[1] / "vectors" / "mixed.pcapng").read_bytes()[:2048]

TARGETS = (
    Target("vpcd", vpcd_card, (CardRemoved,), ("000101" + "000104" + "0014" + PPSE.hex() + "000100",)),
    Target("PC/SC features", pcsc_features, (FrameError,), ("060442330006070442330007",)),
    Target("PC/SC properties", pcsc_properties, (FrameError,), ("01021000020107",)),
    Target("PC/SC PIN structures", pcsc_pin, (), ("1E00820800040402000109040000000D00000000200001082FFFFFFFFFFFFFFF",)),
    Target("PC/SC pseudo-APDU", pcsc_pseudo_apdu, (), ("FFCA000000", "FFCA010000")),
    Target("pcapng", capture_blocks, (FrameError,), (RECORDED.hex(),)),
    Target("USB record", usb_record, (FrameError,), (Urb.parse(bytes.fromhex("00" * 8 + "43030200" + "00" * 52)).build().hex(),)),
    Target("recording", recording, (DriverError,), ("0005006500000B01810000",)),
    Target("damaged recording", damaged_recording, (), (RECORDED.hex(),)),
    Target("recorded terminal", recorded_terminal, (FrameError, Misuse), ("027B7D096C6F6F6B2063636964", "027B7D0C717569657420636369642032")),
    Target("USB/IP", usbip, (), (LIST.hex(), URBS)),
)  # fmt: skip
