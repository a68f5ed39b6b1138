"""Rules of the home screen, of menus, tabs and banners: they say what the profile has, and what surrounds the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from terminal_sim.bench import Duration, Role, contents
from terminal_sim.oracles.beginning import why_not
from terminal_sim.oracles.chart import is_listed
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, field_of, has, ids, screen_id, text_of
from terminal_sim.oracles.oracle import oracle

_MINUTE = 60_000_000
_HELD_TO_SWITCH_OFF = Duration.parse("3s")
_WITH_TABS = (
    "home",
    "transactions",
    "transaction",
    "filter",
    "orders",
    "status",
    "offline-payments",
    "menu-more",
    "present-card",
    "approved",
)
_OF_AN_OUTAGE = (
    "offline-not-allowed",
    "offline-session-over",
    "offline-limit-exceeded",
    "offline-queue-full",
)
_ENDS = ("off", "tampered", "signed-out", "app-closed", "out-of-service")


@oracle(
    "R-home-1",
    "the home screen comes up with nothing typed and in the terminal's own language",
    contents.ScreenShown,
    shows=("home",),
    anew=True,
)
def clean(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to != "home" or seen.after is None:
        return
    _, typed, number = field_of(seen.after)
    if number not in (0, facts.left[0]):
        yield f"{typed} stands on it"
    if (
        seen.after.locale != facts.terminal.locale
        and facts.profile.displays[seen.after.display].read_by != "cardholder"
    ):
        yield f"it is in {seen.after.locale}, and the terminal speaks {facts.terminal.locale}"


@oracle(
    "R-home-2",
    "the home screen offers what the profile says, and the tab that is open is marked",
    contents.ScreenShown,
)
def offers(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.after is None:
        return
    home = facts.profile.home
    if ids(seen.after, Role.TAB):
        tabs = [one for one in seen.after.unplaced if one.role is Role.TAB]
        wanted = ["home", *(one.id for one in home.entries)]
        if [one.id for one in tabs] != wanted:
            yield f"the tabs are {', '.join(one.id for one in tabs)}, and not {', '.join(wanted)}"
        marked = [one.id for one in tabs if one.tile]
        if len(marked) != 1:
            yield f"{len(marked)} tabs are marked"
        elif seen.target in wanted and seen.came_to and marked != [seen.target]:
            yield f"{seen.target} was touched, and {marked[0]} is marked"
        elif screen_id(seen.after) == "home" and marked != ["home"]:
            yield f"the home screen stands, and {marked[0]} is marked"
        elif (left := _left_tab(seen, wanted)) and marked != [left]:
            yield f"{screen_id(seen.after)} is reached from {left}, and {marked[0]} is marked"
    elif home.style == "tabs" and screen_id(seen.after) in _WITH_TABS:
        yield f"{screen_id(seen.after)} has no tabs"
    if screen_id(seen.after) == "home" and home.style != "tabs":
        shown = ids(seen.after, Role.CHOICE)
        wanted = [one.id for one in home.entries if is_listed(facts.profile, one.needs)]
        if shown != wanted:
            yield f"it offers {', '.join(shown)}, and not {', '.join(wanted)}"


def _left_tab(seen: Occurrence, tabs: list[str]) -> str:
    """The tab that was marked before, "" where another was touched, or a till led elsewhere."""
    led_elsewhere = seen.target in tabs or seen.line.startswith("pos ") or screen_id(seen.after) == "home"
    if seen.before is None or led_elsewhere:
        return ""
    return next((one.id for one in seen.before.unplaced if one.role is Role.TAB and one.tile), "")


@oracle(
    "R-menu-1", "a menu offers what the profile says, in its order", contents.ScreenShown, shows=("menu-*",)
)
def menus(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    name = screen_id(seen.after).removeprefix("menu-")
    if not screen_id(seen.after).startswith("menu-") or name not in facts.profile.menus:
        return
    shown = ids(seen.after, Role.CHOICE)
    wanted = [one.id for one in facts.profile.menus[name].entries if is_listed(facts.profile, one.needs)]
    if shown != wanted:
        yield f"{name} offers {', '.join(shown) or 'nothing'}, and not {', '.join(wanted)}"
    title = facts.profile.menus[name].title or name
    if ids(seen.after, Role.TITLE) != [title]:
        yield f"{name} has the title {', '.join(ids(seen.after, Role.TITLE)) or 'of nothing'}, and not {title}"


@oracle("R-menu-2", "what is touched in a menu is what opens", contents.Touch)
def opened(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    around, over, battery = seen.around, facts.profile.standalone.over, facts.profile.battery
    holds = {
        "standalone-off": not around.standalone,
        "standalone-link": around.link not in over,
        "battery-critical": battery is not None and around.battery < battery.critical,
    }
    if not holds.get(seen.came_to, True):
        yield f"{seen.came_to} is said, and it is not so"
    if seen.ignored and seen.target in ids(seen.before, Role.CHOICE, Role.TAB):
        yield f"{seen.target} stands on {screen_id(seen.before)}, and a touch of it was ignored"
    if (
        seen.is_on
        and screen_id(seen.before) == "receipts"
        and seen.target in ("customer-receipt", "merchant-receipt")
        and seen.came_to not in ("", seen.target)
    ):
        yield f"{seen.target} was touched, and {seen.came_to} opened"
    entries = {one.id: one for one in facts.profile.home.entries}
    if screen_id(seen.before).startswith("menu-") and seen.target not in entries:
        menu = facts.profile.menus.get(screen_id(seen.before).removeprefix("menu-"))
        entries = {one.id: one for one in menu.entries} if menu is not None else {}
    elif screen_id(seen.before) != "home" and seen.target not in ids(seen.before, Role.TAB):
        return
    entry = entries.get(seen.target)
    if entry is None:
        return
    began = [
        one.content.flow
        for one in seen.entries
        if isinstance(one.content, contents.StateChanged) and not one.content.source
    ]
    wanted = "menu" if entry.menu else entry.flow
    refused = {"notice"} if entry.needs in ("standalone", "moto", "unreferenced-refunds") else set()
    if (
        seen.is_on
        and began[:1] != [wanted]
        and not (began and began[0] in refused and why_not(facts.profile, seen.around))
    ):
        yield f"{seen.target} was touched, and {began[0] if began else 'nothing'} opened in place of {wanted}"
    if began[:1] == [wanted] and refused and why_not(facts.profile, seen.around):
        yield f"{seen.target} opened, and the account, the link or the battery forbids it"


@oracle(
    "R-home-3",
    "the home screen is the same whenever its surroundings are the same",
    contents.ScreenShown,
    shows=("home",),
    anew=True,
)
def function_of_surroundings(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to != "home" or seen.after is None or facts.left != (0, ()):
        return
    orders = [row.kind for row in (*facts.rows, *seen.rows) if row.kind in ("order", "order.seen")]
    about = (
        *seen.around,
        tuple(orders),
        facts.allowed,
        facts.limit,
        facts.outage is None,
        seen.after.locale,
    )
    said = " / ".join(one.wording for one in seen.after.unplaced if one.role is not Role.BANNER)
    first = facts.homes.setdefault(about, said)
    if said != first:
        yield f"{said!r}, and before {first!r}"


@oracle(
    "R-banner-1",
    "banners say whether link and service are there, on every screen that has them",
    contents.ScreenShown,
)
def banners(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.after is None or screen_id(seen.after) in _ENDS:
        return
    shown = [
        one for one in ids(seen.after, Role.BANNER) if one != "unanswered"
    ]  # it calls a person, whatever link and service do
    rules, outage = facts.profile.offline, seen.around.outage
    if not (rules.enabled and rules.banner):
        if shown:
            yield f"{', '.join(shown)} is shown, and the profile has no banners"
        return
    if ("banner-network" in shown) != (outage == "network"):
        yield f"the link is {'down' if outage == 'network' else 'up'}, and the banners are {', '.join(shown) or 'none'}"
    service = [one for one in shown if one.startswith("banner-service")]
    if bool(service) != (outage == "service"):
        yield f"the service is {'down' if outage == 'service' else 'up'}, and the banners are {', '.join(shown) or 'none'}"
    if service and facts.outage is not None and facts.outage.reason == "service":
        allowed = {"yes": True, "no": False}.get(_newest_setting(seen), facts.allowed)
        left = facts.session_left(seen.until)
        wanted = (
            "banner-service-not-allowed"
            if not allowed
            else "banner-service"
            if left
            else "banner-service-over"
        )
        if service != [wanted] and facts.session_left(seen.shown_at) == left:
            yield f"{service[0]} is shown in place of {wanted}"


def _newest_setting(seen: Occurrence) -> str:
    said = [
        row.text("allowed") for row in seen.rows if row.kind == "offline.settings" and row.text("allowed")
    ]
    return said[-1] if said else ""


@oracle(
    "R-banner-2", "the countdown of an outage says how long payments are still taken", contents.ScreenShown
)
def countdown(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = text_of(seen.after, "countdown")
    if facts.outage is None or facts.outage.reason != seen.around.outage:
        return
    minutes = ceil(facts.session_left(seen.shown_at) / _MINUTE)
    rules, allowed = facts.profile.offline, facts.allowed
    counted = rules.enabled and rules.banner and rules.countdown and minutes > 0
    if (
        not _newest_setting(seen)
        and screen_id(seen.after) not in _ENDS
        and bool(said) != (counted and allowed)
    ):
        yield f"{said or 'nothing'!r} stands there, {minutes} min are left, and payments are {'' if allowed else 'not '}allowed"
    elif said and digits(said) != f"{minutes // 60}{minutes % 60:02d}":
        yield f"{said!r}, and {minutes // 60} h {minutes % 60} min are left"


@oracle(
    "R-home-4", "the home screen says that there is no link, and that the battery is low", shows=("home",)
)
def says_so(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "home" or not seen.is_on:
        return
    tabs = facts.profile.home.style == "tabs"  # whose banner speaks of the link
    if not tabs and has(seen.after, "no-connection") == seen.around.network:
        yield f"the link is {'up' if seen.around.network else 'down'}"
    battery = facts.profile.battery
    if battery is not None and has(seen.after, "battery-low") != (seen.around.battery < battery.low):
        yield f"the battery has {seen.around.battery} percent, and the profile warns below {battery.low}"


@oracle(
    "R-home-6", "what the checkout complains of is so", contents.ScreenShown, contents.Act, shows=("home",)
)
def complains(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "home" or not seen.is_on:
        return
    if has(seen.after, "reader-lost") and seen.around.reader and not facts.line_disturbed:
        yield "the reader is there, and the screen says that it is not"
    battery = facts.profile.battery
    if has(seen.after, "battery-critical") and (battery is None or seen.around.battery >= battery.critical):
        yield f"the battery has {seen.around.battery} percent, and that is too little"
    for reason in _OF_AN_OUTAGE:
        if has(seen.after, reason) and not seen.around.outage and Role.LINE is _role(seen, reason):
            yield f"{reason} stands there, and the acquirer is within reach"


def _role(seen: Occurrence, item: str) -> Role | None:
    return seen.after.by_id[item].role if seen.after is not None else None


@oracle("R-end-1", "a terminal that was opened shows nothing else any more")
def tampered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not facts.is_tampered or not seen.is_on:
        return
    if screen_id(seen.after) not in ("tampered", "checking-last", "app-closed"):
        yield f"it was opened, and shows {screen_id(seen.after)}"


@oracle(
    "R-end-6",
    "a terminal is switched off by its key once that is held for three seconds, and leaves a row",
    contents.Act,
)
def switched_off(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    match seen.line.split():
        case ["hold", key, "for", time] if key == facts.profile.keypad.power_off and seen.before is not None:
            is_long = Duration.parse(time) >= _HELD_TO_SWITCH_OFF
            # Without that row, one that could not be stored has ended it, or the power.
            by_it = any(row.kind == "power" for row in seen.rows)
            if seen.after is not None if is_long else by_it:
                yield f"{key} was held for {time}, and it is {'on' if is_long else 'off'}"
    by_key = seen.line == "power off" and seen.before is not None and facts.is_plain
    if by_key and not any(row.kind == "power" for row in seen.rows):
        yield "no row says so"


@oracle("R-end-2", "a terminal that is signed out takes no payment", contents.RowStored)
def signed_out(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.signed_in:
        return
    for row in seen.rows:
        if row.kind in ("sale", "moto", "refund") and row.text("reference") not in facts.payments:
            yield f"{row.kind} {row.text('reference')} was begun while it was signed out"


HOME = (
    clean,
    offers,
    menus,
    opened,
    function_of_surroundings,
    banners,
    countdown,
    says_so,
    complains,
    tampered,
    signed_out,
    switched_off,
)
