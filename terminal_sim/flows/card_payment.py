"""The conversation with a card and the acquirer: what the kernel asks, the acquirer's answer, the card's last word."""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    Event,
    KernelAsked,
    KernelEnded,
    Trigger,
)
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import Move, Moves, State, States
from terminal_sim.core.message import EntryMode, MessageKind, Original
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import CardRefusedRow
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.emv.data.reasons import written
from terminal_sim.emv.data.response_code import OFFLINE_APPROVED, UNREACHED_APPROVED
from terminal_sim.emv.talk.answers import HostDecision, PresentedAgain
from terminal_sim.emv.talk.asks import GoOnline, PresentAgain
from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.flows import fields
from terminal_sim.flows.cardholder import PROMPT_MOVES, PROMPT_STATES, CardholderFlow
from terminal_sim.flows.ending import ENDING_MOVES, ENDINGS
from terminal_sim.flows.payment import ANSWER_MOVES, AUTHORISING, CARD_REFUSED, NO_ANSWER
from terminal_sim.flows.request import CardDetails, brand_name, payment_of, request_of
from terminal_sim.secret import Secret, mask_pan


class CardPaymentFlow(CardholderFlow):
    """`entry` is how the card came, `outcome` how the kernel's conversation with it ended."""

    __slots__ = ("entry", "outcome")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.entry = EntryMode.CHIP
        self.outcome: Outcome | None = None

    # Guards.

    def asks_online(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, GoOnline)

    def kernel_waits(self, _: Event) -> bool:
        """Whether the kernel gets the acquirer's answer before the payment ends: the card has the last word."""
        return isinstance(self.asked, GoOnline)

    def asks_for_card_again(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, PresentAgain)

    def chip_waits(self, event: Event) -> bool:
        return self.kernel_waits(event) and self.entry is EntryMode.CHIP

    def card_agrees(self, event: Event) -> bool:
        """Both must: a card that says yes to a payment that the acquirer declined pays nothing."""
        return verdict_of(event) is Verdict.APPROVED and self.reply is not None and self.reply.approved

    def card_overrules(self, event: Event) -> bool:
        """The acquirer approved and the card refused: the approval must be taken back."""
        return verdict_of(event) is not Verdict.APPROVED and self.reply is not None and self.reply.approved

    def never_delivered(self, _: Event) -> bool:
        return self.reply is None

    def card_approves_offline(self, event: Event) -> bool:
        """The card approved by a TC without the acquirer's word: it was not asked, or could not be reached."""
        return (
            isinstance(event, KernelEnded)
            and event.outcome.verdict is Verdict.APPROVED
            and event.outcome.card is not None
            and self.kind.facts.deferrable
            and self.reply is None
        )

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
        return self.terminal.offline.refusal(self.amount, self.entry, brand)

    # Actions.

    def refuse_chip(self, event: Event) -> None:
        self.announce(self._refusal_of_chip(event) or say("declined"))

    def defer_chip(self, event: Event) -> None:
        """The first cryptogram is kept for the issuer; the card is asked for no second one, which it could only refuse."""
        self.keep_ask(event)
        if isinstance(self.asked, GoOnline):
            self.defer(self._requested(self.asked))

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

    def _details(self, card: CardData, icc_data: bytes) -> CardDetails:
        """The card as it was read, without what only a request for a decision has: track 2 and the block of a PIN."""
        return CardDetails(
            entry=self.entry,
            pan=card.pan,
            expiry=Secret(card.expiry) if card.expiry else None,
            sequence=card.sequence,
            icc_data=icc_data,
            aid=card.aid,
            label=card.label,
        )

    def approve_offline(self, event: Event) -> None:
        """Keep a payment that the card has approved offline, with its TC, for the acquirer to be advised of."""
        if not isinstance(event, KernelEnded) or event.outcome.card is None:
            return
        outcome = event.outcome
        details = self._details(event.outcome.card, outcome.icc_data)
        began = self.payment or payment_of(self.terminal, self.kind, self.amount, details, self.locale)
        self.outcome = outcome
        code = OFFLINE_APPROVED if self.payment is None else UNREACHED_APPROVED
        self.payment = structs.replace(
            self.answered(began),
            state=PaymentState.PENDING,
            response_code=code.decode(),
            reasons=written(outcome.reasons),
        )
        self.terminal.offline.store_approved(self.payment, request_of(self.terminal, self.payment, details))
        self.announce("approved")

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

    def complete_chip(self, event: Event) -> None:
        self._keep_outcome(event)
        self.complete(event)
        self._advise()

    def decline_chip(self, event: Event) -> None:
        self._keep_outcome(event)
        self.decline(event)
        self._advise()

    def give_up_chip(self, event: Event) -> None:
        """The acquirer was not in reach, and the card did not approve by itself."""
        self._keep_outcome(event)
        self.give_up(event)
        self._advise()

    def reverse_refused(self, event: Event) -> None:
        self._keep_outcome(event)
        self.reverse(CARD_REFUSED)
        self.announce("declined")
        self._advise()

    def refused_by_card(self, event: Event) -> None:
        """The card said no before the acquirer was asked: it is not asked, and the record says why."""
        if isinstance(event, KernelEnded):
            self._record_refused(event.outcome)
        match verdict_of(event):
            case Verdict.DECLINED:
                self.announce("declined")
            case Verdict.NOT_ACCEPTED:
                self.announce("not-accepted")
            case _:
                self.announce("card-error")

    def _record_refused(self, outcome: Outcome) -> None:
        terminal, card = self.terminal, outcome.card
        pan = card.pan.reveal() if card is not None else ""
        row = CardRefusedRow(
            reference=f"{terminal.name}-R{terminal.durable.refused + 1}",
            transaction=self.kind,
            verdict=outcome.verdict.value,
            amount=self.amount,
            entry=self.entry,
            at=terminal.now.civil_second,
            pan=mask_pan(pan),
            brand=brand_name(pan),
            stan=terminal.durable.trace_number.following if outcome.advice and card is not None else 0,
            reasons=written(outcome.reasons),
        )
        details = self._details(card, outcome.icc_data) if card is not None and row.stan else None
        if details is not None:
            paid = payment_of(terminal, self.kind, self.amount, details, self.locale)
            refused = structs.replace(paid, reference=row.reference)
            advice = structs.replace(request_of(terminal, refused, details), kind=MessageKind.CARD_ADVICE)
        terminal.record(row)
        if details is not None:
            terminal.advices.begin(advice)

    def _advise(self) -> None:
        """Tell the issuer what the card said in the end, where it is to hear of it."""
        outcome, payment = self.outcome, self.payment
        if outcome is None or outcome.card is None or payment is None or not outcome.advice:
            return
        request = request_of(self.terminal, payment, self._details(outcome.card, outcome.icc_data))
        original = Original(kind=payment.kind, stan=payment.stan, reference=payment.reference)
        self.terminal.advices.begin(structs.replace(request, kind=MessageKind.CARD_ADVICE, original=original))

    def card_gone(self, _: Event) -> None:
        self.announce("card-removed")

    def card_gone_in_doubt(self, _: Event) -> None:
        self._undo()
        self.announce("card-removed")

    def reader_gone(self, _: Event) -> None:
        self._undo()
        self.announce("reader-lost")

    def no_verdict(self, _: Event) -> None:
        self._undo()
        self.announce("declined")

    def _undo(self) -> None:
        """End a payment that cannot be finished: reverse it wherever the acquirer may have approved it."""
        if self.payment is None:
            return
        if self.state == "completing" and self.reply is None:
            self.record_undelivered()
        elif self.reply is not None and not self.reply.approved:
            self.record_declined()
        else:
            self.reverse(NO_ANSWER)

    def _keep_outcome(self, event: Event) -> None:
        if isinstance(event, KernelEnded) and self.payment is not None:
            self.outcome = event.outcome
            self.payment = structs.replace(self.payment, reasons=written(event.outcome.reasons))

    def answered(self, payment: Payment) -> Payment:
        """As for every payment, with what the card said in the end."""
        answered = super().answered(payment)
        if self.outcome is None:
            return answered
        card = self.outcome.card
        return structs.replace(
            answered,
            cvm=self.outcome.cvm,
            cryptogram=self.outcome.cryptogram,
            aid=card.aid if card is not None else "",
            label=card.label if card is not None else "",
        )

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


def verdict_of(event: Event) -> Verdict | None:
    """How the kernel's conversation ended, where `event` says that it did."""
    return event.outcome.verdict if isinstance(event, KernelEnded) else None


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
    Move(Trigger.CARD_REMOVED, BEFORE_REQUEST, "failed", action=CardPaymentFlow.card_gone),
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
    Move(Trigger.CARD_REMOVED, "completing", "failed", action=CardPaymentFlow.card_gone_in_doubt),
    Move(Trigger.TIMEOUT, "completing", "failed", action=CardPaymentFlow.no_verdict),
    *ENDING_MOVES,
)
