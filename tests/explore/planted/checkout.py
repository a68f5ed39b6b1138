"""Bugs of a point of sale: its checkout, what it keeps and forwards, receipts by message, and the display of the customer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core import events as ev
from terminal_sim.core import frame, terminal
from terminal_sim.core.durable_state import OfflineSettings
from terminal_sim.core.events import Trigger
from terminal_sim.core.frame import framed
from terminal_sim.core.message import EntryMode
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.own_flows import MenuContext
from terminal_sim.core.rows.kinds import OfflineSettingsRow
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.screen import Banner, Choice, TextLine, Tone
from terminal_sim.core.stack import FlowStack
from terminal_sim.core.terminal import Terminal
from terminal_sim.core.text import say
from terminal_sim.flows import charge, payment
from terminal_sim.flows.account import LeaveFlow
from terminal_sim.flows.card_payment import CardPaymentFlow
from terminal_sim.flows.charge import ChargeFlow, GiftCardFlow
from terminal_sim.flows.checkout import CheckoutFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.message_receipt import MessageReceiptFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.offline_settings import OfflineSettingsFlow
from terminal_sim.flows.orders import OrdersFlow
from terminal_sim.flows.present import PresentFlow, RefusedWay
from terminal_sim.flows.request import brand_name
from terminal_sim.flows.sale import SaleFlow
from tests.explore.planted.planting import (
    ALLOWED,
    READER,
    REGISTER,
    SQUARE,
    STAND,
    V400M,
    Plant,
    PlantedBug,
    always,
    doing,
    every,
    fold,
    moves,
    put,
    sets,
    without_move,
    wraps,
)  # fmt: skip


def _answered_without(name: str) -> Any:
    """Makes an answer to what was forwarded lose what the acquirer says in this field."""
    return lambda sound: lambda self, answer: sound(self, structs.replace(answer, **{name: ""}))


def _by_its_card_alone(sound: Any) -> Any:
    """A chip is refused for what it is, and neither for the amount nor for the time of the outage."""

    def refusal(self: Any, event: Any) -> Any:
        found = sound(self, event)
        bound = found is not None and found.id in ("offline-limit-exceeded", "offline-session-over")
        return None if bound else found

    return refusal


def _for_good(self: Any, way: Any, brand: str = "") -> None:
    self.remark = self.refusal_of_way(way, brand)
    self.terminal.order(fx.Beep("bad"))


def _in_full(sound: Any) -> Any:
    return lambda self, answer: sound(self, structs.replace(answer, authorised=None))


def _stale(self: Any) -> Any:
    """The screen of a payment as it was picked."""
    newest = self.terminal.durable.payments
    if self.original is None:
        return _SOUND_ONE(self)
    now, newest[self.original.reference] = newest[self.original.reference], self.original
    try:
        return _SOUND_ONE(self)
    finally:
        newest[self.original.reference] = now


_SOUND_ONE = HistoryFlow.one


def _complains_on(self: Any) -> Any:
    shown = _SOUND_PAD(self)
    ids = [getattr(one, "id", "") for one in shown.elements]
    if self.complaint is None or self.complaint.id in ids:
        return shown
    return structs.replace(
        shown, elements=(*shown.elements, TextLine(self.complaint, self.complaint.id, Tone.BAD))
    )


_SOUND_PAD = CheckoutFlow.pad


def _handles(event: type, make: Any) -> Plant:
    """A patch of what handles an event, made of what the sound one does."""
    made = make(terminal._HANDLERS[event])
    return lambda patch: patch.setitem(terminal._HANDLERS, event, made)


def _without_tone(sound: Any) -> Any:
    def arrives(self: Any, event: Any) -> None:
        before = len(self.effects)
        sound(self, event)
        self.effects[before:] = [one for one in self.effects[before:] if not isinstance(one, fx.Beep)]

    return arrives


def _keeps_the_card(self: Any, event: Any) -> None:
    self.environment.reader = event.connected
    self.fire(Trigger.READER_FOUND if event.connected else Trigger.READER_LOST, event)


def _waits_on(sound: Any, self: Any) -> None:
    awaited = self.awaited
    sound(self)
    self.awaited = awaited


def _an_hour_early(sound: Any) -> Any:
    def apply(self: Any, row: Any) -> None:
        sound(self, row)
        kept = self.stored[row.reference]
        self.stored[row.reference] = replace(kept, deadline=max(kept.deadline - 3_600_000_000, 0))

    return apply


def _opens_and_no_more(sound: Any) -> Any:
    def changes(self: Any, event: Any) -> None:
        if event.open and not self.environment.app_open:
            self.environment.app_open = True
            self._give_up()
        else:
            sound(self, event)

    return changes


def _also_counts(sound: Any) -> Any:
    """A countdown stands where there is time left, whatever the merchant has set."""

    def banners(terminal: Any) -> Any:
        found, left = list(sound(terminal)), terminal.offline.session_left
        if left and all(one.id != "countdown" for one in found):
            found.append(Banner("countdown", say("countdown", time=frame._hours_and_minutes(left))))
        return found

    return banners


def _offers_ways_everywhere(sound: Any) -> Any:
    def present(self: Any) -> Any:
        shown = sound(self)
        if self.prompt == "present-card":
            return shown
        *elements, leave = shown.elements
        ways = (Choice(way, say(way)) for way in self.ways)
        return structs.replace(shown, elements=(*elements, *ways, leave))

    return present


def _silent(sound: Any) -> Any:
    def announce(self: Any, notice: Any) -> None:
        sound(self, notice)
        if self.notice.id == "accepted-offline":
            self.terminal.effects[:] = [one for one in self.terminal.effects if not isinstance(one, fx.Beep)]

    return announce


def _tab_of_the_top(terminal: FlowStack) -> str:
    top = terminal.stack[-1]
    opened = (top.menu, "") if isinstance(top, MenuContext) else ("", top.flow.name)
    entries = terminal.profile.home.entries
    return next((entry.id for entry in entries if (entry.menu, entry.flow) == opened), frame.HOME)


CHECKOUT = (
    PlantedBug("a way of paying that an outage forbids is still refused when it is over", SQUARE, sets(PresentFlow, "refuse", _for_good), ALLOWED),
    PlantedBug("a tap is refused for its way where no payment at all is taken offline", SQUARE, sets(OfflineQueue, "refusal", lambda self, amount, entry, brand: self.refusal_of_card(entry, brand) or self.refusal_of_amount(amount))),
    PlantedBug("a gift card is refused for its way where no payment at all is taken offline", STAND, wraps(ChargeFlow, "refusal_of_way", lambda sound: lambda self, way, brand="": say(charge._REFUSED[way]) if way in charge._REFUSED and self._offline else sound(self, way, brand))),
    PlantedBug("a gift card whose number is given up leads home without a word", SQUARE, moves("gift-card", Trigger.CANCEL, "card-number", dest="done", action=GiftCardFlow.go_home)),
    # What is kept, and what becomes of it.
    PlantedBug("a till takes nothing back while an expiry is typed", STAND, without_move("manual-entry", Trigger.REQUEST_CANCELLED, "expiry")),
    PlantedBug("a closed app forwards nothing at all", READER, sets(OfflineQueue, "_may_leave", lambda self, stored: stored.sent or self._terminal.environment.app_open), ALLOWED),
    PlantedBug("an app that is opened forwards nothing", STAND, _handles(ev.AppChanged, _opens_and_no_more), ALLOWED),
    PlantedBug("what was forwarded has no approval code", SQUARE, wraps(OfflineQueue, "reply", _answered_without("auth_code")), ALLOWED),
    PlantedBug("what was forwarded has no reference of the acquirer", REGISTER, wraps(OfflineQueue, "reply", _answered_without("host_reference")), ALLOWED),
    PlantedBug("what was forwarded is booked in full where a part was approved", STAND, wraps(OfflineQueue, "reply", _in_full), ALLOWED),
    PlantedBug("the countdown runs although no payments are allowed", REGISTER, wraps(frame, "_banners", _also_counts)),
    PlantedBug("to allow offline payments forgets the limit", READER, fold(OfflineSettingsRow, lambda sound: lambda self, row: (sound(self, row), put(self, offline=OfflineSettings(self.offline.allowed, row.limit))))),
    PlantedBug("a limit of nothing is taken", READER, moves("offline-settings", Trigger.CONFIRM, "limit", guard=OfflineSettingsFlow.has_room), ALLOWED),
    PlantedBug("a payment that is looked at stays as it was picked", STAND, sets(HistoryFlow, "one", _stale), ALLOWED),
    PlantedBug("a tap is read before it is refused", READER, every(without_move("charge", Trigger.CARD_TAPPED, "present", "tap_not_offline")), ALLOWED),
    PlantedBug("a payment that is accepted offline sounds not at all", READER, wraps(EndingFlow, "announce", _silent), ALLOWED),
    PlantedBug("what is accepted offline has no approval code of the profile", STAND, wraps(OfflineQueue, "store", lambda sound: lambda self, payment, request: sound(self, structs.replace(payment, auth_code=""), request)), {**ALLOWED, "offline.auth_code": "OFFLIN"}),
    PlantedBug("an account without permission is refused nothing, and one with it everything", READER, wraps(OfflineSettingsFlow, "may_not_change", lambda sound: lambda self, event: not sound(self, event))),
    PlantedBug("the end of the first stored payment is told an hour late", REGISTER, wraps(OfflineQueue, "first_deadline", lambda sound: lambda self: _an_hour_later(sound(self))), ALLOWED),
    PlantedBug("a payment that waits expires an hour before its time", SQUARE, fold(OfflineStoredRow, _an_hour_early), ALLOWED),
    # The checkout.
    PlantedBug("a card is still in a reader that was lost and found", READER, _handles(ev.ReaderChanged, lambda _: _keeps_the_card)),
    PlantedBug("a terminal that is opened still waits for its answer", V400M, wraps(Terminal, "_give_up", lambda sound: lambda self: _waits_on(sound, self))),
    PlantedBug("an app that was closed still waits for its answer", STAND, wraps(Terminal, "_give_up", lambda sound: lambda self: _waits_on(sound, self))),
    PlantedBug("the answer to an address stands there where none was asked for", READER, sets(MotoFlow, "approved_with_address", lambda self, event: self.host_approves(event))),
    PlantedBug("who goes on with another point of sale leaves no row", SQUARE, sets(LeaveFlow, "leave_and_stay", LeaveFlow.go_home)),
    PlantedBug("another point of sale leads back to the menu", SQUARE, sets(LeaveFlow, "leave_and_stay", lambda self, _: self._lose())),
    PlantedBug("a stripe that an outage forbids is refused without a tone", REGISTER, sets(SaleFlow, "refuse_stripe", lambda self, event: put(self, remark=RefusedWay(EntryMode.STRIPE, brand_name(event.stripe.pan.reveal())))), ALLOWED),
    PlantedBug("every chip is declined in an outage", STAND, sets(CardPaymentFlow, "chip_not_offline", lambda self, event: self._offline and self.asks_online(event)), ALLOWED),
    PlantedBug("a payment is begun without its reader", READER, wraps(CheckoutFlow, "_why_not", lambda sound: lambda self: None if not self.terminal.environment.reader else sound(self))),
    PlantedBug("an app that is closed shows what it showed", STAND, sets(Terminal, "screen", lambda self: framed(self))),
    PlantedBug("the orders before the last eight cannot be reached", REGISTER, sets(OrdersFlow, "picks_older", always(False))),
    PlantedBug("older orders are skipped in the list", STAND, sets(OrdersFlow, "newer", property(lambda self: self.passed + (self.passed > 0)))),
    PlantedBug("the list of orders has each for nothing", REGISTER, wraps(OrdersFlow, "page", lambda sound: lambda self: _for_nothing(sound(self)))),
    PlantedBug("the home screen of the checkout has no tabs", STAND, wraps(frame, "_tabs", lambda sound: lambda terminal: sound(terminal) if len(terminal.stack) > 1 else ())),
    PlantedBug("the red key at a receipt's number leads home", STAND, moves("charge", Trigger.CANCEL, "receipt-number", dest="done", action=ChargeFlow.go_home)),
    PlantedBug("a complaint of an outage stays when it is over", SQUARE, sets(CheckoutFlow, "pad", _complains_on)),
    PlantedBug("an order arrives without a tone", READER, _handles(ev.OrderArrived, _without_tone)),
    PlantedBug("an order that arrives on the open list counts as new", STAND, moves("orders", Trigger.ORDER_ARRIVED, "list", action=None)),
    PlantedBug("other ways of paying are offered where the chip is asked for", SQUARE, wraps(ChargeFlow, "present", _offers_ways_everywhere)),
    PlantedBug("a gift card may have any check digit", REGISTER, sets(GiftCardFlow, "number_is_good", lambda self, _: len(self.typed) == 16 and brand_name(self.typed) == "square-gift")),
    PlantedBug("any card is taken as a gift card", READER, sets(GiftCardFlow, "number_is_good", lambda self, event: MotoFlow.number_is_good(self, event))),
    # Receipts by message, and the customer's display.
    PlantedBug("a receipt by message is offered once more", SQUARE, sets(MessageReceiptFlow, "offers_receipt", lambda self: self.terminal.profile.checkout.digital_receipt)),
    PlantedBug("the first digits of a telephone number are shown", READER, wraps(MessageReceiptFlow, "take_receipt_number", lambda sound: lambda self, event: _first_shown(sound, self, event))),
    PlantedBug("the customer's display speaks the seller's language", REGISTER, sets(Terminal, "screen_locale", lambda self: self.locale)),
    PlantedBug("what lies below a tab is marked as the first tab's", REGISTER, sets(frame, "_open_tab", _tab_of_the_top)),
    PlantedBug("the banner of a lost service promises payments that are not allowed", SQUARE, sets(frame, "_service_banner", lambda _, left: "banner-service" if left else "banner-service-over")),
    PlantedBug("the customer sees the seller's amount pad", REGISTER, sets(CheckoutFlow, "faces_customer", True)),
    PlantedBug("nobody is told to look at the telephone", READER, wraps(SaleFlow, "try_again", doing(lambda self: put(self, remark=None)))),
    PlantedBug("what was charged before the outage is kept by chip, whatever its amount", READER, wraps(CardPaymentFlow, "_refusal_of_chip", _by_its_card_alone), ALLOWED),
    PlantedBug("a payment that is kept forgets its card's language", SQUARE, wraps(payment, "payment_of", lambda sound: lambda own, kind, amount, card, locale: sound(own, kind, amount, card, "" if own.durable.outage else locale)), ALLOWED),
    PlantedBug("the last of a card's languages is spoken", REGISTER, wraps(FlowStack, "language_of", lambda sound: lambda self, languages: sound(self, languages[::-1]))),
    PlantedBug("what is chosen of offline payments is not kept in an outage", REGISTER, wraps(OfflineSettingsFlow, "forbid", lambda sound: lambda self, event: None if self.terminal.offline.active else sound(self, event)), ALLOWED),
)  # fmt: skip


def _first_shown(sound: Any, self: Any, event: Any) -> None:
    typed = self.typed
    sound(self, event)
    self.receipt_to = typed[:4] + "*" * (len(typed) - 4)


def _an_hour_later(first: Any) -> Any:
    return first and structs.replace(first, wall=first.wall + 3_600_000_000)


def _for_nothing(shown: Any) -> Any:
    lines = (
        structs.replace(one, text="-") if isinstance(one, TextLine) and not one.id else one
        for one in shown.elements
    )
    return structs.replace(shown, elements=tuple(lines))
