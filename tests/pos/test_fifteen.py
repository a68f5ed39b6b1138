"""A till and a V400m on one bench: ten sales through the till and five standalone, and every book agrees to the cent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.transactions import report_lines
from terminal_sim.display.reports import Wording, sales_report, transactions_report
from terminal_sim.display.texts import Texts, plain
from terminal_sim.reports.render import as_table
from terminal_sim.reports.totals import totals

SECOND = 1_000_000
TEXTS = Texts.load()
LOCALES = ("en-CA", "fr-CA")


class Shop:
    """A till, a terminal, and the hands of the day."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self.bench = Bench(texts=TEXTS, trace=False)
        self.terminal: TerminalUnderTest = self.bench.add_terminal("v400m", locale=locale)
        self.till = self.bench.point_of_sale

    def card(self) -> None:
        self.terminal.insert("visa-credit")
        self.bench.advance(5 * SECOND)
        self.terminal.remove_card()

    def through_the_till(self, ticket: str, amount: int, server: str) -> None:
        self.till.sale(self.terminal, ticket, amount, server=server, register="Caisse 1")
        self.card()

    def standalone(self, amount: int) -> None:
        self.terminal.press("CANCEL")
        for key in ("OK", *str(amount), "OK"):
            self.terminal.press(key)
        self.card()
        self.terminal.press("CANCEL")

    def power_cut(self) -> None:
        self.terminal.power_cut()
        self.bench.advance(SECOND)
        self.terminal.power_on()
        self.bench.advance(5 * SECOND)

    def void(self, row: int) -> None:
        self.terminal.press("CANCEL")
        for key in ("9", "OK", *"0856", "OK"):
            self.terminal.press(key)
        for place in ("transactions", "history", "history-transactions", f"txn-{row}", "void"):
            self.terminal.touch(place)
        self.bench.advance(5 * SECOND)
        for _ in range(8):
            self.terminal.press("CANCEL")


@pytest.fixture(params=LOCALES)
def day(request: pytest.FixtureRequest) -> Iterator[Shop]:
    shop = Shop(request.param)
    shop.till.set_up_payment_type("AUTONOME", name="Paiement autonome", reference="4711")
    for n in range(1, 11):
        shop.through_the_till(f"T-{n}", 1000 + n, "Anne" if n % 2 else "Luc")
        if n in (3, 7):
            shop.power_cut()
    for n in range(1, 6):
        shop.standalone(500 + n)
        if n == 2:
            shop.power_cut()
    shop.void(2)  # the fourth standalone sale: the newest stands first
    shop.till.close("T-11", 505, "AUTONOME", currency="CAD")  # for the fifth standalone sale
    shop.till.refund("T-11")
    shop.power_cut()
    shop.till.refund("T-2")
    shop.bench.advance(5 * SECOND)
    yield shop
    assert shop.bench.violations() == []
    shop.bench.close()


def test_the_report_tells_who_began_each_payment(day: Shop) -> None:
    lines = list(report_lines(day.bench.journal))
    sales = [line for line in lines if line.type == "Sale"]
    assert [line.ticket for line in sales] == [f"T-{n}" for n in range(1, 11)] + [""] * 5
    assert {line.register for line in sales if line.ticket} == {"Caisse 1"}
    assert [(line.ticket, line.server, line.register) for line in sales[10:]] == [("", "", "")] * 5
    assert [line.status for line in sales if line.status != "Completed"] == ["Voided", "Voided"]
    voids = [(line.ticket, line.amount) for line in lines if line.type == "Void"]
    assert voids == [("", 504), ("T-2", 1002)]


def test_report_till_and_ledger_agree_to_the_cent(day: Shop) -> None:
    through_the_till = sum(1000 + n for n in range(1, 11) if n != 2)
    by_hand = sum(500 + n for n in range(1, 6) if n != 4)
    net = next(total for total in totals(report_lines(day.bench.journal)) if total.name == "Net")
    ledger = sum(entry.amount for entry in day.bench.acquirer.entries())
    assert net.sum == ledger == through_the_till + by_hand
    till = {total.code: total for total in day.till.totals()}
    assert till["CARD"].net == through_the_till
    assert (till["AUTONOME"].paid, till["AUTONOME"].refunded) == (505, 505)


def test_a_refund_at_the_till_moves_money_only_where_a_card_was_charged_by_it(day: Shop) -> None:
    states = {line.ticket: (line.state, line.notice) for line in day.till.sales()}
    assert states["T-11"] == ("refunded", "no-money-moved")
    assert states["T-2"] == ("refunded", "approved")
    charged = [line for line in report_lines(day.bench.journal) if line.amount == 505]
    assert [line.status for line in charged] == ["Completed"]  # the card keeps what it paid


def test_both_reports_read_in_the_shops_language(day: Shop) -> None:
    wording = Wording(TEXTS, day.locale)
    report = transactions_report(list(report_lines(day.bench.journal)), wording)
    shown = plain(as_table(report, is_terminal=False))
    sales = plain(as_table(sales_report(day.till.records(), wording), is_terminal=False))
    english = day.locale == "en-CA"
    for text in ("$10.01", "Voided", "Register") if english else ("10,01 $", "Annulé", "Caisse"):
        assert text in shown
    no_money = "No money was given back" if english else "Aucun montant n'a été reversé"
    assert no_money in sales
