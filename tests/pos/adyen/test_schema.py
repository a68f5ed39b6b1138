"""Our structures hold to the facts of the vendor's public schema; where recordings of terminals differ, the table says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect as shapes

from terminal_sim.pos.adyen.messages import common, requests, responses
from terminal_sim.pos.adyen.messages.naming import Nexo
from terminal_sim.pos.adyen.wire.seal import Trailer
from tests.pos.vectors import vectors

FACTS: dict[str, Any] = vectors("adyen_facts")

# Our name of a structure, where it is another than the schema's.
NAMES = {
    "TransactionId": "TransactionIDType",
    "OriginalPoiTransaction": "OriginalPOITransaction",
    "PoiData": "POIData",
    "PoiStatus": "POIStatus",
    "PoiSystemData": "POISystemData",
    "Trailer": "SecurityTrailer",
}
# Structures that stand for several of the schema, or for none.
OURS = {"UnservedRequest", "UnservedResponse"}
# Members that the schema does not have, or whose form differs, each with the reason.
DIFFERENCES = {
    (
        "OutputBarcode",
        "BarcodeType",
    ): "the vendor's documents and libraries send it; the schema has forgotten it",
    ("PrintOutput", "ResponseMode"): "a text: every mode is taken, and only PrintEnd waits",
    ("Input", "DigitInput"): "text, since a number would lose leading zeros",
    ("PaymentResponse", "SaleData"): "absent where a request was too malformed to have any (recorded)",
    ("PaymentResponse", "POIData"): "absent where nothing was begun (recorded)",
    ("CardAcquisitionResponse", "SaleData"): "as of a payment",
    ("CardAcquisitionResponse", "POIData"): "as of a payment",
    ("SensitiveCardData", "CardSeqNumb"): "terminals send text (recorded)",
    ("SensitiveCardData", "ExpiryDate"): "terminals send text (recorded)",
    ("CardData", "CardCountryCode"): "terminals send text (recorded)",
    ("POIData", "POIReconciliationID"): "terminals send text (recorded)",
    ("GetTotalsResponse", "POIReconciliationID"): "terminals send text (recorded)",
    ("ReconciliationResponse", "POIReconciliationID"): "terminals send text (recorded)",
    ("HostStatus", "AcquirerID"): "terminals send text (recorded)",
    ("PaymentAcquirerData", "AcquirerID"): "terminals send text (recorded)",
    ("OriginalPOITransaction", "AcquirerID"): "terminals send text (recorded)",
}


def structures() -> Iterator[type[msgspec.Struct]]:
    yield Trailer
    for module in (common, requests, responses):
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Nexo) and value is not Nexo:
                yield value


STRUCTURES = {
    NAMES.get(name, name): found
    for found in structures()
    if (name := found.__name__.removeprefix("Nexo")) not in OURS
}


def members(structure: type[msgspec.Struct]) -> dict[str, shapes.Field]:
    described = shapes.type_info(structure)
    assert isinstance(described, shapes.StructType)
    return {field.encode_name: field for field in described.fields}


def closed_list(described: shapes.Type) -> set[str]:
    """The values of a member that is of a closed list, or a list of such."""
    if isinstance(described, shapes.UnionType):
        return set().union(*(closed_list(part) for part in described.types))
    if isinstance(described, shapes.ListType):
        return closed_list(described.item_type)
    if isinstance(described, shapes.EnumType):
        return {str(value.value) for value in described.cls}
    return set()


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_structure_has_the_names_and_the_requirements_of_the_schema(name: str) -> None:
    facts, ours = FACTS[name], members(STRUCTURES[name])
    for member, field in ours.items():
        if member not in facts["members"]:
            assert (name, member) in DIFFERENCES, f"{name}.{member} is not in the schema"
            continue
        if (name, member) in DIFFERENCES:
            continue
        assert field.required == (member in facts["required"]), f"{name}.{member}"
    for member in facts["required"]:
        assert member in ours or (name, member) in DIFFERENCES, f"{name} lacks {member}"


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_closed_list_has_no_value_that_the_schema_lacks(name: str) -> None:
    for member, field in members(STRUCTURES[name]).items():
        values, facts = closed_list(field.type), FACTS[name]["members"].get(member, {})
        if values and (name, member) not in DIFFERENCES:
            named = FACTS.get(facts.get("structure", ""), {}).get("list", {})
            known = facts.get("enum") or facts.get("list", {}).get("enum") or named.get("enum")
            assert known is not None, f"{name}.{member} is no closed list of the schema"
            assert values <= set(known), f"{name}.{member}"


def test_every_difference_is_one() -> None:
    for name, member in DIFFERENCES:
        assert member in members(STRUCTURES[name])
