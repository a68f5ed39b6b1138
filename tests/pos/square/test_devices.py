"""Devices, the codes that pair them, and the location where they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.verbs import Tester
from tests.pos.square.kit import SquareShop, shop
from tests.pos.square.postal import Mailbox

CODES = "/v2/devices/codes"


@pytest.fixture
def square() -> Iterator[SquareShop]:
    with shop() as made:
        yield made


def code(square: SquareShop, key: str = "dc1", **more: Any) -> Any:
    """A device code that was made."""
    body = {"idempotency_key": key, "device_code": {"product_type": "TERMINAL_API", **more}}
    return square.good("POST", CODES, body)["device_code"]


def test_a_code_that_is_typed_in_time_pairs_the_device_and_is_told(square: SquareShop) -> None:
    mail = square.service.webhooks.courier = Mailbox()
    subscription = {"event_types": ["device.code.paired"], "notification_url": "http://127.0.0.1:9/"}
    square.good("POST", "/v2/webhooks/subscriptions", {"subscription": subscription})
    made = code(square, name="Counter 1")
    assert made == {
        "id": made["id"],
        "name": "Counter 1",
        "code": made["code"],
        "product_type": "TERMINAL_API",
        "location_id": "LTERMINALSIM1",
        "status": "UNPAIRED",
        "created_at": "2026-01-15T09:00:00.000Z",
        "status_changed_at": "2026-01-15T09:00:00.000Z",
        "pair_by": "2026-01-15T09:05:00.000Z",
    }
    assert len(made["code"]) == 6
    square.wait(299)
    square.terminal.pair(made["code"].lower())
    paired = square.good("GET", f"{CODES}/{made['id']}")["device_code"]
    assert (paired["status"], paired["device_id"], paired["paired_at"]) == (
        "PAIRED",
        square.terminal.name,
        "2026-01-15T09:04:59.000Z",
    )
    (letter,) = mail.letters
    told = json.loads(letter.body)
    assert (told["type"], told["location_id"]) == ("device.code.paired", "LTERMINALSIM1")
    assert told["data"] == {"type": "code", "id": made["id"], "object": {"device_code": paired}}


def test_a_code_that_is_typed_late_or_twice_or_wrongly_pairs_nothing(square: SquareShop) -> None:
    late, used = code(square), code(square, "dc2")
    square.terminal.pair(used["code"])
    square.wait(300)
    for wrong in (late["code"], used["code"], "AAAAAA", ""):
        with pytest.raises(BenchMisuse, match="is no device code that can be used now"):
            square.terminal.pair(wrong)
    expired = square.good("GET", f"{CODES}/{late['id']}")["device_code"]
    assert (expired["status"], expired["status_changed_at"]) == ("EXPIRED", late["pair_by"])


def test_codes_are_listed_newest_first_and_by_state(square: SquareShop) -> None:
    first, second, third = (code(square, f"dc{number}") for number in range(3))
    square.terminal.pair(second["code"])

    def listed(query: str) -> list[str]:
        return [one["id"] for one in square.good("GET", f"{CODES}{query}").get("device_codes", [])]

    assert listed("") == [third["id"], second["id"], first["id"]]
    assert listed("?status=PAIRED&location_id=LTERMINALSIM1") == [second["id"]]
    assert listed("?status=PAIRED,EXPIRED") == [second["id"]]
    assert listed("?location_id=L2") == []
    square.wait(300)
    assert listed("?status=EXPIRED") == [third["id"], first["id"]]
    assert square.error("GET", f"{CODES}?status=NEW") == (400, "INVALID_ENUM_VALUE", "status")


@pytest.mark.parametrize(
    ("body", "status", "error", "field"),
    [
        ({"device_code": {"product_type": "TERMINAL_API"}}, 400, "MISSING_REQUIRED_PARAMETER", "idempotency_key"),
        ({"idempotency_key": "", "device_code": {"product_type": "TERMINAL_API"}}, 400, "VALUE_EMPTY", "idempotency_key"),
        ({"idempotency_key": "k", "device_code": {}}, 400, "MISSING_REQUIRED_PARAMETER", "device_code.product_type"),
        ({"idempotency_key": "k", "device_code": {"product_type": "TILL"}}, 400, "INVALID_ENUM_VALUE", "device_code.product_type"),
        ({"idempotency_key": "k", "device_code": {"product_type": "TERMINAL_API", "name": "n" * 129}}, 400, "VALUE_TOO_LONG", "device_code.name"),
        ({"idempotency_key": "k", "device_code": {"product_type": "TERMINAL_API", "location_id": "L2"}}, 404, "NOT_FOUND", ""),
    ],
)  # fmt: skip
def test_what_is_no_code_is_refused(
    body: Any, status: int, error: str, field: str, square: SquareShop
) -> None:
    refused = square.error("POST", CODES, body)
    assert refused[:2] == (status, error)
    assert refused[2] == field or not field


def test_a_key_makes_one_code(square: SquareShop) -> None:
    assert code(square) == code(square)
    assert square.error("GET", f"{CODES}/none")[:2] == (404, "NOT_FOUND")


def test_a_device_says_what_it_is_made_of(square: SquareShop) -> None:
    made = code(square)
    square.terminal.pair(made["code"])
    square.terminal.battery(41)
    name = square.terminal.name
    (device,) = square.good("GET", "/v2/devices?limit=5")["devices"]
    assert (device["id"], device["status"]) == (f"device:{name}", {"category": "AVAILABLE"})
    attributes = device["attributes"]
    assert (attributes["type"], attributes["manufacturer"], attributes["manufacturers_id"]) == (
        "TERMINAL",
        "Square",
        name,
    )
    parts = {part["type"]: part for part in device["components"]}
    assert parts.keys() == {"APPLICATION", "CARD_READER", "BATTERY", "WIFI", "ETHERNET", "PRINTER"}
    assert parts["BATTERY"]["battery_details"] == {"visible_percent": 41}
    assert parts["WIFI"]["wifi_details"] == {"active": True}
    assert parts["ETHERNET"]["ethernet_details"] == {"active": False}
    assert parts["APPLICATION"]["application_details"]["device_code_id"] == made["id"]
    for spelt in (name, f"device:{name}"):
        assert square.good("GET", f"/v2/devices/{spelt}") == {"device": device}


def test_a_device_is_offline_or_needs_somebody(square: SquareShop) -> None:
    def category() -> str:
        (device,) = square.good("GET", "/v2/devices")["devices"]
        status: str = device["status"]["category"]
        return status

    square.terminal.paper("out")
    assert category() == "NEEDS_ATTENTION"
    square.terminal.paper("in")
    assert category() == "AVAILABLE"
    square.terminal.network(False)
    assert category() == "OFFLINE"
    square.terminal.network(True)
    square.terminal.power_off()
    assert category() == "OFFLINE"


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/v2/devices/none", 404, "NOT_FOUND"),
        ("/v2/devices/9fa747a2-25ff-48ee-b078-04381f7c828f", 404, "NOT_FOUND"),
        ("/v2/devices?cursor=x", 400, "INVALID_CURSOR"),
        ("/v2/devices?limit=0", 400, "VALUE_TOO_LOW"),
        ("/v2/devices?limit=101", 400, "VALUE_TOO_HIGH"),
        ("/v2/locations/L2", 404, "NOT_FOUND"),
    ],
)
def test_a_device_or_location_that_is_not_there(
    path: str, status: int, error: str, square: SquareShop
) -> None:
    assert square.error("GET", path)[:2] == (status, error)


def test_devices_come_in_pages_in_the_order_of_their_set_up() -> None:
    with shop() as square:
        names = [square.terminal.name] + [square.bench.add_terminal("square-terminal").name for _ in range(2)]
        assert len(names) == 3
        first = square.good("GET", "/v2/devices?limit=1")
        assert [one["id"] for one in first["devices"]] == [f"device:{names[0]}"]


def test_the_location_says_where_the_shop_is(square: SquareShop) -> None:
    (location,) = square.good("GET", "/v2/locations")["locations"]
    assert (location["id"], location["status"]) == ("LTERMINALSIM1", "ACTIVE")
    assert (location["country"], location["currency"], location["language_code"]) == ("CA", "CAD", "en-CA")
    for name in ("LTERMINALSIM1", "main"):
        assert square.good("GET", f"/v2/locations/{name}") == {"location": location}


def test_a_terminal_whose_service_is_not_served_is_not_paired() -> None:
    with shop() as square, Bench(trace=False) as other:
        made = code(square)
        with pytest.raises(BenchMisuse, match="has no service that gives device codes"):
            other.add_terminal("square-terminal").pair(made["code"])


def test_a_script_types_a_device_code_by_its_own_word(square: SquareShop) -> None:
    made = code(square)
    tester = Tester(square.bench, square.terminal)
    tester.pair(made["code"])
    assert square.good("GET", f"{CODES}/{made['id']}")["device_code"]["status"] == "PAIRED"
