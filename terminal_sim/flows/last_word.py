"""The card's last word on a payment: it agrees, refuses or approves by itself, and its issuer hears of it."""

from __future__ import annotations

from msgspec import structs

from terminal_sim.core.events import Event, KernelEnded
from terminal_sim.core.flow import Firmware
from terminal_sim.core.message import EntryMode, MessageKind, Original
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import CardRefusedRow
from terminal_sim.emv.data.reasons import written
from terminal_sim.emv.data.response_code import OFFLINE_APPROVED, UNREACHED_APPROVED
from terminal_sim.emv.talk.card import CardData
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.flows.cardholder import CardholderFlow
from terminal_sim.flows.payment import CARD_REFUSED
from terminal_sim.flows.request import CardDetails, brand_name, payment_of, request_of
from terminal_sim.secret import Secret, mask_pan


class LastWordFlow(CardholderFlow):
    """`entry` is how the card came, `outcome` how the kernel's conversation with it ended."""

    __slots__ = ("entry", "outcome")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.entry = EntryMode.CHIP
        self.outcome: Outcome | None = None

    # Guards.

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

    # Actions.

    def approve_offline(self, event: Event) -> None:
        """Keep a payment that the card has approved offline, with its TC, for the acquirer to be advised of."""
        if not isinstance(event, KernelEnded) or event.outcome.card is None:
            return
        outcome = event.outcome
        self.speak(event.outcome.card.languages)
        details = self._details(event.outcome.card, outcome.icc_data)
        began = self.payment or payment_of(self.terminal, self.kind, self.amount, details, self.locale)
        self.outcome = outcome
        code = (OFFLINE_APPROVED if self.payment is None else UNREACHED_APPROVED).decode()
        self.payment = structs.replace(
            self.answered(began),
            state=PaymentState.PENDING,
            auth_code=code,
            response_code=code,
            reasons=written(outcome.reasons),
        )
        self.terminal.offline.store_approved(self.payment, request_of(self.terminal, self.payment, details))
        self.announce("approved")

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
            if event.outcome.card is not None:  # which ends it without asking, and has a language as well
                self.speak(event.outcome.card.languages)
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

    def _keep_outcome(self, event: Event) -> None:
        if isinstance(event, KernelEnded) and self.payment is not None:
            self.outcome = event.outcome
            self.payment = structs.replace(self.payment, reasons=written(event.outcome.reasons))

    # What is told of the card.

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


def verdict_of(event: Event) -> Verdict | None:
    """How the kernel's conversation ended, where `event` says that it did."""
    return event.outcome.verdict if isinstance(event, KernelEnded) else None
