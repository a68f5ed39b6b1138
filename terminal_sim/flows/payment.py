"""The end that every payment shares: ask the acquirer, say how it went, print, and go home.

Rules:
1. The request's row is durable before the request leaves; the final row before anyone is told.
2. A request that went out and got no answer is in doubt: it is reversed, never repeated and never forgotten.
3. What a printer does changes no result.
"""

from __future__ import annotations

from dataclasses import replace

from terminal_sim.core import effects as fx
from terminal_sim.core.events import Event, HostReplied, PrinterStopped, Trigger
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import DONE, STAY, Flow, Move, State
from terminal_sim.core.message import EntryMode, HostReply, HostRequest, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.receipt import Copy, Receipt, receipt_of
from terminal_sim.core.screen import Button, Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.emv.data.card_number import brand_of
from terminal_sim.flows import fields
from terminal_sim.secret import Secret, mask_pan

CUSTOMER_CANCELLED = "4000"
CARD_REFUSED = "4017"
NO_ANSWER = "4021"
_GOOD = ("approved", "accepted-offline")


class PaymentFlow(fields.TypedField):
    """`payment` is the newest row of what is being paid; `told` the notice that ends a payment that did not happen."""

    __slots__ = ("amount", "offers", "payment", "queue", "reply", "stopped", "told")
    kind = MessageKind.SALE
    faces_customer = True

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        super().__init__(terminal, flow)
        self.amount = Money(0, terminal.profile.currency)
        self.payment: Payment | None = None
        self.reply: HostReply | None = None
        self.told: Text = say("cancelled")
        self.queue: tuple[Copy, ...] = ()
        self.offers: tuple[Copy, ...] = ()
        self.stopped: Receipt | None = None

    # What a payment is made of.

    def request(self, entry: EntryMode, pan: Secret[str], **details: object) -> None:
        """Record `AUTH_SENT`, then send. `details` are further fields of the request."""
        self.payment = self._begun(PaymentState.AUTH_SENT, entry, pan, str(details.get("sequence", "")))
        self.terminal.record(self.payment.row())
        self.terminal.send(self._request_for(self.payment, pan, details))

    def defer(
        self, entry: EntryMode, pan: Secret[str], *, aid: str = "", label: str = "", **details: object
    ) -> None:
        """Keep the payment for later: the acquirer is out of reach. `details` as for `request`."""
        begun = self._begun(PaymentState.PENDING, entry, pan, str(details.get("sequence", "")))
        auth_code = self.terminal.profile.offline.auth_code
        self.payment = replace(begun, aid=aid, label=label, auth_code=auth_code)
        self.terminal.offline.store(self.payment, self._request_for(self.payment, pan, details))
        self.announce("accepted-offline")

    def _begun(self, state: PaymentState, entry: EntryMode, pan: Secret[str], sequence: str) -> Payment:
        terminal = self.terminal
        stan = terminal.durable.next_stan()
        return Payment(
            kind=self.kind,
            reference=terminal.reference(stan),
            state=state,
            amount=self.amount,
            requested=self.amount.minor,
            entry=entry,
            pan=mask_pan(pan.reveal()),
            brand=brand_name(pan.reveal()),
            stan=stan,
            at=terminal.now.civil,
            sequence=sequence,
            language=self.locale,
        )

    def _request_for(self, payment: Payment, pan: Secret[str], details: dict[str, object]) -> HostRequest:
        return HostRequest(
            kind=self.kind,
            terminal=self.terminal.name,
            merchant=self.terminal.profile.merchant.id,
            stan=payment.stan,
            reference=payment.reference,
            amount=payment.amount,
            at=payment.at,
            entry=payment.entry,
            pan=pan,
            **details,  # type: ignore[arg-type]  # the callers name fields of HostRequest
        )

    def settle(self, state: PaymentState, **changes: object) -> None:
        """Record the final row."""
        if self.payment is not None:
            self.payment = replace(self.payment, state=state, **changes)  # type: ignore[arg-type]
            self.terminal.record(self.payment.row())

    def answered(self) -> dict[str, object]:
        """What the acquirer's answer adds to the payment's row."""
        if self.reply is None or self.payment is None:
            return {}
        return {
            "amount": self.reply.authorised or self.payment.amount,
            "auth_code": self.reply.auth_code,
            "response_code": self.reply.response_code,
            "host_reference": self.reply.host_reference,
            "avs_result": self.reply.avs_result,
        }

    # Guards.

    def host_approves(self, event: Event) -> bool:
        return isinstance(event, HostReplied) and event.reply.approved

    def something_to_offer(self, _: Event) -> bool:
        return bool(self.offers)

    def more_to_offer(self, _: Event) -> bool:
        return len(self.offers) > 1

    def went_well(self, _: Event) -> bool:
        return self.told.id in _GOOD

    def went_badly(self, _: Event) -> bool:
        return self.told.id not in _GOOD

    def card_is_in(self, _: Event) -> bool:
        return self.terminal.environment.card_in

    # Actions.

    def keep_reply(self, event: Event) -> None:
        if isinstance(event, HostReplied):
            self.reply = event.reply

    def complete(self, event: Event) -> None:
        self.keep_reply(event)
        self.settle(PaymentState.COMPLETED, **self.answered())
        self.announce("approved")

    def decline(self, event: Event) -> None:
        self.keep_reply(event)
        self.settle(PaymentState.DECLINED, **{**self.answered(), "amount": self.amount})
        self.announce("declined")

    def give_up(self, _: Event) -> None:
        """Nothing was delivered, so there is nothing to reverse."""
        self.settle(PaymentState.DECLINED, reason="no-connection")
        self.announce("no-connection")

    def reverse_unanswered(self, _: Event) -> None:
        """The acquirer may have approved what we heard nothing of."""
        self.reverse(NO_ANSWER)
        self.announce("declined")

    def reverse(self, reason: str) -> None:
        self.terminal.forget_request()
        if self.payment is not None:
            self.terminal.reversals.begin(self.payment, reason)
            self.payment = self.terminal.durable.payments[self.payment.reference]

    def announce(self, notice: str | Text) -> None:
        """The end, for the person in front: a tone, lights, the copies that print by themselves, the others to be offered."""
        self.told = say(notice) if isinstance(notice, str) else notice
        terminal, receipts = self.terminal, self.terminal.profile.receipts
        good = self.told.id in _GOOD
        terminal.order(fx.CloseReader())
        terminal.order(fx.Beep("good" if good else "bad"))
        if terminal.profile.lights and good:
            terminal.order(fx.ShowLights(tuple((light, "green") for light in terminal.profile.lights)))
        if self.payment is None or terminal.profile.printer is None or not (good or receipts.declined):
            return
        policies = ((Copy.MERCHANT, receipts.merchant), (Copy.CUSTOMER, receipts.customer))
        self.queue = tuple(copy for copy, policy in policies if policy == "auto")
        self.offers = tuple(copy for copy, policy in policies if policy == "prompt")
        self.print_next(None)

    def print_next(self, _: Event | None) -> None:
        if self.queue:
            copy, *rest = self.queue
            self.queue = tuple(rest)
            self._print(copy)

    def print_offer(self, _: Event) -> None:
        self._print(self.offers[0])

    def drop_offer(self, _: Event) -> None:
        self.offers = self.offers[1:]

    def paper_gone(self, event: Event) -> None:
        """The copy that stopped prints when there is paper again, and is not offered any more."""
        if isinstance(event, PrinterStopped):
            self.stopped = event.receipt
            self.offers = tuple(copy for copy in self.offers if copy is not event.receipt.copy)

    def print_again(self, _: Event) -> None:
        if self.stopped is not None:
            self.terminal.order(fx.Print(self.stopped))

    def attention(self, _: Event) -> None:
        self.terminal.order(fx.Beep("attention"))

    def _print(self, copy: Copy) -> None:
        if self.payment is not None:
            self.terminal.order(fx.Print(receipt_for(self.terminal, self.payment, copy)))

    # Screens.

    def processing(self) -> Screen:
        return Screen("processing", (TextLine(say("processing"), "processing", Tone.BIG), *self.sum()))

    def ending(self) -> Screen:
        """How it went, in large letters, and what is still to do."""
        good = self.told.id in _GOOD
        lines: list[Element] = [
            TextLine(self.told, self.told.id, Tone.GOOD if good else Tone.BAD),
            *self.sum(),
        ]
        if good and self.payment is not None and self.payment.cvm == "signature":
            lines.append(TextLine(say("signature"), "signature"))
        if self.reply is not None and self.told.id == "declined":
            lines.append(
                TextLine(say("response-code", code=self.reply.response_code), "response-code", Tone.SMALL)
            )
        if self.terminal.environment.card_in:
            lines.append(TextLine(say("remove-card"), "remove-card"))
        return Screen(self.told.id, (*lines, fields.CONFIRM, fields.CANCEL))

    def out_of_paper(self) -> Screen:
        return Screen(
            "out-of-paper",
            (
                TextLine(self.told, self.told.id),
                TextLine(say("out-of-paper"), "out-of-paper", Tone.BAD),
                fields.CANCEL,
            ),
        )

    def offer_copy(self) -> Screen:
        title = f"{self.offers[0].value}-receipt"
        return Screen(
            title,
            (
                Title(title, say(title)),
                TextLine(self.told, self.told.id),
                Button("print", say("print"), "OK"),
                fields.CANCEL,
            ),
        )

    def remove_card(self) -> Screen:
        return Screen("remove-card", (TextLine(say("remove-card"), "remove-card", Tone.BIG),))

    def sum(self) -> tuple[TextLine, ...]:
        paid = self.payment.amount if self.payment is not None else self.amount
        return (TextLine(say("sum", amount=paid), "sum"),) if paid.minor else ()


def brand_name(pan: str) -> str:
    """The brand as the journal keeps it; empty where the number belongs to none that we know."""
    brand = brand_of(pan)
    return brand.name if brand is not None else ""


def receipt_for(terminal: Firmware, payment: Payment, copy: Copy) -> Receipt:
    """The customer copy speaks the card's language where the profile says so, the merchant copy the terminal's."""
    profile = terminal.profile
    foreign = copy is Copy.CUSTOMER and profile.receipts.card_language and payment.language
    return receipt_of(
        payment,
        copy,
        header=profile.receipts.header,
        locale=payment.language if foreign else terminal.locale,
        terminal=terminal.name,
        merchant=profile.merchant.id,
    )


def leaving(trigger: Trigger, source: str | tuple[str, ...]) -> tuple[Move, ...]:
    """Home, by way of the card where one is still in the slot."""
    return (
        Move(trigger, source, "remove-card", guard="card_is_in", action="attention"),
        Move(trigger, source, DONE, action="go_home"),
    )


_TOLD = ("approved", "failed")
AUTHORISING = State("authorising", "processing", timeout="issuer")
ENDINGS = (
    State("approved", "ending", timeout="result", free=True),
    State("failed", "ending", timeout="result", free=True),
    State("out-of-paper", "out_of_paper", timeout="menu"),
    State("offer-copy", "offer_copy", timeout="menu"),
    State("remove-card", "remove_card", timeout="remove_card", free=True),
)
ENDING_MOVES = (
    Move(Trigger.PRINTED, _TOLD, STAY, action="print_next"),
    Move(Trigger.OUT_OF_PAPER, (*_TOLD, "offer-copy"), "out-of-paper", action="paper_gone"),
    Move(Trigger.PAPER_LOADED, "out-of-paper", "approved", guard="went_well", action="print_again"),
    Move(Trigger.PAPER_LOADED, "out-of-paper", "failed", guard="went_badly", action="print_again"),
    *(
        move
        for trigger in (Trigger.CONFIRM, Trigger.CANCEL, Trigger.TIMEOUT)
        for move in (
            Move(trigger, _TOLD, "offer-copy", guard="something_to_offer"),
            *leaving(trigger, _TOLD),
        )
    ),
    Move(Trigger.CARD_REMOVED, (*_TOLD, "offer-copy", "out-of-paper"), STAY),
    *leaving(Trigger.CANCEL, "out-of-paper"),
    *leaving(Trigger.TIMEOUT, "out-of-paper"),
    Move(Trigger.CONFIRM, "offer-copy", STAY, action="print_offer"),
    *(
        move
        for trigger in (Trigger.PRINTED, Trigger.CANCEL)
        for move in (
            Move(trigger, "offer-copy", STAY, guard="more_to_offer", action="drop_offer"),
            *leaving(trigger, "offer-copy"),
        )
    ),
    *leaving(Trigger.TIMEOUT, "offer-copy"),
    *(
        Move(trigger, "remove-card", DONE, action="go_home")
        for trigger in (Trigger.CARD_REMOVED, Trigger.READER_LOST, Trigger.TIMEOUT)
    ),
)
