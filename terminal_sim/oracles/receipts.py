"""Rules of paper: which copies come out, of which payment, and what stands on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from terminal_sim.bench import PrintedReceipt, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, digits, has, screen_id
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import PAYMENT_KINDS

_ENDED = ("COMPLETED", "DECLINED", "PENDING", "REVERSAL_PENDING", "REVERSED")
_BY_HAND = ("", "remove card")
_PAID = ("COMPLETED", "VOIDED")
_GIVEN = frozenset(("receipt-approved", "receipt-offline", "receipt-expired", "receipt-lost"))
"""What a receipt says of a payment that was given the customer: who must sign did."""
_WAITING = ("PENDING", "FORWARD_SENT")
_BY_CARD = ("Y1", "Y3")  # EMV Book 4, A6: approved offline, and since the acquirer could not be reached
_KEPT = {
    "PENDING": "receipt-offline",
    "FORWARD_SENT": "receipt-offline",
    "EXPIRED": "receipt-expired",
    "LOST": "receipt-lost",
}


_PRINTS = ("settled", "customer-receipt", "merchant-receipt", "batch-report", "last-batch")
"""The screens that say whether there is paper for what they print."""


def value_of(paper: PrintedReceipt, label: str) -> str:
    """What stands behind the label with this id, as its line has it; "" where it is not there."""
    return str(paper.values.get(label, ""))


def date_of(paper: PrintedReceipt, label: str) -> datetime | None:
    """The moment that stands behind the label with this id, None where there is none."""
    at = dict(getattr(paper.values.get(label), "args", ())).get("at")
    return at if isinstance(at, datetime) else None


def is_reprint(paper: PrintedReceipt) -> bool:
    """Whether it has the mark of a copy."""
    return "receipt-copy" in paper.ids


def row_of(facts: SessionFacts, seen: Occurrence, reference: str) -> SeenRow | None:
    """The newest row of a payment, those of this occurrence among them."""
    own = [row for row in seen.rows if row.kind in PAYMENT_KINDS and row.text("reference") == reference]
    if own:
        return own[-1]
    return facts.payments[reference][-1] if reference in facts.payments else None


def row_on(facts: SessionFacts, seen: Occurrence, paper: PrintedReceipt) -> SeenRow | None:
    """The row that a paper speaks of: the newest, but for two.

    The receipt of a payment that was kept speaks of its taking, even where it waited for paper or a key. A copy that waited for paper speaks of
    the payment as it was when it stopped.
    """
    name = paper.receipt.reference
    if is_reprint(paper):
        then = facts.payments.get(name, [])[: facts.stopped.get(name, 0)]
        return then[-1] if then and seen.line == "paper in" else row_of(facts, seen, name)
    own = [row for row in seen.rows if row.kind in PAYMENT_KINDS and row.text("reference") == name]
    kept = [row for row in (*facts.payments.get(name, ()), *own) if row.text("state") == "PENDING"]
    return kept[-1] if kept else row_of(facts, seen, name)


@oracle(
    "R-paper-1",
    "each copy of a receipt comes out once, and a second time only as a reprint, which is on record just where it came out",
    contents.ReceiptPrinted,
    contents.RowStored,
)
def once(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    asked = [(row.text("original"), row.text("copy")) for row in seen.rows if row.kind == "reprint"]
    before = [(one.receipt.reference, one.copy) for one in facts.printed if not is_reprint(one)]
    for paper in seen.printed:
        key = paper.receipt.reference, paper.copy
        if is_reprint(paper):
            if key not in asked and seen.is_on:
                yield f"a {paper.copy} copy of {key[0]} was printed again, and no row says so"
            continue
        if key in before:
            yield f"the {paper.copy} receipt of {key[0]} came out twice"
        before.append(key)
    if asked and not seen.printed:
        yield f"a copy of {asked[0][0]} is on record as printed again, and nothing came out"


@oracle("R-paper-2", "a reprint is the receipt as it was, with a mark", contents.ReceiptPrinted)
def reprint(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for paper in seen.printed:
        if not is_reprint(paper):
            continue
        first = next(
            (
                one
                for one in facts.printed
                if not is_reprint(one)
                and (one.receipt.reference, one.copy) == (paper.receipt.reference, paper.copy)
            ),
            None,
        )
        if first is not None and first.written != paper.written[1:] and not _changed_since(facts, paper):
            yield f"the copy of {paper.receipt.reference} says other things than the {paper.copy} receipt did"


def _changed_since(facts: SessionFacts, paper: PrintedReceipt) -> bool:
    """Whether the payment ended in another way since its receipt came out."""
    states = {row.text("state") for row in facts.payments.get(paper.receipt.reference, ())}
    return bool(states & {"PENDING", "REVERSAL_PENDING"})


@oracle("R-paper-3", "a reprint is of the payment that the screen shows", contents.RowStored)
def of_the_picked(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind != "reprint" or not facts.picked:
            continue
        payment = facts.payments.get(row.text("original"))
        if payment is None:
            yield f"{row.text('original')} was printed again, and there is no such payment"
        elif row.text("original") != facts.picked:
            yield f"{row.text('original')} was printed again, and {facts.picked} was picked"
        wanted = screen_id(seen.before).removesuffix("-receipt")
        if wanted in ("customer", "merchant") and row.text("copy") != wanted:
            yield f"the {row.text('copy')} copy was printed, and the screen offers the {wanted} copy"


@oracle("R-paper-4", "a receipt says what the row of its payment says", contents.ReceiptPrinted)
def says_the_row(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for paper in seen.printed:
        row = row_on(facts, seen, paper)
        if row is None:
            yield f"it is of {paper.receipt.reference}, and there is no such payment"
            continue
        ids = paper.ids
        total = [
            getattr(line, "value", None)
            for line in paper.written
            if getattr(getattr(line, "label", None), "id", "") == "receipt-total"
        ]
        minor = getattr(total[0], "minor", None) if total else None
        if minor != row.number("amount"):
            yield f"its total is {minor}, and {row.text('reference')} is for {row.number('amount')}"
        state = row.text("state")
        if row.kind == "void" and state == "REVERSAL_PENDING" and not is_reprint(paper):
            yield f"it came out, and nobody knows yet whether {row.text('reference')} is done"
        if "receipt-approved" in ids and state not in (*_PAID, "PENDING", "FORWARD_SENT"):
            yield f"it says approved, and {row.text('reference')} is {state}"
        by_card = row.text("response_code") in _BY_CARD
        if "receipt-approved" in ids and state in _WAITING and not by_card:
            yield f"it says approved, and nobody has approved {row.text('reference')} yet"
        kept = "receipt-approved" if state in _WAITING and by_card else _KEPT.get(state, "")
        if kept and kept not in ids:
            yield f"it lacks {kept}, and {row.text('reference')} is {state}"
        if "receipt-declined" in ids and (
            state in _PAID or (row.kind == "void" and state == "REVERSAL_PENDING")
        ):
            yield f"it says declined, and {row.text('reference')} is {state}"
        if ("receipt-void" in ids) != (row.kind == "void" and state in _PAID):
            yield f"it is of a {row.kind}, and {'has' if 'receipt-void' in ids else 'lacks'} the mark of a void"
        if row.text("pan")[-4:] not in paper.text:
            yield f"it lacks the last four digits of {row.text('pan')}"
        header = facts.profile.receipts.header
        if any(line.strip() not in paper.text for line in header):
            yield "it lacks a line of the profile's header"
        signed = "receipt-signature" in ids
        paid = not _GIVEN.isdisjoint(ids)
        if signed != (row.text("cvm") == "signature" and paper.copy == "merchant" and paid):
            yield f"the {paper.copy} copy {'has' if signed else 'lacks'} a line for a signature, and the cardholder was verified by {row.text('cvm') or 'nothing'}"


@oracle(
    "R-paper-5",
    "the customer copy speaks the card's language where the profile says so, the merchant copy the terminal's",
    contents.ReceiptPrinted,
)
def language(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for paper in seen.printed:
        row = row_on(facts, seen, paper)
        if row is None:
            continue
        foreign = paper.copy == "customer" and facts.profile.receipts.card_language and row.text("language")
        wanted = row.text("language") if foreign else facts.terminal.locale
        if paper.receipt.locale != wanted:
            yield f"the {paper.copy} copy is in {paper.receipt.locale}, and should be in {wanted}"


@oracle(
    "R-paper-6",
    "a payment that has ended leaves the copies that the profile prints by itself",
    contents.ScreenShown,
)
def complete(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to != "home" or facts.profile.printer is None or seen.line not in _BY_HAND:
        return
    last, rules = facts.last, facts.profile.receipts
    if (
        last is None
        or facts.payments[last.text("reference")][0].mono < facts.left_home_at
        or facts.paper_trouble_at >= facts.left_home_at
        or facts.powered_at >= facts.left_home_at
    ):
        return
    if (
        facts.ended
        not in ("approved", "accepted-offline", *(("declined", "void-declined") if rules.declined else ()))
        or seen.around.paper == "out"
    ):
        return
    if last.text("state") == "REVERSAL_PENDING" and last.kind == "void":
        return
    out = [
        one.copy
        for one in facts.printed
        if one.receipt.reference == last.text("reference") and not is_reprint(one)
    ]
    for copy, policy in (("merchant", rules.merchant), ("customer", rules.customer)):
        if policy == "auto" and copy not in out:
            yield f"{last.text('reference')} has ended, and its {copy} copy has not come out"
        if policy == "no" and copy in out:
            yield f"the {copy} copy of {last.text('reference')} came out, and the profile prints none"


@oracle(
    "R-paper-7",
    "a copy that stopped for want of paper comes out when there is paper, and nothing else does",
    contents.ReceiptPrinted,
    contents.Act,
)
def goes_on(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    stopped = screen_id(seen.before) == "out-of-paper" or (
        screen_id(seen.before) in _PRINTS and has(seen.before, "out-of-paper")
    )
    had_paper = seen.around_before.paper != "out" and not seen.around_before.jammed
    if (
        seen.line in ("paper in", "paper low")
        and had_paper
        and not stopped
        and contents.ReceiptPrinted in seen.kinds
    ):
        yield f"nothing had stopped, and something came out after {seen.line}"
    if seen.line != "paper in" or not stopped or not seen.is_on:
        return
    if contents.ReceiptPrinted not in seen.kinds:
        yield "there is paper again, and nothing came out"
    last, rules = facts.last, facts.profile.receipts
    if (
        not seen.printed
        or last is None
        or contents.ReceiptStopped in seen.kinds
        or is_reprint(seen.printed[0])
    ):
        return
    name = last.text("reference")
    out = [one.copy for one in (*facts.printed, *seen.printed) if one.receipt.reference == name]
    for copy, policy in (("merchant", rules.merchant), ("customer", rules.customer)):
        if policy == "auto" and copy not in out and seen.printed[0].receipt.reference == name:
            yield f"there is paper again, and the {copy} copy of {name} did not come out"


@oracle("R-paper-8", "no receipt has a whole card number", contents.ReceiptPrinted)
def masked(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for paper in seen.printed:
        shown = value_of(paper, "receipt-card")
        if len(digits(shown)) > 4:
            yield f"it shows {len(digits(shown))} digits of a card"
        for line in paper.text.splitlines():
            label, star, value = line.partition("*")
            if star and len(digits(value)) > 4:
                yield f"{line.strip()!r} shows {len(digits(value))} digits of a card"
            if len(digits(line)) >= 13 and not label.strip():
                yield f"{line.strip()!r} has as many digits as a card number"


PAPER = (once, reprint, of_the_picked, says_the_row, language, complete, goes_on, masked)
