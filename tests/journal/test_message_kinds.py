"""Every kind of message of the one table is known to acquirer, invariants, report and scripts, whatever rows the table has."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal_sim.bench.words import JOURNAL_FIELDS
from terminal_sim.core.message import HostRequest, MessageKind
from terminal_sim.reports.transactions import transactions
from terminal_sim.script.vocabulary import is_message
from tests.host.samples import SALE, undoing
from tests.journal.test_invariants import DONE, PENDING, REVERSED, SENT, Day, day, named, payment, reversal

__all__ = ["day"]
PAYMENTS = [kind for kind in MessageKind if kind.facts.is_payment and kind.moves_money]
VOIDABLE = [kind for kind in PAYMENTS if kind.facts.voidable]


def a(kind: MessageKind) -> HostRequest:
    return named(1, replace(SALE, kind=kind))


def types(day: Day) -> list[str]:
    return [line.type for line in transactions(row.row for row in day.journal.rows("T0000001"))]


@pytest.mark.parametrize("kind", MessageKind)
def test_a_script_may_name_each_kind(kind: MessageKind) -> None:
    assert is_message(kind.value)
    assert (kind.value in JOURNAL_FIELDS) is bool(kind.facts.report)


@pytest.mark.parametrize("kind", PAYMENTS)
def test_a_payment_of_each_kind_is_booked_reported_and_breaks_no_invariant(
    day: Day, kind: MessageKind
) -> None:
    day.pay(a(kind))
    assert [entry.kind for entry in day.entries] == [kind.facts.booking]
    assert day.host.net("R1") == (1000 if kind.charges else -1000)
    assert day.host.messages[0].kind == kind.value
    assert types(day) == [kind.facts.report]
    assert day.found(resolved=True) == []


@pytest.mark.parametrize("kind", PAYMENTS)
def test_an_unanswered_payment_of_each_kind_is_reversed(day: Day, kind: MessageKind) -> None:
    request = a(kind)
    day.record(payment(request, SENT))
    day.send(request, "timeout")
    day.record(payment(request, PENDING), reversal(request, PENDING))
    assert day.found() == []
    day.send(undoing(request, MessageKind.REVERSAL))
    day.record(payment(request, REVERSED), reversal(request, DONE))
    assert day.host.net("R1") == 0
    assert day.found(resolved=True) == []


@pytest.mark.parametrize("kind", VOIDABLE)
def test_a_payment_of_each_voidable_kind_is_voided(day: Day, kind: MessageKind) -> None:
    day.pay(a(kind))
    day.void(a(kind))
    assert day.host.net("R1") == 0
    assert types(day) == [kind.facts.report, MessageKind.VOID.facts.report]
    assert day.found(resolved=True) == []
