"""How the protocol writes its names, and the base of its structures."""

from __future__ import annotations

from msgspec import Struct

_CAPITALS = {
    "id": "ID",
    "poi": "POI",
    "poiid": "POIID",
    "ped": "PED",
    "ok": "OK",
    "apdu": "APDU",
    "xhtml": "XHTML",
    "pin": "PIN",
}


def wire_name(name: str) -> str:
    """The name that a member has in JSON: `sale_transaction_id` is `SaleTransactionID`."""
    return "".join(_CAPITALS.get(word, word.capitalize()) for word in name.split("_"))


class Nexo(Struct, frozen=True, kw_only=True, omit_defaults=True, rename=wire_name):
    """A structure of the protocol. Members that are None are left out when it is written; those that are not known are passed over when it is read."""
