"""The options of a profile: everything that it says, by dotted keys, as `with` sets them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from terminal_sim.core.config import Profile
from terminal_sim.core.config.meanings import MEANINGS
from terminal_sim.core.moment import Duration
from terminal_sim.profile.explain import toml_value
from terminal_sim.profile.load import IDENTITY


@dataclass(frozen=True, slots=True)
class Option:
    """`value` is written as `with` takes it; it is "" where the profile says nothing."""

    key: str
    value: str
    meaning: str


def options(profile: Profile) -> list[Option]:
    """Every option in the order of the classes, those of a table below its name."""
    return [option for option in _options(profile, "") if option.key not in IDENTITY]


def _options(config: Any, before: str) -> Iterator[Option]:
    for field in fields(config):
        value, key = getattr(config, field.name), f"{before}{field.name}"
        if is_dataclass(value):
            yield from _options(value, f"{key}.")
        elif isinstance(value, dict) and any(map(is_dataclass, value.values())):
            for name, one in value.items():
                yield from _options(one, f"{key}.{name}.")
        elif isinstance(value, dict):
            pairs = ", ".join(f"{name} = {toml_value(one)}" for name, one in value.items())
            yield Option(key, f"{{ {pairs} }}" if pairs else "{}", MEANINGS[type(config)][field.name])
        else:
            yield Option(key, _shown(value), MEANINGS[type(config)][field.name])


def _shown(value: Any) -> str:
    """As `with` takes it: a text and a duration need no quotation marks."""
    if value is None:
        return ""
    return str(value) if isinstance(value, (str, Duration)) else toml_value(value)
