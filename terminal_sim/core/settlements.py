"""Settlement: the batch of payments is closed at the terminal, and the acquirer is asked until it has closed it as well.

Rules:
1. A batch closes when nothing of it is in doubt. The row that says so, with the totals, is durable before the first message leaves;
   whatever is paid from then on is in the next batch.
2. One message goes out at a time: the totals (ISO 8583 0500). Where the acquirer has others, each payment of the batch (0320), oldest first, and
   then the close (0500 with another processing code). A row says that the batch is uploaded before the first of these leaves.
3. A message that is not answered, or refused, is sent again after `reversal_retry`, doubled each time up to `reversal_retry_max`; the link
   coming back ends the waiting at once. A batch is never given up.
4. A batch that is settled by itself waits for its time of day since its first payment joined it, which is a row: a payment that was kept was begun
   before that.
5. After a power cut the state of the row goes on: the upload begins anew, and the acquirer answers what it has answered before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core.batch_report import totals_of
from terminal_sim.core.closed_batch import ClosedBatch
from terminal_sim.core.memory import SettlementMemory
from terminal_sim.core.message import HostReply, HostRequest, MessageKind, Original, answers
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.retry import patience, record_unanswered
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.rows.settlement import BatchOpenedRow, SettlementRow, SettlementState
from terminal_sim.core.services import Services
from terminal_sim.core.text import Text, say

SETTLEMENT_ALARM = "settlement"
BATCH_ALARM = "batch"
OUT_OF_BALANCE = "95"


class Settlements:
    """The batches of one terminal. The durable state holds what is being settled, this object what is under way."""

    __slots__ = ("_attempts", "_sent", "_sent_before", "_terminal", "_uploaded")

    def __init__(self, terminal: Services) -> None:
        self._terminal = terminal
        self._sent: HostRequest | None = None
        self._sent_before: dict[str, None] = {}
        self._uploaded = 0
        self._attempts = 0

    def snapshot(self) -> SettlementMemory:
        return SettlementMemory(self._sent, tuple(sorted(self._sent_before)), self._uploaded, self._attempts)

    def restore(self, memory: SettlementMemory) -> None:
        self._sent, self._uploaded, self._attempts = memory.sent, memory.uploaded, memory.attempts
        self._sent_before = dict.fromkeys(memory.sent_before)

    # The open batch.

    @property
    def batch(self) -> int:
        """The number of the batch that a payment is in from now on, 0 where the model has none."""
        return self._terminal.durable.batch if self._terminal.profile.settlement.enabled else 0

    def payments_of(self, references: Iterable[str]) -> list[Payment]:
        """The payments of a batch by their references."""
        return [self._terminal.durable.payments[reference] for reference in references]

    @property
    def refusal(self) -> Text | None:
        """Why the batch is not closed now, or None where it may be; a batch that is being settled is sent again."""
        durable = self._terminal.durable
        if durable.settling is not None:
            return None
        if durable.doubtful or any(one.sent for one in durable.stored.values()):
            return say("settle-in-doubt")
        return None if durable.batch_payments else say("settle-nothing")

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is waited for, so that a person may wait for it too."""
        return self._sent is not None

    # Closing.

    def begin(self) -> None:
        """Close the open batch and send its totals, or send again what waits of the batch that is being settled."""
        terminal = self._terminal
        if terminal.durable.settling is not None:
            self.due()
            return
        totals = totals_of(self.payments_of(terminal.durable.batch_payments))
        terminal.record(
            SettlementRow.counting(
                totals,
                terminal.profile.currency,
                batch=terminal.durable.batch,
                reference=terminal.reference(),
                stan=terminal.durable.trace_number.following,
                at=terminal.now.civil_second,
            )
        )
        self._next()

    def due(self) -> None:
        """The waiting is over: send the same again."""
        settling = self._terminal.durable.settling
        if settling is not None:
            record_unanswered(self._terminal, self._request(settling), self._attempts)
        self._sent = None
        self._next()

    def reply(self, reply: HostReply) -> bool:
        """Whether `reply` answers what was sent last. What is refused waits for the alarm, and is sent again."""
        sent, settling = self._sent, self._terminal.durable.settling
        if sent is None or settling is None or not answers(reply, sent):
            return False
        if reply.approved and sent.kind is MessageKind.BATCH_UPLOAD:
            self._uploaded += 1
            self._done()
        elif reply.approved:
            self._move(settling, SettlementState.SETTLED, settling.reference, settling.stan)
            self._done()
        elif reply.response_code == OUT_OF_BALANCE and settling.state is SettlementState.PENDING:
            terminal = self._terminal
            number = terminal.durable.trace_number.following
            self._uploaded = 0
            self._move(settling, SettlementState.UPLOADING, terminal.reference(), number)
            self._done()
        else:
            self._sent = None
        return True

    def unreachable(self, stan: int) -> bool:
        """Whether it was our message that could not be delivered; the alarm that is set tries again."""
        return self._sent is not None and self._sent.stan == stan

    # The time of day.

    @property
    def is_ready(self) -> bool:
        """Whether a batch may be settled by itself now: its time has come, none waits already, and nothing of the open one is in doubt."""
        due = self._due()
        is_over = due is not None and due <= self._terminal.now.civil
        return is_over and self._terminal.durable.settling is None and self.refusal is None

    def opened_by(self, rows: Iterable[JournalRow]) -> tuple[BatchOpenedRow, ...]:
        """The row behind `rows` where they bring the first payment of an open batch that is settled by itself."""
        durable = self._terminal.durable
        if self._terminal.profile.settlement.time_of_day is None or durable.batch_payments:
            return ()
        if not any(
            isinstance(row, Payment) and row.batch and row.state is PaymentState.COMPLETED for row in rows
        ):
            return ()
        return (BatchOpenedRow(batch=durable.batch, at=self._terminal.now.civil_second),)

    def watch(self) -> None:
        """Set the alarm of the time of day at which a batch is settled by itself, where the profile has one.

        A batch whose time has passed, for the terminal was off or busy then, is due after `reversal_retry`.
        """
        now, due = self._terminal.now, self._due()
        if due is None:
            return
        left = (due - now.civil) // timedelta(microseconds=1)
        if left <= 0:
            left = self._terminal.profile.timeouts.reversal_retry
        self._terminal.order(fx.SetAlarm(BATCH_ALARM, now.mono + left))

    def _due(self) -> datetime | None:
        """The first time of day since the open batch got its first payment, the next one where it has none; None where no batch is settled by itself."""
        at = self._terminal.profile.settlement.time_of_day
        if at is None:
            return None
        durable, since = self._terminal.durable, self._terminal.now.civil
        if durable.batch_payments:
            joined = durable.batch_since or durable.payments[durable.batch_payments[0]].at
            since = min(joined, since)
        return next_moment(since, at)

    def _move(self, settling: ClosedBatch, state: SettlementState, reference: str, stan: int) -> None:
        row = SettlementRow.counting(
            settling.totals,
            self._terminal.profile.currency,
            batch=settling.number,
            reference=reference,
            stan=stan,
            at=self._terminal.now.civil_second,
        )
        self._terminal.record(structs.replace(row, state=state))

    def _done(self) -> None:
        self._sent, self._attempts = None, 0
        self._terminal.order(fx.DropAlarm(SETTLEMENT_ALARM))
        self._next()

    def _next(self) -> None:
        settling = self._terminal.durable.settling
        if self._sent is not None or settling is None:
            return
        request = self._request(settling)
        known = f"{request.kind.value} {request.reference}"
        self._sent = structs.replace(request, repeat=known in self._sent_before)
        self._sent_before[known] = None
        self._terminal.order(fx.Send(self._sent))
        waits = patience(self._terminal.profile.timeouts, self._attempts)
        self._terminal.order(fx.SetAlarm(SETTLEMENT_ALARM, self._terminal.now.mono + waits))
        self._attempts += 1

    def _request(self, settling: ClosedBatch) -> HostRequest:
        uploading = settling.state is SettlementState.UPLOADING
        if uploading and self._uploaded < len(settling.payments):
            return self._upload(self._terminal.durable.payments[settling.payments[self._uploaded]], settling)
        return HostRequest(
            kind=MessageKind.BATCH_CLOSE if uploading else MessageKind.RECONCILIATION,
            terminal=self._terminal.name,
            merchant=self._terminal.profile.merchant.id,
            stan=settling.stan,
            reference=settling.reference,
            amount=Money(abs(settling.totals.net), self._terminal.profile.currency),
            at=self._terminal.now.civil,
            entry=None,
            batch=settling.number,
            totals=settling.totals,
        )

    def _upload(self, payment: Payment, settling: ClosedBatch) -> HostRequest:
        """A payment of the batch under its own trace number and reference."""
        return HostRequest(
            kind=MessageKind.BATCH_UPLOAD,
            terminal=self._terminal.name,
            merchant=self._terminal.profile.merchant.id,
            stan=payment.stan,
            reference=payment.reference,
            amount=payment.amount,
            at=payment.at,
            entry=payment.entry,
            fallback=payment.is_fallback,
            original=Original(kind=payment.kind, stan=payment.stan, reference=payment.reference),
            batch=settling.number,
        )


def next_moment(civil: datetime, at: timedelta) -> datetime:
    """The first moment after `civil` that lies `at` behind midnight."""
    midnight = civil.replace(hour=0, minute=0, second=0, microsecond=0)
    today = midnight + at
    return today if today > civil else today + timedelta(days=1)
