"""Which acts can make a trigger of the flows' tables."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from terminal_sim.explore.search.act import PRESS, PRESS_BLINDLY, TAP, WAIT, Act, is_digits

_KEYS = {"confirm": "OK", "cancel": "CANCEL", "clear": "CLEAR", "up": "UP", "down": "DOWN", "menu": "MENU"}
_CARD: tuple[Act, ...] = (("insert",), ("tap-card",), ("swipe",))
_LINK: tuple[Act, ...] = (("network",), ("service",))
_ANSWER: tuple[Act, ...] = (*_CARD, ("host",), (PRESS, "OK"), *_LINK, (WAIT,))
_MADE_BY: Mapping[str, tuple[Act, ...]] = {
    "select": ((TAP,),),
    "confirm": ((TAP,),),
    "cancel": ((TAP,),),
    "card_inserted": (("insert",),),
    "card_swiped": (("swipe",),),
    "card_tapped": (("tap-card",),),
    "card_removed": (("remove",), ("tear",), ("fault", "card-torn"), ("fault", "card-answer-lost")),
    "kernel_prompt": (*_CARD, ("host", "sends"), (WAIT,)),
    "kernel_message": (*_CARD, (WAIT,)),
    "kernel_outcome": (*_CARD, (PRESS, "OK"), ("tear",), ("fault",), (WAIT,)),
    "field_on": (("tap-card",), (WAIT,)),
    "host_reply": _ANSWER,
    "host_unreachable": (*_LINK, *_CARD, (PRESS, "OK"), (WAIT,)),
    "resolved": ((WAIT,), *_LINK, ("host",)),
    "unresolved": ((WAIT,), *_LINK, ("host",)),
    "timeout": ((WAIT,),),
    "network_lost": (("network", "down"),),
    "network_restored": (("network", "up"),),
    "service_lost": (("service", "down"),),
    "service_restored": (("service", "up"),),
    "printed": ((PRESS, "OK"), (TAP,), (WAIT,)),
    "out_of_paper": (("paper", "out"), ("fault", "printer-jam"), (PRESS, "OK"), (TAP,)),
    "paper_loaded": (("paper", "in"),),
    "reader_lost": (("fault", "reader-link", "down"), ("fault", "wire"), ("fault", "app", "closed")),
    "reader_found": (("fault", "reader-link", "up"), ("fault", "wire-mend"), ("fault", "app", "open")),
    "battery": (("battery",),),
    "power_off": (("power", "off"),),
    "payment_requested": (("pos", "sale"),),
    "refund_requested": (("pos", "refund"),),
    "request_cancelled": (("pos", "cancel"),),
    "order_arrived": (("order",),),
    "returned": ((PRESS, "OK"), (PRESS, "CANCEL"), (TAP,), (WAIT,)),
}
"""The first words of acts, by the trigger that they can make at once or in a moment. Of a press counts each of its keys."""


@lru_cache(maxsize=1 << 14)
def makes_one_of(act: Act, triggers: frozenset[str]) -> bool:
    """Whether the act can make one of the triggers."""
    return any(makes(act, each) for each in triggers)


def makes(act: Act, trigger: str) -> bool:
    """Whether the act can make the trigger."""
    if act[0] in (PRESS, PRESS_BLINDLY):
        return _presses(act, trigger) or any(
            one[0] == PRESS and one[1] in act[1:] for one in _MADE_BY.get(trigger, ())
        )
    return any(act[: len(one)] == one for one in _MADE_BY.get(trigger, ()))


def _presses(act: Act, trigger: str) -> bool:
    if trigger == "digit":
        return any(map(is_digits, act[1:]))
    if trigger == "function":
        return not any(word in _KEYS.values() or is_digits(word) for word in act[1:])
    return _KEYS.get(trigger, "") in act[1:]
