"""Rules of the batch: when it may be closed, what its screens and its report say of it, and that the report comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from terminal_sim.bench import PrintedReceipt, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.lists import newest_rows
from terminal_sim.oracles.occurrence import Occurrence, SeenRow, digits, has, screen_id, text_of
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.receipts import date_of, value_of
from terminal_sim.oracles.states import IN_DOUBT, PAYMENT_KINDS

_TYPES = {"batch-sales": ("sale", "moto"), "batch-voids": ("void",), "batch-refunds": ("refund",)}
_LAST_BATCH = 999_999
_BOOKED = ("COMPLETED", "VOIDED")
_SLACK = timedelta(minutes=10)
_CLOSE = timedelta(seconds=1)
_OPEN = ("settle", "batch-report")


def rows_of_batches(facts: SessionFacts, seen: Occurrence) -> list[SeenRow]:
    """The rows of all batches that were closed, those of this occurrence among them."""
    return [*facts.settlements, *(row for row in seen.rows if row.kind == "settlement")]


def open_batch(closed: list[SeenRow]) -> int:
    """The number of the batch that payments are in now."""
    return closed[-1].number("batch") % _LAST_BATCH + 1 if closed else 1


def shown_batch(screen: str, closed: list[SeenRow]) -> int:
    """The number of the batch that a screen is about, 0 for one that is about none."""
    waits = bool(closed) and closed[-1].text("state") != "SETTLED"
    if screen in ("settled", "last-batch") or (screen == "settle" and waits):
        return closed[-1].number("batch") if closed else 0
    return open_batch(closed) if screen in _OPEN else 0


def booked(facts: SessionFacts, seen: Occurrence, batch: int) -> list[SeenRow]:
    """The newest rows of the payments of a batch."""
    done = {
        row.text("reference")
        for rows in (*facts.payments.values(), seen.rows)
        for row in rows
        if row.kind in PAYMENT_KINDS and row.text("state") == "COMPLETED" and row.number("batch") == batch
    }
    return [row for name, row in newest_rows(facts, seen).items() if name in done]


def totals(facts: SessionFacts, seen: Occurrence, batch: int) -> dict[str, tuple[int, int]]:
    """How many payments of each type a batch has, and what they come to in minor units."""
    newest = booked(facts, seen, batch)
    found: dict[str, tuple[int, int]] = {}
    for name, kinds in _TYPES.items():
        own = [row.number("amount") for row in newest if row.kind in kinds]
        found[name] = len(own), sum(own)
    return found


def net(of: dict[str, tuple[int, int]]) -> int:
    """What a batch comes to."""
    return of["batch-sales"][1] - of["batch-voids"][1] - of["batch-refunds"][1]


@oracle(
    "R-batch-1",
    "a batch is closed when it has payments, and none of any batch is in doubt",
    contents.RowStored,
)
def closed(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for row in seen.rows:
        if row.kind != "settlement" or row.text("state") != "PENDING":
            continue
        doubtful = [name for name, one in newest_rows(facts, seen).items() if one.text("state") in IN_DOUBT]
        if doubtful:
            yield f"batch {row.number('batch')} was closed, and {doubtful[0]} is in doubt"
        if not any(count for count, _ in totals(facts, seen, row.number("batch")).values()):
            yield f"batch {row.number('batch')} was closed, and has no payment"


@oracle(
    "R-batch-2",
    "the screens of a batch have its number, its totals and how far its settlement is",
    contents.ScreenShown,
    shows=("settled", "last-batch", *_OPEN),
)
def shown(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    screen, rows = screen_id(seen.after), rows_of_batches(facts, seen)
    batch = shown_batch(screen, rows)
    if not batch or not facts.profile.settlement.enabled:
        return
    said = text_of(seen.after, "batch")
    if digits(said) != f"{batch:06d}":
        yield f"{said!r} stands there, and it is batch {batch}"
    of = totals(facts, seen, batch)
    for name, (count, total) in of.items():
        line = text_of(seen.after, name)
        if digits(line) != f"{count}{total:03d}":
            yield f"{line!r} stands there, and {count} payments come to {total}"
    line = text_of(seen.after, "batch-net")
    if digits(line) != f"{abs(net(of)):03d}":
        yield f"{line!r} stands there, and the batch comes to {net(of)}"
    wanted = outcome(batch, rows)
    owes = "-" in line or "\N{MINUS SIGN}" in line
    if line and owes != (net(of) < 0):
        yield f"{line!r} stands there, and the batch comes to {net(of)}"
    if screen != "settle" and not has(seen.after, wanted):
        yield f"the screen does not say {wanted}"


def outcome(batch: int, rows: list[SeenRow]) -> str:
    """The id of how far the settlement of a batch is."""
    states = [row.text("state") for row in rows if row.number("batch") == batch]
    if not states:
        return "batch-open"
    if states[-1] != "SETTLED":
        return "batch-pending"
    return "batch-uploaded" if "UPLOADING" in states else "batch-balanced"


@oracle(
    "R-batch-3",
    "a settled batch prints its report, and a report says what its batch comes to",
    contents.ScreenShown,
    contents.ReceiptPrinted,
    contents.RowStored,
)
def reported(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if facts.profile.printer is None or not seen.is_on:
        return
    out = [
        one.content
        for one in seen.entries
        if isinstance(one.content, contents.ReceiptPrinted) and one.content.copy == "report"
    ]
    stopped = contents.ReceiptStopped in seen.kinds or seen.around.paper == "out" or seen.around.jammed
    if len(out) > 1:
        yield f"{len(out)} reports came out at once"
    if (
        screen_id(seen.before) in ("settling", "settlement-pending")
        and any(row.kind == "settlement" and row.text("state") == "SETTLED" for row in seen.rows)
        and seen.came_to != "settled"
        and "state" not in seen.dues
        and not seen.key
    ):
        yield f"the batch is settled, and {screen_id(seen.after)} stands there"
    if seen.came_to == "settled" and not out and not stopped:
        yield "the batch is settled, and no report comes out"
    rows = rows_of_batches(facts, seen)
    papers = [one for one in facts.terminal.receipts[-len(out) :] if one.copy == "report"] if out else []
    for paper in papers:
        yield from _says(facts, seen, paper, rows)


def _says(facts: SessionFacts, seen: Occurrence, paper: PrintedReceipt, rows: list[SeenRow]) -> Iterator[str]:
    number = shown_batch(screen_id(seen.after), rows)
    if not number:
        return
    said = value_of(paper, "batch-number")
    if said != f"{number:06d}":
        yield f"the report is of batch {said}, and the screen shows batch {number}"
    of = totals(facts, seen, number)
    lines = paper.written
    sums = [
        getattr(line, "value", None)
        for line in lines
        if getattr(getattr(line, "label", None), "id", "") == "batch-net"
    ]
    minor = getattr(sums[0], "minor", None) if sums else None
    if minor != net(of):
        yield f"the report of batch {number} comes to {minor}, and its payments to {net(of)}"
    brands: Counter[str] = Counter()
    for row in booked(facts, seen, number):
        brands[row.text("brand").replace("-", " ").upper()] += row.number("amount")
    said_of: Counter[str] = Counter()
    for line in lines:
        label, value = getattr(line, "label", None), getattr(line, "value", None)
        what = dict(getattr(label, "args", ())).get("what")
        if getattr(label, "id", "") == "batch-line" and (
            isinstance(what, str) or getattr(what, "id", "") == "batch-other"
        ):
            said_of[what if isinstance(what, str) else ""] += getattr(value, "minor", 0)
    if said_of != brands:
        yield f"the report of batch {number} has {dict(said_of)} by brand, and its payments {dict(brands)}"
    closed_at = [row.text("at") for row in rows if row.number("batch") == number]
    at = datetime.fromisoformat(closed_at[-1]) if closed_at else civil_time(facts, seen)
    for label in ("receipt-date", "receipt-time"):
        dated = date_of(paper, label)
        if dated is not None and abs(dated - at) > _CLOSE and not has(seen.before, "out-of-paper"):
            yield f"{label} of batch {number} is {dated}, and it was {at}"


def civil_time(facts: SessionFacts, seen: Occurrence) -> datetime:
    """The civil time of the occurrence, which may be over for a while."""
    now = facts.terminal.bench.engine.clock.now
    return now.civil - timedelta(microseconds=now.mono - seen.mono)


def due_after(since: datetime, at: timedelta) -> datetime:
    """When it is a time of day for the first time behind `since`."""
    midnight = since.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + at if midnight + at > since else midnight + at + timedelta(days=1)


@oracle(
    "R-batch-4",
    "each payment of a batch that is uploaded was taken before the batch is closed",
    contents.MessageSent,
)
def uploaded(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    now = [one.content for one in seen.entries if isinstance(one.content, contents.MessageSent)]
    if not any(one.out == "batch-close" for one in now):
        return
    batch = rows_of_batches(facts, seen)[-1].number("batch")
    sent = {one.stan for one in facts.sent if one.out == "batch-upload"}
    sent |= {one.stan for one in now if one.out == "batch-upload"}
    for name, rows in facts.payments.items():
        done = any(row.text("state") == "COMPLETED" for row in rows)
        if done and rows[-1].number("batch") == batch and rows[-1].number("stan") not in sent:
            yield f"batch {batch} is closed, and {name} of it was not uploaded"


@oracle(
    "R-batch-5",
    "a batch that is settled by itself is settled at its time of day, and at home",
    contents.TimePassed,
)
def by_itself(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    at = facts.profile.settlement.time_of_day
    if at is None or not seen.is_on:
        return
    began = any(
        isinstance(one.content, contents.StateChanged)
        and one.content.flow == "settle"
        and not one.content.source
        for one in seen.entries
    )
    if "batch" in seen.dues and "state" not in seen.dues and began and screen_id(seen.before) != "home":
        yield f"a settlement began by itself, and {screen_id(seen.before)} stood there"
    closed = facts.settlements
    if screen_id(seen.before) != "home" or facts.unsettled is not None:
        return
    newest = [rows[-1] for rows in facts.payments.values()]
    batch = open_batch(closed)
    waits = any(row.number("batch") == batch and row.text("state") in _BOOKED for row in newest)
    if not waits or any(row.text("state") in IN_DOUBT for row in newest):
        return
    now = civil_time(facts, seen)
    since = now - timedelta(
        microseconds=seen.mono - max(facts.stands_since, facts.powered_at, facts.rows[-1].mono)
    )
    opened = [
        row.text("at") for row in facts.rows if row.kind == "batch.opened" and row.number("batch") == batch
    ]
    due = due_after(since, at)
    if opened:
        # Its time may have passed while something else stood there: then it is looked at again and again.
        again = since + timedelta(microseconds=facts.profile.timeouts.reversal_retry)
        due = min(due, max(due_after(datetime.fromisoformat(opened[-1]), at), again))
    if now > due + _SLACK:
        yield f"batch {batch} was due at {due:%Y-%m-%d %H:%M}, it is {now:%Y-%m-%d %H:%M}, and it was open"


@oracle(
    "R-batch-6",
    "a batch that may not be closed says why: a payment is in doubt, or it has none; a reason that is gone is not told",
    contents.KeyPress,
    contents.Touch,
    contents.RowStored,
    left=("settle",),
    shows=("settle",),
)
def says_why(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.ignored or not seen.is_on or not facts.profile.settlement.enabled:
        return
    in_doubt = any(row.text("state") in IN_DOUBT for row in newest_rows(facts, seen).values())
    wanted = "settle-in-doubt" if in_doubt else "settle-nothing"
    if has(seen.after, "settle-in-doubt") and not in_doubt:
        yield "a payment is in doubt, says the screen, and none is"
    if seen.key == "OK" and not has(seen.after, wanted):
        yield f"the batch is not closed, and the screen does not say {wanted}"


@oracle(
    "R-batch-7",
    "the report of the open batch leads to the last one where a batch was closed, and nowhere else",
    contents.ScreenShown,
    shows=("batch-report",),
)
def leads_to_last(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    rows = rows_of_batches(facts, seen)
    if has(seen.after, "last-batch") != bool(rows):
        yield f"the last batch is {'not ' if rows else ''}offered, and {rows[-1].number('batch') if rows else 'none'} was closed"


BATCHES = (closed, shown, reported, uploaded, by_itself, says_why, leads_to_last)
