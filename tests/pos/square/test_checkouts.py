"""A checkout from its beginning to each of its ends."""

from __future__ import annotations

from tests.pos.square.kit import SECOND, shop


def test_a_checkout_is_paid_on_its_device_and_names_the_payment() -> None:
    with shop() as square:
        checkout = square.checkout(1250, reference_id="T-17", team_member_id="Ana", note="table 7")
        assert checkout["status"] == "PENDING"
        assert square.now(checkout)["status"] == "IN_PROGRESS"
        assert square.screen == "present-card"
        square.card()
        done = square.now(checkout)
        assert done["status"] == "COMPLETED"
        (payment_id,) = done["payment_ids"]
        payment = square.good("GET", f"/v2/payments/{payment_id}")["payment"]
        assert payment["status"] == "COMPLETED"
        assert payment["total_money"] == payment["approved_money"] == {"amount": 1250, "currency": "CAD"}
        assert payment["terminal_checkout_id"] == checkout["id"]
        assert payment["card_details"]["card"]["card_brand"] == "VISA"
        assert payment["card_details"]["entry_method"] == "EMV"
        (row,) = square.terminal.report()
        assert (row["ticket"], row["server"], row["register"]) == ("T-17", "Ana", square.terminal.name)
        assert square.bench.violations(resolved=True) == []


def test_a_checkout_asks_for_a_card_and_offers_no_other_way() -> None:
    with shop() as square:
        offered = ("manual-entry", "gift-card", "clearpay")
        square.terminal.press("5")
        square.terminal.press("OK")
        assert [item.id for item in square.terminal.view().items if item.id in offered] == list(offered)
        square.terminal.press("CANCEL")
        square.bench.advance(30 * SECOND)
        square.checkout()
        shown = square.terminal.view()
        assert shown.screen.id == "present-card"
        assert not [item.id for item in shown.items if item.id in offered]
        assert not square.terminal.touch("manual-entry")
        square.card()
        square.bench.advance(30 * SECOND)


def test_a_declined_card_ends_nothing_and_the_buyer_takes_another_one() -> None:
    with shop() as square:
        checkout = square.checkout()
        square.bench.host_answers(["declined:51"])
        square.card()
        assert square.now(checkout)["status"] == "IN_PROGRESS"
        square.wait(4)
        assert square.screen == "present-card"
        square.card()
        assert square.now(checkout)["status"] == "COMPLETED"
        assert sum(entry.amount for entry in square.bench.acquirer.entries()) == 1250


def test_the_buyer_cancels_on_the_device() -> None:
    with shop() as square:
        checkout = square.checkout()
        square.terminal.press("CANCEL")
        done = square.now(checkout)
        assert (done["status"], done["cancel_reason"]) == ("CANCELED", "BUYER_CANCELED")


def test_nobody_presents_a_card() -> None:
    with shop() as square:
        checkout = square.checkout()
        square.wait(300)
        done = square.now(checkout)
        assert (done["status"], done["cancel_reason"]) == ("CANCELED", "TIMED_OUT")


def test_a_seller_cancels_in_time() -> None:
    with shop() as square:
        checkout = square.checkout()
        assert square.cancel(checkout)["status"] == "CANCEL_REQUESTED"
        done = square.now(checkout)
        assert (done["status"], done["cancel_reason"]) == ("CANCELED", "SELLER_CANCELED")
        assert square.bench.host_messages() == []


def test_a_seller_who_cancels_too_late_reads_that_it_was_paid() -> None:
    with shop() as square:
        square.bench.host_answers(["late:5s"])
        checkout = square.checkout()
        square.terminal.insert("visa-credit")
        assert square.cancel(checkout)["status"] == "CANCEL_REQUESTED"
        square.wait(6)
        assert square.now(checkout)["status"] == "COMPLETED"


def test_a_checkout_for_a_device_out_of_reach_waits_and_is_cancelled_at_its_deadline() -> None:
    with shop() as square:
        square.terminal.network(False)
        checkout = square.checkout(deadline_duration="PT1M")
        square.wait(59)
        assert square.now(checkout)["status"] == "PENDING"
        square.wait(1)
        done = square.now(checkout)
        assert (done["status"], done["cancel_reason"]) == ("CANCELED", "TIMED_OUT")
        square.terminal.network(True)
        assert square.screen != "present-card"


def test_checkouts_of_one_device_are_paid_one_after_the_other_in_the_order_in_which_they_came() -> None:
    with shop() as square:
        first, second = square.checkout(100), square.checkout(200)
        assert square.now(second)["status"] == "PENDING"
        square.card()
        assert square.now(first)["status"] == "COMPLETED"
        square.wait(4)
        assert square.now(second)["status"] == "IN_PROGRESS"


def test_the_api_has_an_outage_while_the_service_is_down() -> None:
    with shop() as square:
        checkout = square.checkout()
        square.terminal.service(False)
        assert square.error("GET", f"/v2/terminals/checkouts/{checkout['id']}")[:2] == (
            503,
            "SERVICE_UNAVAILABLE",
        )
        square.terminal.service(True)
        square.card()
        assert square.now(checkout)["status"] == "COMPLETED"
