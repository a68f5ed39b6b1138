"""Bugs of screens, banners, tabs, lights, tones and time-outs, and of what one customer leaves to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core import frame, screen, stack
from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import Context
from terminal_sim.core.message import EntryMode
from terminal_sim.core.moment import Instant
from terminal_sim.core.money import Money
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.own_flows import MenuContext
from terminal_sim.core.rows.kinds import BootRow, OfflineSettingsRow
from terminal_sim.core.screen import Choice, Tab
from terminal_sim.core.stack import FlowStack
from terminal_sim.core.terminal import Terminal
from terminal_sim.core.text import say
from terminal_sim.display import texts
from terminal_sim.flows import checkout
from terminal_sim.flows.cardholder import CardholderFlow
from terminal_sim.flows.charge import ChargeFlow
from terminal_sim.flows.checkout import CheckoutFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.fields import AmountField, TypedField, touched
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.home import HomeFlow
from terminal_sim.flows.menu import MenuFlow
from terminal_sim.flows.message_receipt import MessageReceiptFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.offline_settings import OfflineSettingsFlow
from terminal_sim.flows.orders import OrdersFlow
from terminal_sim.flows.present import PresentFlow
from terminal_sim.flows.sale import SaleFlow
from terminal_sim.flows.transactions import FILTERS, TransactionsFlow
from tests.explore.planted.planting import (
    ALLOWED,
    READER,
    REGISTER,
    S1F2,
    SQUARE,
    V400M,
    Plant,
    PlantedBug,
    always,
    behind,
    doing,
    every,
    fold,
    moves,
    nothing,
    put,
    sets,
    timeout,
    without_move,
    wraps,
)  # fmt: skip

MINUTE = 60_000_000


def _foot_of_a_full_page(sound: Any) -> Any:
    def listed(self: Any) -> Any:
        shown = sound(self)
        full = self.newer + self.page_length
        elements = (
            structs.replace(one, last=full) if isinstance(one, screen.Page) else one for one in shown.elements
        )
        return structs.replace(shown, elements=tuple(elements))

    return listed


def _over_twice(sound: Any) -> Any:
    def banners(terminal: FlowStack) -> Iterator[Any]:
        yield from sound(terminal)
        outage, offline = terminal.durable.outage, terminal.offline
        if outage is not None and outage.reason == "service" and offline.allowed and not offline.session_left:
            yield screen.Banner("offline-session-over", say("offline-session-over"))

    return banners


def _without(owner: Any, name: str, item: str) -> Plant:
    """A patch by which a screen lacks the element with an id."""
    return wraps(owner, name, lambda sound: lambda self: _less(sound(self), item))


_DAY = 86_400_000_000


def _less(shown: Any, item: str) -> Any:
    return structs.replace(
        shown, elements=tuple(one for one in shown.elements if getattr(one, "id", "") != item)
    )


def _no_word_of_the_last_try(sound: Any) -> Any:
    def asked(self: CardholderFlow) -> Any:
        is_last = getattr(self.asked, "tries_left", None) == 1
        return _less(sound(self), "wrong-pin") if is_last else sound(self)

    return asked


def _of_today(sound: Any) -> Any:
    """The deadline's time of day on the day that it is."""

    def first(self: OfflineQueue) -> Instant | None:
        found = sound(self)
        begins = self._terminal.now.wall // _DAY * _DAY
        return found and Instant(found.mono, begins + found.wall % _DAY)

    return first


def _forgets_receipts(sound: Any) -> Any:
    return lambda durable, row: (sound(durable, row), durable.receipts_due.clear())


def _picks_any_void(self: HistoryFlow, event: Any) -> bool:
    picked = self.original and self.terminal.durable.payments[self.original.reference]
    return touched(event) == "void" and picked is not None and self.terminal.durable.voidable(picked)


def _without_choices(sound: Any) -> Any:
    def shown(self: Terminal) -> Any:
        own = sound(self)
        return structs.replace(
            own, elements=tuple(one for one in own.elements if not isinstance(one, Choice))
        )

    return shown


def _with_choices(sound: Any) -> Any:
    def shown(self: Terminal) -> Any:
        own, seller = sound(self), self.screen()
        choices = tuple(one for one in seller.elements if isinstance(one, Choice) and one not in own.elements)
        return (
            structs.replace(own, elements=(*own.elements, *choices)) if self.stack[-1].faces_customer else own
        )

    return shown


def _menu(self: FlowStack, entry: Any) -> None:
    made = self.flows["menu"].begin(self)
    assert isinstance(made, MenuContext)
    made.menu = entry.menu
    self.push(made)


def _tabs_everywhere(terminal: FlowStack) -> Iterator[Tab]:
    home = terminal.profile.home
    if home.style == "tabs":
        place = frame._open_tab(terminal)
        for each in ("home", *(entry.id for entry in home.entries)):
            yield Tab(each, say(each), current=each == place)


def _last_deadline(self: Any) -> Instant | None:
    ends = [one.deadline for one in self._terminal.durable.stored.values() if not one.sent and one.deadline]
    now = self._terminal.now
    return Instant(max(ends), now.wall + max(ends) - now.mono) if ends else None


def _always_good(sound: Any) -> Any:
    def announce(self: Any, notice: Any) -> None:
        sound(self, notice)
        effects = self.terminal.effects
        effects[:] = [fx.Beep("good") if one == fx.Beep("bad") else one for one in effects]

    return announce


def _keeps_the_amount(patch: Any) -> None:
    """A payment that is cancelled leaves its amount to the next one."""
    left: list[str] = []
    cancel = EndingFlow.cancel_payment

    def cancelled(self: Any, event: Any) -> None:
        left[:] = [str(self.amount.minor)]
        cancel(self, event)

    def take(self: Any, _: Any) -> None:
        self.amount = Money(int(left.pop()), self.terminal.profile.currency) if left else self.typed_amount
        self.typed = ""

    patch.setattr(EndingFlow, "cancel_payment", cancelled)
    patch.setattr(SaleFlow, "take_amount", take)


def _takes_a_number(sound: Any) -> Any:
    """A payment that is cancelled takes a trace number with it."""

    def cancel(self: Any, event: Any) -> None:
        sound(self, event)
        number = self.terminal.durable.trace_number
        number.last = number.following

    return cancel


SCREENS = (
    PlantedBug("the first tab is marked whichever is open", SQUARE, sets(frame, "_open_tab", always("home"))),
    PlantedBug("clear takes both digits of a shortcut", V400M, sets(HomeFlow, "one_left", always(True))),
    PlantedBug("digits stay on the home screen", V400M, sets(HomeFlow, "forget", nothing)),
    PlantedBug("the banner of a lost service speaks of the link", SQUARE, sets(frame, "_service_banner", always("banner-network"))),
    PlantedBug("the countdown is a minute short", SQUARE, wraps(frame, "_hours_and_minutes", lambda sound: lambda left: sound(left - MINUTE)), ALLOWED),
    PlantedBug("a passcode may be typed for a minute", V400M, timeout("passcode", "ask", "menu")),
    PlantedBug("a picked transaction stands for two minutes", S1F2, timeout("history", "transaction", "entry")),
    PlantedBug("the amount stays on the pad after the payment", SQUARE, wraps(CheckoutFlow, "charge", behind("typed", lambda _self, _event: "1000"))),
    PlantedBug("the customer sees the seller's list", REGISTER, sets(TransactionsFlow, "faces_customer", True)),
    PlantedBug("the home screen stays in the card's language", V400M, wraps(Terminal, "screen_locale", lambda sound: lambda self: "fr-CA" if self.durable.payments else sound(self))),
    PlantedBug("a battery that is nearly empty still starts payments", V400M, sets(FlowStack, "open", lambda self, entry: self.push(self.flows[entry.flow].begin(self)) if entry.flow else _menu(self, entry))),
    # Time-outs.
    PlantedBug("a shortcut that is typed stands for ever", V400M, every(timeout("home", "typing", ""), without_move("home", Trigger.TIMEOUT, "typing"))),
    PlantedBug("a card is waited for a minute", V400M, timeout("sale", "present", "menu")),
    PlantedBug("a PIN may be typed for half a minute", S1F2, timeout("sale", "pin", "passcode")),
    PlantedBug("a card that is left in is waited for a minute", V400M, timeout("sale", "remove-card", "menu")),
    PlantedBug("the list of payments stands for two minutes", S1F2, timeout("history", "list", "entry")),
    PlantedBug("the answer to the address stands for ten seconds", V400M, timeout("moto", "address-result", "result")),
    PlantedBug("a result stands for a minute", REGISTER, timeout("charge", "approved", "menu")),
    PlantedBug("the number for a receipt is typed for as long as a card is waited for", SQUARE, timeout("charge", "receipt-number", "card")),
    PlantedBug("an application is chosen for as long as a PIN is typed", V400M, timeout("sale", "application", "pin")),
    PlantedBug("a notice stands for ten seconds", V400M, timeout("notice", "shown", "result")),
    PlantedBug("the settings of offline payments stand for two minutes", SQUARE, timeout("offline-settings", "switches", "entry")),
    PlantedBug("a warning before signing out stands for ever", SQUARE, every(timeout("sign-out", "warning", ""), without_move("sign-out", Trigger.TIMEOUT, "warning"))),
    PlantedBug("an out-of-paper notice stands for ever", S1F2, every(timeout("sale", "out-of-paper", ""), without_move("sale", Trigger.TIMEOUT, "out-of-paper"))),
    PlantedBug("the acquirer's answer is waited for half a minute", V400M, timeout("sale", "authorising", "passcode")),
    PlantedBug("a key does not begin the time-out anew", V400M, wraps(FlowStack, "arm", lambda sound: lambda self: sound(self) if not getattr(self.stack[-1], "typed", "") else None)),
    PlantedBug("a menu that times out leads one menu back", V400M, moves("menu", Trigger.TIMEOUT, "open", action=None)),
    PlantedBug("a payment that timed out is shown as cancelled", V400M, sets(EndingFlow, "run_out_of_time", lambda self, _: self.announce("cancelled"))),
    PlantedBug("a payment that was cancelled is shown as timed out", S1F2, sets(EndingFlow, "cancel_payment", lambda self, _: self.announce("timed-out"))),
    PlantedBug("an address that nobody looks at cancels the payment", V400M, moves("moto", Trigger.TIMEOUT, "address-result", dest="failed", action=MotoFlow.take_back)),
    # What a screen says.
    PlantedBug("the battery counts as low at the limit itself", V400M, wraps(HomeFlow, "screen", lambda sound: lambda self: _low_battery(sound, self))),
    PlantedBug("the home screen does not say that there is no link", S1F2, _without(HomeFlow, "screen", "no-connection")),
    PlantedBug("no banner stands while a payment is made", SQUARE, wraps(frame, "_banners", lambda sound: lambda terminal: sound(terminal) if len(terminal.stack) == 1 else ())),
    PlantedBug("the end of the first stored payment is told as the last's", READER, sets(OfflineQueue, "first_deadline", _last_deadline), ALLOWED),
    PlantedBug("the time until stored payments expire is not told", SQUARE, sets(OfflineQueue, "first_deadline", lambda _: None), ALLOWED),
    PlantedBug("tabs are in reach while a payment is on its way", SQUARE, sets(frame, "_tabs", _tabs_everywhere)),
    PlantedBug("a declined payment sounds like an approved one", V400M, wraps(EndingFlow, "announce", _always_good)),
    PlantedBug("a partial approval does not say so", S1F2, _without(EndingFlow, "ending", "partly-approved")),
    PlantedBug("a payment ends at home with the card still in", V400M, sets(EndingFlow, "card_is_in", always(False))),
    PlantedBug("the screen for the PIN lacks the amount", S1F2, wraps(EndingFlow, "sum", lambda sound: lambda self: () if self.state == "pin" else sound(self))),
    PlantedBug("the screen that asks for a card lacks the amount", SQUARE, wraps(EndingFlow, "sum", lambda sound: lambda self: () if self.state == "present" else sound(self))),
    PlantedBug("the screen that asks for a card has another amount", V400M, wraps(EndingFlow, "sum", lambda sound: lambda self: (screen.TextLine(say("sum", amount=Money(1, self.terminal.profile.currency)), "sum"),) if self.state == "present" else sound(self))),
    PlantedBug("the home screen has a word of the last payment", V400M, wraps(HomeFlow, "screen", lambda sound: lambda self: _of_the_last(sound(self), self))),
    PlantedBug("that the time of an outage is over is not told", SQUARE, wraps(frame, "_banners", lambda sound: lambda terminal: (one for one in sound(terminal) if one.id != "offline-session-over")), ALLOWED),
    PlantedBug("a remark on a card stays when the next is asked for", V400M, sets(SaleFlow, "insert_instead", lambda self, _: put(self, prompt="insert-instead"))),
    PlantedBug("a digit too many is refused without a word", V400M, sets(AmountField, "refuse_digit", lambda self, _: self.terminal.order(fx.Beep("bad")))),
    PlantedBug("a menu lacks its last entry", S1F2, wraps(MenuFlow, "screen", lambda sound: lambda self: _less(sound(self), [one.id for one in self.table.entries if self.terminal.shows(one)][-1]))),
    PlantedBug("the first entry of a menu opens whichever is touched", V400M, sets(MenuFlow, "choose", lambda self, _: self.terminal.open(self.table.entries[0]))),
    PlantedBug("a menu has the title of another", V400M, wraps(MenuFlow, "screen", lambda sound: lambda self: structs.replace(sound(self), elements=(screen.Title("history", say("history")), *sound(self).elements[1:])))),
    PlantedBug("the settings show offline payments as switched on", SQUARE, wraps(OfflineSettingsFlow, "switches", lambda sound: lambda self: _switched_on(sound(self)))),
    PlantedBug("to allow and not to allow are exchanged", SQUARE, every(sets(OfflineSettingsFlow, "allow", lambda self, _: self.terminal.record(OfflineSettingsRow(allowed="no"))), sets(OfflineSettingsFlow, "forbid", lambda self, _: self.terminal.record(OfflineSettingsRow(allowed="yes"))))),
    PlantedBug("the settings show the delivered limit", SQUARE, wraps(OfflineSettingsFlow, "switches", lambda sound: lambda self: _delivered_limit(sound(self), self)), ALLOWED),
    PlantedBug("the answer to the address is not shown", V400M, sets(MotoFlow, "approved_with_address", always(False))),
    PlantedBug("a declined payment does not say why", V400M, _without(EndingFlow, "ending", "response-code")),
    PlantedBug("the service's page is in reach without an outage only", SQUARE, _without(CheckoutFlow, "pad", "status")),
    PlantedBug("orders that arrived are not told at the checkout", REGISTER, _without(CheckoutFlow, "pad", "orders-arrived")),
    PlantedBug("every order counts as new", REGISTER, wraps(CheckoutFlow, "pad", lambda sound: lambda self: _all_orders(sound(self), self))),
    PlantedBug("a complaint of the checkout outlives the amount it speaks of", SQUARE, every(wraps(CheckoutFlow, "pad", lambda sound: lambda self: _complains(sound(self), self)), sets(TypedField, "rub_out", lambda self, _: put(self, typed=self.typed[:-1]))), ALLOWED),
    PlantedBug("a way of paying is offered that the profile has not", SQUARE, sets(ChargeFlow, "ways", lambda _: ["manual-entry", "gift-card", "clearpay"]), {"checkout.gift_card": "false"}),
    PlantedBug("the card for a buy-now-pay-later payment may be inserted", SQUARE, sets(ChargeFlow, "tap_clearpay", lambda self, _: put(self, remark=None))),
    PlantedBug("a receipt by message is offered twice", SQUARE, sets(MessageReceiptFlow, "offers_receipt", lambda self: self.terminal.profile.checkout is not None)),
    PlantedBug("a reader that was lost is still waited for", READER, without_move("charge", Trigger.READER_LOST, "present")),
    PlantedBug("the customer's display has what is the seller's to touch", REGISTER, wraps(Terminal, "customer_screen", _with_choices)),
    PlantedBug("the customer's copy of the screen lacks the amount", REGISTER, wraps(Terminal, "customer_screen", lambda sound: lambda self: _less(sound(self), "sum"))),
    PlantedBug("the cardholder's choices are on the seller's display alone", REGISTER, wraps(Terminal, "customer_screen", _without_choices)),
    PlantedBug("a transaction does not say what was not approved of it", SQUARE, _without(HistoryFlow, "one", "partly-approved"), ALLOWED),
    PlantedBug("who typed a PIN that the issuer refused is not told so", V400M, _without(EndingFlow, "ending", "incorrect-pin")),
    PlantedBug("the last PIN try does not say that the one before was wrong", S1F2, wraps(CardholderFlow, "enter_pin", _no_word_of_the_last_try)),
    PlantedBug("the banner says the hour of tomorrow and the day of today", READER, wraps(OfflineQueue, "first_deadline", _of_today), ALLOWED),
    PlantedBug("a payment of yesterday reads like one of today", V400M, sets(HistoryFlow, "_is_past", always(False))),
    PlantedBug("who is to load paper is spoken to in the card's language", V400M, sets(Terminal, "screen_locale", lambda self: self.stack[-1].locale or self.locale)),
    PlantedBug("a digit does not begin the time of its field anew", S1F2, sets(stack, "_BY_HAND", stack._BY_HAND - {Trigger.DIGIT})),
    PlantedBug("a power cut forgets which receipts were promised", REGISTER, fold(BootRow, _forgets_receipts), ALLOWED),
    PlantedBug("a void is begun with an empty battery", READER, sets(HistoryFlow, "picks_void", _picks_any_void)),
    PlantedBug("one thing is worded as several are", READER, sets(texts, "_is_one", always(False)), ALLOWED),
    PlantedBug("the menu key opens nothing once a digit was typed", V400M, without_move("home", Trigger.MENU, "typing")),
    PlantedBug("the list of orders is shown to the customer", REGISTER, sets(OrdersFlow, "faces_customer", True)),
    PlantedBug("a signature is asked for that nobody has to give", V400M, wraps(EndingFlow, "ending", lambda sound: lambda self: _signed(sound(self)))),
    PlantedBug("the screen does not ask for the signature", V400M, _without(EndingFlow, "ending", "signature")),
    PlantedBug("the card that is still in is not spoken of", V400M, _without(EndingFlow, "ending", "remove-card")),
    PlantedBug("who picks a transaction sees another card", S1F2, wraps(HistoryFlow, "one", lambda sound: lambda self: structs.replace(sound(self), elements=tuple(one for one in sound(self).elements if getattr(getattr(one, "text", ""), "id", "") != "card-line")))),
    # What one customer leaves to the next, languages, the wall clock.
    PlantedBug("a payment that was cancelled leaves its amount to the next", V400M, _keeps_the_amount),
    PlantedBug("a payment that was cancelled takes a trace number", V400M, wraps(EndingFlow, "cancel_payment", _takes_a_number)),
    PlantedBug("a payment that was cancelled leaves the card's language to the next", V400M, wraps(EndingFlow, "cancel_payment", doing(lambda self: put(self.terminal, locale=self.locale or self.terminal.locale)))),
    PlantedBug("amounts are higher in French", V400M, wraps(AmountField, "highest", lambda sound: lambda self: sound(self) // 10 if self.terminal.locale.startswith("fr") else sound(self))),
    PlantedBug("a seller who reads French takes contactless cards offline", SQUARE, wraps(OfflineQueue, "refusal_of_card", lambda sound: lambda self, entry, brand="": None if self._terminal.locale.startswith("fr") and entry is EntryMode.CONTACTLESS else sound(self, entry, brand)), ALLOWED),
    PlantedBug("the name of a payment comes from the clock", V400M, sets(FlowStack, "reference", lambda self: f"{self.name}{self.now.wall // 1_000_000 % 10_000:04d}")),
    PlantedBug("a service that is out for too long is told as a lost link, too", SQUARE, wraps(frame, "_banners", _over_twice), ALLOWED),
    PlantedBug("the foot of the last page goes beyond the end of the list", V400M, wraps(HistoryFlow, "list_rows", _foot_of_a_full_page)),
    PlantedBug("the checkout begins a payment with an empty battery", SQUARE, sets(checkout, "refusal_to_begin", always(None))),
    PlantedBug("the checkout does not warn of a low battery", SQUARE, sets(checkout, "is_low", always(False))),
    PlantedBug("the green lights of a success stay on at the home screen", READER, sets(EndingFlow, "go_home", Context.go_home)),
    PlantedBug("a leading nought takes room in an amount", V400M, sets(AmountField, "add_to_amount", TypedField.add)),
    PlantedBug("a filter of the transactions lists voids that it does not count", SQUARE, wraps(TransactionsFlow, "rows", lambda sound: lambda self: [one for one in self.terminal.durable.newest_first(100) if one.state in FILTERS[self.filter]] if self.filter else sound(self))),
    PlantedBug("a filter of the transactions ends where the history does", SQUARE, wraps(TransactionsFlow, "rows", lambda sound: lambda self: sound(self)[: self.terminal.profile.limits.history]), {"limits.history": "2"}),
    PlantedBug("the screen asks for a tap that an outage refuses", SQUARE, sets(PresentFlow, "_asked_for", lambda self: screen.TextLine(say(self.prompt), self.prompt, screen.Tone.BIG)), ALLOWED),
)  # fmt: skip


def _low_battery(sound: Any, self: Any) -> Any:
    shown, battery, around = sound(self), self.terminal.profile.battery, self.terminal.environment
    if battery is None or around.battery != battery.low:
        return shown
    return structs.replace(
        shown, elements=(*shown.elements, screen.TextLine(say("battery-low"), "battery-low"))
    )


def _switched_on(shown: Any) -> Any:
    return structs.replace(
        shown,
        elements=tuple(
            structs.replace(one, detail=say("switched-on")) if getattr(one, "id", "") == "allow" else one
            for one in shown.elements
        ),
    )


def _delivered_limit(shown: Any, self: Any) -> Any:
    limit = say("sum", amount=Money(self.terminal.profile.offline.limit, self.terminal.profile.currency))
    return structs.replace(
        shown,
        elements=tuple(
            structs.replace(one, detail=limit) if getattr(one, "id", "") == "offline-limit" else one
            for one in shown.elements
        ),
    )


def _all_orders(shown: Any, self: Any) -> Any:
    number = len(self.terminal.durable.orders)
    if not number:
        return shown
    line = screen.TextLine(say("orders-arrived", n=number), "orders-arrived")
    return structs.replace(shown, elements=(line, *_less(shown, "orders-arrived").elements))


def _complains(shown: Any, self: Any) -> Any:
    if self.complaint is None or any(getattr(one, "id", "") == self.complaint.id for one in shown.elements):
        return shown
    return structs.replace(
        shown,
        elements=(
            shown.elements[0],
            screen.TextLine(self.complaint, self.complaint.id, screen.Tone.BAD),
            *shown.elements[1:],
        ),
    )


def _signed(shown: Any) -> Any:
    if shown.id != "approved" or any(getattr(one, "id", "") == "signature" for one in shown.elements):
        return shown
    return structs.replace(shown, elements=(*shown.elements, screen.TextLine(say("signature"), "signature")))


def _of_the_last(shown: Any, self: Any) -> Any:
    last = self.terminal.durable.newest_first(1)
    line = tuple(screen.TextLine(say("sum", amount=one.amount)) for one in last)
    return structs.replace(shown, elements=(*shown.elements, *line))
