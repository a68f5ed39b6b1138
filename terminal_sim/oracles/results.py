"""Rules of the screen that ends a payment: what it says besides how it ended, how it sounds, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.lists import LISTS_OF
from terminal_sim.oracles.occurrence import Occurrence, digits, has, screen_id, text_of
from terminal_sim.oracles.on_screen import payment_on_screen
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD, NOT_PAID

_SAID = re.compile(r'(server|register)="([^"]*)"')
_GOOD = ("approved", "accepted-offline")
_BAD = tuple(screen for screen in NOT_PAID if screen != "reader-lost")
_TOLD_BY_CODE = {"call-your-bank": ("01", "02"), "incorrect-pin": ("55",), "pin-tries-exceeded": ("75",)}
"""ISO 8583, field 39: refer to the issuer; wrong PIN; allowable number of PIN tries exceeded."""
_PAPER = ("customer-receipt", "merchant-receipt", "out-of-paper")
_IN_TIME = (
    *ASKS_FOR_CARD,
    *("enter-pin", "choose-application"),
    *("card-number", "expiry", "cvc", "postal-code", "street-number"),
)
"""The screens of a payment before the acquirer is asked."""
_SERVED = ("present-card", "processing")
"""The screens that stand when a till's request was taken."""


@oracle(
    "R-result-1",
    "a payment that ends well sounds good, and one that does not sounds bad",
    contents.ScreenShown,
    shows=(*_GOOD, *_BAD),
    anew=True,
)
def tone(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to not in (*_GOOD, *_BAD) or screen_id(seen.before) in (*_PAPER, "receipt-number"):
        return
    tones = [entry.content.tone for entry in seen.entries if isinstance(entry.content, contents.Beeped)]
    wanted = "good" if seen.came_to in _GOOD else "bad"
    if (tones[-1] if tones else "") != wanted:
        yield f"{seen.came_to} sounds {tones[-1] if tones else 'not at all'}"


@oracle(
    "R-result-2",
    "an approval of a part says so, and how much is left to pay",
    contents.ScreenShown,
    shows=("approved",),
    anew=True,
)
def partly(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row = payment_on_screen(facts, seen)
    if seen.came_to != "approved" or row is None or row.kind == "void":
        return
    asked, paid, said = row.number("requested"), row.number("amount"), text_of(seen.after, "partly-approved")
    if asked and asked != paid and digits(said) != f"{asked:03d}{asked - paid:03d}":
        yield f"{paid} of {asked} was approved, and the screen says {said or 'nothing'!r}"
    total = text_of(seen.after, "sum")
    if total and digits(total).lstrip("0") != str(paid):
        yield f"{paid} was approved, and the screen has {total!r}"
    if asked == paid and said:
        yield f"all of {asked} was approved, and the screen says {said!r}"


@oracle(
    "R-result-3",
    "the screen asks for a signature where the cardholder is verified by one",
    contents.ScreenShown,
    shows=_GOOD,
    anew=True,
)
def signature(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row = payment_on_screen(facts, seen)
    if seen.came_to not in _GOOD or row is None or row.kind == "void":
        return
    wanted = row.text("cvm") == "signature"
    if has(seen.after, "signature") != wanted:
        yield f"the cardholder was verified by {row.text('cvm') or 'nothing'}, and a signature is {'not ' if wanted else ''}asked for"


@oracle(
    "R-result-4",
    "a payment that the acquirer declined says by which code",
    contents.ScreenShown,
    shows=("declined",),
    anew=True,
)
def said_why(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row = payment_on_screen(facts, seen)
    if seen.came_to != "declined" or row is None or row.kind == "void":
        return
    code = row.text("response_code")
    if (
        code
        and code not in ("00", "10")
        and row.text("state") == "DECLINED"
        and not has(seen.after, "response-code")
    ):
        yield f"the answer was {code}, and the screen does not say so"
    if code and row.text("state") == "DECLINED":
        for words, codes in _TOLD_BY_CODE.items():
            if has(seen.after, words) != (code in codes):
                yield f"the answer was {code}, and the cardholder reads {'no ' if code in codes else ''}{words}"


@oracle(
    "R-result-5",
    "a card that is still in is spoken of, and waited for before the home screen",
    contents.Act,
    contents.ScreenShown,
)
def card_in(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        facts.line_disturbed
        or not seen.is_on
        or not seen.around.reader
        or (seen.until != seen.mono and not seen.dues)
    ):
        return
    if seen.line == "remove card" and screen_id(seen.before) == "remove-card" and not seen.came_to:
        yield "the card was taken out, and is asked for still"
    if contents.ScreenShown not in seen.kinds:
        return
    if not facts.terminal.card_in_slot:
        if (
            seen.came_to in (*_GOOD, *_BAD, "remove-card")
            and has(seen.after, "remove-card")
            and not seen.line
        ):
            yield f"{seen.came_to} asks for a card, and there is none in the slot"
        return
    screen, left = screen_id(seen.after), screen_id(seen.before)
    if seen.came_to == "remove-card" and contents.Beeped not in seen.kinds:
        yield "the card is asked for without a tone"
    if (
        screen in (*_GOOD, *_BAD)
        and seen.came_to
        and seen.until == seen.mono
        and not has(seen.after, "remove-card")
    ):
        yield f"{screen} does not ask for the card"
    by_key = seen.key in ("OK", "CANCEL") or "state" in seen.dues
    of_payment = (
        (*_GOOD, *_BAD) if facts.flow in LISTS_OF else (*_GOOD, *_BAD, *_PAPER)
    )  # a list prints copies, too
    if screen == "home" and by_key and left in of_payment:
        yield f"{left} was left for the home screen, and the card is still in"


@oracle("R-result-6", "the answer to an address is shown before the payment counts", contents.ScreenShown)
def address(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    asked = seen.confirmed is not None and seen.confirmed.screen == "street-number"
    if seen.came_to == "approved" and (
        asked or (facts.address_asked and screen_id(seen.before) == "processing")
    ):
        yield "an address was typed, and the payment is approved without a word on it"
    if seen.came_to == "avs-result" and not (asked or facts.address_asked):
        yield "no address was asked for, and the answer to one stands there"
    if (
        screen_id(seen.before) == "avs-result"
        and "state" in seen.dues
        and seen.came_to not in ("approved", *_PAPER)
    ):
        yield f"the time of the answer to the address is over, and {seen.came_to or 'nothing'} stands there"


@oracle(
    "R-result-7",
    "all lights are green when a payment has ended well, and none when it has not or is over",
    contents.ScreenShown,
    shows=(*_GOOD, *_BAD, "home"),
    anew=True,
)
def lights(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) in (*_PAPER, "receipt-number"):
        return
    green = [name for name in facts.profile.lights if facts.terminal.lights.get(name) == "green"]
    dark = [name for name in facts.profile.lights if name not in green]
    if seen.came_to in (*_BAD, "home") and green:
        yield f"{seen.came_to} is shown, and {green[0]} is green"
    if seen.came_to in _GOOD and dark:
        yield f"{seen.came_to} is shown, and {dark[0]} is not green"


@oracle(
    "R-result-8",
    "a card that is taken out before it had the last word ends the payment, and the screen says so",
    contents.Act,
    left=("enter-pin", "choose-application", "processing"),
)
def taken_out(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    # Of a card that was tapped nothing is in the slot: what is taken out there was left by somebody before.
    on_screen = screen_id(seen.before) in ("enter-pin", "choose-application") and facts.way != "tap-card"
    while_asking = (
        screen_id(seen.before) == "processing" and facts.state == "authorising" and facts.way == "insert"
    )
    if (
        seen.line == "remove card"
        and (on_screen or while_asking)
        and seen.is_on
        and all(view.screen.id != "card-removed" for view in seen.screens)
    ):
        yield f"{screen_id(seen.after)} stands there after {screen_id(seen.before)}"


@oracle(
    "R-till-1",
    "a till takes its request back in time, and the screen says that it did",
    contents.Act,
    left=_IN_TIME,
)
def taken_back(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.line.startswith("pos cancel") or seen.came_to == "pos-cancelled" or not seen.is_on:
        return
    heard = seen.line.split()[2] == facts.asked_by_till and seen.around.network
    if seen.came_to or heard:
        yield f"{screen_id(seen.after)} is shown"


@oracle(
    "R-till-2",
    "a till is given no payment above the highest amount of the profile",
    contents.StateChanged,
    shows=("present-card",),
    anew=True,
)
def too_much(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    match seen.line.split():
        case ["pos", "sale", _, amount] if (
            seen.came_to == "present-card" and int(amount) > facts.profile.limits.max_amount
        ):
            yield f"{amount} was asked for, the profile allows {facts.profile.limits.max_amount}, and {seen.came_to} stands there"


@oracle(
    "R-till-4",
    "a result gives way to a till once no card is in the slot",
    contents.StateChanged,
)
def gives_way(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        seen.line.startswith(("pos sale", "pos refund"))
        and has(seen.before, "remove-card")
        and seen.came_to in _SERVED
    ):
        yield f"{seen.came_to} stands there after {screen_id(seen.before)}, and a card is in the slot"


@oracle(
    "R-till-5",
    "a payment of a till has its ticket, who serves and where, as the till said; what it has taken back has its ticket too",
    contents.RowStored,
)
def as_the_till_said(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.line.startswith("pos refund"):
        ticket = seen.line.split()[2]
        for row in seen.rows:
            if row.kind in ("void", "refund") and row.text("ticket") != ticket:
                yield f"the ticket of {row.text('reference')} is {row.text('ticket')!r}, and the till said {ticket!r}"
    line = seen.line if seen.line.startswith("pos sale") and seen.came_to else facts.till_line
    asked = facts.asked_by_till or seen.line == line
    if not asked or not line.startswith("pos sale"):
        return
    said = {"ticket": line.split()[2], **dict(_SAID.findall(line))}
    for row in seen.rows:
        if row.kind != "sale" or row.text("reference") in facts.payments or not row.text("ticket"):
            continue
        for name in ("ticket", "server", "register"):
            if row.text(name) != said.get(name, ""):
                yield f"the {name} of {row.text('reference')} is {row.text(name)!r}, and the till said {said.get(name, '')!r}"


@oracle(
    "R-result-9",
    "a card that was read by a tap is told by a tone, all lights and in words",
    contents.RowStored,
)
def read(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    asked = any(row.kind == "sale" and row.text("state") == "AUTH_SENT" for row in seen.rows)
    if not (seen.line.startswith("tap-card") and asked and seen.is_on):
        return
    if contents.Beeped not in seen.kinds:
        yield f"{seen.line} makes no tone"
    if screen_id(seen.after) == "processing":
        for name in facts.profile.lights:
            if facts.terminal.lights.get(name) != "green":
                yield f"{seen.line} was read, and {name} is not green"
    if seen.came_to == "processing" and not has(seen.after, "card-read-ok"):
        yield f"{seen.line} was read, and the screen does not say so"


RESULTS = (
    tone,
    partly,
    read,
    signature,
    said_why,
    card_in,
    address,
    lights,
    taken_out,
    taken_back,
    too_much,
    gives_way,
    as_the_till_said,
)
