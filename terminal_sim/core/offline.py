"""Offline payments: which are taken while the acquirer is out of reach, until when they are kept, and how they are forwarded.

Rules:
1. An outage is of the link or of the service behind it; the terminal finds out which. Its beginning is a row, so a power cut
   neither ends a session nor begins it anew.
2. A payment is refused for the first reason that holds: not allowed, session over, way of entry, card, amount, queue.
3. A stored payment is durable, its card data sealed, before a screen or receipt says "accepted".
4. Payments leave oldest first, one at a time, each answered before the next; a repeat has the same trace number (0220, then 0221).
   What the service's outage kept leaves by itself, and so before an older one that waits for the app to be opened.
5. A payment that its card approved offline by a TC is stored whatever the acquirer's reach and the rules of an outage: it is the
   issuer's own decision (EMV Book 3, 10.7). It leaves as soon as the acquirer is in reach, and never expires.
6. Any other payment expires at its deadline, on the virtual clock. One that has left never expires and is never lost: it is in doubt, and
   is repeated until it is answered.
"""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core.durable_state import StoredPayment
from terminal_sim.core.environment import Environment
from terminal_sim.core.memory import OfflineMemory
from terminal_sim.core.message import EntryMode, HostReply, HostRequest, MessageKind, answers
from terminal_sim.core.moment import Instant
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.retry import patience, record_unanswered
from terminal_sim.core.rows.kinds import ReceiptRow
from terminal_sim.core.rows.offline import (
    OfflineDeclinedRow,
    OfflineExpiredRow,
    OfflineForwardedRow,
    OfflineLostRow,
    OfflineSentRow,
    OfflineStoredRow,
    OutageRow,
    about,
)
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.core.services import Services
from terminal_sim.core.text import Text, say

OFFLINE_ALARM = "offline"
FORWARD_ALARM = "forward"
NETWORK, SERVICE = "network", "service"
_GIFT_CARD = "square-gift"


class OfflineQueue:
    """The queue of one terminal. The durable state holds what is stored, this object what is under way."""

    __slots__ = ("_attempts", "_sent", "_terminal")

    def __init__(self, terminal: Services) -> None:
        self._terminal = terminal
        self._sent: HostRequest | None = None
        self._attempts = 0

    def snapshot(self) -> OfflineMemory:
        return OfflineMemory(self._sent, self._attempts)

    def restore(self, memory: OfflineMemory) -> None:
        self._sent, self._attempts = memory.sent, memory.attempts

    # Outages.

    @property
    def active(self) -> bool:
        """Whether payments are taken offline now, or refused for a reason of this queue."""
        return self._terminal.durable.outage is not None

    @property
    def session_left(self) -> int:
        """Microseconds for which payments are still taken in this outage; 0 when that is over."""
        return max(self._session_end() - self._terminal.now.mono, 0)

    @property
    def first_deadline(self) -> Instant | None:
        """When the first of the payments that wait will expire, None where none will."""
        waiting = (one.deadline for one in self._terminal.durable.stored.values() if not one.sent)
        first = min((at for at in waiting if at), default=0)
        now = self._terminal.now
        return Instant(first, now.wall + first - now.mono) if first else None

    def look_around(self) -> None:
        """Find out whether the acquirer is in reach: link, service or app have changed, or the terminal has just booted."""
        terminal = self._terminal
        if not terminal.profile.offline.enabled:
            if terminal.durable.stored:
                self.tick()
            return
        known, reason = terminal.durable.outage, _reason(terminal.environment)
        if reason != (known.reason if known else ""):
            over = known.reason if known and not reason else ""
            state = "over" if over else "began"
            terminal.record(OutageRow(reason=over or reason, state=state, at=terminal.now.mono))
            if not reason:
                self._sent = None  # its answer was lost with the connection
        self.tick()

    def tick(self) -> None:
        """Expire what is due, forward what may leave, and set the alarm for what comes next."""
        self._expire()
        self._next()
        self._set_alarm()

    # Decisions.

    @property
    def allowed(self) -> bool:
        set_by_merchant = self._terminal.durable.offline.allowed
        return self._terminal.profile.offline.allowed if set_by_merchant is None else set_by_merchant

    @property
    def limit(self) -> Money:
        set_by_merchant = self._terminal.durable.offline.limit
        profile = self._terminal.profile
        return Money(set_by_merchant or profile.offline.limit, profile.currency)

    @property
    def pending(self) -> list[Payment]:
        """The stored payments that have not left yet, which are lost with the card data."""
        durable = self._terminal.durable
        return [durable.payments[one.reference] for one in durable.stored.values() if not one.sent]

    @property
    def refusal_of_all(self) -> Text | None:
        """Why no payment is taken offline now, whatever its amount and its card."""
        if not self.allowed:
            return say("offline-not-allowed")
        return None if self.session_left else say("offline-session-over")

    def refusal_of_amount(self, amount: Money) -> Text | None:
        """Why no payment of `amount` is taken offline now, whatever the card."""
        rules, durable = self._terminal.profile.offline, self._terminal.durable
        if (forbidden := self.refusal_of_all) is not None:
            return forbidden
        if amount.minor > self.limit.minor:
            return say("offline-limit-exceeded", amount=self.limit)
        if rules.queue_count and len(durable.stored) >= rules.queue_count:
            return say("offline-queue-full", n=rules.queue_count)
        waiting = sum(durable.payments[reference].amount.minor for reference in durable.stored)
        if rules.queue_sum and waiting + amount.minor > rules.queue_sum:
            return say("offline-limit-exceeded", amount=Money(rules.queue_sum, amount.currency))
        return None

    def refusal_of_card(self, entry: EntryMode, brand: str = "") -> Text | None:
        """Why a card that comes in by `entry` is not taken offline."""
        rules = self._terminal.profile.offline
        takes = {
            EntryMode.CHIP: rules.entries.chip,
            EntryMode.CONTACTLESS: rules.entries.contactless,
            EntryMode.STRIPE: rules.entries.stripe,
            EntryMode.KEYED: rules.entries.keyed,
        }
        if not takes[entry]:
            return say(_REFUSED_ENTRY.get(entry, "not-offline-card"))
        if brand in rules.refused_brands:
            return say("not-offline-gift-card" if brand == _GIFT_CARD else "not-offline-card")
        return None

    def refusal(self, amount: Money, entry: EntryMode, brand: str) -> Text | None:
        """Why this payment is not taken offline, or None where it is."""
        return self.refusal_of_all or self.refusal_of_card(entry, brand) or self.refusal_of_amount(amount)

    # Storing.

    def store(self, payment: Payment, request: HostRequest) -> None:
        """Make `payment`, in state `PENDING`, durable with the card data of `request`. Only while an outage lasts."""
        terminal = self._terminal
        outage = terminal.durable.outage
        if outage is None:
            raise ValueError("the acquirer is within reach: nothing is stored for later")
        rules, now = terminal.profile.offline, terminal.now.mono
        oldest = next((one for one in terminal.durable.stored.values() if not one.sent), None)
        anchor = outage.lost_at if rules.anchor == "connection-lost" else oldest.anchor if oldest else now
        deadline = 0 if rules.upload is None else anchor + rules.upload
        stored = OfflineStoredRow(**about(payment), outage=outage.reason, anchor=anchor, deadline=deadline)
        terminal.store(payment, stored, request)
        self._set_alarm()

    def store_approved(self, payment: Payment, request: HostRequest) -> None:
        """Make `payment`, in state `PENDING` and approved offline by its card, durable with the card data of `request`; forward it."""
        terminal = self._terminal
        outage = terminal.durable.outage
        reason = outage.reason if outage is not None else ""
        stored = OfflineStoredRow(**about(payment), outage=reason, anchor=terminal.now.mono)
        terminal.store(payment, stored, request)
        self.tick()

    def discard(self, why: str, *before: JournalRow) -> None:
        """Record that the card data of every pending payment is gone, with the sum, after the rows that say why."""
        lost = self.pending
        total = sum(payment.amount.minor for payment in lost)
        rows: list[JournalRow] = [*before]
        for payment in lost:
            gone = structs.replace(payment, state=PaymentState.LOST, reason=why)
            rows += [gone, OfflineLostRow(**about(gone), reason=why, sum=total, payments=len(lost))]
        if rows:
            self._terminal.record(*rows)
        self._set_alarm()

    def card_data_lost(self, reference: str) -> None:
        """The engine could not open the card data of a payment that it was to send: the payment never left."""
        payment = self._terminal.durable.payments[reference]
        gone = structs.replace(payment, state=PaymentState.LOST, reason="card-data")
        lost = OfflineLostRow(**about(gone), reason=gone.reason, sum=gone.amount.minor, payments=1)
        self._terminal.record(gone, lost)
        self._done()

    # Forwarding.

    def retry(self) -> None:
        """No answer came in time: send the same again."""
        record_unanswered(self._terminal, self._sent, self._attempts)
        self._sent = None
        self._next()

    def reply(self, reply: HostReply) -> bool:
        """Whether `reply` answers what was forwarded last; if so, the next one goes out."""
        if self._sent is None or not answers(reply, self._sent):
            return False
        payment = self._terminal.durable.payments[self._sent.reference]
        answered = structs.replace(
            payment,
            state=PaymentState.COMPLETED if reply.approved else PaymentState.DECLINED,
            amount=(reply.approved and reply.authorised) or payment.amount,
            auth_code=reply.auth_code,
            response_code=reply.response_code,
            host_reference=reply.host_reference,
        )
        kind = OfflineForwardedRow if reply.approved else OfflineDeclinedRow
        rows: list[JournalRow] = [answered, kind(**about(answered), response_code=reply.response_code)]
        receipt_to = self._terminal.durable.receipts_due.get(payment.reference, "")
        if receipt_to and reply.approved:
            rows.append(ReceiptRow(original=payment.reference, to=receipt_to, state="sent"))
        self._terminal.record(*rows)
        self._done()
        return True

    def unreachable(self, stan: int) -> bool:
        """Whether it was our message that could not be delivered; the alarm that is set tries again."""
        return self._sent is not None and self._sent.stan == stan

    def _done(self) -> None:
        self._sent, self._attempts = None, 0
        self._terminal.order(fx.DropAlarm(FORWARD_ALARM))
        self.tick()

    def _next(self) -> None:
        terminal = self._terminal
        oldest = self._first_to_leave()
        if self._sent is not None or oldest is None:
            return
        if terminal.durable.outage or _reason(terminal.environment):
            return
        payment = terminal.durable.payments[oldest.reference]
        if not oldest.sent:
            batch = terminal.settlements.batch
            payment = structs.replace(payment, state=PaymentState.FORWARD_SENT, batch=batch)
            terminal.record(payment, OfflineSentRow(**about(payment)))
        self._sent = self._request(payment, repeat=oldest.sent)
        terminal.order(fx.Forward(self._sent))
        waits = patience(terminal.profile.timeouts, self._attempts)
        terminal.order(fx.SetAlarm(FORWARD_ALARM, terminal.now.mono + waits))
        self._attempts += 1

    def _first_to_leave(self) -> StoredPayment | None:
        """The one that has left and is not answered, else the oldest that nothing holds back."""
        stored = self._terminal.durable.stored.values()
        sent = next((one for one in stored if one.sent), None)
        return sent or next((one for one in stored if self._may_leave(one)), None)

    def _may_leave(self, stored: StoredPayment) -> bool:
        open_enough = self._terminal.environment.app_open or not self._terminal.profile.offline.app_forwards
        return stored.sent or open_enough or stored.outage != NETWORK

    def _expire(self) -> None:
        durable, now = self._terminal.durable, self._terminal.now.mono
        rows: list[JournalRow] = []
        for one in durable.stored.values():
            if one.deadline and one.deadline <= now and not one.sent:
                late = structs.replace(durable.payments[one.reference], state=PaymentState.EXPIRED)
                rows += [late, OfflineExpiredRow(**about(late))]
        if rows:
            self._terminal.record(*rows)

    def _session_end(self) -> int:
        """When payments are no longer taken; never one that would have expired already."""
        outage, rules = self._terminal.durable.outage, self._terminal.profile.offline
        if outage is None:
            return 0
        session = rules.session.network if outage.reason == NETWORK else rules.session.service
        end = outage.since[outage.reason] + session
        if rules.anchor == "connection-lost" and rules.upload is not None:
            end = min(end, outage.lost_at + rules.upload)
        return end

    def _set_alarm(self) -> None:
        now = self._terminal.now.mono
        deadlines = [one.deadline for one in self._terminal.durable.stored.values() if not one.sent]
        ahead = [at for at in (*deadlines, self._session_end()) if at > now]
        alarm = fx.SetAlarm(OFFLINE_ALARM, min(ahead)) if ahead else fx.DropAlarm(OFFLINE_ALARM)
        self._terminal.order(alarm)

    def _request(self, payment: Payment, *, repeat: bool) -> HostRequest:
        return HostRequest(
            kind=MessageKind.ADVICE,
            terminal=self._terminal.name,
            merchant=self._terminal.profile.merchant.id,
            stan=payment.stan,
            reference=payment.reference,
            amount=payment.amount,
            at=payment.at,
            entry=payment.entry,
            fallback=payment.is_fallback,
            repeat=repeat,
            batch=payment.batch,
        )


_REFUSED_ENTRY = {
    EntryMode.CONTACTLESS: "not-offline-contactless",
    EntryMode.KEYED: "not-offline-manual",
}


def _reason(environment: Environment) -> str:
    """Why the acquirer is out of reach: `network` before `service`, which a lost link hides; "" where it is in reach."""
    if not environment.network_up:
        return NETWORK
    return "" if environment.service_up else SERVICE
