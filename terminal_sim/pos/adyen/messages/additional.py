"""`SaleToAcquirerData` and `AdditionalResponse`: key-value text, or a JSON object in base64, and the answer takes the form of the request."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from enum import Enum
from urllib.parse import quote, unquote_plus

import msgspec

from terminal_sim.pos.adyen.messages.responses import written


class DataForm(Enum):
    """How additional data is written."""

    KEY_VALUE = "key-value"
    BASE64_JSON = "base64-json"


class AdditionalDataError(ValueError):
    """`SaleToAcquirerData` is neither key-value text nor a JSON object in base64."""


def read_additional(text: str) -> tuple[DataForm, dict[str, str]]:
    """The members of `text` by their dotted names, all as text. Raises `AdditionalDataError`.

    `{"metadata": {"table": "7"}}` and `metadata.table=7` are the same.
    """
    if not text:
        return DataForm.KEY_VALUE, {}
    decoded = _json_object(text)
    if decoded is not None:
        return DataForm.BASE64_JSON, dict(_flat(decoded))
    members = {}
    for pair in text.split("&"):
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise AdditionalDataError("Expected key=value pairs joined by &, or a JSON object in base64")
        members[unquote_plus(name)] = unquote_plus(value)
    return DataForm.KEY_VALUE, members


def write_additional(form: DataForm, members: Mapping[str, str], store: str = "") -> str:
    """`members` in the given form, sorted by name, percent codes in lower case. Base64 JSON has them under `additionalData`, beside the `store`."""
    if form is DataForm.BASE64_JSON:
        whole: dict[str, object] = {"additionalData": dict(sorted(members.items()))}
        if store:
            whole["store"] = store
        return b64encode(written(whole)).decode()
    named = {**members, **({"store": store} if store else {})}
    return "&".join(f"{name}={percent(value)}" for name, value in sorted(named.items()))


def percent(text: str) -> str:
    """`text` with all but letters, digits and `-._~` as percent codes in lower case, as terminals write it."""
    coded = quote(text, safe="")
    parts = coded.split("%")
    return parts[0] + "".join(f"%{part[:2].lower()}{part[2:]}" for part in parts[1:])


def _json_object(text: str) -> dict[str, object] | None:
    try:
        decoded = msgspec.json.decode(b64decode(text, validate=True))
    except (binascii.Error, ValueError, UnicodeDecodeError, RecursionError):
        return None
    return decoded if isinstance(decoded, dict) else None


def _flat(members: Mapping[str, object], under: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in members.items():
        if isinstance(value, dict):
            found += _flat(value, f"{under}{name}.")
        elif isinstance(value, bool):
            found.append((under + name, str(value).lower()))
        elif value is not None:
            found.append((under + name, value if isinstance(value, str) else written(value).decode()))
    return found
