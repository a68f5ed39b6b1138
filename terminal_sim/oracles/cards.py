"""Rules of the card and its holder: the PIN, the ways in that the reader takes, the language, the display of the customer, and what is kept secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, field_of, has, screen_id, text_of
from terminal_sim.oracles.on_screen import language_at_the_end, language_of_card
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD, PRESENTING

_SHORTEST_PIN, _LONGEST_PIN = 4, 12
_LONGEST_FIELD_OFF = (
    25_500_000  # microseconds: 255 times 100 ms (EMV Contactless Book A, 6.2, Field Off Request)
)
_HOW: tuple[Literal["insert", "tap", "swipe"], ...] = ("insert", "tap", "swipe")
_WORDS = {"insert": ("insert", "insér"), "tap": ("tap", "appos"), "swipe": ("swipe", "gliss")}


@oracle(
    "R-pin-1",
    "a PIN has 4 to 12 digits, which the screen never shows",
    contents.KeyPress,
    contents.ScreenShown,
)
def length(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, typed, count = field_of(seen.after)
    if kind == "masked" and digits(typed):
        yield f"{typed!r} stands on the screen"
    if screen_id(seen.after) == "enter-pin" and count > _LONGEST_PIN:
        yield f"{count} digits stand in the field"
    if screen_id(seen.before) != "enter-pin" or seen.key != "OK" or seen.confirmed is None:
        return
    typed_now = len(seen.confirmed.digits)
    taken = bool(seen.came_to) or contents.StateChanged in seen.kinds
    if taken and typed_now < _SHORTEST_PIN and seen.is_on:
        yield f"a PIN of {typed_now} digits was taken"
    if not taken and typed_now >= _SHORTEST_PIN and seen.is_on:
        yield f"a PIN of {typed_now} digits was not taken"


@oracle("R-pin-2", "a PIN that was asked for and typed right is in the result", contents.RowStored)
def in_the_result(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if (
            row.kind not in ("sale", "refund")
            or row.text("state") != "COMPLETED"
            or not facts.pin
            or facts.is_kept(row)
        ):
            continue
        card = facts.terminal.card if facts.names_card(seen) else None
        right = card is not None and card.pin is not None and card.pin.reveal() == facts.pin
        if right and "pin" not in row.text("cvm"):
            yield f"{row.text('reference')} was verified by {row.text('cvm') or 'nothing'}, and a PIN was typed"


@oracle(
    "R-pin-3",
    "each wrong PIN leaves one try less, and is said to be wrong",
    contents.ScreenShown,
    left=("enter-pin",),
)
def tries(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) != "enter-pin" or seen.key != "OK" or seen.ignored or facts.tries_left < 0:
        return
    said = text_of(seen.after, "wrong-pin")
    left = int(digits(said) or "0")
    if said and left >= facts.tries_left:
        yield f"{said!r}, and before there were {facts.tries_left}"
    if not said and facts.tries_left > 1 and screen_id(seen.after) == "enter-pin":
        yield f"the PIN is asked for again with {facts.tries_left - 1} left, and not said to be wrong"


@oracle("R-reader-1", "the reader takes the ways in that the screen names, and no others")
def ways(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    waited = contents.TimePassed in seen.kinds
    if not seen.is_on or not seen.around.reader or not (waited or seen.until == seen.mono):
        return
    screen = screen_id(seen.after)
    terminal = facts.terminal
    open_now = {how for how in _HOW if terminal.wants_card(how)}
    if screen not in ASKS_FOR_CARD:
        if open_now and screen != "processing" and (screen, open_now) != ("present-again", {"tap"}):
            yield f"the reader waits to {' and '.join(sorted(open_now))}, and the screen is {screen}"
        return
    said = text_of(seen.after, screen).lower()
    named = {how for how, words in _WORDS.items() if any(word in said for word in words)}
    if said and open_now - named and not seen.around.outage:
        yield f"{said!r}, and the reader waits to {' and '.join(sorted(open_now))}"
    if missing := named - open_now - _not_yet(facts, seen):
        yield f"{said!r}, and the reader waits for none to {' and '.join(sorted(missing))}"
    entries = facts.profile.entries
    have = {"insert": entries.chip, "tap": entries.contactless, "swipe": entries.stripe}
    for how in sorted(open_now | named):
        if not have[how]:
            yield f"a card to {how} is asked for, and the terminal takes none so"


def _not_yet(facts: SessionFacts, seen: Occurrence) -> set[str]:
    """The ways in that may be closed for now: the slot that a card is in, and the field for a while after a tap."""
    in_slot = {"insert"} if facts.terminal.card_in_slot else set()
    tapped = facts.way == "tap-card" or seen.line.startswith("tap-card")
    began = seen.mono if contents.StateChanged in seen.kinds else facts.stands_since
    is_off = tapped and "field" not in seen.dues and seen.until - began < _LONGEST_FIELD_OFF
    return in_slot | {"tap"} if is_off else in_slot


@oracle("R-reader-2", "a card that was asked for is taken", contents.Act, left=ASKS_FOR_CARD)
def taken(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    word = seen.line.partition(" ")[0]
    if (
        word in PRESENTING
        and seen.is_on
        and screen_id(seen.before) in ASKS_FOR_CARD
        and facts.around == seen.around
    ):
        changed = (
            contents.StateChanged in seen.kinds
            or contents.ScreenShown in seen.kinds
            or contents.Beeped in seen.kinds
        )
        if not changed:
            yield f"{seen.line}, and nothing came of it"


_CARDHOLDERS = ("enter-pin", "choose-application", "processing", "approved", "declined", "cancelled", "card-removed", "remove-card", "timed-out",
                "no-connection", "card-error", "accepted-offline", "not-accepted", "receipt-number", "reader-lost", "offline-not-allowed", "insert-instead", "swipe-instead", "present-card", "present-again", "clearpay-tap", "see-phone",
                "pos-cancelled", "not-offline-card", "not-offline-gift-card", "not-offline-contactless", "offline-limit-exceeded",
                "offline-session-over", "offline-queue-full")  # fmt: skip


@oracle(
    "R-language-1",
    "what the seller reads is in the terminal's language, what a cardholder reads in the card's where it is spoken",
    contents.ScreenShown,
)
def language(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.after is None:
        return
    own, screen = facts.terminal.locale, screen_id(seen.after)
    if facts.profile.displays[seen.after.display].read_by != "both":
        return
    if screen not in _CARDHOLDERS and seen.after.locale != own:
        yield f"{screen} is in {seen.after.locale}, and the terminal speaks {own}"
    spoken_to = language_at_the_end(facts, seen)
    if (
        spoken_to
        and seen.came_to in ("approved", "declined", "accepted-offline")
        and seen.after.locale != spoken_to
    ):
        yield f"{screen} is in {seen.after.locale}, and the cardholder speaks {spoken_to}"
    card = facts.terminal.card if facts.names_card(seen) else None
    if screen == "enter-pin" and card is not None and not seen.around.outage:
        wanted = language_of_card(card.languages, facts.profile) or own
        if seen.after.locale != wanted:
            yield f"the PIN is asked for in {seen.after.locale}, and the card wants {wanted}"


@oracle("R-secret-1", "nothing that was typed as a secret stands in a row", contents.RowStored)
def secrets(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    typed = {
        one.digits for one in facts.confirmed if one.screen in _SECRET and len(one.digits) >= _SHORTEST_PIN
    }
    if (
        seen.confirmed is not None
        and seen.confirmed.screen in _SECRET
        and len(seen.confirmed.digits) >= _SHORTEST_PIN
    ):
        typed.add(seen.confirmed.digits)
    codes = {
        one.digits
        for one in (*facts.confirmed, *((seen.confirmed,) if seen.confirmed else ()))
        if one.screen == "cvc" and one.digits
    }
    card = facts.terminal.card
    pan = card.pan.reveal() if card is not None else ""
    for row in seen.rows:
        for name, value in row.values.items():
            text = str(value)
            if isinstance(value, str) and text in typed | codes:
                yield f"{name} of {row.kind} is what was typed"
            if (pan and pan in text) or any(len(one) > _LONGEST_PIN and one in text for one in typed):
                yield f"{name} of {row.kind} has a card number in clear"


_SECRET = ("passcode", "new-passcode", "repeat-passcode", "enter-pin", "card-number", "cvc")


@oracle("R-field-1", "a field is empty when it is asked for", anew=True)
def empty(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    kind, typed, count = field_of(seen.after)
    if (
        kind
        and seen.came_to
        and seen.came_to != "home"
        and count
        and screen_id(seen.before) not in ("off", "notice")
    ):
        yield f"{typed!r} stands in {seen.came_to} when it is asked for"


@oracle(
    "R-field-2",
    "a digit that is typed stands in the field, as far as the field has room",
    contents.KeyPress,
    anew=False,
)
def each_digit(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    (kind, *_kept, was), (now_kind, *_now, now) = field_of(seen.before), field_of(seen.after)
    if kind in ("", "money") or now_kind != kind or seen.came_to or not seen.is_on:
        return
    if seen.key.isdigit() and not seen.ignored and now <= was:
        yield f"{seen.key} was typed into {screen_id(seen.after)}, and {now} digits stand there after {was}"


@oracle(
    "R-entry-1",
    "a typed card is taken only with a right number, a month that is not over and a code of its length",
    contents.StateChanged,
    left=("card-number", "expiry", "cvc"),
    anew=True,
)
def typed_card(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = seen.confirmed
    if said is None or not seen.came_to or not seen.is_on or seen.came_to in ("cancelled", "timed-out"):
        return
    if said.screen == "card-number" and not _is_right(said.digits):
        yield f"a number of {len(said.digits)} digits with a wrong check digit was taken"
    elif said.screen == "expiry":
        now = facts.terminal.bench.engine.clock.now.civil
        month, year = int(said.digits[:2] or "0"), 2000 + int(said.digits[2:] or "0")
        if len(said.digits) != 4 or not 1 <= month <= 12 or (year, month) < (now.year, now.month):
            yield f"{said.digits} was taken in {now:%m%y}"
    elif said.screen == "cvc":
        number = next((one.digits for one in reversed(facts.confirmed) if one.screen == "card-number"), "")
        if len(said.digits) != (4 if number.startswith(("34", "37")) else 3):
            yield f"a code of {len(said.digits)} digits was taken"


@oracle(
    "R-entry-2",
    "a typed card that is right is not refused",
    contents.KeyPress,
    contents.Touch,
    left=("expiry",),
    anew=False,
)
def right_card(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = seen.confirmed
    if said is None or seen.came_to or not seen.is_on:
        return
    if said.screen == "expiry" and len(said.digits) == 4 and has(seen.after, "expired-card"):
        now = facts.terminal.bench.engine.clock.now.civil
        if 1 <= int(said.digits[:2]) <= 12 and (2000 + int(said.digits[2:]), int(said.digits[:2])) >= (
            now.year,
            now.month,
        ):
            yield f"{said.digits} is refused as expired in {now:%m%y}"
    if (
        said.screen == "expiry"
        and 1 <= int(said.digits[:2] or "0") <= 12
        and len(said.digits) == 4
        and has(seen.after, "expiry-invalid")
    ):
        yield f"{said.digits} is refused as no month"


@oracle(
    "R-entry-3",
    "the security code is asked for as the profile says",
    contents.StateChanged,
    left=("expiry",),
    anew=True,
)
def code_asked(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = seen.confirmed
    if (
        said is None
        or not seen.is_on
        or said.screen != "expiry"
        or not seen.came_to
        or seen.came_to in ("cancelled", "timed-out")
    ):
        return
    if (seen.came_to == "cvc") != facts.profile.moto.ask_cvc:
        yield f"{seen.came_to} comes after the expiry"


def _is_right(number: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812-1, Annex B)."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return len(number) >= 12 and total % 10 == 0


CARDS = (
    length,
    in_the_result,
    tries,
    ways,
    taken,
    language,
    secrets,
    empty,
    each_digit,
    typed_card,
    right_card,
    code_asked,
)
