"""Rules of what stands in a message, of what is not sent once more, and of what leaves at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import ReceivedMessage, SentMessage, SessionFacts
from terminal_sim.oracles.lists import newest_rows
from terminal_sim.oracles.messages import sent_in, taken
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, Value, screen_id
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import APPROVED, IN_DOUBT, PAYMENT_KINDS, UNRESOLVED

_NEWEST = -8  # of the messages that the acquirer got
_OF_A_ROW = ("sale", "moto", "refund", "void", "reversal", "advice", "card-advice", "batch-upload")
_ONCE = ("sale", "moto", "refund")
"""The kinds of requests that are reversed when they are not answered, and never repeated."""
_WITH_AN_ANSWER = ("void", "advice", "card-advice")
"""The kinds of messages that are over with any answer; the others are with an approval."""
_CANCELLED = "4000"


@oracle("R-message-9", "a message says what the row that it is about says", contents.MessageSent)
def as_the_row(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    sent = [one for one in sent_in(seen) if one.out in _OF_A_ROW]
    if not sent:
        return
    rows = {row.text("reference"): row for row in facts.rows if row.kind == "card.refused"}
    rows |= {row.text("reference"): row for row in seen.rows if row.kind == "card.refused"}
    rows |= newest_rows(facts, seen)
    for message in facts.terminal.bench.acquirer.messages[_NEWEST:]:
        fields = message.fields
        row = rows.get(str(fields["reference"]))
        new = (message.kind, fields["stan"]) in [(one.out, one.stan) for one in sent]
        if row is None or not new or fields["terminal"] != facts.terminal.name:
            continue
        for name, wanted in _said(message.kind, row).items():
            if fields.get(name, "") != wanted:
                yield f"{name} of the {message.kind} is {fields.get(name, 'nothing')}, and {row.text('reference')} has {wanted or 'nothing'}"
        for name in ("pan", "sequence"):
            if name in fields and fields[name] != row.text(name):
                yield f"{name} of the {message.kind} is {fields[name]}, and {row.text('reference')} has {row.text(name) or 'nothing'}"


def _said(kind: str, row: SeenRow) -> dict[str, Value]:
    """What a message of this kind has of the row that it is about, by the names of its fields."""
    said: dict[str, Value] = {"entry": row.text("entry"), "fallback": row.text("fallback")}
    if kind == "void":
        said |= {"original": row.text("original"), "reason": _CANCELLED}
    elif kind == "reversal":
        said |= {"original": row.text("reference"), "reason": row.text("reason")}
    return said


@oracle("R-message-10", "what was answered is not sent again", contents.MessageSent)
def over(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if any(row.kind == "boot" for row in seen.rows):
        return  # an upload begins anew after a boot
    answered: list[ReceivedMessage] | None = None
    for one in sent_in(seen):
        first = facts.first_sent.get((one.out, one.stan))
        if first is None or facts.powered_at >= first.mono or not seen.is_on:
            continue
        if one.out in _ONCE:
            yield f"{one.mti} {one.stan} was sent twice"
        answered = taken(facts) if answered is None else answered
        codes = [each.code for each in answered if _answers(each, first)]
        if any(one.out in _WITH_AN_ANSWER or code in APPROVED for code in codes):
            yield f"{one.mti} {one.stan} was sent, and was answered by {codes[0]} before"


def _answers(received: ReceivedMessage, sent: SentMessage) -> bool:
    """Whether class, trace number and amount of an answer are those of a message (ISO 8583, 4.1.2)."""
    kind = f"{sent.mti[1]}{int(sent.mti[2]) + 1}"
    same = (received.stan, received.amount) == (sent.stan, sent.amount)
    return same and received.into[1:3] == kind and received.mono >= sent.mono


@oracle("R-message-11", "when what waits longest is over, the next one leaves at once", contents.RowStored)
def goes_on(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.is_on or any(row.kind == "boot" for row in seen.rows):
        return
    out = {one.out for one in sent_in(seen)}
    left_before = (*facts.first_sent.values(), *sent_in(seen))
    asked = {one.stan for one in left_before if one.out in ("reversal", "void")}
    resolved = [
        row
        for row in seen.rows
        if facts.payments.get(row.text("reference"), [row])[-1].text("state") == "REVERSAL_PENDING"
        and row.text("state") not in IN_DOUBT
        and row.number("stan") in asked
    ]
    left = [name for name, row in newest_rows(facts, seen).items() if row.text("state") == "REVERSAL_PENDING"]
    if resolved and left and out.isdisjoint(("reversal", "void")):
        yield f"{resolved[0].text('reference')} is over, and {left[0]} waits still"


@oracle(
    "R-forward-3",
    "what a card has approved by itself leaves at once when the acquirer is in reach",
    contents.RowStored,
)
def by_itself(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    reached = seen.is_on and facts.outage is None and not seen.around.outage and seen.around.app_open
    if not reached or facts.waiting or seen.around != seen.around_before:
        return
    kept = [row for row in seen.rows if row.kind == "offline.stored"]
    if kept and "advice" not in {one.out for one in sent_in(seen)}:
        yield f"{kept[0].text('reference')} was kept with the acquirer in reach, and nothing was sent"


@oracle(
    "R-boot-3",
    "after a boot the screen says that it looks for as long as something is in doubt and can be asked for, and no longer",
    contents.StateChanged,
)
def looks_on(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) != "checking-last" or not seen.came_to or not seen.is_on or seen.line:
        return
    unlinked = facts.unlinked_since_boot and not seen.around.network and not facts.is_tampered
    if "state" in seen.dues and unlinked:
        yield f"there is no connection, and it looked until {seen.came_to} came with the time-out"
    if "state" in seen.dues or contents.MessageFailed in seen.kinds:
        return
    left = [name for name, row in newest_rows(facts, seen).items() if row.text("state") in UNRESOLVED]
    if left:
        yield f"{left[0]} is in doubt, and {seen.came_to} stands there"


@oracle(
    "R-void-5",
    "a void is of its original's card, and speaks its holder's language",
    contents.RowStored,
)
def same_card(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        rows = facts.payments.get(row.text("original"), [])
        if row.kind != "void" or row.text("reference") in facts.payments or not rows:
            continue
        for name in ("pan", "brand", "sequence", "entry", "fallback", "language"):
            if row.text(name) != rows[-1].text(name):
                yield f"its {name} is {row.text(name) or 'nothing'}, and that of {row.text('original')} is {rows[-1].text(name) or 'nothing'}"


@oracle(
    "R-ending-5",
    "the code of an approval that the card gave by itself says whether the acquirer was asked before, and is its approval code",
    contents.RowStored,
)
def code_of_the_card(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    asked = {name for name, rows in facts.payments.items() if rows[-1].text("state") == "AUTH_SENT"}
    for row in seen.rows:
        name = row.text("reference")
        if row.kind not in PAYMENT_KINDS:
            continue
        if row.text("state") == "AUTH_SENT":
            asked.add(name)
        wanted = (
            "Y3" if name in asked else "Y1"
        )  # ISO 8583 DE 39 and EMV tag 8A: unable to go online, or offline
        said = row.text("response_code")
        if row.text("state") == "PENDING" and said.startswith("Y") and said != wanted:
            yield f"{name} has {said}, and the acquirer was {'' if name in asked else 'not '}asked"
        code = row.text("auth_code")
        if row.text("state") == "PENDING" and said.startswith("Y") and code != said:
            yield f"{name} was approved by its card as {said}, and its approval code is {code or 'none'}"


@oracle(
    "R-ending-6",
    "a payment that was answered has the authorisation code and the reference of the answer",
    contents.RowStored,
)
def as_answered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    done = {
        str(row.values["reference"]): row
        for row in seen.rows
        if row.kind in PAYMENT_KINDS
        and row.text("state") in ("COMPLETED", "DECLINED")
        and row.text("response_code")
    }
    if not done or not seen.is_on:
        return
    told: dict[str, list[Mapping[str, Value]]] = {}
    for message in facts.terminal.bench.acquirer.messages[_NEWEST:]:
        name = str(message.fields["reference"])
        if name in done and message.kind in (done[name].kind, "advice") and message.fields["response"]:
            told.setdefault(name, []).append(message.fields)
    for name, answers in told.items():
        row = done[name]
        for said in ("auth-code", "host-reference"):
            has, known = row.text(said.replace("-", "_")), [one.get(said, "") for one in answers]
            if (row.kind != "void" or said != "auth-code") and has not in known:
                yield f"{name} has the {said} {has or 'of nothing'}, and the answer had {known[-1] or 'none'}"
        if row.text("avs_result") not in [str(one.get("avs", "")) for one in answers]:
            yield f"{name} has {row.text('avs_result') or 'nothing'} of its address, and the answer had {answers[-1].get('avs', 'none')}"


@oracle(
    "R-void-6",
    "a void that never left is over, and not sent later",
    contents.MessageFailed,
    contents.ScreenShown,
)
def never_left(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if not seen.is_on:
        return
    void = facts.last
    if seen.came_to == "void-unanswered" and void is not None and facts.powered_at < void.mono:
        left = {one.stan for one in (*facts.first_sent.values(), *sent_in(seen)) if one.out == "void"}
        if void.kind == "void" and void.number("stan") not in left:
            yield f"{void.text('reference')} never left, and is said to wait for its answer"
    failed = {
        one.content.stan
        for one in seen.entries
        if isinstance(one.content, contents.MessageFailed) and one.content.problem == "unreachable"
    }
    for name, rows in facts.payments.items():
        row = rows[-1]
        if row.kind != "void" or row.text("state") != "REVERSAL_PENDING" or row.number("stan") not in failed:
            continue
        count, _ = facts.repeats.get(("void", row.number("stan")), (0, 0))
        if (
            count == 1
            and facts.powered_at < row.mono
            and not any(one.text("reference") == name for one in seen.rows)
        ):
            yield f"{name} never left, and waits to be sent"


@oracle(
    "R-message-12",
    "what a script of the issuer has done to a chip goes out as an advice",
    contents.MessageReceived,
)
def script_results(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    # An answer that the host was told to keep back may have had the script.
    if not facts.script_due or facts.line_disturbed or facts.host_told or not seen.is_on:
        return
    for row in seen.rows:
        paid = row.kind in ("sale", "refund") and row.text("state") == "COMPLETED"
        online = paid and row.text("entry") == "chip" and not facts.is_kept(row)
        if online and "card-advice" not in {one.out for one in sent_in(seen)}:
            yield f"the issuer has sent a script for the card of {row.text('reference')}, and hears nothing of it"


WIRE = (
    as_the_row,
    over,
    goes_on,
    by_itself,
    looks_on,
    same_card,
    code_of_the_card,
    as_answered,
    never_left,
    script_results,
)
