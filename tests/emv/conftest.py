from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.keys.derivation import IssuerKeys
from tests.emv.terminal import ISSUER_KEY, Terminal, configuration


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(configuration())


@pytest.fixture
def keys() -> IssuerKeys:
    return IssuerKeys(ISSUER_KEY)


@pytest.fixture
def card(keys: IssuerKeys) -> Callable[[str], VirtualCard]:
    """A card of the catalogue by name."""
    return lambda name: catalogue.load(name, (), keys)
