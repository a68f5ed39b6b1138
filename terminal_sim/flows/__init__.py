"""The flows: one file each, found by being here. A flow is what a person, the network or a power cut can interrupt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from terminal_sim.core import own_flows
from terminal_sim.core.config import Profile
from terminal_sim.core.environment import shows
from terminal_sim.core.flow import AnyFlow, Flow
from terminal_sim.core.own_flows import OwnFlow


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


def of(profile: Profile) -> Mapping[str, AnyFlow]:
    """The flows that a terminal of this profile can come to: from its home screen, its menus, its boot, and on from these."""
    entries = [*profile.home.entries, *(entry for menu in profile.menus.values() for entry in menu.entries)]
    menu = [OwnFlow.MENU] if profile.menus else []
    settle = [OwnFlow.SETTLE] if profile.settlement.time_of_day is not None else []
    ahead = [
        profile.home.flow,
        *(entry.flow for entry in entries if entry.flow and shows(profile, entry)),
        *menu,
        *settle,
        OwnFlow.NOTICE,
        OwnFlow.RECOVERY,
        OwnFlow.TAMPERED,
    ]
    found: dict[str, AnyFlow] = {}
    for name in ahead:
        flow = load()[name]
        if flow.name not in found and (not flow.needs or flow.needs in profile.features):
            found[flow.name] = flow
            ahead += flow.starts
    return MappingProxyType(found)
