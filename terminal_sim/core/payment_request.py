"""What a point of sale asks of a terminal, and what the terminal answers."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, structs

from terminal_sim.core.device_request import DeviceRequest, Given
from terminal_sim.core.message import EntryMode
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.text import Text


class RequestedPayment(Enum):
    """What a point of sale asks for: a payment by a card that is there, by a number that is typed for somebody who is away or at the counter, or money to a card without an earlier payment."""

    SALE = "sale"
    MOTO = "moto"
    KEYED = "keyed"
    REFUND = "refund"


class PaymentRequest(Struct, frozen=True, kw_only=True):
    """A `payment` of `amount` for `ticket`. `id` is the point of sale's own name for the request, and every answer carries it.

    Ticket, server and register are the columns that the Payment transactions report has for payments by a point of sale. `brands`
    (names of `emv.data.card_number`) and `entries` are those that the payment may be made with; empty: all that the terminal takes. `card`
    is the id of the request by which its card was read; empty: the card is asked for now. `online` says that the payment is not
    kept for later while the acquirer is out of reach.
    """

    id: str
    amount: Money
    ticket: str
    server: str = ""
    register: str = ""
    payment: RequestedPayment = RequestedPayment.SALE
    brands: tuple[str, ...] = ()
    entries: tuple[EntryMode, ...] = ()
    card: str = ""
    online: bool = False


class CardRequest(Struct, frozen=True, kw_only=True):
    """A card is read and held for a payment to come, whose `card` names this request. Without `total` no card can be tapped; `brands` and `entries` as of a payment."""

    id: str
    total: Money | None = None
    brands: tuple[str, ...] = ()
    entries: tuple[EntryMode, ...] = ()


class RefundRequest(Struct, frozen=True, kw_only=True):
    """The payment with the terminal's reference `original` is given back to the card that paid: whole, which voids it, or `amount` of it."""

    id: str
    original: str
    ticket: str
    server: str = ""
    register: str = ""
    amount: Money | None = None


MoneyRequest = PaymentRequest | RefundRequest
TerminalRequest = MoneyRequest | CardRequest | DeviceRequest


def asked_for(payment: Payment, request: MoneyRequest | None) -> Payment:
    """The row of `payment` with what the point of sale says of it; the same row where no request asked for it."""
    if request is None:
        return payment
    return structs.replace(
        payment,
        ticket=request.ticket,
        server=request.server,
        register=request.register,
        request=request.id,
    )


class RequestRefusal(Enum):
    """Why a terminal that is at its home screen does not do what it is asked for."""

    AMOUNT = "amount"
    CURRENCY = "currency"
    SALE = "sale"
    BATTERY = "battery"
    READER = "reader"
    ENTRY = "entry"
    OFFLINE = "offline"
    ORIGINAL = "original"
    PRINTER = "printer"
    CARD = "card"
    PAYMENT = "payment"


class RequestTaken(Struct, frozen=True):
    """The terminal asks for a card now, sends the void, asks its question, prints or shows what it was given."""


class Awaited(Enum):
    """What a terminal waits for at the end of a payment, before it takes a request again."""

    CARD = "card"
    PAPER = "paper"
    RECEIPT = "receipt"


class RequestBusy(Struct, frozen=True):
    """The terminal does something else: the request with the id `running`, or what its merchant began where that is empty.

    `awaited` is what a payment that is over still waits for.
    """

    running: str
    awaited: Awaited | None = None


class RequestRefused(Struct, frozen=True):
    """The terminal cannot take this payment, cannot give it back, or cannot print."""

    reason: RequestRefusal


class RequestRunning(Struct, frozen=True):
    """The request was taken and has not come to its end; the end is answered by itself, or on a later question."""


class RequestUnknown(Struct, frozen=True):
    """The terminal has begun no payment for this request and never will: it was not taken, power was lost before, or it is of another kind and over."""


class RequestEnded(Struct, frozen=True):
    """A request that was taken is over: the words that the terminal ends with, and the newest row where a payment was begun."""

    notice: Text
    payment: Payment | None


class InputGiven(Struct, frozen=True):
    """A question that was taken is over: a person has answered it."""

    given: Given


class AcquiredCard(Struct, frozen=True, kw_only=True):
    """A card that was read: `pan` is masked, `brand` a name of `emv.data.card_number`."""

    entry: EntryMode
    pan: str
    brand: str
    sequence: str = ""


class CardAcquired(Struct, frozen=True):
    """The card is read and held. A payment that names the request takes its place; without one it ends as any other."""

    card: AcquiredCard


RequestAnswer = (
    RequestTaken
    | RequestBusy
    | RequestRefused
    | RequestRunning
    | RequestUnknown
    | RequestEnded
    | InputGiven
    | CardAcquired
)
