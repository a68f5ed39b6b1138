"""Our structures hold to the facts of the vendor's public schema; where we differ, the table says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import inspect as shapes

from terminal_sim.pos.square.calls import routes
from terminal_sim.pos.square.objects import problems, values
from terminal_sim.pos.square.objects.base import ApiObject
from terminal_sim.pos.square.webhooks import events

FACTS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors/pos/square_facts.json").read_text("utf-8")
)
# Our name of a structure, where it is another than the schema's.
NAMES = {
    "SquareMoney": "Money",
    "SquareCard": "Card",
    "SquarePayment": "Payment",
    "PairedDevice": "Device",
    "DeviceStanding": "DeviceStatus",
    "ApiError": "Error",
}
# Members that the schema does not have, or whose form differs, each with the reason.
DIFFERENCES = {
    ("SelectOptions", "options"): "one at least, or there is nothing to choose",
    ("Money", "amount"): "the documents want it: nobody can be asked for no amount",
    (
        "Money",
        "currency",
    ): "the documents want it; that of the device is the only one, whatever three letters come",
    ("DeviceCheckoutOptions", "device_id"): "an empty text names no device",
    ("CreateTerminalRefundRequest", "refund"): "the documents want it: there is nothing to give back without",
    (
        "RefundPaymentRequest",
        "payment_id",
    ): "the documents want it; a refund without a payment is not offered",
    ("RefundPaymentRequest", "idempotency_key"): "the documents have 45 signs",
}


def subclasses(of: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for found in of.__subclasses__():
        yield found
        yield from subclasses(found)


assert routes.ROUTES, "all calls are loaded, and their structures with them"
CLASSES: list[type[msgspec.Struct]] = [*subclasses(ApiObject), problems.ApiError]
STRUCTURES = {
    name: found for found in CLASSES if (name := NAMES.get(found.__name__, found.__name__)) in FACTS
}


def members(structure: type[msgspec.Struct]) -> dict[str, shapes.Field]:
    described = shapes.type_info(structure)
    assert isinstance(described, shapes.StructType)
    return {field.encode_name: field for field in described.fields}


def parts(described: shapes.Type) -> Iterator[shapes.Type]:
    """What a member is made of: each choice, and each element of a list."""
    if isinstance(described, shapes.UnionType):
        for choice in described.types:
            yield from parts(choice)
    elif isinstance(described, shapes.CollectionType | shapes.VarTupleType):
        yield described
        yield from parts(described.item_type)
    else:
        yield described


def structures_in(structure: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """The structure and all that stand in it."""
    yield structure
    for field in members(structure).values():
        for part in parts(field.type):
            if isinstance(part, shapes.StructType):
                yield from structures_in(part.cls)


READ = {found for name, one in STRUCTURES.items() if name.endswith("Request") for found in structures_in(one)}
NAMED = [
    (name, member)
    for name, one in STRUCTURES.items()
    for member in members(one)
    if (name, member) not in DIFFERENCES
]


def test_the_structures_of_all_calls_are_looked_at() -> None:
    assert len(STRUCTURES) > 25
    assert {"TerminalCheckout", "DeviceCode", "Device", "Payment", "WebhookSubscription"} <= set(STRUCTURES)


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_has_the_names_of_the_schema(name: str) -> None:
    ours, facts = members(STRUCTURES[name]), FACTS[name]
    unknown = {
        member for member in ours.keys() - facts["members"].keys() if (name, member) not in DIFFERENCES
    }
    assert not unknown
    assert not {member for member in facts["required"] if member not in ours}


@pytest.mark.parametrize("name", [name for name, one in STRUCTURES.items() if one in READ])
def test_what_points_of_sale_send_must_have_what_the_schema_says_and_no_more(name: str) -> None:
    required = {member for member, field in members(STRUCTURES[name]).items() if field.required}
    differ = {member for owner, member in DIFFERENCES if owner == name}
    assert required - differ == set(FACTS[name]["required"]) - differ


@pytest.mark.parametrize(("name", "member"), NAMED)
def test_a_member_has_the_closed_list_and_the_lengths_of_the_schema(name: str, member: str) -> None:
    facts = FACTS[name]["members"].get(member, {})
    facts = facts.get("list", facts)
    for part in parts(members(STRUCTURES[name])[member].type):
        if isinstance(part, shapes.EnumType) and "enum" in facts:  # others are closed by the documents
            assert {str(one.value) for one in part.cls} <= set(facts["enum"])
        if isinstance(part, shapes.StrType) and STRUCTURES[name] in READ and "list" not in facts:
            assert part.max_length == facts.get("maxLength")
            assert part.min_length == facts.get("minLength")


def closed_lists() -> Iterator[type[Enum]]:
    for value in vars(values).values():
        if isinstance(value, type) and issubclass(value, Enum) and value.__name__ in FACTS:
            yield value


@pytest.mark.parametrize("found", list(closed_lists()), ids=lambda found: found.__name__)
def test_a_closed_list_has_no_value_that_the_schema_lacks(found: type[Enum]) -> None:
    assert {one.value for one in found} <= set(FACTS[found.__name__]["enum"])


def test_every_difference_is_one() -> None:
    for name, member in DIFFERENCES:
        assert member in members(STRUCTURES[name])


def test_the_headers_of_an_event_are_those_that_were_seen() -> None:
    seen = json.loads((Path(__file__).parents[2] / "vectors/pos/square_webhooks.json").read_text("utf-8"))
    ours = {events.SIGNATURE, events.ENVIRONMENT, events.BEGAN, events.RETRY_NUMBER, events.RETRY_REASON}
    assert ours == seen["headers"].keys() - {"content-type"}


@pytest.mark.parametrize("name", [name for name, one in STRUCTURES.items() if one in READ])
def test_no_member_of_the_schema_is_unknown_where_points_of_sale_send_it(name: str) -> None:
    assert members(STRUCTURES[name]).keys() >= FACTS[name]["members"].keys()
