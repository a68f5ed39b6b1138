"""How one occurrence after the other becomes what a person knows of a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terminal_sim.bench import Profile, Role, TraceEntry, contents
from terminal_sim.oracles.facts import ReceivedMessage, SeenOutage, SentMessage, SessionFacts
from terminal_sim.oracles.occurrence import (
    Occurrence,
    SeenRow,
    TypedEntry,
    begins_to_read,
    digits,
    field_of,
    ids,
    screen_id,
    text_of,
)
from terminal_sim.oracles.states import (
    ANOTHER_IN_SLOT,
    FILTERS,
    IN_DOUBT,
    KEPT_NO_LONGER,
    NOT_PAID,
    NUMBERED_KINDS,
    PAYMENT_KINDS,
    PRESENTING,
    SETTLING,
)

_RESULTS = ("approved", "accepted-offline", *NOT_PAID)
_ASKING = ("amount", "home")
_DISTURBING = (
    "fault card",
    "fault wire",
    "fault host",
    "tear",
    "host sends",
    "fault reader-link",
    "remove card",
)
_NOT_PLAIN = ("fault", "tear", "power", "network slow", "host sends")
_DISTURBING_CARDS = ("fault", "tear", "power", "remove card")
_WITHOUT_SLOT = ("tap-card", "swipe")
_UNANSWERED = ("timeout", "late", "garbage")


_FOLDED = frozenset((contents.StateChanged, contents.MessageReceived, contents.MessageSent))
"""The contents that are folded in entry by entry."""


def fold_found(facts: SessionFacts, rows: Sequence[SeenRow]) -> None:
    """Fold in rows that a boot finds in the journal and that nobody saw when they were written."""
    confirmed = facts.confirmed[-1] if facts.confirmed else None
    for row in rows:
        _row(facts, row, confirmed)
        if row.kind == "offline.outage":
            _outage_is(facts, row.text("reason") if row.text("state") == "began" else "", row.mono)


def fold(facts: SessionFacts, seen: Occurrence) -> None:
    """Fold one occurrence in, once it was judged."""
    _surroundings(facts, seen)
    if seen.came_to == "passcode":
        facts.passcode_asked = asked_passcode(facts.profile, seen)
    kind, _, amount = field_of(seen.before)
    if kind == "money" and seen.key == "OK" and seen.came_to and screen_id(seen.before) in _ASKING:
        facts.asked = amount
    if not seen.ignored and (seen.key or seen.target):
        facts.stands_since = seen.mono
    if not _FOLDED.isdisjoint(seen.kinds):
        for entry in seen.entries:  # a slow card may change the state some seconds after the key
            _entry(facts, entry, is_on=seen.is_on)
        if begins_to_read(seen) and not seen.line.startswith(_WITHOUT_SLOT):
            facts.is_spent = True
    for row in seen.rows:
        _row(facts, row, seen.confirmed)
    if contents.MessageReceived in seen.kinds or _lost_an_answer(seen):
        facts.script_due = False
    facts.printed += seen.printed
    for name in _stopped(seen):
        facts.stopped[name] = len(facts.payments.get(name, ()))
    if seen.line.startswith("power"):
        facts.powered_at, facts.unlinked_since_boot = seen.mono, True
    facts.unlinked_since_boot = facts.unlinked_since_boot and not seen.around.network
    if seen.confirmed is not None:
        facts.confirmed.append(seen.confirmed)
        facts.address_asked = facts.address_asked or seen.confirmed.screen == "street-number"
    if screen_id(seen.before) == "choose-application" and seen.target.startswith("application-"):
        facts.application = text_of(seen.before, seen.target)
    facts.been.update(view.screen.id for view in seen.screens)
    if screen_id(seen.before) == "home" and seen.came_to:
        left = seen.before.complaints if seen.before is not None else ()
        facts.left = (0, ()) if seen.key == "OK" else (amount, left)
    if screen_id(seen.before) == "home" and seen.came_to:
        facts.left_home_at, facts.ended, facts.filter = seen.mono, "", ""
    _list(facts, seen)
    if seen.came_to in _RESULTS:
        facts.ended = seen.came_to
    if seen.confirmed is not None and seen.confirmed.screen == "enter-pin":
        facts.pin = seen.confirmed.digits
    said = text_of(seen.after, "wrong-pin")
    facts.tries_left = int(digits(said) or "0") if said else facts.tries_left
    if seen.came_to == "home":
        _begin_anew(facts)
        facts.asked_by_till = ""
    elif seen.line.startswith("pos ") and seen.came_to:
        # A request that is taken goes on at the card: nobody was at the home screen, or typed anything for it.
        _begin_anew(facts)
        facts.asked_by_till, facts.left_home_at, facts.ended = seen.line.split()[2], seen.mono, ""
        facts.till_line = seen.line
    facts.mono = seen.until


def _stopped(seen: Occurrence) -> Iterator[str]:
    """The payments of which a copy stopped for want of paper."""
    if contents.ReceiptStopped in seen.kinds:
        for entry in seen.entries:
            if isinstance(entry.content, contents.ReceiptStopped):
                yield entry.content.reference


def _begin_anew(facts: SessionFacts) -> None:
    """Nothing was typed yet for what comes now."""
    facts.accepted.clear()
    facts.confirmed.clear()
    facts.been.clear()
    facts.address_asked, facts.application = False, ""
    facts.way, facts.presented = "", ()
    facts.asked, facts.pin, facts.tries_left = None, "", -1


def _list(facts: SessionFacts, seen: Occurrence) -> None:
    """Which payment is picked in a list, and which filter is set."""
    if screen_id(seen.before) == "filter" and seen.target in (*FILTERS, "all") and seen.came_to:
        facts.filter = seen.target
    if seen.before is not None and seen.target in ids(seen.before, Role.TAB):
        facts.filter = ""
    if seen.came_to == "transactions" and screen_id(seen.before) not in ("filter", "transaction"):
        facts.filter = ""
    if seen.target.startswith("txn-") and seen.came_to == "transaction":
        listed = facts.let_through([rows[-1] for rows in facts.payments.values()], facts.filter)
        number = int(seen.target.removeprefix("txn-"))
        facts.picked = listed[number - 1].text("reference") if number <= len(listed) else ""


def _surroundings(facts: SessionFacts, seen: Occurrence) -> None:
    facts.around = seen.around
    if seen.line:
        _done(facts, seen)
    if seen.around.paper == "out" or seen.around.jammed or seen.around_before.jammed:
        facts.paper_trouble_at = seen.mono
    reason = seen.around.outage
    if reason:  # what comes of a card in an outage is not what its file says
        facts.presented = ("",) * len(facts.presented)
    knows = seen.is_on or any(row.kind == "offline.outage" for row in seen.rows)
    if knows and reason != (facts.outage.reason if facts.outage else ""):
        _outage_is(facts, reason, seen.mono)


def _done(facts: SessionFacts, seen: Occurrence) -> None:
    """What was done with cards, and what was made to go wrong, as a script says it."""
    word = seen.line.partition(" ")[0]
    facts.is_spent = facts.is_spent and not seen.line.startswith(ANOTHER_IN_SLOT)
    in_flight = screen_id(seen.before) == "processing"  # its answer has none
    facts.script_due = facts.script_due or (seen.line.startswith("host sends") and not in_flight)
    if seen.line.startswith(_DISTURBING_CARDS):
        facts.script_due = False
    facts.is_disturbed = facts.is_disturbed or seen.line.startswith(_DISTURBING)
    facts.line_disturbed = facts.line_disturbed or seen.line.startswith("fault wire")
    if seen.line.startswith("host answers"):
        facts.host_told = True
        facts.is_plain = facts.is_plain and not any(
            word.startswith(_UNANSWERED) for word in seen.line.split()
        )
    facts.is_plain = facts.is_plain and not seen.line.startswith(_NOT_PLAIN)
    if word in PRESENTING:
        facts.way = word
        card = seen.line.split()[1]
        facts.presented = (
            *facts.presented,
            "" if card in facts.used or screen_id(seen.before) != "present-card" else seen.line,
        )
        facts.used.add(card)
    elif word == "power":
        facts.repeats.clear()  # what a boot sends is counted anew


def _outage_is(facts: SessionFacts, reason: str, at: int) -> None:
    """The reason of an outage, "" where it is over: another reason does not begin it anew."""
    if not reason:
        facts.outage = None
    elif facts.outage is None:
        facts.outage = SeenOutage(reason, at, {reason: at})
    else:
        facts.outage = SeenOutage(reason, facts.outage.lost_at, {reason: at, **facts.outage.since})


def _lost_an_answer(seen: Occurrence) -> bool:
    """Whether the acquirer answered and nobody could read it."""
    failed = [one.content for one in seen.entries if isinstance(one.content, contents.MessageFailed)]
    return any(one.problem != "unreachable" for one in failed)


def _entry(facts: SessionFacts, entry: TraceEntry, *, is_on: bool) -> None:
    content = entry.content
    if isinstance(content, contents.StateChanged):
        facts.flow, facts.state = content.flow, content.dest
        facts.stands_since = entry.at.mono
    elif isinstance(content, contents.MessageReceived):
        facts.received.append(
            ReceivedMessage(content.stan, content.amount, content.code, content.into, entry.at.mono, is_on)
        )
    elif isinstance(content, contents.MessageSent):
        sent = SentMessage(content.out, content.mti, content.stan, content.amount, entry.at.mono)
        facts.sent.append(sent)
        facts.first_sent.setdefault((sent.out, sent.stan), sent)
        count, _ = facts.repeats.get((content.out, content.stan), (0, 0))
        facts.repeats[content.out, content.stan] = count + 1, entry.at.mono


def _row(facts: SessionFacts, row: SeenRow, confirmed: TypedEntry | None) -> None:
    facts.rows.append(row)
    if row.kind in NUMBERED_KINDS and row.number("stan") and row.text("reference") not in facts.numbered:
        facts.numbered.add(row.text("reference"))
        facts.stan = row.number("stan")
    if row.kind in PAYMENT_KINDS:
        facts.payments.setdefault(row.text("reference"), []).append(row)
        if row.text("state") not in IN_DOUBT:
            facts.unanswered.pop(row.text("reference"), None)
    elif row.kind == "offline.stored":
        facts.stored[row.text("reference")] = row
    elif row.kind in KEPT_NO_LONGER:
        facts.gone.add(row.text("reference"))
    elif row.kind == "offline.settings":
        facts.allowed = {"yes": True, "no": False}.get(row.text("allowed"), facts.allowed)
        facts.limit = row.number("limit") or facts.limit
    elif row.kind == "unanswered":
        facts.unanswered[row.text("reference")] = row.text("message")
    elif row.kind == "settlement":
        _settlement(facts, row)
    elif row.kind == "passcode":
        _passcode(facts, row, confirmed)
    elif row.kind == "account":
        facts.signed_in = row.text("act") in ("sign-in", "switch-pos")
        if row.text("act") in ("factory-reset", "delete-app"):
            facts.allowed, facts.limit = facts.profile.offline.allowed, facts.profile.offline.limit
    elif row.kind == "tamper":
        facts.is_tampered = True
    elif row.kind == "order":
        facts.orders.append(row.number("number"))
    elif row.kind == "order.seen":
        facts.orders_seen = row.number("number")
    elif row.kind == "receipt" and row.text("state") == "due":
        facts.receipts_due[row.text("original")] = row.text("to")


def _settlement(facts: SessionFacts, row: SeenRow) -> None:
    facts.settlements.append(row)
    if row.text("state") == "SETTLED":
        for name in [one for one, message in facts.unanswered.items() if message in SETTLING]:
            del facts.unanswered[name]


def _passcode(facts: SessionFacts, row: SeenRow, confirmed: TypedEntry | None) -> None:
    name, result = row.text("name"), row.text("result")
    if result == "wrong":
        facts.wrong[name] = facts.wrong.get(name, 0) + 1
        rules = facts.profile.passcodes.get(name)
        if rules is not None and facts.wrong[name] >= rules.tries:
            facts.wrong[name] = 0
            facts.locked[name] = row.mono + rules.lock
        return
    facts.wrong[name] = facts.locked[name] = 0
    if result == "accepted":
        facts.accepted.add(name)
    elif confirmed is not None:
        facts.codes[name] = confirmed.digits
        facts.changed.add(name)


def asked_passcode(profile: Profile, seen: Occurrence) -> str:
    """The name of the passcode that an occurrence has come to be asked for, by what it began; "" where nothing says so."""
    began = [
        one.content.flow
        for one in seen.entries
        if isinstance(one.content, contents.StateChanged) and not one.content.source
    ]
    if "refund" in began:
        return profile.refunds.passcode
    menu = profile.menus.get(screen_id(seen.before).removeprefix("menu-"))
    entries = menu.entries if menu is not None else profile.home.entries
    if "change-passcode" in began:
        named = next((one.passcode for one in entries if one.id == seen.target), "")
        return named or next(iter(profile.passcodes))
    home, typed = profile.home, text_of(seen.before, "shortcut")
    by_key = home.menu if seen.key == "MENU" else home.shortcuts.get(typed)
    opened = next((one.menu for one in entries if one.id == seen.target), "") or by_key
    return profile.menus[opened].passcode if opened else ""
