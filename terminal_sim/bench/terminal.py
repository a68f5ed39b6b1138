"""One terminal of a bench with everything a tester does to it by hand: keys, cards, links, power, paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from random import Random
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

from terminal_drivers.base import ReaderPart
from terminal_sim.bench import faults
from terminal_sim.bench.conditions import conditions
from terminal_sim.bench.fault import EventDeliveries, PointOfSaleInterface, Storage
from terminal_sim.bench.presentment import Presentment, chip_of, face_of, stripe_of
from terminal_sim.bench.receipts import PrintedReceipt, ReceiptTaker
from terminal_sim.bench.saved_state import TerminalState
from terminal_sim.bench.snapshot import TerminalSnapshot
from terminal_sim.bench.surroundings import Surroundings
from terminal_sim.bench.terminal_past import TerminalPast, sealed_rows
from terminal_sim.core.config import Profile
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import (
    Event,
    KeyPressed,
    PoweredOn,
    PowerOffPressed,
    Tampered,
    Touched,
)
from terminal_sim.core.flow import AnyFlow
from terminal_sim.core.message import EntryMode
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.rows.schema import Field
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.terminal import Terminal
from terminal_sim.core.text import say
from terminal_sim.display.appearance import OFF, Appearance
from terminal_sim.display.item import KEY_ID
from terminal_sim.display.picture import Picture
from terminal_sim.display.region import Region
from terminal_sim.display.selector import Selector
from terminal_sim.display.status_bar import NO_LINK, StatusBar
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import View, view
from terminal_sim.errors import BenchMisuse
from terminal_sim.flows import of as flows_of
from terminal_sim.growing_list import GrowingList
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.journal.chain import StoredRow
from terminal_sim.journal.records import JournalStore
from terminal_sim.readers.card_fault import NextCommand
from terminal_sim.readers.opening import Hardware
from terminal_sim.readers.wire import SOUND
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.contents import Note
from terminal_sim.runtime.engine import Engine
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState, VirtualCard
    from terminal_sim.cards.profile.personality import Personality

How = Literal["insert", "tap", "swipe"]
_ENTRY: dict[How, EntryMode] = {
    "insert": EntryMode.CHIP,
    "tap": EntryMode.CONTACTLESS,
    "swipe": EntryMode.STRIPE,
}


_PART: dict[How, ReaderPart] = {
    "insert": ReaderPart.CONTACT,
    "tap": ReaderPart.CONTACTLESS,
    "swipe": ReaderPart.STRIPE,
}
_NO_KEY = Secret("")


class TerminalBench(Protocol):
    """What a terminal under test needs of its bench."""

    texts: Texts
    engine: Engine
    journal: JournalStore
    flows: Mapping[str, AnyFlow]
    receipt_takers: Sequence[ReceiptTaker]
    seed: int

    @property
    def writer(self) -> Storage: ...
    @property
    def acquirer(self) -> Acquirer: ...
    def card(self, name: str) -> VirtualCard: ...
    def past_of(self, terminal: str) -> TerminalPast: ...
    def into_hand(self, name: str, terminal: TerminalUnderTest) -> VirtualCard: ...
    def pair(self, terminal: TerminalUnderTest, code: str) -> None: ...
    def acting(self, terminal: TerminalUnderTest, line: str) -> AbstractContextManager[None]: ...
    def remark(self, terminal: TerminalUnderTest, content: Note) -> None: ...
    def interface_of(self, terminal: TerminalUnderTest) -> PointOfSaleInterface | None: ...
    def webhooks_of(self, terminal: TerminalUnderTest) -> EventDeliveries | None: ...
    def within_reach(self, terminal: TerminalUnderTest) -> None: ...
    def advance(self, duration: int) -> None: ...


class _Drawn(NamedTuple):
    """What a display shows, and the `locale` that its firmware speaks there."""

    view: View
    locale: str


class TerminalUnderTest:
    """A terminal under test. Every act settles before it returns: what follows from it has happened."""

    __slots__ = (
        "_card",
        "_card_name",
        "_drawn",
        "_key_in_hand",
        "_papers",
        "_presenting",
        "_surroundings",
        "bench",
        "board",
        "locale",
        "profile",
        "wire",
    )  # fmt: skip

    def __init__(
        self, bench: TerminalBench, board: Board, profile: Profile, locale: str, hardware: Hardware
    ) -> None:
        self.bench = bench
        self.board = board
        self.profile = profile
        self.locale = locale
        self._presenting = Presentment(bench.engine, board, hardware.operator, hardware.places)
        self.wire = hardware.wire
        self._surroundings = Surroundings(bench.engine, bench.journal, board, profile)
        self._papers: GrowingList[PrintedReceipt] = GrowingList()
        # The last view of each display: one that says the same is this one, with all that was worked out of it.
        self._drawn: dict[str, _Drawn] = {}
        self._card: VirtualCard | None = None
        self._card_name = ""
        self._key_in_hand = _NO_KEY
        board.panel.draw = self.view
        board.printer.out = self._hand_out

    @property
    def name(self) -> str:
        """The terminal's id at the acquirer."""
        return self.board.name

    @property
    def currency(self) -> str:
        """The currency that it takes payments in (ISO 4217, alphabetic)."""
        return self.profile.currency

    @property
    def firmware(self) -> Terminal:
        """The firmware. Raises `BenchMisuse` while the power is off."""
        if self.board.firmware is None:
            raise BenchMisuse(f"{self.name} is off: power on first")
        return self.board.firmware

    @property
    def is_on(self) -> bool:
        """Whether a firmware runs."""
        return self.board.firmware is not None

    @property
    def network_is_up(self) -> bool:
        """Whether the terminal's own link is there, with the payment service behind it or without."""
        return self._surroundings.environment.network_up

    @property
    def service_is_up(self) -> bool:
        """Whether the payment service has no outage."""
        return self._surroundings.environment.service_up

    @property
    def link_in_use(self) -> str:
        """The link by its name in the profile, "" where the terminal has none or it is down."""
        environment = self._surroundings.environment
        return environment.link if environment.network_up else ""

    @property
    def host_is_in_reach(self) -> bool:
        """Whether the terminal's own link is there, and the payment service behind it."""
        around = self._surroundings.environment
        return around.network_up and around.service_up

    @property
    def running_flows(self) -> list[tuple[str, str]]:
        """The flows that run, lowest first, each with the state that it is in; none while the power is off."""
        running = self.board.firmware.stack if self.board.firmware is not None else ()
        return [(context.flow.name, context.state) for context in running]

    @property
    def flows(self) -> Mapping[str, AnyFlow]:
        """The flows that it can come to, by name."""
        return flows_of(self.profile)

    @property
    def battery_charge(self) -> int | None:
        """The charge in percent; None for a terminal without a battery."""
        return self._surroundings.environment.battery if self.profile.battery is not None else None

    @property
    def link(self) -> str:
        """The link in use, of those that its profile has."""
        return self._surroundings.environment.link

    @property
    def takes_standalone(self) -> bool:
        """Whether its account takes payments that the terminal begins itself."""
        return self._surroundings.environment.standalone

    @property
    def signature(self) -> tuple[object, ...]:
        """What two moments have in common from which the same things can happen: the flows that are open, what the one on top remembers in kind, and the surroundings.

        Of a text counts whether there is one and its length up to two, of a number whether it is zero, of any other value whether it is there.
        """
        firmware = self.board.firmware
        if firmware is None:
            return ("off",)
        top = firmware.stack[-1]
        slots = tuple(_kind_of(getattr(top, slot)) for slot in top.slots() if slot != "state")
        around = self._surroundings.environment
        world = (
            around.network_up,
            around.service_up,
            around.paper,
            around.reader,
            around.card_in,
            around.app_open,
            around.standalone,
        )
        durable = firmware.durable
        counted = (
            min(len(durable.payments), 2),
            min(len(durable.stored), 2),
            min(len(durable.doubtful), 2),
            durable.outage is not None,
            bool(durable.requested),
        )
        return (tuple(self.running_flows), slots, world, counted)

    # Keeping and going on.

    def snapshot(self) -> TerminalSnapshot:
        """This terminal at this moment. Raises `BenchMisuse` where a card or reader is out of the simulator's hands."""
        firmware = self.board.firmware
        return TerminalSnapshot(
            self._state(),
            firmware.durable.copy() if firmware is not None else None,
            self.board.panel.shown,
            self._papers.copy(),
            self.wire.snapshot() if self.wire is not None else SOUND,
        )

    def restore(self, snapshot: TerminalSnapshot, card: CardState | None) -> None:
        """Be as at that moment; `card` is what the card in the slot knew. Raises `BenchMisuse` where only a person could put it back."""
        state, board = snapshot.state, self.board
        if self.wire is not None:
            self.wire.restore(SOUND)
        board.restore(state.board)
        board.panel.shown = snapshot.shown
        self._papers = snapshot.papers.copy()
        self._surroundings.restore(state.surroundings)
        self._card, self._card_name = None, ""
        if state.card:
            self._taken_up(state.card)
        slot = state.presented.in_slot
        held = self.bench.into_hand(slot, self) if slot else None
        self._presenting.restore(state.presented, chip_of(slot, held) if held is not None else None)
        board.firmware = None
        if snapshot.durable is not None and state.board.firmware is not None:
            board.firmware = self._firmware_of(snapshot.durable.copy())
            board.firmware.restore(state.board.firmware)
        if state.board.readers.conversation is not None:
            self.bench.engine.converse(board, state.board.readers.conversation)
        if held is not None and card is not None:
            held.resume(card)
        if self.wire is not None:
            self.wire.restore(snapshot.wire)

    def check_wire(self) -> None:
        """Raises `BenchMisuse` where the line to its readers has a fault, which lasts no longer than the bench."""
        if self.wire is not None and self.wire.condition:
            raise BenchMisuse(
                f"{self.name} is not saved: the line to its reader has a fault, {self.wire.condition}: `fault wire-mend` first"
            )

    def _state(self) -> TerminalState:
        return TerminalState(
            profile=self.profile.id,
            locale=self.locale,
            board=self.board.snapshot(),
            presented=self._presenting.snapshot(),
            surroundings=self._surroundings.snapshot(),
            card=self._card_name,
        )

    def resume(self, state: TerminalState, card: CardState | None) -> None:
        """Go on where the terminal of `state` stood, in the language of this one; `card` is what the card in its slot knew."""
        shown = None
        if state.board.shown is not None:
            screen, locale, display = state.board.shown
            shown = view(screen, self.profile, self.bench.texts, locale, display, seller=self.locale)
        durable = self.bench.past_of(self.name).durable
        self.restore(TerminalSnapshot(state, durable, shown, GrowingList()), card)
        if self.board.firmware is not None:
            self.board.firmware.locale = self.locale

    # Eyes.

    def view(self, display: str = "main") -> View:
        """The settled screen in the language it speaks now; `main` is the first display of a terminal that has several."""
        terminal = self.board.firmware
        if display == "main" and display not in self.profile.displays:
            display = next(iter(self.profile.displays))
        if self.board.power.out_of_service:
            says = TextLine(say("out-of-service"), "out-of-service", Tone.BAD)
            screen = Screen("out-of-service", (says, TextLine(say("storage-failed"), "storage-failed")))
        elif terminal is None:
            screen = Screen("off")
        else:
            terminal.look(self.bench.engine.clock.now)
            screen = terminal.customer_screen() if display == "customer" else terminal.screen()
        locale = self.locale if terminal is None else terminal.screen_locale
        known = self._drawn.get(display)
        if known is not None and known.locale == locale and known.view.screen == screen:
            return known.view
        drawn = view(screen, self.profile, self.bench.texts, locale, display, seller=self.locale)
        self._drawn[display] = _Drawn(drawn, locale)
        return drawn

    def appearance(self) -> Appearance:
        """All that the device shows and sounds now."""
        panel = self.board.panel
        return Appearance(
            views={name: self.view(name) for name in self.profile.displays},
            lights={**dict.fromkeys(self.profile.lights, OFF), **panel.lights},
            beeps=panel.beeps,
            bar=self._status_bar(),
        )

    def _status_bar(self) -> StatusBar | None:
        """The strip above the first display; there is none on a device that is off."""
        firmware, profile = self.board.firmware, self.profile
        if firmware is None or not profile.status_bar:
            return None
        around = firmware.environment
        return StatusBar(
            self.bench.engine.clock.now.civil,
            around.link if around.network_up else NO_LINK,
            around.battery if profile.battery is not None else None,
            self.bench.texts,
            self.locale,
        )

    def picture(self, *hidden: Selector | Region) -> Picture:
        """All that the device shows, on its displays and by its lights; what `hidden` names is covered."""
        return Picture(self.appearance(), self.profile).without(*hidden)

    @property
    def receipts(self) -> list[PrintedReceipt]:
        """What the printer has printed since the bench began, newest last."""
        return list(self._printed())

    def newest_receipt(self, copy: str = "", *, after: int = 0) -> PrintedReceipt | None:
        """The newest one, of that copy where one is named, without the first `after` ones; None where there is none."""
        printed = self._printed()
        newest_first = (printed[at] for at in range(len(printed) - 1, after - 1, -1))
        return next((paper for paper in newest_first if not copy or paper.copy == copy), None)

    def _printed(self) -> Sequence[PrintedReceipt]:
        printer = self.profile.printer
        if printer is not None:
            for receipt in self.board.printer.printed[len(self._papers) :]:
                self._papers.append(PrintedReceipt(receipt, self.bench.texts, printer))
        return self._papers

    @property
    def generation(self) -> int:
        """How many screens its main display has shown, as trace entries of screens count them."""
        return self.board.panel.generation

    def _hand_out(self, receipt: Receipt) -> None:
        printer = self.profile.printer
        if printer is not None:
            for taker in self.bench.receipt_takers:
                taker.take(self.name, PrintedReceipt(receipt, self.bench.texts, printer))

    @property
    def lights(self) -> dict[str, str]:
        return dict(self.board.panel.lights)

    @property
    def beeps(self) -> int:
        return self.board.panel.beeps

    @property
    def reasons(self) -> str:
        """Why the newest transaction with a card ended as it did, as short text; empty before one and while one runs."""
        return self.board.cards.reasons

    def journal(self, after: int = 0) -> list[StoredRow]:
        """The rows of this terminal, without the first `after` ones."""
        return list(self.bench.journal.rows(self.name, after))

    @property
    def rows_written(self) -> int:
        """How many rows its journal has."""
        return self.bench.journal.count(self.name)

    def report(self, after: int = 0) -> list[dict[str, Field]]:
        """The rows of this terminal's payment transactions report, but for what has no row of the journal behind the first `after`."""
        # Imported here: most terminals are asked for no report.
        from terminal_sim.bench.transactions import terminal_lines

        lines = terminal_lines(self.bench.journal, self.name, after)
        return [{**line.record(), "terminal": ""} for line in lines]

    def conditions(self) -> list[str]:
        """What is not as it should be around this terminal, as a script says it: `network down`, `host answers timeout`, ..."""
        return list(
            conditions(
                self.board,
                self._surroundings.environment,
                self._presenting.tear,
                self._presenting.next_command.fault,
                self.wire.condition if self.wire is not None else "",
                self.bench.writer.failure,
                self.bench.acquirer.scripted,
                self.bench.acquirer.sending,
            )
        )

    # Keys and touch.

    def key_named(self, word: str) -> str | None:
        """The key of this keypad that `word` means: its name or its colour."""
        return self.profile.keypad.named(word)

    def takes(self, key: str) -> bool:
        """Whether the settled screen would do something with `key`."""
        return self.board.firmware is not None and self.board.firmware.takes(key)

    @property
    def key_in_hand(self) -> Secret[str]:
        """The key that was pressed last: a digit of a secret where the field hides what is typed."""
        return self._key_in_hand

    def press(self, key: str) -> bool:
        """False where the settled screen ignored the key."""
        self._key_in_hand = Secret(key)
        return self._taken(KeyPressed(key))

    def hold(self, key: str, duration: int) -> bool:
        """A long press: the key acts when it is released, `duration` microseconds later."""
        if duration < 0:
            raise BenchMisuse(f"a key is held for zero microseconds or more, not for {duration}")
        self.bench.advance(duration)
        self._key_in_hand = Secret(key)
        return self._taken(KeyPressed(key, duration))

    def touch(self, element: str) -> bool:
        """Touch the element with this id; False where nothing took it. The keys of a drawn pad are `key-7`, `key-OK`, ..."""
        if element.startswith(KEY_ID):
            return self.press(element.removeprefix(KEY_ID))
        return self._taken(Touched(element))

    # Cards.

    @property
    def card(self) -> Personality | None:
        """The card last named."""
        return self._card.personality if self._card is not None else None

    def name_card(self, name: str) -> Personality:
        """Take the card `name` into the hand without presenting it."""
        return self._taken_up(name).personality

    def wants_card(self, how: How) -> bool:
        """Whether the terminal waits for a card presented so, or has begun already with one that a person did not wait to insert."""
        if how == "insert" and self._presenting.begun_early:
            return True
        return self.board.readers.in_reach and _ENTRY[how] in self.board.readers.open

    def check_place(self, how: How, reader: str) -> None:
        """Raises `BenchMisuse` where this terminal has no such reader, or no card is presented so at it; see `Presentment.check_place`."""
        self._presenting.check_place(_PART[how], reader)

    def insert(self, name: str) -> None:
        self._presenting.insert(name, chip_of(name, self._in_hand(name)))

    def tap(self, name: str, *, beside: str = "") -> None:
        """Hold the card into the field until the terminal has read it, and take it away; `beside` names one that is held with it."""
        if beside == name:
            raise BenchMisuse(f"there is one card {name!r}: name another one beside it")
        others = {beside: face_of(beside, self._in_hand(beside))} if beside else {}
        self._presenting.tap({name: face_of(name, self._in_hand(name)), **others})

    def swipe(self, name: str) -> None:
        self._presenting.swipe(name, stripe_of(name, self._in_hand(name)))

    @property
    def card_in_slot(self) -> str:
        """The name of the card that was inserted and is still in the slot; "" for none."""
        return self._presenting.card_in_slot

    def _in_hand(self, name: str) -> VirtualCard:
        """The card, where it can be presented here. Raises `BenchMisuse` while it is in the slot of another terminal."""
        self._card, self._card_name = self.bench.into_hand(name, self), name
        return self._card

    def remove_card(self) -> None:
        """Take the card out of the slot; a person may have done so already."""
        self._presenting.remove()

    def give_back(self) -> None:
        """Switch the terminal off, and have the card taken out that a person was asked for."""
        self.board.switch_off()
        self._presenting.give_back()

    def tear_after(self, step: str) -> None:
        """Take the next card away after a step of its conversation: `gpo`, `genac1`, ..., or `apdu 3`."""
        self._presenting.tear_after(step)

    def listen(self) -> None:
        """Post what a real reader has reported meanwhile."""
        self._presenting.listen()

    # The surroundings.

    def network(self, up: bool) -> None:
        """The terminal's own link."""
        self._surroundings.network(up)
        if up:
            self.bench.within_reach(self)

    def network_kind(self, link: str) -> None:
        """Which link the terminal uses."""
        self._surroundings.network_kind(link)

    def network_slow(self, duration: int) -> None:
        """Add `duration` microseconds to every answer of the acquirer."""
        self._surroundings.network_slow(duration)

    def service(self, up: bool) -> None:
        """The payment service behind a link that is up."""
        self._surroundings.service(up)

    def account(self, standalone: bool) -> None:
        """Switch the account's standalone payments, as the account manager does. Off, the terminal begins none itself."""
        self._surroundings.account(standalone)

    def order(self, text: str, amount: int) -> None:
        """An online order arrives at the service; the terminal gets it as soon as it can be reached."""
        self._surroundings.order(text, amount)

    def paper(self, state: str) -> None:
        """`in`, `low` or `out`."""
        self._surroundings.paper(state)

    def battery(self, percent: int) -> None:
        """The charge of the battery."""
        self._surroundings.battery(percent)

    def clock_was_set(self, by: int) -> None:
        """The wall clock jumped by so many microseconds."""
        self._surroundings.clock_was_set(by)

    # Power.

    def power_on(self) -> None:
        """Boot: read the journal, settle what is in doubt, show the first screen."""
        if self.board.firmware is not None:
            raise BenchMisuse(f"{self.name} is on already")
        past = self.bench.past_of(self.name)
        durable = past.durable
        firmware = self._firmware_of(durable)
        self.board.vault.load(
            sealed_rows(self.bench.journal, past), waiting=() if durable.tampered else durable.stored
        )
        firmware.environment = self._surroundings.environment
        self.board.firmware = firmware
        self.board.power.boot = firmware.durable.boots + 1
        self.board.power.out_of_service = ""
        self.post(PoweredOn())
        if self.board.keys.is_erased and not durable.tampered:
            self.post(Tampered())  # the power failed before the journal had it, and the housing is open still
        self._surroundings.bring_orders()
        self.bench.within_reach(self)

    def power_off(self) -> None:
        """An orderly switch-off."""
        self.post(PowerOffPressed())

    def power_cut(self) -> None:
        """The power is gone, now; whatever was not durable is forgotten."""
        self.board.switch_off()

    def fault(self, name: str, *arguments: str) -> None:
        """Let a fault of the catalogue (`bench.faults.FAULTS`) happen. Raises `BenchMisuse` where it is none of this terminal."""
        faults.arm(self, name, arguments)

    def drawn(self, low: int, high: int) -> int:
        """A number from `low` to `high`: the same for the same seed at the same moment. Raises `BenchMisuse` where the range is empty."""
        if low > high:
            raise BenchMisuse(f"{low}..{high} has no number: write the lower one first")
        now = self.bench.engine.clock.now.mono
        moment = f"{self.bench.seed} {self.name} {now} {self.rows_written}"
        return Random(moment).randint(low, high)

    @property
    def storage(self) -> Storage:
        """The bench's way to its journal."""
        return self.bench.writer

    @property
    def has_real_readers(self) -> bool:
        """Whether a person moves the cards before its readers."""
        return self._presenting.is_human

    @property
    def interface(self) -> PointOfSaleInterface | None:
        """What points of sale call for it, None where nothing is served."""
        return self.bench.interface_of(self)

    @property
    def webhooks(self) -> EventDeliveries | None:
        """What its service tells points of sale, None where none is served."""
        return self.bench.webhooks_of(self)

    def pair(self, code: str) -> None:
        """Type a device code of its service into it, which pairs it. Raises `BenchMisuse` where no such code can be used now."""
        self.bench.pair(self, code)

    def look_at_readers(self) -> None:
        """Post whether the readers are there, and all that they report."""
        self._presenting.look()

    @property
    def next_command(self) -> NextCommand:
        """The next command to a card before its readers."""
        return self._presenting.next_command

    def post(self, event: Event) -> None:
        """Hand the firmware an event and let all follow from it."""
        self.bench.engine.post(self.board, event)
        self.bench.engine.settle()

    def _firmware_of(self, durable: DurableState) -> Terminal:
        """A firmware that knows what its journal says, and nothing else yet."""
        return Terminal(self.name, self.profile, self.bench.flows, durable, self.locale)

    def _taken_up(self, name: str) -> VirtualCard:
        self._card, self._card_name = self.bench.card(name), name
        return self._card

    def _taken(self, event: Event) -> bool:
        self.board.panel.ignored = ""
        self.post(event)
        return not self.board.panel.ignored


def _kind_of(value: object) -> object:
    """What of a value tells moments apart."""
    if value is None or isinstance(value, bool | Enum):
        return value
    if isinstance(value, str | tuple | list | Secret):
        return min(len(value), 2)
    return value != 0 if isinstance(value, int) else type(value).__name__
