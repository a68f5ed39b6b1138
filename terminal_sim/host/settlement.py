"""Settlement at the acquirer: what its books have of a terminal's batch, held against what the terminal has counted.

Rules:
1. A reconciliation that says what the books say closes the batch. One that does not is answered 95, and the batch stays open.
2. The terminal then sends each payment of the batch anew, and a close behind them. An upload moves no money: it is kept beside the books.
3. The close ends the batch where its totals are those of the uploads. What is in the books alone, or in the uploads alone, is noted for a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terminal_sim.core.batch_totals import BatchTotals
from terminal_sim.core.booking import Booking
from terminal_sim.core.message import HostRequest, MessageKind
from terminal_sim.host.answers import APPROVED
from terminal_sim.host.ledger import Ledger, LedgerEntry

OUT_OF_BALANCE = "95"  # reconcile error (ISO 8583:1987 DE 39)


def settle(ledger: Ledger, request: HostRequest) -> tuple[str, str]:
    """The response code of a message of a settlement and the note of it, "" where there is nothing to say. `ledger` has all its entries."""
    if request.kind.facts.booking is Booking.UPLOAD:
        ledger.keep_upload(request)
        return APPROVED, ""
    entries = [entry for entry in ledger.entries if _is_in_batch(entry, request)]
    closing = request.kind is MessageKind.BATCH_CLOSE
    counted = _uploaded(entries) if closing else booked(entries)
    if counted != request.totals:
        found = "the uploads are" if closing else "the books have"
        return (
            OUT_OF_BALANCE,
            f"batch {request.batch}: {found} {counted}, and the terminal has {request.totals}",
        )
    ledger.close_batch(request)
    return APPROVED, "; ".join(_differences(entries, request.batch)) if closing else ""


def booked(entries: Sequence[LedgerEntry]) -> BatchTotals:
    """The totals of these entries: what was reversed counts as if it had not come."""
    reversed_ones = {entry.original for entry in entries if entry.kind is Booking.REVERSAL}
    return BatchTotals.of(
        (entry.kind, abs(entry.amount)) for entry in entries if entry.reference not in reversed_ones
    )


def _uploaded(entries: Sequence[LedgerEntry]) -> BatchTotals:
    return BatchTotals.of((entry.uploaded, entry.asked) for entry in entries)


def _is_in_batch(entry: LedgerEntry, request: HostRequest) -> bool:
    return (entry.terminal, entry.batch, entry.currency) == (
        request.terminal,
        request.batch,
        request.amount.currency,
    )


def _differences(entries: Sequence[LedgerEntry], batch: int) -> Iterator[str]:
    """What a person has to look into: payments of one side alone."""
    reversed_ones = {entry.original for entry in entries if entry.kind is Booking.REVERSAL}
    kept = {
        (entry.reference, abs(entry.amount))
        for entry in entries
        if (entry.kind.moves_money or entry.kind is Booking.VOID) and entry.reference not in reversed_ones
    }
    uploads = {(entry.reference, entry.asked) for entry in entries if entry.kind is Booking.UPLOAD}
    for where, some in (("the books", kept - uploads), ("the uploads", uploads - kept)):
        if some:
            said = ", ".join(f"{reference} of {minor}" for reference, minor in sorted(some))
            yield f"batch {batch}: in {where} alone: {said}"
