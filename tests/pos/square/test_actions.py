"""What devices ask buyers, print and show for sellers, and the tip that they ask for before the card."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.test_refunds import paid


def action(square: SquareShop, kind: str, **options: Any) -> Any:
    """An action that was made."""
    body = {
        "idempotency_key": square.key(),
        "action": {"type": kind, "device_id": square.terminal.name, **options},
    }
    made = square.good("POST", "/v2/terminals/actions", body)["action"]
    assert made["status"] == "PENDING"
    return made


def now(square: SquareShop, made: Any) -> Any:
    return square.good("GET", f"/v2/terminals/actions/{made['id']}")["action"]


def test_a_ping_tells_of_the_device_in_texts_and_of_one_out_of_reach_nothing() -> None:
    with shop() as square:
        done = now(square, action(square, "PING"))
        assert done["status"] == "COMPLETED"
        assert done["device_metadata"]["battery_percentage"] == "100"
        assert done["device_metadata"]["serial_number"] == square.terminal.name
        square.terminal.network(False)
        lost = action(square, "PING", deadline_duration="PT30S")
        square.wait(30)
        assert (now(square, lost)["status"], now(square, lost)["cancel_reason"]) == ("CANCELED", "TIMED_OUT")


def test_a_buyer_agrees() -> None:
    options = {"title": "Terms", "body": "b", "agree_button_text": "Yes", "disagree_button_text": "Not now"}
    with shop() as square:
        asked = action(square, "CONFIRMATION", confirmation_options=options)
        assert "Not now" in square.terminal.view().text
        square.terminal.press("OK")
        done = now(square, asked)
        assert done["status"] == "COMPLETED"
        assert done["confirmation_options"]["decision"] == {"has_agreed": True}


def test_a_buyer_types_a_telephone_number() -> None:
    options = {"title": "Phone", "body": "b", "input_type": "PHONE_NUMBER"}
    with shop() as square:
        asked = action(square, "DATA_COLLECTION", data_collection_options=options)
        for key in ("5", "1", "4", "5", "5", "5", "0", "1", "0", "0", "OK"):
            square.terminal.press(key)
        done = now(square, asked)
        assert done["data_collection_options"]["collected_data"] == {"input_text": "5145550100"}


def test_a_buyer_chooses_one_and_another_one_cancels() -> None:
    entries = [{"reference_id": "s", "title": "Small"}, {"reference_id": "l", "title": "Large"}]
    options = {"title": "Size", "body": "b", "options": entries}
    with shop() as square:
        asked = action(square, "SELECT", select_options=options)
        square.terminal.touch("entry-2")
        assert now(square, asked)["select_options"]["selected_option"] == entries[1]
        square.wait(5)
        other = action(square, "SELECT", select_options=options)
        square.terminal.press("CANCEL")
        assert now(square, other)["cancel_reason"] == "BUYER_CANCELED"


def test_a_receipt_is_printed_again_once_there_is_paper() -> None:
    with shop() as square:
        payment = paid(square)
        square.terminal.paper("out")
        before = len(square.terminal.receipts)
        asked = action(square, "RECEIPT", receipt_options={"payment_id": payment["id"], "print_only": True})
        square.wait(5)
        assert now(square, asked)["status"] == "IN_PROGRESS"
        square.terminal.paper("in")
        square.wait(30)
        assert now(square, asked)["status"] == "COMPLETED"
        assert len(square.terminal.receipts) == before + 1


def test_a_code_is_shown_until_its_time_is_over() -> None:
    options = {"title": "t", "body": "b", "barcode_contents": "https://example.com"}
    with shop() as square:
        asked = action(square, "QR_CODE", qr_code_options=options, deadline_duration="PT1M")
        assert now(square, asked)["status"] == "IN_PROGRESS"
        square.wait(60)
        assert now(square, asked)["status"] == "COMPLETED"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"type": "SIGNATURE"}, ("INVALID_VALUE", "action.type")),
        ({"type": "SAVE_CARD"}, ("INVALID_VALUE", "action.type")),
        ({}, ("MISSING_REQUIRED_PARAMETER", "action.type")),
        ({"type": "SELECT"}, ("MISSING_REQUIRED_PARAMETER", "action.select_options")),
        ({"type": "PING", "deadline_duration": "PT6M"}, ("INVALID_VALUE", "action.deadline_duration")),
        (
            {"type": "CONFIRMATION", "confirmation_options": {"title": "t", "body": "b"}},
            ("MISSING_REQUIRED_PARAMETER", "action.confirmation_options.agree_button_text"),
        ),
    ],
)
def test_an_action_that_no_device_does_is_refused(options: dict[str, Any], error: tuple[str, str]) -> None:
    with shop() as square:
        body = {"idempotency_key": "k", "action": {"device_id": square.terminal.name, **options}}
        assert square.error("POST", "/v2/terminals/actions", body) == (400, *error)


def test_actions_are_searched_by_type_and_found_under_the_vendors_name() -> None:
    with shop() as square:
        made = action(square, "PING")
        square.wait(5)
        body = {"query": {"filter": {"type": "PING", "status": "COMPLETED"}}}
        found = square.good("POST", "/v2/terminals/actions/search", body)
        assert [one["id"] for one in found["action"]] == [made["id"]]
        body = {"query": {"filter": {"type": "SELECT"}}}
        assert square.good("POST", "/v2/terminals/actions/search", body) == {}


def test_a_buyer_gives_a_tip_before_the_card() -> None:
    tipping = {"allow_tipping": True, "tip_percentages": [10, 15]}
    with shop() as square:
        options = {"device_id": square.terminal.name, "tip_settings": tipping}
        checkout = square.checkout(1050, device_options=options)
        assert "15 %" in square.terminal.view().text
        square.terminal.touch("entry-2")
        assert square.screen == "present-card"
        square.card()
        done = square.now(checkout)
        assert done["tip_money"] == {"amount": 158, "currency": "CAD"}
        payment = square.payment(done["payment_ids"][0])
        assert payment["amount_money"]["amount"] == 1050
        assert payment["total_money"]["amount"] == 1208
        assert sum(entry.amount for entry in square.bench.acquirer.entries()) == 1208


def test_a_buyer_gives_no_tip_and_another_one_leaves() -> None:
    with shop() as square:
        options = {"device_id": square.terminal.name, "tip_settings": {"allow_tipping": True}}
        checkout = square.checkout(1000, device_options=options)
        square.terminal.touch("entry-4")
        square.card()
        assert square.now(checkout)["tip_money"] == {"amount": 0, "currency": "CAD"}
        square.wait(10)
        other = square.checkout(1000, device_options=options)
        square.terminal.press("CANCEL")
        assert square.now(other)["cancel_reason"] == "BUYER_CANCELED"


def test_a_number_is_typed_at_the_counter() -> None:
    with shop() as square:
        checkout = square.checkout(1000, payment_type="MANUAL_CARD_ENTRY")
        assert square.screen == "card-number"
        for text in ("4111111111111111", "1230", "123"):
            for key in (*text, "OK"):
                square.terminal.press(key)
        square.wait(10)
        done = square.now(checkout)
        assert done["status"] == "COMPLETED", square.terminal.view().text
        assert square.payment(done["payment_ids"][0])["card_details"]["entry_method"] == "KEYED"
