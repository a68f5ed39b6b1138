"""Everything that can happen to a terminal, and the fixed alphabet of triggers that flow tables are written in."""

from __future__ import annotations

from enum import Enum, StrEnum

from msgspec import Struct

from terminal_sim.core.device_request import DisplayRequest, InputRequest, PrintRequest
from terminal_sim.core.message import HostReply
from terminal_sim.core.payment_request import CardRequest, PaymentRequest, RefundRequest
from terminal_sim.core.receipt import Receipt
from terminal_sim.emv.talk.asks import Ask
from terminal_sim.emv.talk.card import Stripe
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome


class Trigger(StrEnum):
    """The words of flow tables. A state takes a trigger when it has a move for it whose guard holds."""

    DIGIT = "digit"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    CLEAR = "clear"
    UP = "up"
    DOWN = "down"
    MENU = "menu"
    FUNCTION = "function"
    SELECT = "select"
    CARD_INSERTED = "card_inserted"
    CARD_SWIPED = "card_swiped"
    CARD_TAPPED = "card_tapped"
    CARD_REMOVED = "card_removed"
    KERNEL_PROMPT = "kernel_prompt"
    KERNEL_MESSAGE = "kernel_message"
    KERNEL_OUTCOME = "kernel_outcome"
    FIELD_ON = "field_on"
    HOST_REPLY = "host_reply"
    HOST_UNREACHABLE = "host_unreachable"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
    SETTLEMENT_ANSWERED = "settlement_answered"
    SETTLEMENT_UNDELIVERED = "settlement_undelivered"
    TIMEOUT = "timeout"
    NETWORK_LOST = "network_lost"
    NETWORK_RESTORED = "network_restored"
    SERVICE_LOST = "service_lost"
    SERVICE_RESTORED = "service_restored"
    PRINTED = "printed"
    OUT_OF_PAPER = "out_of_paper"
    PAPER_LOADED = "paper_loaded"
    READER_LOST = "reader_lost"
    READER_FOUND = "reader_found"
    BATTERY = "battery"
    POWER_OFF = "power_off"
    PAYMENT_REQUESTED = "payment_requested"
    REFUND_REQUESTED = "refund_requested"
    CARD_REQUESTED = "card_requested"
    INPUT_REQUESTED = "input_requested"
    PRINT_REQUESTED = "print_requested"
    DISPLAY_REQUESTED = "display_requested"
    REQUEST_CANCELLED = "request_cancelled"
    ORDER_ARRIVED = "order_arrived"
    RETURNED = "returned"


REQUESTS = (
    Trigger.PAYMENT_REQUESTED,
    Trigger.REFUND_REQUESTED,
    Trigger.CARD_REQUESTED,
    Trigger.INPUT_REQUESTED,
    Trigger.PRINT_REQUESTED,
    Trigger.DISPLAY_REQUESTED,
)
"""By what a point of sale asks for something: the home screen takes it, a screen that has come to its end gives way to it."""

# The keys that are not digits and what they trigger; every other key is a function key.
KEY_TRIGGERS = {
    "OK": Trigger.CONFIRM,
    "CANCEL": Trigger.CANCEL,
    "CLEAR": Trigger.CLEAR,
    "UP": Trigger.UP,
    "DOWN": Trigger.DOWN,
    "MENU": Trigger.MENU,
    **dict.fromkeys("0123456789", Trigger.DIGIT),
}


class KeyPressed(Struct, frozen=True):
    """`key` is the keypad's own name: a digit, `OK`, `CANCEL`, `CLEAR`, ... `held` microseconds for a long press."""

    key: str
    held: int = 0


class Touched(Struct, frozen=True):
    """The element with this id was touched: a choice is selected, a button does what its key does."""

    target: str


class CardInserted(Struct, frozen=True):
    """A chip card is in the slot; `spent` where a payment has been begun with it since it was put there."""

    spent: bool = False


class CardTapped(Struct, frozen=True):
    pass


class CardRemoved(Struct, frozen=True):
    """The card has left the slot, or the field while it was read there."""

    from_field: bool = False


class CardSwiped(Struct, frozen=True):
    """`stripe` is None where no track could be read."""

    stripe: Stripe | None


class KernelAsked(Struct, frozen=True):
    """The kernel waits for an answer to `ask`."""

    ask: Ask


class KernelShows(Struct, frozen=True):
    """The kernel has the terminal show `message`, and goes on meanwhile."""

    message: DisplayMessage


class KernelEnded(Struct, frozen=True):
    """The conversation with the card is over with `outcome`."""

    outcome: Outcome


class HostReplied(Struct, frozen=True):
    reply: HostReply


class HostUnreachable(Struct, frozen=True):
    """The request with this STAN was never delivered: no connection."""

    stan: int


class Alarm(Struct, frozen=True):
    """A time-out that the terminal set is due."""

    name: str


class NetworkChanged(Struct, frozen=True):
    """The terminal's own link: up or down, and which link it is."""

    up: bool
    link: str


class ServiceChanged(Struct, frozen=True):
    """The payment service behind a link that is up."""

    up: bool


class AppChanged(Struct, frozen=True):
    """The app that the firmware is was opened, or closed: closed, it shows nothing and takes nothing."""

    open: bool


class CardDataLost(Struct, frozen=True):
    """The sealed card data of the payment with this reference cannot be opened any more."""

    reference: str


class Tampered(Struct, frozen=True):
    """The housing was opened."""


class OrderArrived(Struct, frozen=True):
    """An online order came from the service; `number` counts the orders of this terminal from 1."""

    number: int
    text: str
    amount: int


class Printed(Struct, frozen=True):
    receipt: Receipt


class PrinterStopped(Struct, frozen=True):
    """The paper ran out before or while `receipt` printed."""

    receipt: Receipt


class Paper(Enum):
    IN = "in"
    LOW = "low"
    OUT = "out"


class PaperChanged(Struct, frozen=True):
    paper: Paper


class BatteryChanged(Struct, frozen=True):
    percent: int


class ReaderChanged(Struct, frozen=True):
    """The built-in or attached reader answers, or does not any more."""

    connected: bool


class PoweredOn(Struct, frozen=True):
    pass


class PowerOffPressed(Struct, frozen=True):
    """An orderly switch-off; a power cut is no event: the terminal is simply gone."""


class ClockSet(Struct, frozen=True):
    """The wall clock was set, `by` microseconds forwards or backwards."""

    by: int


class AccountChanged(Struct, frozen=True):
    """The account manager switched `standalone` payments, those which the terminal begins itself."""

    standalone: bool


class PaymentRequested(Struct, frozen=True):
    """A point of sale asks for a payment; `core.effects.AnswerPayment` answers it."""

    request: PaymentRequest


class RefundRequested(Struct, frozen=True):
    """A point of sale gives a payment back; `core.effects.AnswerPayment` answers it."""

    request: RefundRequest


class CardRequested(Struct, frozen=True):
    """A point of sale wants a card to be read before it knows the amount."""

    request: CardRequest


class InputRequested(Struct, frozen=True):
    """A point of sale has a question for a person at the terminal."""

    request: InputRequest


class PrintRequested(Struct, frozen=True):
    """A point of sale has something for the terminal's printer."""

    request: PrintRequest


class DisplayRequested(Struct, frozen=True):
    """A point of sale has something for the terminal's screen."""

    request: DisplayRequest


class RequestCancelled(Struct, frozen=True):
    """The point of sale takes back the request with this id. Once the acquirer is asked it is too late, and the end says so."""

    id: str


class RequestQueried(Struct, frozen=True):
    """The point of sale asks what has become of the request with this id."""

    id: str


class Returned(Struct, frozen=True):
    """The flow on top of this one is over; `accepted` says that it was left with what it was asked for."""

    accepted: bool = False


Event = (
    KeyPressed
    | Touched
    | CardInserted
    | CardTapped
    | CardRemoved
    | CardSwiped
    | KernelAsked
    | KernelShows
    | KernelEnded
    | HostReplied
    | HostUnreachable
    | Alarm
    | NetworkChanged
    | ServiceChanged
    | AppChanged
    | CardDataLost
    | Tampered
    | OrderArrived
    | Printed
    | PrinterStopped
    | PaperChanged
    | BatteryChanged
    | ReaderChanged
    | PoweredOn
    | PowerOffPressed
    | ClockSet
    | AccountChanged
    | PaymentRequested
    | RefundRequested
    | CardRequested
    | InputRequested
    | PrintRequested
    | DisplayRequested
    | RequestCancelled
    | RequestQueried
    | Returned
)
