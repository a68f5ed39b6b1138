"""What is in doubt and must be resolved: reversals and voids, sent one at a time, oldest first, until they are answered.

Rules:
1. The row that says `REVERSAL_PENDING` is durable before the first 0400 leaves.
2. Every send after the first one since boot is a repeat (0401) with the same STAN and amount.
3. An answer resolves it. After silence, or without a connection, the next send waits for `reversal_retry`, doubled each time up
   to `reversal_retry_max`; the link coming back ends the waiting at once.
   A void that its operator has just asked for and that never left is over: it is not sent later.
4. After six sends without an answer that takes it a row says so, and the home screen calls for a person; it is sent on.
"""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core.memory import ReversalMemory
from terminal_sim.core.message import HostReply, HostRequest, MessageKind, Original, answers
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.retry import patience, record_unanswered
from terminal_sim.core.rows.kinds import ReversalRow
from terminal_sim.core.services import Services

REVERSAL_ALARM = "reversal"


class Reversals:
    """The queue of one terminal. The durable state holds what is pending, this object what is under way."""

    __slots__ = ("_attempts", "_fresh", "_sent", "_sent_before", "_terminal")

    def __init__(self, terminal: Services) -> None:
        self._terminal = terminal
        self._sent: HostRequest | None = None
        self._sent_before: dict[str, None] = {}
        self._fresh = ""
        self._attempts = 0

    def snapshot(self) -> ReversalMemory:
        return ReversalMemory(self._sent, tuple(sorted(self._sent_before)), self._fresh, self._attempts)

    def restore(self, memory: ReversalMemory) -> None:
        self._sent, self._fresh, self._attempts = memory.sent, memory.fresh, memory.attempts
        self._sent_before = dict.fromkeys(memory.sent_before)

    def begin(self, payment: Payment, reason: str) -> None:
        """`payment` was sent and must not count: record that, and start asking the acquirer to reverse it."""
        pending = structs.replace(payment, state=PaymentState.REVERSAL_PENDING, reason=reason)
        self._terminal.record(pending, _reversal_row(pending, PaymentState.REVERSAL_PENDING))
        self._next()

    def begin_void(self, void: Payment) -> None:
        """`void` is a payment of kind void in state `REVERSAL_PENDING`: record it and send it."""
        self._terminal.record(void)
        self._fresh = void.reference
        self._next()

    def due(self) -> None:
        """The waiting is over: send the oldest pending one (again)."""
        record_unanswered(self._terminal, self._sent, self._attempts)
        self._sent = None
        self._next()

    def reply(self, reply: HostReply) -> bool:
        """Whether `reply` answers what was sent last; if so, the next one goes out."""
        if self._sent is None or not answers(reply, self._sent):
            return False
        payment = self._terminal.durable.payments[self._sent.reference]
        if payment.kind.undoes:
            self._void_answered(payment, reply)
        elif reply.approved:
            undone = structs.replace(payment, state=PaymentState.REVERSED)
            self._terminal.record(undone, _reversal_row(undone, PaymentState.COMPLETED))
        else:
            # A refused reversal is kept and tried again: the acquirer must take it in the end, or a person must.
            return True
        self._done()
        return True

    def unreachable(self, stan: int) -> bool:
        """Whether it was our message that could not be delivered; the alarm that is set tries again."""
        if self._sent is None or self._sent.stan != stan:
            return False
        if self._sent.reference == self._fresh and self._attempts == 1:
            self._withdraw()
            self._done()
        elif self._is_behind:
            self._withdraw()
        return True

    @property
    def _is_behind(self) -> bool:
        """Whether a void that its operator has just asked for has not left yet."""
        return self._fresh != "" and self._fresh not in self._sent_before

    def withdraw(self, void: Payment) -> bool:
        """Whether `void`, for which nobody waits any longer, is still behind others: it never left, and is over."""
        behind = void.reference == self._fresh and self._is_behind
        if behind:
            self._withdraw()
        return behind

    def _withdraw(self) -> None:
        fresh, self._fresh = self._terminal.durable.payments[self._fresh], ""
        over = structs.replace(fresh, state=PaymentState.DECLINED, reason="no-connection")
        self._terminal.record(over)
        self._terminal.requests.resolved(over)

    @property
    def idle(self) -> bool:
        return self._oldest() is None

    def _oldest(self) -> Payment | None:
        doubtful = self._terminal.durable.in_doubt()
        return next((p for p in doubtful if p.state is PaymentState.REVERSAL_PENDING), None)

    def _next(self) -> None:
        pending = self._oldest()
        if self._sent is not None or pending is None:
            return
        self._sent = self._request(pending)
        self._sent_before[pending.reference] = None
        self._terminal.order(fx.Send(self._sent))
        waits = patience(self._terminal.profile.timeouts, self._attempts)
        self._terminal.order(fx.SetAlarm(REVERSAL_ALARM, self._terminal.now.mono + waits))
        self._attempts += 1

    def _done(self) -> None:
        self._sent, self._attempts = None, 0
        self._terminal.order(fx.DropAlarm(REVERSAL_ALARM))
        self._next()

    def _void_answered(self, void: Payment, reply: HostReply) -> None:
        answered = structs.replace(
            void, response_code=reply.response_code, host_reference=reply.host_reference
        )
        if reply.approved:
            original = self._terminal.durable.payments[void.original]
            self._terminal.record(
                structs.replace(answered, state=PaymentState.COMPLETED),
                structs.replace(original, state=PaymentState.VOIDED),
            )
        else:
            self._terminal.record(structs.replace(answered, state=PaymentState.DECLINED))
        self._terminal.requests.resolved(void)

    def _request(self, payment: Payment) -> HostRequest:
        void = payment.kind.undoes
        reversed_payment = self._terminal.durable.payments[payment.original] if void else payment
        return HostRequest(
            kind=MessageKind.VOID if void else MessageKind.REVERSAL,
            terminal=self._terminal.name,
            merchant=self._terminal.profile.merchant.id,
            stan=payment.stan,
            reference=payment.reference,
            amount=payment.amount,
            at=self._terminal.now.civil,
            entry=payment.entry,
            fallback=payment.is_fallback,
            repeat=payment.reference in self._sent_before,
            batch=payment.batch,
            original=Original(
                kind=reversed_payment.kind, stan=reversed_payment.stan, reference=reversed_payment.reference
            ),
            reason="4000" if void else payment.reason or "4021",
        )


def _reversal_row(payment: Payment, state: PaymentState) -> ReversalRow:
    return ReversalRow(
        reference=f"{payment.reference}-R",
        original=payment.reference,
        state=state,
        amount=payment.amount,
        entry=payment.entry,
        pan=payment.pan,
        stan=payment.stan,
        reason=payment.reason,
    )
