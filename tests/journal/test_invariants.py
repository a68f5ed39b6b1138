"""The invariants: silent over a whole clean day, and each of them found when its fault is planted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from terminal_sim.bench.told import ToldScreen
from terminal_sim.core.batch_totals import BatchTotals, Subtotal
from terminal_sim.core.booking import Booking
from terminal_sim.core.message import EntryMode, HostRequest, MessageKind, Original
from terminal_sim.core.money import Money
from terminal_sim.core.payment import STEPS, Payment, PaymentState
from terminal_sim.core.rows.schema import Field, FlatRow
from terminal_sim.core.rows.settlement import SettlementRow, SettlementState
from terminal_sim.core.rows.table import ROW_KINDS
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.ledger import LedgerEntry
from terminal_sim.host.seen import SeenMessage
from terminal_sim.journal.file import IN_MEMORY
from terminal_sim.journal.invariants import INVARIANTS, RESOLVED, violations
from terminal_sim.journal.store import Journal
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.rows import SaleRow, TenderOutcome, TenderRow
from tests.host.samples import AT, MOTO, SALE, acquirer, encode_request, undoing

SENT, DONE, DECLINED = PaymentState.AUTH_SENT, PaymentState.COMPLETED, PaymentState.DECLINED
PENDING, REVERSED, VOIDED = PaymentState.REVERSAL_PENDING, PaymentState.REVERSED, PaymentState.VOIDED


def payment(request: HostRequest, state: PaymentState, /, **changes: Any) -> FlatRow:
    """The row that a terminal records of its request."""
    whole = Payment(
        kind=request.kind,
        reference=request.reference,
        state=state,
        amount=request.amount,
        requested=request.amount.minor,
        entry=request.entry or EntryMode.STRIPE,
        pan="411111******1111",
        stan=request.stan,
        at=AT,
        original=request.original.reference if request.original else "",
    )
    return structs.replace(whole, **changes).flat()


def reversal(request: HostRequest, state: PaymentState) -> FlatRow:
    """The row of its own that a reversal has."""
    fields = {
        **payment(request, state).fields,
        "reference": f"{request.reference}-R",
        "original": request.reference,
    }
    return FlatRow("reversal", fields)


@dataclass
class Day:
    """A terminal's journal and its host."""

    journal: Journal
    host: Acquirer
    boot: int = 1
    mono: int = 0
    more_entries: list[LedgerEntry] = field(default_factory=list)
    book: Book = field(default_factory=Book)
    told: list[ToldScreen] = field(default_factory=list)

    def record(self, *rows: FlatRow) -> None:
        self.mono += 1
        self.journal.append("T0000001", self.boot, self.mono, self.mono, rows)

    def send(self, request: HostRequest, scripted: str = "") -> None:
        if scripted:
            self.host.script([scripted])
        self.host.respond(encode_request(request))

    def pay(self, request: HostRequest, /, **changes: Any) -> None:
        self.record(payment(request, SENT))
        self.send(request)
        self.record(payment(request, DONE, **changes))

    def void(self, request: HostRequest, **own: Any) -> None:
        void = undoing(request, MessageKind.VOID, **own)
        self.record(payment(void, PENDING))
        self.send(void)
        self.record(payment(void, DONE), payment(request, VOIDED))

    def found(self, *, resolved: bool = False) -> list[str]:
        return violations(
            self.journal,
            self.entries,
            self.host.messages,
            self.book.sales.values(),
            told=self.told,
            resolved=resolved,
        )

    def show(self, screen: str) -> None:
        """The terminal's screen says so now."""
        self.told.append(ToldScreen(len(self.told) + 1, self.mono, "T0000001", screen))

    @property
    def entries(self) -> Sequence[LedgerEntry]:
        return (*self.host.entries(), *self.more_entries)


@pytest.fixture
def day() -> Iterator[Day]:
    with Journal(IN_MEMORY) as journal:
        yield Day(journal, acquirer())


def named(number: int, request: HostRequest = SALE) -> HostRequest:
    return replace(request, stan=number, reference=f"R{number}")


REFUND = replace(SALE, kind=MessageKind.REFUND)


def test_a_check_knows_nothing_of_the_one_before(day: Day) -> None:
    day.record(payment(SALE, DONE))
    assert day.found()
    with Journal(IN_MEMORY) as empty:
        assert Day(empty, acquirer()).found() == []


def test_a_day_with_everything_in_it_breaks_nothing(day: Day) -> None:
    day.record(FlatRow("boot", {"boot": 1}))
    day.pay(named(1))
    day.pay(named(2, MOTO))
    day.void(named(2, MOTO), stan=3, reference="R3")
    day.record(payment(named(4), SENT))
    day.send(named(4), "declined:51")
    day.record(payment(named(4), DECLINED, response_code="51"))
    day.record(payment(named(5), SENT))
    day.send(named(5), "timeout")
    day.record(payment(named(5), PENDING), reversal(named(5), PENDING))
    assert day.found() == []
    day.send(undoing(named(5), MessageKind.REVERSAL), "timeout")
    day.send(undoing(named(5), MessageKind.REVERSAL, repeat=True), "timeout")
    day.boot = 2
    day.record(FlatRow("boot", {"boot": 2}))
    day.send(undoing(named(5), MessageKind.REVERSAL))
    day.record(payment(named(5), REVERSED), reversal(named(5), DONE))
    day.record(payment(named(6), SENT))
    day.send(named(6), "partial:400")
    day.record(payment(named(6), DONE, amount=Money(400, "CAD")))
    day.pay(named(7, REFUND))
    day.record(payment(named(8), DECLINED, reason="card-declined"))
    day.record(FlatRow("reprint", {"original": "R1"}))
    assert day.found(resolved=True) == []


def test_a_void_in_doubt_breaks_nothing_whatever_the_host_did(day: Day) -> None:
    day.pay(named(1))
    void = undoing(named(1), MessageKind.VOID)
    day.record(payment(void, PENDING))
    assert day.found() == []
    day.send(void, "timeout")
    assert day.found() == []
    assert [line[:2] for line in day.found(resolved=True)] == ["L1"]


def entry(day: Day, **changes: Any) -> None:
    day.more_entries.append(structs.replace(day.host.entries()[0], number=99, **changes))


def message(day: Day, **changes: Any) -> None:
    """The first message again, with other fields (`_` for `-`)."""
    first = day.host.messages[0]
    fields = {**first.fields, **{name.replace("_", "-"): value for name, value in changes.items()}}
    day.host.messages.append(structs.replace(first, fields=fields))


def charged_twice(day: Day) -> None:
    day.pay(named(1))
    entry(day)


def charged_unknown(day: Day) -> None:
    day.send(named(1))


def voided_and_charged(day: Day) -> None:
    day.pay(named(1))
    void = undoing(named(1), MessageKind.VOID)
    day.record(payment(void, PENDING))
    day.record(payment(void, DONE), payment(named(1), VOIDED))


def completed_without_charge(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.record(payment(named(1), DONE))


def charged_another_amount(day: Day) -> None:
    day.pay(named(1), amount=Money(1001, "CAD"))


def charged_another_currency(day: Day) -> None:
    day.pay(named(1), amount=Money(1000, "USD"))


def partial_taken_for_whole(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "partial:400")
    day.record(payment(named(1), DONE))


def reversed_and_charged(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "timeout")
    day.record(payment(named(1), PENDING), reversal(named(1), PENDING))
    day.record(payment(named(1), REVERSED), reversal(named(1), DONE))


def declined_and_charged(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "timeout")
    day.record(payment(named(1), DECLINED, reason="no-answer"))


def given_back_too_much(day: Day) -> None:
    day.pay(named(1))
    for number, amount in ((2, 600), (3, 500)):
        void = undoing(
            named(1), MessageKind.VOID, stan=number, reference=f"R{number}", amount=Money(amount, "CAD")
        )
        day.record(payment(replace(void, kind=MessageKind.REFUND), SENT))
        day.record(payment(replace(void, kind=MessageKind.REFUND), DONE))


def voided_twice(day: Day) -> None:
    day.pay(named(1))
    for number in (2, 3):
        void = undoing(named(1), MessageKind.VOID, stan=number, reference=f"R{number}")
        day.record(payment(void, PENDING))
        day.record(payment(void, DONE))


def nothing_paid(day: Day) -> None:
    day.record(payment(replace(named(1), amount=Money(0, "CAD")), SENT))


def completed_after_a_decline(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.record(payment(named(1), DECLINED))
    day.record(payment(named(1), DONE))


def completed_out_of_nothing(day: Day) -> None:
    day.send(named(1))
    day.record(payment(named(1), DONE))


def completed_while_reversing(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "timeout")
    day.record(payment(named(1), PENDING), reversal(named(1), PENDING))
    day.record(payment(named(1), DONE))


def boot_went_back(day: Day) -> None:
    day.boot = 2
    day.record(FlatRow("boot", {"boot": 2}))
    day.boot = 1
    day.record(FlatRow("boot", {"boot": 1}))


def void_of_nothing(day: Day) -> None:
    day.record(payment(undoing(named(1), MessageKind.VOID), PENDING))


def void_of_a_declined_payment(day: Day) -> None:
    day.record(payment(named(1), DECLINED))
    day.record(payment(undoing(named(1), MessageKind.VOID), PENDING))


def trace_number_twice(day: Day) -> None:
    day.pay(named(1))
    day.pay(replace(named(1), reference="R2"))


def sent_before_recorded(day: Day) -> None:
    day.send(named(1), "declined")


def reversal_of_another_amount(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "timeout")
    day.record(payment(named(1), PENDING), reversal(named(1), PENDING))
    day.send(undoing(named(1), MessageKind.REVERSAL, amount=Money(999, "CAD")))


def reversal_under_another_trace_number(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "timeout")
    day.record(payment(named(1), PENDING), reversal(named(1), PENDING))
    day.send(undoing(named(2), MessageKind.REVERSAL, reference="R1"))


def reversal_before_its_row(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.send(named(1), "timeout")
    day.send(undoing(named(1), MessageKind.REVERSAL))


def sent_with_another_amount(day: Day) -> None:
    day.pay(named(1))
    message(day, amount=1001)


def sent_again_as_new(day: Day) -> None:
    day.pay(named(1))
    day.send(named(1))


def time_went_back(day: Day) -> None:
    day.record(FlatRow("boot", {"boot": 1}))
    day.mono = -5
    day.record(FlatRow("power", {"how": "cut"}))


def whole_card_number_in_the_journal(day: Day) -> None:
    day.record(payment(named(1), SENT, pan="4111111111111111"))


def seven_digits_of_a_card_number(day: Day) -> None:
    day.record(payment(named(1), SENT, pan="4111111*****1111"))


def whole_card_number_of_a_short_one(day: Day) -> None:
    day.record(payment(named(1), SENT, pan="601100000001"))


def whole_card_number_at_the_host(day: Day) -> None:
    day.pay(named(1))
    message(day, pan="4111111111111111")


def changed_its_trace_number(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.record(payment(named(1), DECLINED, stan=2))


def two_terminals_one_reference(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.journal.append("T0000002", 1, 1, 1, [payment(named(1), SENT)])


def kept(
    day: Day, request: HostRequest, *, deadline: int = 1_000, sealed: str = "", outage: str = "network"
) -> None:
    """A payment that waits to be forwarded."""
    row = payment(request, PaymentState.PENDING)
    # Twelve bytes of nonce that no other payment has, and something behind it.
    sealed = sealed or f"{request.stan:024x}ff"
    more: dict[str, Field] = {"deadline": deadline, "sealed": sealed, "outage": outage}
    day.record(row, FlatRow("offline.stored", {**row.fields, **more}))


def becomes(day: Day, request: HostRequest, state: PaymentState, kind: str, **more: str) -> None:
    row = payment(request, state)
    day.record(row, FlatRow(f"offline.{kind}", {**row.fields, **more}))


def forward(day: Day, request: HostRequest) -> None:
    becomes(day, request, PaymentState.FORWARD_SENT, "sent")
    day.send(replace(request, kind=MessageKind.ADVICE))


def test_what_the_service_kept_may_leave_before_an_older_one_that_the_link_kept(day: Day) -> None:
    kept(day, named(1))
    kept(day, named(2), outage="service")
    forward(day, named(2))
    becomes(day, named(2), DONE, "forwarded")
    forward(day, named(1))
    becomes(day, named(1), DONE, "forwarded")
    assert day.found(resolved=True) == []


def test_offline_payments_that_were_forwarded_declined_expired_and_lost_break_nothing(day: Day) -> None:
    for stan in (1, 2, 3):
        kept(day, named(stan), deadline=20)
    forward(day, named(1))
    assert day.found(resolved=True)
    becomes(day, named(1), DONE, "forwarded")
    day.mono = 20
    becomes(day, named(2), PaymentState.EXPIRED, "expired")
    day.record(FlatRow("account", {"act": "sign-out"}))
    becomes(day, named(3), PaymentState.LOST, "lost", reason="sign-out")
    assert day.found(resolved=True) == []


def lost_without_a_reason(day: Day) -> None:
    kept(day, named(1))
    becomes(day, named(1), PaymentState.LOST, "lost", reason="sign-out")


def forwarded_without_a_row(day: Day) -> None:
    kept(day, named(1))
    day.send(replace(named(1), kind=MessageKind.ADVICE))


def forwarded_before_an_older_one(day: Day) -> None:
    kept(day, named(1))
    kept(day, named(2))
    forward(day, named(2))


def forwarded_before_the_answer_to_the_last(day: Day) -> None:
    kept(day, named(1))
    kept(day, named(2))
    forward(day, named(1))
    forward(day, named(2))


def forwarded_before_an_older_one_that_the_service_kept(day: Day) -> None:
    kept(day, named(1), outage="service")
    kept(day, named(2), outage="service")
    forward(day, named(2))


def forwarded_before_the_answer_to_a_newer_one(day: Day) -> None:
    kept(day, named(1))
    kept(day, named(2), outage="service")
    forward(day, named(2))
    forward(day, named(1))


def forwarded_at_its_deadline(day: Day) -> None:
    kept(day, named(1), deadline=2)
    forward(day, named(1))


def expired_too_early(day: Day) -> None:
    kept(day, named(1), deadline=20)
    becomes(day, named(1), PaymentState.EXPIRED, "expired")


def expired_after_it_had_left(day: Day) -> None:
    kept(day, named(1), deadline=3)
    forward(day, named(1))
    becomes(day, named(1), PaymentState.EXPIRED, "expired")


def sealed_twice_with_one_nonce(day: Day) -> None:
    kept(day, named(1), sealed="00" * 13)
    kept(day, named(2), sealed="00" * 12 + "11")


def expired_and_charged(day: Day) -> None:
    kept(day, named(1), deadline=3)
    forward(day, named(1))
    becomes(day, named(1), PaymentState.EXPIRED, "expired")


# Batches.


def closing(
    day: Day,
    state: SettlementState = SettlementState.PENDING,
    *,
    batch: int = 1,
    sales: Sequence[int] = (1000,),
    **changes: Any,
) -> None:
    """A row of settlement, of a batch with sales of these amounts."""
    row = SettlementRow.counting(
        BatchTotals.of((Booking.CHARGE, minor) for minor in sales),
        "CAD",
        batch=batch,
        reference=f"B{batch}",
        stan=900 + batch,
        at=AT,
    )
    day.record(structs.replace(row, state=state, **changes).flat())


def reconcile(day: Day, *, batch: int = 1, sales: Sequence[int] = (1000,), **changes: Any) -> None:
    totals = BatchTotals.of((Booking.CHARGE, minor) for minor in sales)
    request = replace(
        SALE,
        kind=MessageKind.RECONCILIATION,
        entry=None,
        track2=None,
        stan=900 + batch,
        reference=f"B{batch}",
        amount=Money(totals.net, "CAD"),
        batch=batch,
        totals=totals,
    )
    day.send(replace(request, **changes))


def in_batch(number: int, batch: int = 1) -> HostRequest:
    return replace(named(number), batch=batch)


def test_batches_that_were_settled_and_one_that_was_uploaded_break_nothing(day: Day) -> None:
    day.pay(in_batch(1), batch=1)
    closing(day)
    assert [line.split()[0] for line in day.found(resolved=True)] == ["L3"]
    reconcile(day)
    closing(day, SettlementState.SETTLED)
    day.pay(in_batch(2, 2), batch=2)
    void = undoing(in_batch(2, 2), MessageKind.VOID, stan=3, reference="R3")
    day.record(payment(void, PENDING, batch=2))
    day.send(void)
    day.record(payment(void, DONE, batch=2), payment(in_batch(2, 2), VOIDED, batch=2))
    own: dict[str, Any] = {"batch": 2, "amount": Money(0, "CAD"), "voids": 1, "voids_sum": 1000}
    closing(day, **own)
    counted = BatchTotals(sales=Subtotal(1, 1000), voids=Subtotal(1, 1000))
    reconcile(day, batch=2, amount=Money(0, "CAD"), totals=BatchTotals())
    closing(day, SettlementState.UPLOADING, **own, reference="B2T", stan=950)
    for request in (in_batch(2, 2), void):
        original = Original(kind=request.kind, stan=request.stan, reference=request.reference)
        day.send(replace(request, kind=MessageKind.BATCH_UPLOAD, original=original))
    reconcile(
        day,
        batch=2,
        kind=MessageKind.BATCH_CLOSE,
        amount=Money(0, "CAD"),
        totals=counted,
        reference="B2T",
        stan=950,
    )
    closing(day, SettlementState.SETTLED, **own, reference="B2T", stan=950)
    assert day.found(resolved=True) == []


def settled_out_of_nothing(day: Day) -> None:
    closing(day, SettlementState.SETTLED, sales=())


def second_batch_first(day: Day) -> None:
    closing(day, batch=2, sales=())


def second_batch_while_the_first_is_open(day: Day) -> None:
    closing(day, sales=())
    closing(day, batch=2, sales=())


def counted_after_it_was_closed(day: Day) -> None:
    closing(day, sales=())
    day.pay(in_batch(1), batch=1)


def settled_at_the_terminal_alone(day: Day) -> None:
    day.pay(in_batch(1), batch=1)
    closing(day)
    closing(day, SettlementState.SETTLED)


def closed_by_the_host_alone(day: Day) -> None:
    reconcile(day, sales=())


def booked_in_another_batch(day: Day) -> None:
    day.pay(in_batch(1, 2), batch=1)


def closed_with_totals_of_its_own(day: Day) -> None:
    day.pay(in_batch(1), batch=1)
    closing(day, sales=(1000, 1000))


def reconciled_before_its_row(day: Day) -> None:
    reconcile(day)


def uploaded_though_nobody_asked(day: Day) -> None:
    day.pay(named(1))
    original = Original(kind=MessageKind.SALE, stan=1, reference="R1")
    day.send(replace(in_batch(1), kind=MessageKind.BATCH_UPLOAD, original=original))


# What a terminal tells.


def test_screens_that_say_what_the_journal_says_break_nothing(day: Day) -> None:
    day.show("home")
    day.pay(named(1))
    day.show("approved")
    day.record(payment(named(2), SENT))
    day.send(named(2), "declined:51")
    day.record(payment(named(2), DECLINED, response_code="51"))
    day.show("declined")
    day.show("home")
    void = undoing(named(1), MessageKind.VOID, stan=3, reference="R3")
    day.record(payment(void, PENDING))
    day.send(void)
    day.record(payment(void, DONE), payment(named(1), VOIDED))
    day.show("approved")
    assert day.found(resolved=True) == []


def told_approved_out_of_nothing(day: Day) -> None:
    day.pay(named(1))
    day.mono += 1
    day.show("home")
    day.show("approved")


def told_declined_and_counted(day: Day) -> None:
    day.show("home")
    day.pay(named(1))
    day.show("declined")


# What a terminal does.


def asked_twice_at_once(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.record(payment(named(2), SENT))


def boot_that_forgets_a_payment_in_doubt(day: Day) -> None:
    day.record(payment(named(1), SENT))
    day.boot = 2
    day.record(FlatRow("boot", {"boot": 2, "in_doubt": 0}))


def boot_without_its_row(day: Day) -> None:
    day.record(FlatRow("boot", {"boot": 1, "in_doubt": 0}))
    day.boot = 2
    day.record(FlatRow("power", {"state": "off"}))


def paid_after_the_housing_was_opened(day: Day) -> None:
    day.record(FlatRow("tamper", {"state": "detected"}))
    day.pay(named(1))


def passcode_taken_while_it_was_locked(day: Day) -> None:
    day.record(FlatRow("passcode", {"name": "admin", "result": "wrong", "failures": 5, "locked_until": 9}))
    day.record(FlatRow("passcode", {"name": "admin", "result": "accepted"}))


# The point of sale.


def asked(day: Day, *, amount: int = 1000, **tender: Any) -> None:
    """A sale of 10.00 with one request for it, in the state of `tender`."""
    if "T" not in day.book.sales:
        day.book.apply(SaleRow(ticket="T", amount=Money(1000, "CAD"), at=AT))
    facts = {
        "kind": "payment",
        "number": 1,
        "payment": "CARD",
        "terminal": "T0000001",
        "outcome": TenderOutcome.DONE,
        **tender,
    }
    day.book.apply(TenderRow(ticket="T", amount=Money(amount, "CAD"), at=AT, **facts))


def sold_by_the_till(day: Day, **tender: Any) -> None:
    day.pay(named(1), request="POS000001")
    asked(day, reference="R1", **tender)


def paid_twice_at_the_till(day: Day) -> None:
    sold_by_the_till(day)
    asked(day, number=2, payment="HAND", terminal="")


def paid_at_the_till_alone(day: Day) -> None:
    asked(day, reference="R1")


def paid_at_the_till_with_another_amount(day: Day) -> None:
    day.pay(named(1), request="POS000001")
    asked(day, amount=999, reference="R1")


def a_request_that_the_till_does_not_know(day: Day) -> None:
    sold_by_the_till(day)
    day.pay(named(2), request="POS000002")


def taken_though_the_till_says_declined(day: Day) -> None:
    sold_by_the_till(day, outcome=TenderOutcome.DECLINED)


def one_request_paid_twice(day: Day) -> None:
    sold_by_the_till(day)
    day.pay(named(2), request="POS000001")


def closed_by_hand_with_a_payment_of_a_terminal(day: Day) -> None:
    day.pay(named(1))
    asked(day, payment="HAND", terminal="", reference="R1")


def refunded_at_the_till_alone(day: Day) -> None:
    sold_by_the_till(day)
    asked(day, kind="refund", number=2, original=1, reference="V1")


PLANTED: list[tuple[str, Callable[[Day], None]]] = [
    ("M1", charged_twice),
    ("M2", charged_unknown),
    ("M3", voided_and_charged),
    ("M4", completed_without_charge),
    ("M5", charged_another_amount),
    ("M5", charged_another_currency),
    ("M5", partial_taken_for_whole),
    ("M6", charged_another_amount),
    ("M6", completed_without_charge),
    ("M7", reversed_and_charged),
    ("M8", given_back_too_much),
    ("M9", voided_twice),
    ("M10", declined_and_charged),
    ("M10", expired_and_charged),
    ("M11", lost_without_a_reason),
    ("M12", closed_with_totals_of_its_own),
    ("M13", nothing_paid),
    ("S1", completed_after_a_decline),
    ("S1", completed_out_of_nothing),
    ("S1", completed_while_reversing),
    ("S4", boot_went_back),
    ("S5", asked_twice_at_once),
    ("S6", boot_that_forgets_a_payment_in_doubt),
    ("S6", boot_without_its_row),
    ("S8", paid_after_the_housing_was_opened),
    ("S10", passcode_taken_while_it_was_locked),
    ("S12", void_of_nothing),
    ("S12", void_of_a_declined_payment),
    ("W1", trace_number_twice),
    ("W2", sent_before_recorded),
    ("W3", reversal_of_another_amount),
    ("W3", reversal_under_another_trace_number),
    ("W4", reversal_before_its_row),
    ("W5", sent_with_another_amount),
    ("W6", sent_again_as_new),
    ("W7", forwarded_without_a_row),
    ("W8", forwarded_before_an_older_one),
    ("W8", forwarded_before_the_answer_to_the_last),
    ("W8", forwarded_before_an_older_one_that_the_service_kept),
    ("W8", forwarded_before_the_answer_to_a_newer_one),
    ("T1", forwarded_at_its_deadline),
    ("T1", expired_too_early),
    ("T3", expired_after_it_had_left),
    ("X8", sealed_twice_with_one_nonce),
    ("T4", time_went_back),
    ("X7", whole_card_number_in_the_journal),
    ("X7", seven_digits_of_a_card_number),
    ("X7", whole_card_number_of_a_short_one),
    ("X7", whole_card_number_at_the_host),
    ("N1", changed_its_trace_number),
    ("N1", two_terminals_one_reference),
    ("B1", settled_out_of_nothing),
    ("B2", second_batch_first),
    ("B2", second_batch_while_the_first_is_open),
    ("B3", counted_after_it_was_closed),
    ("B4", settled_at_the_terminal_alone),
    ("B5", closed_by_the_host_alone),
    ("B6", booked_in_another_batch),
    ("B7", reconciled_before_its_row),
    ("B7", uploaded_though_nobody_asked),
    ("U1", told_declined_and_counted),
    ("U2", told_approved_out_of_nothing),
    ("P1", paid_twice_at_the_till),
    ("P2", paid_at_the_till_alone),
    ("P2", paid_at_the_till_with_another_amount),
    ("P3", a_request_that_the_till_does_not_know),
    ("P4", taken_though_the_till_says_declined),
    ("P5", one_request_paid_twice),
    ("P6", closed_by_hand_with_a_payment_of_a_terminal),
    ("P7", refunded_at_the_till_alone),
]


@pytest.mark.parametrize(("code", "plant"), PLANTED, ids=[f"{c}-{p.__name__}" for c, p in PLANTED])
def test_a_planted_fault_is_found(day: Day, code: str, plant: Callable[[Day], None]) -> None:
    plant(day)
    found = day.found()
    assert code in {line.split()[0] for line in found}, found


@pytest.mark.parametrize(("code", "plant"), PLANTED, ids=[f"{c}-{p.__name__}" for c, p in PLANTED])
def test_a_long_journal_is_held_to_the_same_as_a_short_one(
    day: Day, code: str, plant: Callable[[Day], None]
) -> None:
    plant(day)
    found = day.found()
    day.journal.append("T0000002", 1, 9, 9, [FlatRow("boot", {"boot": 1})] * 2_001)
    assert day.found() == found, code


def test_every_invariant_has_a_planted_fault() -> None:
    assert {one.code for one in INVARIANTS} == {code for code, _ in PLANTED}


def test_a_payment_left_in_doubt_is_found_once_all_should_be_resolved(day: Day) -> None:
    day.record(payment(named(1), SENT))
    assert day.found() == []
    assert day.found(resolved=True) == [f"L1 {RESOLVED[0].says}: txn=R1 kind=sale state=AUTH_SENT"]


def test_a_request_left_without_an_answer_is_found_once_all_should_be_resolved(day: Day) -> None:
    asked(day, outcome=TenderOutcome.ASKED)
    assert day.found() == []
    assert day.found(resolved=True) == [f"L2 {RESOLVED[1].says}: ticket=T request=POS000001"]


def test_a_till_that_agrees_with_its_terminal_breaks_nothing(day: Day) -> None:
    sold_by_the_till(day)
    void = undoing(named(1), MessageKind.VOID)
    day.record(payment(void, PENDING, request="POS000002"))
    day.send(void)
    day.record(payment(void, DONE, request="POS000002"), payment(named(1), VOIDED, request="POS000001"))
    asked(day, kind="refund", number=2, original=1, reference=void.reference)
    assert day.found(resolved=True) == []


def test_a_line_says_what_is_wrong_and_where(day: Day) -> None:
    completed_without_charge(day)
    assert day.found()[0] == "M4 a completed payment was not charged: txn=R1 amount=1000"


def test_a_broken_chain_is_a_violation_too(day: Day) -> None:
    day.pay(named(1))
    day.journal.query("drop trigger journal_is_never_changed")
    day.journal.query("update journal set wall = 77")
    (line,) = day.found()
    assert line.startswith("S4 ")
    assert "row 1 of terminal T0000001 was changed" in line


def test_looking_leaves_the_journal_as_it_was(day: Day) -> None:
    day.pay(named(1))
    assert day.found() == day.found() == []
    assert day.journal.query("select name from temp.sqlite_schema") == []
    assert [m.kind for m in day.host.messages if isinstance(m, SeenMessage)] == ["sale"]


def test_the_sql_names_only_kinds_and_states_that_there_are() -> None:
    states = {state.value for state in (*PaymentState, *SettlementState)}
    for one in (*INVARIANTS, *RESOLVED):
        assert set(re.findall(r"'([A-Z_]{2,})'", one.sql)) <= states, one.code
        assert set(re.findall(r"'(offline\.[a-z]+)'", one.sql)) <= set(ROW_KINDS), one.code


@pytest.mark.parametrize("kind", STEPS)
def test_exactly_the_steps_of_the_table_are_steps(day: Day, kind: MessageKind) -> None:
    for number, (before, after) in enumerate(product(PaymentState, PaymentState), 1):
        rows = [payment(named(number), state) for state in (before, after)]
        day.record(*(FlatRow(kind.value, row.fields) for row in rows))
    found = {tuple(line.split()[-2:]) for line in day.found() if line.startswith("S1 ")}
    every = set(product((None, *PaymentState), PaymentState)) - set(STEPS[kind])
    assert found == {
        (f"before={before.value if before else ''}", f"state={after.value}") for before, after in every
    }
