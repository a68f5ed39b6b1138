"""A card is read before the amount of its payment is known; the payment that names the acquisition is then made with this card.

Rules:
1. A chip is read and no more: it is asked for no cryptogram, and its payment begins anew with the card that is still in the slot.
2. A tap needs the total. It is asked for its cryptogram at once; a payment of the same amount goes on with it, any other asks for the
   card again.
3. A stripe is kept until its payment. Nothing is recorded and the acquirer hears nothing before that.
4. What was read is held for the time that a card is waited for. Another request of a point of sale is met with busy meanwhile.
"""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import CardSwiped, Event, KernelAsked, KernelEnded, PaymentRequested, Trigger
from terminal_sim.core.flow import STAY, Firmware, Flow, Move, State
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.payment_request import (
    AcquiredCard,
    CardRequest,
    RequestedPayment,
    RequestRefusal,
)
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import say
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.flows import fields
from terminal_sim.flows.card_payment import BEFORE_REQUEST
from terminal_sim.flows.last_word import verdict_of
from terminal_sim.flows.request import brand_name
from terminal_sim.flows.restricted import RESTRICTIONS, RestrictedFlow, refusal_of_amount
from terminal_sim.flows.sale import CARD_MOVES, CARD_STATES
from terminal_sim.secret import Secret, mask_pan


class AcquisitionFlow(RestrictedFlow):
    """`acquisition` is the id of the request for a card, `read` what it brought: the event by which a stripe or a tap goes on."""

    __slots__ = ("acquisition", "read")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.acquisition = ""
        self.read: Event | None = None

    @property
    def acquiring(self) -> bool:
        """Whether the card is read for no payment yet."""
        return isinstance(self.terminal.requests.running, CardRequest)

    @property
    def taken(self) -> tuple[EntryMode, ...]:
        entries = super().taken
        if self.amount.minor:
            return entries
        return tuple([entry for entry in entries if entry is not EntryMode.CONTACTLESS])

    @property
    def reads_only(self) -> bool:
        return self.acquiring and self.entry is EntryMode.CHIP

    # Guards.

    def stripe_is_acquired(self, event: Event) -> bool:
        return self.acquiring and self.stripe_is_good(event) and not self.stripe_asks_for_chip(event)

    def chip_is_acquired(self, event: Event) -> bool:
        return self.acquiring and verdict_of(event) is Verdict.READ

    def tap_is_acquired(self, event: Event) -> bool:
        """A card that was tapped waits for the acquirer, or has approved by itself."""
        online = isinstance(event, KernelAsked) and isinstance(event.ask, GoOnline)
        return self.acquiring and (online or verdict_of(event) is Verdict.APPROVED)

    def chip_is_held(self, _: Event) -> bool:
        return self.entry is EntryMode.CHIP

    def is_named(self, event: Event) -> bool:
        return isinstance(event, PaymentRequested) and event.request.card == self.acquisition

    def payment_is_refused(self, event: Event) -> bool:
        return self.is_named(event) and self._refusal(event) is not None

    def goes_on_with_chip(self, event: Event) -> bool:
        return self.is_named(event) and self.chip_is_held(event)

    def goes_on_with_tap(self, event: Event) -> bool:
        same = isinstance(event, PaymentRequested) and event.request.amount == self.amount
        return self.is_named(event) and same and self.entry is EntryMode.CONTACTLESS

    def _refusal(self, event: Event) -> RequestRefusal | None:
        if not isinstance(event, PaymentRequested):
            return None
        if event.request.payment is not RequestedPayment.SALE:
            return RequestRefusal.PAYMENT
        profile = self.terminal.profile
        return refusal_of_amount(profile, event.request.amount, MessageKind.SALE)

    # Actions.

    def acquire_stripe(self, event: Event) -> None:
        self.read = event
        if isinstance(event, CardSwiped) and event.stripe is not None:
            self.entry = EntryMode.STRIPE
            self.terminal.order(fx.CloseReader())
            self._tell(event.stripe.pan)

    def acquire_chip(self, event: Event) -> None:
        if isinstance(event, KernelEnded) and event.outcome.card is not None:
            self._tell(event.outcome.card.pan, event.outcome.card.sequence)

    def acquire_tap(self, event: Event) -> None:
        self.read = event
        if isinstance(event, KernelAsked) and isinstance(event.ask, GoOnline):
            self._tell(event.ask.card.pan, event.ask.card.sequence)
        elif isinstance(event, KernelEnded) and event.outcome.card is not None:
            self._tell(event.outcome.card.pan, event.outcome.card.sequence)

    def refuse_payment(self, event: Event) -> None:
        reason = self._refusal(event)
        if isinstance(event, PaymentRequested) and reason is not None:
            self.terminal.requests.refuse(event.request, reason)

    def go_on_with_chip(self, event: Event) -> None:
        self._take(event)
        self.start_chip(event)

    def go_on(self, event: Event) -> None:
        """What the card said counts for the payment: it is handled as if it came now."""
        self._take(event)
        if self.read is not None:
            self.terminal.post(self.read)
        self.read = None

    def ask_anew(self, event: Event) -> None:
        """A stripe is there already; a tap was for another amount, so the card is wanted once more."""
        self._take(event)
        self.terminal.order(fx.CloseReader())
        if self.entry is EntryMode.STRIPE and self.read is not None:
            self.terminal.post(self.read)
        self.read = None

    def _take(self, event: Event) -> None:
        if isinstance(event, PaymentRequested):
            self.amount = event.request.amount
            self.terminal.requests.take(event.request, self)

    def _tell(self, pan: Secret[str], sequence: str = "") -> None:
        number = pan.reveal()
        card = AcquiredCard(
            entry=self.entry, pan=mask_pan(number), brand=brand_name(number), sequence=sequence
        )
        self.terminal.order(fx.Beep("good"))
        self.terminal.requests.acquired(card)

    # Screens.

    def held(self) -> Screen:
        return Screen(
            "card-acquired",
            (TextLine(say("card-acquired"), "card-acquired", Tone.BIG), *self.sum(), fields.CANCEL),
        )


def begun_for(terminal: Firmware, request: CardRequest) -> AcquisitionFlow:
    """The flow that reads a card for `request`."""
    acquiring = ACQUISITION.begin(terminal)
    acquiring.acquisition = request.id
    if request.total is not None:
        acquiring.amount = request.total
    return acquiring


_ACQUIRED = "acquired"
ACQUISITION = Flow(
    "acquisition",
    AcquisitionFlow,
    "present",
    (State(_ACQUIRED, AcquisitionFlow.held, timeout="card"), *CARD_STATES),
    (
        Move(
            Trigger.REQUEST_CANCELLED,
            (_ACQUIRED, "present", *BEFORE_REQUEST),
            "failed",
            action=AcquisitionFlow.taken_back,
        ),
        *RESTRICTIONS,
        Move(
            Trigger.CARD_SWIPED,
            "present",
            _ACQUIRED,
            guard=AcquisitionFlow.stripe_is_acquired,
            action=AcquisitionFlow.acquire_stripe,
        ),
        Move(
            Trigger.KERNEL_OUTCOME,
            "reading",
            _ACQUIRED,
            guard=AcquisitionFlow.chip_is_acquired,
            action=AcquisitionFlow.acquire_chip,
        ),
        *(
            Move(
                trigger,
                "reading",
                _ACQUIRED,
                guard=AcquisitionFlow.tap_is_acquired,
                action=AcquisitionFlow.acquire_tap,
            )
            for trigger in (Trigger.KERNEL_PROMPT, Trigger.KERNEL_OUTCOME)
        ),
        Move(
            Trigger.PAYMENT_REQUESTED,
            _ACQUIRED,
            STAY,
            guard=AcquisitionFlow.payment_is_refused,
            action=AcquisitionFlow.refuse_payment,
        ),
        Move(
            Trigger.PAYMENT_REQUESTED,
            _ACQUIRED,
            "reading",
            guard=AcquisitionFlow.goes_on_with_chip,
            action=AcquisitionFlow.go_on_with_chip,
        ),
        Move(
            Trigger.PAYMENT_REQUESTED,
            _ACQUIRED,
            "reading",
            guard=AcquisitionFlow.goes_on_with_tap,
            action=AcquisitionFlow.go_on,
        ),
        Move(
            Trigger.PAYMENT_REQUESTED,
            _ACQUIRED,
            "present",
            guard=AcquisitionFlow.is_named,
            action=AcquisitionFlow.ask_anew,
        ),
        Move(
            Trigger.CARD_REMOVED,
            _ACQUIRED,
            "failed",
            guard=AcquisitionFlow.chip_is_held,
            action=AcquisitionFlow.card_gone,
        ),
        Move(
            Trigger.READER_LOST,
            _ACQUIRED,
            "failed",
            guard=AcquisitionFlow.chip_is_held,
            action=AcquisitionFlow.reader_gone,
        ),
        Move(Trigger.CANCEL, _ACQUIRED, "failed", action=AcquisitionFlow.cancel_payment),
        Move(Trigger.TIMEOUT, _ACQUIRED, "failed", action=AcquisitionFlow.run_out_of_time),
        *CARD_MOVES,
    ),
)
