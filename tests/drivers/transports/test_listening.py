"""A served device outlives a moment in which the process has no descriptor left."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable, Iterator

import pytest

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid.usb import CcidUsbDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.listening import LOOPBACK, ListeningSocket
from terminal_drivers.transports.tcp import TcpLine
from terminal_drivers.transports.usbip import UsbIpServer
from tests.drivers.transports.test_tcp import Doubler
from tests.patience import PATIENCE

APDU_LEVEL = 0x0004_04BE
LIST, LISTED = bytes.fromhex("0111800500000000"), bytes.fromhex("01110005")

Served = tuple[int, bytes, bytes]
"""The port of a device, something to ask it, and the beginning of its answer."""


@pytest.fixture
def tcp() -> Iterator[Served]:
    line = TcpLine(Doubler())
    yield line.port, b"a", b"aa"
    line.close()


@pytest.fixture
def usbip() -> Iterator[Served]:
    server = UsbIpServer(CcidUsbDevice(VirtualCcid((APDU_LEVEL,))))
    yield server.port, LIST, LISTED
    server.close()


@pytest.fixture
def take_descriptors() -> Iterator[Callable[[], list[int]]]:
    """Takes every descriptor that the process may have."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[int] = []

    def take() -> list[int]:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + 8, limits[1])
        )
        try:
            while True:
                taken.append(os.dup(0))
        except OSError:
            return taken

    yield take
    for descriptor in taken:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.parametrize("name", ["tcp", "usbip"])
def test_without_a_descriptor_a_host_is_turned_away_and_a_later_one_is_served(
    name: str, request: pytest.FixtureRequest, take_descriptors: Callable[[], list[int]]
) -> None:
    port, question, answer = request.getfixturevalue(name)
    early, late = (socket.socket() for _ in range(2))
    early.settimeout(PATIENCE)
    late.settimeout(PATIENCE)
    taken = take_descriptors()
    with early, late:
        early.connect((LOOPBACK, port))
        assert early.recv(1) == b"", "the device has no descriptor for it"
        while taken:
            os.close(taken.pop())
        late.connect((LOOPBACK, port))
        late.sendall(question)
        assert late.recv(len(answer)).startswith(answer[:1])


def test_a_host_that_has_left_is_no_connection() -> None:
    server = ListeningSocket()
    assert server.accept() is None
    server.close()
    server.close()


def test_a_port_that_is_taken_or_is_none_is_misuse() -> None:
    server = ListeningSocket()
    for port in (server.address[1], 65536):
        with pytest.raises(Misuse, match=f"port {port} .*cannot be served"):
            ListeningSocket(port)
    server.close()
