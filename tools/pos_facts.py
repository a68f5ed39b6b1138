"""Read a vendor's public OpenAPI file into the table of facts that tests hold our structures to: names, what is required, closed lists, lengths.

    python tools/pos_facts.py adyen TerminalAPI-v1.json > tests/vectors/pos/adyen_facts.json
    python tools/pos_facts.py square api.json > tests/vectors/pos/square_facts.json

Texts of the vendors are left out: the table has facts only.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# The structures of Square's file that have to do with terminals.
_SQUARE = re.compile(
    r"^((Create|Cancel|Dismiss|Get|Search)?Terminal(Action|Checkout|Refund)s?(Request|Response|Query.*|ActionType)?"
    r"|Device(Code|CodeStatus|CheckoutOptions|Metadata|Status|StatusCategory|Attributes)?|CreateDeviceCode.*|ActionCancelReason"
    r"|Payment|PaymentRefund|PaymentOptions|CardPaymentDetails|Card|Money|Location|TipSettings|Refund(Payment)(Request|Response)"
    r"|OfflinePaymentDetails|Error|ErrorCategory|ErrorCode|WebhookSubscription|(Confirmation|DataCollection|QrCode|Receipt|SaveCard|Select|Signature)Options|SelectOption|SignatureImage)$"
)


def facts(vendor: str, document: Mapping[str, Any]) -> dict[str, Any]:
    """The structures of `document` by name: their required members, and of each member the closed list and lengths that it has."""
    schemas = document.get("components", {}).get("schemas") or document.get("definitions", {})
    wanted = {name: schema for name, schema in schemas.items() if vendor != "square" or _SQUARE.match(name)}
    return {name: _structure(schema, schemas) for name, schema in sorted(wanted.items())}


def _structure(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    if "enum" in schema:
        return {"enum": schema["enum"]}
    if schema.get("type") == "array":
        return {"list": _member(schema["items"], schemas)}
    members = {name: _member(member, schemas) for name, member in schema.get("properties", {}).items()}
    return {"required": sorted(schema.get("required", [])), "members": members}


def _member(member: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    named = member.get("$ref") or next(
        (part["$ref"] for part in member.get("allOf", []) if "$ref" in part), ""
    )
    if named:
        name = named.rsplit("/", 1)[-1]
        target = schemas.get(name, {})
        return {"enum": target["enum"]} if "enum" in target else {"structure": name}
    if member.get("type") == "array":
        return {"list": _member(member["items"], schemas)}
    kept = {
        key: member[key] for key in ("type", "enum", "pattern", "minLength", "maxLength") if key in member
    }
    for vendors, ours in (("x-min-length", "minLength"), ("x-max-length", "maxLength")):
        if vendors in member:
            kept[ours] = member[vendors]
    return kept


def main(arguments: list[str]) -> int:
    """Print the table of the file that the arguments name."""
    if len(arguments) != 2 or arguments[0] not in ("adyen", "square"):
        print(__doc__, file=sys.stderr)
        return 2
    document = json.loads(Path(arguments[1]).read_text("utf-8"))
    print(json.dumps(facts(arguments[0], document), indent=1, sort_keys=True))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
