"""Rules of what stands on a receipt, of the copies that are offered, and of receipts by message."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import PrintedReceipt, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, digits, has, screen_id, text_of
from terminal_sim.oracles.on_screen import payment_spoken_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.receipts import date_of, is_reprint, row_of, row_on, value_of

# What the row of a payment has, and the label under which its receipt says so; a void's own paper says less.
_SAID = {
    "sequence": "receipt-sequence",
    "label": "receipt-application",
    "brand": "receipt-card-type",
    "entry": "receipt-entry",
    "reference": "receipt-tender",
    "original": "receipt-original",
    "host_reference": "receipt-reference",
    "avs_result": "receipt-avs",
    "ticket": "receipt-ticket",
}
_NOT_OF_A_VOID = {"aid": "receipt-aid", "auth_code": "receipt-auth-code", "cryptogram": "receipt-cryptogram"}
_AS_IT_IS = (
    "sequence",
    "label",
    "reference",
    "original",
    "host_reference",
    "aid",
    "auth_code",
    "cryptogram",
    "ticket",
)
_NEVER_PAID = ("DECLINED", "EXPIRED", "LOST")
_OF_THE_CUSTOMER = ("receipt-retain", "receipt-thanks")
_WHY = {
    "no-connection": "no-connection",
    "4000": "cancelled",
    "4007": "reader-lost",
    "4017": "card-error",
    "4021": "no-answer",
}
"""What the receipt of a payment without a response code says, by the reason in its row (ISO 8583 DE 25 of 1993)."""
_ALWAYS = (
    "receipt-date",
    "receipt-time",
    "receipt-card",
    "receipt-terminal",
    "receipt-type",
    "receipt-total",
)


@oracle("R-paper-9", "a receipt says all that the row of its payment has", contents.ReceiptPrinted)
def whole(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for paper in seen.printed:
        row = row_on(facts, seen, paper)
        if row is None:
            continue
        labels = paper.ids
        said = {**_SAID, **({} if row.kind == "void" else _NOT_OF_A_VOID)}
        for name, label in said.items():
            value = row.text(name)
            if value and label not in labels:
                yield f"it lacks {label}, and {row.text('reference')} has {value}"
            elif value and name in _AS_IT_IS and value not in value_of(paper, label):
                yield f"{label} is {value_of(paper, label)!r}, and {row.text('reference')} has {value}"
        ends = _OF_THE_CUSTOMER if paper.copy == "customer" and "receipt-declined" not in labels else ()
        for label in (*_ALWAYS, *ends):
            if label not in labels:
                yield f"it lacks {label}"
        pan, card = row.text("pan"), value_of(paper, "receipt-card")
        if pan and card != "*" * (len(pan) - 4) + pan[-4:]:
            yield f"its card is {card}, and {row.text('reference')} has {pan}"
        yield from _dated(paper, row)
        yield from _from_where(facts, paper, row)
        asked, paid = row.number("requested"), row.number("amount")
        if (asked not in (0, paid)) != ("receipt-requested" in labels):
            yield f"{asked} was asked for and {paid} paid, and it {'says' if asked == paid else 'does not say'} so"


def _dated(paper: PrintedReceipt, row: SeenRow) -> Iterator[str]:
    """The day and the minute of the payment stand on its receipt."""
    clock = digits(row.text("at").replace("T", " ").partition(" ")[2])[:4]
    day, at = date_of(paper, "receipt-date"), date_of(paper, "receipt-time")
    if day is not None and f"{day:%Y-%m-%d}" != row.text("at")[:10]:
        yield f"its day is {day:%Y-%m-%d}, and the payment was on {row.text('at')[:10]}"
    if at is not None and f"{at:%H%M}" != clock:
        yield f"its time is {at:%H:%M}, and the payment was at {clock[:2]}:{clock[2:]}"


def _from_where(facts: SessionFacts, paper: PrintedReceipt, row: SeenRow) -> Iterator[str]:
    """Terminal, merchant and type of payment stand on its receipt, and by which code it was declined."""
    terminal, merchant = value_of(paper, "receipt-terminal"), value_of(paper, "receipt-merchant")
    if terminal != facts.terminal.name:
        yield f"it names the terminal {terminal}, and this one is {facts.terminal.name}"
    if merchant != facts.profile.merchant.id and row.kind != "void":
        yield f"it names the merchant {merchant}, and the profile {facts.profile.merchant.id}"
    for line in paper.written:
        label, value = getattr(line, "label", None), getattr(line, "value", None)
        if getattr(label, "id", "") == "receipt-type" and getattr(value, "id", "") != f"type-{row.kind}":
            yield f"it is of a {row.kind}, and says {getattr(value, 'id', 'nothing')}"
        text = getattr(line, "text", None)
        said = dict(getattr(text, "args", ())).get("code", "")
        code, why = str(said), _WHY.get(row.text("reason"), "")
        declined = getattr(text, "id", "") == "receipt-declined" and not row.text("response_code")
        if declined and why and getattr(said, "id", "") != why:
            yield f"it is declined by {getattr(said, 'id', said) or 'nothing'}, and the reason is {why}"
        if getattr(text, "id", "") == "receipt-declined" and row.text("response_code") not in ("", code):
            yield f"it is declined by {code or 'nothing'}, and the answer was {row.text('response_code')}"


@oracle("R-paper-10", "each copy has its own title", contents.ReceiptPrinted)
def titled(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for paper in seen.printed:
        if f"receipt-{paper.copy}-copy" not in paper.ids:
            yield f"the {paper.copy} copy has another title"


@oracle(
    "R-paper-11",
    "a payment that was declined prints where the profile says so, and nowhere else",
    contents.ReceiptPrinted,
)
def declined(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.profile.receipts.declined:
        return
    for paper in seen.printed:
        row = row_on(facts, seen, paper)
        if (
            row is not None
            and not is_reprint(paper)
            and row.text("state") in ("DECLINED", "REVERSAL_PENDING", "REVERSED")
        ):
            yield f"the {paper.copy} copy of {row.text('reference')}, which is {row.text('state')}, came out"


@oracle(
    "R-paper-12",
    "the copy that is offered is the one that prints, and each that the profile offers is",
    contents.ScreenShown,
    contents.ReceiptPrinted,
)
def offered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    before = screen_id(seen.before)
    if before in ("customer-receipt", "merchant-receipt") and seen.key == "OK" and seen.printed:
        copy = before.removesuffix("-receipt")
        if seen.printed[0].copy != copy:
            yield f"the {copy} copy was offered, and the {seen.printed[0].copy} copy came out"
    both = facts.profile.receipts.merchant == facts.profile.receipts.customer == "prompt"
    sound_paper = (
        max(facts.paper_trouble_at, facts.powered_at) < facts.left_home_at and not seen.around.jammed
    )
    offered_first = (
        before in ("approved", "accepted-offline", "declined") and "merchant-receipt" not in facts.been
    )
    if (
        both
        and sound_paper
        and seen.around.paper != "out"
        and seen.came_to == "customer-receipt"
        and offered_first
    ):
        yield "the customer copy is offered before the merchant copy"
    rules, troubled = facts.profile.receipts, max(facts.paper_trouble_at, facts.powered_at)
    if (
        seen.came_to not in ("home", "remove-card")
        or seen.line
        or seen.target
        or facts.profile.home.style == "tabs"
    ):
        return
    if (
        before == "remove-card"
        or facts.profile.printer is None
        or facts.ended not in ("approved", "accepted-offline")
    ):
        return
    if (
        troubled >= facts.left_home_at
        or seen.around.paper == "out"
        or facts.asked_by_till
        or facts.last is None
    ):
        return
    if facts.last.mono < facts.left_home_at or seen.dues:
        return
    for copy, policy in (("merchant", rules.merchant), ("customer", rules.customer)):
        if policy == "prompt" and f"{copy}-receipt" not in facts.been and before != f"{copy}-receipt":
            yield f"the {copy} copy was not offered"


@oracle(
    "R-paper-13",
    "a receipt by message leaves when its payment is approved, and not before, and is promised for none that will not be paid",
    contents.RowStored,
)
def by_message(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind != "receipt":
            continue
        payment = row_of(facts, seen, row.text("original"))
        state = payment.text("state") if payment is not None else "nothing"
        due = facts.receipts_due.get(row.text("original"), row.text("to"))
        if row.text("state") == "sent" and row.text("to") != due:
            yield f"it was sent to {row.text('to')}, and was to go to {due}"
        before = [one for one in facts.rows if one.kind == "receipt" and one.text("state") == "sent"]
        if any(one.text("original") == row.text("original") for one in before):
            yield f"the receipt of {row.text('original')} had gone out before"
        if row.text("state") == "sent" and state not in ("COMPLETED", "VOIDED"):
            yield f"it was sent, and {row.text('original')} is {state}"
        if row.text("state") == "due" and state == "COMPLETED":
            yield f"it waits for an answer, and {row.text('original')} is approved"
        if row.text("state") == "due" and state in _NEVER_PAID:
            yield f"it waits for an answer, and {row.text('original')} is {state}"
    for row in seen.rows:
        name = row.text("reference")
        if row.kind != "offline.forwarded" or name not in facts.receipts_due:
            continue
        if not any(one.kind == "receipt" and one.text("original") == name for one in seen.rows):
            yield f"{name} was approved, and its receipt to {facts.receipts_due[name]} was not sent"


@oracle(
    "R-paper-16",
    "a receipt by message is offered until it has a number, of which the screen then says the last four digits, or until the screen says that none goes out",
    contents.ScreenShown,
    shows=("approved", "accepted-offline"),
    anew=True,
)
def to_a_number(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    checkout = facts.profile.checkout
    if seen.came_to not in ("approved", "accepted-offline") or checkout is None:
        return
    said, typed = text_of(seen.after, "receipt-sent-to"), seen.confirmed
    paid = payment_spoken_of(facts, seen)
    if paid is None or paid.kind not in ("sale", "moto"):
        return
    receipts = [row for row in (*facts.rows, *seen.rows) if row.kind == "receipt"]
    new = (
        typed is not None
        and typed.screen == "receipt-number"
        and any(row.kind == "receipt" for row in seen.rows)
    )
    known = any(row.text("original") == paid.text("reference") for row in receipts)
    newest = row_of(facts, seen, paid.text("reference"))
    state = newest.text("state") if newest is not None else ""
    to_offer = checkout.digital_receipt and not known and state not in _NEVER_PAID
    if has(seen.after, "digital-receipt") != to_offer:
        yield f"a receipt by message is {'' if to_offer else 'not '}to be offered"
    if has(seen.after, "receipt-not-sent") != (checkout.digital_receipt and state in _NEVER_PAID):
        yield f"the screen says {'' if has(seen.after, 'receipt-not-sent') else 'not '}that no receipt goes out, and the payment is {state}"
    if new and typed is not None and digits(said) != typed.digits[-4:]:
        yield f"a number that ends with {typed.digits[-4:]} was typed, and the screen says {said or 'nothing'!r}"


@oracle(
    "R-paper-14",
    "that a copy was printed is said where one came out",
    contents.ScreenShown,
    left=("customer-receipt", "merchant-receipt"),
)
def said_so(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.before) not in ("customer-receipt", "merchant-receipt"):
        return
    if has(seen.after, "copy-printed") and seen.target == "print" and not seen.printed:
        yield "a copy was printed, says the screen, and nothing came out"


RECEIPT_LINES = (whole, titled, declined, offered, by_message, to_a_number, said_so)
