"""Rules of payments that are taken while the acquirer is out of reach: which are, until when, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Role, contents
from terminal_sim.oracles.amounts import amount_asked
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, field_of, has, ids, screen_id
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD

_COMPARED_BY_THE_CARD = ("offline-pin", "enciphered-pin")
_SETTINGS = ("allow", "allow-not", "offline-limit")
_ENTRIES = ("chip", "contactless", "stripe", "keyed")


def _of_an_outage(seen: Occurrence) -> list[SeenRow]:
    """The payments that were stored in this occurrence since the acquirer was out of reach; what a card approved itself is no such payment."""
    states = {row.text("reference"): row.text("response_code") for row in seen.rows if row.kind == "sale"}
    return [
        row
        for row in seen.rows
        if row.kind == "offline.stored"
        and row.text("outage")
        and states.get(row.text("reference")) not in ("Y1", "Y3")
    ]


@oracle(
    "R-offline-1",
    "a payment is taken offline only as the profile and the merchant allow it",
    contents.RowStored,
)
def taken(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rules = facts.profile.offline
    pending = [row for row in seen.rows if row.kind == "sale" and row.text("state") == "PENDING"]
    brands = {row.text("reference"): row.text("brand") for row in pending}
    codes = {row.text("reference"): row.text("auth_code") for row in pending}
    for row in _of_an_outage(seen):
        amount, entry, brand = row.number("amount"), row.text("entry"), brands.get(row.text("reference"), "")
        waiting = facts.waiting
        total = sum(one.number("amount") for one in waiting) + amount
        if not rules.enabled or not facts.allowed:
            yield f"{amount} was taken, and offline payments are not allowed"
        if amount > facts.limit:
            yield f"{amount} was taken, and the limit is {facts.limit}"
        if entry in _ENTRIES and not getattr(rules.entries, entry):
            yield f"a payment by {entry} was taken, and the profile takes none offline"
        if codes.get(row.text("reference"), rules.auth_code) != rules.auth_code:
            yield f"it has the approval code {codes[row.text('reference')] or 'of nothing'}, and the profile says {rules.auth_code or 'none'}"
        if brand in rules.refused_brands:
            yield f"a card of {brand} was taken, and the profile refuses it offline"
        if rules.queue_count and len(waiting) >= rules.queue_count:
            yield f"{len(waiting)} payments wait already, of at most {rules.queue_count}"
        if rules.queue_sum and total > rules.queue_sum:
            yield f"what waits comes to {total}, of at most {rules.queue_sum}"
        if facts.outage is None:
            yield f"{amount} was taken offline with the acquirer within reach"
        elif not facts.session_left(row.mono):
            yield f"{amount} was taken when the time for a lost {facts.outage.reason} was over"


@oracle(
    "R-offline-2",
    "a payment that waits expires when its anchor and the profile's time to upload say",
    contents.RowStored,
)
def deadline(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rules = facts.profile.offline
    for row in _of_an_outage(seen):
        if facts.outage is None:
            continue
        oldest = next(iter(facts.unsent), None)
        first = oldest.number("anchor") if oldest is not None else row.mono
        anchor = facts.outage.lost_at if rules.anchor == "connection-lost" else first
        until = 0 if rules.upload is None else anchor + rules.upload
        if row.number("deadline") != until:
            yield f"the deadline is {row.number('deadline')}, and not {until}, which is {rules.upload} after {rules.anchor}"


@oracle("R-offline-3", "a payment whose time is over expires, and no other does")
def expiry(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        known = facts.stored.get(row.text("reference")) if row.kind == "offline.expired" else None
        if known is not None and not 0 < known.number("deadline") <= row.mono:
            yield f"{row.text('reference')} has expired at {row.mono}, and its time ends at {known.number('deadline') or 'none'}"
    if not facts.stored or not seen.is_on or "boot" in (row.kind for row in seen.rows):
        return
    ended = {
        row.text("reference")
        for row in seen.rows
        if row.kind in ("offline.expired", "offline.lost", "offline.sent")
    }
    for row in facts.unsent:
        due = row.number("deadline")
        if due and due < seen.mono and row.text("reference") not in ended and due > facts.powered_at:
            yield f"{row.text('reference')} was to expire at {due}, it is {seen.mono}, and it still waits"


@oracle(
    "R-offline-9",
    "a card that comes in while the acquirer is known to be out of reach is not asked for his approval",
    contents.RowStored,
)
def not_asked(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    known = seen.around.outage and seen.around == seen.around_before and seen.is_on
    if not known or not facts.profile.offline.enabled:
        return
    for row in seen.rows:
        presented = row.kind == "sale" and row.text("entry") != "keyed" and not row.text("request")
        if presented and row.text("state") == "AUTH_SENT":
            yield f"{row.text('reference')} was sent, and the {seen.around.outage} is down"


@oracle(
    "R-offline-10",
    "nobody pays offline whose PIN was wrong to the end, or whose card takes none any more",
    contents.RowStored,
)
def verified(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in _of_an_outage(seen):
        card = facts.terminal.card if facts.names_card(seen) else None
        chip = card.chip if card is not None else None
        if card is None or chip is None or row.text("entry") != "chip":
            continue
        methods = chip.applications[0].cvm or chip.cvm
        if not methods or methods[0] not in _COMPARED_BY_THE_CARD or card.pin is None:
            continue
        confirmed = (*facts.confirmed, *((seen.confirmed,) if seen.confirmed is not None else ()))
        typed = [one.digits for one in confirmed if one.screen == "enter-pin"]
        if not chip.pin_tries or (typed and typed[-1] != card.pin.reveal()):
            yield f"{row.text('reference')} was taken, and {'the last PIN was wrong' if typed else 'the card takes no PIN any more'}"


_REFUSALS = (
    "not-offline-card",
    "offline-not-allowed", "offline-session-over", "offline-limit-exceeded", "offline-queue-full",
    "not-offline-contactless", "not-offline-gift-card", "not-offline-manual", "not-offline-clearpay",
)  # fmt: skip
_OF_A_WAY = tuple(one for one in _REFUSALS if one.startswith("not-offline"))


def _takes_stripe(facts: SessionFacts, seen: Occurrence) -> bool:
    """Whether a stripe was swiped where the profile takes stripes offline, and refuses no brand but gift cards, which have a reason of their own."""
    rules = facts.profile.offline
    return (
        seen.line.startswith("swipe")
        and rules.entries.stripe
        and set(rules.refused_brands) <= {"square-gift"}
    )


@oracle(
    "R-offline-11",
    "the account's permission alone decides whether the settings of offline payments are changed, and what is chosen is in force",
    contents.Touch,
    left=("offline-payments",),
)
def permitted(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) != "offline-payments" or not seen.is_on or seen.target not in _SETTINGS:
        return
    refused, may = has(seen.after, "no-permission"), facts.profile.offline.permission
    if refused == may and not seen.ignored:
        yield f"{seen.target} was touched, and the account has {'' if may else 'no '}permission"
    said = [row.text("allowed") for row in seen.rows if row.kind == "offline.settings"]
    wanted = {"allow": "yes", "allow-not": "no"}.get(seen.target, "")
    if wanted and may and not seen.ignored and facts.allowed != (wanted == "yes") and wanted not in said:
        yield f"{seen.target} was touched, and no row says so"


@oracle("R-offline-4", "a payment is refused offline only for a reason that holds", contents.ScreenShown)
def refused(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.after is None or seen.after.ids.isdisjoint(_REFUSALS):
        return
    rules, now = facts.profile.offline, seen.shown_at
    for reason in _REFUSALS:
        if not has(seen.after, reason) or has(seen.before, reason):
            continue
        if seen.around != seen.around_before:
            continue
        if reason == "not-offline-card" and not _takes_stripe(facts, seen):
            continue
        if facts.outage is None or facts.outage.reason != seen.around.outage:  # it learns of it just now
            if not seen.around.outage:
                yield f"{reason} is said with the acquirer within reach"
            continue
        kind, _, typed = field_of(seen.before)
        amount = amount_asked(facts, seen) or (typed if kind == "money" else 0)
        waiting = facts.waiting
        total = sum(one.number("amount") for one in waiting) + amount
        if reason == "offline-not-allowed" and facts.allowed:
            yield "offline payments are allowed, and the screen says that they are not"
        elif reason == "offline-session-over" and facts.allowed and facts.session_left(now) > 0:
            yield f"the time of a lost {facts.outage.reason} is not over for {facts.session_left(now)} microseconds"
        elif reason == "offline-limit-exceeded" and amount and amount <= facts.limit:
            if not rules.queue_sum or total <= rules.queue_sum:
                yield f"{amount} is refused, and the limit is {facts.limit}"
        elif reason == "offline-queue-full" and len(waiting) < rules.queue_count:
            yield f"{len(waiting)} payments wait, of at most {rules.queue_count}"
        elif reason == "not-offline-card":
            yield f"{seen.line} is refused, and the profile takes stripes offline"
        elif reason == "not-offline-contactless" and rules.entries.contactless:
            yield "contactless cards are taken offline, and the screen says that they are not"


@oracle(
    "R-offline-5",
    "nothing is forwarded to an acquirer that is known to be out of reach",
    contents.MessageSent,
)
def silence(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not facts.profile.offline.enabled or facts.outage is None or not seen.around.outage:
        return
    for entry in seen.entries:
        if isinstance(entry.content, contents.MessageSent) and entry.content.out == "advice":
            yield f"{entry.content.out} {entry.content.stan} was sent while the {seen.around.outage} was down"


@oracle(
    "R-offline-6",
    "the limit and the switch of offline payments are what the merchant confirmed",
    contents.RowStored,
)
def settings(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind != "offline.settings":
            continue
        if not facts.profile.offline.permission:
            yield "the account has no permission to change it"
        limit = row.number("limit")
        if not limit and not row.text("allowed"):
            yield "the limit became nothing at all"
        if limit and limit != field_of(seen.before)[2]:
            yield f"the limit became {limit}, and {field_of(seen.before)[2]} was confirmed"
        if limit > facts.profile.offline.limit_max:
            yield f"the limit became {limit}, above {facts.profile.offline.limit_max}"
        wanted = {"allow": "yes", "allow-not": "no"}.get(seen.target, "")
        if wanted and row.text("allowed") != wanted:
            yield f"{seen.target} was touched, and the row says {row.text('allowed')!r}"


def _lines_of(seen: Occurrence, reasons: tuple[str, ...]) -> list[str]:
    """The reasons that the screen which asks for a card says now."""
    asks = screen_id(seen.after) in ASKS_FOR_CARD and seen.is_on
    return [one for one in ids(seen.after, Role.LINE) if one in reasons] if asks else []


@oracle(
    "R-offline-13",
    "of the reasons for which an outage forbids a payment the first is told: no way of paying is named where none is taken at all",
    contents.ScreenShown,
    shows=ASKS_FOR_CARD,
)
def first(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.outage is None or facts.outage.reason != seen.around.outage:
        return
    if facts.allowed and facts.session_left(seen.shown_at) > 0:
        return
    for reason in _lines_of(seen, _OF_A_WAY):
        yield f"{reason} is told, and {'the time of the outage is over' if facts.allowed else 'no offline payments are allowed'}"


@oracle(
    "R-offline-14",
    "a way of paying that an outage forbids is not refused any more when the acquirer is in reach",
    contents.ScreenShown,
    contents.Act,
    shows=ASKS_FOR_CARD,
)
def goes(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.around.outage:
        return
    for reason in _lines_of(seen, _REFUSALS):
        yield f"{reason} is told with the acquirer within reach"


OFFLINE = (taken, deadline, expiry, refused, silence, settings, permitted, not_asked, verified, first, goes)
