"""Rules of amounts: what the profile allows is taken, nothing more; what was asked for is what is paid."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import Role, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import (
    Occurrence,
    digits,
    field_of,
    has,
    ids,
    screen_id,
    text_of,
)
from terminal_sim.oracles.on_screen import payment_spoken_of
from terminal_sim.oracles.oracle import oracle

_FULL = 10  # digits that fit into a field of money
_OF_ROW = {"sale": "max_amount", "moto": "moto_max_amount", "refund": "refund_max_amount"}
_OF_FLOW = {**_OF_ROW, "checkout": "max_amount"}


def highest(facts: SessionFacts, screen: str) -> int:
    """The most that the field of money of a screen takes, 0 where the profile says nothing of it."""
    if screen == "offline-limit":
        return facts.profile.offline.limit_max
    flow = "checkout" if screen == "home" else facts.flow
    return getattr(facts.profile.limits, _OF_FLOW[flow]) if flow in _OF_FLOW else 0


@oracle(
    "R-amount-1",
    "a field of money takes each digit up to the profile's highest amount, and none beyond",
    contents.KeyPress,
    anew=False,
)
def each_digit(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, _, was = field_of(seen.before)
    now_kind, _, now = field_of(seen.after)
    if (
        kind != "money"
        or now_kind != "money"
        or seen.came_to
        or not seen.key.isdigit()
        or len(facts_typed(seen)) >= _FULL
    ):
        return
    most = highest(facts, screen_id(seen.after))
    wanted = was * 10 + int(seen.key)
    if not most or (seen.ignored and seen.key == "0" and not was):
        return
    if wanted <= most and now != wanted:
        yield f"{seen.key} was typed behind {was}, which makes {wanted} of at most {most}, and the field has {now}"
    elif wanted > most and now != was:
        yield f"{seen.key} was typed behind {was}, which makes {wanted} and is above {most}, and the field has {now}"


def facts_typed(seen: Occurrence) -> str:
    """What stood in the field before, as its digits."""
    return field_of(seen.before)[1]


@oracle("R-amount-2", "the highest amount that a screen names is the profile's", contents.ScreenShown)
def named_limit(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = text_of(seen.after, "amount-too-high")
    most = highest(facts, screen_id(seen.after))
    if said and most and str(most) not in digits(said):
        yield f"{said!r}, and the profile says {most}"


@oracle(
    "R-amount-3",
    "an amount that stands without a complaint is taken when it is confirmed, and zero never is",
    contents.KeyPress,
    contents.Touch,
)
def confirmed_amount(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, _, amount = field_of(seen.before)
    if kind != "money" or seen.key != "OK" or not seen.is_on or facts.around != seen.around:
        return
    if not amount and seen.came_to:
        yield f"zero was confirmed, and the screen went on to {seen.came_to}"
    if amount and not seen.came_to and not has(seen.before, "amount-too-high") and not complaints(seen):
        yield f"{amount} was confirmed, and nothing came of it"
    if amount and seen.came_to and has(seen.before, "amount-too-high"):
        yield f"{amount} was confirmed while the screen said that another amount is too high, and {seen.came_to} opened"
    if amount and has(seen.after, "amount-zero"):
        yield f"{amount} was confirmed, and the screen says that it is zero"


def complaints(seen: Occurrence) -> list[str]:
    """The ids of the lines of the screen that stands now, apart from those that stood there before and say no reason."""
    return [
        one for one in ids(seen.after, Role.LINE) if one and one not in ("orders-arrived", "default-passcode")
    ]


@oracle(
    "R-amount-4",
    "a payment is for the amount that was asked for, and no higher than the profile allows",
    contents.RowStored,
)
def asked_amount(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    asked = None if facts.asked_by_till else amount_asked(facts, seen)
    for row in seen.rows:
        if row.kind == "card.refused" and asked is not None and row.number("amount") != asked:
            yield f"a card was refused for {row.number('amount')}, and {asked} was confirmed"
        if row.kind not in _OF_ROW or row.text("reference") in facts.payments:
            continue
        amount = row.number("requested") or row.number("amount")
        most = getattr(facts.profile.limits, _OF_ROW[row.kind])
        if not 0 < amount <= most and not row.text("request"):
            yield f"{row.kind} {row.text('reference')} is for {amount}, and the profile allows up to {most}"
        if facts.asked is not None and not row.text("request") and amount != facts.asked:
            yield f"{row.kind} {row.text('reference')} is for {amount}, and {facts.asked} was confirmed"


@oracle(
    "R-amount-5",
    "the amount of a payment stays as it was asked for, but for a part that the acquirer approves",
    contents.RowStored,
)
def same_amount(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        rows = facts.payments.get(row.text("reference"), [])
        if row.kind not in _OF_ROW or not rows:
            continue
        first = rows[0].number("amount")
        partly = row.text("response_code") == "10"
        is_new = row.number("amount") not in (first, rows[-1].number("amount"))
        if is_new and not (partly and row.number("amount") < first):
            yield f"{row.text('reference')} was begun with {first}, and is {row.text('state')} with {row.number('amount')}"


_SHOWS_SUM = (
    "present-card",
    "insert-instead",
    "swipe-instead",
    "clearpay-tap",
    "enter-pin",
    "processing",
    "approved",
    "accepted-offline",
    "declined",
)


@oracle(
    "R-amount-6",
    "the amount on the screen of a payment is the one that was asked for",
    contents.ScreenShown,
    shows=_SHOWS_SUM,
)
def shown_amount(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    asked = amount_asked(facts, seen)
    if asked is None or seen.after is None or seen.after.screen.id not in _SHOWS_SUM:
        return
    if facts.flow in ("history", "transactions"):
        return  # a void, whose payment was picked and not typed
    said = text_of(seen.after, "sum")
    newest = payment_spoken_of(facts, seen)
    paid = newest.number("amount") if newest is not None else asked
    if said and digits(said).lstrip("0") not in (str(asked), str(paid)):
        yield f"{said!r} on {seen.after.screen.id}, and {asked} was confirmed"


def amount_asked(facts: SessionFacts, seen: Occurrence) -> int | None:
    """What was confirmed in a field of money for a payment since the home screen; nothing is for what a point of sale asks for."""
    if seen.line.startswith("pos "):
        return None
    kind, _, amount = field_of(seen.before)
    if kind == "money" and seen.key == "OK" and seen.came_to and screen_id(seen.before) in ("amount", "home"):
        return amount
    return facts.asked


_HAS_SUM = (
    "present-card",
    "insert-instead",
    "swipe-instead",
    "clearpay-tap",
    "enter-pin",
    "approved",
    "accepted-offline",
)


@oracle(
    "R-amount-7", "the screens of a payment have its amount", contents.ScreenShown, shows=_HAS_SUM, anew=True
)
def has_amount(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to not in _HAS_SUM:
        return
    if amount_asked(facts, seen) and not (has(seen.after, "sum") or has(seen.after, "pos-payment")):
        yield f"{seen.came_to} has none, and {amount_asked(facts, seen)} was confirmed"


@oracle(
    "R-amount-8",
    "a digit too many is refused with the highest amount, which the next digit takes away",
    contents.KeyPress,
    anew=False,
)
def said_too_high(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    (kind, _was, was), (now_kind, _now, now) = field_of(seen.before), field_of(seen.after)
    if kind != "money" or now_kind != "money" or seen.came_to or seen.ignored or not seen.is_on:
        return
    most = highest(facts, screen_id(seen.after))
    if (
        seen.key.isdigit()
        and most
        and was * 10 + int(seen.key) > most
        and not has(seen.after, "amount-too-high")
    ):
        yield f"{seen.key} was typed behind {was}, and the screen does not say that {most} is the highest amount"
    if seen.key.isdigit() and has(seen.after, "amount-too-high") and contents.Beeped not in seen.kinds:
        yield f"{seen.key} behind {was} is refused without a tone"
    if now != was and has(seen.after, "amount-too-high"):
        yield f"the field went from {was} to {now}, and the screen still says that the amount is too high"


@oracle(
    "R-amount-9",
    "what the checkout complains of is the amount that stands there",
    contents.ScreenShown,
    shows=("home",),
)
def complaint(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "home" or facts.profile.home.style != "tabs":
        return
    _, _, amount = field_of(seen.after)
    if has(seen.after, "amount-zero") and amount:
        yield f"{amount} stands there, and the screen says that it is zero"
    if (
        has(seen.after, "offline-limit-exceeded")
        and seen.around.outage
        and amount <= facts.limit
        and not facts.profile.offline.queue_sum
    ):
        yield f"{amount} stands there, the limit is {facts.limit}, and the screen says that it is too high"
    if has(seen.after, "reader-lost") and seen.around.reader and not facts.line_disturbed:
        yield "the reader is there, and the screen says that it is not"


AMOUNTS = (
    each_digit,
    named_limit,
    confirmed_amount,
    asked_amount,
    same_amount,
    shown_amount,
    has_amount,
    said_too_high,
    complaint,
)
