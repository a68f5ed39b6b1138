"""Rules of what is kept for later: in which order it leaves, what holds it back, and what the screens say of it."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Role, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, field_of, has, ids, screen_id, text_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import KEPT_NO_LONGER


@oracle(
    "R-forward-1",
    "what was kept leaves oldest first, the next when the one before is answered",
    contents.MessageSent,
)
def oldest_first(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not facts.stored:
        return
    left = facts.under_way
    waiting = [*facts.waiting, *(row for row in seen.rows if row.kind == "offline.stored")]
    answers = {row.number("stan") for row in seen.rows if row.kind in KEPT_NO_LONGER}
    for entry in seen.entries:
        content = entry.content
        if isinstance(content, contents.RowStored) and content.row in KEPT_NO_LONGER:
            waiting = [row for row in waiting if row.text("reference") != content.values["reference"]]
        if not isinstance(content, contents.MessageSent) or content.out != "advice":
            continue
        may = {
            row.number("stan"): row
            for app_open in {seen.around_before.app_open, seen.around.app_open}
            if (row := facts.first_to_leave(waiting, left, app_open=app_open)) is not None
        }
        if may and content.stan not in may and content.stan not in answers:
            yield f"{content.stan} was sent, and {next(iter(may))} waits longer"
        left.update(row.text("reference") for row in waiting if row.number("stan") == content.stan)


@oracle(
    "R-forward-2",
    "a closed app sends nothing that a lost link kept back, where the profile says so",
    contents.MessageSent,
)
def app_closed(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    opened = seen.line == "fault app open"  # and the power may have gone as it sent
    if (
        not facts.profile.offline.app_forwards
        or seen.around.app_open
        or seen.around_before.app_open
        or opened
    ):
        return
    kept = {row.number("stan"): row for row in facts.unsent}
    for entry in seen.entries:
        content = entry.content
        if (
            not isinstance(content, contents.MessageSent)
            or content.out != "advice"
            or content.stan not in kept
        ):
            continue
        if kept[content.stan].text("outage") == "network":
            yield f"{content.stan} was sent while the app was closed"


@oracle(
    "R-banner-3", "a banner says when the first of the payments that wait will expire", contents.ScreenShown
)
def first_deadline(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rules = facts.profile.offline
    if (
        seen.after is None
        or not (rules.enabled and rules.banner)
        or facts.outage is None
        or not seen.around.outage
    ):
        return
    if (
        seen.rows
        or seen.around != seen.around_before
        or screen_id(seen.after) in ("app-closed", "out-of-service")
    ):
        return
    ends = [row.number("deadline") for row in facts.unsent if row.number("deadline") > seen.shown_at]
    said = text_of(seen.after, "pending-deadline")
    if bool(said) != bool(ends):
        yield f"{said or 'nothing'!r} stands there, and {len(ends)} payments have a time"
    elif said:
        first = facts.civil_at(min(ends))
        hour, minute = first.hour, first.minute
        clocks = {f"{hour}{minute:02d}", f"{hour:02d}{minute:02d}", f"{(hour + 11) % 12 + 1}{minute:02d}"}
        if digits(said) not in {f"{first.day}{clock}" for clock in clocks}:
            yield f"{said!r}, and the first expires on the {first.day}. at {hour}:{minute:02d}"


@oracle(
    "R-banner-4",
    "that payments are no longer taken is said when the time of a lost link is over, and of no other outage",
    contents.ScreenShown,
)
def over(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rules = facts.profile.offline
    if seen.after is None or not (rules.enabled and rules.banner) or facts.outage is None or seen.rows:
        return
    if seen.around != seen.around_before or screen_id(seen.after) in ("app-closed", "out-of-service", "home"):
        return
    left = facts.session_left(seen.shown_at)
    wanted = facts.outage.reason == "network" and facts.allowed and not left
    if wanted and not has(seen.after, "offline-session-over"):
        yield "the time is over, and no banner says so"
    if not wanted and "offline-session-over" in ids(seen.after, Role.BANNER):
        yield f"a banner says that the time of a lost link is over, and {facts.outage.reason} is out for {left} more"


@oracle(
    "R-offline-7", "the settings show what is in force", contents.ScreenShown, shows=("offline-payments",)
)
def settings(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "offline-payments" or seen.after is None:
        return
    said = [row for row in seen.rows if row.kind == "offline.settings"]
    allowed = {"yes": True, "no": False}.get(said[-1].text("allowed") if said else "", facts.allowed)
    limit = next((row.number("limit") for row in reversed(said) if row.number("limit")), facts.limit)
    shown = text_of(seen.after, "offline-limit")
    if bool(shown) != allowed:
        yield f"payments are {'' if allowed else 'not '}allowed, and a limit is {'not ' if allowed else ''}offered"
    elif shown and not digits(shown).endswith(f"{limit:03d}"):
        yield f"{shown!r}, and the limit is {limit}"
    text = text_of(seen.after, "allow")
    other = facts.homes.get(("allow", not allowed, seen.after.locale))
    facts.homes[("allow", allowed, seen.after.locale)] = text
    if text == other:
        yield f"{text!r}, whether payments are allowed or not"


@oracle(
    "R-offline-8",
    "the checkout begins no payment that the outage forbids",
    contents.ScreenShown,
    left=("home",),
    shows=("present-card",),
)
def forbidden(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        seen.came_to != "present-card"
        or screen_id(seen.before) != "home"
        or seen.key != "OK"
        or facts.outage is None
    ):
        return
    if facts.profile.home.style != "tabs" or not seen.around.outage or not facts.profile.offline.enabled:
        return
    asked, rules = field_of(seen.before)[2], facts.profile.offline
    waiting = facts.waiting
    if not facts.allowed:
        yield "offline payments are not allowed"
    elif not facts.session_left(seen.mono):
        yield "their time is over"
    elif asked > facts.limit:
        yield f"{asked} was charged, and the limit is {facts.limit}"
    elif rules.queue_count and len(waiting) >= rules.queue_count:
        yield f"{len(waiting)} payments wait, of at most {rules.queue_count}"


FORWARDING = (oldest_first, app_closed, first_deadline, over, settings, forbidden)
