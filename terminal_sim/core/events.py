"""Everything that can happen to a terminal, and the fixed alphabet of triggers that flow tables are written in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from terminal_sim.core.message import HostReply
from terminal_sim.core.payment_request import PaymentRequest, RefundRequest
from terminal_sim.core.receipt import Receipt
from terminal_sim.emv.talk.asks import Ask
from terminal_sim.emv.talk.card import Stripe
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
    KERNEL_OUTCOME = "kernel_outcome"
    HOST_REPLY = "host_reply"
    HOST_UNREACHABLE = "host_unreachable"
    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"
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
    REQUEST_CANCELLED = "request_cancelled"
    RETURNED = "returned"


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


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """`key` is the keypad's own name: a digit, `OK`, `CANCEL`, `CLEAR`, ... `held` microseconds for a long press."""

    key: str
    held: int = 0


@dataclass(frozen=True, slots=True)
class Touched:
    """The element with this id was touched: a choice is selected, a button does what its key does."""

    target: str


@dataclass(frozen=True, slots=True)
class CardInserted:
    pass


@dataclass(frozen=True, slots=True)
class CardTapped:
    pass


@dataclass(frozen=True, slots=True)
class CardRemoved:
    pass


@dataclass(frozen=True, slots=True)
class CardSwiped:
    """`stripe` is None where no track could be read."""

    stripe: Stripe | None


@dataclass(frozen=True, slots=True)
class KernelAsked:
    """The kernel waits for an answer to `ask`."""

    ask: Ask


@dataclass(frozen=True, slots=True)
class KernelEnded:
    """The conversation with the card is over with `outcome`."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class HostReplied:
    reply: HostReply


@dataclass(frozen=True, slots=True)
class HostUnreachable:
    """The request with this STAN was never delivered: no connection."""

    stan: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """A time-out that the terminal set is due."""

    name: str


@dataclass(frozen=True, slots=True)
class NetworkChanged:
    """The terminal's own link: up or down, and which link it is."""

    up: bool
    link: str


@dataclass(frozen=True, slots=True)
class ServiceChanged:
    """The payment service behind a link that is up."""

    up: bool


@dataclass(frozen=True, slots=True)
class AppChanged:
    """The app that the firmware is was opened, or closed: closed, it shows nothing and takes nothing."""

    open: bool


@dataclass(frozen=True, slots=True)
class CardDataLost:
    """The sealed card data of the payment with this reference cannot be opened any more."""

    reference: str


@dataclass(frozen=True, slots=True)
class Tampered:
    """The housing was opened."""


@dataclass(frozen=True, slots=True)
class OrderArrived:
    """An online order came from the service; `number` counts the orders of this terminal from 1."""

    number: int
    text: str
    amount: int


@dataclass(frozen=True, slots=True)
class Printed:
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class PrinterStopped:
    """The paper ran out before or while `receipt` printed."""

    receipt: Receipt


class Paper(Enum):
    IN = "in"
    LOW = "low"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class PaperChanged:
    paper: Paper


@dataclass(frozen=True, slots=True)
class BatteryChanged:
    percent: int


@dataclass(frozen=True, slots=True)
class ReaderChanged:
    """The built-in or attached reader answers, or does not any more."""

    connected: bool


@dataclass(frozen=True, slots=True)
class PoweredOn:
    pass


@dataclass(frozen=True, slots=True)
class PowerOffPressed:
    """An orderly switch-off; a power cut is no event: the terminal is simply gone."""


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The wall clock was set, `by` microseconds forwards or backwards."""

    by: int


@dataclass(frozen=True, slots=True)
class PaymentRequested:
    """A point of sale asks for a payment; `core.effects.AnswerPayment` answers it."""

    request: PaymentRequest


@dataclass(frozen=True, slots=True)
class RefundRequested:
    """A point of sale gives a payment back; `core.effects.AnswerPayment` answers it."""

    request: RefundRequest


@dataclass(frozen=True, slots=True)
class RequestCancelled:
    """The point of sale takes back the request with this id. Once the acquirer is asked it is too late, and the end says so."""

    id: str


@dataclass(frozen=True, slots=True)
class RequestQueried:
    """The point of sale asks what has become of the request with this id."""

    id: str


@dataclass(frozen=True, slots=True)
class Returned:
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
    | PaymentRequested
    | RefundRequested
    | RequestCancelled
    | RequestQueried
    | Returned
)
