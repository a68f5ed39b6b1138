"""What an entry of the trace says: one frozen class a kind. `kind` and the fields are the words of the JSON lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

from msgspec import Struct

from terminal_sim.core.rows.schema import Field
from terminal_sim.secret import MaskedBytes


class Drawn(Protocol):
    """A screen (`display.view.View`): its text is drawn only where it is read."""

    @property
    def text(self) -> str: ...


Value = str | int | Drawn


class Content(Struct, frozen=True):
    """`begins` says that what follows is caused by this."""

    kind: ClassVar[str]
    begins: ClassVar[bool] = False

    def fields(self) -> Mapping[str, Value]:
        """The flat fields of the JSON line, in their order."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


class Act(Content, frozen=True):
    """A line of a script, or what a verb called from Python would be as one."""

    kind: ClassVar[str] = "act"
    begins: ClassVar[bool] = True
    line: str


class KeyPress(Content, frozen=True):
    """A key; `DIGIT` where it types into a field that hides what is typed."""

    kind: ClassVar[str] = "key"
    begins: ClassVar[bool] = True
    key: str


class Touch(Content, frozen=True):
    """The element of the screen with the id `target` was touched."""

    kind: ClassVar[str] = "touch"
    begins: ClassVar[bool] = True
    target: str


class TimePassed(Content, frozen=True):
    """Virtual time jumped by `by` microseconds to the deadline `due`, which caused what follows."""

    kind: ClassVar[str] = "time"
    begins: ClassVar[bool] = True
    by: int
    due: str


class ActRefused(Content, frozen=True):
    """An act that the bench or the terminal could not do, and why; it changed nothing."""

    kind: ClassVar[str] = "refused"
    why: str


class EventTaken(Content, frozen=True):
    """An event of the firmware by the name of its class; `name` is an alarm's or a message's; `verdict`, `reason` and `why` are the kernel's.

    `reason` is the last reason in words, `why` all of them as short text (`emv.data.reasons`).
    """

    kind: ClassVar[str] = "event"
    event: str
    name: str = ""
    verdict: str = ""
    reason: str = ""
    why: str = ""

    def fields(self) -> Mapping[str, Value]:
        said = {"name": self.name, "verdict": self.verdict, "reason": self.reason, "why": self.why}
        return {"event": self.event, **{name: value for name, value in said.items() if value}}


class StateChanged(Content, frozen=True):
    """A flow went from one state to another; `source` is empty where it began."""

    kind: ClassVar[str] = "state"
    flow: str
    source: str
    dest: str


class ScreenShown(Content, frozen=True):
    """A new screen stands on the main display; `generation` counts the screens of this terminal from 1."""

    kind: ClassVar[str] = "screen"
    screen: str
    text: Drawn
    generation: int

    def fields(self) -> Mapping[str, Value]:
        return {"screen": self.screen, "text": self.text}


class ApduExchange(Content, frozen=True):
    """A command and its answer as one line each; their masked bytes where a subscriber wants bytes, and the list by which the command's data were made."""

    kind: ClassVar[str] = "apdu"
    step: str
    command: str
    response: str
    command_bytes: MaskedBytes | None = None
    response_bytes: MaskedBytes | None = None
    wanted: bytes = b""

    def fields(self) -> Mapping[str, Value]:
        return {"step": self.step, "command": self.command, "response": self.response}


class ReaderFrame(Content, frozen=True):
    """A frame between the host end of a reader and the reader, by name and length: its payload is card data."""

    kind: ClassVar[str] = "frame"
    direction: str
    message: str
    slot: int
    sequence: int
    length: int


class MessageSent(Content, frozen=True):
    """A request that left for the acquirer; `mti` as its dialect writes it, `amount` in minor units. `dialect` is its source, by which `message` is read."""

    kind: ClassVar[str] = "host"
    out: str
    mti: str
    stan: int
    amount: int
    message: MaskedBytes | None = None
    dialect: str = ""

    def fields(self) -> Mapping[str, Value]:
        return {"out": self.out, "mti": self.mti, "stan": self.stan, "amount": self.amount}


class MessageReceived(Content, frozen=True):
    """An answer of the acquirer with its message type and response code."""

    kind: ClassVar[str] = "host"
    into: str
    stan: int
    amount: int
    code: str
    message: MaskedBytes | None = None
    dialect: str = ""

    def fields(self) -> Mapping[str, Value]:
        return {"into": self.into, "stan": self.stan, "amount": self.amount, "code": self.code}


class MessageFailed(Content, frozen=True):
    """What became of a request that got no answer: `unreachable`, `garbage`, `wrong-mac` or `lost`."""

    kind: ClassVar[str] = "host"
    problem: str
    stan: int


class RowStored(Content, frozen=True):
    """A journal row that is durable now."""

    kind: ClassVar[str] = "journal"
    row: str
    values: Mapping[str, Field]

    def fields(self) -> Mapping[str, Value]:
        return {"row": self.row, **self.values}


class ReceiptPrinted(Content, frozen=True):
    """A receipt that came out of the printer."""

    kind: ClassVar[str] = "receipt"
    copy: str
    reference: str


class ReceiptStopped(Content, frozen=True):
    """A receipt that stopped for want of paper."""

    kind: ClassVar[str] = "receipt"
    stopped: str
    reference: str


class Beeped(Content, frozen=True):
    """A tone: `good`, `bad` or `attention`."""

    kind: ClassVar[str] = "beep"
    tone: str


class InputIgnored(Content, frozen=True):
    """A key or a touch that the screen does not take."""

    kind: ClassVar[str] = "ignored"
    what: str


class NotAwaited(Content, frozen=True):
    """Something arrived that nothing waits for; it changed nothing."""

    kind: ClassVar[str] = "unexpected"
    what: str


class Note(Content, frozen=True):
    """A remark, such as why the acquirer answered as it did."""

    kind: ClassVar[str] = "note"
    text: str


class Unsaid(Note, frozen=True):
    """Something that was asked of the terminal and that no line of a script says."""

    kind: ClassVar[str] = "unsaid"
