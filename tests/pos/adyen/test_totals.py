"""A point of sale logs in, asks for the totals of its period, and ends it."""

from __future__ import annotations

from typing import Any

from tests.pos.adyen.kit import SECOND, Spoken, spoken

LOGIN = {
    "DateTime": "2026-01-15T09:00:00+00:00",
    "OperatorID": "anna",
    "ShiftNumber": "2",
    "OperatorLanguage": "fr",
    "SaleSoftware": {
        "ApplicationName": "POS",
        "CertificationCode": "none",
        "ManufacturerID": "Example",
        "SoftwareVersion": "1.0",
    },
}


def log_in(shop: Spoken, sale_id: str = "Till1", operator: str = "anna") -> None:
    assert shop.ask("Login", {**LOGIN, "OperatorID": operator}, sale_id, "L1").result == ("Success", "")


def pay(shop: Spoken, amount: str, service_id: str, sale_id: str = "Till1") -> dict[str, str]:
    paying = shop.pay(amount, service_id, sale_id)
    shop.terminal.insert("visa-credit")
    shop.bench.advance(5 * SECOND)
    shop.terminal.remove_card()
    named: dict[str, str] = paying.body["POIData"]["POITransactionID"]
    return named


def sums(body: Any) -> list[tuple[str, int, float]]:
    return [
        (line["TransactionType"], line["TransactionCount"], line["TransactionAmount"])
        for part in body.get("TransactionTotals", [])
        for line in part["PaymentTotals"]
    ]


def test_payments_are_debits_and_what_was_given_back_is_a_credit() -> None:
    with spoken() as shop:
        log_in(shop)
        named = pay(shop, "12.50", "P1")
        pay(shop, "7.49", "P2")
        shop.reverse(named, "R1")
        shop.bench.advance(5 * SECOND)
        totals = shop.ask("GetTotals", {}, "Till1", "G1").body
        assert sums(totals) == [("Debit", 2, 19.99), ("Credit", 1, 12.5)]
        assert totals["POIReconciliationID"] == "1000"


def test_a_declined_payment_counts_for_nothing() -> None:
    with spoken() as shop:
        log_in(shop)
        shop.bench.host_answers(["declined:05"])
        pay(shop, "12.50", "P1")
        assert sums(shop.ask("GetTotals", {}, "Till1", "G1").body) == []


def test_totals_are_told_to_who_is_logged_in() -> None:
    with spoken() as shop:
        refused = shop.ask("GetTotals", {}, "Till1", "G1")
        assert refused.result == ("Failure", "LoggedOut")
        assert refused.body["POIReconciliationID"] == "1000"
        log_in(shop)
        assert shop.ask("GetTotals", {}, "Till2", "G2").result == ("Failure", "LoggedOut")
        assert shop.ask("Logout", {}, "Till1", "O1").result == ("Success", "")
        assert shop.ask("GetTotals", {}, "Till1", "G3").result == ("Failure", "LoggedOut")


def test_totals_are_parted_by_what_is_asked_for() -> None:
    with spoken() as shop:
        log_in(shop)
        log_in(shop, "Till2", "ben")
        pay(shop, "10.00", "P1")
        pay(shop, "2.50", "P2", "Till2")
        asked = shop.ask("GetTotals", {"TotalDetails": ["SaleID", "OperatorID"]}, "Till1", "G1").body
        told = [
            (part["SaleID"], part["OperatorID"], part["PaymentTotals"][0]["TransactionAmount"])
            for part in asked["TransactionTotals"]
        ]
        assert told == [("Till1", "anna", 10), ("Till2", "ben", 2.5)]
        of_one = shop.ask("GetTotals", {"TotalFilter": {"OperatorID": "ben"}}, "Till1", "G2").body
        assert sums(of_one) == [("Debit", 1, 2.5)]


def test_a_reconciliation_ends_the_period_and_can_be_told_again_after_a_power_cut() -> None:
    with spoken() as shop:
        log_in(shop)
        pay(shop, "10.00", "P1")
        wanted = {"ReconciliationType": "SaleReconciliation"}
        ended = shop.ask("Reconciliation", wanted, "Till1", "C1").body
        assert (sums(ended), ended["POIReconciliationID"]) == ([("Debit", 1, 10)], "1000")
        later = shop.pay("3.00", "P2")
        shop.terminal.insert("visa-credit")
        shop.bench.advance(5 * SECOND)
        assert later.body["POIData"]["POIReconciliationID"] == "1001"
        shop.terminal.remove_card()
        shop.terminal.power_cut()
        shop.terminal.power_on()
        assert sums(shop.ask("GetTotals", {}, "Till1", "G1").body) == [("Debit", 1, 3)]
        again = shop.ask(
            "Reconciliation", {"ReconciliationType": "PreviousReconciliation"}, "Till1", "C2"
        ).body
        assert (sums(again), again["POIReconciliationID"]) == ([("Debit", 1, 10)], "1000")


def test_no_period_ends_while_a_payment_runs() -> None:
    with spoken() as shop:
        log_in(shop)
        shop.pay("10.00", "P1")
        wanted = {"ReconciliationType": "SaleReconciliation"}
        assert shop.ask("Reconciliation", wanted, "Till1", "C1").result == ("Failure", "Busy")
