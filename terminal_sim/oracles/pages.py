"""Rules of long lists and of remarks: which rows a page shows, and what a remark speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from terminal_sim.bench import Role, Tone, View, contents
from terminal_sim.oracles.beginning import why_not
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.lists import LISTS_OF, listed, newest_rows, picked_reference
from terminal_sim.oracles.occurrence import Occurrence, digits, has, ids, screen_id, text_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import ASKS_FOR_CARD, FILTERS, IN_DOUBT, PRESENTING

_ROW, _ORDER = "txn-", "order-"
_GIVEN_BACK = ("already-voided", "void-unanswered", "already-refunded", "refund-unanswered")
_REASONS = ("standalone-off", "standalone-link", "battery-critical")
_REMARKS = ("copy-printed", "out-of-paper", *_GIVEN_BACK, *_REASONS)
_WITHIN = ("transaction", "receipts", "customer-receipt", "merchant-receipt", "processing")


def rows_of(view: View | None) -> list[int]:
    """The numbers of the rows that a list shows."""
    shown = [] if view is None else [name for name, _ in view.outline]
    return [int(one.removeprefix(_ROW)) for one in shown if one.startswith(_ROW)]


@oracle(
    "R-page-1",
    "the pages of a list follow one another without a gap, a list begins with its newest payment, and its foot says which rows are shown and whether newer ones are there",
    contents.ScreenShown,
    shows=LISTS_OF,
)
def pages(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen = screen_id(seen.after)
    now, was = rows_of(seen.after), rows_of(seen.before)
    if screen in LISTS_OF and has(seen.after, "newer") != (bool(now) and now[0] > 1):
        yield f"newer payments are {'' if has(seen.after, 'newer') else 'not '}offered, and it begins with row {now[0] if now else 'none'}"
    if screen not in LISTS_OF or not now:
        return
    if now != list(range(now[0], now[0] + len(now))):
        yield f"it shows the rows {', '.join(map(str, now))}"
    if not seen.came_to and was:
        down, up = seen.target == "older" or seen.key == "DOWN", seen.target == "newer" or seen.key == "UP"
        if down and not seen.ignored and now[0] != was[-1] + 1:
            yield f"behind row {was[-1]} comes row {now[0]}"
        if up and not seen.ignored and now[-1] != was[0] - 1:
            yield f"before row {was[0]} comes row {now[-1]}"
    elif seen.came_to and not _comes_back(seen) and now[0] != 1:
        yield f"it begins with row {now[0]}"
    for foot in (one.text for one in (seen.after.unplaced if seen.after else ()) if one.role is Role.PAGE):
        first, last, total = map(int, re.findall(r"\d+", foot))
        if (first, last) != (now[0], now[-1]) or last > total:
            yield f"its foot says {foot}, and rows {now[0]} to {now[-1]} are shown"


def _comes_back(seen: Occurrence) -> bool:
    """Whether the list was left for one of its payments, or for its filter, and none was chosen there."""
    before = screen_id(seen.before)
    return before in _WITHIN or (before == "filter" and seen.target not in (*FILTERS, "all"))


@oracle(
    "R-remark-1",
    "a remark on a payment is about what was just done with it, and holds",
    contents.ScreenShown,
    contents.Act,
    shows=("transaction", "receipts", "customer-receipt", "merchant-receipt", "batch-report", "last-batch"),
)
def remarks(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) not in (
        "transaction",
        "receipts",
        "customer-receipt",
        "merchant-receipt",
        "batch-report",
        "last-batch",
    ):
        return
    found = [one for one in ids(seen.after, Role.LINE) if one in _REMARKS]
    holds = why_not(facts.profile, seen.around)
    if found and found[0] in _REASONS and found[0] != holds:
        yield f"{found[0]} stands there, and {holds or 'nothing'} stands in the way"
    if (
        "copy-printed" in found
        and seen.came_to
        and not seen.printed
        and contents.ReceiptPrinted not in seen.kinds
    ):
        yield f"a copy was printed, says {seen.came_to}, and nothing came out there"
    if found and seen.came_to == "transaction" and seen.target.startswith(_ROW):
        yield f"{found[0]} stands on a payment that was just picked"
    if found and found[0] in _GIVEN_BACK:
        yield from _given_back(facts, seen, found[0])


def _given_back(facts: SessionFacts, seen: Occurrence, said: str) -> Iterator[str]:
    """What is said of a void in vain is so: the payment is voided or refunded, or it is not answered yet."""
    original, newest = picked_reference(facts, seen), newest_rows(facts, seen)
    kind = "void" if "void" in said else "refund"
    back = [row for row in newest.values() if row.kind == kind and row.text("original") == original]
    state = back[-1].text("state") if back else "not there"
    if state not in (IN_DOUBT if said.endswith("unanswered") else ("COMPLETED",)):
        yield f"{said} is shown, and a {kind} of {original} is {state}"


@oracle(
    "R-void-3",
    "a void is not offered where none was completed, and one that was declined may be tried again",
    contents.ScreenShown,
    shows=("transaction",),
)
def offered(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "transaction":
        return
    row = newest_rows(facts, seen).get(picked_reference(facts, seen))
    if row is not None and has(seen.after, "void") and row.text("state") not in ("COMPLETED", "VOIDED"):
        yield f"{row.text('reference')} is {row.text('state')}, and a void is offered"
    if row is not None and has(seen.after, "void") and row.kind not in ("sale", "moto"):
        yield f"{row.text('reference')} is a {row.kind}, and a void is offered"


@oracle(
    "R-void-4",
    "a void that is touched is sent, unless the payment was voided, or the account, the link or the battery forbids it",
    contents.Touch,
    left=("transaction",),
)
def begun(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.target != "void" or screen_id(seen.before) != "transaction" or not seen.is_on:
        return
    is_begun = any(row.kind == "void" for row in seen.rows)
    if why := why_not(facts.profile, seen.around):
        if is_begun:
            yield f"a void was begun, and {why} forbids it"
        return
    original = picked_reference(facts, seen)
    rows = facts.payments.get(original, [])
    taken = any(
        one[-1].text("original") == original and one[-1].text("state") != "DECLINED"
        for one in facts.payments.values()
    )
    if rows and rows[-1].text("state") == "COMPLETED" and not taken and not is_begun:
        yield f"a void of {original} was touched, and none was begun"


@oracle(
    "R-order-1",
    "the list of orders ends with the newest, has each once in the order of their arrival, and leads to the older ones",
    contents.ScreenShown,
    shows=("orders",),
)
def orders(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) != "orders" or seen.after is None:
        return
    known = [*facts.orders, *(row.number("number") for row in seen.rows if row.kind == "order")]
    shown = [int(one.id.removeprefix(_ORDER)) for one in seen.after.unplaced if one.id.startswith(_ORDER)]
    newer, older = has(seen.after, "newer"), has(seen.after, "older")
    behind = known[known.index(shown[-1]) + 1 :] if newer and shown and shown[-1] in known else []
    ahead = known[: len(known) - len(behind)]
    if shown != ahead[len(ahead) - len(shown) :] or bool(shown) != bool(known) or newer != bool(behind):
        yield f"it shows the orders {shown}, and there are {known}"
    if older != (len(shown) < len(ahead)):
        yield f"it shows the orders {shown} of {known}, and {'' if older else 'no '}older ones are offered"
    was = [] if seen.before is None else [one.id for one in seen.before.unplaced if one.id.startswith(_ORDER)]
    if seen.target == "older" and was and shown and not seen.ignored:
        begins = int(was[0].removeprefix(_ORDER))
        if [one for one in known if shown[-1] < one < begins] or begins <= shown[-1]:
            yield f"before order {begins} comes order {shown[-1]}"
    texts = {
        row.number("number"): row.text("text") for row in (*facts.rows, *seen.rows) if row.kind == "order"
    }
    for one in seen.after.unplaced:
        number = int(one.id.removeprefix(_ORDER)) if one.id.startswith(_ORDER) else 0
        if number in texts and texts[number] not in one.text:
            yield f"order {number} reads {one.text!r}, and is {texts[number]!r}"
    if len(known) > 1 and len(shown) == 1 and not newer:
        yield f"it shows one order of {len(known)}"
    sums = {digits(one.text) for one in seen.after.unplaced if one.role is Role.LINE and not one.id}
    for row in (*facts.rows, *seen.rows):
        if (
            row.kind == "order"
            and row.number("number") in shown
            and f"{row.number('amount'):03d}" not in sums
        ):
            yield f"order {row.number('number')} is for {row.number('amount')}, and no line says so"


@oracle(
    "R-order-2",
    "the checkout says how many orders were not looked at yet, and none that the list shows is such a one",
    contents.ScreenShown,
    shows=("home", "orders"),
)
def new_orders(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    checkout, screen = facts.profile.checkout, screen_id(seen.after)
    if screen not in ("home", "orders") or checkout is None or not checkout.orders:
        return
    known = len(facts.orders) + sum(row.kind == "order" for row in seen.rows)
    looked = [row.number("number") for row in seen.rows if row.kind == "order.seen"]
    new = known - (looked[-1] if looked else facts.orders_seen)
    said = text_of(seen.after, "orders-arrived")
    if screen == "home" and digits(said) != (str(new) if new else ""):
        yield f"{said or 'nothing'!r} stands there, and {new} orders are new"
    if screen == "orders" and new:
        yield f"{new} orders on the list are not looked at, says the journal"


@oracle("R-order-3", "an order that arrives is heard", contents.RowStored)
def heard(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if contents.Beeped not in seen.kinds and seen.is_on:
        for row in seen.rows:
            if row.kind == "order":
                yield f"order {row.number('number')} has arrived without a tone"


@oracle(
    "R-remark-2",
    "what was wrong with the last card is not said of the next way to present it",
    contents.ScreenShown,
    shows=("insert-instead",),
    anew=True,
)
def presented(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.came_to != "insert-instead" or seen.after is None:
        return
    for one in seen.after.unplaced:
        if one.role is Role.LINE and one.tone is Tone.BAD and not seen.around.outage:
            yield f"{one.text!r} stands on {screen_id(seen.after)}"


@oracle("R-remark-3", "a card that is not taken is told why, with a tone", contents.Act)
def not_taken(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    before, after = screen_id(seen.before), screen_id(seen.after)
    presented = seen.line.partition(" ")[0] in PRESENTING and facts.around == seen.around
    if (
        not presented
        or not seen.is_on
        or before not in ASKS_FOR_CARD
        or after not in ASKS_FOR_CARD
        or seen.after is None
    ):
        return
    if after == "insert-instead" and before != after:
        return  # the prompt itself says what is wrong
    if not any(one.role is Role.LINE and one.tone is Tone.BAD for one in seen.after.unplaced):
        yield f"{seen.line}, and {after} does not say what is wrong"
    if contents.Beeped not in seen.kinds:
        yield f"{seen.line}, and no tone says that it was not taken"


@oracle(
    "R-list-5",
    "payments in different states are told by different words",
    contents.ScreenShown,
    shows=LISTS_OF,
)
def words(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if screen_id(seen.after) not in LISTS_OF or seen.after is None:
        return
    wanted = listed(facts, seen)
    for one in seen.after.unplaced:
        number = int(one.id.removeprefix(_ROW)) if one.id.startswith(_ROW) else 0
        if not 0 < number <= len(wanted):
            continue
        row = wanted[number - 1]
        state = row.text("state").replace("FORWARD_SENT", "PENDING")
        known = facts.homes.setdefault(("state", one.detail, seen.after.locale), state)
        if known != state:
            yield f"{row.text('reference')} is {state}, and is told by {one.detail!r} as one that is {known}"


PAGES = (pages, remarks, offered, begun, orders, new_orders, heard, presented, not_taken, words)
