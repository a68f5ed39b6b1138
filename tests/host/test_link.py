"""What lies between: what reaches the terminal when the way is good, slow, cut or noisy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.core.message import answers
from terminal_sim.host.fields import MessageError
from terminal_sim.host.link import CONNECT_TIMEOUT, AcquirerLink
from tests.host.samples import SALE, acquirer


def test_an_answer_arrives_over_real_bytes_and_matches_its_request() -> None:
    link = AcquirerLink(acquirer())
    (delivery,) = link.submit(SALE)
    assert delivery.reply is not None
    assert answers(delivery.reply, SALE)
    assert (delivery.delay, delivery.problem) == (link.acquirer.terms.delay, "")


def test_a_link_that_is_down_delivers_nothing_to_the_host() -> None:
    link = AcquirerLink(acquirer())
    link.up = False
    (delivery,) = link.submit(SALE)
    assert (delivery.delay, delivery.reply, delivery.problem) == (CONNECT_TIMEOUT, None, "unreachable")
    assert link.acquirer.messages == []
    link.up = True
    assert link.submit(SALE)[0].reply is not None


def test_a_slow_link_delays_every_answer() -> None:
    link = AcquirerLink(acquirer())
    link.slow = 2_000_000
    assert link.submit(SALE)[0].delay == link.acquirer.terms.delay + 2_000_000


def test_silence_delivers_nothing_at_all() -> None:
    link = AcquirerLink(acquirer())
    link.acquirer.script(["timeout"])
    assert link.submit(SALE) == []


def test_garbage_is_a_problem_and_no_reply() -> None:
    link = AcquirerLink(acquirer())
    link.acquirer.script(["garbage"])
    (delivery,) = link.submit(SALE)
    assert (delivery.reply, delivery.problem) == (None, "garbage")


def test_a_request_that_cannot_be_said_is_the_terminals_fault() -> None:
    with pytest.raises(MessageError, match="DE 41"):
        AcquirerLink(acquirer()).submit(replace(SALE, terminal="SQUARE-TERMINAL"))
