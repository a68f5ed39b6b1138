"""The USB/IP server: lists, imports, carries URBs, gives waiting ones up, and drops who does not speak the protocol."""

import os
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid.usb import CcidUsbDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.usbip import MOST_CONNECTIONS, UsbIpServer
from tests.drivers.conftest import TableChip
from tests.examples import examples
from tests.patience import PATIENCE

APDU_LEVEL = 0x0004_04BE
LIST = bytes.fromhex("0111800500000000")
IMPORT = bytes.fromhex("0111800300000000") + b"1-1".ljust(32, b"\0")
RECORD = 312
GET_SLOT_STATUS = bytes.fromhex("65000000000007000000")
SLOT_EMPTY = bytes.fromhex("81000000000007020000")


class Rig:
    """A reader behind a server, and connections to it."""

    def __init__(self) -> None:
        self.reader = VirtualCcid((APDU_LEVEL,))
        self.server = UsbIpServer(CcidUsbDevice(self.reader))
        self.peers: list[socket.socket] = []

    def connect(self, *, imported: bool = True) -> socket.socket:
        peer = socket.create_connection(("127.0.0.1", self.server.port), PATIENCE)
        self.peers.append(peer)
        if imported:
            peer.sendall(IMPORT)
            assert exactly(peer, 8 + RECORD)[:8] == bytes.fromhex("0111000300000000")
        return peer

    def close(self) -> None:
        for peer in self.peers:
            peer.close()
        self.server.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.close()


def exactly(peer: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        assert more, "the connection ended"
        data += more
    return data


def submit(
    sequence: int, endpoint: int, length: int, data: bytes | None = None, setup: bytes = bytes(8)
) -> bytes:
    head = struct.pack(">5I", 1, sequence, 0x10001, data is None, endpoint)
    return head + struct.pack(">IIiiI", 0, length, 0, 0, 0) + setup + (data or b"")


def unlink(sequence: int, given_up: int) -> bytes:
    return struct.pack(">6I24x", 2, sequence, 0x10001, 0, 0, given_up)


def reply(peer: socket.socket, *, has_data: bool) -> tuple[int, int, int, bytes]:
    """Command, sequence number, status and data."""
    command, sequence, _, _, _, status, length = struct.unpack_from(">5IiI", head := exactly(peer, 48))
    assert len(head) == 48
    return command, sequence, status, exactly(peer, length) if has_data else b""


def test_the_device_is_listed_with_its_interface(rig: Rig) -> None:
    peer = rig.connect(imported=False)
    peer.sendall(LIST)
    answer = exactly(peer, 12 + RECORD + 4)
    assert answer[:12] == bytes.fromhex("01110005 00000000 00000001")
    record, interface = answer[12 : 12 + RECORD], answer[12 + RECORD :]
    assert record[256:288].rstrip(b"\0") == b"1-1"
    assert record[288:] == bytes.fromhex("00000001 00000001 00000002 08E6 3437 0200 00 00 00 01 01 01")
    assert interface == bytes.fromhex("0B000000"), "smart card class"


def test_a_device_that_is_not_there_is_not_imported(rig: Rig) -> None:
    peer = rig.connect(imported=False)
    peer.sendall(IMPORT.replace(b"1-1", b"9-9"))
    assert exactly(peer, 8) == bytes.fromhex("0111000300000001")


def test_one_host_at_a_time_has_the_device(rig: Rig) -> None:
    first = rig.connect()
    second = rig.connect(imported=False)
    second.sendall(IMPORT)
    assert exactly(second, 8) == bytes.fromhex("0111000300000002"), "busy"
    first.sendall(submit(11, 1, len(GET_SLOT_STATUS), GET_SLOT_STATUS))
    assert reply(first, has_data=False)[:3] == (3, 11, 0)
    first.close()
    third = rig.connect()
    third.sendall(submit(12, 2, 512) + submit(13, 1, 10, b"\x65" + bytes(9)))
    assert reply(third, has_data=False)[:3] == (3, 13, 0)
    assert reply(third, has_data=True)[3] == b"\x81" + bytes(6) + b"\2\0\0", "not what the first had asked"


def test_a_command_goes_out_and_its_answer_comes_in_whichever_is_asked_for_first(rig: Rig) -> None:
    peer = rig.connect()
    for first, second in ((11, 12), (22, 21)):
        asked = submit(second, 2, 512)
        sent = submit(first, 1, len(GET_SLOT_STATUS), GET_SLOT_STATUS)
        peer.sendall(sent + asked if first < second else asked + sent)
        assert reply(peer, has_data=False)[:3] == (3, first, 0)
        assert reply(peer, has_data=True) == (3, second, 0, SLOT_EMPTY)


def test_requests_may_come_byte_by_byte(rig: Rig) -> None:
    peer = rig.connect(imported=False)
    for byte in IMPORT + submit(5, 1, len(GET_SLOT_STATUS), GET_SLOT_STATUS) + submit(6, 2, 64):
        peer.sendall(bytes((byte,)))
    exactly(peer, 8 + RECORD)
    assert reply(peer, has_data=False)[1] == 5
    assert reply(peer, has_data=True)[3] == SLOT_EMPTY


def test_an_interrupt_waits_until_a_card_comes(rig: Rig) -> None:
    peer = rig.connect()
    peer.sendall(submit(31, 3, 8))
    rig.server.act(lambda: rig.reader.insert(0, TableChip({}, b"\x3b\x00", None)))
    assert reply(peer, has_data=True) == (3, 31, 0, bytes.fromhex("5003"))


def test_a_transfer_that_waits_is_given_up_once(rig: Rig) -> None:
    peer = rig.connect()
    peer.sendall(submit(41, 3, 8) + unlink(42, 41) + unlink(43, 41))
    assert reply(peer, has_data=False)[:3] == (4, 42, -104)
    assert reply(peer, has_data=False)[:3] == (4, 43, 0)


def test_what_the_control_pipe_does_not_know_is_a_stall(rig: Rig) -> None:
    peer = rig.connect()
    peer.sendall(submit(51, 0, 18, setup=bytes.fromhex("8006000100001200")))
    assert reply(peer, has_data=True)[2:] == (0, bytes.fromhex("1201000200000040E6083734000201020301"))
    peer.sendall(submit(52, 0, 18, setup=bytes.fromhex("80FF000000001200")))
    assert reply(peer, has_data=True)[1:] == (52, -32, b"")


def test_an_endpoint_that_the_device_does_not_have_is_a_stall(rig: Rig) -> None:
    peer = rig.connect()
    peer.sendall(submit(61, 4, 64))
    assert reply(peer, has_data=True)[1:] == (61, -32, b"")
    peer.sendall(submit(62, 2, 3, b"abc"))
    assert reply(peer, has_data=False)[1:3] == (62, -32)
    peer.sendall(submit(63, 1, len(GET_SLOT_STATUS), GET_SLOT_STATUS) + submit(64, 2, 512))
    assert reply(peer, has_data=False)[1:3] == (63, 0)
    assert reply(peer, has_data=True)[1:] == (64, 0, SLOT_EMPTY)


def test_a_notification_that_the_host_has_no_room_for_is_an_overflow(rig: Rig) -> None:
    peer = rig.connect()
    peer.sendall(submit(71, 3, 1) + submit(72, 3, 8))
    rig.server.act(lambda: rig.reader.insert(0, TableChip({}, b"\x3b\x00", None)))
    assert reply(peer, has_data=True)[1:] == (71, -75, b""), (
        "and no byte of it, which a host takes for the next reply"
    )
    rig.server.act(lambda: rig.reader.remove(0))
    assert reply(peer, has_data=True)[1:] == (72, 0, bytes.fromhex("5002"))


def test_a_port_that_is_taken_is_said_at_once(rig: Rig) -> None:
    with pytest.raises(Misuse, match=f"port {rig.server.port} of 127.0.0.1 cannot be served"):
        UsbIpServer(CcidUsbDevice(rig.reader), rig.server.port)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        bytes.fromhex("0111800700000000"),
        IMPORT + submit(1, 1, 0xFFFFFFFF, b""),
        IMPORT + submit(1, 2, 0x7FFFFFFF),
        IMPORT + b"\xff" * 48,
        IMPORT + struct.pack(">5I", 3, 1, 0x10001, 1, 0) + bytes(28),
        IMPORT + struct.pack(">5I", 1, 1, 0x10001, 2, 1) + bytes(28),
        b"\x01\x06" + LIST[2:],
    ],
    ids=[
        *("HTTP", "unknown operation", "negative length", "huge length", "all ones"),
        *("unknown command", "no direction", "another version"),
    ],
)
def test_nonsense_ends_the_connection_and_not_the_server(rig: Rig, nonsense: bytes) -> None:
    peer = rig.connect(imported=False)
    peer.sendall(nonsense)
    with pytest.raises((AssertionError, ConnectionError)):
        exactly(peer, 1 << 20)
    assert rig.connect()


@examples(60, suppress=[HealthCheck.function_scoped_fixture])
@given(garbage=st.binary(min_size=1, max_size=200), imported=st.booleans())
def test_no_garbage_stops_the_server(rig: Rig, garbage: bytes, imported: bool) -> None:
    peer = rig.connect(imported=imported)
    peer.sendall(garbage)
    peer.close()
    rig.connect().close()


def test_only_loopback_is_served(rig: Rig) -> None:
    assert rig.connect(imported=False).getpeername()[0] == "127.0.0.1"


def test_nothing_stays_behind_after_close() -> None:
    before, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(50):
        rig = Rig()
        rig.connect()
        rig.close()
        rig.server.close()
    assert (len(os.listdir("/proc/self/fd")), threading.active_count()) == (before, threads)
    with pytest.raises(Misuse):
        rig.server.act(lambda: None)


def test_a_flood_of_connections_leaves_the_device_to_its_host(rig: Rig) -> None:
    host = rig.connect()
    flood = [rig.connect(imported=False) for _ in range(3 * MOST_CONNECTIONS)]
    host.sendall(submit(11, 1, len(GET_SLOT_STATUS), GET_SLOT_STATUS))
    assert reply(host, has_data=False)[:3] == (3, 11, 0)
    assert flood[0].recv(1) == b"", "the oldest has made room"
    flood[-1].sendall(LIST)
    assert exactly(flood[-1], 4) == bytes.fromhex("01110005")
