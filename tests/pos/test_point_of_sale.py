"""A point of sale and terminals on one bench: what is asked, what is answered, and what a power cut or a lost link leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.bench.point_of_sale import PointOfSale
from terminal_sim.core.events import PaymentRequested
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import PaymentRequest

SECOND = 1_000_000


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench() as one:
        yield one


@pytest.fixture
def terminal(bench: Bench) -> TerminalUnderTest:
    return bench.add_terminal("v400m", locale="en-CA")


@pytest.fixture
def till(bench: Bench, terminal: TerminalUnderTest) -> Iterator[PointOfSale]:
    assert terminal.is_on
    yield bench.point_of_sale
    assert bench.violations() == []


def paid(terminal: TerminalUnderTest, card: str = "visa-credit") -> None:
    terminal.insert(card)
    terminal.bench.advance(5 * SECOND)
    terminal.remove_card()


def line(till: PointOfSale, ticket: str) -> dict[str, object]:
    return next(dict(record) for record in till.records() if record["ticket"] == ticket)


def test_a_payment_that_was_asked_for_is_paid_and_named_in_both_reports(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250, server="Anne", register="Bar")
    assert "T-1: $12.50" in terminal.view().text
    assert line(till, "T-1")["state"] == "tendering"
    paid(terminal)
    assert line(till, "T-1") | {"state": "paid", "paid": 1250, "payment": "CARD"} == line(till, "T-1")
    (row,) = terminal.report()
    assert (row["ticket"], row["server"], row["register"]) == ("T-1", "Anne", "Bar")


def test_a_standalone_payment_names_no_ticket(till: PointOfSale, terminal: TerminalUnderTest) -> None:
    for key in ("OK", "5", "0", "0", "OK"):
        terminal.press(key)
    paid(terminal)
    (row,) = terminal.report()
    assert (row["ticket"], row["server"], row["register"]) == ("", "", "")
    assert till.records() == []


def test_a_declined_payment_leaves_its_sale_open_and_it_can_be_asked_for_again(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    paid(terminal, "visa-declined")
    assert (line(till, "T-1")["state"], line(till, "T-1")["answer"]) == ("open", "declined")
    till.sale(terminal, "T-1", 1250)
    paid(terminal)
    assert line(till, "T-1")["state"] == "paid"


def test_a_customer_who_cancels_is_an_answer(till: PointOfSale, terminal: TerminalUnderTest) -> None:
    till.sale(terminal, "T-1", 1250)
    terminal.press("CANCEL")
    assert (line(till, "T-1")["state"], line(till, "T-1")["answer"]) == ("open", "cancelled")


def test_the_till_takes_its_request_back_and_the_screen_says_so(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    till.cancel("T-1")
    assert "Cancelled by the point of sale" in terminal.view().text
    assert line(till, "T-1")["state"] == "cancelled"


@pytest.mark.parametrize("going_back", [False, True], ids=["at once", "after going back to a snapshot"])
def test_a_void_that_a_seller_makes_while_a_request_waits_is_no_answer_to_it(
    bench: Bench, *, going_back: bool
) -> None:
    terminal = bench.add_terminal("square-terminal", locale="en-CA")
    for key in ("5", "0", "0", "OK"):
        terminal.press(key)
    paid(terminal)
    bench.advance(60 * SECOND)
    bench.point_of_sale.sale(terminal, "T-1", 1250)
    if going_back:
        bench.restore(bench.snapshot())
    for element in ("transactions", "txn-1", "void"):
        terminal.touch(element)
    bench.advance(5 * SECOND)
    assert [row["status"] for row in terminal.report()] == ["Voided", "Completed"]
    assert (line(bench.point_of_sale, "T-1")["state"], line(bench.point_of_sale, "T-1")["paid"]) == (
        "open",
        0,
    )
    assert bench.violations() == []


def test_a_request_is_taken_back_too_late_once_the_acquirer_is_asked(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    terminal.insert("visa-credit")
    till.cancel("T-1")
    assert line(till, "T-1")["state"] == "tendering"
    terminal.bench.advance(5 * SECOND)
    assert line(till, "T-1")["state"] == "paid"


@pytest.mark.parametrize(
    ("before", "answer"),
    [
        (lambda terminal: terminal.press("OK"), "busy"),
        (lambda terminal: terminal.power_cut(), "off"),
        (lambda terminal: terminal.network(False), "out-of-reach"),
    ],
    ids=["busy", "off", "out of reach"],
)
def test_busy_off_and_out_of_reach_are_answers(
    till: PointOfSale, terminal: TerminalUnderTest, before: object, answer: str
) -> None:
    assert callable(before)
    before(terminal)
    till.sale(terminal, "T-1", 1250)
    assert (line(till, "T-1")["state"], line(till, "T-1")["answer"]) == ("open", answer)


def test_an_amount_over_the_limit_is_refused_with_the_reason(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", terminal.profile.limits.max_amount + 1)
    assert (line(till, "T-1")["answer"], line(till, "T-1")["notice"]) == ("refused", "amount")


def test_a_partial_approval_pays_a_part_and_the_rest_is_asked_for(
    bench: Bench, till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    bench.host_answers(["partial:400"])
    till.sale(terminal, "T-1", 1000)
    paid(terminal)
    assert (line(till, "T-1")["state"], line(till, "T-1")["paid"]) == ("partly-paid", 400)
    with pytest.raises(BenchMisuse, match="has 600 CAD left to pay"):
        till.sale(terminal, "T-1", 601)
    till.sale(terminal, "T-1", 600)
    paid(terminal)
    assert (line(till, "T-1")["state"], line(till, "T-1")["paid"]) == ("paid", 1000)


def test_a_result_on_the_screen_gives_way_to_the_next_request(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    paid(terminal)
    till.sale(terminal, "T-2", 500)
    assert "T-2: $5.00" in terminal.view().text


def test_an_answer_that_was_lost_is_asked_for_when_the_link_is_back(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    terminal.insert("visa-credit")
    terminal.network(False)
    terminal.bench.advance(120 * SECOND)
    assert line(till, "T-1")["state"] == "tendering"
    terminal.network(True)
    assert line(till, "T-1")["state"] == "open"


@pytest.mark.parametrize("effects", range(1, 40))
def test_a_power_cut_after_any_effect_leaves_no_sale_paid_twice_and_none_paid_for_nothing(
    bench: Bench, effects: int
) -> None:
    terminal = bench.add_terminal("v400m")
    till = bench.point_of_sale
    terminal.fault("power-cut-after", str(effects))
    till.sale(terminal, "T-1", 1250)
    if terminal.is_on:
        terminal.insert("visa-credit")
        bench.advance(5 * SECOND)
    terminal.board.power.fuse = 0
    if terminal.board.readers.card_in:
        terminal.remove_card()
    if not terminal.is_on:
        terminal.power_on()
    bench.advance(60 * SECOND)
    assert bench.violations() == []
    assert line(till, "T-1")["state"] in ("paid", "open")
    charged = sum(entry.amount for entry in bench.acquirer.entries())
    assert charged == line(till, "T-1")["paid"]


def test_a_repeated_request_charges_once(till: PointOfSale, terminal: TerminalUnderTest) -> None:
    till.sale(terminal, "T-1", 1250)
    paid(terminal)
    again = PaymentRequest(id="POS000001", amount=Money(1250, "CAD"), ticket="T-1")
    terminal.post(PaymentRequested(again))
    assert "T-1" not in terminal.view().text
    assert len(terminal.report()) == 1


def test_a_sale_closed_by_hand_and_its_refund_ask_no_terminal_and_move_no_money(
    bench: Bench, till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.set_up_payment_type("AUTONOME", name="Paiement autonome", reference="4711")
    till.close("T-1", 500, "autonome", currency="CAD")
    assert (line(till, "T-1")["state"], line(till, "T-1")["payment"]) == ("paid", "AUTONOME")
    till.refund("T-1")
    assert (line(till, "T-1")["state"], line(till, "T-1")["notice"]) == ("refunded", "no-money-moved")
    assert list(bench.host_messages()) == []
    assert terminal.report() == []


def test_a_refund_of_a_card_sale_goes_to_the_terminal_that_charged_it(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250, server="Anne")
    paid(terminal)
    till.refund("T-1")
    terminal.bench.advance(5 * SECOND)
    assert line(till, "T-1")["state"] == "refunded"
    sale, void = terminal.report()
    assert (sale["status"], void["type"], void["ticket"], void["server"]) == ("Voided", "Void", "T-1", "Anne")


def test_a_refund_of_what_the_terminal_has_voided_already_is_refused(
    till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    paid(terminal)
    till.refund("T-1")
    terminal.bench.advance(5 * SECOND)
    with pytest.raises(BenchMisuse, match="there is nothing to give back"):
        till.refund("T-1")


def test_a_refund_whose_answer_does_not_come_waits_and_is_told_in_the_end(
    bench: Bench, till: PointOfSale, terminal: TerminalUnderTest
) -> None:
    till.sale(terminal, "T-1", 1250)
    paid(terminal)
    bench.host_answers(["timeout"])
    till.refund("T-1")
    terminal.bench.advance(45 * SECOND)
    assert line(till, "T-1")["state"] == "refunding"
    terminal.bench.advance(600 * SECOND)
    assert line(till, "T-1")["state"] == "refunded"


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda till: till.cancel("T-9"), "has no ticket 'T-9'"),
        (lambda till: till.refund("T-9"), "has no ticket 'T-9'"),
        (
            lambda till: till.close("T-1", 500, "NONE", currency="CAD"),
            "has no payment type 'NONE'; it has CARD",
        ),
        (lambda till: till.close("T-1", 500, "card", currency="CAD"), "CARD asks a terminal"),
        (
            lambda till: till.close("", 500, "HAND", currency="CAD"),
            "a ticket has 1 to 40 printable characters",
        ),
        (lambda till: till.close("T-1", 0, "HAND", currency="CAD"), "more than nothing"),
        (lambda till: till.set_up_payment_type("CARD", name="Mine"), "CARD is built in"),
        (lambda till: till.set_up_payment_type("X", name=" "), "the name of a payment type"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    till: PointOfSale, act: object, says: str
) -> None:
    till.set_up_payment_type("HAND", name="By hand")
    assert callable(act)
    with pytest.raises(BenchMisuse, match=says):
        act(till)
    assert till.records() == []


def test_a_ticket_is_used_once(till: PointOfSale) -> None:
    till.set_up_payment_type("HAND", name="By hand")
    till.close("T-1", 500, "HAND", currency="CAD")
    with pytest.raises(BenchMisuse, match="the sale T-1 is paid: a ticket is used once"):
        till.close("T-1", 500, "HAND", currency="CAD")


def test_a_retired_payment_type_closes_no_sale_and_keeps_those_it_closed(till: PointOfSale) -> None:
    till.set_up_payment_type("HAND", name="By hand")
    till.close("T-1", 500, "HAND", currency="CAD")
    till.retire_payment_type("HAND")
    with pytest.raises(BenchMisuse, match="the payment type HAND is retired"):
        till.close("T-2", 500, "HAND", currency="CAD")
    assert [(total.code, total.paid) for total in till.totals()] == [("HAND", 500)]


def test_a_till_that_was_restarted_asks_for_what_it_was_not_told(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        terminal = bench.add_terminal("v400m")
        bench.point_of_sale.sale(terminal, "T-1", 1250)
        terminal.insert("visa-credit")
        bench.advance(5 * SECOND)
        bench.point_of_sale.sale(terminal, "T-2", 500)
    with Bench(state=tmp_path) as bench:
        till = bench.point_of_sale
        assert (line(till, "T-1")["state"], line(till, "T-2")["state"]) == ("paid", "open")
        bench.add_terminal("v400m")
        assert bench.violations() == []


def test_a_saved_bench_has_its_till_with_it() -> None:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        bench.point_of_sale.sale(terminal, "T-1", 1250)
        saved = bench.save()
    with Bench() as bench:
        terminal = bench.add_terminal("v400m", state_from=saved)
        terminal.insert("visa-credit")
        bench.advance(5 * SECOND)
        assert line(bench.point_of_sale, "T-1")["state"] == "paid"
        assert bench.violations() == []


def test_a_journal_of_the_till_that_is_gone_is_noticed_at_opening(tmp_path: Path) -> None:
    with Bench(state=tmp_path) as bench:
        terminal = bench.add_terminal("v400m")
        bench.point_of_sale.sale(terminal, "T-1", 1250)
        paid(terminal)
    for file in tmp_path.glob("pos.*"):
        file.unlink()
    with pytest.raises(BenchMisuse, match=r"pos.db: it is gone or empty, and terminals have payments of it"):
        Bench(state=tmp_path)
