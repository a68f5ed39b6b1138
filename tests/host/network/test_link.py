"""The terminal's end of a host link over a network, against sockets that do as little as a test wants."""

from __future__ import annotations

import socket
from contextlib import suppress

from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.link import NetworkLink
from terminal_sim.host.network.log import HostLog
from tests.host.samples import DIALECT, SALE

MESSAGE = DIALECT.encode_request(SALE)


def test_a_connection_that_nobody_hears_is_left_after_two_messages() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        address = HostAddress.parse(f"iso8583://127.0.0.1:{deaf.getsockname()[1]}")
        link = NetworkLink(address, HostLog(DIALECT), patience=0)
        told = [[arrival.note for arrival in link.send(MESSAGE, stan)] for stan in range(1, 6)]
        told.append([arrival.note for arrival in link.receive()])
        assert not link.awaits
        link.close()
        deaf.setblocking(False)
        lines = 0
        with suppress(BlockingIOError):
            while True:
                deaf.accept()[0].close()
                lines += 1
    assert lines == 3
    assert told == [[]] * 5 + [[f"{address}: 2 messages in a row had no answer; connects again"] * 2]
