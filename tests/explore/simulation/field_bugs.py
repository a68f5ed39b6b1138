"""Bugs of payment software as they happen in the field, planted into firmware, till and acquirer one at a time.

`like` is a public report of a bug of this kind, where one was read; the others are of the same families: reversal, retry, matching,
recovery, void, offline payments, amounts, receipts, keys, the till, the acquirer's books.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from terminal_sim.bench import point_of_sale
from terminal_sim.core import effects as fx
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.message import MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.payment_request import RequestBusy
from terminal_sim.core.requests import PaymentRequests
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.kinds import BootRow
from terminal_sim.core.rows.offline import (
    OfflineExpiredRow,
    OfflineForwardedRow,
    OfflineStoredRow,
    about,
)
from terminal_sim.core.terminal import Terminal
from terminal_sim.core.trace_number import TraceNumber
from terminal_sim.flows.card_payment import CardPaymentFlow
from terminal_sim.flows.payment import PaymentFlow
from terminal_sim.flows.recovery import RecoveryFlow
from terminal_sim.flows.void import VoidFlow
from terminal_sim.host.acquirer_link import AcquirerLink
from terminal_sim.host.books import AcquirerBooks
from terminal_sim.host.decisions import Decisions
from terminal_sim.host.ledger import Ledger
from terminal_sim.host.link import Arrival
from terminal_sim.pos.model.rows import TenderOutcome
from terminal_sim.runtime.card_vault import Vault
from tests.explore.planted.planting import Plant, PlantedBug, always, fold, nothing, sets, wraps


@dataclass(frozen=True, slots=True)
class FieldBug:
    """`what` is wrong; `patch` makes it so. `like` names a report of such a bug, "" where none was read. A `rare` one takes hundreds of seeds."""

    what: str
    patch: Plant = field(repr=False)
    like: str = ""
    rare: bool = False

    @property
    def planted(self) -> PlantedBug:
        """As `planting.planted` takes it; shops have terminals of all profiles."""
        return PlantedBug(self.what, "", self.patch)


# What the patches put in the place of sound methods.


def _settle_as(state: PaymentState) -> Any:
    """A boot that takes payments without an answer for settled in this state."""

    def begin(self: RecoveryFlow, _: object) -> None:
        for payment in self.terminal.durable.in_doubt():
            if payment.state is PaymentState.AUTH_SENT:
                self.terminal.record(structs.replace(payment, state=state))
        self.terminal.reversals.due()

    return begin


def _leaves_early(*kinds: MessageKind) -> Plant:
    """Messages of these kinds leave one effect too early: before the row that says so."""

    def make(sound: Any) -> Any:
        def handle(self: Terminal, event: Any, now: Any) -> list[fx.Effect]:
            effects: list[fx.Effect] = sound(self, event, now)
            for at, effect in enumerate(effects[1:], 1):
                if isinstance(effect, fx.Send | fx.Forward) and effect.request.kind in kinds:
                    effects[at - 1], effects[at] = effect, effects[at - 1]
            return effects

        return handle

    return wraps(Terminal, "handle", make)


def _take_a_refusal(sound: Any) -> Any:
    return lambda self, reply: sound(self, structs.replace(reply, response_code="00"))


def _complete_by_a_late_answer(sound: Any) -> Any:
    def reply(self: Reversals, reply: Any) -> bool:
        for payment in self._terminal.durable.in_doubt():
            if payment.stan == reply.stan and reply.auth_code:
                self._terminal.record(structs.replace(payment, state=PaymentState.COMPLETED))
                return True
        return bool(sound(self, reply))

    return reply


def _changed(**values: Any) -> Any:
    """Makes a method whose message is the sound one's, with fields changed by functions of the object and the message."""

    def make(sound: Any) -> Any:
        def method(self: Any, *given: Any, **named: Any) -> Any:
            made = sound(self, *given, **named)
            return structs.replace(made, **{name: value(self, made) for name, value in values.items()})

        return method

    return make


def _void_is_over(self: VoidFlow, _: object) -> None:
    """The void without an answer is given up."""
    if self.payment is not None:
        self.terminal.record(structs.replace(self.payment, state=PaymentState.DECLINED))
    self.announce("no-connection")


def _forwarded_without_an_answer(self: OfflineQueue) -> None:
    if self._sent is not None:
        payment = self._terminal.durable.payments[self._sent.reference]
        done = structs.replace(payment, state=PaymentState.COMPLETED)
        self._terminal.record(done, OfflineForwardedRow(**about(done), response_code="00"))
        self._done()


def _approve_whatever_was_forwarded(sound: Any) -> Any:
    return lambda self, reply: sound(self, structs.replace(reply, response_code="00"))


def _expire_all(self: OfflineQueue) -> None:
    durable, now = self._terminal.durable, self._terminal.now.mono
    late = [
        durable.payments[one.reference]
        for one in durable.stored.values()
        if one.deadline and one.deadline <= now
    ]
    for payment in (structs.replace(one, state=PaymentState.EXPIRED) for one in late):
        self._terminal.record(payment, OfflineExpiredRow(**about(payment)))


def _expire_an_hour_early(sound: Any) -> Any:
    def expire(self: OfflineQueue) -> None:
        now = self._terminal.now
        self._terminal.now = structs.replace(now, mono=now.mono + 3_600_000_000)
        sound(self)
        self._terminal.now = now

    return expire


def _newest_first(sound: Any) -> Any:
    def stored(self: DurableState, row: OfflineStoredRow) -> None:
        sound(self, row)
        self.stored = dict(sorted(self.stored.items(), reverse=True))

    return stored


def _boot_forgets(**fields: Any) -> Plant:
    def make(sound: Any) -> Any:
        def boot(self: DurableState, row: BootRow) -> None:
            sound(self, row)
            if row.boot > 1:
                for name, value in fields.items():
                    setattr(self, name, value())

        return boot

    return fold(BootRow, make)


def _answer(sound: Any, answer_type: type, outcome: TenderOutcome) -> Any:
    def after(tender: Any, answer: Any) -> Any:
        if isinstance(answer, answer_type):
            return structs.replace(tender, outcome=outcome)
        return sound(tender, answer)

    return after


def _pays_all(sound: Any) -> Any:
    def after(tender: Any, answer: Any) -> Any:
        ended = sound(tender, answer)
        return ended if ended is None else structs.replace(ended, amount=tender.amount)

    return after


def _silence_is_no_connection(sound: Any) -> Any:
    def send(self: AcquirerLink, message: bytes, stan: int) -> Any:
        return sound(self, message, stan) or [Arrival(delay=1_000_000, problem="unreachable", stan=stan)]

    return send


def _undo_nothing(self: Ledger, request: Any, original: Any) -> str:
    """A reversal of a payment that is there is answered, and moves nothing."""
    if self._payment(request.terminal, original) is None:
        return self._bury(request, original)
    return "00"


def _print_early(self: PaymentFlow, event: Any) -> None:
    """The result and its receipt come before the row that says so."""
    self.keep_reply(event)
    if self.payment is not None:
        self.payment = structs.replace(self.answered(self.payment), state=PaymentState.COMPLETED)
        self.announce("approved")
        self.terminal.record(self.payment)


def _approve_a_decline(self: PaymentFlow, event: Any) -> None:
    self.keep_reply(event)
    self.record_declined()
    self.announce("approved")


def _leave_the_original(self: Reversals, void: Any, _: object) -> None:
    self._terminal.record(structs.replace(void, state=PaymentState.COMPLETED))


def _with_last_number(sound: Any) -> Any:
    def begin_void(self: VoidFlow, event: Any) -> None:
        self.terminal.durable.trace_number.last -= 1
        sound(self, event)

    return begin_void


def _books_declines(sound: Any) -> Any:
    def answer(self: Decisions, request: Any, code: str, **more: Any) -> Any:
        if request.kind.charges and code not in ("00", "10", "94"):
            self.ledger.charge(request, request.amount, None)
        return sound(self, request, code, **more)

    return answer


class _NoChance:
    """A random source that always gives zeros."""

    def randbytes(self, count: int) -> bytes:
        return bytes(count)


JUKS = "juks/iso-8583-socket-queue"
STRIPE = "stripe/stripe-terminal"

BUGS: tuple[FieldBug, ...] = (
    # Reversals.
    FieldBug("a request without an answer is declined and never reversed", sets(PaymentFlow, "reverse_unanswered", lambda self, _: self.decline(_)), f"{JUKS}#23"),
    FieldBug("a reversal that is not answered is never sent again", sets(Reversals, "due", nothing), f"{JUKS}#17"),
    FieldBug("a reversal carries a trace number of its own", wraps(Reversals, "_request", _changed(stan=lambda _, made: made.stan + 1))),
    FieldBug("a reversal names the trace number of another payment", wraps(Reversals, "_request", _changed(original=lambda _, made: structs.replace(made.original, stan=made.original.stan + 1)))),
    FieldBug("a repeat of a reversal leaves as if it were new", wraps(Reversals, "_request", _changed(repeat=lambda *_: False)), f"{JUKS}#25"),
    FieldBug("a reversal leaves before its row", _leaves_early(MessageKind.REVERSAL), rare=True),
    FieldBug("a refused reversal counts as taken", wraps(Reversals, "reply", _take_a_refusal)),
    FieldBug("a reversal is of one cent less", wraps(Reversals, "_request", _changed(amount=lambda _, made: Money(made.amount.minor - 1, made.amount.currency)))),
    FieldBug("an answer that comes late completes the payment that is being reversed", wraps(Reversals, "reply", _complete_by_a_late_answer), "medusajs/medusa#16292"),
    # Recovery after a power cut.
    FieldBug("a payment that was cut off by the power is forgotten", sets(DurableState, "in_doubt", always([]))),
    FieldBug("a boot takes a payment without an answer for declined", sets(RecoveryFlow, "begin", _settle_as(PaymentState.DECLINED)), "alphagov/pay-connector#3962"),
    FieldBug("a boot takes a payment without an answer for paid", sets(RecoveryFlow, "begin", _settle_as(PaymentState.COMPLETED))),
    FieldBug("trace numbers begin anew with each boot", _boot_forgets(trace_number=TraceNumber)),
    FieldBug("a boot loses the payments that wait to be forwarded", _boot_forgets(stored=dict), f"{STRIPE}-ios#261"),
    FieldBug("a boot forgets which requests of the till are known", _boot_forgets(requested=dict), rare=True),
    # Which answer counts.
    FieldBug("silence of the host is taken for no connection", wraps(AcquirerLink, "send", _silence_is_no_connection)),
    # Payments.
    FieldBug("a partial approval is booked in full", wraps(PaymentFlow, "answered", _changed(amount=lambda _, made: Money(made.requested, made.amount.currency))), "juspay/hyperswitch#3120"),
    FieldBug("a card that is pulled out after the approval declines without a reversal", sets(CardPaymentFlow, "_undo", lambda self, _: self.record_declined())),
    FieldBug("a request leaves before its row", _leaves_early(MessageKind.SALE, MessageKind.MOTO)),
    FieldBug("the receipt comes before the row that says so", sets(PaymentFlow, "complete", _print_early)),
    FieldBug("a decline is announced as approved", sets(PaymentFlow, "decline", _approve_a_decline)),
    # Voids and refunds.
    FieldBug("a void without an answer is given up", sets(VoidFlow, "leave_void_pending", _void_is_over), rare=True),
    FieldBug("a void does not mark its payment", sets(Reversals, "_void_answered", _leave_the_original)),
    FieldBug("a void that was declined counts", wraps(Reversals, "_void_answered", lambda sound: lambda self, void, reply: sound(self, void, structs.replace(reply, response_code="00"))), "activemerchant/active_merchant#2658"),
    FieldBug("a void takes no trace number of its own", wraps(VoidFlow, "begin_void", _with_last_number)),
    FieldBug("an offline payment is voided while it waits", sets(DurableState, "voidable", lambda self, one: one.kind.facts.voidable and one.state in (PaymentState.COMPLETED, PaymentState.PENDING) and one.reference not in self.taken_originals), rare=True),
    # Offline payments.
    FieldBug("a repeat of what was forwarded has a new trace number", wraps(OfflineQueue, "_request", _changed(stan=lambda self, made: made.stan if not made.repeat else self._terminal.durable.trace_number.following)), f"{STRIPE}-android#747"),
    FieldBug("a repeat of what was forwarded has a new reference", wraps(OfflineQueue, "_request", _changed(reference=lambda self, made: made.reference if not made.repeat else self._terminal.reference())), "medusajs/medusa#16292"),
    FieldBug("silence counts as a yes to what was forwarded", sets(OfflineQueue, "retry", _forwarded_without_an_answer), f"{STRIPE}-ios#294"),
    FieldBug("a payment that is declined when it is forwarded stays paid", wraps(OfflineQueue, "reply", _approve_whatever_was_forwarded), "carl-hamlin/barks#471"),
    FieldBug("the newest offline payment leaves first", fold(OfflineStoredRow, _newest_first)),
    FieldBug("a payment that waits never expires", sets(OfflineQueue, "_expire", nothing)),
    FieldBug("a payment expires although it has left", sets(OfflineQueue, "_expire", _expire_all), rare=True),
    FieldBug("a payment expires an hour early", wraps(OfflineQueue, "_expire", _expire_an_hour_early)),
    FieldBug("a nonce seals two payments", wraps(Vault, "sealed", lambda sound: lambda self, effect, _: sound(self, effect, _NoChance()))),
    FieldBug("a partial approval of what was forwarded is booked in full", wraps(OfflineQueue, "reply", lambda sound: lambda self, reply: sound(self, structs.replace(reply, authorised=None))), rare=True),
    # The till.
    FieldBug("what another flow does answers the request", sets(PaymentRequests, "abandon_without", lambda self, running: self.abandon() if len(running) == 1 else None), "OCA/pos#550", rare=True),
    FieldBug("a busy terminal counts as paid", wraps(point_of_sale, "_after", lambda sound: _answer(sound, RequestBusy, TenderOutcome.DONE))),
    FieldBug("a part that was approved pays the whole ticket", wraps(point_of_sale, "_after", _pays_all)),
    FieldBug("the till is never asked again for what was not answered", sets(point_of_sale.PointOfSale, "reached", nothing), "wcpos/woocommerce-pos#1754"),
    # The acquirer.
    FieldBug("the acquirer charges a repeat again", sets(AcquirerBooks, "_know", nothing)),
    FieldBug("the acquirer answers a reversal and moves nothing", sets(Ledger, "undo", _undo_nothing)),
    FieldBug("the acquirer books what it declines", wraps(Decisions, "answer", _books_declines)),
    FieldBug("the acquirer books a part that it approves in full", wraps(Ledger, "charge", lambda sound: lambda self, request, _, pan: sound(self, request, request.amount, pan))),
    FieldBug("the acquirer loses refunds", sets(Ledger, "refund", always("00"))),
)  # fmt: skip
