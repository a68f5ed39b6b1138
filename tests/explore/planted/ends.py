"""Bugs of how things end: results and their tones, rows that say less than they should, batches that settle by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec import structs

from terminal_sim.core import beside, events, own_flows, receipt, settlements, terminal
from terminal_sim.core import effects as fx
from terminal_sim.core.batch_report import BatchReport
from terminal_sim.core.batch_totals import Subtotal
from terminal_sim.core.events import Trigger
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.reversals import Reversals
from terminal_sim.core.rows.settlement import BatchOpenedRow
from terminal_sim.core.screen import Screen, TextLine
from terminal_sim.core.text import say
from terminal_sim.flows import batches, last_word
from terminal_sim.flows import payment as payment_flow
from terminal_sim.flows.batch_report import BatchReportFlow
from terminal_sim.flows.cardholder import CardholderFlow
from terminal_sim.flows.ending import EndingFlow
from terminal_sim.flows.fields import AmountField
from terminal_sim.flows.history import HistoryFlow
from terminal_sim.flows.home import HomeFlow
from terminal_sim.flows.last_word import LastWordFlow
from terminal_sim.flows.moto import MotoFlow
from terminal_sim.flows.payment import PaymentFlow
from terminal_sim.flows.sale import SaleFlow
from terminal_sim.flows.settle import SettleFlow
from tests.explore.planted.planting import (
    KEEPING,
    REFUNDS,
    S1F2,
    V400M,
    Plant,
    PlantedBug,
    doing,
    every,
    moves,
    sets,
    without_fold,
    without_move,
    wraps,
)  # fmt: skip

_BY_ITSELF = {"settlement.at": "23:30"}


def _silent(sound: Any) -> Any:
    """The same without its tone."""

    def method(self: Any, *given: Any) -> None:
        count = len(self.terminal.effects)
        sound(self, *given)
        kept = [one for one in self.terminal.effects[count:] if not isinstance(one, fx.Beep)]
        self.terminal.effects[count:] = kept

    return method


def _at_once(sound: Any) -> Any:
    def batch_due(terminal: Any) -> None:
        sound(terminal)
        if len(terminal.stack) > 1:
            terminal.order(fx.SetAlarm(settlements.BATCH_ALARM, terminal.now.mono))

    return batch_due


def _at_the_next_time(self: Any) -> None:
    at, now = self._terminal.profile.settlement.time_of_day, self._terminal.now
    if at is not None:
        left = (settlements.next_moment(now.civil, at) - now.civil) // timedelta(microseconds=1)
        self._terminal.order(fx.SetAlarm(settlements.BATCH_ALARM, now.mono + left))


def _without(item: str) -> Any:
    """Makes a screen that lacks one of its lines."""

    def make(sound: Any) -> Any:
        def screen(self: Any) -> Any:
            shown = sound(self)
            left = tuple(one for one in shown.elements if getattr(one, "id", "") != item)
            return structs.replace(shown, elements=left)

        return screen

    return make


def _first_digits(sound: Any) -> Any:
    def screen(self: HistoryFlow) -> Any:
        shown, paid = sound(self), self.original
        line = say("card-line", brand=paid.card_type, last4=paid.pan[:4]) if paid is not None else ""
        found = (
            structs.replace(one, text=line)
            if getattr(getattr(one, "text", None), "id", "") == "card-line"
            else one
            for one in shown.elements
        )
        return structs.replace(shown, elements=tuple(found))

    return screen


def _owed(sound: Any) -> Any:
    def lines(report: BatchReport) -> Any:
        net = say("batch-comes-to", amount=Money(abs(report.totals.net), report.currency))
        for one in sound(report):
            yield structs.replace(one, text=net) if getattr(one, "id", "") == "batch-net" else one

    return lines


def _one_brand(sound: Any) -> Any:
    def by_brand(self: BatchReport, booking: Any) -> dict[str, Subtotal]:
        found = sound(self, booking)
        every_one = Subtotal(
            sum(one.count for one in found.values()), sum(one.minor for one in found.values())
        )
        return dict.fromkeys(list(found)[:1], every_one)

    return by_brand


def _begun_with(**change: Any) -> Plant:
    """A patch by which the first row of a payment says something else."""

    def make(sound: Any) -> Any:
        return lambda *given: structs.replace(sound(*given), **change)

    return every(wraps(payment_flow, "payment_of", make), wraps(last_word, "payment_of", make))


def _tapped_without(**change: Any) -> Plant:
    def make(sound: Any) -> Any:
        def answered(self: LastWordFlow, payment: Any) -> Any:
            made = sound(self, payment)
            return structs.replace(made, **change) if self.entry is EntryMode.CONTACTLESS else made

        return answered

    return wraps(LastWordFlow, "answered", make)


def _declined_without_reference(self: PaymentFlow) -> None:
    if self.payment is not None:
        declined = structs.replace(self.answered(self.payment), host_reference="", amount=self.amount)
        self._record(structs.replace(declined, state=PaymentState.DECLINED))


def _refused_for_nothing(sound: Any) -> Any:
    def record(self: LastWordFlow, outcome: Any) -> None:
        asked = self.amount
        self.amount = Money(0, asked.currency)
        sound(self, outcome)
        self.amount = asked

    return record


def _a_day_late(civil: datetime, at: timedelta) -> datetime:
    return civil.replace(hour=0, minute=0, second=0, microsecond=0) + at + timedelta(days=1)


def _wherever_it_stands(under: Any) -> None:
    if under.settlements.is_ready:
        under.push(own_flows.settlement(under.flows, under))
    under.settlements.watch()


def _with_its_remark(sound: Any) -> Any:
    """The batch with what was said of it when it was confirmed."""

    def ask(self: Any) -> Screen:
        shown: Screen = sound(self)
        if self.remark is None or self.remark.id in (getattr(one, "id", "") for one in shown.elements):
            return shown
        return Screen(shown.id, (*shown.elements, TextLine(self.remark, self.remark.id)))

    return ask


def _off_without_a_row(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(terminal._HANDLERS, events.PowerOffPressed, lambda self, _: self.order(fx.SwitchOff()))


ENDS = (
    # Tones.
    PlantedBug("a wrong shortcut is refused without a tone", V400M, wraps(HomeFlow, "wrong_shortcut", _silent)),
    PlantedBug("a digit too many is refused without a tone", S1F2, wraps(AmountField, "refuse_digit", _silent)),
    PlantedBug("a card that was read makes no tone", S1F2, wraps(CardholderFlow, "keep_message", _silent)),
    PlantedBug("a card is wanted once more without a tone", S1F2, wraps(SaleFlow, "try_again", _silent)),
    # What screens say.
    PlantedBug("a stripe that could not be read is refused without a word", V400M, sets(SaleFlow, "bad_stripe", lambda self, _: self.terminal.order(fx.Beep("bad")))),
    PlantedBug("the red key in place of a second tap tells the card nothing", V400M, moves("sale", Trigger.CANCEL, "again", action=None)),
    PlantedBug("a batch that owes is said to be owed", S1F2, wraps(batches, "lines", _owed), REFUNDS),
    # What papers say.
    PlantedBug("the customer's copy has no thanks", S1F2, wraps(receipt, "_lines", lambda sound: lambda content, copy: (line for line in sound(content, copy) if getattr(getattr(line, "text", None), "id", "") != "receipt-thanks"))),
    PlantedBug("a payment without an answer is printed as a cancelled one", V400M, lambda patch: patch.setitem(receipt._REASONS, "4021", "cancelled")),
    PlantedBug("the report of a batch has one brand for all", S1F2, wraps(BatchReport, "by_brand", _one_brand)),
    PlantedBug("an empty history says nothing", S1F2, wraps(HistoryFlow, "list_rows", _without("no-transactions"))),
    PlantedBug("a transaction shows the first digits of its card", V400M, wraps(HistoryFlow, "one", _first_digits)),
    PlantedBug("what is kept for later is said to be approved", S1F2, wraps(EndingFlow, "announce", lambda sound: lambda self, notice: sound(self, "approved" if notice == "accepted-offline" else notice)), KEEPING),
    PlantedBug("a settlement that was given up is not said to be answered", V400M, without_move("settle", Trigger.SETTLEMENT_ANSWERED, "pending")),
    PlantedBug("the report of a settlement comes out twice", S1F2, wraps(SettleFlow, "finish", doing(lambda self: self._print()))),
    # What rows say.
    PlantedBug("a void has the time of its original", S1F2, wraps(Reversals, "begin_void", lambda sound: lambda self, void: sound(self, structs.replace(void, at=self._terminal.durable.payments[void.original].at)))),
    PlantedBug("the answer to an address is not kept", V400M, wraps(PaymentFlow, "answered", lambda sound: lambda self, payment: structs.replace(sound(self, payment), avs_result=""))),
    PlantedBug("what is paid by mail is booked as a sale", V400M, sets(MotoFlow, "kind", MessageKind.SALE)),
    PlantedBug("a row does not say what was asked for", S1F2, _begun_with(requested=0)),
    PlantedBug("what is kept for later names no application", S1F2, wraps(PaymentFlow, "defer", lambda sound: lambda self, card: sound(self, structs.replace(card, aid="", label=""))), KEEPING),
    PlantedBug("a tap leaves no cryptogram", V400M, _tapped_without(cryptogram="")),
    PlantedBug("a tap does not say how its holder was verified", S1F2, _tapped_without(cvm="")),
    PlantedBug("a declined payment lacks the acquirer's reference", S1F2, sets(PaymentFlow, "record_declined", _declined_without_reference)),
    PlantedBug("a card is refused for nothing", S1F2, wraps(LastWordFlow, "_record_refused", _refused_for_nothing)),
    PlantedBug("a terminal that is switched off leaves no row", V400M, _off_without_a_row),
    # Batches that settle by themselves.
    PlantedBug("a batch whose time of day came in the middle of a payment is settled at the next one", V400M, sets(settlements.Settlements, "watch", _at_the_next_time), _BY_ITSELF),
    PlantedBug("a batch settles a day late", V400M, sets(settlements, "next_moment", _a_day_late), _BY_ITSELF),
    PlantedBug("a batch whose time of day comes in the middle of a payment is due again at once, without end", V400M, wraps(beside, "batch_due", _at_once), _BY_ITSELF),
    PlantedBug("a batch waits for its time of day since its first payment was begun", V400M, without_fold(BatchOpenedRow), {**_BY_ITSELF, **KEEPING}),
    PlantedBug("the next batch settles a minute behind the time of day", V400M, sets(settlements.Settlements, "is_ready", lambda self: self._terminal.durable.settling is None and self.refusal is None), _BY_ITSELF),
    PlantedBug("a report that has come out comes out once more with new paper", V400M, moves("settle", Trigger.PAPER_LOADED, "settled", guard=None)),
    PlantedBug("a batch settles in the middle of a payment", S1F2, sets(beside, "batch_due", _wherever_it_stands), _BY_ITSELF),
    PlantedBug("why a batch is not closed stays on the screen when it may be closed", V400M, wraps(SettleFlow, "ask", _with_its_remark)),
    PlantedBug("a batch without a payment is said to be in doubt", V400M, wraps(settlements.Settlements, "refusal", lambda sound: lambda self: say("settle-in-doubt") if sound(self) is not None else None)),
    PlantedBug("a batch that is not settled yet is not offered as the last one", V400M, sets(BatchReportFlow, "last", lambda self: self.terminal.durable.settled)),
)  # fmt: skip
