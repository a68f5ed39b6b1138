"""Bugs of words and of the cards: a text in the wrong language, a paper of somebody else, a card that ends as it should not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core import receipt
from terminal_sim.core.durable_state import PasscodeState
from terminal_sim.core.events import Trigger
from terminal_sim.core.rows.kinds import CardRefusedRow, PasscodeRow
from terminal_sim.core.screen import Shown, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.display import texts
from terminal_sim.display.texts import Texts
from terminal_sim.emv.kernels import kernel_3
from terminal_sim.emv.steps import cvm, entry_point, generate, tap
from terminal_sim.emv.steps.state import OdaMethod
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.flows import passcode, receipts, request, sale
from terminal_sim.flows import payment as payment_flow
from terminal_sim.flows.cardholder import CardholderFlow
from terminal_sim.flows.charge import ChargeFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.last_word import verdict_of
from terminal_sim.flows.passcode import ChangePasscodeFlow, PasscodeFlow
from terminal_sim.flows.present import PresentFlow
from terminal_sim.flows.sale import SaleFlow
from terminal_sim.secret import mask_pan
from tests.explore.planted.planting import (
    READER,
    REFUNDS,
    S1F2,
    SQUARE,
    STAND,
    V400M,
    Plant,
    PlantedBug,
    always,
    fold,
    moves,
    sets,
    without_move,
    wraps,
)  # fmt: skip


def _asked_and_wrong(self: Any) -> Any:
    """A lock that leaves the complaint where it stood."""
    left = self.locked_for()
    extra = (
        (TextLine(say("passcode-locked", time=passcode._minutes(left)), "passcode-locked", Tone.BAD),)
        if left
        else ()
    )
    return self.field("passcode", Shown.MASKED, None, *extra)


def _each_way_too_high(sound: Any) -> Any:
    return lambda self, way, brand="": sound(
        self, "manual-entry" if way in ("gift-card", "clearpay") else way, brand
    )


def _in_english(wording: str) -> Plant:
    def make(sound: Any) -> Any:
        def catalogue(self: Texts, locale: str) -> dict[str, str]:
            found: dict[str, str] = sound(self, locale)
            return {**found, wording: sound(self, "en-CA")[wording]} if locale.startswith("fr") else found

        return catalogue

    return wraps(Texts, "catalogue", make)


def _always_reads(owner: type, screen: str, item: str, text: str) -> Plant:
    def make(sound: Any) -> Any:
        def shown(self: Any) -> Any:
            found = sound(self)
            elements = (
                structs.replace(one, text=text) if getattr(one, "id", "") == item else one
                for one in found.elements
            )
            return structs.replace(found, elements=tuple(elements))

        return shown

    return wraps(owner, screen, make)


def _says(owner: type, screen: str, item: str, wording: str) -> Plant:
    """A patch by which an element of a screen has another wording than its id says."""

    def make(sound: Any) -> Any:
        def shown(self: Any) -> Any:
            found = sound(self)
            elements = (
                structs.replace(one, text=say(wording)) if getattr(one, "id", "") == item else one
                for one in found.elements
            )
            return structs.replace(found, elements=tuple(elements))

        return shown

    return wraps(owner, screen, make)


def _counts_none(sound: Any) -> Any:
    def apply(self: Any, row: Any) -> None:
        refused = self.refused
        sound(self, row)
        self.refused = refused

    return apply


def _always_verified(sound: Any) -> Any:
    return lambda transaction, combination, *methods: sound(
        transaction, structs.replace(combination, cvm_required=True), *methods
    )


def _line(label: str, value: Any) -> Plant:
    """A patch by which the line of a receipt with this label has another value, made of the payment."""

    def make(sound: Any) -> Any:
        def lines(payment: Any, *given: Any) -> Any:
            for line in sound(payment, *given):
                own = getattr(getattr(line, "label", None), "id", "") == label
                yield structs.replace(line, value=value(payment)) if own else line

        return lines

    return wraps(receipt, "_lines", make)


def _of_another(**named: str) -> Plant:
    return wraps(
        receipts, "receipt_of", lambda sound: lambda *given, **values: sound(*given, **{**values, **named})
    )


def _no_pin_below_fifty(sound: Any) -> Any:
    def perform(transaction: Any, method: int, pin_later: Any) -> Any:
        asks = method in (0x01, 0x02, 0x04) and transaction.request.amount < 5000
        return sound(transaction, cvm.NO_CVM if asks else method, pin_later)

    return perform


def _one_try_more(sound: Any) -> Any:
    def enter_pin(self: Any) -> Any:
        shown = sound(self)
        more = say("wrong-pin", n=(getattr(self.asked, "tries_left", 0) or 0) + 1)
        elements = (
            structs.replace(one, text=more) if getattr(one, "id", "") == "wrong-pin" else one
            for one in shown.elements
        )
        return structs.replace(shown, elements=tuple(elements))

    return enter_pin


def _dark(sound: Any) -> Any:
    def announce(self: Any, notice: Any) -> None:
        sound(self, notice)
        self.terminal.order(fx.ShowLights(tuple((light, "off") for light in self.terminal.profile.lights)))

    return announce


def _dark_when_read(sound: Any) -> Any:
    def keep_message(self: Any, event: Any) -> None:
        sound(self, event)
        if self.message is DisplayMessage.CARD_READ_OK:
            self.terminal.order(fx.ShowLights(()))

    return keep_message


def _green(sound: Any) -> Any:
    def announce(self: Any, notice: Any) -> None:
        sound(self, notice)
        if self.notice.id == "declined":
            self.terminal.order(
                fx.ShowLights(tuple((light, "green") for light in self.terminal.profile.lights))
            )

    return announce


def _in_own_language(sound: Any) -> Any:
    def announce(self: Any, notice: Any) -> None:
        sound(self, notice)
        self.locale = ""

    return announce


def _an_hour_before(payment: Any) -> Any:
    return structs.replace(payment, at=payment.at - timedelta(hours=1))


def _without_a_limit(sound: Any) -> Any:
    def preprocess(config: Any, asked: Any, application: Any, kernel: Any) -> Any:
        return sound(config, asked, replace(application, contactless_cvm_limit=None), kernel)

    return preprocess


def _locks_all(sound: Any) -> Any:
    def apply(self: Any, row: Any) -> None:
        sound(self, row)
        if row.locked_until:
            self.passcodes = {
                name: PasscodeState(locked_until=row.locked_until) for name in ("admin", "refund")
            }

    return apply


def _asks_for_the_card(sound: Any) -> Any:
    def wording(self: Texts, name: str, locale: str) -> Any:
        confused = name == "remove-card" and locale.startswith("fr")
        return sound(self, "insert-instead" if confused else name, locale)

    return wording


def _one_for_two(sound: Any) -> Any:
    def catalogue(self: Texts, locale: str) -> dict[str, str]:
        found: dict[str, str] = sound(self, locale)
        return {**found, "remove-card": found["insert-instead"]} if locale.startswith("fr") else found

    return catalogue


WORDS = (
    # Words.
    PlantedBug("the prompt for the PIN has the same words in French", S1F2, _in_english("enter-pin")),
    PlantedBug("the thanks of a receipt have the same words in French", V400M, _in_english("receipt-thanks")),
    PlantedBug("in French a card is asked for by the words of another prompt", S1F2, wraps(Texts, "wording", _asks_for_the_card)),
    PlantedBug("the French catalogue has one wording for two acts with a card", V400M, wraps(Texts, "catalogue", _one_for_two)),
    PlantedBug("the word for processing is the same in each language", V400M, _always_reads(CardholderFlow, "processing", "processing", "Processing")),
    PlantedBug("a result is in the terminal's own language", S1F2, wraps(EndingFlow, "announce", _in_own_language)),
    PlantedBug("an amount has the sign of another currency", V400M, wraps(texts, "_money", lambda sound: lambda minor, _currency, *more: sound(minor, "USD", *more))),
    # Paper and lists.
    PlantedBug("a receipt names another terminal", V400M, _of_another(terminal="V4009999")),
    PlantedBug("a receipt names another merchant", S1F2, _of_another(merchant="TSIM00000000002")),
    PlantedBug("the receipt of a refund says that it is of a sale", V400M, _line("receipt-type", always(say("type-sale"))), REFUNDS),
    PlantedBug("a receipt has the day before", S1F2, _line("receipt-date", lambda payment: say("date", at=payment.payment.at - timedelta(days=1)))),
    PlantedBug("the history leaves voids out", S1F2, wraps(HistoryFlow, "rows", lambda sound: lambda self: [one for one in sound(self) if not one.kind.undoes])),
    # Passcodes.
    PlantedBug("a passcode of four digits is too short for a new one", V400M, sets(ChangePasscodeFlow, "is_too_short", lambda self, _: len(self.typed) < 5)),
    PlantedBug("a new passcode of two digits goes on", V400M, without_move("change-passcode", Trigger.CONFIRM, "new", "is_too_short")),
    PlantedBug("a passcode has room for four digits", V400M, sets(PasscodeFlow, "may_type", lambda self, _: not self.locked_for() and len(self.typed) < 4)),
    PlantedBug("the lock of one passcode locks the other", V400M, fold(PasscodeRow, _locks_all), REFUNDS),
    # Cards.
    PlantedBug("a payment is booked on the number behind the card's", S1F2, sets(request, "mask_pan", lambda number: mask_pan(number[:-1] + str((int(number[-1]) + 1) % 10)))),
    PlantedBug("a payment has the time of an hour before", V400M, wraps(payment_flow, "payment_of", lambda sound: lambda *given: _an_hour_before(sound(*given)))),
    PlantedBug("a tap above the limit is taken without a PIN", V400M, wraps(entry_point, "preprocess", _without_a_limit)),
    PlantedBug("a telephone that is locked ends the payment", S1F2, sets(SaleFlow, "may_try_again", always(False))),
    PlantedBug("no PIN is asked for below fifty", S1F2, wraps(cvm, "_perform", _no_pin_below_fifty)),
    PlantedBug("a wrong PIN leaves one try more than the card has", S1F2, wraps(CardholderFlow, "enter_pin", _one_try_more)),
    PlantedBug("a card that is taken out at the PIN leads home", S1F2, moves("sale", Trigger.CARD_REMOVED, "pin", dest="done", action=EndingFlow.go_home)),
    PlantedBug("the lights are dark when a payment has ended", READER, wraps(EndingFlow, "announce", _dark)),
    PlantedBug("the lights are dark when a tapped card was read", READER, wraps(CardholderFlow, "keep_message", _dark_when_read)),
    PlantedBug("the lights are green for a payment that was declined", READER, wraps(EndingFlow, "announce", _green)),
    PlantedBug("where a stripe is asked for, a card that is in is spoken of as one that could not be read", V400M, _says(PresentFlow, "present", "remove-card", "card-error")),
    PlantedBug("a card that was read is told by no word", V400M, sets(CardholderFlow, "told", always(()))),
    PlantedBug("the holder of a telephone that is locked is told to try again", V400M, sets(sale, "words_of", always(None))),
    PlantedBug("a tap below the limit is verified as one above", V400M, sets(tap, "verify_cardholder", _always_verified(tap.verify_cardholder))),
    PlantedBug("the next card that is refused has the reference of the first", V400M, fold(CardRefusedRow, _counts_none)),
    PlantedBug("a telephone that verified its owner is not believed", V400M, sets(kernel_3, "_device_is_believed", always(False))),
    PlantedBug("the card on a receipt has no stars", V400M, _line("receipt-card", lambda content: content.payment.last4)),
    PlantedBug("a combined signature is asked of a card whose key is not known", V400M, sets(generate, "can_sign", lambda transaction: transaction.method is OdaMethod.CDA)),
    PlantedBug("a payment by a stripe fails when the card of the one before is taken out", V400M, moves("sale", Trigger.CARD_REMOVED, "authorising", guard=None)),
    PlantedBug("a tap that waits for its PIN ends when another card leaves the slot", STAND, moves("charge", Trigger.CARD_REMOVED, "pin", guard=None)),
    PlantedBug("a locked passcode speaks of a wrong one as well", V400M, sets(PasscodeFlow, "ask", _asked_and_wrong)),
    PlantedBug("a gift card may pay no more than a number that is typed", SQUARE, wraps(ChargeFlow, "refusal_of_way", _each_way_too_high), {"limits.moto_max_amount": "5000"}),
    PlantedBug("a card that stays in the slot pays for the next sale", V400M, sets(SaleFlow, "card_is_spent", always(False))),
    PlantedBug("a chip that was read is asked for again without end", V400M, sets(SaleFlow, "wants_chip", lambda _self, event: verdict_of(event) is not Verdict.USE_CHIP)),
)  # fmt: skip
