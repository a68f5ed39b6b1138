"""What a terminal's firmware is wired to: readers, host link, printer, power and panel, each with the facts of its own subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core.effects import Moved, StartCard, SwitchOff
from terminal_sim.core.events import Event, Paper
from terminal_sim.core.memory import FirmwareMemory
from terminal_sim.core.message import EntryMode, HostReply, HostRequest
from terminal_sim.core.payment_request import RequestAnswer
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.screen import Screen
from terminal_sim.core.terminal import Terminal
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.growing_list import GrowingList
from terminal_sim.host.dialect import Dialect, NotAuthentic
from terminal_sim.host.link import HostLink
from terminal_sim.runtime.answer_fault import ComingAnswerFault
from terminal_sim.runtime.card_log import CardLog, CardLogState
from terminal_sim.runtime.card_vault import Vault, VaultState
from terminal_sim.runtime.key_store import KeyStore, KeyStoreState
from terminal_sim.runtime.reader_port import ReaderPort, ReaderPortState


class DrawnScreen(Protocol):
    """What stands on the display (`display.view.View`); two of the same content are equal."""

    @property
    def screen(self) -> Screen: ...
    @property
    def text(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def display(self) -> str: ...
    def recorded(self) -> DrawnScreen:
        """The screen as a trace keeps it, without what is typed of a card."""
        ...


Watch = Callable[[Moved | StartCard | SwitchOff], None]
"""Takes what a firmware does as it does it: where its flows go, when it begins with a card, and that it switches off."""


class PointOfSalePort(Protocol):
    """What asks terminals for payments, and where their answers go."""

    def asked_for(self, request: str, /) -> bool:
        """Whether the request with this id is its own."""
        ...

    def answered(self, terminal: str, request: str, answer: RequestAnswer, /) -> bool:
        """Whether the answer to a request of its own arrived."""
        ...

    def lost_power(self, terminal: str, /) -> None:
        """The terminal is off: no answer comes before it has booted."""
        ...


@dataclass(eq=False, slots=True)
class Printer:
    """Paper and what was printed on it, oldest first. A `jammed` one prints nothing until paper is put in anew. `out` gets what comes out."""

    paper: Paper = Paper.IN
    jammed: bool = False
    printed: GrowingList[Receipt] = field(default_factory=GrowingList)
    out: Callable[[Receipt], None] = lambda _: None

    def print(self, receipt: Receipt) -> bool:
        """Whether it came out."""
        if self.jammed or self.paper is Paper.OUT:
            return False
        self.printed.append(receipt)
        self.out(receipt)
        return True


class Power(Struct, eq=False):
    """The life that a firmware lives between two power cuts.

    `life` counts the cuts: what was ordered in one life does nothing in the next. `boot` is the number of the boot, from the
    journal. `alarms` is when each alarm of this life is due, on the virtual clock, in microseconds. `fuse` is after how many
    effects the power fails, 0 for never. `out_of_service` is why a firmware stopped itself.
    """

    life: int = 0
    boot: int = 0
    alarms: dict[str, int] = msgspec.field(default_factory=dict)
    fuse: int = 0
    out_of_service: str = ""

    def cut(self) -> None:
        """End this life and its alarms."""
        self.life += 1
        self.alarms.clear()

    def burn(self) -> bool:
        """Whether the fuse is through with one more effect."""
        if not self.fuse:
            return False
        self.fuse -= 1
        return not self.fuse


@dataclass(eq=False, slots=True)
class Panel:
    """What a terminal shows and sounds: `lights` by name, the count of `beeps`, and the screen that `draw` gives.

    `shown` is the screen that the trace has last, and `generation` how many it has had; `ignored` what the firmware did not take of the last act.
    """

    lights: dict[str, str] = field(default_factory=dict)
    beeps: int = 0
    ignored: str = ""
    draw: Callable[[], DrawnScreen | None] = lambda: None
    shown: DrawnScreen | None = None
    generation: int = 0

    def changed(self) -> DrawnScreen | None:
        """The screen that is up, where it is another than `shown`."""
        drawn = self.draw()
        if drawn is None or drawn is self.shown or drawn == self.shown:
            return None
        self.shown = drawn
        self.generation += 1
        return drawn


@dataclass(frozen=True, slots=True)
class BoardState:
    """A board at one moment; `shown` is the screen that the trace has last, its locale and its display, and `generation` how many it has had."""

    name: str
    readers: ReaderPortState
    link_up: bool
    link_slow: int
    answer_fault: ComingAnswerFault | None
    paper: Paper
    jammed: bool
    printed: Sequence[Receipt]
    power: Power
    lights: Mapping[str, str]
    beeps: int
    ignored: str
    shown: tuple[Screen, str, str] | None
    generation: int
    vault: VaultState
    keys: KeyStoreState
    cards: CardLogState
    firmware: FirmwareMemory | None


@dataclass(eq=False, slots=True)
class Board:
    """One terminal's wiring. A power cut takes the `firmware`; all else keeps what it has. `answer_fault` strikes an answer of the acquirer."""

    name: str
    readers: ReaderPort
    link: HostLink
    printer: Printer
    kernel: KernelConfig
    keys: KeyStore
    dialect: Dialect
    points_of_sale: list[PointOfSalePort] = field(default_factory=list)
    watchers: list[Watch] = field(default_factory=list)
    vault: Vault = field(default_factory=Vault)
    cards: CardLog = field(default_factory=CardLog)
    power: Power = field(default_factory=Power)
    panel: Panel = field(default_factory=Panel)
    firmware: Terminal | None = None
    answer_fault: ComingAnswerFault | None = None

    def encoded(self, request: HostRequest) -> bytes:
        """The message of `request`, with its code where the dialect has them. Raises `LookupError` where there is no key for it."""
        return self.sealed(self.dialect.encode_request(request))

    def sealed(self, message: bytes) -> bytes:
        """`message` with the code that the dialect wants of it, if it does. Raises `LookupError` where there is no key for it."""
        return message if self.dialect.mac is None else self.keys.sealed(message, self.dialect.mac)

    def decoded(self, message: bytes) -> HostReply:
        """The reply in `message`. Raises `MessageError` for what is none, and `NotAuthentic` for one with a wrong code."""
        reply = self.dialect.decode_reply(message)
        if self.dialect.mac is not None and not self.keys.is_authentic(message, self.dialect.mac):
            raise NotAuthentic("the message authentication code is wrong")
        return reply

    def snapshot(self) -> BoardState:
        shown = self.panel.shown
        return BoardState(
            name=self.name,
            readers=self.readers.snapshot(),
            link_up=self.link.up,
            link_slow=self.link.slow,
            answer_fault=self.answer_fault,
            paper=self.printer.paper,
            jammed=self.printer.jammed,
            printed=self.printer.printed.copy(),
            power=replace(self.power, alarms=dict(self.power.alarms)),
            lights=dict(self.panel.lights),
            beeps=self.panel.beeps,
            ignored=self.panel.ignored,
            shown=(shown.screen, shown.locale, shown.display) if shown is not None else None,
            generation=self.panel.generation,
            vault=self.vault.snapshot(),
            keys=self.keys.snapshot(),
            cards=self.cards.snapshot(),
            firmware=self.firmware.snapshot() if self.firmware is not None else None,
        )

    def restore(self, state: BoardState) -> None:
        """Have the facts of that moment; firmware, card, conversation and the screen that is shown come by themselves."""
        self.readers.restore(state.readers)
        self.link.up, self.link.slow = state.link_up, state.link_slow
        self.answer_fault = state.answer_fault
        self.printer.paper, self.printer.jammed = state.paper, state.jammed
        self.printer.printed = GrowingList.of(state.printed)
        self.power = replace(state.power, alarms=dict(state.power.alarms))
        self.panel.lights, self.panel.beeps = dict(state.lights), state.beeps
        self.panel.ignored, self.panel.generation = state.ignored, state.generation
        self.vault.restore(state.vault)
        self.keys.restore(state.keys)
        self.cards.restore(state.cards)

    def switch_off(self) -> None:
        """Nothing of the firmware's memory survives: what matters is in the journal."""
        self.stop_listening()
        self.firmware = None
        self.cards.clear()
        self.power.cut()
        for asking in self.points_of_sale:
            asking.lost_power(self.name)

    def listen(self, entries: tuple[EntryMode, ...]) -> list[Event]:
        """Open the readers for `entries`, with a light at each; the card that is in the slot already is the first news."""
        self.panel.lights = {entry.value: "on" for entry in entries}
        return self.readers.listen(entries)

    def part_from_readers(self) -> None:
        """Lose the link to the readers, whose lights go out."""
        self.panel.lights = {}
        self.readers.part()

    def stop_listening(self) -> None:
        """Close the readers and put their lights out."""
        self.panel.lights = {}
        self.readers.stop_listening()
