"""TOML files read strictly into frozen dataclasses, with errors that name file, line, column, key and cure.

Rules:
1. The class is the only schema: what it does not name is an error, and so is a value of another type.
2. `extends = "name"` starts from `name.toml` beside the file, or from the library; tables are merged, all else replaced.
3. A `ValueError` of a class's `__post_init__` may begin with the field's path relative to the object ("keys.OK: ...").
4. An object is made once a process as long as its files stay what they are: its class is frozen, and nobody changes its tables.
5. The first problem is reported, alone. Positions are looked up only then: a file without a fault pays nothing for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from terminal_sim.core.moment import Duration
from terminal_sim.datafiles.changes import Changes, UnknownOption, changed, parts_of
from terminal_sim.datafiles.hints import hints, plain_hint
from terminal_sim.datafiles.kept import Kept
from terminal_sim.datafiles.positions import KeyPath
from terminal_sim.datafiles.sources import TOML_TYPES, ProfileError, dotted, load_table, located, shown_value
from terminal_sim.datafiles.suggest import suggest

T = TypeVar("T")

_KEPT: Kept[tuple[Path, type, Path | None, str], Any] = Kept()
_DURATION = 'a duration such as "30s" or "2min"'


class _RefusedError(Exception):
    """A fault at a key path; `at_key` points at the key itself and not at its value."""

    def __init__(self, path: KeyPath, what: str, *, at_key: bool = False) -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        self.at_key = at_key


def read(path: Path, cls: type[T], *, library: Path | None = None, changes: Changes | None = None) -> T:
    """The file as an object of `cls`, a dataclass. `library` is where `extends` looks after the file's own folder.

    `changes` are values that go before those of the file, by their dotted keys.
    Raises `ProfileError` for a missing or broken file, an unknown, missing or mistyped key, and a refused value.
    """
    key = path, cls, library, repr(sorted((changes or {}).items()))
    kept: T | None = _KEPT.get(key)
    if kept is not None:
        return kept
    table, sources = load_table(path, library)
    try:
        built: T = _build(cls, changed(table, cls, changes or {}), ())
    except UnknownOption as wrong:
        raise ProfileError(str(wrong)) from None
    except _RefusedError as wrong:
        # A change of the same table may be what a value that the file has is refused for.
        if any(parts_of(key)[:-1] == wrong.path[: key.count(".")] for key in changes or {}):
            raise ProfileError(f"{dotted(wrong.path)}{wrong.what}") from None
        raise located(wrong.path, wrong.what, sources, at_key=wrong.at_key) from None
    files = [source.file for source in sources]
    nearer = [file.parent / base.name for file, base in pairwise(files)]  # where a base would be found first
    _KEPT.keep(key, built, [*files, *nearer])
    return built


def _build(hint: Any, value: Any, path: KeyPath) -> Any:
    hint = plain_hint(hint)
    origin = get_origin(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint, _expect(value, dict, path), path)
    if origin is dict:
        of = get_args(hint)[1]
        return {key: _build(of, item, (*path, key)) for key, item in _expect(value, dict, path).items()}
    if origin is tuple and get_args(hint)[1:] == (...,):
        of = get_args(hint)[0]
        return tuple(_build(of, item, (*path, i)) for i, item in enumerate(_expect(value, list, path)))
    try:
        return msgspec.convert(value, hint, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _RefusedError(path, _mistyped(hint, value, str(error))) from None


def _object(cls: type, table: dict[str, Any], path: KeyPath) -> Any:
    known = hints(cls)
    for key in table:
        if key not in known:
            cure = suggest(key, known) or f"; it knows {', '.join(known)}"
            raise _RefusedError((*path, key), f"unknown key{cure}", at_key=True)
    given = {key: _build(known[key], value, (*path, key)) for key, value in table.items()}
    for f in fields(cls):
        if f.init and f.name not in given and f.default is MISSING and f.default_factory is MISSING:
            raise _RefusedError((*path, f.name), f"missing; add {f.name} = {_example(known[f.name])}")
    try:
        return cls(**given)
    except ValueError as error:
        raise _refused(str(error), known, path) from None


def _refused(text: str, known: Mapping[str, Any], path: KeyPath) -> _RefusedError:
    below, colon, rest = text.partition(": ")
    keys = below.split(".")
    if colon and keys[0] in known:
        return _RefusedError((*path, *keys), rest)
    return _RefusedError(path, text)


def _expect(value: Any, kind: type, path: KeyPath) -> Any:
    if not isinstance(value, kind):
        raise _RefusedError(path, f"{TOML_TYPES[kind]} wanted, got {shown_value(value)}")
    return value


def _decode(hint: type, value: Any) -> Any:
    if hint is Duration and isinstance(value, str):
        return Duration.parse(value)
    raise ValueError(f"{_DURATION} wanted, got {shown_value(value)}")


def _mistyped(hint: Any, value: Any, reported: str) -> str:
    choices = _choices(hint)
    if choices:
        close = suggest(value, [str(c) for c in choices]) if isinstance(value, str) else ""
        return f"{shown_value(value)} is not one of {', '.join(repr(c) for c in choices)}{close}"
    if hint not in TOML_TYPES:
        return reported
    cure = "; put it in quotes" if hint is str and not isinstance(value, list | dict) else ""
    return f"{TOML_TYPES[hint]} wanted, got {shown_value(value)}{cure}"


def _choices(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(member.value for member in hint)
    return ()


def _example(hint: Any) -> str:
    hint = plain_hint(hint)
    choices = _choices(hint)
    if choices:
        return f'"{choices[0]}"' if isinstance(choices[0], str) else str(choices[0])
    if hint is Duration:
        return '"30s"'
    if get_origin(hint) is tuple:
        return "[...]"
    return {str: '"..."', int: "0", bool: "true"}.get(hint, "{ ... }")
