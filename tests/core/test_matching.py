"""An answer counts only for the request that it answers (reliability rule 7)."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostReply, HostRequest, MessageClass, MessageKind, answers
from terminal_sim.core.money import Money
from tests.core.samples import REPLY, REQUEST
from tests.host.samples import DIALECT

# Kind, repeat, message type of the request and of its answer (ISO 8583:1993 numbering).
TYPES = [
    (MessageKind.SALE, False, "0100", "0110"),
    (MessageKind.SALE, True, "0101", "0110"),
    (MessageKind.MOTO, False, "0100", "0110"),
    (MessageKind.REFUND, False, "0200", "0210"),
    (MessageKind.REFUND, True, "0201", "0210"),
    (MessageKind.VOID, False, "0400", "0410"),
    (MessageKind.VOID, True, "0401", "0410"),
    (MessageKind.REVERSAL, False, "0400", "0410"),
    (MessageKind.REVERSAL, True, "0401", "0410"),
    (MessageKind.ADVICE, False, "0220", "0230"),
    (MessageKind.ADVICE, True, "0221", "0230"),
    (MessageKind.BATCH_UPLOAD, False, "0320", "0330"),
    (MessageKind.BATCH_UPLOAD, True, "0321", "0330"),
    (MessageKind.RECONCILIATION, False, "0500", "0510"),
    (MessageKind.RECONCILIATION, True, "0501", "0510"),
    (MessageKind.BATCH_CLOSE, False, "0500", "0510"),
]
ANSWER_TYPES = {answer for _, _, _, answer in TYPES}


@pytest.mark.parametrize(("kind", "repeat", "asked", "answered"), TYPES)
def test_a_message_type_and_its_answer_belong_together(
    kind: MessageKind, repeat: bool, asked: str, answered: str
) -> None:
    request = replace(REQUEST, kind=kind, repeat=repeat)
    assert DIALECT.label(request) == asked
    assert answers(replace(REPLY, message_class=DIALECT.codes.replies[answered]), request)
    for other in ANSWER_TYPES - {answered}:
        assert not answers(replace(REPLY, message_class=DIALECT.codes.replies[other]), request), other
    for other in (asked, "", "0111", "9999"):
        assert other not in DIALECT.codes.replies


def test_every_kind_has_its_two_message_types() -> None:
    for kind in MessageKind:
        for repeat in (False, True):
            label = DIALECT.label(replace(REQUEST, kind=kind, repeat=repeat))
            assert DIALECT.codes.classes[label] == (kind.facts.message_class, repeat)


@pytest.mark.parametrize("kind", MessageKind)
def test_a_kind_is_found_by_its_name_and_is_itself_in_another_process(kind: MessageKind) -> None:
    assert MessageKind(kind.value) is kind
    assert pickle.loads(pickle.dumps(kind)) is kind
    moves_nothing = kind.facts.booking is Booking.NOTHING
    assert [kind.undoes, kind.moves_money, kind.settles, moves_nothing].count(True) == 1


def test_a_name_without_a_row_is_no_kind() -> None:
    with pytest.raises(ValueError, match="cheque"):
        MessageKind("cheque")


def test_the_label_of_an_answer_decides_nothing() -> None:
    assert answers(replace(REPLY, label="0210"), REQUEST)
    assert replace(REPLY, label="0210") == REPLY


# What alone is changed in an answer that would count.
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("another message class", {"message_class": MessageClass.FINANCIAL}),
    ("another terminal", {"terminal": "V4000002"}),
    ("no terminal", {"terminal": ""}),
    ("the terminal in small letters", {"terminal": "v4000001"}),
    ("the trace number before", {"stan": 6}),
    ("the trace number after", {"stan": 8}),
    ("no trace number", {"stan": 0}),
    ("a cent more", {"amount": Money(1001, "CAD")}),
    ("a cent less", {"amount": Money(999, "CAD")}),
    ("the amount with its sign turned", {"amount": Money(-1000, "CAD")}),
    ("another currency", {"amount": Money(1000, "USD")}),
]


@pytest.mark.parametrize(("meaning", "change"), CHANGES)
def test_an_answer_that_differs_in_one_thing_does_not_count(meaning: str, change: dict[str, Any]) -> None:
    assert answers(REPLY, REQUEST)
    assert not answers(replace(REPLY, **change), REQUEST), meaning


@given(
    st.builds(
        HostReply,
        message_class=st.sampled_from(MessageClass),
        terminal=st.sampled_from(["V4000001", "V4000002"]),
        stan=st.integers(6, 8),
        amount=st.builds(Money, st.integers(999, 1001), st.sampled_from(["CAD", "USD"])),
        response_code=st.sampled_from(["00", "05", "10"]),
        auth_code=st.text(max_size=6),
        host_reference=st.text(max_size=6),
    )
)
def test_an_answer_counts_where_all_four_agree_and_only_there(reply: HostReply) -> None:
    agree = (reply.message_class, reply.terminal, reply.stan, reply.amount) == (
        MessageClass.AUTHORISATION,
        "V4000001",
        7,
        Money(1000, "CAD"),
    )
    assert answers(reply, REQUEST) is agree


@pytest.mark.parametrize(
    ("code", "approved"),
    [
        ("00", True),
        ("10", True),
        ("05", False),
        ("11", False),
        ("85", False),
        ("0", False),
        ("000", False),
        ("", False),
    ],
)
def test_two_response_codes_approve(code: str, approved: bool) -> None:
    assert replace(REPLY, response_code=code).approved is approved


def test_the_card_is_asked_to_approve_exactly_where_the_terminal_takes_the_answer_as_one() -> None:
    """Two meanings of approval would let the card sign what the books decline."""
    from terminal_sim.emv.data.response_code import APPROVALS

    codes = [f"{first}{second}" for first in "0123456789ABNY" for second in "0123456789ABNY"]
    assert {code for code in codes if replace(REPLY, response_code=code).approved} == set(APPROVALS)


def test_a_request_holds_no_secret_in_its_repr() -> None:
    from terminal_sim.secret import Secret

    secret: HostRequest = replace(
        REQUEST, pan=Secret("5555444433331111"), cvc=Secret("737"), track2=Secret("5555444433331111=3003")
    )
    assert "5555444433331111" not in repr(secret)
    assert "737" not in repr(secret)
