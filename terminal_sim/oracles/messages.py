"""Rules of messages: what is sent says what was done at the terminal, and what is not answered is repeated when its time has come, oldest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import ReceivedMessage, SentMessage, SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import APPROVED, NUMBERED_KINDS, SETTLING

_LAST_STAN = 999_999
_SENT_AGAIN = ("reversal", "void", "advice", *SETTLING)
_OPENED = "fault app open"
_IN_REACH = ("network up", "service up", _OPENED)
"""The lines after which the acquirer may be in reach again, or the app that forwards may run again."""
_REFUSED_WAIT = ("4", "5")  # reversals and settlements are sent on when they were refused


@oracle(
    "R-message-1",
    "reversals leave oldest first, and the next one when the one before is answered",
    contents.MessageSent,
)
def oldest_first(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    pending = [rows[-1] for rows in facts.payments.values() if rows[-1].text("state") == "REVERSAL_PENDING"]
    for entry in seen.entries:
        content = entry.content
        if (
            not isinstance(content, contents.MessageSent)
            or content.out not in ("reversal", "void")
            or not pending
        ):
            continue
        if content.stan in [row.number("stan") for row in pending[1:]] and content.stan != pending[0].number(
            "stan"
        ):
            answered = {
                one.content.stan for one in seen.entries if isinstance(one.content, contents.MessageReceived)
            }
            if pending[0].number("stan") not in answered:
                yield f"{content.out} {content.stan} was sent, and {pending[0].number('stan')} is older and not answered"


def sent_again(facts: SessionFacts, seen: Occurrence) -> Iterator[tuple[contents.MessageSent, int, int]]:
    """Each message that goes out once more since its time has come, how often it went before, and the microseconds since it went last."""
    if seen.dues.isdisjoint(("reversal", "forward", "settlement")):
        return
    for entry in seen.entries:
        content = entry.content
        if isinstance(content, contents.MessageSent) and content.out in _SENT_AGAIN:
            count, last = facts.repeats.get((content.out, content.stan), (0, 0))
            if count:
                yield content, count, entry.at.mono - last


@oracle(
    "R-message-2",
    "what was not answered is repeated after the time that the profile says, doubled with each repeat up to the longest",
    contents.MessageSent,
)
def patience(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    timeouts = facts.profile.timeouts
    for content, count, waited in sent_again(facts, seen):
        wanted = min(timeouts.reversal_retry << min(count - 1, 8), timeouts.reversal_retry_max)
        # A card that was read slowly just now has held the line up.
        behind_a_card = waited > wanted and seen.mono == facts.stands_since
        if waited != wanted and not behind_a_card:
            yield f"{content.out} {content.stan} was repeated for time {count} after {waited} microseconds, and not after {wanted}"


@oracle(
    "R-message-3",
    "a message has the way in that its row has, and the amount of its payment",
    contents.MessageSent,
)
def as_the_row(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    new = facts.terminal.bench.acquirer.messages[-4:]
    for row in seen.rows:
        if row.kind not in ("sale", "moto", "refund") or row.text("state") != "AUTH_SENT":
            continue
        for message in new:
            if message.fields["reference"] == row.text("reference") and message.fields["entry"] != row.text(
                "entry"
            ):
                yield f"{row.text('reference')} came in by {row.text('entry')}, and its message says {message.fields['entry']}"
        way = {"insert": "chip", "tap-card": "contactless", "swipe": "stripe"}.get(
            facts.way if not seen.line else seen.line.partition(" ")[0], ""
        )
        if row.kind == "sale" and way and row.text("entry") not in (way, "keyed"):
            yield f"a card came in by {way}, and the row says {row.text('entry')}"


@oracle(
    "R-message-4", "what a cardholder said of the address is what the acquirer gets", contents.MessageSent
)
def address(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    typed = {
        one.screen: one.digits
        for one in (*facts.confirmed, *((seen.confirmed,) if seen.confirmed is not None else ()))
    }
    messages = facts.terminal.bench.acquirer.messages
    sent = [one.content for one in seen.entries if isinstance(one.content, contents.MessageSent)]
    asking = [one.stan for one in sent if one.out in ("moto", "sale")]
    if not messages or messages[-1].fields["stan"] not in asking or "card-number" not in typed:
        return
    fields = messages[-1].fields
    for screen in ("postal-code", "street-number"):
        if typed.get(screen, "") and fields.get(screen, "") != typed[screen]:
            yield f"{typed[screen]} was typed, and the acquirer got {fields.get(screen, 'nothing')!r}"


@oracle(
    "R-message-5",
    "an answer that nothing waits for changes nothing, and is on record",
    contents.MessageReceived,
)
def unexpected(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    said = [(row.number("stan"), row.number("amount")) for row in seen.rows if row.kind == "unexpected"]
    arrived = taken(facts)
    for entry in seen.entries:
        content = entry.content
        if not isinstance(content, contents.MessageReceived) or not seen.is_on:
            continue
        asked = [one for one in facts.sent if one.stan == content.stan and one.amount == content.amount]
        asked += [one for one in sent_in(seen) if one.stan == content.stan and one.amount == content.amount]
        of_class = [one for one in asked if one.mti[1] == content.into[1]]
        since = of_class[0].mono if of_class else 0
        already = [
            one
            for one in arrived
            if (one.stan, one.amount, one.into) == (content.stan, content.amount, content.into)
            and one.mono >= since
        ]
        arrived.append(
            ReceivedMessage(content.stan, content.amount, content.code, content.into, entry.at.mono)
        )
        waits_on = content.into[1] in _REFUSED_WAIT and all(one.code not in APPROVED for one in already)
        if (
            (len(already) >= len(of_class) or _is_given_up(facts, content))
            and not (of_class and waits_on)
            and (content.stan, content.amount) not in said
        ):
            yield f"{content.into} {content.stan} of {content.amount} arrived, which nothing waits for, and no row says so"


def _is_given_up(facts: SessionFacts, answer: contents.MessageReceived) -> bool:
    """Whether an answer is one to the request of a payment that did not wait for it any more."""
    ends = [rows[-1] for rows in facts.payments.values() if rows[-1].number("stan") == answer.stan]
    paid = [row for row in ends if row.kind in ("sale", "moto", "refund")]
    return answer.into[1:3] == "11" and bool(paid) and paid[-1].text("state") != "AUTH_SENT"


def taken(facts: SessionFacts) -> list[ReceivedMessage]:
    """The answers before that a terminal heard and that no row calls unexpected."""
    left = Counter(
        (row.number("stan"), row.number("amount"), row.text("response_code"), row.text("mti"))
        for row in facts.rows
        if row.kind == "unexpected"
    )
    taken = []
    for one in facts.received:
        what = (one.stan, one.amount, one.code, one.into)
        if left[what]:
            left[what] -= 1
        elif one.heard:
            taken.append(one)
    return taken


def sent_in(seen: Occurrence) -> list[SentMessage]:
    """The messages that left in an occurrence."""
    return [
        SentMessage(one.content.out, one.content.mti, one.content.stan, one.content.amount, one.at.mono)
        for one in seen.entries
        if isinstance(one.content, contents.MessageSent)
    ]


@oracle(
    "R-message-6", "what is in doubt, not settled or kept leaves at once when the acquirer is in reach again"
)
def at_once(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.line not in _IN_REACH or not seen.is_on or seen.around.outage:
        return
    out = {one.out for one in sent_in(seen)}
    opened = seen.line == _OPENED and not seen.around_before.app_open
    first = _first_to_leave(facts, seen)
    if first is not None and "advice" not in out and (opened or seen.around_before.outage):
        yield f"{first.text('reference')} waits to be forwarded, and nothing was sent"
    if not seen.around_before.outage:
        return
    pending = [rows[-1] for rows in facts.payments.values() if rows[-1].text("state") == "REVERSAL_PENDING"]
    if pending and out.isdisjoint(("reversal", "void")):
        yield f"{pending[0].text('reference')} is in doubt, and nothing was sent"
    batch = facts.unsettled
    if batch is not None and out.isdisjoint(SETTLING):
        yield f"batch {batch.number('batch')} is not settled, and nothing was sent"


def _first_to_leave(facts: SessionFacts, seen: Occurrence) -> SeenRow | None:
    """The payment that is forwarded next, where something waits and its answer is not waited for already."""
    kept = facts.waiting if facts.profile.offline.enabled else []
    if not kept or (seen.line != _OPENED and facts.outage is None):
        return None
    left = facts.under_way
    if left and seen.line == _OPENED:
        return None
    return facts.first_to_leave(kept, left, app_open=seen.around.app_open)


@oracle("R-message-7", "a repeat says that it is one", contents.MessageSent)
def repeats(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.line.startswith("power") or any(row.kind == "boot" for row in seen.rows):
        return
    for one in sent_in(seen):
        first, (_, last) = (
            facts.first_sent.get((one.out, one.stan)),
            facts.repeats.get((one.out, one.stan), (0, -1)),
        )
        if one.out not in (*_SENT_AGAIN, "card-advice") or first is None or facts.powered_at >= last:
            continue
        if one.mti == first.mti and first.mti.endswith("0"):
            yield f"{one.mti} {one.stan} was sent again as {first.mti}"


@oracle("R-message-8", "trace numbers follow one another, and none is left out", contents.RowStored)
def following(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    last, known = facts.stan, set(facts.numbered)
    for row in seen.rows:
        name, stan = row.text("reference"), row.number("stan")
        if row.kind not in NUMBERED_KINDS or not stan or name in known:
            continue
        known.add(name)
        if stan != last % _LAST_STAN + 1:
            yield f"{name} has {stan}, and the one before had {last}"
        last = stan


MESSAGES = (oldest_first, patience, as_the_row, address, unexpected, at_once, repeats, following)
