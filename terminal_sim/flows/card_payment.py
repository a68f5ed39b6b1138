"""The conversation with a card and the acquirer: what the kernel asks, the acquirer's answer, and the states of both.

What the card says in the end is in `last_word`.
"""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core.events import CardRemoved, Event, KernelAsked, Trigger
from terminal_sim.core.flow import Move, Moves, State, States
from terminal_sim.core.message import EntryMode
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.emv.talk.answers import HostDecision, PresentedAgain
from terminal_sim.emv.talk.asks import GoOnline, PresentAgain
from terminal_sim.flows import fields
from terminal_sim.flows.cardholder import PROMPT_MOVES, PROMPT_STATES
from terminal_sim.flows.ending import ENDING_MOVES, ENDINGS
from terminal_sim.flows.last_word import LastWordFlow
from terminal_sim.flows.payment import (
    ANSWER_MOVES,
    AUTHORISING,
    CARD_REFUSED,
    CUSTOMER_CANCELLED,
    READER_LOST,
)
from terminal_sim.flows.request import CardDetails, brand_name


class CardPaymentFlow(LastWordFlow):
    """A payment from the first word of its card on."""

    __slots__ = ()

    # Guards.

    def asks_online(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, GoOnline)

    def kernel_waits(self, _: Event) -> bool:
        """Whether the kernel gets the acquirer's answer before the payment ends: the card has the last word."""
        return isinstance(self.asked, GoOnline)

    def read_card_left(self, event: Event) -> bool:
        """Whether it is the card of this payment that has left: another may have been in the slot while one was tapped."""
        return isinstance(event, CardRemoved) and event.from_field == (self.entry is EntryMode.CONTACTLESS)

    def asks_for_card_again(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, PresentAgain)

    def chip_waits(self, event: Event) -> bool:
        return self.kernel_waits(event) and self.entry is EntryMode.CHIP

    def chip_not_offline(self, event: Event) -> bool:
        return self._offline and self._refusal_of_chip(event) is not None

    def chip_is_deferred(self, event: Event) -> bool:
        return self._offline and self.asks_online(event)

    def _refusal_of_chip(self, event: Event) -> Text | None:
        if not isinstance(event, KernelAsked) or not isinstance(event.ask, GoOnline):
            return None
        if not event.ask.verified:
            return say("not-offline-card")
        brand = brand_name(event.ask.card.pan.reveal())
        return self.refusal_of_way(self.way_by(self.entry), brand)

    def way_by(self, entry: EntryMode) -> EntryMode | str:
        """The way of paying that is used where a card comes in by `entry`: it is the entry mode itself, or the id of a choice that asked for the card."""
        return entry

    def refusal_of_way(self, way: EntryMode | str, brand: str = "") -> Text | None:
        """Why no payment is taken now by `way`, an entry mode; with a card of `brand`, or where that is empty with any card."""
        return self.terminal.offline.refusal(self.amount, EntryMode(way), brand) if self._offline else None

    # Actions.

    def refuse_chip(self, event: Event) -> None:
        self.announce(self._refusal_of_chip(event) or say("declined"))

    def defer_chip(self, event: Event) -> None:
        """The first cryptogram is kept for the issuer; the card is asked for no second one, which it could only refuse."""
        self.keep_ask(event)
        if isinstance(self.asked, GoOnline):
            self.defer(self._requested(self.asked), self.asked.cvm)

    def send_chip(self, event: Event) -> None:
        self.keep_ask(event)
        if isinstance(self.asked, GoOnline):
            self.request(self._requested(self.asked))

    def _requested(self, asked: GoOnline) -> CardDetails:
        return structs.replace(
            self._details(asked.card, asked.icc_data),
            track2=asked.card.track2,
            pin_block=asked.pin_block,
            key_serial=asked.key_serial,
        )

    def tell_card(self, event: Event) -> None:
        self.keep_reply(event)
        if self.reply is not None:
            decision = HostDecision(response_code=self.reply.response_code, icc_data=self.reply.icc_data)
            self.terminal.order(fx.AnswerCard(decision))

    def tell_card_of_no_host(self, _: Event) -> None:
        self.terminal.order(fx.AnswerCard(HostDecision(response_code=None)))

    def ask_card_again(self, event: Event) -> None:
        """The acquirer has answered, and the card's issuer has something for it: the card is wanted in the field once more."""
        self.keep_ask(event)
        self.terminal.order(fx.Beep("attention"))
        self.terminal.order(fx.OpenReader((EntryMode.CONTACTLESS,)))

    def card_is_back(self, _: Event) -> None:
        self.terminal.order(fx.AnswerCard(PresentedAgain(True)))

    def card_stays_away(self, _: Event) -> None:
        self.terminal.order(fx.AnswerCard(PresentedAgain(False)))

    def card_gone(self, _: Event) -> None:
        self.announce("card-removed")

    def card_gone_in_doubt(self, _: Event) -> None:
        self._undo(CUSTOMER_CANCELLED)
        self.announce("card-removed")

    def reader_gone(self, _: Event) -> None:
        self._undo(READER_LOST)
        self.announce("reader-lost")

    def no_verdict(self, _: Event) -> None:
        self._undo(CARD_REFUSED)
        self.announce("declined")

    def _undo(self, reason: str) -> None:
        """End a payment that cannot be finished: reverse it for `reason` wherever the acquirer may have approved it."""
        if self.payment is None:
            return
        if self.state == "completing" and self.reply is None:
            self.record_undelivered()
        elif self.reply is not None and not self.reply.approved:
            self.record_declined()
        else:
            self.reverse(reason)

    @property
    def _offline(self) -> bool:
        """Whether payments are taken offline now, and this one is of a kind that can be."""
        asked = self.terminal.requests.payment
        takes_some = self.kind.facts.deferrable and self.terminal.profile.offline.enabled
        return takes_some and self.terminal.offline.active and not (asked is not None and asked.online)

    # Screens.

    def present_again(self) -> Screen:
        return Screen(
            "present-again",
            (*self.sum(), TextLine(say("present-again"), "present-again", Tone.BIG), fields.CANCEL),
        )


BEFORE_REQUEST = ("reading", "pin", "application")
CONVERSATION_STATES: States[CardPaymentFlow] = (
    State("reading", CardPaymentFlow.processing, timeout="card"),
    *PROMPT_STATES,
    AUTHORISING,
    State("completing", CardPaymentFlow.processing, timeout="card"),
    State("again", CardPaymentFlow.present_again, timeout="card"),
    *ENDINGS,
)
CONVERSATION_MOVES: Moves[CardPaymentFlow] = (
    Move(Trigger.CANCEL, BEFORE_REQUEST, "failed", action=CardPaymentFlow.cancel_payment),
    Move(Trigger.TIMEOUT, BEFORE_REQUEST, "failed", action=CardPaymentFlow.run_out_of_time),
    Move(
        Trigger.CARD_REMOVED,
        BEFORE_REQUEST,
        "failed",
        guard=CardPaymentFlow.read_card_left,
        action=CardPaymentFlow.card_gone,
    ),
    Move(Trigger.READER_LOST, (*BEFORE_REQUEST, "completing"), "failed", action=CardPaymentFlow.reader_gone),
    Move(
        Trigger.READER_LOST,
        "authorising",
        "failed",
        guard=CardPaymentFlow.chip_waits,
        action=CardPaymentFlow.reader_gone,
    ),
    Move(
        Trigger.KERNEL_PROMPT,
        "reading",
        "failed",
        guard=CardPaymentFlow.chip_not_offline,
        action=CardPaymentFlow.refuse_chip,
    ),
    Move(
        Trigger.KERNEL_PROMPT,
        "reading",
        "approved",
        guard=CardPaymentFlow.chip_is_deferred,
        action=CardPaymentFlow.defer_chip,
    ),
    Move(
        Trigger.KERNEL_PROMPT,
        "reading",
        "authorising",
        guard=CardPaymentFlow.asks_online,
        action=CardPaymentFlow.send_chip,
    ),
    *PROMPT_MOVES,
    Move(
        Trigger.KERNEL_OUTCOME,
        "reading",
        "approved",
        guard=CardPaymentFlow.card_approves_offline,
        action=CardPaymentFlow.approve_offline,
    ),
    Move(Trigger.KERNEL_OUTCOME, "reading", "failed", action=CardPaymentFlow.refused_by_card),
    Move(
        Trigger.HOST_REPLY,
        "authorising",
        "completing",
        guard=CardPaymentFlow.kernel_waits,
        action=CardPaymentFlow.tell_card,
    ),
    Move(
        Trigger.HOST_UNREACHABLE,
        "authorising",
        "completing",
        guard=CardPaymentFlow.kernel_waits,
        action=CardPaymentFlow.tell_card_of_no_host,
    ),
    Move(
        Trigger.KERNEL_PROMPT,
        "completing",
        "again",
        guard=CardPaymentFlow.asks_for_card_again,
        action=CardPaymentFlow.ask_card_again,
    ),
    Move(Trigger.CARD_TAPPED, "again", "completing", action=CardPaymentFlow.card_is_back),
    *(
        Move(trigger, "again", "completing", action=CardPaymentFlow.card_stays_away)
        for trigger in (Trigger.CANCEL, Trigger.TIMEOUT, Trigger.READER_LOST)
    ),
    *ANSWER_MOVES,
    Move(
        Trigger.CARD_REMOVED,
        "authorising",
        "failed",
        guard=CardPaymentFlow.chip_waits,
        action=CardPaymentFlow.card_gone_in_doubt,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "completing",
        "approved",
        guard=CardPaymentFlow.card_approves_offline,
        action=CardPaymentFlow.approve_offline,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "completing",
        "failed",
        guard=CardPaymentFlow.never_delivered,
        action=CardPaymentFlow.give_up_chip,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "completing",
        "failed",
        guard=CardPaymentFlow.card_overrules,
        action=CardPaymentFlow.reverse_refused,
    ),
    Move(
        Trigger.KERNEL_OUTCOME,
        "completing",
        "approved",
        guard=CardPaymentFlow.card_agrees,
        action=CardPaymentFlow.complete_chip,
    ),
    Move(Trigger.KERNEL_OUTCOME, "completing", "failed", action=CardPaymentFlow.decline_chip),
    Move(
        Trigger.CARD_REMOVED,
        "completing",
        "failed",
        guard=CardPaymentFlow.read_card_left,
        action=CardPaymentFlow.card_gone_in_doubt,
    ),
    Move(Trigger.TIMEOUT, "completing", "failed", action=CardPaymentFlow.no_verdict),
    *ENDING_MOVES,
)
