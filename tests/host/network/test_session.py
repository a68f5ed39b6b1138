"""What is said on a line besides payments, without a line: who waits for whom, and when a line is given up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import pytest

from terminal_sim.host.dialect import MessageError
from terminal_sim.host.management import ManagementFunction, ManagementReply, ManagementRequest
from terminal_sim.host.network.backoff import Backoff
from terminal_sim.host.network.session import ANSWER_WITHIN, LineRules, LineSession
from tests.host.dialects import dialect

DIALECT = dialect("iso8583-1993")
ALL = LineRules(sign_on=True, echo=60, new_keys=3600)


@dataclass
class End:
    """A terminal's end of a line whose messages have no codes; it takes no keys that begin with `bad`."""

    terminal: str = "T0000001"
    keys: list[Sequence[str]] = field(default_factory=list)
    has_key: bool = True

    def now(self) -> datetime:
        return datetime.fromisoformat("2026-11-21 20:40:01")

    def is_management(self, message: bytes) -> bool:
        return DIALECT.is_management(message)

    def encode_management(self, message: ManagementRequest | ManagementReply) -> bytes:
        if not self.has_key:
            raise LookupError("there is no key for the codes of messages")
        return DIALECT.encode_management(message)

    def decode_management(self, message: bytes) -> ManagementRequest | ManagementReply:
        return DIALECT.decode_management(message)

    def renew(self, blocks: Sequence[str]) -> None:
        if blocks[:1] == ("bad",):
            raise ValueError("these are none")
        self.keys.append(blocks)


def open_session(rules: LineRules, end: End | None = None) -> LineSession:
    session = LineSession(rules, end or End())
    session.opened(0.0)
    return session


def said(message: bytes | None) -> ManagementRequest:
    assert message is not None
    request = DIALECT.decode_management(message)
    assert isinstance(request, ManagementRequest)
    return request


def answered(
    session: LineSession, request: ManagementRequest, at: float, code: str = "00", *blocks: str
) -> None:
    reply = ManagementReply(
        function=request.function,
        terminal=request.terminal,
        stan=request.stan,
        response_code=code,
        key_blocks=blocks,
    )
    assert session.take(DIALECT.encode_management(reply), at) is None


def test_payments_wait_for_the_sign_on_and_then_for_new_keys() -> None:
    end = End()
    session = open_session(ALL, end)
    sign_on = said(session.due(0.0, owes=False))
    assert (sign_on.function, sign_on.stan) == (ManagementFunction.SIGN_ON, 1)
    assert not session.ready(0.1)
    assert session.due(0.1, owes=False) is None
    answered(session, sign_on, 0.2)
    assert not session.ready(0.2)
    renewing = said(session.due(0.2, owes=False))
    assert renewing.function is ManagementFunction.NEW_KEYS
    assert not session.ready(0.3)
    answered(session, renewing, 0.3, "00", "block")
    assert end.keys == [("block",)]
    assert session.ready(0.3)
    assert session.notes == ["signed on", "new keys are in use"]


def test_keys_are_changed_when_they_are_old_but_not_while_an_answer_is_owed() -> None:
    session = open_session(LineRules(new_keys=100))
    answered(session, said(session.due(0.0, owes=False)), 0.0)
    assert session.ready(99.0)
    assert session.due(100.0, owes=True) is None
    assert said(session.due(101.0, owes=False)).function is ManagementFunction.NEW_KEYS


def test_an_echo_is_asked_for_after_silence_and_payments_go_on() -> None:
    session = open_session(LineRules(echo=60))
    assert session.due(59.0, owes=False) is None
    session.moved(59.0)
    assert session.due(118.0, owes=False) is None
    echo = said(session.due(119.0, owes=False))
    assert echo.function is ManagementFunction.ECHO
    assert session.ready(119.0)
    answered(session, echo, 119.5)
    assert session.due(179.0, owes=False) is None
    assert session.due(179.5, owes=False) is not None


@pytest.mark.parametrize("function", ["sign-on", "new-keys", "echo"])
def test_a_line_on_which_nothing_is_answered_is_given_up(function: str) -> None:
    rules = {
        "sign-on": LineRules(sign_on=True),
        "new-keys": LineRules(new_keys=10),
        "echo": LineRules(echo=0.001),
    }[function]
    session = open_session(rules)
    assert said(session.due(1.0, owes=False)).function.value == function
    assert session.due(1.0 + ANSWER_WITHIN, owes=False) is None
    assert session.failed == ""
    assert session.due(1.1 + ANSWER_WITHIN, owes=False) is None
    assert session.failed == f"{function} was not answered within 5 s"
    session.opened(20.0)
    assert session.failed == ""


def test_a_refused_sign_on_and_keys_that_are_none_end_the_line() -> None:
    session = open_session(ALL)
    answered(session, said(session.due(0.0, owes=False)), 0.1, "91")
    assert session.failed == "sign-on was refused: 91"
    session = open_session(LineRules(new_keys=10))
    answered(session, said(session.due(0.0, owes=False)), 0.1, "00", "bad")
    assert session.failed == "new keys: these are none"


def test_an_answer_to_another_question_answers_nothing() -> None:
    session = open_session(LineRules(sign_on=True))
    asked = said(session.due(0.0, owes=False))
    for wrong in (
        ManagementRequest(
            function=ManagementFunction.ECHO, terminal=asked.terminal, stan=asked.stan, at=asked.at
        ),
        ManagementRequest(function=asked.function, terminal="T0000002", stan=asked.stan, at=asked.at),
        ManagementRequest(function=asked.function, terminal=asked.terminal, stan=asked.stan + 1, at=asked.at),
    ):
        answered(session, wrong, 0.1)
    assert session.take(b"1814 and no more", 0.2) is None
    assert not session.ready(0.2)
    assert len(session.notes) == 4


def test_a_host_that_asks_for_an_echo_gets_its_answer_and_for_anything_else_a_refusal() -> None:
    session = open_session(LineRules(echo=60))
    for function, code in ((ManagementFunction.ECHO, "00"), (ManagementFunction.SIGN_OFF, "40")):
        request = ManagementRequest(function=function, terminal="T0000001", stan=77, at=End().now())
        answer = session.take(DIALECT.encode_management(request), 1.0)
        assert answer is not None
        assert DIALECT.decode_management(answer) == ManagementReply(
            function=function, terminal="T0000001", stan=77, response_code=code
        )


def test_a_terminal_signs_off_where_it_has_signed_on() -> None:
    session = open_session(LineRules(sign_on=True))
    assert session.farewell() is None
    answered(session, said(session.due(0.0, owes=False)), 0.1)
    assert said(session.farewell()).function is ManagementFunction.SIGN_OFF
    assert open_session(LineRules(echo=1)).farewell() is None


def test_a_terminal_without_keys_says_nothing_and_gives_the_line_up() -> None:
    session = open_session(LineRules(sign_on=True), End(has_key=False))
    assert session.due(0.0, owes=False) is None
    assert session.failed == "network management: there is no key for the codes of messages"


def test_waits_grow_to_a_minute_are_drawn_from_the_seed_and_begin_anew() -> None:
    def waits(seed: str, count: int) -> list[float]:
        backoff = Backoff(Random(seed))
        return [backoff.failed() for _ in range(count)]

    found = waits("7 T1", 30)
    assert found == waits("7 T1", 30) != waits("7 T2", 30)
    for wait, longest in zip(found, [1, 2, 4, 8, 16, 32, *[60] * 24], strict=True):
        assert longest / 2 <= wait <= longest
    backoff = Backoff(Random("7 T1"))
    backoff.failed(), backoff.failed()
    backoff.succeeded()
    assert backoff.failed() <= 1


def test_what_is_no_message_is_not_the_session_s() -> None:
    session = open_session(LineRules(echo=60))
    assert not session.is_mine(b"")
    assert not session.is_mine(b"1110")
    with pytest.raises(MessageError):
        DIALECT.decode_management(b"1110")
