"""How bodies and queries are read, and how what is wrong with them is told: the code, and the dotted path of the member."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import msgspec

from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.values import ErrorCode

T = TypeVar("T")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)
_INDEX = re.compile(r"\[[^\]]*\]")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`", re.DOTALL)
_BOUND = re.compile(
    r"Expected `(?P<type>str|array|int)` (?P<length>of length )?(?P<side><=|>=) (?P<bound>\d+)"
)
_EXPECTED = re.compile(r"Expected `(?P<type>\w+)(?: \| null)?`, got")
_TYPES = {
    "array": (ErrorCode.EXPECTED_ARRAY, "an array"),
    "bool": (ErrorCode.EXPECTED_BOOLEAN, "a boolean"),
    "int": (ErrorCode.EXPECTED_INTEGER, "an integer"),
    "object": (ErrorCode.EXPECTED_OBJECT, "an object"),
    "str": (ErrorCode.EXPECTED_STRING, "a string"),
}
_BOUNDS = {
    ("str", "<="): ErrorCode.VALUE_TOO_LONG,
    ("str", ">="): ErrorCode.VALUE_TOO_SHORT,
    ("array", "<="): ErrorCode.ARRAY_LENGTH_TOO_LONG,
    ("array", ">="): ErrorCode.ARRAY_LENGTH_TOO_SHORT,
    ("int", "<="): ErrorCode.VALUE_TOO_HIGH,
    ("int", ">="): ErrorCode.VALUE_TOO_LOW,
}


def parsed(body: bytes) -> Any:
    """The JSON object in `body`. Raises `ServiceRefusal`."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ServiceRefusal(ErrorCode.EXPECTED_JSON_BODY, "The body is no JSON.") from None
    if not isinstance(found, dict):
        raise ServiceRefusal(ErrorCode.EXPECTED_JSON_BODY, "The body is no JSON object.")
    return found


def read(body: bytes, shape: type[T]) -> T:
    """The `shape` in the JSON of `body`. Raises `ServiceRefusal`."""
    parsed(body)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as wrong:
        raise _refusal(str(wrong)) from None


def read_query(query: str, shape: type[T]) -> T:
    """The `shape` in a query of a URL, whose values are texts. Raises `ServiceRefusal`."""
    given: Mapping[str, str] = dict(parse_qsl(query, keep_blank_values=True))
    try:
        return msgspec.convert(given, shape, strict=False)
    except msgspec.ValidationError as wrong:
        refusal = _refusal(str(wrong))
        if refusal.error.code is ErrorCode.UNKNOWN_BODY_PARAMETER:
            raise ServiceRefusal(
                ErrorCode.UNKNOWN_QUERY_PARAMETER, "Unknown query parameter.", refusal.error.field
            ) from None
        raise refusal from None


def _refusal(error: str) -> ServiceRefusal:
    """The sentence of msgspec in the words of the service."""
    found = _PLACE.match(error)
    what, path = (found["what"], found["path"] or "") if found else (error, "")
    place = _INDEX.sub("", path).strip(".")
    if match := _MISSING.match(what):
        return ServiceRefusal(
            ErrorCode.MISSING_REQUIRED_PARAMETER,
            "Missing required parameter.",
            _dotted(place, match["field"]),
        )
    if match := _UNKNOWN.match(what):
        return ServiceRefusal(
            ErrorCode.UNKNOWN_BODY_PARAMETER, "Unknown body parameter.", _dotted(place, match["field"])
        )
    if what.startswith("Invalid enum value"):
        return ServiceRefusal(
            ErrorCode.INVALID_ENUM_VALUE, "The value is none of those that this field may have.", place
        )
    if match := _BOUND.match(what):
        return _out_of_bounds(match, place)
    if match := _EXPECTED.match(what):
        if "got `null`" in what:
            return ServiceRefusal(ErrorCode.MISSING_REQUIRED_PARAMETER, "Missing required parameter.", place)
        code, named = _TYPES[match["type"]]
        return ServiceRefusal(code, f"Expected {named}.", place)
    return ServiceRefusal(ErrorCode.INVALID_VALUE, "The value is none that this field may have.", place)


def _out_of_bounds(match: re.Match[str], place: str) -> ServiceRefusal:
    kind, side, bound = match["type"], match["side"], match["bound"]
    code = _BOUNDS[kind, side]
    if code is ErrorCode.VALUE_TOO_SHORT and bound == "1":
        return ServiceRefusal(ErrorCode.VALUE_EMPTY, "The value must not be empty.", place)
    most = "at most" if side == "<=" else "at least"
    said = f"Must have a length of {most} {bound}." if match["length"] else f"Must be {most} {bound}."
    return ServiceRefusal(code, said, place)


def _dotted(place: str, field: str) -> str:
    return f"{place}.{field}" if place else field
