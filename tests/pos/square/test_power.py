"""Power is cut after each effect, commits fail and the bench starts anew: service, terminal, journal and host agree on what became of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.bench.state_check import checked
from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.test_refunds import charged, paid, refund

EFFECTS = 60  # more than any of this has


def come_back(square: SquareShop) -> None:
    """The power comes back, however late it fails, and the buyer has a card whenever he is asked for one."""
    for _ in range(3):
        if not square.terminal.is_on:
            square.terminal.power_on()
        if square.terminal.card_in_slot:
            square.terminal.remove_card()
        square.wait(30)
        if square.terminal.is_on and square.screen == "present-card":
            square.card()
        square.wait(30)


@pytest.mark.parametrize("effects", range(1, EFFECTS, 2))
def test_a_checkout_that_loses_power_is_paid_once_in_the_end(effects: int) -> None:
    with shop() as square:
        square.terminal.fault("power-cut-after", f"{effects}")
        checkout = square.checkout(1250)
        if square.terminal.is_on and square.screen == "present-card":
            square.card()
        come_back(square)
        done = square.now(checkout)
        assert done["status"] == "COMPLETED"
        assert charged(square) == 1250
        (row,) = [
            line
            for line in square.terminal.report()
            if (line["kind"], line["state"]) == ("sale", "COMPLETED")
        ]
        assert row["ticket"] == checkout["id"]
        assert square.bench.violations(resolved=True) == []


@pytest.mark.parametrize("effects", range(1, EFFECTS, 4))
def test_a_refund_that_loses_power_is_given_once_in_the_end(effects: int) -> None:
    with shop() as square:
        payment = paid(square, 800)
        square.terminal.fault("power-cut-after", f"{effects}")
        made = refund(square, payment, 300)
        come_back(square)
        square.wait(3600)
        assert square.good("GET", f"/v2/refunds/{made['id']}")["refund"]["status"] == "COMPLETED"
        assert charged(square) == 500
        assert square.bench.violations(resolved=True) == []


@pytest.mark.parametrize("effects", range(1, 30, 3))
def test_a_checkout_that_is_cancelled_while_power_fails_is_paid_or_cancelled_and_never_both(
    effects: int,
) -> None:
    with shop() as square:
        checkout = square.checkout(700)
        square.terminal.fault("power-cut-after", f"{effects}")
        square.terminal.insert("visa-credit")
        assert square.cancel(checkout)["status"] in ("CANCEL_REQUESTED", "CANCELED")
        come_back(square)
        done = square.now(checkout)
        paid_in_the_end = done["status"] == "COMPLETED"
        assert paid_in_the_end or (done["status"], done["cancel_reason"]) == ("CANCELED", "SELLER_CANCELED")
        assert charged(square) == (700 if paid_in_the_end else 0)


def test_a_link_that_is_lost_in_the_middle_loses_no_answer() -> None:
    with shop() as square:
        square.bench.host_answers(["late:5s"])
        checkout = square.checkout(900)
        square.terminal.insert("visa-credit")
        square.terminal.network(False)
        square.wait(120)
        assert square.now(checkout)["status"] == "IN_PROGRESS"
        square.terminal.remove_card()
        square.terminal.network(True)
        come_back(square)
        assert square.now(checkout)["status"] == "COMPLETED"
        assert charged(square) == 900


def test_a_checkout_is_never_kept_for_later_while_the_acquirer_is_out_of_reach() -> None:
    with shop(terminal_options={"offline.allowed": True}) as square:
        checkout = square.checkout(900)
        square.terminal.network(False)
        square.terminal.insert("visa-credit")
        square.wait(60)
        assert [row.flat.fields["state"] for row in square.terminal.journal() if row.flat.kind == "sale"] != [
            "PENDING"
        ]
        square.terminal.remove_card()
        square.terminal.network(True)
        come_back(square)
        assert square.now(checkout)["status"] == "COMPLETED"
        assert charged(square) == 900


def test_the_service_goes_on_where_it_stood_when_the_bench_starts_anew(tmp_path: Path) -> None:
    made: dict[str, Any] = {}
    with shop(state=tmp_path) as square:
        made["paid"] = square.checkout(100)
        square.card()
        square.wait(10)
        made["running"] = square.checkout(200)
        made["waiting"] = square.checkout(300)
        assert square.now(made["running"])["status"] == "IN_PROGRESS"
    with shop(state=tmp_path) as square:
        assert square.now(made["paid"])["status"] == "COMPLETED"
        assert square.now(made["waiting"])["status"] == "PENDING"
        assert square.screen == "present-card", "the terminal is asked anew"
        square.card()
        assert square.now(made["running"])["status"] == "COMPLETED"
        square.wait(5)
        square.terminal.press("CANCEL")
        assert square.now(made["waiting"])["cancel_reason"] == "BUYER_CANCELED"
        assert charged(square) == 300
        key = {
            "idempotency_key": "key-1",
            "checkout": {
                "amount_money": {"amount": 100, "currency": "CAD"},
                "device_options": {"device_id": square.terminal.name},
            },
        }
        again = square.good("POST", "/v2/terminals/checkouts", key)["checkout"]
        assert again["id"] == made["paid"]["id"]


def test_a_folder_as_a_kill_leaves_it_is_opened_and_the_service_knows_each_request(tmp_path: Path) -> None:
    with shop(state=tmp_path / "killed") as square:
        done = square.checkout(100)
        square.card()
        square.wait(10)
        running = square.checkout(200)
        square.terminal.insert("visa-credit")
        shutil.copytree(tmp_path / "killed", tmp_path / "left")
    assert any("pos.db" in line for line in checked(tmp_path / "killed"))
    with shop(state=tmp_path / "left") as square:
        assert square.now(done)["status"] == "COMPLETED"
        come_back(square)
        assert square.now(running)["status"] == "COMPLETED"
        assert charged(square) == 300


def test_what_could_not_be_stored_is_not_answered_and_a_start_decides(tmp_path: Path) -> None:
    with shop(state=tmp_path) as square:
        square.service.service.out_of_service = True
        body = {
            "idempotency_key": "k",
            "checkout": {
                "amount_money": {"amount": 100, "currency": "CAD"},
                "device_options": {"device_id": square.terminal.name},
            },
        }
        assert square.error("POST", "/v2/terminals/checkouts", body)[:2] == (500, "INTERNAL_SERVER_ERROR")
        assert square.screen != "present-card"
    with shop(state=tmp_path) as square:
        assert square.good("POST", "/v2/terminals/checkouts", body)["checkout"]["status"] == "PENDING"
        assert square.screen == "present-card"
