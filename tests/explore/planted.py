"""Bugs that are planted into the firmware one at a time: small named patches, each what a person might really have got wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from terminal_sim.flows.passcode import PasscodeFlow

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """`what` is wrong, on which `profile`; `patch` makes it so, and `options` are set besides."""

    what: str
    profile: str
    patch: Plant = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


def _lock_is_short(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PasscodeFlow, "locked_for", lambda _: 0)


BUGS = (PlantedBug("the lock of a passcode locks nothing", "v400m", _lock_is_short),)
