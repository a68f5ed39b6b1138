"""A payment with a card: its amount, the card presented, the conversation with card and acquirer, the receipt.

This file has the amount and how the card is presented; `present` has the screen that asks for it, and `card_payment` what follows once
a card is there.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import CardSwiped, Event, KernelEnded, ReaderChanged, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, Moves, State, States
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.screen import Screen, Shown
from terminal_sim.core.services import FIELD_ALARM
from terminal_sim.core.text import say
from terminal_sim.emv.talk.card import Stripe
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Start
from terminal_sim.flows import fields
from terminal_sim.flows.card_payment import CONVERSATION_MOVES, CONVERSATION_STATES
from terminal_sim.flows.kernel_messages import words_of
from terminal_sim.flows.last_word import verdict_of
from terminal_sim.flows.present import PresentFlow
from terminal_sim.flows.request import CardDetails, brand_name
from terminal_sim.secret import Secret

_AGAIN = (Verdict.TRY_AGAIN, Verdict.SEE_PHONE)
_MOST_TRIES = 5  # more conversations than that and one payment would never end
_FIELD_OFF_UNIT = 100_000  # microseconds


class SaleFlow(PresentFlow, fields.AmountField):
    """A purchase. `tries` counts the conversations that ended with another try; `field_off` is how long the field stays off before the next
    tap, in microseconds.
    """

    __slots__ = ("field_off", "tries")
    kind = MessageKind.SALE

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.tries = 0
        self.field_off = 0

    @property
    def reads_only(self) -> bool:
        """Whether the card is read, and asked for no cryptogram."""
        return False

    # Guards.

    def takes_chips(self, _: Event) -> bool:
        """A chip may come in place of the stripe that it was to fall back to, but not of a tap."""
        return EntryMode.CHIP in self.taken and self.prompt != "clearpay-tap"

    def card_is_spent(self, _: Event) -> bool:
        """The card in the slot was read for a payment already: whoever stands there now has not put it in."""
        return self.terminal.environment.card_spent

    def stripe_asks_for_chip(self, event: Event) -> bool:
        """A stripe whose service code says that the card has a chip (ISO/IEC 7813, 2xx and 6xx)."""
        stripe = _stripe(event)
        return (
            stripe is not None
            and stripe.has_chip
            and self.prompt != "swipe-instead"
            and EntryMode.CHIP in self.taken
        )

    def stripe_is_good(self, event: Event) -> bool:
        return _stripe(event) is not None

    def tap_not_offline(self, _: Event) -> bool:
        return self._offline and self.terminal.offline.refusal_of_card(EntryMode.CONTACTLESS) is not None

    def stripe_not_offline(self, event: Event) -> bool:
        stripe = _stripe(event)
        return stripe is not None and self.refusal_of_way(EntryMode.STRIPE, _brand(stripe)) is not None

    def stripe_is_deferred(self, event: Event) -> bool:
        return self._offline and _stripe(event) is not None

    def wants_chip(self, event: Event) -> bool:
        return verdict_of(event) is Verdict.USE_CHIP and EntryMode.CHIP in self.taken

    def wants_stripe(self, event: Event) -> bool:
        return verdict_of(event) is Verdict.USE_STRIPE and EntryMode.STRIPE in self.taken

    def may_try_again(self, event: Event) -> bool:
        return verdict_of(event) in _AGAIN and self.tries < _MOST_TRIES

    def may_select_next(self, event: Event) -> bool:
        return verdict_of(event) is Verdict.SELECT_NEXT and self.tries < _MOST_TRIES

    # Actions.

    def take_amount(self, _: Event) -> None:
        self.amount = self.typed_amount
        self.typed = ""

    def open_reader(self, _: Event) -> None:
        if self.terminal.environment.reader:
            entries = self.readable
            if self.field_off:
                self.terminal.order(fx.SetAlarm(FIELD_ALARM, self.terminal.now.mono + self.field_off))
                entries = tuple(entry for entry in entries if entry is not EntryMode.CONTACTLESS)
            self.field_off = 0
            self.terminal.order(fx.OpenReader(entries))
        else:
            # The reader went while no flow wanted it, so no flow has handled the loss yet.
            self.terminal.post(ReaderChanged(False))

    def try_again(self, event: Event) -> None:
        """The same payment waits for a card once more, which may be another one (Book A, 6.2)."""
        if not isinstance(event, KernelEnded):
            return
        self.tries += 1
        self.remark = words_of(event.outcome.messages) or say("try-again")
        self.field_off = event.outcome.field_off * _FIELD_OFF_UNIT
        self.terminal.order(fx.Beep("attention"))

    def select_next(self, _: Event) -> None:
        """The card stays where it is: another application of it is tried (Book A, 6.2, Select Next)."""
        self.tries += 1
        self._start(self.entry, Start.COMBINATION_SELECTION)

    def insert_instead(self, _: Event) -> None:
        self.prompt, self.remark = "insert-instead", None

    def swipe_instead(self, _: Event) -> None:
        self.prompt, self.remark = "swipe-instead", say("card-error")
        self.terminal.order(fx.Beep("bad"))

    def bad_stripe(self, _: Event) -> None:
        self.remark = say("card-error")
        self.terminal.order(fx.Beep("bad"))

    def refuse_tap(self, _: Event) -> None:
        self.refuse(EntryMode.CONTACTLESS)

    def refuse_stripe(self, event: Event) -> None:
        stripe = _stripe(event)
        if stripe is not None:
            self.refuse(EntryMode.STRIPE, _brand(stripe))

    def send_stripe(self, event: Event) -> None:
        stripe = _stripe(event)
        if stripe is not None:
            self.terminal.order(fx.CloseReader())
            self.request(self._swiped(stripe))

    def defer_stripe(self, event: Event) -> None:
        stripe = _stripe(event)
        if stripe is not None:
            self.defer(self._swiped(stripe))

    def _swiped(self, stripe: Stripe) -> CardDetails:
        self.entry = EntryMode.STRIPE
        return CardDetails(
            entry=self.entry,
            fallback=self.prompt == "swipe-instead" and stripe.has_chip,
            pan=stripe.pan,
            expiry=Secret(stripe.expiry) if stripe.expiry else None,
            track2=stripe.track2,
        )

    def start_chip(self, _: Event) -> None:
        self._start(EntryMode.CHIP)

    def start_contactless(self, _: Event) -> None:
        self._start(EntryMode.CONTACTLESS)

    # Screens.

    def amount_screen(self) -> Screen:
        return self.field("amount", Shown.MONEY, self.typed_amount)

    def _start(self, entry: EntryMode, start: Start = Start.PREPROCESSING) -> None:
        self.entry, self.remark, self.message = entry, None, None
        stan = self.terminal.durable.trace_number.following
        kind = self.kind.facts.processing_code
        self.terminal.order(fx.StartCard(entry, self.amount, kind, stan, start, self.reads_only))


def _stripe(event: Event) -> Stripe | None:
    return event.stripe if isinstance(event, CardSwiped) else None


def _brand(stripe: Stripe) -> str:
    return brand_name(stripe.pan.reveal())


AMOUNT = State("amount", SaleFlow.amount_screen, timeout="entry")
AMOUNT_MOVES: Moves[SaleFlow] = (
    *fields.amount_moves("amount"),
    Move(Trigger.CONFIRM, "amount", "present", guard=SaleFlow.amount_is_good, action=SaleFlow.take_amount),
    Move(Trigger.CONFIRM, "amount", STAY, action=SaleFlow.complain_of_amount),
    Move(Trigger.CANCEL, "amount", DONE, action=SaleFlow.go_home),
    Move(Trigger.TIMEOUT, "amount", "failed", action=SaleFlow.run_out_of_time),
)
CARD_STATES: States[SaleFlow] = (
    State("present", SaleFlow.present, timeout="card", enter=SaleFlow.open_reader, free=True),
    *CONVERSATION_STATES,
)
CARD_MOVES: Moves[SaleFlow] = (
    Move(Trigger.CARD_INSERTED, "present", STAY, guard=SaleFlow.card_is_spent),
    Move(Trigger.CARD_INSERTED, "present", "reading", guard=SaleFlow.takes_chips, action=SaleFlow.start_chip),
    Move(
        Trigger.CARD_TAPPED, "present", "present", guard=SaleFlow.tap_not_offline, action=SaleFlow.refuse_tap
    ),
    Move(Trigger.CARD_TAPPED, "present", "reading", action=SaleFlow.start_contactless),
    Move(
        Trigger.CARD_SWIPED,
        "present",
        "present",
        guard=SaleFlow.stripe_asks_for_chip,
        action=SaleFlow.insert_instead,
    ),
    Move(
        Trigger.CARD_SWIPED,
        "present",
        "present",
        guard=SaleFlow.stripe_not_offline,
        action=SaleFlow.refuse_stripe,
    ),
    Move(
        Trigger.CARD_SWIPED,
        "present",
        "approved",
        guard=SaleFlow.stripe_is_deferred,
        action=SaleFlow.defer_stripe,
    ),
    Move(
        Trigger.CARD_SWIPED,
        "present",
        "authorising",
        guard=SaleFlow.stripe_is_good,
        action=SaleFlow.send_stripe,
    ),
    Move(Trigger.CARD_SWIPED, "present", "present", action=SaleFlow.bad_stripe),
    Move(Trigger.CARD_REMOVED, "present", STAY),
    Move(Trigger.CANCEL, "present", "failed", action=SaleFlow.cancel_payment),
    Move(Trigger.TIMEOUT, "present", "failed", action=SaleFlow.run_out_of_time),
    Move(Trigger.READER_LOST, "present", "failed", action=SaleFlow.reader_gone),
    Move(
        Trigger.KERNEL_OUTCOME,
        "reading",
        "present",
        guard=SaleFlow.wants_chip,
        action=SaleFlow.insert_instead,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "reading",
        "present",
        guard=SaleFlow.wants_stripe,
        action=SaleFlow.swipe_instead,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "reading",
        "present",
        guard=SaleFlow.may_try_again,
        action=SaleFlow.try_again,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "reading",
        "reading",
        guard=SaleFlow.may_select_next,
        action=SaleFlow.select_next,
    ),
    Move(Trigger.FIELD_ON, "present", STAY, action=SaleFlow.open_reader),
    *CONVERSATION_MOVES,
)

SALE = Flow("sale", SaleFlow, "amount", (AMOUNT, *CARD_STATES), (*AMOUNT_MOVES, *CARD_MOVES))
