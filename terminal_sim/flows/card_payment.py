"""A payment with a card: the conversation with the card and the acquirer, what is kept of it and shown on the way."""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    Event,
    KernelAsked,
    KernelEnded,
    Touched,
)
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import Flow
from terminal_sim.core.message import EntryMode
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.screen import Choice, Element, Input, Pad, Screen, Shown, TextLine, Title, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.emv.steps.online import decision_of
from terminal_sim.emv.talk.answers import HostDecision, PinEntry
from terminal_sim.emv.talk.asks import ChooseApplication, EnterPin, GoOnline
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.flows import fields
from terminal_sim.flows.card_entry import CardEntryFlow
from terminal_sim.flows.payment import CARD_REFUSED, NO_ANSWER, brand_name
from terminal_sim.secret import Secret

_SHORTEST_PIN, _LONGEST_PIN = 4, 12


class CardPaymentFlow(CardEntryFlow):
    """`asked` is what the kernel waits for."""

    __slots__ = ("asked", "outcome")

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        super().__init__(terminal, flow)
        self.asked: object = None
        self.outcome: Outcome | None = None

    # Guards.

    def asks_online(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, GoOnline)

    def asks_for_pin(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, EnterPin)

    def asks_for_application(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, ChooseApplication)

    def pin_is_long_enough(self, _: Event) -> bool:
        return len(self.typed) >= _SHORTEST_PIN

    def pin_fits(self, _: Event) -> bool:
        return len(self.typed) < _LONGEST_PIN

    def kernel_waits(self, _: Event) -> bool:
        """The kernel hears the acquirer's answer and has the last word."""
        return isinstance(self.asked, GoOnline)

    def chip_waits(self, event: Event) -> bool:
        return self.kernel_waits(event) and self.entry is EntryMode.CHIP

    def card_agrees(self, event: Event) -> bool:
        """Both must: a card that says yes to a payment that the acquirer declined pays nothing."""
        return _verdict(event) is Verdict.APPROVED and self.reply is not None and self.reply.approved

    def card_overrules(self, event: Event) -> bool:
        """The acquirer approved and the card refused: the approval must be taken back."""
        return _verdict(event) is not Verdict.APPROVED and self.reply is not None and self.reply.approved

    def never_delivered(self, _: Event) -> bool:
        return self.reply is None

    def wants_chip(self, event: Event) -> bool:
        return _verdict(event) is Verdict.USE_CHIP and self.terminal.profile.entries.chip

    def wants_stripe(self, event: Event) -> bool:
        return _verdict(event) is Verdict.USE_STRIPE and self.terminal.profile.entries.stripe

    def chip_not_offline(self, event: Event) -> bool:
        return self._offline and self._refusal_of_chip(event) is not None

    def chip_is_deferred(self, event: Event) -> bool:
        return self._offline and self.asks_online(event)

    def _refusal_of_chip(self, event: Event) -> Text | None:
        if not isinstance(event, KernelAsked) or not isinstance(event.ask, GoOnline):
            return None
        brand = brand_name(event.ask.card.pan.reveal())
        return self.terminal.offline.refusal(self.amount, self.entry, brand)

    # Actions.

    def refuse_chip(self, event: Event) -> None:
        self.announce(self._refusal_of_chip(event) or say("declined"))

    def defer_chip(self, event: Event) -> None:
        """The first cryptogram is kept for the issuer; the card is asked for no second one, which it could only refuse."""
        self._keep_ask(event)
        if isinstance(self.asked, GoOnline):
            card = self.asked.card
            self.locale = self.terminal.language_of(card.languages) or self.locale
            self.defer(
                self.entry,
                card.pan,
                expiry=Secret(card.expiry),
                sequence=card.sequence,
                icc_data=self.asked.icc_data,
                aid=card.aid,
                label=card.label,
            )

    def ask_pin(self, event: Event) -> None:
        self.typed = ""
        self._keep_ask(event)

    def answer_pin(self, _: Event) -> None:
        self.terminal.order(fx.AnswerCard(PinEntry(Secret(self.typed))))
        self.typed = ""

    def ask_application(self, event: Event) -> None:
        self._keep_ask(event)

    def answer_application(self, event: Event) -> None:
        if isinstance(event, Touched):
            self.terminal.order(fx.AnswerCard(int(event.target.removeprefix("application-")) - 1))

    def send_chip(self, event: Event) -> None:
        self._keep_ask(event)
        if isinstance(self.asked, GoOnline):
            card = self.asked.card
            self.locale = self.terminal.language_of(card.languages) or self.locale
            self.request(
                self.entry,
                card.pan,
                expiry=Secret(card.expiry),
                sequence=card.sequence,
                track2=card.track2,
                pin_block=self.asked.pin_block,
                icc_data=self.asked.icc_data,
            )

    def tell_card(self, event: Event) -> None:
        self.keep_reply(event)
        if self.reply is not None:
            decision = decision_of(self.reply.response_code, self.reply.icc_data)
            self.terminal.order(fx.AnswerCard(decision))

    def tell_card_of_no_host(self, _: Event) -> None:
        self.terminal.order(fx.AnswerCard(HostDecision(response_code=None)))

    def complete_chip(self, event: Event) -> None:
        self._keep_outcome(event)
        self.complete(event)

    def decline_chip(self, event: Event) -> None:
        self._keep_outcome(event)
        self.decline(event)

    def reverse_refused(self, event: Event) -> None:
        self._keep_outcome(event)
        self.reverse(CARD_REFUSED)
        self.announce("declined")

    def refused_by_card(self, event: Event) -> None:
        """The card said no before the acquirer was asked: nothing was sent, nothing is recorded."""
        verdict = _verdict(event)
        self.announce("declined" if verdict in (Verdict.DECLINED, Verdict.NOT_ACCEPTED) else "card-error")

    def cancel_payment(self, _: Event) -> None:
        self.announce("cancelled")

    def run_out_of_time(self, _: Event) -> None:
        self.announce("timed-out")

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
            self.settle(PaymentState.DECLINED, reason="no-connection")
        elif self.reply is not None and not self.reply.approved:
            self.settle(PaymentState.DECLINED, **{**self.answered(), "amount": self.amount})
        else:
            self.reverse(NO_ANSWER)

    def _keep_ask(self, event: Event) -> None:
        if isinstance(event, KernelAsked):
            self.asked = event.ask
            languages = getattr(event.ask, "languages", ())
            self.locale = self.terminal.language_of(languages) or self.locale

    def _keep_outcome(self, event: Event) -> None:
        if isinstance(event, KernelEnded) and isinstance(event.outcome, Outcome) and self.payment is not None:
            self.outcome = event.outcome

    def answered(self) -> dict[str, object]:
        details = super().answered()
        if self.outcome is not None:
            card = self.outcome.card
            details["cvm"] = self.outcome.cvm
            details["cryptogram"] = self.outcome.cryptogram
            details["aid"] = card.aid if card is not None else ""
            details["label"] = card.label if card is not None else ""
        return details

    # Screens.

    def enter_pin(self) -> Screen:
        wrong: tuple[Element, ...] = ()
        if isinstance(self.asked, EnterPin) and self.asked.wrong:
            left = self.asked.tries_left or 0
            wrong = (TextLine(say("wrong-pin", n=left), "wrong-pin", Tone.BAD),)
        return Screen(
            "enter-pin",
            (
                Title("enter-pin", say("enter-pin")),
                *self.sum(),
                *wrong,
                Input("enter-pin", Shown.MASKED, "*" * len(self.typed)),
                Pad(),
                fields.CONFIRM,
                fields.CANCEL,
            ),
        )

    def choose(self) -> Screen:
        labels = self.asked.labels if isinstance(self.asked, ChooseApplication) else ()
        return Screen(
            "choose-application",
            (
                Title("choose-application", say("choose-application")),
                *(Choice(f"application-{n}", label) for n, label in enumerate(labels, 1)),
                fields.CANCEL,
            ),
        )


def _verdict(event: Event) -> Verdict | None:
    ended = isinstance(event, KernelEnded) and isinstance(event.outcome, Outcome)
    return event.outcome.verdict if ended else None  # type: ignore[union-attr]
