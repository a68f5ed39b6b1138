"""What a profile alone says of the triggers of a flow: which never come on a terminal of it, and by which key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from terminal_sim.bench import Profile

_KEYS = {"up": "UP", "down": "DOWN", "menu": "MENU", "clear": "CLEAR"}
_NEEDED: Mapping[str, tuple[str, Callable[[Profile], bool]]] = {
    **dict.fromkeys(
        ("printed", "out_of_paper", "paper_loaded"), ("printer", lambda one: one.printer is not None)
    ),
    **dict.fromkeys(
        ("card_tapped", "field_on"), ("entries.contactless", lambda one: one.entries.contactless)
    ),
    "card_inserted": ("entries.chip", lambda one: one.entries.chip),
    "card_swiped": ("entries.stripe", lambda one: one.entries.stripe),
    "battery": ("battery", lambda one: one.battery is not None),
    "order_arrived": ("checkout.orders", lambda one: one.checkout is not None and one.checkout.orders),
}


def never_comes(trigger: str, profile: Profile) -> str:
    """The key of the profile by which the trigger never comes, "" where it may."""
    if trigger in _KEYS:
        return "" if profile.keypad.named(_KEYS[trigger]) is not None else "keypad"
    key, has = _NEEDED.get(trigger, ("", lambda _: True))
    return "" if has(profile) else key
