"""Bytes of a ViVOtech2 reader: the stream, HID reports, data objects, and the two ends."""

from __future__ import annotations

from contextlib import suppress

from terminal_drivers.base import DriverError, FrameError
from terminal_drivers.readers.vivotech import codec
from terminal_drivers.readers.vivotech.codec import Decoder, Order, Response, VivotechCommand
from terminal_drivers.readers.vivotech.hid import REPORT, HidDevice, Joiner
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import VirtualVivotech
from tests.drivers.conftest import ATR_T0, FCI, PPSE, TableChip
from tests.fuzz.target import Heard, Target, joined, parts

PING = codec.encode(VivotechCommand(0x18, 0x01), Order.LSB_FIRST).hex()
PONG = codec.encode(Response(0x18, 0x00), Order.MSB_FIRST).hex()
EVENT = codec.ui_event(codec.UiEvent(bytes(4))).hex()


def stream(data: bytes) -> None:
    for from_reader in (False, True):
        whole, bytewise = Decoder(from_reader=from_reader), Decoder(from_reader=from_reader)
        items = whole.feed(data)
        assert items == [item for at in range(len(data)) for item in bytewise.feed(data[at : at + 1])]


def data_objects(data: bytes) -> None:
    for tag, value in codec.parse_tlvs(data).items():
        assert tag in data
        assert value in data


def reports(data: bytes) -> None:
    whole, bytewise = Joiner(), Joiner()
    assert whole.feed(data) == b"".join(bytewise.feed(data[at : at + 1]) for at in range(len(data)))


def framed(piece: bytes) -> bytes:
    """A command or response of the piece; one that begins with FF stays as it is."""
    if piece[:1] == b"\xff" or len(piece) < 2 or codec.HEADER in piece:
        return piece[1:]
    return codec.encode(Response(piece[0], piece[1], piece[2:]), Order.MSB_FIRST)


def reader(data: bytes) -> None:
    device = VirtualVivotech()
    device.insert(TableChip({PPSE: FCI}, ATR_T0, None))
    for piece in parts(data):
        device.feed(framed(piece))
        device.take()


def reader_over_hid(data: bytes) -> None:
    device = HidDevice(VirtualVivotech())
    for at in range(0, len(data), REPORT):
        device.feed(data[at : at + REPORT].ljust(REPORT, b"\0"))
        assert len(device.take()) % REPORT == 0


def host(data: bytes) -> None:
    talking = VivotechReader(Heard([framed(piece) for piece in parts(data)]))
    for act in (
        talking.ping,
        talking.firmware,
        talking.result,
        talking.contact.power_on,
        talking.contactless.power_on,
    ):
        with suppress(DriverError):
            act()
    talking.activate(1)
    talking.outcome(1.0)
    talking.swipes(1.0)


TARGETS = (
    Target("ViVOtech2 stream", stream, (), (PING, PONG, EVENT, "56" + PING + "0100" + PONG)),
    Target("ViVOtech2 data objects", data_objects, (FrameError,), ("DFEE23025A5A5A024111FFF70101", "9F1E8101AA")),
    Target("ViVOtech2 HID reports", reports, (), ("01" + PING.ljust(126, "0"),)),
    Target("ViVOtech2 reader", reader, (), (joined("2C0101", "2C1220", "2C1320" + PPSE.hex(), "2C18", "0201050000"),)),
    Target("ViVOtech2 reader over HID", reader_over_hid, (), ("01" + PING.ljust(126, "0"),)),
    Target("ViVOtech2 host", host, (DriverError,), (joined("1800", "290031", "0300", "2C003B00", "2C00014142", "02000102"),)),
)  # fmt: skip
