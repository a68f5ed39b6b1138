"""The JSON Schema of a profile, with which an editor completes and checks the file while it is written."""

from __future__ import annotations

from dataclasses import MISSING, Field, field, fields, is_dataclass, make_dataclass
from functools import cache
from typing import Annotated, Any, Optional, get_args, get_origin

import msgspec

from terminal_sim.core.config import Profile
from terminal_sim.core.moment import Duration
from terminal_sim.datafiles.hints import hints, plain_hint
from terminal_sim.profile.kernel_file import KernelFile


def kernel_schema() -> dict[str, Any]:
    """The JSON Schema of a kernel file."""
    return schema(KernelFile)


def schema(cls: type = Profile) -> dict[str, Any]:
    """The JSON Schema of a file of `cls`: closed objects, class docstrings as descriptions, durations as text.

    No key is required in it, for `extends` may bring it; `profiles check` reports what is missing.
    """
    made = msgspec.json.schema(_mirror(cls))
    for definition in made["$defs"].values():
        if "properties" in definition:
            definition["additionalProperties"] = False
            # Never a false alarm: a file that extends another one need not repeat what that one says.
            definition.pop("required", None)
    root = made["$defs"][cls.__name__]
    root["properties"]["extends"] = {
        "type": "string",
        "description": "The file to start from, without .toml.",
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


_DURATION = Annotated[
    str, msgspec.Meta(pattern=r"^(\d+(us|ms|s|min|h|d))+$", description="500ms, 5s, 2min, 24h or 1d")
]


@cache
def _mirror(cls: type) -> type:
    """The same class with durations as the text they are written as, for `msgspec` cannot describe `Duration`."""
    members = [(f.name, _mirrored(hints(cls)[f.name]), _default(f)) for f in fields(cls) if f.init]
    return make_dataclass(cls.__name__, members, kw_only=True, namespace={"__doc__": cls.__doc__})


def _default(f: Field[Any]) -> Any:
    if f.default is MISSING and f.default_factory is MISSING:
        return field()
    if f.default is MISSING or is_dataclass(f.default):
        return field(default_factory=dict)  # optional; what it holds has defaults of its own
    return field(default=str(f.default) if isinstance(f.default, Duration) else f.default)


def _mirrored(hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Duration:
        return _DURATION
    if isinstance(hint, type) and is_dataclass(hint):
        return _mirror(hint)
    if origin in (dict, tuple):
        return origin[tuple(a if a is ... else _mirrored(a) for a in arguments)]
    if plain_hint(hint) is not hint:
        return Optional[_mirrored(plain_hint(hint))]  # noqa: UP045 - built at run time
    return hint
