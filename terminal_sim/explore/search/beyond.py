"""What no line of a script brings about, and so no act of the explorer: flows and moves that are missing in no exploration, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench import Profile

OVER_A_NETWORK = (
    "requested-moto",
    "requested-refund",
    "part-refund",
    "pos-confirmation",
    "pos-typed",
    "pos-menu",
    "pos-display",
    "pos-print",
    "acquisition",
)
_ASKED_OVER_A_NETWORK = ("card_requested", "input_requested", "print_requested", "display_requested")
_NETWORK = "a point of sale on a network"
_OF_A_BRAND = "card_is_of_no_taken_brand"  # no line of a script says which brands a till takes
_LEFT_AT_ONCE = ("closed", "returned", "-")  # a flow behind a passcode that was not typed
_HOME = "a passcode that is given up, which leads home"
_NOTICE, _NOTHING_REFUSED = "notice", "menus of which no entry is ever refused"
_CAN_BE_REFUSED = ("standalone", "moto", "unreferenced-refunds")
_OTHER_WAYS = ("present", "select")  # what stands below the prompt for a card
_PASSED: Mapping[str, tuple[str, ...]] = {"reading": ("cancel", "timeout", "request_cancelled")}
_AT_ONCE = "a virtual card, which is read at once"
_SPOKEN_TO = (
    "pad",
    "present",
    "reading",
    "completing",
)  # the states in which frames go to a reader, or begin to
_MISSED_LATER = "a virtual reader, which is missed at the next frame"


def beyond_a_script(
    profile: Profile, flow: str, state: str = "", trigger: str = "", guard: str = "", /
) -> str:
    """Why no exploration of the profile makes a move of the flow from `state` by `trigger`, "" where one may.

    A point of sale that a line of a script asks has payments made with the card that is presented, and refunded as a whole; what it asks besides comes
    over a network. The terminals of an app lose their reader at any moment, all others where they speak to it.
    """
    if flow in OVER_A_NETWORK or trigger in _ASKED_OVER_A_NETWORK or guard == _OF_A_BRAND:
        return _NETWORK
    if (state, trigger, guard) == _LEFT_AT_ONCE:
        return _HOME
    if flow == _NOTICE and not _refuses(profile):
        return _NOTHING_REFUSED
    if (state, trigger) == _OTHER_WAYS and profile.checkout is None:
        return "checkout"
    if trigger in _PASSED.get(state, ()):
        return _AT_ONCE
    if trigger == "reader_lost" and not profile.app and state not in _SPOKEN_TO:
        return _MISSED_LATER
    return ""


def _refuses(profile: Profile) -> bool:
    entries = [*profile.home.entries, *(entry for menu in profile.menus.values() for entry in menu.entries)]
    return any(entry.needs in _CAN_BE_REFUSED for entry in entries)
