"""Who reads what, and what is offered: the seller's side and the cardholder's, states by their ids, words on paper."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.display.texts import Texts, plain
from tests.offline.shop import stock

SECOND = 1_000_000
TEXTS = Texts.load()


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(texts=TEXTS) as one:
        yield one
        assert one.violations() == []


def ids(terminal: TerminalUnderTest, display: str = "main") -> set[str]:
    return {item.id for item in terminal.view(display).items}


def texts(terminal: TerminalUnderTest, display: str = "main") -> str:
    return plain(" ".join(item.wording for item in terminal.view(display).items))


def pressed(terminal: TerminalUnderTest, *words: str) -> None:
    for word in words:
        for key in word if word.isdigit() else [word]:
            terminal.press(key)


def charged(terminal: TerminalUnderTest, card: str) -> None:
    pressed(terminal, "1250")
    terminal.touch("charge")
    terminal.insert(card)


def sold(terminal: TerminalUnderTest, card: str = "visa-credit") -> None:
    """A sale at a V400m, with the result still on the screen."""
    pressed(terminal, "OK", "1250", "OK")
    terminal.insert(card)
    terminal.bench.advance(5 * SECOND)
    terminal.remove_card()


# The seller's language.


def test_the_sellers_display_keeps_its_language_and_the_customers_takes_the_cards(bench: Bench) -> None:
    terminal = bench.add_terminal(stock("square-register"), locale="en-CA")
    terminal.network(False)
    charged(terminal, "visa-credit-fr")
    assert "Accepted offline, pending" in texts(terminal, "seller")
    assert "Accepté hors ligne, en attente" in texts(terminal, "customer")


def test_on_a_display_that_both_read_banner_and_tabs_are_the_sellers(bench: Bench) -> None:
    terminal = bench.add_terminal(stock("square-terminal"), locale="en-CA")
    terminal.network(False)
    charged(terminal, "visa-credit-fr")
    assert "You're offline." in texts(terminal)
    assert "Accepté hors ligne, en attente" in texts(terminal)
    assert "Checkout" in texts(terminal)


# Outages.


@pytest.mark.parametrize("profile", ["square-reader", "square-stand", "square-register", "square-terminal"])
def test_the_time_left_and_the_first_deadline_stand_on_every_device(bench: Bench, profile: str) -> None:
    terminal = bench.add_terminal(stock(profile), locale="en-CA")
    terminal.network(False)
    assert "countdown" in ids(terminal)
    assert "pending-deadline" not in ids(terminal)
    charged(terminal, "visa-credit")
    assert "Pending payments expire Jan 16, 9:00 a.m." in texts(terminal)


def test_a_banner_promises_no_payments_that_are_over_and_counts_nothing_down(bench: Bench) -> None:
    terminal = bench.add_terminal(stock("square-reader"), locale="en-CA")
    terminal.service(False)
    assert {"banner-service", "countdown"} <= ids(terminal)
    bench.advance(3600 * SECOND)
    assert "banner-service-over" in ids(terminal)
    assert not {"banner-service", "countdown"} & ids(terminal)


def test_a_banner_promises_no_payments_that_the_merchant_does_not_allow(bench: Bench) -> None:
    terminal = bench.add_terminal(stock("square-terminal"), locale="en-CA")
    for place in ("more", "settings", "checkout", "offline-payments"):
        terminal.touch(place)
    terminal.touch("allow-not")
    terminal.service(False)
    assert "banner-service-not-allowed" in ids(terminal)
    assert "countdown" not in ids(terminal)


# States.


def test_a_picked_transaction_has_the_id_of_its_state_and_offers_what_can_be_done(bench: Bench) -> None:
    terminal = bench.add_terminal(stock("square-terminal"), locale="en-CA")
    terminal.network(False)
    charged(terminal, "visa-credit")
    terminal.remove_card()
    terminal.touch("transactions")
    terminal.touch("txn-1")
    assert "pending" in ids(terminal)
    assert "void" not in ids(terminal)
    terminal.network(True)
    bench.advance(5 * SECOND)
    terminal.touch("transactions")
    terminal.touch("txn-1")
    assert {"completed", "void"} <= ids(terminal)


@pytest.mark.parametrize(("n", "reads"), [(1, "1 paiement en attente"), (2, "2 paiements en attente")])
def test_a_number_of_things_takes_the_form_of_its_language(n: int, reads: str) -> None:
    from terminal_sim.core.money import Money
    from terminal_sim.core.text import say

    text = say("pending-will-be-lost", n=n, amount=Money(100, "CAD"))
    assert TEXTS.phrase(text, "fr-CA").startswith(reads)


# The account.


def test_a_switched_off_account_takes_nothing_that_the_terminal_begins(bench: Bench) -> None:
    terminal = bench.add_terminal("v400m", locale="en-CA")
    sold(terminal)
    terminal.press("CANCEL")
    terminal.account(False)
    pressed(terminal, "OK")
    assert "standalone-off" in ids(terminal)
    bench.advance(60 * SECOND)
    pressed(terminal, "8", "OK", "0856", "OK")
    terminal.touch("moto")
    assert "standalone-off" in ids(terminal)
    bench.advance(400 * SECOND)
    pressed(terminal, "9", "OK", "0856", "OK")
    for place in ("transactions", "history", "history-transactions", "txn-1", "void"):
        terminal.touch(place)
    assert "standalone-off" in ids(terminal)
    assert [message.kind for message in bench.host_messages()] == ["sale"]
    terminal.account(True)
    terminal.touch("void")
    bench.advance(5 * SECOND)
    assert [message.kind for message in bench.host_messages()] == ["sale", "void"]


def test_a_void_is_begun_over_the_links_of_the_account_alone(bench: Bench) -> None:
    terminal = bench.add_terminal("s1f2", options={"standalone.over": ["4g"]}, locale="en-CA")
    terminal.network_kind("4g")
    terminal.touch("payment")
    pressed(terminal, "1250", "OK")
    terminal.swipe("visa-stripe")
    bench.advance(60 * SECOND)
    terminal.network_kind("wifi")
    for place in ("transactions", "history", "txn-1", "void"):
        terminal.touch(place)
    assert "standalone-link" in ids(terminal)
    terminal.network_kind("4g")
    assert "standalone-link" not in ids(terminal)
    terminal.touch("void")
    bench.advance(5 * SECOND)
    assert [message.kind for message in bench.host_messages()] == ["sale", "void"]


def test_a_switched_off_account_serves_the_point_of_sale(bench: Bench) -> None:
    terminal = bench.add_terminal("v400m", locale="en-CA")
    terminal.account(False)
    bench.point_of_sale.sale(terminal, "T-1", 1250)
    terminal.insert("visa-credit")
    bench.advance(5 * SECOND)
    assert bench.point_of_sale.sales()[0].state == "paid"


def test_an_account_that_was_switched_stays_so_through_a_power_cut(bench: Bench) -> None:
    terminal = bench.add_terminal("v400m", locale="en-CA")
    terminal.account(False)
    terminal.power_cut()
    terminal.power_on()
    bench.advance(5 * SECOND)
    pressed(terminal, "OK")
    assert "standalone-off" in ids(terminal)


# Ends.


def test_a_void_that_is_declined_says_so_and_leaves_the_sale(bench: Bench) -> None:
    terminal = bench.add_terminal("v400m", locale="fr-CA")
    sold(terminal)
    terminal.press("CANCEL")
    bench.host_answers(["declined"])
    pressed(terminal, "9", "OK", "0856", "OK")
    for place in ("transactions", "history", "history-transactions", "txn-1", "void"):
        terminal.touch(place)
    bench.advance(5 * SECOND)
    assert "void-declined" in ids(terminal)
    assert "Annulation refusée" in texts(terminal)
    assert terminal.report()[0]["status"] == "Completed"


def test_a_partial_approval_says_what_is_left_to_pay(bench: Bench) -> None:
    terminal = bench.add_terminal("v400m", locale="en-CA")
    bench.host_answers(["partial:400"])
    sold(terminal)
    assert {"approved", "partly-approved"} <= ids(terminal)
    assert "$12.50 was asked for: $8.50 left to pay" in texts(terminal)


def test_an_answer_that_comes_too_late_is_on_record_and_charges_nothing(bench: Bench) -> None:
    terminal = bench.add_terminal("v400m", locale="en-CA")
    bench.host_answers(["late:5min"])
    pressed(terminal, "OK", "1250", "OK")
    terminal.insert("visa-credit")
    bench.advance(900 * SECOND)
    assert terminal.report()[0]["status"] == "Reversed"
    assert "unexpected" in {row.kind for row in terminal.journal()}
    assert sum(entry.amount for entry in bench.acquirer.entries()) == 0


@pytest.mark.parametrize(("locale", "why"), [("en-CA", "No connection"), ("fr-CA", "Aucune connexion")])
def test_a_ticket_says_why_in_the_words_of_the_screen(bench: Bench, locale: str, why: str) -> None:
    terminal = bench.add_terminal("v400m", locale=locale)
    terminal.network(False)
    sold(terminal)
    printed = " ".join(ticket.text for ticket in terminal.receipts)
    assert why in printed
    assert "no-connection" not in printed
