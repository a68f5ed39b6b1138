"""Settlement at the acquirer: it counts its own books, and closes a batch that agrees with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostRequest, MessageKind, Original
from terminal_sim.core.money import Money
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.ledger_file import LedgerFile
from tests.host.samples import SALE, acquirer, asked, undoing

ONE_SALE = BatchTotals(sales=Subtotal(1, 1000))


def sale(number: int, **changes: Any) -> HostRequest:
    return replace(SALE, stan=number, reference=f"R{number}", batch=1, **changes)


def reconciliation(
    totals: BatchTotals, kind: MessageKind = MessageKind.RECONCILIATION, **changes: Any
) -> HostRequest:
    plain = replace(
        SALE,
        kind=kind,
        entry=None,
        track2=None,
        stan=900,
        reference="B1",
        amount=Money(abs(totals.net), "CAD"),
        batch=1,
        totals=totals,
    )
    return replace(plain, **changes)


def upload(request: HostRequest) -> HostRequest:
    original = Original(kind=request.kind, stan=request.stan, reference=request.reference)
    return replace(request, kind=MessageKind.BATCH_UPLOAD, track2=None, original=original)


def note(host: Acquirer) -> object:
    return host.messages[-1].fields.get("note", "")


def test_a_batch_that_agrees_with_the_books_is_closed_and_moves_no_money() -> None:
    host = acquirer()
    asked(host, sale(1))
    before = sum(entry.amount for entry in host.entries())
    assert asked(host, reconciliation(ONE_SALE)).response_code == "00"
    last = host.entries()[-1]
    assert (last.kind, last.batch, last.amount) == (Booking.SETTLEMENT, 1, 0)
    assert sum(entry.amount for entry in host.entries()) == before


@pytest.mark.parametrize(
    "totals",
    [
        BatchTotals(),
        BatchTotals(sales=Subtotal(1, 999)),
        BatchTotals(sales=Subtotal(2, 1000)),
        BatchTotals(sales=Subtotal(1, 1000), refunds=Subtotal(1, 1)),
    ],
)
def test_a_batch_that_differs_from_the_books_stays_open_and_says_how(totals: BatchTotals) -> None:
    host = acquirer()
    asked(host, sale(1))
    assert asked(host, reconciliation(totals)).response_code == "95"
    assert note(host) == f"batch 1: the books have {ONE_SALE}, and the terminal has {totals}"
    assert [entry.kind for entry in host.entries()] == [Booking.CHARGE]
    assert asked(host, reconciliation(ONE_SALE, stan=901, reference="B2")).response_code == "00"


def test_a_void_counts_beside_its_sale_and_what_was_reversed_or_declined_not_at_all() -> None:
    host = acquirer()
    for number in (1, 2, 3):
        asked(host, sale(number))
    asked(host, undoing(sale(2), MessageKind.VOID, stan=4, reference="R4"))
    asked(host, undoing(sale(3), MessageKind.REVERSAL))
    host.script(["declined:51"])
    asked(host, sale(5))
    asked(host, sale(6, kind=MessageKind.REFUND, amount=Money(300, "CAD")))
    totals = BatchTotals(sales=Subtotal(2, 2000), voids=Subtotal(1, 1000), refunds=Subtotal(1, 300))
    assert asked(host, reconciliation(totals)).response_code == "00"


def test_payments_of_another_batch_terminal_or_currency_are_not_counted() -> None:
    host = acquirer()
    asked(host, sale(1))
    asked(host, replace(sale(2), batch=2))
    asked(host, replace(sale(3), terminal="T0000002"))
    asked(host, sale(4, amount=Money(1000, "USD")))
    assert asked(host, reconciliation(ONE_SALE)).response_code == "00"


def test_a_repeat_of_a_settlement_is_answered_as_before_and_closes_once() -> None:
    host = acquirer()
    asked(host, sale(1))
    first = asked(host, reconciliation(ONE_SALE))
    assert asked(host, reconciliation(ONE_SALE, repeat=True)) == first
    assert [entry.kind for entry in host.entries()].count(Booking.SETTLEMENT) == 1


def test_a_scripted_refusal_is_judged_anew_when_the_terminal_asks_again() -> None:
    host = acquirer()
    asked(host, sale(1))
    host.script(["declined:91"])
    assert asked(host, reconciliation(ONE_SALE)).response_code == "91"
    assert asked(host, reconciliation(ONE_SALE, repeat=True)).response_code == "00"


def test_a_scripted_approval_does_not_close_a_batch_that_differs() -> None:
    host = acquirer()
    host.script(["approved"])
    assert asked(host, reconciliation(ONE_SALE)).response_code == "95"


def test_an_upload_and_a_close_end_a_batch_and_name_what_one_side_has_alone() -> None:
    host = acquirer()
    asked(host, sale(1))
    asked(host, sale(2))
    totals = BatchTotals(sales=Subtotal(2, 1700))
    assert asked(host, reconciliation(totals)).response_code == "95"
    for number, minor in ((1, 1000), (3, 700)):
        assert asked(host, upload(sale(number, amount=Money(minor, "CAD")))).response_code == "00"
    close = reconciliation(totals, MessageKind.BATCH_CLOSE, stan=901, reference="B2")
    assert asked(host, close).response_code == "00"
    assert note(host) == ("batch 1: in the books alone: R2 of 1000; batch 1: in the uploads alone: R3 of 700")
    assert host.net("R3") == 0
    assert [entry.kind.value for entry in host.entries()] == [
        "charge", "charge", "upload", "upload", "settlement",
    ]  # fmt: skip


def test_a_close_that_misses_an_upload_leaves_the_batch_open() -> None:
    host = acquirer()
    asked(host, sale(1))
    close = reconciliation(ONE_SALE, MessageKind.BATCH_CLOSE)
    assert asked(host, close).response_code == "95"
    asked(host, upload(sale(1)))
    asked(host, upload(sale(1)))
    assert asked(host, replace(close, repeat=True)).response_code == "00"


def test_a_batch_of_an_earlier_run_is_counted_from_the_books(tmp_path: Path) -> None:
    for number, totals in ((1, None), (2, BatchTotals(sales=Subtotal(2, 2000)))):
        host = acquirer()
        books = LedgerFile(tmp_path / "acquirer.jsonl")
        books.start()
        host.keep_books(books)
        asked(host, sale(number))
        if totals is not None:
            assert asked(host, reconciliation(totals)).response_code == "00"
        books.close()
