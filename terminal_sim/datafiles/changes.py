"""Values of a data file that are said elsewhere, by dotted keys: `offline.allowed=true`. They go through the checks of the file itself."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from terminal_sim.core.moment import Duration
from terminal_sim.datafiles.hints import hints, plain_hint
from terminal_sim.datafiles.measure import OutOfMeasure, check_measure
from terminal_sim.datafiles.suggest import suggest

Changes = Mapping[str, object]
KeyParts = tuple[str, ...]


class UnknownOption(ValueError):
    """A dotted key that a class does not have: one sentence with the nearest right one."""


def changed(table: Mapping[str, Any], cls: type, changes: Changes) -> dict[str, Any]:
    """The table with each change in it. A text is read as TOML where the key wants no text. Raises `UnknownOption`."""
    result = dict(table)
    for key, value in changes.items():
        result = _with(result, cls, parts_of(key), _read(value, _hint(cls, key)))
    return result


def parts_of(key: str) -> KeyParts:
    return tuple(key.split("."))


def _with(table: Mapping[str, Any], hint: Any, parts: KeyParts, value: Any) -> dict[str, Any]:
    """The table with the value in it. What a file leaves out is as the class has it, and stays so beside the value."""
    first, *rest = parts
    if not rest:
        return {**table, first: value}
    below = table.get(first)
    inner: Any = None
    if is_dataclass(hint):
        inner = plain_hint(hints(hint)[first]) if isinstance(hint, type) else None
        default = next(one.default for one in fields(hint) if one.name == first)
        below = _table(default) if below is None and is_dataclass(default) else below
    elif get_origin(hint) is dict:
        inner = plain_hint(get_args(hint)[1])
    return {**table, first: _with(below if isinstance(below, dict) else {}, inner, tuple(rest), value)}


def _table(thing: Any) -> Any:
    """A value of a class as a file would have it."""
    if is_dataclass(thing):
        members = ((one.name, getattr(thing, one.name)) for one in fields(thing) if one.init)
        return {name: _table(value) for name, value in members if value is not None}
    if isinstance(thing, dict):
        return {name: _table(value) for name, value in thing.items()}
    if isinstance(thing, tuple):
        return [_table(value) for value in thing]
    return str(thing) if isinstance(thing, Duration) else thing


def _hint(cls: type, key: str) -> Any:
    """The type of the value at a dotted key."""
    hint: Any = cls
    parts = parts_of(key)
    for at, part in enumerate(parts):
        hint = plain_hint(hint)
        if isinstance(hint, type) and is_dataclass(hint):
            known = hints(hint)
            if part not in known:
                before = "".join(f"{one}." for one in parts[:at])
                names = [before + name for name in known]
                raise UnknownOption(
                    f"there is no option {key!r}{suggest(before + part, names) or _listing(names)}"
                )
            hint = known[part]
        elif get_origin(hint) is dict:
            hint = get_args(hint)[1]
        else:
            raise UnknownOption(
                f"there is no option {key!r}: {'.'.join(parts[:at])} is a value and has no parts"
            )
    return plain_hint(hint)


def _listing(names: list[str]) -> str:
    return f": there are {', '.join(names)}"


def _read(value: object, hint: Any) -> object:
    """A text as the value that TOML makes of it, itself where a text is wanted or TOML makes nothing of it."""
    if isinstance(value, Duration):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, str) or _is_text(hint):
        return value
    document = f"value = {value}"
    try:
        check_measure(document)
        made = tomllib.loads(document)
    except (tomllib.TOMLDecodeError, OutOfMeasure):
        return value
    return made["value"] if len(made) == 1 else value


def _is_text(hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return all(isinstance(choice, str) for choice in get_args(hint))
    return isinstance(hint, type) and issubclass(hint, (str, Duration, Enum))
