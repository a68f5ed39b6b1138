"""The host link is a seam: over a TCP connection a terminal sends, receives and records what it does in process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from tests.engine.kit import bench_of, ready
from tests.engine.tcp import TcpAcquirer, TcpLink
from tests.engine.test_engine import SECOND, trace_of


class Wired:
    """A terminal whose acquirer is at the other end of a connection."""

    def __init__(self, bench: Bench, till: TerminalUnderTest, host: TcpAcquirer) -> None:
        self.bench, self.till, self.host = bench, till, host
        self.link = TcpLink(host.address)
        till.board.link = self.link

    def exchange(self) -> None:
        """The acquirer answers what was sent last, and the terminal takes the answer."""
        for part in self.host.answer():
            assert not self.bench.engine.poll(self.till.board)
            self.host.send(part)
            self.link.await_bytes()
        assert self.bench.engine.poll(self.till.board)
        self.bench.advance(0)


@pytest.fixture
def wired() -> Iterator[Wired]:
    bench, (till,) = bench_of(1)
    with bench, TcpAcquirer(bench.acquirer) as host:
        wired = Wired(bench, till, host)
        yield wired
        wired.link.close()


def recorded(till: TerminalUnderTest) -> list[tuple[str, object]]:
    return [(row.kind, row.fields) for row in till.journal()]


def test_a_sale_over_tcp_is_the_sale_in_process(wired: Wired) -> None:
    ready(wired.till)
    wired.till.swipe("visa-stripe")
    assert wired.till.view().screen.id == "processing"
    wired.exchange()
    assert wired.till.view().screen.id == "approved"
    bench, (till,) = bench_of(1)
    with bench:
        ready(till)
        till.swipe("visa-stripe")
        bench.advance(SECOND)
        assert recorded(till) == recorded(wired.till)
        assert bench.host_messages() == wired.bench.host_messages()
        assert trace_of(bench, "host") == trace_of(wired.bench, "host")


def test_half_a_message_is_no_answer_yet(wired: Wired) -> None:
    ready(wired.till)
    wired.till.swipe("visa-stripe")
    first, second = wired.host.answer()
    wired.host.send(first)
    wired.link.await_bytes()
    assert not wired.bench.engine.poll(wired.till.board)
    assert wired.till.view().screen.id == "processing"
    wired.host.send(second)
    wired.link.await_bytes()
    assert wired.bench.engine.poll(wired.till.board)
    wired.bench.advance(0)
    assert wired.till.view().screen.id == "approved"


def test_garbage_over_tcp_is_no_answer_and_is_reversed_over_the_same_connection(wired: Wired) -> None:
    wired.bench.host_answers(["garbage"])
    ready(wired.till)
    wired.till.swipe("visa-stripe")
    wired.exchange()
    assert wired.till.view().screen.id == "processing"
    assert any("garbage" in line for line in trace_of(wired.bench, "host"))
    wired.bench.advance(wired.till.profile.timeouts.issuer)
    wired.exchange()
    assert [message.kind for message in wired.bench.host_messages()] == ["sale", "reversal"]
    states = [row.fields["state"] for row in wired.till.journal() if row.kind == "sale"]
    assert states == ["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"]


def test_an_acquirer_that_does_not_listen_is_unreachable() -> None:
    bench, (till,) = bench_of(1)
    with bench:
        with TcpAcquirer(bench.acquirer) as host:
            address = host.address
        till.board.link = TcpLink(address)
        ready(till)
        till.swipe("visa-stripe")
        bench.advance(0)
        assert till.view().screen.id == "no-connection"
        assert bench.host_messages() == []
        till.board.link.receive()
