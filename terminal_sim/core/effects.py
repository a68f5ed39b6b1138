"""Everything a terminal can ask of the world. Effects run in order; `Record` is durable before the next one runs."""

from __future__ import annotations

from dataclasses import dataclass

from terminal_sim.core.message import EntryMode, HostRequest
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import RequestAnswer
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.emv.talk.answers import Answer


@dataclass(frozen=True, slots=True)
class Record:
    """Commit `rows` to the journal, all or none."""

    rows: tuple[JournalRow, ...]


@dataclass(frozen=True, slots=True)
class Store:
    """Commit `payment` and `stored`, both or none, with the card data of `request` sealed into `stored`."""

    payment: Payment
    stored: OfflineStoredRow
    request: HostRequest


@dataclass(frozen=True, slots=True)
class Forward:
    """Send `request` with the card data that was sealed under its reference; `CardDataLost` comes back where it cannot be opened."""

    request: HostRequest


@dataclass(frozen=True, slots=True)
class EraseKey:
    """Destroy the key that card data is sealed with: what it sealed is unreadable from now on."""


@dataclass(frozen=True, slots=True)
class ShowLights:
    """The reader's own lights by name, and their colour."""

    lights: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Send:
    """Send `request` to the acquirer; the answer comes back as an event, or never."""

    request: HostRequest


@dataclass(frozen=True, slots=True)
class Print:
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class OpenReader:
    """Let the cardholder present a card by any of `entries`; lights and prompts follow."""

    entries: tuple[EntryMode, ...]


@dataclass(frozen=True, slots=True)
class CloseReader:
    """Close all ways in: no card is wanted any more, and a conversation with one is abandoned."""


@dataclass(frozen=True, slots=True)
class StartCard:
    """Begin the EMV conversation. `transaction_type` as tag 9C: 00 purchase, 20 refund; `sequence` as tag 9F41."""

    entry: EntryMode
    amount: Money
    transaction_type: str
    sequence: int


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """The answer to what the kernel asked last."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class AnswerPayment:
    """Answer the point of sale's request with the id `request`; what ends it comes after the payment's final row."""

    request: str
    answer: RequestAnswer


@dataclass(frozen=True, slots=True)
class SetAlarm:
    """Post `Alarm(name)` when virtual time reaches `at`; replaces the alarm of that name."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class DropAlarm:
    name: str


@dataclass(frozen=True, slots=True)
class Beep:
    """`good`, `bad` or `attention`."""

    tone: str


@dataclass(frozen=True, slots=True)
class Moved:
    """A flow went from one state to another (for the trace, coverage and the page)."""

    flow: str
    source: str
    dest: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing took the event."""

    what: str


@dataclass(frozen=True, slots=True)
class Unexpected:
    """Something arrived that nothing waits for; it changes nothing."""

    what: str


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """The terminal has finished its work and goes dark."""


Effect = (
    Record
    | Store
    | Forward
    | EraseKey
    | ShowLights
    | Send
    | Print
    | OpenReader
    | CloseReader
    | StartCard
    | AnswerCard
    | AnswerPayment
    | SetAlarm
    | DropAlarm
    | Beep
    | Moved
    | Ignored
    | Unexpected
    | SwitchOff
)
