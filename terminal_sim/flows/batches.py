"""What screens and paper say of a batch: its totals by type, and how far its settlement is."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.core.batch_report import BatchReport
from terminal_sim.core.closed_batch import ClosedBatch
from terminal_sim.core.flow import Firmware
from terminal_sim.core.money import Money
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.rows.settlement import SettlementState
from terminal_sim.core.screen import Element, TextLine, Tone
from terminal_sim.core.text import say


def open_batch(terminal: Firmware) -> BatchReport:
    """The batch that payments are in now."""
    durable = terminal.durable
    return BatchReport(
        number=durable.batch,
        payments=tuple(terminal.settlements.payments_of(durable.batch_payments)),
        outcome="batch-open",
        at=terminal.now.civil_second,
        currency=terminal.profile.currency,
    )


def closed_batch(terminal: Firmware, batch: ClosedBatch) -> BatchReport:
    """A batch that is being settled, or was."""
    settled = "batch-uploaded" if batch.uploaded else "batch-balanced"
    return BatchReport(
        number=batch.number,
        payments=tuple(terminal.settlements.payments_of(batch.payments)),
        outcome=settled if batch.state is SettlementState.SETTLED else "batch-pending",
        at=batch.at,
        currency=terminal.profile.currency,
    )


def printed(terminal: Firmware, report: BatchReport) -> Receipt:
    """The paper of a report, in the terminal's language."""
    profile = terminal.profile
    return report.receipt(
        header=profile.receipts.header,
        locale=terminal.locale,
        terminal=terminal.name,
        merchant=profile.merchant.id,
    )


def lines(report: BatchReport) -> Iterator[Element]:
    """The number of a batch, its totals by type and the net."""
    yield TextLine(say("batch", number=f"{report.number:06d}"), "batch")
    for kind, total in report.by_type():
        amount = Money(total.minor, report.currency)
        yield TextLine(say("state-and-sum", state=say(kind), n=total.count, amount=amount), kind)
    net = Money(report.totals.net, report.currency)
    yield TextLine(say("batch-comes-to", amount=net), "batch-net", Tone.BIG)
