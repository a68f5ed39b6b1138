"""What is wrong with a request is told by status, code and the dotted path of the field, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.pos.square.kit import HEADERS, SquareShop, shop
from tests.pos.square.test_requests import SDKS

CHECKOUTS = "/v2/terminals/checkouts"


@pytest.fixture(scope="module")
def square() -> Iterator[SquareShop]:
    with shop() as made:
        yield made


def set_at(place: str, value: Any) -> Callable[[Any], None]:
    """Sets the member with this dotted path; `...` takes it away."""

    def change(body: Any) -> None:
        *above, last = place.split(".")
        for name in above:
            body = body.setdefault(name, {})
        if value is ...:
            del body[last]
        else:
            body[last] = value

    return change


# What is changed in a good checkout, the code and the field.
WRONG: tuple[tuple[str, Any, str, str], ...] = (
    ("idempotency_key", ..., "MISSING_REQUIRED_PARAMETER", "idempotency_key"),
    ("idempotency_key", "", "VALUE_EMPTY", "idempotency_key"),
    ("idempotency_key", "k" * 65, "VALUE_TOO_LONG", "idempotency_key"),
    ("checkout", ..., "MISSING_REQUIRED_PARAMETER", "checkout"),
    ("checkout", None, "MISSING_REQUIRED_PARAMETER", "checkout"),
    ("checkout", [], "EXPECTED_OBJECT", "checkout"),
    ("colour", "red", "UNKNOWN_BODY_PARAMETER", "colour"),
    ("checkout.colour", "red", "UNKNOWN_BODY_PARAMETER", "checkout.colour"),
    ("checkout.amount_money", ..., "MISSING_REQUIRED_PARAMETER", "checkout.amount_money"),
    ("checkout.amount_money.amount", "100", "EXPECTED_INTEGER", "checkout.amount_money.amount"),
    ("checkout.amount_money.amount", 1.5, "EXPECTED_INTEGER", "checkout.amount_money.amount"),
    ("checkout.amount_money.amount", 0, "VALUE_TOO_LOW", "checkout.amount_money.amount"),
    ("checkout.amount_money.amount", -1, "VALUE_TOO_LOW", "checkout.amount_money.amount"),
    ("checkout.amount_money.amount", 10**30, "VALUE_TOO_HIGH", "checkout.amount_money.amount"),
    ("checkout.amount_money.amount", 10**9, "VALUE_TOO_HIGH", "checkout.amount_money.amount"),
    ("checkout.amount_money.currency", "USD", "INVALID_VALUE", "checkout.amount_money.currency"),
    ("checkout.device_options", ..., "MISSING_REQUIRED_PARAMETER", "checkout.device_options"),
    (
        "checkout.device_options.device_id",
        ...,
        "MISSING_REQUIRED_PARAMETER",
        "checkout.device_options.device_id",
    ),
    ("checkout.device_options.device_id", "nobody", "BAD_REQUEST", ""),
    (
        "checkout.device_options.skip_receipt_screen",
        "yes",
        "EXPECTED_BOOLEAN",
        "checkout.device_options.skip_receipt_screen",
    ),
    (
        "checkout.device_options.tip_settings",
        {"tip_percentages": [1, 2, 3, 4]},
        "ARRAY_LENGTH_TOO_LONG",
        "checkout.device_options.tip_settings.tip_percentages",
    ),
    (
        "checkout.device_options.tip_settings",
        {"tip_percentages": [101]},
        "VALUE_TOO_HIGH",
        "checkout.device_options.tip_settings.tip_percentages",
    ),
    (
        "checkout.device_options.tip_settings",
        {"tip_percentages": 10},
        "EXPECTED_ARRAY",
        "checkout.device_options.tip_settings.tip_percentages",
    ),
    ("checkout.reference_id", "x" * 41, "VALUE_TOO_LONG", "checkout.reference_id"),
    ("checkout.reference_id", 17, "EXPECTED_STRING", "checkout.reference_id"),
    ("checkout.note", "x" * 501, "VALUE_TOO_LONG", "checkout.note"),
    ("checkout.payment_type", "CASH", "INVALID_ENUM_VALUE", "checkout.payment_type"),
    ("checkout.payment_type", "PAYPAY", "INVALID_VALUE", "checkout.payment_type"),
    ("checkout.deadline_duration", "5 minutes", "INVALID_VALUE", "checkout.deadline_duration"),
    ("checkout.deadline_duration", "PT5M1S", "INVALID_VALUE", "checkout.deadline_duration"),
    ("checkout.deadline_duration", "PT0S", "INVALID_VALUE", "checkout.deadline_duration"),
    ("checkout.location_id", "elsewhere", "NOT_FOUND", ""),
    (
        "checkout.app_fee_money",
        {"amount": 91, "currency": "CAD"},
        "VALUE_TOO_HIGH",
        "checkout.app_fee_money.amount",
    ),
    (
        "checkout.tip_money",
        {"amount": 1, "currency": "USD"},
        "INVALID_VALUE",
        "checkout.tip_money.currency",
    ),
    (
        "checkout.payment_options",
        {"accept_partial_authorization": True},
        "CONFLICTING_PARAMETERS",
        "checkout.payment_options.accept_partial_authorization",
    ),
)


@pytest.mark.parametrize(
    ("place", "value", "code", "field"), WRONG, ids=[f"{one[0]}={one[1]!r:.20}" for one in WRONG]
)
def test_a_wrong_checkout_is_refused_at_its_field(
    square: SquareShop, place: str, value: Any, code: str, field: str
) -> None:
    body: dict[str, Any] = {
        "idempotency_key": f"{place}={value!r}"[:60],
        "checkout": {
            "amount_money": {"amount": 100, "currency": "CAD"},
            "device_options": {"device_id": square.terminal.name},
        },
    }
    set_at(place, value)(body)
    status = 404 if code == "NOT_FOUND" else 400
    assert square.error("POST", CHECKOUTS, body) == (status, code, field)
    assert square.good("POST", f"{CHECKOUTS}/search", {}) == {}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"[" * 100_000])
def test_what_is_no_object_of_json_is_told_so(square: SquareShop, body: bytes) -> None:
    assert square.error("POST", CHECKOUTS, body)[:2] == (400, "EXPECTED_JSON_BODY")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", f"{CHECKOUTS}/nobody", "NOT_FOUND"),
        ("POST", f"{CHECKOUTS}/nobody/cancel", "NOT_FOUND"),
        ("POST", f"{CHECKOUTS}/nobody/dismiss", "NOT_FOUND"),
        ("GET", "/v2/terminals/refunds/nobody", "NOT_FOUND"),
        ("GET", "/v2/terminals/actions/termapia%3A1", "NOT_FOUND"),
        ("GET", "/v2/payments/nobody", "NOT_FOUND"),
        ("GET", "/v2/refunds/nobody", "NOT_FOUND"),
        ("GET", "/v2/nothing", "NOT_FOUND"),
        ("GET", "/v2/terminals/checkouts/a%2Fb", "NOT_FOUND"),
        ("PUT", CHECKOUTS, "METHOD_NOT_ALLOWED"),
    ],
)
def test_what_is_not_there_is_told_so(square: SquareShop, method: str, path: str, code: str) -> None:
    assert square.error(method, path)[1] == code


def test_one_that_is_over_is_not_cancelled_and_the_words_are_the_vendors() -> None:
    with shop() as square:
        checkout = square.checkout()
        square.terminal.press("CANCEL")
        status, said = square.call("POST", f"{CHECKOUTS}/{checkout['id']}/cancel")
        assert (status, said["errors"]) == (
            400,
            [
                {
                    "category": "INVALID_REQUEST_ERROR",
                    "code": "INVALID_VALUE",
                    "detail": "Cannot transition from status CANCELED to status CANCELED with cancel_reason SELLER_CANCELED",
                    "field": "status",
                }
            ],
        )
        assert (
            square.good("POST", f"{CHECKOUTS}/{checkout['id']}/dismiss")["checkout"]["status"] == "CANCELED"
        )


def test_a_key_makes_one_thing_and_bodies_are_compared_by_what_they_mean() -> None:
    with shop() as square:
        body = {
            "idempotency_key": "k",
            "checkout": {
                "amount_money": {"amount": 100, "currency": "CAD"},
                "device_options": {"device_id": square.terminal.name},
            },
        }
        first = square.good("POST", CHECKOUTS, body)["checkout"]
        spaced = json.dumps(dict(reversed(body.items())), indent=3).encode()
        assert square.good("POST", CHECKOUTS, spaced)["checkout"]["id"] == first["id"]
        other = body | {"checkout": {**body["checkout"], "note": "n"}}  # type: ignore[dict-item]
        assert square.error("POST", CHECKOUTS, other) == (400, "IDEMPOTENCY_KEY_REUSED", "idempotency_key")
        assert len(square.good("POST", f"{CHECKOUTS}/search", {})["checkouts"]) == 1


REQUESTS = [
    request for sdk in SDKS.values() for request in sdk["requests"] if "webhooks" not in request["name"]
]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """A recorded request with some bytes of its path and body changed."""
    request = draw(st.sampled_from(REQUESTS))
    method, path, _ = request["request_line"].split(" ")
    body = bytearray(request["body"].encode())
    for _ in range(draw(st.integers(0, 4)) if body else 0):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    cut = draw(st.integers(0, len(body)))
    path = path[: draw(st.integers(4, len(path)))] + draw(st.text("/?%{}ab0\x00é", max_size=3))
    return method, path, bytes(body if draw(st.booleans()) else body[:cut])


@examples(100, suppress=[HealthCheck.function_scoped_fixture])
@given(damaged())
def test_no_damaged_request_is_answered_with_an_error_of_the_server(
    square: SquareShop, request_: tuple[str, str, bytes]
) -> None:
    method, path, body = request_
    status, said = square.call(method, path, body, HEADERS)
    assert status in (200, 400, 404, 405), said


@pytest.mark.soak
@settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(damaged())
def test_no_damaged_request_of_ten_thousand_is_answered_with_an_error_of_the_server(
    square: SquareShop, request_: tuple[str, str, bytes]
) -> None:
    method, path, body = request_
    status, said = square.call(method, path, body, HEADERS)
    assert status in (200, 400, 404, 405), said
