"""The types of the keys of a data file, as the dataclass says them that the file is read into."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


@cache
def hints(cls: type) -> dict[str, Any]:
    """The types of the fields that the constructor takes."""
    known = get_type_hints(cls)
    return {f.name: known[f.name] for f in fields(cls) if f.init}


def plain_hint(hint: Any) -> Any:
    """`X` for `X | None`: TOML has no null, so a key that is there has a value."""
    if get_origin(hint) in (Union, UnionType):
        left = [arg for arg in get_args(hint) if arg is not NoneType]
        return left[0] if len(left) == 1 else hint
    return hint
