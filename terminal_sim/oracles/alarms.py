"""Rules of what nobody answers: when a person is called for, why a payment is reversed, and what a boot does about it."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.messages import sent_again
from terminal_sim.oracles.occurrence import Occurrence, digits, screen_id, text_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import IN_DOUBT, PAYMENT_KINDS, SETTLING

_CALLED_AFTER = 6  # sends of one message that nobody took
_NO_ANSWER, _CANCELLED = "4021", "4000"
_SHOWN_BY = {"card-removed": _CANCELLED, "reader-lost": "4007"}
"""The reason of a reversal by the screen that ends its payment (ISO 8583:1993 DE 25)."""


@oracle(
    "R-call-1",
    "a message that was sent six times in vain is on record as unanswered, before it is sent again",
    contents.MessageSent,
)
def on_record(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for content, count, _ in sent_again(facts, seen):
        if count < _CALLED_AFTER:
            continue
        known = {*facts.unanswered, *(row.text("reference") for row in seen.rows if row.kind == "unanswered")}
        named = [name for name, rows in facts.payments.items() if rows[-1].number("stan") == content.stan]
        named += [row.text("reference") for row in facts.settlements if row.number("stan") == content.stan]
        if named and known.isdisjoint(named):
            yield f"{content.out} {content.stan} was sent {count} times, and no row says that it is not answered"


@oracle("R-call-2", "a person is called for once, and not before the sixth send in vain", contents.RowStored)
def not_early(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind == "unanswered" and row.number("attempts") < _CALLED_AFTER:
            yield f"{row.text('reference')} was sent {row.number('attempts')} times when a person was called for"
        if row.kind == "unanswered" and contents.Beeped not in seen.kinds and seen.is_on:
            yield f"a person is called for {row.text('reference')} without a tone"


@oracle(
    "R-banner-5",
    "the home screen says how many messages nobody answers",
    contents.ScreenShown,
    contents.RowStored,
    shows=("home",),
)
def called(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "home" or not seen.is_on:
        return
    open_ones = dict(facts.unanswered)
    for row in seen.rows:
        name, state = row.text("reference"), row.text("state")
        if row.kind == "unanswered":
            open_ones[name] = row.text("message")
        elif row.kind in PAYMENT_KINDS and state not in IN_DOUBT:
            open_ones.pop(name, None)
        elif row.kind == "settlement" and state == "SETTLED":
            open_ones = {one: message for one, message in open_ones.items() if message not in SETTLING}
    said = text_of(seen.after, "unanswered")
    if digits(said) != (str(len(open_ones)) if open_ones else ""):
        yield f"{said or 'nothing'!r} stands there, and {len(open_ones)} messages are not answered"


@oracle("R-reversal-1", "a reversal says why the payment does not count", contents.RowStored)
def why(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    booted = any(row.kind == "boot" for row in seen.rows)
    for row in seen.rows:
        if row.kind not in ("sale", "moto", "refund") or row.text("state") != "REVERSAL_PENDING":
            continue
        taken_back = screen_id(seen.before) == "avs-result" and seen.key == "CANCEL"
        in_vain = booted or (facts.state == "authorising" and "state" in seen.dues)
        wanted = _SHOWN_BY.get(seen.came_to, row.text("reason"))
        wanted = _CANCELLED if taken_back else _NO_ANSWER if in_vain else wanted
        if row.text("reason") != wanted:
            yield f"{row.text('reference')} is reversed by reason {row.text('reason') or 'of nothing'}, and not {wanted}"


@oracle(
    "R-boot-1",
    "what a power cut left in doubt is asked for as soon as the terminal is on again",
    contents.RowStored,
)
def recovered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.is_on or not any(row.kind == "boot" for row in seen.rows):
        return
    newest = {name: rows[-1].text("state") for name, rows in facts.payments.items()}
    newest |= {row.text("reference"): row.text("state") for row in seen.rows if row.kind in PAYMENT_KINDS}
    left = [name for name, state in newest.items() if state == "AUTH_SENT"]
    if left:
        yield f"{left[0]} was sent and not answered, and is not reversed"
    pending = [name for name, state in newest.items() if state == "REVERSAL_PENDING"]
    out = {one.content.out for one in seen.entries if isinstance(one.content, contents.MessageSent)}
    if pending and not seen.around.outage and out.isdisjoint(("reversal", "void")):
        yield f"{pending[0]} is in doubt, and nothing was sent"


ALARMS = (on_record, not_early, called, why, recovered)
