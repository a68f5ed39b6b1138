import os
import socket
from pathlib import Path

import pytest
import serial

from terminal_drivers.base import Misuse, ReaderLost, Transport
from terminal_drivers.transports.pty import PtyLine
from terminal_drivers.transports.serial import SerialTransport
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


def _read_exactly(transport: Transport, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = transport.read(count - len(data), PATIENCE)
        if not more:
            break
        data += more
    return data


def test_pyserial_talks_to_the_device_behind_the_path() -> None:
    line = PtyLine(Doubler())
    try:
        with serial.Serial(line.path, 115_200, timeout=PATIENCE) as port:
            port.write(bytes(range(256)))
            assert port.read(512) == bytes(n for n in range(256) for _ in (0, 1)), (
                "no byte means anything to the line"
            )
    finally:
        line.close()


def test_a_transport_reads_what_is_there_and_waits_for_what_is_not() -> None:
    device = Doubler()
    line = PtyLine(device)
    transport = line.open()
    try:
        assert transport.read(9, 0) == b""
        assert transport.read(9, 0.01) == b"", "the time-out"
        transport.write(b"ab")
        assert _read_exactly(transport, 4) == b"aabb"
        line.act(lambda: device.feed(b"!"))
        assert _read_exactly(transport, 2) == b"!!"
    finally:
        transport.close()
        line.close()


def test_more_than_the_terminal_buffers_arrives_whole() -> None:
    line = PtyLine(Doubler())
    transport = line.open()
    try:
        data = os.urandom(100_000)
        for at in range(0, len(data), 2000):
            transport.write(data[at : at + 2000])
        received = _read_exactly(transport, 2 * len(data))
        assert received == bytes(byte for byte in data for _ in (0, 1))
    finally:
        transport.close()
        line.close()


def test_one_write_of_more_than_the_terminal_buffers_arrives_whole() -> None:
    line = PtyLine(Doubler())
    transport = line.open()
    try:
        data = os.urandom(300_000)
        transport.write(data)
        assert _read_exactly(transport, 2 * len(data)) == bytes(byte for byte in data for _ in (0, 1))
    finally:
        transport.close()
        line.close()


def test_a_host_may_come_back() -> None:
    line = PtyLine(Doubler())
    try:
        for _ in range(3):
            transport = line.open()
            transport.write(b"a")
            assert _read_exactly(transport, 2) == b"aa"
            transport.close()
    finally:
        line.close()


def test_a_closed_device_end_loses_the_reader_and_a_closed_host_end_is_misuse() -> None:
    line = PtyLine(Doubler())
    transport = line.open()
    line.close()
    line.close()
    with pytest.raises(ReaderLost):
        transport.read(1, PATIENCE)
    with pytest.raises(ReaderLost):
        transport.read(1, 0)
    with pytest.raises(ReaderLost):
        transport.write(b"?")
    transport.close()
    transport.close()
    with pytest.raises(Misuse):
        transport.read(1, 0)
    with pytest.raises(Misuse):
        line.act(lambda: None)


def test_the_link_points_to_the_path_and_goes_with_the_line(tmp_path: Path) -> None:
    link = tmp_path / "reader"
    line = PtyLine(Doubler(), link)
    assert os.readlink(link) == line.path
    with pytest.raises(Misuse):
        PtyLine(Doubler(), link)
    line.close()
    assert not os.path.lexists(link)


def test_the_link_goes_while_its_terminal_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = PtyLine(Doubler(), tmp_path / "reader")
    unlink, there = Path.unlink, list[bool]()

    def watched(link: Path, missing_ok: bool = False) -> None:
        there.append(link.exists())
        unlink(link, missing_ok)

    monkeypatch.setattr(Path, "unlink", watched)
    line.close()
    assert there == [True], "a link to a terminal that is gone leads to the next one of any program"


def test_a_port_that_does_not_exist_is_a_lost_reader(tmp_path: Path) -> None:
    with pytest.raises(ReaderLost):
        SerialTransport(str(tmp_path / "no-port"), 9600)
    with pytest.raises(ReaderLost):
        SerialTransport("nonsense://x", 9600)


def test_any_url_of_pyserial_is_a_transport() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = SerialTransport(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600)
        peer, _ = server.accept()
        with peer:
            transport.write(b"hello")
            assert peer.recv(5) == b"hello"
            assert transport.read(9, 0) == b""
            peer.sendall(b"world")
            assert _read_exactly(transport, 5) == b"world"
        with pytest.raises(ReaderLost):
            transport.read(1, PATIENCE)
        transport.close()
