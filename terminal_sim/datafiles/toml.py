"""TOML files read strictly into frozen dataclasses, with errors that name file, line, column, key and cure.

Rules:
1. The class is the only schema: what it does not name is an error, and so is a value of another type.
2. `extends = "name"` starts from `name.toml` beside the file, or from the library; tables are merged, all else replaced.
3. A `ValueError` of a class's `__post_init__` may begin with the field's path relative to the object ("keys.OK: ...").
4. The first problem is reported, alone. Positions are looked up only then: a file without a fault pays nothing for them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from terminal_sim.core.moment import Duration
from terminal_sim.datafiles.positions import KeyPath, places
from terminal_sim.datafiles.suggest import suggest

T = TypeVar("T")

_DURATION = 'a duration such as "30s" or "2min"'


class ProfileError(Exception):
    """What is wrong in a data file, whose `str` is `file:line:column: key.path: what is wrong; the cure`."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a chain of `extends`."""

    file: Path
    text: bytes


class _RefusedError(Exception):
    """A fault at a key path; `at_key` points at the key itself and not at its value."""

    def __init__(self, path: KeyPath, what: str, *, at_key: bool = False) -> None:
        super().__init__(what)
        self.path = path
        self.what = what
        self.at_key = at_key


def read(path: Path, cls: type[T], *, library: Path | None = None) -> T:
    """The file as an object of `cls`, a dataclass. `library` is where `extends` looks after the file's own folder.

    Raises `ProfileError` for a missing or broken file, an unknown, missing or mistyped key, and a refused value.
    """
    sources: list[SourceFile] = []
    try:
        table = _load(path, library, sources)
        built: T = _build(cls, table, ())
    except _RefusedError as wrong:
        raise located(wrong.path, wrong.what, sources, at_key=wrong.at_key) from None
    return built


def located(path: KeyPath, what: str, sources: list[SourceFile], *, at_key: bool = False) -> ProfileError:
    """The error for `what` at `path`, in the first file of the chain that writes the key, else its nearest table."""
    for shown in (path[:depth] for depth in range(len(path), -1, -1)):
        for source in sources:
            place = places(source.text).get(shown)
            if place is not None:
                line, column = place[0] if at_key or shown != path else place[1]
                return ProfileError(f"{source.file}:{line}:{column}: {dotted(path)}{what}")
    raise LookupError("a file without a document")


def dotted(path: KeyPath) -> str:
    """The path as people write it, with a colon: `home.entries[0].id: `; nothing for the document."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"{text.removeprefix('.')}: " if text else ""


def chain(path: Path, library: Path | None = None) -> list[SourceFile]:
    """The file and all it extends, nearest first."""
    sources: list[SourceFile] = []
    _load(path, library, sources)
    return sources


# --- files ---------------------------------------------------------------------------------------------------------


def _load(path: Path, library: Path | None, sources: list[SourceFile]) -> dict[str, Any]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read: {error.strerror}; check the path") from None
    source = SourceFile(path, text)
    sources.append(source)
    table = _parse(source)
    if "extends" not in table:
        return table
    name = table.pop("extends")
    if not isinstance(name, str):
        raise located(("extends",), f"the name of a file in quotes wanted, got {_shown(name)}", [source])
    base = next((p for p in _candidates(name, path, library) if p.is_file()), None)
    if base is None:
        names = sorted(
            {p.stem for place in _candidates("*", path, library) for p in place.parent.glob("*.toml")}
        )
        raise located(("extends",), f"there is no {name!r}{suggest(name, names)}", [source])
    if any(base.resolve() == seen.file.resolve() for seen in sources):
        raise located(
            ("extends",), f"{name!r} extends this file in turn: a cycle; extend something else", [source]
        )
    return _merged(_load(base, library, sources), table)


def _candidates(name: str, path: Path, library: Path | None) -> list[Path]:
    return [folder / f"{name}.toml" for folder in (path.parent, library) if folder is not None]


def _parse(source: SourceFile) -> dict[str, Any]:
    try:
        return tomllib.loads(source.text.decode())
    except UnicodeDecodeError as error:
        line = source.text.count(b"\n", 0, error.start) + 1
        raise ProfileError(f"{source.file}:{line}:1: not UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", where)
        lines = source.text.decode().splitlines() or [""]
        line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
        written = lines[min(line, len(lines)) - 1]
        # The commonest slip of this trade, which the parser reports as a missing end of line.
        cure = "; a number that starts with 0 needs quotes" if re.search(r"[=\[,]\s*0\d", written) else ""
        raise ProfileError(f"{source.file}:{line}:{column}: broken TOML: {what}{cure}") from None


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(below, dict) and isinstance(value, dict)
        result[key] = _merged(below, value) if both else value  # type: ignore[arg-type]  # both are tables
    return result


# --- values --------------------------------------------------------------------------------------------------------


@cache
def hints(cls: type) -> dict[str, Any]:
    """The types of the fields that the constructor takes."""
    known = get_type_hints(cls)
    return {f.name: known[f.name] for f in fields(cls) if f.init}


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


def plain_hint(hint: Any) -> Any:
    """`X` for `X | None`: TOML has no null, so a key that is there has a value."""
    if get_origin(hint) in (Union, UnionType):
        left = [arg for arg in get_args(hint) if arg is not NoneType]
        return left[0] if len(left) == 1 else hint
    return hint


def _expect(value: Any, kind: type, path: KeyPath) -> Any:
    if not isinstance(value, kind):
        raise _RefusedError(path, f"{_KINDS[kind]} wanted, got {_shown(value)}")
    return value


def _decode(hint: type, value: Any) -> Any:
    if hint is Duration and isinstance(value, str):
        return Duration.parse(value)
    raise ValueError(f"{_DURATION} wanted, got {_shown(value)}")


def _mistyped(hint: Any, value: Any, reported: str) -> str:
    choices = _choices(hint)
    if choices:
        close = suggest(value, [str(c) for c in choices]) if isinstance(value, str) else ""
        return f"{_shown(value)} is not one of {', '.join(repr(c) for c in choices)}{close}"
    if hint not in _KINDS:
        return reported
    cure = "; put it in quotes" if hint is str and not isinstance(value, list | dict) else ""
    return f"{_KINDS[hint]} wanted, got {_shown(value)}{cure}"


def _choices(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Literal:
        return get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(member.value for member in hint)
    return ()


_KINDS: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"the text {value!r}"
    if isinstance(value, list | dict):
        return _KINDS[type(value)]
    return str(value)


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
