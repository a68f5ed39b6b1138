"""Every request that was recorded of the vendor's libraries is answered, headers and all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.pos.square.kit import HEADERS, SquareShop, shop
from tests.pos.square.test_refunds import paid, refund
from tests.pos.vectors import vectors

SDKS: dict[str, Any] = vectors("square_requests")["sdks"]
INTERAC = "388b5a08-a77c-48ef-ad2a-4a790e6f2789"
AWAY = "da40d603-c2ea-4a65-8cfd-f42e36dab0c7"
# What has no screen here; all others succeed.
REFUSED = {"actions.create SAVE_CARD": "INVALID_VALUE", "actions.create SIGNATURE": "INVALID_VALUE"}


def interac(square: SquareShop) -> Any:
    """A payment of the sandbox by a card that has to be there for its refund."""
    made = square.checkout(500, device_options={"device_id": INTERAC})
    square.wait(10)
    return square.payment(square.now(made)["payment_ids"][0])


@contextmanager
def recorded_shop() -> Iterator[tuple[SquareShop, dict[str, str]]]:
    """A shop, and for each name that stands in the recordings one of its own."""
    with shop() as square:
        payment = paid(square)
        waiting = square.checkout(100, device_options={"device_id": AWAY})
        card_there = interac(square)
        body: dict[str, Any] = {
            "idempotency_key": "begun",
            "refund": {
                "payment_id": card_there["id"],
                "amount_money": {"amount": 100, "currency": "CAD"},
                "reason": "r",
                "device_id": "7647344e-aea2-4cff-ac53-513644de434d",
            },
        }
        terminal_refund = square.good("POST", "/v2/terminals/refunds", body)["refund"]
        body = {"idempotency_key": "ping", "action": {"type": "PING", "device_id": AWAY}}
        action = square.good("POST", "/v2/terminals/actions", body)["action"]
        body = {"idempotency_key": "code", "device_code": {"product_type": "TERMINAL_API"}}
        code = square.good("POST", "/v2/devices/codes", body)["device_code"]
        yield (
            square,
            {
                '"device_id":"d"': f'"device_id":"{square.terminal.name}"',
                "device:409CS145B7001939": f"device:{square.terminal.name}",
                "08YceKh7B3ZqO": waiting["id"],
                "5O5OvgkcNUhl7JBuINflcjKqUzXZY": card_there["id"],
                '"payment_id":"p"': f'"payment_id":"{payment["id"]}"',
                "/payments/p ": f"/payments/{payment['id']} ",
                "/refunds/r1": f"/refunds/{terminal_refund['id']}",
                "/refunds/rf": f"/refunds/{refund(square, payment, 10)['id']}",
                "termapia:1": action["id"],
                "termapia%3A1": action["id"].replace(":", "%3A"),
                "/codes/B3": f"/codes/{code['id']}",
                "L1": "LTERMINALSIM1",
            },
        )


@pytest.mark.parametrize("sdk", SDKS)
def test_every_recorded_request_is_answered_as_its_library_sends_it(sdk: str) -> None:
    recorded = SDKS[sdk]
    headers = {name.lower(): value for name, value in recorded["headers_of_first"]}
    headers["authorization"] = HEADERS["authorization"]
    with recorded_shop() as (square, names):
        for request in recorded["requests"]:
            line, body = request["request_line"], request["body"]
            for theirs, ours in names.items():
                line, body = line.replace(theirs, ours), body.replace(theirs, ours)
            if "wbhk_1" in line:
                subscriptions = square.good("GET", "/v2/webhooks/subscriptions")["subscriptions"]
                line = line.replace("wbhk_1", subscriptions[0]["id"])
            if '"cursor":"c2"' in body:
                body = body.replace('"cursor":"c2",', "")
            if request["name"] == "terminal refunds.create" and "5O5Ovgk" not in request["body"]:
                names_of_card_there = names["5O5OvgkcNUhl7JBuINflcjKqUzXZY"]
                body = body.replace(names['"payment_id":"p"'], f'"payment_id":"{names_of_card_there}"')
                body = body.replace(square.terminal.name, "f72dfb8e-4d65-4e56-aade-ec3fb8d33291")
            method, path, _ = line.split(" ")
            if path.endswith("/test"):
                continue  # asks the subscriber, whom tests of subscriptions have
            status, said = square.call(method, path, body.encode(), headers)
            if request["name"] in REFUSED:
                assert (status, said["errors"][0]["code"]) == (400, REFUSED[request["name"]])
            else:
                assert status == 200, (request["name"], said)
