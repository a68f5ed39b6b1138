"""A profile as TOML for people, with every default written out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import msgspec

from terminal_sim.core.config import Profile
from terminal_sim.core.moment import Duration
from terminal_sim.profile.kernel_file import KernelFile


def explain(profile: Profile) -> str:
    """The profile as TOML with every default written out; what is left as the default carries `# default`."""
    head = [f"# {profile.maker} {profile.name}: {', '.join(sorted(profile.features))}"]
    return "\n".join(head + list(_tables(profile, ()))) + "\n"


def explain_kernel(loaded: KernelFile) -> str:
    """The same for a kernel file."""
    lines = [
        _line(*member) for member in _members(loaded) if member[0] != "applications" and member[1] is not None
    ]
    for one in loaded.applications:
        lines += ["", "[[applications]]", *_tables(one, ("applications",))]
    return "\n".join(lines) + "\n"


def _tables(thing: Any, path: tuple[str, ...]) -> Iterator[str]:
    below: list[tuple[str, Any]] = []
    for name, value, default in _members(thing):
        if value is None:
            continue
        if is_dataclass(value) or isinstance(value, dict):
            below.append((name, value))
        else:
            yield _line(name, value, default)
    for name, value in below:
        inner = (*path, _key(name))
        yield from ("", f"[{'.'.join(inner)}]")
        yield from _tables(value, inner)


def _line(name: str, value: Any, default: bool) -> str:
    return f"{_key(name)} = {toml_value(value)}{'  # default' if default else ''}"


def _members(thing: Any) -> Iterator[tuple[str, Any, bool]]:
    if isinstance(thing, dict):
        yield from ((key, value, False) for key, value in thing.items())
    else:
        for f in fields(thing):
            value = getattr(thing, f.name)
            yield f.name, value, f.default is not MISSING and f.default == value


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else toml_value(name)


def toml_value(value: Any) -> str:
    """The value as a profile has it."""
    if isinstance(value, Duration):
        return f'"{value}"'
    if isinstance(value, tuple):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    if is_dataclass(value):
        inner = (
            f"{_key(n)} = {toml_value(v)}"
            for n, v, default in _members(value)
            if v is not None and not default
        )
        return f"{{ {', '.join(inner)} }}"
    return msgspec.json.encode(value).decode()  # a JSON string, number or boolean is a TOML one
