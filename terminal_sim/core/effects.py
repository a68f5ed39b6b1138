"""Everything a terminal can ask of the world. Effects run in order; `Record` is durable before the next one runs."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.core.message import EntryMode, HostRequest
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import RequestAnswer
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.rows.offline import OfflineStoredRow
from terminal_sim.core.rows.schema import JournalRow
from terminal_sim.emv.talk.answers import Answer
from terminal_sim.emv.talk.request import Start


class Record(Struct, frozen=True):
    """Commit `rows` to the journal, all or none."""

    rows: tuple[JournalRow, ...]


class Store(Struct, frozen=True):
    """Commit `payment` and `stored`, both or none, with the card data of `request` sealed into `stored`."""

    payment: Payment
    stored: OfflineStoredRow
    request: HostRequest


class Forward(Struct, frozen=True):
    """Send `request` with the card data that was sealed under its reference; `CardDataLost` comes back where it cannot be opened."""

    request: HostRequest


class EraseKey(Struct, frozen=True):
    """Destroy the key that card data is sealed with: what it sealed is unreadable from now on. With `pad` the keys of the PIN pad go as well: the housing was opened."""

    pad: bool = False


class ShowLights(Struct, frozen=True):
    """The reader's own lights by name, and their colour."""

    lights: tuple[tuple[str, str], ...]


class Send(Struct, frozen=True):
    """Send `request` to the acquirer; the answer comes back as an event, or never."""

    request: HostRequest


class Print(Struct, frozen=True):
    receipt: Receipt


class OpenReader(Struct, frozen=True):
    """Let the cardholder present a card by any of `entries`; lights and prompts follow."""

    entries: tuple[EntryMode, ...]


class CloseReader(Struct, frozen=True):
    """Close all ways in: no card is wanted any more, and a conversation with one is abandoned."""


class StartCard(Struct, frozen=True):
    """Begin the EMV conversation. `transaction_type` as tag 9C: 00 purchase, 20 refund; `sequence` as tag 9F41.

    `start` is where a contactless one begins (EMV Contactless Book B, 2.2). One in the slot that `reads_only` ends when the card is read.
    """

    entry: EntryMode
    amount: Money
    transaction_type: str
    sequence: int
    start: Start = Start.PREPROCESSING
    reads_only: bool = False


class AnswerCard(Struct, frozen=True):
    """The answer to what the kernel asked last."""

    answer: Answer


class AnswerPayment(Struct, frozen=True):
    """Answer the point of sale's request with the id `request`; what ends it comes after the payment's final row."""

    request: str
    answer: RequestAnswer


class SetAlarm(Struct, frozen=True):
    """Post `Alarm(name)` when virtual time reaches `at`; replaces the alarm of that name."""

    name: str
    at: int


class DropAlarm(Struct, frozen=True):
    name: str


class Beep(Struct, frozen=True):
    """`good`, `bad` or `attention`."""

    tone: str


class Moved(Struct, frozen=True):
    """A flow went from one state to another (for the trace, coverage and the page)."""

    flow: str
    source: str
    dest: str


class Ignored(Struct, frozen=True):
    """Nothing took the event."""

    what: str


class Unexpected(Struct, frozen=True):
    """Something arrived that nothing waits for; it changes nothing."""

    what: str


class SwitchOff(Struct, frozen=True):
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
