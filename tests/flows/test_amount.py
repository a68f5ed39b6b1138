"""The amount that is typed: never more than can be charged, never another than was typed, and confirmed by one key."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.core.config import Profile
from terminal_sim.core.screen import Button, Input, Pad
from tests.contracts.drive import Drive, full
from tests.contracts.states import WAYS
from tests.offline.shop import Shop, shop

LIMITS: dict[str, Callable[[Profile], int]] = {
    "sale": lambda profile: profile.limits.max_amount,
    "moto": lambda profile: profile.limits.moto_max_amount,
    "refund": lambda profile: profile.limits.refund_max_amount,
}


def shown(at: Drive | Shop) -> set[str]:
    return {item.id for item in at.terminal.view().items}


def standing(at: Drive | Shop) -> int:
    """What the field shows, in minor units."""
    field = at.terminal.firmware.screen().input
    assert isinstance(field, Input)
    assert not isinstance(field.value, str)
    return field.value.minor


def press(at: Drive | Shop, keys: str) -> None:
    for key in keys:
        at.terminal.press(key)


@pytest.mark.parametrize("flow", LIMITS)
def test_a_digit_too_many_is_refused_at_once_with_the_most_that_can_be_charged(flow: str) -> None:
    with Drive(full("v400m")) as drive:
        WAYS[flow, "amount"](drive)
        press(drive, "123456789012")
        assert standing(drive) == 1234567
        assert 0 < standing(drive) <= LIMITS[flow](drive.profile)
        assert "amount-too-high" in shown(drive)


def test_an_amount_that_lost_a_digit_is_not_confirmed_until_it_was_looked_at() -> None:
    with Drive(full("v400m")) as drive:
        drive.open("sale")
        drive.type("12345678")
        assert drive.at == ("sale", "amount")
        drive.terminal.press("CLEAR")
        assert "amount-too-high" not in shown(drive)
        drive.terminal.press("OK")
        assert drive.at == ("sale", "present")


@given(digits=st.text("0123456789", max_size=14))
def test_the_amount_of_a_checkout_never_stands_above_its_limit(digits: str) -> None:
    with shop("square-terminal") as at:
        press(at, digits)
        assert standing(at) <= at.profile.limits.max_amount
        assert digits.startswith((str(standing(at)), "0")) or not digits


def test_the_limit_of_offline_payments_is_bounded_as_an_amount_is() -> None:
    with shop("square-terminal") as at:
        for target in ("more", "settings", "checkout", "offline-payments", "offline-limit"):
            at.terminal.touch(target)
        press(at, "25000001")
        assert standing(at) <= at.profile.offline.limit_max
        assert "amount-too-high" in shown(at)


@pytest.mark.parametrize(
    "device", ["s1f2", "square-reader", "square-stand", "square-register", "square-terminal"]
)
def test_a_screen_with_a_drawn_pad_has_one_key_that_confirms(device: str) -> None:
    with shop(device) as at:
        if device == "s1f2":
            at.terminal.touch("payment")
        screen = at.terminal.firmware.screen()
        assert any(isinstance(element, Pad) for element in screen.elements)
        assert [e.id for e in screen.elements if isinstance(e, Button) and e.key == "OK"] != []
        assert [item.key for item in at.terminal.view().items].count("OK") == 1
        press(at, "1000")
        assert at.terminal.press("OK")
        assert "present-card" in shown(at)
