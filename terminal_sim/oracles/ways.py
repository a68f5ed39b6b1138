"""Rules of the ways between screens: what leads back, what leads home, and which ways of paying are offered."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Profile, Role, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, has, ids, screen_id
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD

_LISTS = ("history", "transactions")
_BACK = {
    "transaction": _LISTS,
    "receipts": ("transaction",),
    "filter": ("transactions",),
    "offline-limit": ("offline-payments",),
    "receipt-number": ("approved", "accepted-offline"),
    "orders": ("home",),
    "status": ("home",),
}
_RESTS = ("home", "signed-out", "tampered", "app-closed", "out-of-service", "checking-last")
_LEFT_FOR_HOME = ("history", "transactions", "transaction", "receipts", "filter", "offline-payments", "offline-limit", "passcode",
                  "new-passcode", "repeat-passcode", "sign-out", "switch-pos", "factory-reset", "delete-app")  # fmt: skip
_BUSY = ("processing", "enter-pin", "choose-application", "avs-result", "present-again")
_GIVEN_UP = (
    *ASKS_FOR_CARD,
    "card-number",
    "expiry",
    "cvc",
    "postal-code",
    "street-number",
    "enter-pin",
    "choose-application",
)
_WAYS = ("manual-entry", "gift-card", "clearpay")
_NAMES = {
    "present-card": ("chip", "contactless", "stripe"),
    "present-card-tap-insert": ("chip", "contactless"),
    "present-card-swipe-insert": ("chip", "stripe"),
    "present-card-tap-swipe": ("contactless", "stripe"),
    "present-card-insert": ("chip",),
    "present-card-tap": ("contactless",),
    "present-card-swipe": ("stripe",),
}
"""The ways in which a card comes in that each wording of the screen that asks for one names."""
_OPENS = {"manual-entry": "card-number", "gift-card": "card-number", "clearpay": "clearpay-tap"}


_OPENED = {
    **{flow: flow for flow in ("sign-out", "switch-pos", "factory-reset", "delete-app", "batch-report")},
    "offline-payments": "offline-settings",
}
"""The flow of each screen that a menu opens and that the red key leaves for it."""


def _opened_from(profile: Profile, flow: str) -> tuple[str, ...]:
    """The screens of the menus that have a flow."""
    return tuple(
        f"menu-{name}"
        for name, menu in profile.menus.items()
        if flow and any(one.flow == flow for one in menu.entries)
    )


@oracle(
    "R-way-1",
    "the red key of a list, a setting or a number leads one screen back",
    contents.KeyPress,
    contents.Touch,
    left=(*_BACK, *_OPENED),
)
def back(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen = screen_id(seen.before)
    wanted = _BACK.get(screen) or _opened_from(facts.profile, _OPENED.get(screen, ""))
    if (
        wanted
        and seen.key == "CANCEL"
        and seen.is_on
        and screen_id(seen.after) not in wanted
        and not seen.ignored
    ):
        yield f"{screen_id(seen.before)} was left for {screen_id(seen.after)}, and not for {wanted[0]}"


@oracle(
    "R-way-2",
    "a menu, a list or a passcode that nobody touches any more gives way to the home screen",
    contents.TimePassed,
    left=(*_LEFT_FOR_HOME, "menu-*"),
)
def home(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen = screen_id(seen.before)
    if (
        "state" not in seen.dues
        or not seen.is_on
        or not (screen in _LEFT_FOR_HOME or screen.startswith("menu-"))
    ):
        return
    if screen_id(seen.after) not in _RESTS:
        yield f"{screen} has timed out, and {screen_id(seen.after)} stands there"


@oracle("R-way-3", "no tab is in reach while a payment is on its way", contents.ScreenShown)
def busy(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for view in seen.screens:
        if view.screen.id in _BUSY and ids(view, Role.TAB):
            yield f"{view.screen.id} has tabs"


def offered(profile: Profile) -> list[str]:
    """The ways of paying that need no card in the reader, as the profile has them."""
    checkout = profile.checkout
    if checkout is None:
        return []
    there = (checkout.manual_entry, checkout.gift_card, checkout.clearpay and profile.entries.contactless)
    return [way for way, has_it in zip(_WAYS, there, strict=True) if has_it]


@oracle(
    "R-way-4",
    "the screen that asks for a card offers the ways of paying that the profile has",
    contents.ScreenShown,
    shows=ASKS_FOR_CARD,
)
def ways(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) not in ASKS_FOR_CARD:
        return
    shown = [one for one in ids(seen.after, Role.CHOICE) if one in _WAYS]
    wanted = offered(facts.profile) if screen_id(seen.after) == "present-card" else []
    if shown != wanted:
        yield f"it offers {', '.join(shown) or 'none'}, and not {', '.join(wanted) or 'none'}"


@oracle(
    "R-way-5",
    "a way of paying that is touched opens, but where payments are kept none does without the acquirer",
    contents.Touch,
    left=("present-card",),
)
def chosen(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) != "present-card" or seen.target not in _WAYS or not seen.is_on:
        return
    too_high = seen.target == "manual-entry" and has(seen.after, "amount-too-high")
    if too_high and (facts.asked or 0) <= facts.profile.limits.moto_max_amount:
        yield f"{facts.asked} is refused, and a payment without the card goes up to {facts.profile.limits.moto_max_amount}"
    opens = facts.outage is None or not facts.profile.offline.enabled
    if opens and not too_high and screen_id(seen.after) != _OPENS[seen.target]:
        yield f"{seen.target} was touched, and {screen_id(seen.after)} stands there"
    elif not opens and seen.around.outage and seen.came_to:
        yield f"{seen.target} was touched without the acquirer, and {seen.came_to} opened"


@oracle(
    "R-reader-5",
    "a tap that an outage forbids is not read: the screen says so, and the payment waits on",
    contents.Act,
    left=ASKS_FOR_CARD,
)
def not_tapped(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rules, outage, screen = facts.profile.offline, facts.outage, screen_id(seen.before)
    known = outage is not None and outage.reason == seen.around.outage and rules.enabled
    if not seen.line.startswith("tap-card") or not known or rules.entries.contactless or not seen.is_on:
        return
    if screen not in ASKS_FOR_CARD or not seen.around.reader or seen.around != seen.around_before:
        return
    if facts.flow != "charge" or facts.asked_by_till or facts.line_disturbed:
        return
    if seen.came_to:
        yield f"{seen.line} on {screen} led to {seen.came_to}"
    elif (
        facts.allowed and facts.session_left(seen.shown_at) and not has(seen.after, "not-offline-contactless")
    ):
        yield f"{seen.line} on {screen}, and the screen does not say that it is not taken"


@oracle(
    "R-way-6",
    "the page of the service's state is in reach while the acquirer is not",
    contents.ScreenShown,
    shows=("home",),
)
def status(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        screen_id(seen.after) != "home"
        or facts.profile.home.style != "tabs"
        or not facts.profile.offline.enabled
    ):
        return
    if has(seen.after, "status") != bool(seen.around.outage):
        yield f"the acquirer is {'out of' if seen.around.outage else 'in'} reach, and the page is {'not ' if seen.around.outage else ''}offered"


@oracle(
    "R-way-7",
    "a result says that a payment was cancelled where somebody cancelled it, and that it timed out where nobody did anything",
    contents.ScreenShown,
    shows=("timed-out", "cancelled"),
    anew=True,
)
def why(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to == "timed-out" and "state" not in seen.dues:
        yield f"it is said after {seen.key or seen.target or seen.line or 'no time'}"
    cancelled = seen.came_to == "cancelled" and not seen.dues
    by_hand = seen.key == "CANCEL" or seen.line.startswith("hold CANCEL ")
    if cancelled and screen_id(seen.before) not in ("out-of-paper", "off") and not by_hand:
        yield f"nobody cancelled: it is said after {seen.key or seen.target or seen.line}"
    if seen.came_to == "cancelled" and seen.dues:
        yield f"{screen_id(seen.before)} timed out, and the screen says that the payment was cancelled"
    if screen_id(seen.before) == "avs-result" and "state" in seen.dues and seen.came_to == "cancelled":
        yield "the answer to the address timed out, and the payment was cancelled"


@oracle(
    "R-way-8",
    "below its critical charge a terminal begins no payment",
    contents.ScreenShown,
    left=("home",),
    shows=("present-card",),
)
def charged(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    battery = facts.profile.battery
    if battery is None or screen_id(seen.before) != "home" or seen.came_to != "present-card":
        return
    if seen.around.battery < battery.critical:
        yield f"the battery has {seen.around.battery} percent of {battery.critical}, and a card is asked for"


@oracle(
    "R-way-9",
    "the red key at a card, its number or its PIN ends the payment, and the screen says that it is cancelled",
    contents.KeyPress,
    contents.Touch,
    left=_GIVEN_UP,
)
def given_up(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen, now = screen_id(seen.before), screen_id(seen.after)
    if (
        screen in _GIVEN_UP
        and seen.key == "CANCEL"
        and seen.is_on
        and not seen.ignored
        and now != "cancelled"
    ):
        yield f"{screen} was given up, and {now} stands there"


@oracle(
    "R-way-10",
    "the screen that asks for a card names the ways in which one is taken now, and no other",
    contents.ScreenShown,
    shows=("present-card",),
)
def named(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rules, reason = facts.profile.offline, seen.around.outage
    charged = facts.profile.home.style == "tabs" and screen_id(seen.before) == "home" and seen.key == "OK"
    asks = charged or facts.flow in ("charge", "sale")
    if not asks or seen.around != seen.around_before or seen.after is None:
        return
    said = [_NAMES[wording] for _, wording in seen.after.wordings if wording in _NAMES]
    if (facts.outage.reason if facts.outage is not None else "") != (reason if rules.enabled else ""):
        return  # it has not found out yet
    refused = [
        way
        for way in ("chip", "contactless", "stripe")
        if rules.enabled and reason and not getattr(rules.entries, way)
    ]
    wanted = tuple(way.value for way in facts.profile.entries.read if way.value not in refused)
    if said and wanted and said != [wanted]:
        yield f"it names {', '.join(said[0])}, and {', '.join(wanted)} are taken"


_CLEARPAY = "clearpay-tap"


@oracle(
    "R-way-11",
    "the card of the phone for Clearpay is neither asked for nor taken while the acquirer is known to be out of reach",
    contents.RowStored,
    contents.ScreenShown,
    shows=(_CLEARPAY, "accepted-offline"),
)
def clearpay(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    began = any(row.kind == "offline.outage" and row.text("state") == "began" for row in seen.rows)
    known = (facts.outage is not None or began) and facts.profile.offline.enabled
    if not known or not seen.around.outage or facts.asked_by_till or not seen.is_on:
        return
    if screen_id(seen.after) == _CLEARPAY:
        yield f"it is asked for, and the {seen.around.outage} is down"
    kept = [row for row in seen.rows if row.kind == "offline.stored" and row.text("outage")]
    if kept and screen_id(seen.before) == _CLEARPAY:
        yield f"{kept[0].text('reference')} is kept for later"


WAYS = (back, home, busy, ways, chosen, not_tapped, status, why, charged, given_up, named, clearpay)
