"""The terminal's end of a host link over TCP or TLS: one connection, made with the first message and again after it has ended.

| what happens                                     | what the terminal is told                                    |
|--------------------------------------------------|--------------------------------------------------------------|
| no connection, or it ends before a byte has left | unreachable: nothing was sent, so nothing is reversed         |
| it ends behind the request                       | nothing: the terminal times out, and reverses                 |
| it ends in the middle of an answer               | the same                                                      |
| network management is refused or unanswered      | the payments that wait are unreachable; the connection is closed |
| two messages in a row are not answered           | nothing of it: the next message goes over another connection, since nobody may hear this one |
| an answer comes late, twice or for nothing       | the answer: the firmware takes it only where it waits for it  |
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from random import Random
from time import monotonic
from typing import Protocol

from terminal_sim.host.link import CONNECT_TIMEOUT, Arrival
from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.backoff import Backoff
from terminal_sim.host.network.connection import Connection, Stage
from terminal_sim.host.network.framing import FramingError
from terminal_sim.host.network.session import LineSession
from terminal_sim.host.network.tls import client_context

_MICROS = 1_000_000
_DEAD = 2  # messages in a row without an answer, after which a connection is not believed any more
_OF_LINE = 0  # the number of a message of network management among those of payments, which begin at 1


class LinkLog(Protocol):
    """Takes each message that goes over a link."""

    def sent(self, message: bytes) -> None: ...
    def received(self, message: bytes) -> None: ...


class NetworkLink:
    """A `HostLink` of one terminal, which waits for an answer no longer than `patience` microseconds.

    With a `session` the line is kept: it is made before it is needed, and again after it has ended, later each time (`backoff`). A payment
    does not wait for that. Raises `BenchMisuse` where a file that TLS needs cannot be used.
    """

    def __init__(
        self,
        address: HostAddress,
        log: LinkLog,
        patience: int,
        session: LineSession | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self.address = address
        self.up = True
        self.slow = 0
        self._tls = client_context(address)
        self._connection: Connection | None = None
        self._log = log
        self._patience = patience / _MICROS
        self._owed: deque[float] = deque()  # when each message that has no answer yet was sent
        self._unanswered = 0  # messages in a row that were given up
        self._early: list[Arrival] = []  # what came before the last message was sent
        self._session = session
        self._backoff = backoff or Backoff(Random(0))
        self._held: deque[tuple[int, bytes]] = deque()  # until the session lets payments leave
        self._opened = False  # whether the session knows of the connection
        self._again_at = 0.0

    def send(self, message: bytes, stan: int) -> Sequence[Arrival]:
        """What can be said at once: that the way is cut, or that there is no connection."""
        if not self.up:
            return [Arrival(delay=CONNECT_TIMEOUT, problem="unreachable")]
        # A connection that the host has closed meanwhile is noticed before it is used.
        self._early = [
            *self.receive(),
            *self._leave_dead(),
        ]  # `receive` gives those that were early before, too
        connection = self._connection or self._connect()
        self._log.sent(message)
        self._owed.append(monotonic())
        try:
            if self._session is None:
                connection.send(stan, message)
            else:
                self.address.framing.framed(message)
                self._held.append((stan, message))
                self._converse(connection, self._session)
        except FramingError as wrong:
            self._owed.pop()
            return [Arrival(problem="unreachable", note=str(wrong))]
        return self._ended()

    def release(self) -> None:
        """Nothing waits: what was sent has left as far as the connection takes it."""

    def receive(self) -> Sequence[Arrival]:
        """The answers that have come, the messages that could not be sent, and what became of the line."""
        early, self._early = self._early, []
        connection = self._connection
        if connection is None:
            if not (self.up and self._session is not None and monotonic() >= self._again_at):
                return early
            connection = self._connect()
        arrived = [
            Arrival(delay=self.slow, message=framed.message)
            for framed in connection.received()
            if not self._is_of_line(framed.message, connection)
        ]
        if arrived:
            self._unanswered = 0
        for arrival in arrived:
            self._log.received(arrival.message)
        # The link does not know which message is answered. It takes the newest for it, so that one without an answer is given up in its time.
        for _ in arrived[: len(self._owed)]:
            self._owed.pop()
        if self._session is not None:
            if arrived:
                self._session.moved(monotonic())
            self._converse(connection, self._session)
        return [*early, *arrived, *self._notes(), *self._ended()]

    @property
    def awaits(self) -> bool:
        """Whether an answer is still waited for. A connection that has ended owes none."""
        self._give_up()
        return bool(self._owed)

    @property
    def connection(self) -> Connection | None:
        """For `select`: what an answer comes over, None where there is no connection."""
        return self._connection

    @property
    def stage(self) -> Stage:
        """How far its connection is; closed where it has none."""
        return Stage.CLOSED if self._connection is None else self._connection.stage

    def close(self) -> None:
        """Sign off where the session does, and hang up."""
        if self._connection is not None:
            farewell = None if self._session is None else self._session.farewell()
            if farewell is not None:
                self._connection.send(_OF_LINE, farewell)
            self._connection.close()
            self._connection = None
        self._owed.clear()
        self._held.clear()

    def _connect(self) -> Connection:
        address = self.address
        self._connection = Connection(address.host, address.port, address.framing, self._tls)
        self._opened = False
        self._unanswered = 0
        return self._connection

    def _give_up(self) -> None:
        """Owe no longer what was not answered in time."""
        while self._owed and monotonic() - self._owed[0] > self._patience:
            self._owed.popleft()
            self._unanswered += 1

    def _leave_dead(self) -> list[Arrival]:
        """Close a connection that may be heard by nobody, as where a router has forgotten it: TCP would find out after a quarter of an hour."""
        self._give_up()
        if self._connection is None or self._unanswered < _DEAD:
            return []
        why = f"{self._unanswered} messages in a row had no answer"
        self._connection.end(why)
        told = self._ended()
        return told or [Arrival(problem="said", note=f"{self.address}: {why}; connects again")]

    def _is_of_line(self, message: bytes, connection: Connection) -> bool:
        """Whether a message was one of network management, which the session takes."""
        session = self._session
        if session is None or not session.is_mine(message):
            return False
        answer = session.take(message, monotonic())
        if answer is not None:
            connection.send(_OF_LINE, answer)
        return True

    def _converse(self, connection: Connection, session: LineSession) -> None:
        """Say what is due, and let payments leave once they may."""
        connection.go_on()
        if connection.stage is not Stage.OPEN:
            return
        at = monotonic()
        if not self._opened:
            self._opened = True
            session.opened(at)
        owes = len(self._owed) > len(self._held)
        if not session.failed and (due := session.due(at, owes=owes)) is not None:
            connection.send(_OF_LINE, due)
        if session.failed:
            connection.end(session.failed)
            return
        while self._held and session.ready(at):
            self._backoff.succeeded()
            session.moved(at)
            connection.send(*self._held.popleft())
        if session.ready(at):
            self._backoff.succeeded()

    def _notes(self) -> list[Arrival]:
        if self._session is None or not self._session.notes:
            return []
        notes, self._session.notes = self._session.notes, []
        return [Arrival(problem="said", note=f"{self.address}: {note}") for note in notes]

    def _ended(self) -> list[Arrival]:
        """What follows from the end of the connection, where it has ended; the next message makes another one."""
        ended = self._connection
        if ended is None or ended.stage is not Stage.CLOSED:
            return []
        self._connection = None
        owed = len(self._owed)
        self._owed.clear()
        note = f"{self.address}: {ended.why}"
        unsent = [
            *(number for number in ended.unsent() if number != _OF_LINE),
            *(stan for stan, _ in self._held),
        ]
        self._held.clear()
        told = [Arrival(problem="unreachable", note=note, stan=stan) for stan in unsent]
        if ended.cut:
            note += f", in the middle of an answer: {len(ended.cut)} bytes of it had come"
        if ended.cut or owed > len(unsent):
            told.insert(0, Arrival(problem="closed", note=note))
        if self._session is not None:
            wait = self._backoff.failed()
            self._again_at = monotonic() + wait
            again = f"{self.address}: {ended.why}; connects again in {wait:.1f} s"
            told.append(Arrival(problem="said", note=again))
        return told
