"""The flows: one file each, found by being here. A flow is what a person, the network or a power cut can interrupt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from terminal_sim.core import own_flows
from terminal_sim.core.flow import AnyFlow, Flow


@cache
def load() -> Mapping[str, AnyFlow]:
    """Every flow of this room by its name, looked for once.

    Each table is checked when its module is imported, and that the terminal's own flows are there when all are.
    """
    found: dict[str, AnyFlow] = {}
    for module in iter_modules(__path__):
        for value in vars(import_module(f"{__name__}.{module.name}")).values():
            if isinstance(value, Flow):
                found[value.name] = value
    own_flows.check(found)
    return MappingProxyType(found)
