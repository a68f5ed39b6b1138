"""The flows: one file each, found by being here. A flow is what a person, the network or a power cut can interrupt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from terminal_sim.core.flow import Flow


@cache
def load() -> Mapping[str, Flow]:
    """Every flow of this room by its name, looked for once. Each table is checked when its module is imported."""
    found: dict[str, Flow] = {}
    for module in iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Flow):
                found[value.name] = value
    return MappingProxyType(found)
