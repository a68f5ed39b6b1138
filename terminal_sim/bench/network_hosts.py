"""A host on a network in the place of the virtual acquirer: the links of the terminals to it, and time while it owes answers.

A real host takes the time that it takes. So virtual time goes no faster than the wall while an answer is awaited, since every
payment would time out before its answer could come; else it jumps from one deadline to the next as ever.
"""

from __future__ import annotations

from random import Random
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from time import monotonic

from terminal_sim.core.config.timeouts import Timeouts
from terminal_sim.host.dialect import Dialect
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.host.network.address import HostAddress
from terminal_sim.host.network.backoff import Backoff
from terminal_sim.host.network.link import NetworkLink
from terminal_sim.host.network.log import HostLog
from terminal_sim.host.network.session import LineEnd, LineSession
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.engine import Engine

_MICROS = 1_000_000
_LONGEST = 1.0  # seconds of one wait, so that a connection that makes no progress is given up in time


class NetworkHosts:
    """See the module. `log` has what the terminals sent and what came back, `links` the link of each terminal by its name."""

    def __init__(self, address: HostAddress, dialect: Dialect) -> None:
        self.address = address
        self.dialect = dialect
        self.log = HostLog(dialect)
        self._boards: list[Board] = []
        self.links: dict[str, NetworkLink] = {}
        self._began: tuple[float, int] | None = (
            None  # the wall and virtual time since when answers are awaited
        )

    @classmethod
    def at(cls, address: str, dialect: Dialect) -> NetworkHosts:
        """The host at `address`, which speaks `dialect` where the address names no other.

        Raises `BenchMisuse` for what is no address or dialect, `ProfileError` for a bad file of one, and `Unsafe` for an address of another machine.
        """
        parsed = HostAddress.parse(address)
        return cls(parsed, load_dialect(parsed.dialect) if parsed.dialect else dialect)

    def link(self, timeouts: Timeouts, end: LineEnd, seed: int) -> NetworkLink:
        """The link of one more terminal, which waits for its host as `timeouts` say; with `seed` it chooses when to connect again.

        Raises `BenchMisuse` where a file that TLS needs cannot be used.
        """
        rules = self.address.line
        link = NetworkLink(
            self.address,
            self.log,
            max(timeouts.issuer, timeouts.reversal),
            LineSession(rules, end) if rules.keeps_line else None,
            Backoff(Random(f"{seed} {end.terminal}")),
        )
        self.links[end.terminal] = link
        return link

    def attach(self, board: Board) -> None:
        """Ask for news of the host for `board`, too."""
        self._boards.append(board)

    def advance(self, engine: Engine, until: int) -> None:
        """Let virtual time pass up to `until` microseconds on the virtual clock."""
        while self.step(engine, until):
            pass

    def step(self, engine: Engine, until: int) -> bool:
        """Let time pass to the next deadline or the next news of a host, `until` at the latest; whether `until` is not reached yet."""
        clock = engine.clock
        if self._take_news(engine):
            return clock.now.mono < until
        if not any(link.awaits for link in self.links.values()):
            self._began = None
            return engine.step(until)
        if self._began is None:
            self._began = monotonic(), clock.now.mono
        deadline = engine.next_deadline()
        target = until if deadline is None else min(until, deadline.at)
        ahead = target - self._allowed(self._began)
        if ahead > 0:
            self._wait(min(ahead / _MICROS, _LONGEST))
        engine.advance(max(min(target, self._allowed(self._began)), clock.now.mono))
        self._take_news(engine)
        return clock.now.mono < until

    def _allowed(self, began: tuple[float, int]) -> int:
        """How far virtual time may have come by now."""
        wall, mono = began
        return mono + round((monotonic() - wall) * _MICROS)

    def _take_news(self, engine: Engine) -> bool:
        """Take what hosts have sent, and let the terminals handle it; whether there was anything."""
        news = [engine.receive(board) for board in self._boards]
        if not any(news):
            return False
        engine.advance(engine.clock.now.mono)
        return True

    def _wait(self, seconds: float) -> None:
        """Wait until a connection can go on, but no longer than `seconds` of the wall."""
        with DefaultSelector() as selector:
            for link in self.links.values():
                connection = link.connection
                if connection is not None and connection.descriptor >= 0:
                    wanted = EVENT_READ | EVENT_WRITE if connection.wants_to_write else EVENT_READ
                    selector.register(connection.descriptor, wanted)
            selector.select(seconds)
