"""Bugs of limits: amounts, numbers and lengths of time at which something is just taken, or just not."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from terminal_sim.core import environment, stack, terminal
from terminal_sim.core.durable_state import DurableState, Outage
from terminal_sim.core.message import EntryMode
from terminal_sim.core.money import Money
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.payment_request import RequestRefusal
from terminal_sim.core.rows.kinds import AccountRow, BootRow, OfflineSettingsRow, PasscodeRow
from terminal_sim.core.rows.offline import OfflineExpiredRow, OfflineStoredRow, OutageRow, about
from terminal_sim.core.text import say
from terminal_sim.flows import cardholder, load, message_receipt, moto
from terminal_sim.flows.charge import ChargeFlow
from terminal_sim.flows.checkout import CheckoutFlow
from terminal_sim.flows.fields import AmountField
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.offline_settings import OfflineSettingsFlow
from terminal_sim.flows.passcode import PasscodeFlow
from terminal_sim.flows.payment import PaymentFlow
from terminal_sim.flows.requested import RequestedFlow
from tests.explore.planted.planting import (
    ALLOWED,
    KEEPING,
    READER,
    REFUNDS,
    REGISTER,
    S1F2,
    SQUARE,
    V400M,
    PlantedBug,
    always,
    every,
    fold,
    nothing,
    sets,
    wraps,
)  # fmt: skip

STAND = "square-stand"
SECOND, HOUR = 1_000_000, 3_600_000_000
_BOUNDS = {"offline.queue_count": "2", "offline.queue_sum": "3000", **ALLOWED}


def _ends_the_outage(sound: Any) -> Any:
    def boot(self: Any, row: Any) -> None:
        sound(self, row)
        self.outage = None

    return boot


def _refusal(self: Any, amount: Any, *, count: int = 0, own: bool = True) -> Any:
    """The sound decision with `count` payments more in the queue, and without the payment itself where it is not `own`."""
    rules, durable = self._terminal.profile.offline, self._terminal.durable
    if not self.allowed:
        return say("offline-not-allowed")
    if not self.session_left:
        return say("offline-session-over")
    if amount.minor > self.limit.minor:
        return say("offline-limit-exceeded", amount=self.limit)
    if rules.queue_count and len(durable.stored) >= rules.queue_count + count:
        return say("offline-queue-full", n=rules.queue_count)
    waiting = sum(durable.payments[reference].amount.minor for reference in durable.stored)
    if rules.queue_sum and waiting + (amount.minor if own else 0) > rules.queue_sum:
        return say("offline-limit-exceeded", amount=Money(rules.queue_sum, amount.currency))
    return None


def _stored(self: Any, payment: Any, request: Any, *, from_the_last: bool = False, more: int = 0) -> None:
    """The sound way of keeping a payment, with its time counted from itself alone, or longer."""
    terminal, now = self._terminal, self._terminal.now.mono
    rules, outage = terminal.profile.offline, terminal.durable.outage
    oldest = next((one for one in terminal.durable.stored.values() if not one.sent), None)
    anchor = (
        outage.lost_at
        if rules.anchor == "connection-lost"
        else oldest.anchor
        if oldest and not from_the_last
        else now
    )
    deadline = 0 if rules.upload is None else anchor + rules.upload + more
    terminal.store(
        payment,
        OfflineStoredRow(**about(payment), outage=outage.reason, anchor=anchor, deadline=deadline),
        request,
    )
    self._set_alarm()


def _long_session(self: Any) -> int:
    outage, rules = self._terminal.durable.outage, self._terminal.profile.offline
    return outage.since[outage.reason] + rules.session.network if outage is not None else 0


def _one_try_more(self: Any, _: Any) -> None:
    failures = self.terminal.durable.passcode(self.name).failures + 1
    until = self.terminal.now.mono + self.rules.lock if failures > self.rules.tries else 0
    self.terminal.record(PasscodeRow(name=self.name, result="wrong", failures=failures, locked_until=until))
    self.typed, self.complaint = "", say("wrong-passcode")


def _begins_anew(self: DurableState, row: Any) -> None:
    if row.state == "over":
        self.outage = None
    else:
        self.outage = Outage(row.reason, row.at, {row.reason: row.at})


def _forgets_the_limit(sound: Any) -> Any:
    def apply(self: DurableState, row: Any) -> None:
        sound(self, row)
        if row.limit is None:
            self.offline = type(self.offline)(self.offline.allowed, None)

    return apply


def _keeps_the_settings(sound: Any) -> Any:
    def apply(self: DurableState, row: Any) -> None:
        kept = self.offline
        sound(self, row)
        self.offline = kept

    return apply


def _at_critical(profile: Any, around: Any, entry: Any) -> Any:
    if profile.battery is not None and around.battery == profile.battery.critical and entry.needs:
        return say("battery-critical")
    return environment.refusal(profile, around, entry)


def _refused_at_critical(self: Any) -> RequestRefusal | None:
    battery, left = self.terminal.profile.battery, self.terminal.environment.battery
    return RequestRefusal.BATTERY if battery is not None and left <= battery.critical else None


def _without_the_account(profile: Any, around: Any, entry: Any) -> Any:
    found = environment.refusal(profile, around, entry)
    return None if found is not None and found.id == "standalone-off" else found


def _in_spite_of_it(sound: Any) -> Any:
    """Forwarding that takes the acquirer to be in reach."""

    def forward(self: Any) -> None:
        terminal = self._terminal
        outage, around = terminal.durable.outage, terminal.environment
        terminal.durable.outage, terminal.environment = None, type(around)()
        sound(self)
        terminal.durable.outage, terminal.environment = outage, around

    return forward


def _expires_what_left(self: Any) -> None:
    durable, now = self._terminal.durable, self._terminal.now.mono
    rows: list[Any] = []
    for one in durable.stored.values():
        if one.deadline and one.deadline <= now:
            late = structs.replace(durable.payments[one.reference], state=PaymentState.EXPIRED)
            rows += [late, OfflineExpiredRow(**about(late))]
    if rows:
        self._terminal.record(*rows)


def _below_the_limit(sound: Any) -> Any:
    def refusal_of_amount(self: OfflineQueue, amount: Money) -> Any:
        at_limit = say("offline-limit-exceeded", amount=self.limit) if amount == self.limit else None
        return sound(self, amount) or at_limit

    return refusal_of_amount


def _outage_forgotten(sound: Any) -> Any:
    def apply(self: DurableState, row: BootRow) -> None:
        sound(self, row)
        self.outage = None

    return apply


LIMITS = (
    PlantedBug("a payment of one cent above the offline limit is taken", SQUARE, wraps(OfflineQueue, "refusal_of_amount", lambda sound: lambda self, amount: sound(self, Money(amount.minor - 1, amount.currency)))),
    PlantedBug("a lost link has the time of a lost service", READER, wraps(OfflineQueue, "_session_end", lambda sound: lambda self: sound(self) + HOUR if sound(self) else 0), ALLOWED),
    PlantedBug("a payment that waits never expires", SQUARE, sets(OfflineQueue, "_expire", nothing), ALLOWED),
    PlantedBug("a refused brand is taken offline", SQUARE, sets(OfflineQueue, "refusal_of_card", lambda _self, _entry, _brand="": None), ALLOWED),
    PlantedBug("offline payments are taken although they are not allowed", SQUARE, sets(OfflineQueue, "allowed", always(True))),
    PlantedBug("the highest amount itself is refused", V400M, sets(AmountField, "amount_would_exceed", lambda self, event: int(self.typed + event.key) >= self.highest)),
    PlantedBug("a payment by mail goes up to the limit of a sale", V400M, sets(MotoFlow, "highest", lambda self: self.terminal.profile.limits.max_amount), {"limits.moto_max_amount": "50000"}),
    PlantedBug("the offline limit is set up to the limit in force", SQUARE, sets(OfflineSettingsFlow, "highest", lambda self: self.terminal.profile.offline.limit), ALLOWED),
    PlantedBug("a limit that the merchant set is not kept", SQUARE, sets(OfflineQueue, "limit", lambda self: Money(self._terminal.profile.offline.limit, "CAD")), ALLOWED),
    PlantedBug("a refund goes above its limit", V400M, sets(load()["refund"].context, "highest", lambda self: self.terminal.profile.limits.max_amount), {**REFUNDS, "limits.refund_max_amount": "50000"}),
    PlantedBug("one payment more than the queue holds is kept", SQUARE, sets(OfflineQueue, "refusal_of_amount", lambda self, amount: _refusal(self, amount, count=1)), _BOUNDS),
    PlantedBug("what waits may come to more than the profile says", SQUARE, sets(OfflineQueue, "refusal_of_amount", lambda self, amount: _refusal(self, amount, own=False)), _BOUNDS),
    PlantedBug("payments are taken for a second after the time of an outage", SQUARE, wraps(OfflineQueue, "_session_end", lambda sound: lambda self: sound(self) + SECOND if sound(self) else 0), ALLOWED),
    PlantedBug("payments are taken no longer a second before the time of an outage is over", SQUARE, wraps(OfflineQueue, "_session_end", lambda sound: lambda self: sound(self) - SECOND if sound(self) else 0), ALLOWED),
    PlantedBug("a change of its reason begins an outage anew", STAND, fold(OutageRow, lambda _: _begins_anew), ALLOWED),
    PlantedBug("a contactless card is taken offline", SQUARE, wraps(OfflineQueue, "refusal_of_card", lambda sound: lambda self, entry, brand="": None if entry is EntryMode.CONTACTLESS else sound(self, entry, brand)), ALLOWED),
    PlantedBug("a stripe is refused offline although the profile takes it", SQUARE, wraps(OfflineQueue, "refusal_of_card", lambda sound: lambda self, entry, brand="": say("not-offline-card") if entry is EntryMode.STRIPE else sound(self, entry, brand)), ALLOWED),
    PlantedBug("the card of the phone is asked for in an outage that began behind the choice", STAND, sets(ChargeFlow, "chosen_is_refused", always(False)), ALLOWED),
    PlantedBug("a payment with the phone is kept as that of any contactless card", REGISTER, every(sets(ChargeFlow, "chosen_is_refused", always(False)), sets(ChargeFlow, "way_by", lambda _, entry: entry)), {"offline.entries.contactless": "true", **ALLOWED}),
    PlantedBug("a number is typed while the acquirer is out of reach", SQUARE, sets(ChargeFlow, "way_is_refused", always(False)), ALLOWED),
    PlantedBug("a battery at the critical charge itself refuses what a till asks for", READER, sets(RequestedFlow, "_no_battery", _refused_at_critical)),
    PlantedBug("a battery below the critical charge takes what a till asks for", SQUARE, sets(RequestedFlow, "_no_battery", always(None))),
    PlantedBug("a void begins with an empty battery", V400M, sets(HistoryFlow, "_refusal_to_begin", lambda self: None if self.terminal.environment.standalone else say("standalone-off"))),
    PlantedBug("a void is refused for a reason that is gone", V400M, wraps(HistoryFlow, "_why_no_void", lambda sound: lambda self: self.remark or sound(self))),
    PlantedBug("a till gives money back with an empty battery", S1F2, sets(RequestedFlow, "_refusal_of_refund", lambda self, request: RequestRefusal.ORIGINAL if self._original(request) is None else None)),
    PlantedBug("a battery at the critical charge itself starts nothing", V400M, sets(stack, "refusal", _at_critical)),
    PlantedBug("a payment starts that the account does not allow", S1F2, sets(stack, "refusal", _without_the_account)),
    PlantedBug("a sale goes no higher than a payment by mail", V400M, sets(AmountField, "highest", lambda self: min(self.terminal.profile.limits.max_amount, self.terminal.profile.limits.moto_max_amount)), {"limits.moto_max_amount": "50000"}),
    PlantedBug("a telephone number of three digits is taken", SQUARE, sets(message_receipt, "_SHORTEST_NUMBER", 3)),
    PlantedBug("a telephone number has sixteen digits", SQUARE, sets(message_receipt, "_LONGEST_NUMBER", 16)),
    PlantedBug("an amount of zero is taken", S1F2, sets(AmountField, "amount_complaint", lambda self: self._too_high if self.complaint == self._too_high else None)),
    PlantedBug("the offline limit has no highest value", SQUARE, sets(OfflineSettingsFlow, "highest", always(9_999_999_999)), ALLOWED),
    PlantedBug("a factory reset keeps what the merchant set", SQUARE, fold(AccountRow, _keeps_the_settings)),
    PlantedBug("to allow offline payments anew forgets the limit", SQUARE, fold(OfflineSettingsRow, _forgets_the_limit)),
    PlantedBug("a PIN has thirteen digits", V400M, sets(cardholder, "_LONGEST_PIN", 13)),
    PlantedBug("a payment that the outage forbids is begun at the checkout", SQUARE, sets(CheckoutFlow, "_why_not", lambda self: self.amount_complaint)),
    PlantedBug("a passcode has one try more", V400M, sets(PasscodeFlow, "reject", _one_try_more)),
    PlantedBug("offline payments are set without the account's permission", SQUARE, sets(OfflineSettingsFlow, "may_not_change", always(False)), {"offline.permission": "false"}),
    PlantedBug("a closed app forwards what a lost link kept back", READER, sets(OfflineQueue, "_may_leave", always(True)), ALLOWED),
    PlantedBug("a payment that waits expires an hour late", SQUARE, sets(OfflineQueue, "store", lambda self, *given: _stored(self, *given, more=HOUR)), ALLOWED),
    PlantedBug("the time of each payment that waits is counted from itself", SQUARE, sets(OfflineQueue, "store", lambda self, *given: _stored(self, *given, from_the_last=True)), ALLOWED),
    PlantedBug("a lost service has the time of a lost link", STAND, sets(OfflineQueue, "_session_end", _long_session), {**ALLOWED, "offline.session.service": "20min"}),
    PlantedBug("a card number has twenty digits", V400M, sets(moto, "_LONGEST", {**moto._LONGEST, "card-number": 20})),
    PlantedBug("the highest amount is told as another", V400M, sets(AmountField, "_too_high", lambda self: say("amount-too-high", max=Money(12_345, self.terminal.profile.currency)))),
    PlantedBug("a payment that has left expires", SQUARE, sets(OfflineQueue, "_expire", _expires_what_left), ALLOWED),
    PlantedBug("what waits is sent during the outage", SQUARE, wraps(OfflineQueue, "_next", _in_spite_of_it), ALLOWED),
    PlantedBug("a security code is a digit longer than the card's", V400M, wraps(MotoFlow, "cvc_length", lambda sound: lambda self: sound(self) + (1 if self.state == "cvc" else 0))),
    PlantedBug("an offline payment of the limit itself is refused", SQUARE, wraps(OfflineQueue, "refusal_of_amount", _below_the_limit), ALLOWED),
    PlantedBug("a power cut begins the time of an outage anew", SQUARE, fold(BootRow, _outage_forgotten), ALLOWED),
    PlantedBug("a power cut begins the session of an outage anew", S1F2, fold(BootRow, _ends_the_outage), KEEPING),
    PlantedBug("the red key switches off after one second", V400M, sets(terminal, "_POWER_OFF_HOLD", SECOND)),
    PlantedBug("who must sign is not asked to in an outage", SQUARE, wraps(PaymentFlow, "defer", lambda sound: lambda self, card, _="": sound(self, card)), ALLOWED),
    PlantedBug("offline payments are allowed still when the app was deleted", STAND, fold(AccountRow, _keeps_the_settings)),
)  # fmt: skip
