"""The prompt for a card names the ways that the terminal takes at that moment, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal_sim.core.config import AllowedEntryModes
from tests.contracts.drive import Drive, stock
from tests.offline.shop import DAY, SECOND, Shop, shop, with_rules

ALL, NO_STRIPE = "Tap, swipe or insert card", "Tap or insert card"


def prompted(at: Shop | Drive) -> str:
    """What the line of the prompt says; the screen keeps one id, whatever it says."""
    view = at.terminal.view()
    assert view.screen.id == "present-card"
    return next(item.text for item in view.items if item.id == "present-card")


def asks(at: Shop) -> None:
    for key in ("1", "0", "0", "0", "OK"):
        at.terminal.press(key)


@pytest.mark.parametrize(
    ("chip", "contactless", "stripe", "reads"),
    [
        (True, True, True, ALL),
        (True, True, False, NO_STRIPE),
        (True, False, True, "Swipe or insert card"),
        (False, True, True, "Tap or swipe card"),
        (True, False, False, "Insert card"),
        (False, True, False, "Tap card"),
        (False, False, True, "Swipe card"),
    ],
)
def test_the_prompt_names_the_ways_that_the_terminal_has(
    chip: bool, contactless: bool, stripe: bool, reads: str
) -> None:
    entries = AllowedEntryModes(chip=chip, contactless=contactless, stripe=stripe)
    with Drive(replace(stock("v400m"), entries=entries)) as drive:
        drive.open("sale")
        drive.type("1000")
        assert prompted(drive) == reads


@pytest.mark.parametrize(
    ("device", "online", "offline"),
    [
        ("square-reader", NO_STRIPE, "Insert card"),
        ("square-stand", NO_STRIPE, "Insert card"),
        ("square-register", ALL, "Swipe or insert card"),
        ("square-terminal", ALL, "Swipe or insert card"),
        ("square-register-contactless", ALL, ALL),
        ("v400m-offline", ALL, NO_STRIPE),
    ],
)
@pytest.mark.parametrize("outage", ["network", "service"])
def test_the_prompt_changes_with_an_outage_while_it_is_shown(
    device: str, online: str, offline: str, outage: str
) -> None:
    with shop(device) as at:
        if at.profile.family == "standalone":
            at.terminal.press("OK")
        asks(at)
        assert prompted(at) == online
        getattr(at.terminal, outage)(False)
        assert prompted(at) == offline
        getattr(at.terminal, outage)(True)
        assert prompted(at) == online


def said(at: Shop) -> set[str]:
    return {item.id for item in at.terminal.view().items}


@pytest.mark.parametrize("why_not", ["offline-not-allowed", "not-offline-contactless"])
def test_where_no_way_works_the_screen_says_why_in_place_of_the_prompt(why_not: str) -> None:
    profile = stock("square-terminal")
    if why_not == "offline-not-allowed":
        profile = with_rules("square-terminal", allowed=False)
    else:
        profile = replace(profile, entries=replace(profile.entries, chip=False, stripe=False))
    with shop(profile) as at:
        asks(at)
        at.terminal.network(False)
        assert why_not in said(at)
        assert "present-card" not in said(at)


def test_a_session_that_ends_while_a_card_is_asked_for_takes_the_prompt_away() -> None:
    with shop("square-terminal") as at:
        at.terminal.network(False)
        at.pass_time(DAY - 30 * SECOND)
        asks(at)
        assert "present-card" in said(at)
        at.pass_time(60 * SECOND)
        assert "offline-session-over" in said(at)
        assert "present-card" not in said(at)


def test_a_refund_is_never_taken_offline_and_names_every_way() -> None:
    profile = stock("v400m-offline")
    with Drive(replace(profile, refunds=replace(profile.refunds, unreferenced=True))) as drive:
        drive.terminal.network(False)
        drive.open("refund")
        drive.type(drive.profile.passcodes[drive.profile.refunds.passcode].code)
        drive.type("700")
        assert prompted(drive) == ALL
