"""The terminal's end of a host link over TCP or TLS: one connection, made with the first message and again after it has ended.

| what happens                                     | what the terminal is told                                    |
|--------------------------------------------------|--------------------------------------------------------------|
| no connection, or it ends before a byte has left | unreachable: nothing was sent, so nothing is reversed         |
| it ends behind the request                       | nothing: the terminal times out, and reverses                 |
| it ends in the middle of an answer               | the same                                                      |
| an answer comes late, twice or for nothing       | the answer: the firmware takes it only where it waits for it  |
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from terminal_sim.host.link import CONNECT_TIMEOUT, Arrival
from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.connection import Connection, Stage
from terminal_sim.host.network.framing import FramingError
from terminal_sim.host.network.tls import client_context

_MICROS = 1_000_000


class LinkLog(Protocol):
    """Takes each message that goes over a link."""

    def sent(self, message: bytes) -> None: ...
    def received(self, message: bytes) -> None: ...


class NetworkLink:
    """A `HostLink` of one terminal, which waits for an answer no longer than `patience` microseconds.

    Raises `BenchMisuse` where a file that TLS needs cannot be used.
    """

    def __init__(self, address: HostAddress, log: LinkLog, patience: int) -> None:
        self.address = address
        self.up = True
        self.slow = 0
        self._tls = client_context(address)
        self._connection: Connection | None = None
        self._log = log
        self._patience = patience / _MICROS
        self._owed: deque[float] = deque()  # when each message that has no answer yet was sent
        self._early: list[Arrival] = []  # what came before the last message was sent

    def send(self, message: bytes, stan: int) -> Sequence[Arrival]:
        """What can be said at once: that the way is cut, or that there is no connection."""
        if not self.up:
            return [Arrival(delay=CONNECT_TIMEOUT, problem="unreachable")]
        self._early += (
            self.receive()
        )  # a connection that the host has closed meanwhile is noticed before it is used
        if self._connection is None:
            self._connection = Connection(
                self.address.host, self.address.port, self.address.framing, self._tls
            )
        self._log.sent(message)
        self._owed.append(monotonic())
        try:
            self._connection.send(stan, message)
        except FramingError as wrong:
            self._owed.pop()
            return [Arrival(problem="unreachable", note=str(wrong))]
        return self._ended()

    def release(self) -> None:
        """Nothing waits: what was sent has left as far as the connection takes it."""

    def receive(self) -> Sequence[Arrival]:
        """The answers that have come, and the messages that could not be sent."""
        early, self._early = self._early, []
        if self._connection is None:
            return early
        arrived = [Arrival(delay=self.slow, message=framed.message) for framed in self._connection.received()]
        for arrival in arrived:
            self._log.received(arrival.message)
        # The link does not know which message is answered. It takes the newest for it, so that one without an answer is given up in its time.
        for _ in arrived[: len(self._owed)]:
            self._owed.pop()
        return [*early, *arrived, *self._ended()]

    @property
    def awaits(self) -> bool:
        """Whether an answer is still waited for. A connection that has ended owes none."""
        while self._owed and monotonic() - self._owed[0] > self._patience:
            self._owed.popleft()
        return bool(self._owed)

    @property
    def connection(self) -> Connection | None:
        """For `select`: what an answer comes over, None where there is no connection."""
        return self._connection

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._owed.clear()

    def _ended(self) -> list[Arrival]:
        """What follows from the end of the connection, where it has ended; the next message makes another one."""
        ended = self._connection
        if ended is None or ended.stage is not Stage.CLOSED:
            return []
        self._connection = None
        owed = len(self._owed)
        self._owed.clear()
        note = f"{self.address}: {ended.why}"
        unsent = ended.unsent()
        told = [Arrival(problem="unreachable", note=note, stan=stan) for stan in unsent]
        if ended.cut:
            note += f", in the middle of an answer: {len(ended.cut)} bytes of it had come"
        if ended.cut or owed > len(unsent):
            told.insert(0, Arrival(problem="closed", note=note))
        return told
