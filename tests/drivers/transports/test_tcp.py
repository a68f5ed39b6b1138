import os
import socket
import threading
from collections.abc import Iterator

import pytest

from terminal_drivers.base import Misuse, ReaderLost, Transport
from terminal_drivers.transports import tcp
from terminal_drivers.transports.listening import LOOPBACK
from terminal_drivers.transports.tcp import TcpLine, connect
from tests.patience import PATIENCE


class Doubler:
    """A device that sends each byte back twice."""

    def __init__(self) -> None:
        self.said = b""

    def feed(self, data: bytes) -> None:
        self.said += bytes(byte for byte in data for _ in (0, 1))

    def take(self) -> bytes:
        said, self.said = self.said, b""
        return said


@pytest.fixture
def line() -> Iterator[TcpLine]:
    served = TcpLine(Doubler())
    yield served
    served.close()


def _read_exactly(transport: Transport, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = transport.read(count - len(data), PATIENCE)
        if not more:
            break
        data += more
    return data


def test_a_transport_reads_what_is_there_and_waits_for_what_is_not(line: TcpLine) -> None:
    host = line.open()
    assert host.read(9, 0) == b""
    assert host.read(9, 0.01) == b"", "the time-out"
    host.write(b"ab")
    assert _read_exactly(host, 4) == b"aabb"
    host.close()


def test_what_the_device_says_by_itself_arrives(line: TcpLine) -> None:
    host = line.open()
    line.act(lambda: line._device.feed(b"!"))
    assert _read_exactly(host, 2) == b"!!"
    host.close()


def test_more_than_the_socket_buffers_arrives_whole(line: TcpLine) -> None:
    host = line.open()
    data = os.urandom(300_000)
    writer = threading.Thread(target=host.write, args=(data,))
    writer.start()
    assert _read_exactly(host, 2 * len(data)) == bytes(byte for byte in data for _ in (0, 1))
    writer.join()
    host.close()


def test_a_host_may_come_back(line: TcpLine) -> None:
    for _ in range(3):
        host = line.open()
        host.write(b"a")
        assert _read_exactly(host, 2) == b"aa"
        host.close()


def test_a_closed_device_end_loses_the_reader_and_a_closed_host_end_is_misuse(line: TcpLine) -> None:
    host = line.open()
    host.write(b"a")
    assert _read_exactly(host, 2) == b"aa"
    line.close()
    line.close()
    with pytest.raises(ReaderLost):
        host.read(1, PATIENCE)
    host.close()
    host.close()
    with pytest.raises(Misuse):
        host.read(1, 0)
    with pytest.raises(Misuse):
        line.act(lambda: None)


def test_nobody_at_the_port_is_a_lost_reader() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ReaderLost):
        connect(LOOPBACK, port)


@pytest.mark.parametrize("host", ["127..0.0.1", "a" * 64])
def test_a_name_that_cannot_be_one_is_a_lost_reader(host: str) -> None:
    with pytest.raises(ReaderLost, match=f"there is no host {host}"):
        connect(host, 4001)


def test_a_port_in_use_or_beyond_the_last_one_is_misuse(line: TcpLine) -> None:
    for port in (line.port, 65536):
        with pytest.raises(Misuse, match=f"port {port} (of {LOOPBACK} )?cannot be served"):
            TcpLine(Doubler(), port)


def test_an_address_beyond_loopback_must_be_allowed() -> None:
    with pytest.raises(Misuse, match=r"\?beyond=loopback"):
        connect("192.0.2.1", 4001)


def test_a_device_is_served_on_loopback_only(line: TcpLine) -> None:
    assert line._server is not None
    assert line._server.address[0] == LOOPBACK


def test_a_device_may_call_its_host() -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        line = TcpLine(Doubler(), server.getsockname()[1], call=LOOPBACK, quick_ack=True)
        host, _ = server.accept()
        with host:
            host.settimeout(PATIENCE)
            host.sendall(b"a")
            assert host.recv(2) == b"aa"
        line.close()
    with pytest.raises(ReaderLost):
        TcpLine(Doubler(), line.port, call=LOOPBACK)


def test_frames_leave_at_once_and_may_be_acknowledged_at_once(line: TcpLine) -> None:
    host = connect(LOOPBACK, line.port, quick_ack=True)
    assert host._socket is not None
    assert host._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    assert host._quick_ack == tcp.QUICK_ACK
    host.write(b"a")
    assert _read_exactly(host, 2) == b"aa"
    host.close()
