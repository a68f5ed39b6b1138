"""A way of paying that was chosen keeps its own rule until its card is read: Clearpay comes in as a contactless card, and is never taken offline."""

from __future__ import annotations

import pytest

from terminal_sim import profile as profiles
from terminal_sim.core import events as ev
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Event
from terminal_sim.core.moment import Instant
from terminal_sim.core.terminal import Terminal
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.flows import load
from tests.core.fuzz import CARD, keys

PROFILE = profiles.load("square-terminal", {"offline.allowed": True, "offline.entries.contactless": True})
ONLINE = ev.KernelAsked(GoOnline(card=CARD, icc_data=b"", verified=True))


def after(*events: Event) -> Terminal:
    """The terminal a second after each of these."""
    terminal = Terminal("till", PROFILE, load(), DurableState.of(()), PROFILE.languages[0])
    for number, event in enumerate((ev.PoweredOn(), *events)):
        terminal.handle(event, Instant(number * 1_000_000, number * 1_000_000))
    return terminal


@pytest.mark.parametrize("lost", [ev.NetworkChanged(False, ""), ev.ServiceChanged(False)])
@pytest.mark.parametrize(
    ("chosen", "ends"), [((), "accepted-offline"), ((ev.Touched("clearpay"),), "not-offline-clearpay")]
)
def test_a_card_that_is_being_read_when_an_outage_begins_is_taken_as_its_way_is(
    lost: Event, chosen: tuple[Event, ...], ends: str
) -> None:
    terminal = after(*keys("1000", "OK"), *chosen, ev.CardTapped())
    assert terminal.stack[-1].state == "reading"
    terminal = after(*keys("1000", "OK"), *chosen, ev.CardTapped(), lost, ONLINE)
    assert terminal.screen().id == ends
    assert bool(terminal.durable.stored) == (ends == "accepted-offline")
