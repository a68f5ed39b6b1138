"""What lies between: what reaches the terminal when the way is good, slow, cut or noisy."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal_sim.core.message import HostReply, answers
from terminal_sim.host.acquirer_link import AcquirerLink
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.link import CONNECT_TIMEOUT, Arrival
from tests.host.samples import DIALECT, SALE, acquirer

MESSAGE = DIALECT.encode_request(SALE)


def arrived(arrival: Arrival) -> HostReply:
    return DIALECT.decode_reply(arrival.message)


def test_an_answer_arrives_over_real_bytes_and_matches_its_request() -> None:
    link = AcquirerLink(acquirer())
    (arrival,) = link.send(MESSAGE, SALE.stan)
    assert answers(arrived(arrival), SALE)
    assert (arrival.delay, arrival.problem) == (link.acquirer.config.delay, "")


def test_a_link_that_is_down_delivers_nothing_to_the_host() -> None:
    link = AcquirerLink(acquirer())
    link.up = False
    (arrival,) = link.send(MESSAGE, SALE.stan)
    assert (arrival.delay, arrival.message, arrival.problem) == (CONNECT_TIMEOUT, b"", "unreachable")
    assert link.acquirer.messages == []
    link.up = True
    assert arrived(link.send(MESSAGE, SALE.stan)[0]).approved


def test_a_slow_link_delays_every_answer() -> None:
    link = AcquirerLink(acquirer())
    link.slow = 2_000_000
    assert link.send(MESSAGE, SALE.stan)[0].delay == link.acquirer.config.delay + 2_000_000


def test_silence_delivers_nothing_at_all() -> None:
    link = AcquirerLink(acquirer())
    link.acquirer.script(["timeout"])
    assert link.send(MESSAGE, SALE.stan) == []


def test_what_was_sent_brings_nothing_later() -> None:
    link = AcquirerLink(acquirer())
    link.send(MESSAGE, SALE.stan)
    assert not link.receive()


def test_garbage_arrives_and_is_no_reply() -> None:
    link = AcquirerLink(acquirer())
    link.acquirer.script(["garbage"])
    (arrival,) = link.send(MESSAGE, SALE.stan)
    assert arrival.problem == ""
    with pytest.raises(MessageError):
        arrived(arrival)


def test_a_request_that_cannot_be_said_is_the_terminals_fault() -> None:
    with pytest.raises(MessageError, match="the terminal has 1 to 8"):
        DIALECT.encode_request(replace(SALE, terminal="SQUARE-TERMINAL"))
