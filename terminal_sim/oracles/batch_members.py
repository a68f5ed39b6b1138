"""Rules of what is in a batch: which one a payment is in, and the order in which its payments are uploaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from terminal_sim.bench import contents
from terminal_sim.oracles.batches import civil_time, due_after, open_batch, rows_of_batches
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.messages import sent_in
from terminal_sim.oracles.occurrence import Occurrence
from terminal_sim.oracles.oracle import oracle
from terminal_sim.oracles.states import PAYMENT_KINDS, UNRESOLVED

_UPLOAD = "batch-upload"


@oracle(
    "R-batch-8",
    "the payments of a batch are uploaded oldest first",
    contents.MessageSent,
)
def in_order(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    uploads = [one for one in sent_in(seen) if one.out == _UPLOAD]
    began = [row for row in rows_of_batches(facts, seen) if row.text("state") == "UPLOADING"]
    if not uploads or not began:
        return
    booted = any(row.kind == "boot" for row in seen.rows)
    # After a power cut the upload begins anew.
    since = max(facts.powered_at + 1, began[-1].mono)
    before_now = [one for one in facts.sent if one.out == _UPLOAD and one.mono >= since and not booted]
    places = _places(facts, began[-1].number("batch"))
    for before, after in pairwise((*before_now[-1:], *uploads)):
        first, then = places.get(before.stan), places.get(after.stan)
        # What was kept is older than it has been in the batch: either order is by age.
        if first is not None and then is not None and then[0] < first[0] and then[1] < first[1]:
            yield f"payment {after.stan} was uploaded behind {before.stan}, which is younger"


def _places(facts: SessionFacts, batch: int) -> dict[int, tuple[int, int]]:
    """When each payment of a batch was begun, and when it was completed, by its trace number."""
    found = {}
    for rows in facts.payments.values():
        done = [row for row in rows if row.text("state") == "COMPLETED" and row.number("batch") == batch]
        if done:
            found[done[0].number("stan")] = rows[0].mono, done[0].mono
    return found


@oracle(
    "R-batch-9",
    "a payment, refund or void that is sent is in the batch that is open then, and in none where the model does not settle",
    contents.RowStored,
)
def in_the_open_one(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    closed, known = list(facts.settlements), set(facts.payments)
    for row in seen.rows:
        if row.kind == "settlement":
            closed.append(row)
        name = row.text("reference")
        if row.kind not in PAYMENT_KINDS or name in known:
            continue
        known.add(name)
        wanted = open_batch(closed) if facts.profile.settlement.enabled else 0
        if row.text("state") in UNRESOLVED and row.number("batch") != wanted:
            yield f"{name} is in batch {row.number('batch')}, and batch {wanted} is open"


@oracle(
    "R-batch-10",
    "a batch that is settled by itself has had a payment since before its time of day",
    contents.TimePassed,
)
def waited_for(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    at = facts.profile.settlement.time_of_day
    closed = [row for row in seen.rows if row.kind == "settlement" and row.text("state") == "PENDING"]
    if at is None or not closed or seen.key or "batch" not in seen.dues or "state" in seen.dues:
        return
    batch = closed[0].number("batch")
    joined = [
        row.mono
        for rows in facts.payments.values()
        for row in rows
        if row.text("state") == "COMPLETED" and row.number("batch") == batch
    ]
    if not joined or any(row.kind == "clock" and row.mono >= min(joined) for row in facts.rows):
        return
    now = civil_time(facts, seen)
    since = now - timedelta(microseconds=seen.mono - min(joined))
    if due_after(since, at) > now:
        yield f"batch {batch} was settled at {now:%H:%M}, and its first payment joined it at {since:%Y-%m-%d %H:%M}"


BATCH_MEMBERS = (in_order, in_the_open_one, waited_for)
