"""Devices with other hardware or by newer rules: each is a profile that extends one of the devices, and is run where it is named."""

from __future__ import annotations

import pytest

from terminal_sim import profile as profiles
from terminal_sim.flows import load
from tests.offline.shop import TEXTS, shop


@pytest.mark.parametrize("name", profiles.variants())
def test_a_variant_is_a_right_profile_of_its_own_name(name: str) -> None:
    model = profiles.load(name)
    profiles.check(model, load(), TEXTS)
    assert model.id == name
    assert name not in profiles.names()
    assert name.startswith(tuple(profiles.names()))


@pytest.mark.parametrize("name", profiles.variants())
def test_a_variant_boots_and_lives_through_an_outage(name: str) -> None:
    with shop(name) as at:
        at.terminal.network(False)
        at.terminal.network(True)
        assert at.terminal.view().screen.id == "home"


def test_an_unknown_profile_names_the_nearest_variant_too() -> None:
    with pytest.raises(profiles.ProfileError, match="did you mean 'square-terminal-72h'"):
        profiles.load("square-terminal-27h")
