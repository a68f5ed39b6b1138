"""A receipt by message, which the screen of an approved payment offers where the checkout has such receipts.

It is sent when the payment is approved: at once, or once it was forwarded. None is promised for what was declined, has expired or is lost by
then, and the screen says so.
"""

from __future__ import annotations

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import STAY, Move, Moves, State
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.kinds import ReceiptRow
from terminal_sim.core.screen import Button, Choice, Element, Screen, Shown, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields
from terminal_sim.flows.payment import PaymentFlow

_SHORTEST_NUMBER, _LONGEST_NUMBER = 7, 15  # of a telephone (ITU-T E.164)
_GONE = (PaymentState.DECLINED, PaymentState.EXPIRED, PaymentState.LOST)


class MessageReceiptFlow(PaymentFlow, fields.AmountField):
    """A payment of which the customer may have a receipt by message."""

    __slots__ = ()

    def wants_receipt(self, _: Event) -> bool:
        return self.offers_receipt

    @property
    def offers_receipt(self) -> bool:
        """Once a payment, and for none that is not paid any more."""
        offered = self.terminal.profile.checkout
        gone = self._now is not None and self._now.state in _GONE
        return offered is not None and offered.digital_receipt and not self.receipt_to and not gone

    @property
    def _now(self) -> Payment | None:
        """The payment as it is by now: what was kept may have been forwarded since."""
        return None if self.payment is None else self.terminal.durable.payments[self.payment.reference]

    def receipt_number_fits(self, _: Event) -> bool:
        return len(self.typed) < _LONGEST_NUMBER

    def receipt_number_is_long_enough(self, _: Event) -> bool:
        return len(self.typed) >= _SHORTEST_NUMBER

    def forget_receipt_number(self, _: Event) -> None:
        self.typed = ""

    def take_receipt_number(self, _: Event) -> None:
        """Nothing of the number but its last digits is kept, and nothing at all where no receipt will go out."""
        typed, self.typed, now = self.typed, "", self._now
        if now is not None and now.state not in _GONE:
            self.receipt_to = "*" * (len(typed) - 4) + typed[-4:]
            state = "sent" if now.state is PaymentState.COMPLETED else "due"
            self.terminal.record(ReceiptRow(original=now.reference, to=self.receipt_to, state=state))

    def ask_receipt_number(self) -> Screen:
        return self.field("receipt-number", Shown.DIGITS)

    def _of_the_receipt(self) -> list[Element]:
        """What the screen of a result says or offers of a receipt by message, where the checkout has such receipts."""
        now, offered = self._now, self.terminal.profile.checkout
        if offered is None or not offered.digital_receipt:
            return []
        if self.offers_receipt:
            return [Choice("digital-receipt", say("digital-receipt"))]
        if now is not None and now.state in _GONE:
            why = say("receipt-not-sent", state=say(f"state-{now.state.value}"))
            return [TextLine(why, "receipt-not-sent", Tone.BAD)]
        return [TextLine(say("receipt-sent-to", number=self.receipt_to), "receipt-sent-to", Tone.SMALL)]

    def ending(self) -> Screen:
        shown = super().ending()
        if self.state != "approved":
            return shown
        more = self._of_the_receipt()
        buttons = [element for element in shown.elements if isinstance(element, Button)]
        others = [element for element in shown.elements if not isinstance(element, Button)]
        return Screen(shown.id, (*others, *more, *buttons))


RECEIPT_NUMBER = State("receipt-number", MessageReceiptFlow.ask_receipt_number, timeout="entry")
_NUMBER = RECEIPT_NUMBER.name
MESSAGE_RECEIPT_MOVES: Moves[MessageReceiptFlow] = (
    Move(
        Trigger.SELECT,
        "approved",
        _NUMBER,
        guard=MessageReceiptFlow.wants_receipt,
        action=MessageReceiptFlow.forget_receipt_number,
    ),
    Move(
        Trigger.DIGIT,
        _NUMBER,
        STAY,
        guard=MessageReceiptFlow.receipt_number_fits,
        action=MessageReceiptFlow.add,
    ),
    Move(Trigger.CLEAR, _NUMBER, STAY, guard=MessageReceiptFlow.has_input, action=MessageReceiptFlow.rub_out),
    Move(
        Trigger.CONFIRM,
        _NUMBER,
        "approved",
        guard=MessageReceiptFlow.receipt_number_is_long_enough,
        action=MessageReceiptFlow.take_receipt_number,
    ),
    Move(Trigger.CANCEL, _NUMBER, "approved", action=MessageReceiptFlow.forget_receipt_number),
    Move(Trigger.TIMEOUT, _NUMBER, "approved", action=MessageReceiptFlow.forget_receipt_number),
    Move(Trigger.CARD_REMOVED, _NUMBER, STAY),
    Move(Trigger.PRINTED, _NUMBER, STAY, action=MessageReceiptFlow.print_next),
    Move(Trigger.OUT_OF_PAPER, _NUMBER, "out-of-paper", action=MessageReceiptFlow.paper_gone),
)
