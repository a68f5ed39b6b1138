"""Device ids behind which nobody stands: a shopper acts by himself, as the vendor's sandbox has it, so that its users' own tests run without a terminal.

What a device was asked for is not kept. Asked for it after a restart, a device does not know of it, and is asked anew: no money moves here.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum

from msgspec import Struct

from terminal_sim.core.device_request import InputRequest, MenuChoice
from terminal_sim.core.events import (
    DisplayRequested,
    Event,
    InputRequested,
    PaymentRequested,
    PrintRequested,
    RefundRequested,
    RequestCancelled,
    RequestQueried,
)
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.moment import Instant
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.payment_request import (
    InputGiven,
    PaymentRequest,
    RefundRequest,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
    RequestRunning,
    RequestTaken,
    RequestUnknown,
)
from terminal_sim.core.text import say
from terminal_sim.pos.square.service.world import DeviceFacts

TAKES = 3_000_000
"""How long a shopper takes, in microseconds of virtual time."""
_HIGHEST = 999_999_999
_TIP = 20  # per cent
_LIMIT = 2500  # minor units above which the card that has a limit is declined
_CAD = "CAD"


class ShopperAct(Enum):
    """What a shopper does: `IS_AWAY` is a device that is offline."""

    PAYS = "pays"
    CANCELS = "cancels"
    LETS_TIME_RUN_OUT = "lets time run out"
    IS_AWAY = "is away"


class SandboxCard(Struct, frozen=True):
    """The card of a shopper: its number is masked."""

    brand: str
    pan: str
    entry: EntryMode


_VISA = SandboxCard("visa", "411111******1111", EntryMode.CHIP)
_GIFT_CARD = SandboxCard("square-gift", "778317******0000", EntryMode.STRIPE)
_INTERAC = SandboxCard("interac", "451234******0001", EntryMode.CHIP)


class SandboxShopper(Struct, frozen=True, kw_only=True):
    """Who stands behind the device `id`, and what he does when he is asked for a payment, or for the card that money goes back to.

    With `refunds` he takes money back and pays nothing; one who pays takes it back as well. A card is declined above `limit` minor units where there is one, and then the shopper cancels. He adds `tip` per cent. `currency` is the only one that he has, "" for any.
    """

    id: str
    act: ShopperAct
    card: SandboxCard = _VISA
    refunds: bool = False
    tip: int = 0
    limit: int = 0
    currency: str = ""
    takes: int = TAKES


SHOPPERS = (
    SandboxShopper(id="9fa747a2-25ff-48ee-b078-04381f7c828f", act=ShopperAct.PAYS, limit=_LIMIT),
    SandboxShopper(id="22cd266c-6246-4c06-9983-67f0c26346b0", act=ShopperAct.PAYS, tip=_TIP),
    SandboxShopper(id="4mp4e78c-88ed-4d55-a269-8008dfe14e9", act=ShopperAct.PAYS, card=_GIFT_CARD),
    SandboxShopper(
        id="388b5a08-a77c-48ef-ad2a-4a790e6f2789", act=ShopperAct.PAYS, card=_INTERAC, currency=_CAD
    ),
    SandboxShopper(
        id="2b0b734b-b187-47f0-9d6f-288745210bdb",
        act=ShopperAct.PAYS,
        card=_INTERAC,
        tip=_TIP,
        currency=_CAD,
    ),
    SandboxShopper(id="841100b9-ee60-4537-9bcf-e30b2ba5e215", act=ShopperAct.CANCELS),
    SandboxShopper(id="0a956d49-619a-4530-8e5e-8eac603ffc5e", act=ShopperAct.LETS_TIME_RUN_OUT, takes=0),
    SandboxShopper(id="da40d603-c2ea-4a65-8cfd-f42e36dab0c7", act=ShopperAct.IS_AWAY),
    SandboxShopper(id="f72dfb8e-4d65-4e56-aade-ec3fb8d33291", act=ShopperAct.PAYS, refunds=True),
    SandboxShopper(id="aafea9fa-350c-4ab2-b033-b2fbb672e712", act=ShopperAct.CANCELS, refunds=True),
    SandboxShopper(
        id="e371fb66-29a2-45a6-a928-f8de0e864242",
        act=ShopperAct.LETS_TIME_RUN_OUT,
        refunds=True,
        takes=0,
    ),
    SandboxShopper(id="7647344e-aea2-4cff-ac53-513644de434d", act=ShopperAct.IS_AWAY, refunds=True),
)
"""Developer documentation of the vendor, "Test the Terminal API in the Sandbox"."""

Answered = Callable[["SandboxDevice", str, RequestAnswer], object]


class _BuyerTurn(Struct, frozen=True):
    request: PaymentRequest | RefundRequest
    ends: int


class SandboxDevice:
    """A device of the service without anybody who holds it. `answered` takes what it answers."""

    facts: DeviceFacts | None = None
    no_tip = "No tip"

    def __init__(
        self, shopper: SandboxShopper, currency: str, now: Callable[[], Instant], answered: Answered
    ) -> None:
        self.shopper = shopper
        self.currency = currency
        self._now = now
        self._answered = answered
        self._running: _BuyerTurn | None = None
        self._declined = ""  # what the last card that was declined was to pay

    @property
    def id(self) -> str:
        return self.shopper.id

    @property
    def name(self) -> str:
        return self.shopper.id

    @property
    def highest(self) -> int:
        return _HIGHEST

    @property
    def in_reach(self) -> bool:
        return self.shopper.act is not ShopperAct.IS_AWAY

    def written(self, amount: Money) -> str:
        """The number alone, which nobody reads."""
        return str(Decimal(amount.minor).scaleb(-amount.exponent))

    def ask(self, event: Event) -> None:
        """Take what the service asks for, one thing at a time."""
        match event:
            case PaymentRequested(request) | RefundRequested(request):
                self._begin(request)
            case InputRequested(request):
                self._answered(self, request.id, self._told(request))
            case PrintRequested(request) | DisplayRequested(request):
                self._answered(self, request.id, RequestRefused(RequestRefusal.PRINTER))
            case RequestCancelled(name):
                self._take_back(name)
            case RequestQueried(name):
                running = self._running is not None and self._running.request.id == name
                self._answered(self, name, RequestRunning() if running else RequestUnknown())

    def _begin(self, request: PaymentRequest | RefundRequest) -> None:
        if self._running is not None:
            self._answered(self, request.id, RequestBusy(self._running.request.id))
        elif isinstance(request, PaymentRequest) and self.shopper.refunds:
            self._answered(self, request.id, RequestRefused(RequestRefusal.PAYMENT))
        else:
            self._running = _BuyerTurn(request, self._now().mono + self.shopper.takes)
            self._answered(self, request.id, RequestTaken())
            self.go_on()

    def _told(self, request: InputRequest) -> RequestAnswer:
        """The last entry of a menu, by which a buyer gives no tip: his own one is part of what he pays. There is nobody who answers anything else."""
        if isinstance(request.question, MenuChoice):
            return InputGiven((len(request.question.entries) - 1,))
        return RequestRefused(RequestRefusal.PAYMENT)

    def _take_back(self, name: str) -> None:
        if self._running is None or self._running.request.id != name:
            self._answered(self, name, RequestUnknown())
            return
        self._running, self._declined = None, ""
        self._answered(self, name, RequestEnded(say("pos-cancelled"), None))

    def next_due(self) -> int | None:
        """When the shopper has made up his mind."""
        return None if self._running is None else self._running.ends

    def go_on(self) -> None:
        """Let the shopper act, if it is time."""
        running = self._running
        if running is None or running.ends > self._now().mono:
            return
        self._running = None
        self._answered(self, running.request.id, self._end(running.request))

    def _end(self, request: PaymentRequest | RefundRequest) -> RequestAnswer:
        if self.shopper.act is ShopperAct.CANCELS or self._declined == request.ticket:
            self._declined = ""
            return RequestEnded(say("cancelled"), None)
        if self.shopper.act is ShopperAct.LETS_TIME_RUN_OUT:
            return RequestEnded(say("timed-out"), None)
        payment = self._payment(request)
        if payment.state is PaymentState.DECLINED:
            self._declined = request.ticket
            return RequestEnded(say("declined"), payment)
        return RequestEnded(say("approved"), payment)

    def _payment(self, request: PaymentRequest | RefundRequest) -> Payment:
        shopper, refunds = self.shopper, isinstance(request, RefundRequest)
        asked = request.amount or Money(0, self.currency)
        declined = not refunds and 0 < shopper.limit < asked.minor
        tip = 0 if refunds or declined else asked.minor * shopper.tip // 100
        amount = Money(asked.minor + tip, asked.currency)
        return Payment(
            kind=MessageKind.REFUND if refunds else MessageKind.SALE,
            reference=f"{shopper.id[:8]}/{request.id}",
            pan=shopper.card.pan,
            stan=0,
            requested=amount.minor,
            brand=shopper.card.brand,
            original=request.original if isinstance(request, RefundRequest) else "",
            response_code="51" if declined else "00",
            ticket=request.ticket,
            server=request.server,
            register=request.register,
            request=request.id,
            state=PaymentState.DECLINED if declined else PaymentState.COMPLETED,
            amount=amount,
            entry=shopper.card.entry,
            at=self._now().civil_second,
        )


class Sandbox:
    """All such devices of those shoppers who have money of `currency`, by their ids."""

    def __init__(self, currency: str, now: Callable[[], Instant], answered: Answered) -> None:
        self.devices = {
            shopper.id: SandboxDevice(shopper, currency, now, answered)
            for shopper in SHOPPERS
            if shopper.currency in ("", currency)
        }

    def next_due(self) -> int | None:
        """When the first shopper has made up his mind."""
        dues = (due for one in self.devices.values() if (due := one.next_due()) is not None)
        return min(dues, default=None)

    def go_on(self) -> None:
        """Let all act for whom it is time."""
        for one in self.devices.values():
            one.go_on()
