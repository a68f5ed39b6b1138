"""What no line of a script brings about, and so no act of the explorer: flows and moves that are missing in no exploration, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.bench import AnyFlow, Profile, flows_of

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
_AT_ONCE = "a virtual card, which is read at once"
_LAST_WORD_LATE = ("completing", "timeout")
_PASSED: Mapping[tuple[str, str], str] = {
    **{("reading", trigger): _AT_ONCE for trigger in ("cancel", "timeout", "request_cancelled")},
    _LAST_WORD_LATE: _AT_ONCE,
    **{
        ("receipt-number", trigger): "a virtual printer, which prints at once"
        for trigger in ("printed", "out_of_paper")
    },
}
"""What comes in a state only while something takes time that takes none here."""
_TILL, _PROMPT, _LEAVING = "pad", "present", "remove-card"
_SPOKEN_TO = (_TILL, _PROMPT, "reading", "completing")  # frames go to a reader there, or begin to
_MISSED_LATER = "a virtual reader, which is missed at the next frame"
_NO_RED_KEY = "a red key, which the screen does not draw"
_WITHOUT_RED_BUTTON = ("approved", "changed", "settled", _TILL)
_ENDED_SO = "may_select_next"
_NO_KERNEL = "an outcome that no kernel ends with"
_STRIPE, _FALLBACK = "entries.stripe", "wants_stripe"
_ANSWERED, _BY_THE_KERNEL = ("host_reply", "host_unreachable"), "kernel_waits"


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
    if (state, trigger) in _PASSED and not (profile.app and (state, trigger) == _LAST_WORD_LATE):
        return _PASSED[state, trigger]  # an app may have lost its reader when the card's last word is due
    if trigger == "reader_lost" and not profile.app and not _is_spoken_to(profile, flow, state):
        return _MISSED_LATER
    if guard == _ENDED_SO:
        return _NO_KERNEL
    if trigger == "cancel" and not _draws_red_key(profile, state):
        return _NO_RED_KEY
    if not profile.entries.stripe and guard == _FALLBACK:
        return _STRIPE
    if trigger in _ANSWERED and guard != _BY_THE_KERNEL and not profile.entries.stripe:
        return _STRIPE if _asks_by_the_kernel(profile, flow, state, trigger) else ""
    return ""


def _is_spoken_to(profile: Profile, flow: str, state: str) -> bool:
    """Whether frames go to a reader in a state: one that a payment was broken off at is missed when its card leaves."""
    return state in _SPOKEN_TO or (state == _LEAVING and _reads_chips(flows_of(profile)[flow]))


def _draws_red_key(profile: Profile, state: str) -> bool:
    """Whether the red key can be pressed in a state: on a keypad that is drawn only where the screen shows it."""
    if profile.keypad.where == "keys" or state not in _WITHOUT_RED_BUTTON:
        return True
    return state == _TILL and any("CANCEL" in row for row in profile.keypad.layout)


def _reads_chips(flow: AnyFlow) -> bool:
    return any(trigger.value == "card_inserted" for _, trigger in flow.plans)


def _asks_by_the_kernel(profile: Profile, flow: str, state: str, trigger: str) -> bool:
    """Whether the kernel of a chip or a tap waits for the answer that comes in the state: of a stripe alone it does not."""
    plans = next(
        (
            plans
            for (at, by), plans in flows_of(profile)[flow].plans.items()
            if (at, by.value) == (state, trigger)
        ),
        (),
    )
    return any(plan.name.endswith(f" {_BY_THE_KERNEL}") for plan in plans)


def _refuses(profile: Profile) -> bool:
    return any(needed in _CAN_BE_REFUSED for _, needed in _entries(profile))


def _entries(profile: Profile) -> list[tuple[str, str]]:
    """The flow that each entry of the home screen and of all menus starts, and what it needs."""
    entries = [*profile.home.entries, *(entry for menu in profile.menus.values() for entry in menu.entries)]
    return [(entry.flow, entry.needs) for entry in entries]
