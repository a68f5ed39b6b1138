"""Bugs that are planted into the firmware one at a time: small named patches, each what a person might really have got wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from msgspec import structs

from terminal_sim.core import durable_state, frame, receipt, terminal
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Returned
from terminal_sim.core.message import EntryMode
from terminal_sim.core.money import Money
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.receipt import Copy
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.kinds import TamperRow
from terminal_sim.core.stack import FlowStack
from terminal_sim.core.terminal import Terminal
from terminal_sim.flows import history, load, moto, receipts
from terminal_sim.flows.cardholder import CardholderFlow
from terminal_sim.flows.checkout import CheckoutFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.fields import AmountField
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.home import HomeFlow
from terminal_sim.flows.menu import MenuFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.offline_settings import OfflineSettingsFlow
from terminal_sim.flows.passcode import ChangePasscodeFlow, PasscodeFlow
from terminal_sim.flows.payment import PaymentFlow
from terminal_sim.flows.receipts import Copies
from terminal_sim.flows.sale import SaleFlow
from terminal_sim.flows.transactions import TransactionsFlow
from terminal_sim.flows.void import VoidFlow

Plant = Callable[[pytest.MonkeyPatch], None]
_MADE_ONCE = ("machine", "plans", "table", "_screens")


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """`what` is wrong, on which `profile`; `patch` makes it so, and `options` are set besides."""

    what: str
    profile: str
    patch: Plant = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def planted(bug: PlantedBug) -> Iterator[None]:
    """The firmware with the bug in it; what its tables have resolved once is resolved anew, then and afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        bug.patch(patch)
        _resolve_anew()
        yield
    _resolve_anew()


def _resolve_anew() -> None:
    for flow in load().values():
        for name in _MADE_ONCE:
            flow.__dict__.pop(name, None)


def _sets(owner: Any, name: str, value: Any) -> Plant:
    """A patch that puts `value` in the place of an attribute; a property stays one."""
    made = property(value) if isinstance(vars(owner).get(name), property) else value
    return lambda patch: patch.setattr(owner, name, made)


def _wraps(owner: Any, name: str, make: Callable[[Any], Any]) -> Plant:
    """A patch that makes the new method of the sound one."""
    sound = vars(owner)[name]
    return _sets(owner, name, make(sound.fget if isinstance(sound, property) else sound))


def _before(name: str, value: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Makes a method that sets an attribute of the context to `value(context, event)`, and then does what the sound one does."""

    def make(sound: Any) -> Any:
        def method(self: Any, event: Any) -> None:
            setattr(self, name, value(self, event))
            sound(self, event)

        return method

    return make


def _behind(name: str, value: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """The same, the other way round."""

    def make(sound: Any) -> Any:
        def method(self: Any, event: Any) -> None:
            sound(self, event)
            setattr(self, name, value(self, event))

        return method

    return make


def _timeout(flow: str, state: str, name: str) -> Plant:
    """A patch by which a state of a flow waits as long as another time-out of the profile says."""

    def patch(patch: pytest.MonkeyPatch) -> None:
        found = load()[flow]
        states = tuple(replace(one, timeout=name) if one.name == state else one for one in found.states)
        patch.setitem(found.__dict__, "states", states)

    return patch


def _without_fold(row: type) -> Plant:
    return lambda patch: patch.delitem(durable_state._FOLDS, row)


V400M, S1F2, SQUARE, REGISTER, READER = "v400m", "s1f2", "square-terminal", "square-register", "square-reader"
ALLOWED = {"offline.allowed": "true"}
REFUNDS = {"refunds.unreferenced": "true"}

BUGS = (
    # Money.
    PlantedBug("a request without an answer is declined and never reversed", V400M, _sets(PaymentFlow, "reverse_unanswered", lambda self, _: self.announce("declined"))),
    PlantedBug("an answer with another amount counts", V400M, _sets(terminal, "answers", lambda reply, asked: reply.stan == asked.stan)),
    PlantedBug("an answer with another trace number counts", V400M, _sets(terminal, "answers", lambda reply, asked: reply.amount == asked.amount)),
    PlantedBug("a payment is voided twice", V400M, _sets(DurableState, "voidable", lambda _, one: one.kind.facts.voidable and one.state in (PaymentState.COMPLETED, PaymentState.VOIDED))),
    PlantedBug("a partial approval is booked in full", S1F2, _wraps(PaymentFlow, "answered", lambda sound: lambda self, one: structs.replace(sound(self, one), amount=one.amount))),
    PlantedBug("the newest reversal leaves first", V400M, _sets(Reversals, "_oldest", lambda self: next((one for one in reversed(self._terminal.durable.in_doubt()) if one.state is PaymentState.REVERSAL_PENDING), None))),
    PlantedBug("a reversal is repeated every second", V400M, _sets(Reversals, "_patience", lambda _: 1_000_000)),
    PlantedBug("a payment that was cut off by the power is forgotten", V400M, _sets(DurableState, "in_doubt", lambda _: [])),
    PlantedBug("a void goes by the amount that was asked for", V400M, _wraps(VoidFlow, "begin_void", _before("original", lambda self, _: structs.replace(self.original, amount=Money(self.original.requested, "CAD"))))),
    # Limits, windows, bounds.
    PlantedBug("a payment of one cent above the offline limit is taken", SQUARE, _wraps(OfflineQueue, "refusal_of_amount", lambda sound: lambda self, amount: sound(self, Money(amount.minor - 1, amount.currency)))),
    PlantedBug("a lost link has the time of a lost service", READER, _wraps(OfflineQueue, "_session_end", lambda sound: lambda self: sound(self) + 3_600_000_000 if sound(self) else 0), ALLOWED),
    PlantedBug("a payment that waits never expires", SQUARE, _sets(OfflineQueue, "_expire", lambda _: None), ALLOWED),
    PlantedBug("a refused brand is taken offline", SQUARE, _sets(OfflineQueue, "refusal_of_card", lambda _self, _entry, _brand="": None), ALLOWED),
    PlantedBug("offline payments are taken although they are not allowed", SQUARE, _sets(OfflineQueue, "allowed", lambda _: True)),
    PlantedBug("the highest amount itself is refused", V400M, _sets(AmountField, "amount_would_exceed", lambda self, event: int(self.typed + event.key) >= self.highest)),
    PlantedBug("a payment by mail goes up to the limit of a sale", V400M, _sets(MotoFlow, "highest", lambda self: self.terminal.profile.limits.max_amount), {"limits.moto_max_amount": "50000"}),
    PlantedBug("the offline limit is set up to the limit in force", SQUARE, _sets(OfflineSettingsFlow, "highest", lambda self: self.terminal.profile.offline.limit), ALLOWED),
    PlantedBug("a limit that the merchant set is not kept", SQUARE, _sets(OfflineQueue, "limit", lambda self: Money(self._terminal.profile.offline.limit, "CAD")), ALLOWED),
    # Receipts and lists.
    PlantedBug("the customer's copy comes out twice", S1F2, _sets(Copies, "by", staticmethod(lambda _: Copies(queue=(Copy.MERCHANT, Copy.CUSTOMER, Copy.CUSTOMER))))),
    PlantedBug("only the merchant's copy comes out", S1F2, _sets(Copies, "by", staticmethod(lambda _: Copies(queue=(Copy.MERCHANT,))))),
    PlantedBug("a reprint is the customer's copy whichever was asked for", V400M, _wraps(HistoryFlow, "print_copy", _before("copy", lambda _self, _event: Copy.CUSTOMER))),
    PlantedBug("a reprint has no mark", V400M, _sets(history, "reprinted", lambda paper: paper)),
    PlantedBug("the history begins with the oldest payment", S1F2, _wraps(HistoryFlow, "rows", lambda sound: lambda self: sound(self)[::-1])),
    PlantedBug("the row below the one that was touched is picked", S1F2, _wraps(HistoryFlow, "pick", _behind("original", lambda self, event: self.rows[min(len(self.rows) - 1, int(event.target[4:]))]))),
    PlantedBug("the merchant's copy speaks the card's language", V400M, _wraps(receipts, "receipt_of", lambda sound: lambda payment, copy, **more: sound(payment, copy, **{**more, "locale": payment.language or more["locale"]}))),
    PlantedBug("the copy that stopped does not come out", V400M, _sets(EndingFlow, "print_again", lambda _self, _event: None)),
    PlantedBug("a sum of what waits counts payments once too often", SQUARE, _wraps(TransactionsFlow, "_sum", lambda sound: lambda self, name, **more: (sound(self, name, **more)[0] + (1 if sound(self, name, **more)[0] else 0), sound(self, name, **more)[1])), ALLOWED),
    # PIN, passcodes, cards, secrets.
    PlantedBug("the lock of a passcode locks nothing", V400M, _sets(PasscodeFlow, "locked_for", lambda _: 0)),
    PlantedBug("the delivered passcode stays right when it was changed", V400M, _wraps(PasscodeFlow, "is_right", lambda sound: lambda self, event: sound(self, event) or (self.typed == self.rules.code and not self.locked_for()))),
    PlantedBug("a PIN of three digits is taken", S1F2, _sets(CardholderFlow, "pin_is_long_enough", lambda self, _: len(self.typed) >= 3)),
    PlantedBug("a menu opens without its passcode", V400M, _sets(MenuFlow, "ask_passcode", lambda self, _: self.terminal.post(Returned(True)))),
    PlantedBug("a new passcode need not be typed the same twice", S1F2, _sets(ChangePasscodeFlow, "is_the_same", lambda _self, _event: True)),
    PlantedBug("an expired card is taken by mail", V400M, _sets(MotoFlow, "_expired", lambda _: False)),
    PlantedBug("a wrong check digit is taken by mail", V400M, _sets(moto, "is_luhn_valid", lambda _: True)),
    PlantedBug("a terminal that was opened works again after a reboot", V400M, _without_fold(TamperRow)),
    # Screens.
    PlantedBug("the first tab is marked whichever is open", SQUARE, _sets(frame, "_open_tab", lambda _: "home")),
    PlantedBug("digits stay on the home screen", V400M, _sets(HomeFlow, "forget", lambda _self, _event: None)),
    PlantedBug("the banner of a lost service speaks of the link", SQUARE, _sets(frame, "_service_banner", lambda _allowed, _left: "banner-network")),
    PlantedBug("the countdown is a minute short", SQUARE, _wraps(frame, "_hours_and_minutes", lambda sound: lambda left: sound(left - 60_000_000)), ALLOWED),
    PlantedBug("a passcode may be typed for a minute", V400M, _timeout("passcode", "ask", "menu")),
    PlantedBug("a picked transaction stands for two minutes", S1F2, _timeout("history", "transaction", "entry")),
    PlantedBug("the amount stays on the pad after the payment", SQUARE, _wraps(CheckoutFlow, "charge", _behind("typed", lambda _self, _event: "1000"))),
    PlantedBug("the customer sees the seller's list", REGISTER, _sets(TransactionsFlow, "faces_customer", True)),
    PlantedBug("the home screen stays in the card's language", V400M, _wraps(Terminal, "screen_locale", lambda sound: lambda self: "fr-CA" if self.durable.payments else sound(self))),
    PlantedBug("a swiped card is booked as a chip", S1F2, _wraps(SaleFlow, "_swiped", lambda sound: lambda self, stripe: structs.replace(sound(self, stripe), entry=EntryMode.CHIP))),
    PlantedBug("a refund goes above its limit", V400M, _sets(load()["refund"].context, "highest", lambda self: self.terminal.profile.limits.max_amount), {**REFUNDS, "limits.refund_max_amount": "50000"}),
    PlantedBug("the receipt of a void has no mark", V400M, _wraps(receipt, "say", lambda sound: lambda text, **more: sound("receipt-approved" if text == "receipt-void" else text, **more))),
    PlantedBug("a battery that is nearly empty still starts payments", V400M, _sets(FlowStack, "open", lambda self, entry: self.push(self.flows[entry.flow].begin(self)) if entry.flow else _menu(self, entry))),
)  # fmt: skip


def _menu(self: FlowStack, entry: Any) -> None:
    made = self.flows["menu"].begin(self)
    made.menu = entry.menu  # type: ignore[attr-defined]
    self.push(made)
