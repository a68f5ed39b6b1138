"""Bugs of PINs and passcodes, of cards and their holders, of accounts, and of what is kept secret."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec import structs

from terminal_sim.bench.wall_clock import DEFAULT_CLOCK, moment
from terminal_sim.core import effects as fx
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Returned, Trigger
from terminal_sim.core.message import EntryMode
from terminal_sim.core.moment import wall_of
from terminal_sim.core.offline import OfflineQueue
from terminal_sim.core.rows.kinds import AccountRow, BootRow, PasscodeRow, TamperRow
from terminal_sim.core.rows.offline import OfflineLostRow
from terminal_sim.core.screen import Shown, TextLine
from terminal_sim.core.stack import FlowStack
from terminal_sim.core.terminal import Terminal
from terminal_sim.core.text import say
from terminal_sim.emv.talk.answers import ApplicationChoice
from terminal_sim.flows import fields, load, menu, moto, passcode
from terminal_sim.flows.account import LeaveFlow
from terminal_sim.flows.cardholder import CardholderFlow
from terminal_sim.flows.fields import TypedField
from terminal_sim.flows.last_word import LastWordFlow
from terminal_sim.flows.menu import MenuFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.passcode import ChangePasscodeFlow, PasscodeFlow
from terminal_sim.flows.sale import SaleFlow
from tests.explore.planted.planting import (
    ALLOWED,
    READER,
    REFUNDS,
    REGISTER,
    S1F2,
    SQUARE,
    STAND,
    V400M,
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
    without_fold,
    without_move,
    wraps,
)  # fmt: skip


def _keeps_failures(sound: Any) -> Any:
    def apply(self: DurableState, row: Any) -> None:
        failures = self.passcode(row.name).failures
        sound(self, row)
        if row.result == "accepted":
            self.passcodes[row.name] = replace(self.passcode(row.name), failures=failures)

    return apply


def _until_wall(self: Any) -> int:
    """A lock that is counted on the wall clock: what was set since the bench began makes it shorter or longer."""
    until, now = self.terminal.durable.passcode(self.name).locked_until, self.terminal.now
    return max(until - (now.wall - _BEGAN), 0) if until else 0


def _masks_nothing(shown: Shown) -> Any:
    return lambda typed, how: typed if how is shown else _SOUND_DIGITS(typed, how)


_SOUND_DIGITS = fields.shown_digits
_BEGAN = wall_of(moment(DEFAULT_CLOCK))


def _open_before(sound: Any) -> Any:
    """A menu that asks for its passcode once, and never again."""

    def ask(self: Any, event: Any) -> None:
        if (
            self.table.passcode in self.terminal.durable.passcodes
            and not self.terminal.durable.passcode(self.table.passcode).failures
        ):
            self.terminal.post(Returned(True))
        else:
            sound(self, event)

    return ask


def _begin_at_home(self: Any) -> None:
    self.push(self.flows[self.profile.home.flow].begin(self))
    if self.durable.tampered:
        self.push(self.flows["tampered"].begin(self))
    if self.durable.doubtful:
        self.push(self.flows["recovery"].begin(self))


def _keeps_what_waits(patch: Any) -> None:
    def discard(self: Any, _why: str, *before: Any) -> None:
        if before:
            self._terminal.record(*before)

    patch.setattr(OfflineQueue, "discard", discard)


def _one_less(event: Any) -> Any:
    return (
        type(event)(structs.replace(event.ask, tries_left=3)) if getattr(event.ask, "wrong", False) else event
    )


def _with_its_own_sum(sound: Any) -> Any:
    def record(self: Any, *rows: Any) -> None:
        sound(
            self,
            *(
                structs.replace(row, sum=row.amount.minor) if isinstance(row, OfflineLostRow) else row
                for row in rows
            ),
        )

    return record


def _forgives(sound: Any) -> Any:
    def boot(self: DurableState, row: BootRow) -> None:
        sound(self, row)
        self.passcodes = {name: replace(one, failures=0) for name, one in self.passcodes.items()}

    return boot


def _begins_the_same(self: ChangePasscodeFlow, _: Any) -> bool:
    return bool(self.typed) and self.first.startswith(self.typed)


def _unlocks(sound: Any) -> Any:
    def apply(self: DurableState, row: BootRow) -> None:
        sound(self, row)
        known = self.passcodes.items()
        self.passcodes = {name: replace(one, failures=0, locked_until=0) for name, one in known}

    return apply


def _month(self: MotoFlow, _: object) -> bool:
    return len(self.typed) == 4 and int(self.typed[:2]) <= 12


PEOPLE = (
    PlantedBug("what is lost is on record with the sum of one payment", REGISTER, wraps(FlowStack, "record", _with_its_own_sum), ALLOWED),
    PlantedBug("a sign-out that is given up leads home", SQUARE, moves("sign-out", Trigger.CANCEL, "warning", action=LeaveFlow.go_home)),
    PlantedBug("a new passcode that is repeated otherwise begins anew without a word", S1F2, wraps(ChangePasscodeFlow, "start_over", doing(lambda self: setattr(self, "complaint", None)))),
    PlantedBug("the lock of a passcode locks nothing", V400M, sets(PasscodeFlow, "locked_for", always(0))),
    PlantedBug("the delivered passcode stays right when it was changed", V400M, wraps(PasscodeFlow, "is_right", lambda sound: lambda self, event: sound(self, event) or (self.typed == self.rules.code and not self.locked_for()))),
    PlantedBug("a PIN of three digits is taken", S1F2, sets(CardholderFlow, "pin_is_long_enough", lambda self, _: len(self.typed) >= 3)),
    PlantedBug("a menu opens without its passcode", V400M, sets(MenuFlow, "ask_passcode", lambda self, _: self.terminal.post(Returned(True)))),
    PlantedBug("a new passcode need not be typed the same twice", S1F2, sets(ChangePasscodeFlow, "is_the_same", always(True))),
    PlantedBug("an expired card is taken by mail", V400M, sets(MotoFlow, "_expired", always(False))),
    PlantedBug("a card that expired earlier this year is taken by mail", V400M, sets(MotoFlow, "_expired", lambda self: 2000 + int(self.typed[2:]) < self.terminal.now.civil.year)),
    PlantedBug("a wrong check digit is taken by mail", V400M, sets(moto, "is_luhn_valid", always(True))),
    PlantedBug("a terminal that was opened works again after a reboot", V400M, without_fold(TamperRow)),
    PlantedBug("wrong passcodes are not counted", V400M, without_fold(PasscodeRow)),
    PlantedBug("the right passcode leaves the count of wrong ones", V400M, fold(PasscodeRow, _keeps_failures)),
    PlantedBug("a wrong passcode stays in the field", V400M, wraps(PasscodeFlow, "reject", lambda sound: lambda self, event: _kept_typed(sound, self, event))),
    PlantedBug("the minutes of a lock are rounded down", V400M, sets(passcode, "_minutes", lambda left: type(passcode._MINUTE)(left // passcode._MINUTE * passcode._MINUTE))),
    PlantedBug("whichever passcode is to be changed, the first one is", V400M, sets(ChangePasscodeFlow, "chosen_by", nothing), REFUNDS),
    PlantedBug("the passcode of refunds is changed in place of the administrator's", V400M, wraps(ChangePasscodeFlow, "change", lambda sound: lambda self, event: (put(self, name="refund"), sound(self, event)))),
    PlantedBug("a passcode is shown as it is typed", V400M, sets(fields, "shown_digits", _masks_nothing(Shown.MASKED))),
    PlantedBug("a card number is shown as it is typed", V400M, sets(fields, "shown_digits", _masks_nothing(Shown.PAN))),
    PlantedBug("a menu asks for its passcode only once", V400M, wraps(MenuFlow, "ask_passcode", _open_before)),
    PlantedBug("the reminder of the delivered passcode stands when it was changed", V400M, sets(menu, "default_in_use", lambda _terminal, _name: (TextLine(say("default-passcode"), "default-passcode"),))),
    PlantedBug("a new passcode has three digits", S1F2, sets(passcode, "_SHORTEST", 3)),
    PlantedBug("the delivered passcode is taken as a new one", S1F2, sets(ChangePasscodeFlow, "is_delivered_one", always(False))),
    PlantedBug("a passcode that was cancelled opens its menu", V400M, every(sets(MenuFlow, "passcode_accepted", always(True)), moves("passcode", Trigger.CANCEL, "ask", action=None))),
    PlantedBug("a lock is half as long", V400M, wraps(PasscodeFlow, "rules", lambda sound: lambda self: replace(sound(self), lock=type(sound(self).lock)(sound(self).lock // 2)))),
    PlantedBug("a lock follows the wall clock", V400M, sets(PasscodeFlow, "locked_for", _until_wall)),
    PlantedBug("a wrong PIN costs no try on the screen", S1F2, wraps(CardholderFlow, "ask_pin", lambda sound: lambda self, event: sound(self, _one_less(event)))),
    PlantedBug("a wrong PIN stays in the field", S1F2, sets(CardholderFlow, "ask_pin", lambda self, event: (put(self, typed="9" if getattr(event.ask, "wrong", False) else ""), self.keep_ask(event)))),
    PlantedBug("a wrong passcode is not judged", V400M, sets(PasscodeFlow, "reject", lambda self, _: put(self, typed=""))),
    PlantedBug("a PIN is left out of the result", S1F2, wraps(LastWordFlow, "answered", lambda sound: lambda self, one: structs.replace(sound(self, one), cvm=""))),
    PlantedBug("a swiped card is not taken", V400M, without_move("sale", Trigger.CARD_SWIPED, "present")),
    PlantedBug("a digit stays from the card number", V400M, wraps(MotoFlow, "take_number", behind("typed", lambda _self, _event: "4"))),
    PlantedBug("a digit that is typed does not come to the field", V400M, sets(TypedField, "add", lambda self, event: None if event.key == "7" else put(self, typed=self.typed + event.key))),
    PlantedBug("a stripe is taken although the card has a chip", V400M, sets(SaleFlow, "stripe_asks_for_chip", always(False))),
    PlantedBug("a swiped card is booked as a chip", S1F2, wraps(SaleFlow, "_swiped", lambda sound: lambda self, stripe: structs.replace(sound(self, stripe), entry=EntryMode.CHIP))),
    PlantedBug("the first application is taken whichever was chosen", V400M, sets(CardholderFlow, "answer_application", lambda self, _: self.terminal.order(fx.AnswerCard(ApplicationChoice(0))))),
    PlantedBug("the last of the card's languages is spoken", V400M, wraps(FlowStack, "language_of", lambda sound: lambda self, languages: sound(self, languages[::-1]))),
    PlantedBug("the card's language is never spoken", S1F2, sets(FlowStack, "language_of", always(""))),
    PlantedBug("the address is asked for wherever the card is from", V400M, sets(MotoFlow, "_wants_address", lambda self: self.terminal.profile.moto.ask_address)),
    PlantedBug("the address is never asked for", V400M, sets(MotoFlow, "_wants_address", always(False))),
    PlantedBug("the postal code is sent as the number of the street", V400M, wraps(MotoFlow, "take_and_send", lambda sound: lambda self, event: (put(self, typed=self.postal_code or self.typed), sound(self, event)))),
    PlantedBug("a security code that is too short is taken", V400M, sets(MotoFlow, "cvc_is_good", lambda self, _: 0 < len(self.typed) <= self.cvc_length)),
    PlantedBug("a card that expires this month is refused", V400M, sets(MotoFlow, "_expired", lambda self: (2000 + int(self.typed[2:]), int(self.typed[:2])) <= (self.terminal.now.civil.year, self.terminal.now.civil.month))),
    PlantedBug("a thirteenth month is taken", V400M, sets(MotoFlow, "expiry_is_a_month", lambda self, _: len(self.typed) == 4 and 1 <= int(self.typed[:2]) <= 13)),
    PlantedBug("the security code is not asked for", V400M, sets(MotoFlow, "cvc_is_asked", always(False))),
    # Accounts.
    PlantedBug("a sign-out keeps what waits to be forwarded", SQUARE, _keeps_what_waits, ALLOWED),
    PlantedBug("a terminal that is opened keeps what waits to be forwarded", REGISTER, _keeps_what_waits, ALLOWED),
    PlantedBug("a terminal that is signed out is signed in after a reboot", SQUARE, sets(Terminal, "_begin", _begin_at_home)),
    PlantedBug("a sign-out leads home", SQUARE, sets(LeaveFlow, "leave", lambda self, event: (self._lose(), self.go_home(event)))),
    PlantedBug("another point of sale signs the terminal out", SQUARE, sets(LeaveFlow, "stays_signed_in", always(False))),
    PlantedBug("another point of sale signs out for good", REGISTER, fold(AccountRow, lambda sound: lambda self, row: (sound(self, row), put(self, signed_in=row.act == "sign-in")))),
    PlantedBug("who signs out is not warned of what is lost", SQUARE, wraps(LeaveFlow, "warning", lambda sound: lambda self: _without(sound(self), "pending-will-be-lost")), ALLOWED),
    PlantedBug("the warning counts the payments that have left as well", READER, wraps(OfflineQueue, "pending", lambda sound: lambda self: [*sound(self), *sound(self)][: len(sound(self)) + 1]), ALLOWED),
    PlantedBug("a PIN that is too long is cut", V400M, sets(CardholderFlow, "pin_fits", always(True))),
    PlantedBug("clear takes the whole entry", V400M, wraps(TypedField, "rub_out", behind("typed", lambda _self, _event: ""))),
    PlantedBug("a menu without a passcode stays closed", S1F2, sets(load()["menu"].context, "passcode_accepted", lambda self, event: bool(self.table.passcode) and event.accepted)),
    PlantedBug("a power cut forgets the wrong passcodes before the lock", S1F2, fold(BootRow, _forgives)),
    PlantedBug("a new passcode is taken when its beginning is typed again", S1F2, sets(ChangePasscodeFlow, "is_the_same", _begins_the_same)),
    PlantedBug("a power cut unlocks a passcode", V400M, fold(BootRow, _unlocks)),
    PlantedBug("the code of each card has three digits", REGISTER, sets(MotoFlow, "cvc_length", always(3))),
    PlantedBug("the month 00 is taken for an expiry", STAND, sets(MotoFlow, "expiry_is_a_month", _month)),
    PlantedBug("the stripe of a card with a chip is taken after one that could not be read", S1F2, wraps(SaleFlow, "stripe_asks_for_chip", lambda sound: lambda self, event: self.remark is None and sound(self, event))),
)  # fmt: skip


def _without(screen: Any, item: str) -> Any:
    return structs.replace(
        screen, elements=tuple(one for one in screen.elements if getattr(one, "id", "") != item)
    )


def _kept_typed(sound: Any, self: Any, event: Any) -> None:
    typed = self.typed
    sound(self, event)
    self.typed = typed
