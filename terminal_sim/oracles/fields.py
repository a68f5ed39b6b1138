"""Rules of fields that are typed: how much they hold, what clears them, and what of them is shown."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, field_of, has, screen_id
from terminal_sim.oracles.oracle import oracle

# How many digits a field holds: a card number (ISO/IEC 7812-1), a telephone number (ITU-T E.164), a PIN (ISO 9564-1), an address as the acquirer's messages carry it.
_LONGEST = {
    "card-number": 19,
    "expiry": 4,
    "postal-code": 10,
    "street-number": 10,
    "receipt-number": 15,
    "enter-pin": 12,
}
_PASSCODES = ("passcode", "new-passcode", "repeat-passcode")
_SECRET = (*_PASSCODES, "cvc", "enter-pin")
_JUDGED = ("amount", "offline-limit", "card-number", "expiry", "cvc", "new-passcode", "repeat-passcode")
"""The fields of which the terminal says whether they are right, once they are confirmed."""
_SHORTEST_TELEPHONE = 7
_SHORTEST_PIN = 4
_SHOWN_OF_A_NUMBER = 6
_NO_COMPLAINTS = {"wrong-pin", "passcode-locked", ""}
"""What is said of the card or of the passcode, and not of what stands in the field."""


def longest(facts: SessionFacts, screen: str) -> int:
    """How many digits the field of a screen holds, 0 where nothing says so."""
    if screen in _PASSCODES:
        return max(one.max_digits for one in facts.profile.passcodes.values())
    if screen == "cvc":
        number = next((one.digits for one in reversed(facts.confirmed) if one.screen == "card-number"), "")
        return 4 if number.startswith(("34", "37")) else 3
    return _LONGEST.get(screen, 0)


@oracle(
    "R-field-3",
    "a field holds as many digits as what is asked for may have",
    contents.KeyPress,
    shows=(*_LONGEST, *_PASSCODES, "cvc"),
)
def holds(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, typed, count = field_of(seen.after)
    screen = screen_id(seen.after)
    most = longest(facts, screen) if kind not in ("", "money") else 0
    if kind == "date":
        count = len(typed.replace("/", ""))
    if most and count > most:
        yield f"{count} digits stand in {screen}, which holds {most}"


@oracle(
    "R-field-4",
    "clear takes the last digit of a field, and no more",
    contents.KeyPress,
    contents.Touch,
    anew=False,
)
def cleared(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    (kind, _was, before), (now_kind, _now, after) = field_of(seen.before), field_of(seen.after)
    screen = screen_id(seen.after)
    if (
        seen.key == "CLEAR"
        and screen == "home"
        and kind == "digits"
        and not now_kind
        and before > 1
        and seen.is_on
    ):
        yield f"nothing stands in {screen} after {before} digits of a shortcut"
    if seen.key != "CLEAR" or not seen.is_on or seen.came_to or kind != now_kind or not kind or not before:
        return
    if kind == "money":
        wanted = before // 10
    elif kind == "date":
        wanted, after = len(digits_of_date(_was)) - 1, len(digits_of_date(_now))
    else:
        wanted = before - 1
    if after != wanted:
        yield f"{after} stands in {screen} after {before}, and not {wanted}"


def digits_of_date(shown: str) -> str:
    """What is typed of a date, without the stroke between month and year."""
    return shown.replace("/", "")


@oracle(
    "R-field-5",
    "what was refused as wrong does not stay in a field that nobody may read",
    contents.KeyPress,
    contents.Touch,
)
def refused(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, _typed, count = field_of(seen.after)
    if seen.key != "OK" or kind != "masked" or not count or not seen.is_on:
        return
    typed = len(seen.confirmed.digits) if seen.confirmed is not None else 0
    if (has(seen.after, "wrong-pin") and typed >= _SHORTEST_PIN) or any(
        row.text("result") == "wrong" for row in seen.rows
    ):
        yield f"{count} digits stand in {screen_id(seen.after)} after they were wrong"


@oracle("R-field-6", "a telephone number is taken with seven digits or more", contents.RowStored)
def telephone(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = seen.confirmed
    if said is None or said.screen != "receipt-number" or len(said.digits) >= _SHORTEST_TELEPHONE:
        return
    if any(row.kind == "receipt" for row in seen.rows):
        yield f"one of {len(said.digits)} digits was taken"


@oracle(
    "R-field-7",
    "a field takes a digit as long as it has room",
    contents.InputIgnored,
    left=(*_LONGEST, *_PASSCODES, "cvc"),
)
def has_room(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, typed, count = field_of(seen.before)
    screen = screen_id(seen.before)
    if kind in ("", "money") or not seen.key.isdigit() or not seen.ignored or not seen.is_on:
        return
    if screen in _PASSCODES and any(until > seen.mono for until in facts.locked.values()):
        return
    count = len(digits_of_date(typed)) if kind == "date" else count
    if count < longest(facts, screen):
        yield f"{seen.key} was typed behind {count} digits of at most {longest(facts, screen)} in {screen}, and was not taken"


@oracle(
    "R-secret-2",
    "a secret is never shown as it is typed, and of a card number no more than its first six digits",
    contents.ScreenShown,
    shows=(*_SECRET, "card-number"),
)
def hidden(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, typed, _count = field_of(seen.after)
    screen = screen_id(seen.after)
    if screen in _SECRET and kind and (kind != "masked" or digits(typed)):
        yield f"{typed!r} stands in {screen}"
    elif screen == "card-number" and len(digits(typed)) > _SHOWN_OF_A_NUMBER:
        yield f"{len(digits(typed))} digits of the number stand on the screen"


@oracle(
    "R-secret-3",
    "of the telephone number that a receipt goes to, the journal keeps the last four digits",
    contents.RowStored,
)
def masked_telephone(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind == "receipt" and len(digits(row.text("to"))) > 4:
            yield f"the receipt of {row.text('original')} goes to {row.text('to')}"


@oracle(
    "R-field-8",
    "what a field complains of goes with the next key that changes what stands there",
    contents.KeyPress,
    anew=False,
)
def complaint(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    (kind, was, before), (now_kind, now, after) = field_of(seen.before), field_of(seen.after)
    stays = (
        kind == now_kind and kind not in ("", "money") and not seen.came_to and (was, before) != (now, after)
    )
    if not stays or seen.key in ("", "OK") or seen.before is None or seen.after is None:
        return
    told = {*seen.before.complaints} - _NO_COMPLAINTS
    for one in seen.after.complaints:
        if one in told:
            yield f"{seen.after.by_id[one].text!r} stands in {screen_id(seen.after)} after {seen.key}"


@oracle(
    "R-field-9",
    "a field that is confirmed and not taken says why",
    contents.KeyPress,
    left=_JUDGED,
    shows=_JUDGED,
)
def says_why(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    before, after = screen_id(seen.before), screen_id(seen.after)
    judged = seen.key == "OK" and not seen.ignored and seen.is_on and seen.after is not None
    not_taken = before == after or (before, after) == ("repeat-passcode", "new-passcode")
    if judged and not_taken and seen.after is not None and not seen.after.complaints:
        yield f"{before} was confirmed, and {after} stands there without a word"


FIELDS = (holds, cleared, refused, telephone, has_room, hidden, masked_telephone, complaint, says_why)
