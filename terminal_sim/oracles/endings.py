"""Rules of how a payment ends: what the screen says is what the journal has, and what the acquirer answered."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import ReceivedMessage, SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, digits, text_of
from terminal_sim.oracles.on_screen import payment_on_screen
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import APPROVED, NOT_PAID, PAYMENT_KINDS

_RECENT = 8
"""As many of the newest messages are looked at for the answer to what was forwarded."""


@oracle(
    "R-ending-1",
    "the screen that ends a payment says what its row says",
    contents.ScreenShown,
    shows=("approved", "accepted-offline", *NOT_PAID),
    anew=True,
)
def says_the_row(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    row, screen = payment_on_screen(facts, seen), seen.came_to
    if screen in ("void-declined", "void-unanswered") or (
        screen == "no-connection" and facts.flow in _VOIDING
    ):
        doubtful = _newest_void(facts, seen) == "REVERSAL_PENDING"
        if doubtful != (screen == "void-unanswered"):
            yield f"{screen} is shown, and the void is {'not answered' if doubtful else 'over'}"
    if row is None:
        if screen in ("accepted-offline", "approved") and not _late_ok(facts):
            yield f"{screen} is shown, and no row says so"
        return
    state = row.text("state")
    if screen == "approved" and state not in ("COMPLETED", "PENDING"):
        yield f"approved is shown, and {row.text('reference')} is {state}"
    elif screen == "approved" and state == "PENDING" and not row.text("response_code").startswith("Y"):
        yield f"approved is shown, and nobody has approved {row.text('reference')} yet"
    elif screen == "accepted-offline" and state != "PENDING":
        yield f"accepted-offline is shown, and {row.text('reference')} is {state}"
    elif screen in NOT_PAID and state in ("COMPLETED", "PENDING"):
        yield f"{screen} is shown, and {row.text('reference')} is {state}"
    undelivered = row.text("reason") == "no-connection"
    why = screen in ("declined", "void-declined", "no-connection") and state == "DECLINED"
    if why and "state" not in seen.dues and (screen == "no-connection") != undelivered:
        yield f"{screen} is shown, and {row.text('reference')} was {'not delivered' if undelivered else 'declined'}"


_VOIDING = ("void", "history", "transactions")
"""The flows in which a void is asked for."""


def _newest_void(facts: SessionFacts, seen: Occurrence) -> str:
    """The state of the newest void, "" where there is none."""
    voids = [rows for rows in facts.payments.values() if rows[0].kind == "void"]
    newest = [*(voids[-1] if voids else ()), *(row for row in seen.rows if row.kind == "void")]
    last = newest[-1].text("reference") if newest else ""
    return next((row.text("state") for row in reversed(newest) if row.text("reference") == last), "")


def _late_ok(facts: SessionFacts) -> bool:
    """A screen that comes back to the result of a payment says nothing new, though the payment was stored then and is declined by now."""
    last = facts.last
    return last is not None and (
        facts.is_kept(last) or last.text("state") in ("COMPLETED", "PENDING", "VOIDED", "FORWARD_SENT")
    )


@oracle(
    "R-ending-2",
    "a payment is completed by an answer of the acquirer that is one to it and approves it",
    contents.RowStored,
)
def answered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    arrived = [
        ReceivedMessage(one.content.stan, one.content.amount, one.content.code, one.content.into, one.at.mono)
        for one in seen.entries
        if isinstance(one.content, contents.MessageReceived)
    ]
    for row in seen.rows:
        if (
            row.kind not in ("sale", "moto", "refund")
            or row.text("state") != "COMPLETED"
            or facts.is_kept(row)
        ):
            continue
        rows = facts.payments.get(row.text("reference"), [])
        asked = rows[0].number("amount") if rows else row.number("requested")
        stan = row.number("stan")
        fitting = [one for one in (*facts.received, *arrived) if (one.stan, one.amount) == (stan, asked)]
        if row.text("entry") == "chip" and row.kind == "sale" and not row.text("cryptogram"):
            yield f"{row.text('reference')} is completed, and its card had no last word"
        if not any(one.code in APPROVED and one.into[2:3] == "1" for one in fitting):
            yield f"{row.text('reference')} is completed, and no approval with trace number {stan} and amount {asked} has come"


@oracle("R-ending-3", "the response code on the screen and in the row is the acquirer's", contents.RowStored)
def code(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if (
            row.kind not in PAYMENT_KINDS
            or not row.text("response_code")
            or row.text("response_code")[0] == "Y"
        ):
            continue
        codes = {one.code for one in facts.received if one.stan == row.number("stan")}
        codes |= {
            one.content.code
            for one in seen.entries
            if isinstance(one.content, contents.MessageReceived) and one.content.stan == row.number("stan")
        }
        if row.text("response_code") not in codes:
            yield f"{row.text('reference')} has {row.text('response_code')}, and the answers had {', '.join(sorted(codes)) or 'nothing'}"
        shown = text_of(seen.after, "response-code")
        if (
            shown
            and seen.came_to
            and payment_on_screen(facts, seen) is row
            and digits(row.text("response_code")) not in digits(shown)
        ):
            yield f"{shown!r}, and the answer was {row.text('response_code')}"


@oracle(
    "R-ending-4",
    "a payment that the acquirer approved is completed, where nothing was wrong with card and reader",
    contents.RowStored,
)
def completed(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.is_disturbed or "state" in seen.dues or not seen.is_on:
        return
    arrived = [one.content for one in seen.entries if isinstance(one.content, contents.MessageReceived)]
    approved = {one.stan for one in arrived if one.code in APPROVED and one.into[1] == "1"}
    for row in seen.rows:
        ended = row.text("state") in ("DECLINED", "REVERSAL_PENDING")
        if row.kind in ("sale", "refund") and ended and row.number("stan") in approved and not seen.key:
            yield f"{row.text('reference')} was approved, and is {row.text('state')}"


@oracle(
    "R-ending-7",
    "what was kept becomes what the acquirer says of it: paid where it approves, with the amount that it approves",
    contents.RowStored,
)
def forwarded(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    outcomes = [row for row in seen.rows if row.kind in ("offline.forwarded", "offline.declined")]
    if not outcomes:
        return
    states = {row.text("reference"): row for row in seen.rows if row.kind in ("sale", "refund")}
    authorised = {
        str(one.fields["reference"]): one.fields.get("authorised", 0)
        for one in facts.terminal.bench.acquirer.messages[-_RECENT:]
        if one.kind == "advice"
    }
    for row in outcomes:
        name, approves = row.text("reference"), row.text("response_code") in APPROVED
        payment = states.get(name)
        if payment is None:
            yield f"{name} was answered, and its payment has no row"
        elif (row.kind == "offline.forwarded") != approves:
            yield f"{name} was answered by {row.text('response_code')}, and its row is {row.kind}"
        elif (payment.text("state") == "COMPLETED") != approves:
            yield f"{name} was answered by {row.text('response_code')}, and is {payment.text('state')}"
        elif approves and authorised.get(name) and payment.number("amount") != authorised[name]:
            yield f"{authorised[name]} of {name} was approved, and its row has {payment.number('amount')}"


ENDINGS = (says_the_row, answered, code, completed, forwarded)
