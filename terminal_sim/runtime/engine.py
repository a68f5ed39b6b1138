"""Runs events and effects to quiescence, on one thread and in virtual time.

Rules:
1. Effects of one event run in order. A `Record` is durable before the next effect of its terminal runs: in a fleet the records
   of all terminals that have one waiting go into one commit, and then each goes on.
2. An error of that commit means that nobody knows whether the rows are there: those terminals stop, and their next boot decides.
3. Nothing here waits. With virtual readers everything that follows from an event has happened when `settle` returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any, Protocol, cast

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    Alarm,
    CardDataLost,
    Event,
    HostReplied,
    HostUnreachable,
    KeyPressed,
    Printed,
    PrinterStopped,
    Touched,
)
from terminal_sim.core.message import Entry, HostReply
from terminal_sim.core.payment import Row
from terminal_sim.core.screen import Screen
from terminal_sim.emv.conversation import Answer, Command, Interface, Request, Verdict
from terminal_sim.emv.describe import mask_capdu, mask_rapdu
from terminal_sim.readers.parts import CONTACT, CONTACTLESS
from terminal_sim.runtime.board import CardConversation, Delivered, Station
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.trace import Trace, Value


class JournalPort(Protocol):
    """Where rows become durable; `commit` raises `unknown` where nobody knows whether they did."""

    unknown: type[Exception]

    def commit(self, batches: Sequence[tuple[Station, tuple[Row, ...]]]) -> None: ...


@dataclass(frozen=True, slots=True)
class _Running:
    """The effects of one event that are still to run, and the life of the terminal that ordered them."""

    station: Station
    power: int
    effects: deque[fx.Effect]

    @property
    def is_on(self) -> bool:
        return self.station.power == self.power


class Engine:
    """`trace` hears everything; without one, nothing is spent on it."""

    def __init__(
        self,
        clock: VirtualClock,
        journal: JournalPort,
        seed: int,
        trace: Trace | None = None,
    ) -> None:
        self.clock = clock
        self.trace = trace
        self._journal = journal
        self._random = Random(seed)
        self._queue: deque[tuple[Station, int, Event]] = deque()
        self._do: dict[type, Callable[[Station, Any], None]] = {
            fx.Send: self._send,
            fx.Forward: self._forward,
            fx.EraseKey: self._erase_key,
            fx.ShowLights: self._show_lights,
            fx.Print: self._print,
            fx.OpenReader: self._open_reader,
            fx.CloseReader: self._close_reader,
            fx.StartCard: self._start_card,
            fx.AnswerCard: self._answer_card,
            fx.SetAlarm: self._set_alarm,
            fx.DropAlarm: self._drop_alarm,
            fx.Beep: self._beep,
            fx.Moved: self._moved,
            fx.Ignored: self._ignored,
            fx.Unexpected: self._unexpected,
            fx.SwitchOff: self._switch_off,
        }

    def post(self, station: Station, event: Event) -> None:
        """Queue `event` for the terminal that is on now; it does not reach one that boots later."""
        self._queue.append((station, station.power, event))

    def settle(self) -> None:
        """Handle everything that is queued and all that follows from it."""
        while self._queue:
            if len(self._queue) == 1:
                station, power, event = self._queue.popleft()
                self._run([self._handle(station, power, event)])
            else:
                self._run(self._batch())

    def advance(self, until: int) -> None:
        """Let virtual time pass up to `until` microseconds on the virtual clock, from one deadline to the next."""
        while self.clock.jump(until):
            self.settle()

    def step(self, until: int) -> bool:
        """Jump to the next deadline before `until`, if there is one; False at `until`."""
        going_on = self.clock.jump(until)
        self.settle()
        return going_on

    def poll(self, station: Station, timeout: float = 0.0) -> bool:
        """Ask the station's readers for news; whether there was any, of interest to the firmware or not."""
        events = station.poll(timeout)
        for event in events or ():
            self.post(station, event)
        return events is not None

    # The loop.

    def _batch(self) -> list[_Running]:
        """The next event of each station that has one; further ones of the same station wait their turn."""
        taken: set[Station] = set()
        batch, later = [], deque[tuple[Station, int, Event]]()
        while self._queue:
            item = self._queue.popleft()
            if item[0] in taken:
                later.append(item)
            else:
                taken.add(item[0])
                batch.append(item)
        self._queue = later
        return [self._handle(station, power, event) for station, power, event in batch]

    def _handle(self, station: Station, power: int, event: Event) -> _Running:
        terminal = station.terminal
        if terminal is None or station.power != power:
            return _Running(station, power, deque())
        if self.trace is not None:
            self._trace_event(station, event)
        return _Running(station, power, deque(terminal.handle(event, self.clock.now)))

    def _run(self, running: list[_Running]) -> None:
        everybody = running
        while running:
            waiting: list[tuple[_Running, tuple[Row, ...]]] = []
            for one in running:
                while one.effects and one.is_on:
                    effect = one.effects.popleft()
                    if isinstance(effect, fx.Record):
                        waiting.append((one, effect.rows))
                        break
                    if isinstance(effect, fx.Store):
                        waiting.append((one, one.station.vault.sealed(effect, self._random)))
                        break
                    self._do[type(effect)](one.station, effect)
                    self._burn(one.station)
            running = self._commit(waiting) if waiting else []
        if self.trace is not None:
            for one in everybody:
                if one.is_on:
                    self._trace_screen(one.station)

    def _commit(self, waiting: list[tuple[_Running, tuple[Row, ...]]]) -> list[_Running]:
        try:
            self._journal.commit([(one.station, rows) for one, rows in waiting])
        except self._journal.unknown as error:
            for one, _ in waiting:
                self._stop(one.station, str(error))
            return []
        for one, rows in waiting:
            if self.trace is not None:
                for row in rows:
                    self._emit(one.station, "journal", row=row.kind, **row.fields)
            self._burn(one.station)
        return [one for one, _ in waiting]

    def _burn(self, station: Station) -> None:
        """The fault of a power cut after the n-th effect from now."""
        if station.fuse:
            station.fuse -= 1
            if not station.fuse:
                station.switch_off()

    def _stop(self, station: Station, why: str) -> None:
        station.switch_off()
        station.out_of_service = why

    # Effects.

    def _send(self, station: Station, effect: fx.Send) -> None:
        request = effect.request
        self._emit(
            station,
            "host",
            out=request.kind.value,
            mti=request.mti,
            stan=request.stan,
            amount=request.amount.minor,
        )
        for delivery in station.link.submit(request):
            if delivery.note:
                self._emit(station, "note", text=delivery.note)
            self._deliver(station, request.stan, delivery)

    def _forward(self, station: Station, effect: fx.Forward) -> None:
        """Open what was sealed and send it; a repeat of what cannot be opened any more goes out as it is, for the acquirer knows it."""
        request = station.vault.opened(effect.request)
        if request is not None:
            self._send(station, fx.Send(request))
        elif effect.request.repeat:
            self._send(station, fx.Send(effect.request))
        else:
            self.post(station, CardDataLost(effect.request.reference))

    def _erase_key(self, station: Station, _: fx.EraseKey) -> None:
        station.vault.erase()

    def _show_lights(self, station: Station, effect: fx.ShowLights) -> None:
        station.lights = dict(effect.lights)

    def _deliver(self, station: Station, stan: int, delivery: Delivered) -> None:
        power = station.power

        def due() -> None:
            if station.power != power:
                return
            if delivery.problem == "unreachable":
                self._emit(station, "host", problem="unreachable", stan=stan)
                self.post(station, HostUnreachable(stan))
            elif delivery.reply is not None and station.link.up:
                self._emit_reply(station, delivery.reply)
                self.post(station, HostReplied(delivery.reply))
            else:
                self._emit(station, "host", problem=delivery.problem or "lost", stan=stan)

        self.clock.at(self.clock.now.mono + delivery.delay, due)

    def _emit_reply(self, station: Station, reply: HostReply) -> None:
        self._emit(
            station,
            "host",
            into=reply.mti,
            stan=reply.stan,
            amount=reply.amount.minor,
            code=reply.response_code,
        )

    def _print(self, station: Station, effect: fx.Print) -> None:
        receipt = effect.receipt
        if station.printer.print(receipt):
            self._emit(station, "receipt", copy=receipt.copy.value, reference=receipt.reference)
            self.post(station, Printed(receipt))
        else:
            self._emit(station, "receipt", stopped=receipt.copy.value, reference=receipt.reference)
            self.post(station, PrinterStopped(receipt))

    def _open_reader(self, station: Station, effect: fx.OpenReader) -> None:
        for event in station.listen(effect.entries):
            self.post(station, event)

    def _close_reader(self, station: Station, _: fx.CloseReader) -> None:
        station.stop_listening()

    def _start_card(self, station: Station, effect: fx.StartCard) -> None:
        # Imported here: a terminal that shows its first screen has met no card yet.
        from terminal_sim.emv.kernel import transaction

        contactless = effect.entry is Entry.CONTACTLESS
        now = self.clock.now.civil
        request = Request(
            interface=Interface.CONTACTLESS if contactless else Interface.CONTACT,
            amount=effect.amount.minor,
            date=now.strftime("%y%m%d"),
            time=now.strftime("%H%M%S"),
            unpredictable=self._random.randbytes(4),
            transaction_type=effect.transaction_type,
            sequence=effect.sequence,
        )
        station.stop_listening()
        if not contactless:
            station.begun = station.inserted
        station.conversation = CardConversation(
            station.reader.contactless if contactless else station.reader.contact,
            transaction(station.kernel, request),
            lambda command, response: self._saw(station, command, response),
            partial(station.torn, CONTACTLESS if contactless else CONTACT),
            None if contactless else station.card_left,
            station.fall_silent,
            # A chip that cannot be read leaves its stripe (EMV Book 4, 11.2); a card in the field has none to offer.
            Verdict.CARD_ERROR if contactless else Verdict.USE_STRIPE,
        )
        self.post(station, station.conversation.begin())

    def _answer_card(self, station: Station, effect: fx.AnswerCard) -> None:
        if station.conversation is not None:
            self.post(station, station.conversation.resume(cast(Answer, effect.answer)))

    def _set_alarm(self, station: Station, effect: fx.SetAlarm) -> None:
        name, at = effect.name, effect.at
        station.alarms[name] = at

        def due() -> None:
            if station.alarms.get(name) == at:
                del station.alarms[name]
                self.post(station, Alarm(name))

        self.clock.at(at, due)

    def _drop_alarm(self, station: Station, effect: fx.DropAlarm) -> None:
        station.alarms.pop(effect.name, None)

    def _beep(self, station: Station, effect: fx.Beep) -> None:
        station.beeps += 1
        self._emit(station, "beep", tone=effect.tone)

    def _moved(self, station: Station, effect: fx.Moved) -> None:
        self._emit(station, "state", flow=effect.flow, source=effect.source, dest=effect.dest)

    def _ignored(self, station: Station, effect: fx.Ignored) -> None:
        station.ignored = effect.what
        self._emit(station, "ignored", what=effect.what)

    def _unexpected(self, station: Station, effect: fx.Unexpected) -> None:
        self._emit(station, "unexpected", what=effect.what)

    def _switch_off(self, station: Station, _: fx.SwitchOff) -> None:
        station.switch_off()

    # The trace.

    def _emit(self, station: Station, kind: str, /, **fields: Value) -> None:
        if self.trace is not None:
            self.trace.emit(self.clock.now, station.name, kind, **fields)

    def _trace_event(self, station: Station, event: Event) -> None:
        if isinstance(event, KeyPressed):
            shown: Screen | None = station.terminal.screen() if station.terminal else None
            hidden = shown is not None and shown.input is not None and shown.input.shown.secret
            key = "DIGIT" if hidden and event.key.isdigit() else event.key
            self._emit(station, "key", key=key)
        elif isinstance(event, Touched):
            self._emit(station, "touch", target=event.target)
        elif not isinstance(event, HostReplied | Printed | PrinterStopped):
            name = getattr(event, "name", "")
            self._emit(station, "event", event=type(event).__name__, **({"name": name} if name else {}))

    def _trace_screen(self, station: Station) -> None:
        shown = station.draw()
        if shown is not None and shown != station.shown:
            station.shown = shown
            self._emit(station, "screen", screen=shown.screen.id, text=shown)

    def _saw(self, station: Station, command: Command, response: bytes) -> None:
        if self.trace is not None:
            self._emit(
                station,
                "apdu",
                step=command.step.value,
                command=mask_capdu(command.apdu),
                response=mask_rapdu(response),
            )
