"""How a payment ends at the terminal: the notice with its tone and lights, the copies of the receipt, the card taken out.

A flow that ends this way has `ENDINGS` among its states and `ENDING_MOVES` among its moves, goes to `approved` or `failed`, and
calls `announce` on the way. What a printer does changes no result.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import REQUESTS, Event, PrinterStopped, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Move, Moves, State, States
from terminal_sim.core.message import HostReply, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import Awaited
from terminal_sim.core.receipt import Copy
from terminal_sim.core.screen import Button, Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.emv.data.response_code import PIN_TRIES_EXCEEDED, REFERRALS, WRONG_PIN
from terminal_sim.flows import fields
from terminal_sim.flows.receipts import Copies, receipt_for

_GOOD = ("approved", "accepted-offline")
_TOLD = {
    **dict.fromkeys(REFERRALS, "call-your-bank"),
    WRONG_PIN: "incorrect-pin",
    PIN_TRIES_EXCEEDED: "pin-tries-exceeded",
}
"""What the cardholder is told besides, by the response code of the issuer who declines."""
# The red key, where a payment has ended and only its paper is open: it cancels nothing, and does not say that it does.
_NO_RECEIPT = Button("no-receipt", say("no-receipt"), "CANCEL", quiet=True)


class EndingFlow(fields.TypedField):
    """`payment` is the newest row of what is paid, `reply` the acquirer's answer, `notice` the words that end it."""

    __slots__ = ("amount", "copies", "notice", "payment", "reply")
    kind = MessageKind.SALE
    faces_customer = True

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.amount = Money(0, terminal.profile.currency)
        self.payment: Payment | None = None
        self.reply: HostReply | None = None
        self.notice: Text = say("cancelled")
        self.copies = Copies()

    # Guards.

    def something_to_offer(self, _: Event) -> bool:
        profile = self.terminal.profile
        asks = profile.receipts.merchant == "prompt" or profile.receipts.customer == "prompt"
        return profile.printer is not None and asks and bool(self.copies.offered)

    def more_to_offer(self, _: Event) -> bool:
        return len(self.copies.offered) > 1

    def went_well(self, _: Event) -> bool:
        return self.notice.id in _GOOD

    def went_badly(self, _: Event) -> bool:
        return self.notice.id not in _GOOD

    def card_is_in(self, _: Event) -> bool:
        return self.terminal.environment.card_in

    def card_is_out(self, _: Event) -> bool:
        return not self.terminal.environment.card_in

    # Actions.

    def announce(self, notice: str | Text) -> None:
        """End with `notice`: a tone, lights, the copies that print by themselves; the others are offered later."""
        self.notice = say(notice) if isinstance(notice, str) else notice
        terminal, receipts = self.terminal, self.terminal.profile.receipts
        good = self.notice.id in _GOOD
        terminal.requests.end(self.notice, self.payment)
        terminal.order(fx.CloseReader())
        terminal.order(fx.Beep("good" if good else "bad"))
        if terminal.profile.lights and good:
            terminal.order(fx.ShowLights(tuple((light, "green") for light in terminal.profile.lights)))
        if self.payment is None or terminal.profile.printer is None or not (good or receipts.declined):
            return
        self.copies = Copies.by(receipts)
        self._print_next()

    def go_home(self, event: Event) -> None:
        """The lights of a success go out with its result."""
        if self.terminal.profile.lights and self.notice.id in _GOOD:
            self.terminal.order(fx.ShowLights(()))
        super().go_home(event)

    def cancel_payment(self, _: Event) -> None:
        self.announce("cancelled")

    def taken_back(self, _: Event) -> None:
        """The point of sale took its request back in time, which only a flow that serves requests hears of."""
        self.announce("pos-cancelled")

    def run_out_of_time(self, _: Event) -> None:
        self.announce("timed-out")

    def print_next(self, _: Event) -> None:
        self._print_next()

    def print_offer(self, _: Event) -> None:
        self._print(self.copies.offered[0])

    def drop_offer(self, _: Event) -> None:
        self.copies = self.copies.without_offer()

    def paper_gone(self, event: Event) -> None:
        if isinstance(event, PrinterStopped):
            self.copies = self.copies.stopped_at(event.receipt)

    def print_again(self, _: Event) -> None:
        if self.copies.stopped is not None:
            self.terminal.order(fx.Print(self.copies.stopped))

    def attention(self, _: Event) -> None:
        self.terminal.order(fx.Beep("attention"))

    def _print_next(self) -> None:
        if self.copies.queue:
            copy, self.copies = self.copies.queue[0], self.copies.without_next()
            self._print(copy)

    def _print(self, copy: Copy) -> None:
        if self.payment is not None:
            self.terminal.order(fx.Print(receipt_for(self.terminal, self.payment, copy)))

    # Screens.

    def processing(self) -> Screen:
        return Screen("processing", (TextLine(say("processing"), "processing", Tone.BIG), *self.sum()))

    def ending(self) -> Screen:
        """How it went, in large letters, and what is still to do."""
        good = self.notice.id in _GOOD
        lines: list[Element] = [
            TextLine(self.notice, self.notice.id, Tone.GOOD if good else Tone.BAD),
            *self.sum(),
        ]
        if good and self.payment is not None and self.payment.cvm == "signature":
            lines.append(TextLine(say("signature"), "signature"))
        if good and self.payment is not None:
            lines += left_to_pay(self.payment)
        if self.reply is not None and self.notice.id == "declined":
            code = say("response-code", code=self.reply.response_code)
            lines.append(TextLine(code, "response-code", Tone.SMALL))
            told = _TOLD.get(self.reply.response_code)
            if told is not None:
                lines.append(TextLine(say(told), told))
        if self.terminal.environment.card_in:
            lines.append(TextLine(say("remove-card"), "remove-card"))
        buttons = (fields.CONFIRM,) if good else (fields.CONFIRM, fields.CANCEL)
        return Screen(self.notice.id, (*lines, *buttons))

    def out_of_paper(self) -> Screen:
        return Screen(
            "out-of-paper",
            (
                TextLine(self.notice, self.notice.id),
                TextLine(say("out-of-paper"), "out-of-paper", Tone.BAD),
                _NO_RECEIPT,
            ),
        )

    def offer_copy(self) -> Screen:
        title = f"{self.copies.offered[0].value}-receipt"
        return Screen(
            title,
            (
                Title(title, say(title)),
                TextLine(self.notice, self.notice.id),
                Button("print", say("print"), "OK"),
                _NO_RECEIPT,
            ),
        )

    def remove_card(self) -> Screen:
        return Screen("remove-card", (TextLine(say("remove-card"), "remove-card", Tone.BIG),))

    def sum(self) -> tuple[TextLine, ...]:
        """The amount of the payment as a line, or nothing where it is zero."""
        paid = self.payment.amount if self.payment is not None else self.amount
        return (TextLine(say("sum", amount=paid), "sum"),) if paid.minor else ()


def left_to_pay(paid: Payment) -> tuple[TextLine, ...]:
    """What the acquirer did not approve of the amount that was asked for, as a line; nothing where that was all."""
    if paid.requested in (0, paid.amount.minor):
        return ()
    asked = Money(paid.requested, paid.amount.currency)
    left = Money(paid.requested - paid.amount.minor, paid.amount.currency)
    return (TextLine(say("partly-approved", requested=asked, left=left), "partly-approved", Tone.BAD),)


def _leaving(trigger: Trigger, source: str | tuple[str, ...]) -> Moves[EndingFlow]:
    """Home, by way of the card where one is still in the slot."""
    return (
        Move(trigger, source, "remove-card", guard=EndingFlow.card_is_in, action=EndingFlow.attention),
        Move(trigger, source, DONE, action=EndingFlow.go_home),
    )


_ANNOUNCED = ("approved", "failed")
ENDINGS: States[EndingFlow] = (
    # A result gives way to a request once no card is in the slot.
    State("approved", EndingFlow.ending, timeout="result", free=True, awaits=Awaited.CARD),
    State("failed", EndingFlow.ending, timeout="result", free=True, awaits=Awaited.CARD),
    State("out-of-paper", EndingFlow.out_of_paper, timeout="menu", awaits=Awaited.PAPER, sellers=True),
    State("offer-copy", EndingFlow.offer_copy, timeout="menu", awaits=Awaited.RECEIPT, sellers=True),
    State("remove-card", EndingFlow.remove_card, timeout="remove_card", free=True, awaits=Awaited.CARD),
)
ENDING_MOVES: Moves[EndingFlow] = (
    Move(Trigger.PRINTED, _ANNOUNCED, STAY, action=EndingFlow.print_next),
    Move(Trigger.OUT_OF_PAPER, (*_ANNOUNCED, "offer-copy"), "out-of-paper", action=EndingFlow.paper_gone),
    Move(
        Trigger.PAPER_LOADED,
        "out-of-paper",
        "approved",
        guard=EndingFlow.went_well,
        action=EndingFlow.print_again,
    ),
    Move(
        Trigger.PAPER_LOADED,
        "out-of-paper",
        "failed",
        guard=EndingFlow.went_badly,
        action=EndingFlow.print_again,
    ),
    *(
        move
        for trigger in (Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT)
        for move in (
            Move(trigger, _ANNOUNCED, "offer-copy", guard=EndingFlow.something_to_offer),
            *_leaving(trigger, _ANNOUNCED),
        )
    ),
    Move(Trigger.CARD_REMOVED, (*_ANNOUNCED, "offer-copy", "out-of-paper"), STAY),
    *(
        Move(trigger, _ANNOUNCED, DONE, guard=EndingFlow.card_is_out, action=EndingFlow.make_way)
        for trigger in REQUESTS
    ),
    *_leaving(Trigger.CANCEL, "out-of-paper"),
    *_leaving(Trigger.TIMEOUT, "out-of-paper"),
    Move(Trigger.CONFIRM, "offer-copy", STAY, action=EndingFlow.print_offer),
    *(
        move
        for trigger in (Trigger.PRINTED, Trigger.CANCEL)
        for move in (
            Move(trigger, "offer-copy", STAY, guard=EndingFlow.more_to_offer, action=EndingFlow.drop_offer),
            *_leaving(trigger, "offer-copy"),
        )
    ),
    *_leaving(Trigger.TIMEOUT, "offer-copy"),
    *(
        Move(trigger, "remove-card", DONE, action=EndingFlow.go_home)
        for trigger in (Trigger.CARD_REMOVED, Trigger.READER_LOST, Trigger.TIMEOUT)
    ),
)
