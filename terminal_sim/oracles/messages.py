"""Rules of messages: what is sent says what was done at the terminal, and what is not answered is repeated when its time has come, oldest first."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence
from terminal_sim.oracles.oracle import oracle


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


@oracle(
    "R-message-2", "what was not answered is repeated no sooner than the profile says", contents.MessageSent
)
def patience(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    timeouts = facts.profile.timeouts
    for entry in seen.entries:
        content = entry.content
        if not isinstance(content, contents.MessageSent) or content.out not in ("reversal", "advice"):
            continue
        before = [one for one in facts.sent if one[0] == content.out and one[2] == content.stan]
        if not before or seen.due not in ("reversal", "forward") or facts.powered_at > before[-1][4]:
            continue
        waited = entry.at.mono - before[-1][4]
        if not timeouts.reversal_retry <= waited <= timeouts.reversal_retry_max:
            yield f"{content.out} {content.stan} was repeated after {waited} microseconds"


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
    if not messages or not any(one.out in ("moto", "sale") for one in sent) or "card-number" not in typed:
        return
    fields = messages[-1].fields
    for screen in ("postal-code", "street-number"):
        if (
            typed.get(screen, "")
            and fields.get(screen, "") != typed[screen]
            and fields["stan"] in [one.stan for one in sent]
        ):
            yield f"{typed[screen]} was typed, and the acquirer got {fields.get(screen, 'nothing')!r}"


MESSAGES = (oldest_first, patience, as_the_row, address)
