"""Rules of the screen that ends a payment: what it says besides how it ended, how it sounds, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.lists import LISTS_OF
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, digits, has, screen_id, text_of
from terminal_sim.oracles.oracle import oracle

_GOOD = ("approved", "accepted-offline")
_BAD = (
    "declined",
    "cancelled",
    "timed-out",
    "card-removed",
    "no-connection",
    "card-error",
    "not-accepted",
    "void-declined",
)
_PAPER = ("customer-receipt", "merchant-receipt", "out-of-paper")


def _paid(facts: SessionFacts, seen: Occurrence) -> SeenRow | None:
    """The newest row of the payment that has just ended, None where none has."""
    own = [
        row
        for row in seen.rows
        if row.kind in ("sale", "moto", "refund") and row.text("state") != "VOIDED" and not facts.is_kept(row)
    ]
    if own:
        return own[-1]
    last = facts.last
    return last if last is not None and last.kind != "void" and last.mono >= facts.left_home_at else None


@oracle(
    "R-result-1",
    "a payment that ends well sounds good, and one that does not sounds bad",
    contents.ScreenShown,
)
def tone(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to not in (*_GOOD, *_BAD) or screen_id(seen.before) in _PAPER:
        return
    tones = [entry.content.tone for entry in seen.entries if isinstance(entry.content, contents.Beeped)]
    if not tones:
        return
    wanted = "good" if seen.came_to in _GOOD else "bad"
    if tones[-1] != wanted:
        yield f"{seen.came_to} sounds {tones[-1]}"


@oracle("R-result-2", "an approval of a part says so, and how much is left to pay", contents.ScreenShown)
def partly(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row = _paid(facts, seen)
    if seen.came_to != "approved" or row is None or not any(one is row for one in seen.rows):
        return
    asked, paid, said = row.number("requested"), row.number("amount"), text_of(seen.after, "partly-approved")
    if asked and asked != paid and digits(said) != f"{asked}{asked - paid}":
        yield f"{paid} of {asked} was approved, and the screen says {said or 'nothing'!r}"
    if asked == paid and said:
        yield f"all of {asked} was approved, and the screen says {said!r}"


@oracle(
    "R-result-3",
    "the screen asks for a signature where the cardholder is verified by one",
    contents.ScreenShown,
)
def signature(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row = _paid(facts, seen)
    if seen.came_to not in _GOOD or row is None or not any(one is row for one in seen.rows):
        return
    wanted = row.text("cvm") == "signature"
    if has(seen.after, "signature") != wanted:
        yield f"the cardholder was verified by {row.text('cvm') or 'nothing'}, and a signature is {'not ' if wanted else ''}asked for"


@oracle("R-result-4", "a payment that the acquirer declined says by which code", contents.ScreenShown)
def said_why(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row = _paid(facts, seen)
    if seen.came_to != "declined" or row is None or not any(one is row for one in seen.rows):
        return
    code = row.text("response_code")
    if (
        code
        and code not in ("00", "10")
        and row.text("state") == "DECLINED"
        and not has(seen.after, "response-code")
    ):
        yield f"the answer was {code}, and the screen does not say so"


@oracle("R-result-5", "a card that is still in is spoken of, and waited for before the home screen")
def card_in(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if (
        facts.line_disturbed
        or not seen.is_on
        or not seen.around.reader
        or (seen.until != seen.mono and not seen.dues)
    ):
        return
    if contents.ScreenShown not in seen.kinds or not facts.terminal.card_in_slot:
        return
    screen, left = screen_id(seen.after), screen_id(seen.before)
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
    if (
        screen_id(seen.before) == "avs-result"
        and "state" in seen.dues
        and seen.came_to not in ("approved", *_PAPER)
    ):
        yield f"the time of the answer to the address is over, and {seen.came_to or 'nothing'} stands there"


RESULTS = (tone, partly, signature, said_why, card_in, address)
