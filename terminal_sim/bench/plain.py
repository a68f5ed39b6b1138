"""Values of the simulator as plain data for JSON, and back.

| value                          | written as                                                 |
|--------------------------------|------------------------------------------------------------|
| None, bool, int, str           | itself                                                     |
| list                           | an array                                                   |
| anything else                  | `{"is": TAG, "of": ...}`                                   |

A tag is a container (`tuple`, `dict`, `set`), `bytes` (hexadecimal), `datetime`, `secret`, or `MODULE:CLASS` of an enum, a
dataclass, a struct or a number of the rooms below. No other class is made from data, whatever the data says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from importlib import import_module

from msgspec import Struct

from terminal_sim.growing_list import GrowingList
from terminal_sim.secret import Secret

Plain = None | bool | int | str | list["Plain"] | dict[str, "Plain"]

_ROOMS = ("bench", "runtime", "readers", "cards", "host", "flows", "core", "emv")


class NotPlain(Exception):
    """The data is no value that `encoded` wrote, or the value is none that it knows; the text says which."""


@cache
def _class(tag: str) -> Callable[..., object] | None:
    """The class that a tag names; None where it names none whose values are data."""
    module, _, name = tag.partition(":")
    if module.partition(".")[0] not in _ROOMS:
        return None
    try:
        found = getattr(import_module(f"terminal_sim.{module}"), name, None)
    except ImportError:
        return None
    is_plain = isinstance(found, type) and (is_dataclass(found) or issubclass(found, Struct | Enum | int))
    return found if is_plain else None


def encoded(value: object) -> Plain:
    """`value` as plain data. Raises `NotPlain` where it, or something in it, is of a class that is not listed."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [encoded(one) for one in value]
    if isinstance(value, Enum):
        return _tagged(_name(value), encoded(value.value))
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return int(value) if type(value) is int else _tagged(_name(value), int(value))
    if isinstance(value, bytes):
        return _tagged("bytes", value.hex())
    if isinstance(value, tuple | GrowingList):
        return _tagged("tuple", [encoded(one) for one in value])
    if isinstance(value, AbstractSet):
        return _tagged("set", sorted((encoded(one) for one in value), key=repr))
    if isinstance(value, Mapping):
        return _tagged("dict", [[encoded(key), encoded(one)] for key, one in value.items()])
    if isinstance(value, datetime):
        return _tagged("datetime", value.isoformat())
    if isinstance(value, Secret):
        return _tagged("secret", encoded(value.reveal()))
    if isinstance(value, Struct):
        return _tagged(
            _name(value), {name: encoded(getattr(value, name)) for name in value.__struct_fields__}
        )
    if is_dataclass(value) and not isinstance(value, type):
        kept = {field.name: encoded(getattr(value, field.name)) for field in fields(value) if field.init}
        return _tagged(_name(value), kept)
    raise NotPlain(f"a saved state holds no {type(value).__name__}")


def decoded(plain: object) -> object:
    """The value of plain data. Raises `NotPlain` for data that `encoded` did not write."""
    try:
        return _decoded(plain)
    except (TypeError, ValueError) as wrong:
        raise NotPlain(str(wrong)) from None


def _decoded(plain: object) -> object:
    if plain is None or isinstance(plain, bool | int | str):
        return plain
    if isinstance(plain, list):
        return [_decoded(one) for one in plain]
    match plain:
        case {"is": "bytes", "of": str(text)}:
            return bytes.fromhex(text)
        case {"is": "tuple", "of": list(items)}:
            return tuple(_decoded(one) for one in items)
        case {"is": "set", "of": list(items)}:
            return frozenset(_decoded(one) for one in items)
        case {"is": "dict", "of": list(pairs)}:
            return {_decoded(key): _decoded(one) for key, one in pairs}
        case {"is": "datetime", "of": str(text)}:
            return datetime.fromisoformat(text)
        case {"is": "secret", "of": of}:
            return _secret(_decoded(of))
        case {"is": str(tag), "of": of} if (make := _class(tag)) is not None:
            if isinstance(of, dict) and "is" not in of:
                return make(**{str(field): _decoded(one) for field, one in of.items()})
            return make(_decoded(of))
    raise NotPlain(f"{str(plain)[:60]!r} is no value of a saved state")


def _secret(value: object) -> Secret[str] | Secret[bytes]:
    if isinstance(value, str):
        return Secret(value)
    if isinstance(value, bytes):
        return Secret(value)
    raise NotPlain("a secret is text or bytes")


def _tagged(tag: str, of: Plain) -> Plain:
    return {"is": tag, "of": of}


def _name(value: object) -> str:
    made_by = type(value)
    tag = f"{made_by.__module__.removeprefix('terminal_sim.')}:{made_by.__qualname__}"
    if _class(tag) is not made_by:
        raise NotPlain(f"a saved state holds no {made_by.__name__}")
    return tag
