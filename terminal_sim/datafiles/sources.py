"""The TOML text of a data file and of all that it extends, and the errors that name a place in them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terminal_sim.datafiles.measure import OutOfMeasure, check_measure
from terminal_sim.datafiles.positions import KeyPath, places
from terminal_sim.datafiles.printable import printable
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.datafiles.text_file import UnreadableFile, text_of

_LONGEST_SHOWN = 200  # characters
LONGEST_CHAIN = 16
"""Files that extend each other; the bundled ones are three."""

TOML_TYPES: dict[Any, str] = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a table",
}


class ProfileError(Exception):
    """What is wrong in a data file, whose `str` is `file:line:column: key.path: what is wrong; the cure`."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a chain of `extends`, with the keys that stand in it before its first table and its tables' first names."""

    file: Path
    text: str
    keys: frozenset[str] = frozenset()


def load_table(path: Path, library: Path | None = None) -> tuple[dict[str, Any], list[SourceFile]]:
    """The table of the file merged over all that it extends, and these files, nearest first. Raises `ProfileError`."""
    sources: list[SourceFile] = []
    return _load(path, library, sources), sources


def located(path: KeyPath, what: str, sources: list[SourceFile], *, at_key: bool = False) -> ProfileError:
    """The error for `what` at `path`, in the first file of the chain that writes the key, else its nearest table."""
    for shown in (path[:depth] for depth in range(len(path), -1, -1)):
        for source in sources:
            place = places(source.text).get(shown)
            if place is not None:
                line, column = place[0] if at_key or shown != path else place[1]
                return ProfileError(printable(f"{source.file}:{line}:{column}: {dotted(path)}{what}"))
    raise LookupError("a file without a document")


def dotted(path: KeyPath) -> str:
    """The path as people write it, with a colon: `home.entries[0].id: `; nothing for the document."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"{text.removeprefix('.')}: " if text else ""


def shown_value(value: Any) -> str:
    """A value of a file as an error message shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return (
            f"the text {value!r}" if len(value) <= _LONGEST_SHOWN else f"a text of {len(value):,} characters"
        )
    if isinstance(value, list | dict):
        return TOML_TYPES[type(value)]
    return str(value)


def _load(path: Path, library: Path | None, sources: list[SourceFile]) -> dict[str, Any]:
    try:
        source = SourceFile(path, text_of(path))
    except UnreadableFile as wrong:
        where = f":{wrong.line}:1" if wrong.line else ": cannot be read"
        raise ProfileError(f"{path}{where}: {wrong}") from None
    table = _parse(source)
    source = SourceFile(path, source.text, frozenset(table))
    sources.append(source)
    if "extends" not in table:
        return table
    name = table.pop("extends")
    if not isinstance(name, str):
        raise located(("extends",), f"the name of a file in quotes wanted, got {shown_value(name)}", [source])
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
    if len(sources) == LONGEST_CHAIN:
        raise located(
            ("extends",),
            f"more than {LONGEST_CHAIN} files that extend each other; merge some of them",
            [source],
        )
    return _merged(_load(base, library, sources), table)


def _candidates(name: str, path: Path, library: Path | None) -> list[Path]:
    return [folder / f"{name}.toml" for folder in (path.parent, library) if folder is not None]


def _parse(source: SourceFile) -> dict[str, Any]:
    text = source.text
    try:
        check_measure(text)
        return tomllib.loads(text)
    except OutOfMeasure as wrong:
        raise ProfileError(f"{source.file}:{wrong.line}:{wrong.column}: out of measure: {wrong}") from None
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        found = re.match(r"line (\d+), column (\d+)", where)
        lines = re.split(r"\r?\n", text.rstrip("\r\n"))
        line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
        written = lines[min(line, len(lines)) - 1]
        # The commonest slip of this trade, which the parser reports as a missing end of line.
        cure = "; a number that starts with 0 needs quotes" if re.search(r"[=\[,]\s*0\d", written) else ""
        raise ProfileError(f"{source.file}:{line}:{column}: broken TOML: {what}{cure}") from None


def _merged(base: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            result[key] = _merged(below, value)
        else:
            result[key] = value
    return result
