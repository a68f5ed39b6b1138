"""Runs events and effects to quiescence, on one thread and in virtual time.

Rules:
1. Effects of one event run in order. A `Record` is durable before the next effect of its terminal runs: in a fleet the records
   of all terminals that have one waiting go into one commit, and then each goes on.
2. After an error of that commit it is unknown whether the rows are there: those terminals stop, and their next boot decides.
3. Nothing here waits. With virtual readers everything that follows from an event has happened when `settle` returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, Protocol

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    Alarm,
    CardDataLost,
    Event,
    HostReplied,
    HostUnreachable,
    Printed,
    PrinterStopped,
)
from terminal_sim.core.message import EntryMode
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.link import Arrival
from terminal_sim.readers.parts import CONTACT, CONTACTLESS
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import ClockState, Held, VirtualClock
from terminal_sim.runtime.conversation import CardConversation, ConversationState
from terminal_sim.runtime.deadlines import AlarmDue, Deadline, DeliveryDue, Due
from terminal_sim.runtime.trace import Trace
from terminal_sim.runtime.tracing import Tracing

_RANDOM_VERSION = 3  # of the states of `random.Random`


@dataclass(frozen=True, slots=True)
class EngineState:
    """The time, what waits, and the random source: its Mersenne twister of 624 words and a position, four bytes each."""

    clock: ClockState
    waiting: tuple[Held, ...]
    random: bytes = field(repr=False)


class JournalPort(Protocol):
    """Where rows become durable; `commit` raises `unknown` where the outcome is unknown."""

    unknown: type[Exception]

    def commit(self, batches: Sequence[tuple[Board, tuple[FlatRow, ...]]]) -> None: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """An event on its way to a terminal, which it reaches in this life of it or never."""

    terminal: str
    life: int
    event: Event


@dataclass(frozen=True, slots=True)
class _Running:
    """The effects of one event that are still to run, and the life of the terminal that ordered them."""

    board: Board
    life: int
    effects: deque[fx.Effect]

    @property
    def is_on(self) -> bool:
        return self.board.power.life == self.life


class Engine:
    """`trace` takes everything that happens; without one, nothing is spent on it."""

    def __init__(
        self,
        clock: VirtualClock,
        journal: JournalPort,
        seed: int,
        trace: Trace | None = None,
    ) -> None:
        self.clock = clock
        self.tracing = Tracing(trace, clock) if trace is not None else None
        self._jumped = False
        self._journal = journal
        self._random = Random(seed)
        self._boards: dict[str, Board] = {}
        self._queue: deque[Posted] = deque()
        self._do: dict[type, Callable[[Board, Any], None]] = {
            fx.Send: self._send,
            fx.Forward: self._forward,
            fx.EraseKey: self._erase_key,
            fx.ShowLights: self._show_lights,
            fx.Print: self._print,
            fx.OpenReader: self._open_reader,
            fx.CloseReader: self._close_reader,
            fx.StartCard: self._start_card,
            fx.AnswerCard: self._answer_card,
            fx.AnswerPayment: self._nothing,
            fx.SetAlarm: self._set_alarm,
            fx.DropAlarm: self._drop_alarm,
            fx.Beep: self._beep,
            fx.Moved: self._nothing,
            fx.Ignored: self._ignored,
            fx.Unexpected: self._nothing,
            fx.SwitchOff: self._switch_off,
        }

    def attach(self, board: Board) -> None:
        """Run the firmware of `board`. What waits names its terminal, so a name is attached once."""
        if board.name in self._boards:
            raise ValueError(f"{board.name} is attached already")
        self._boards[board.name] = board

    def post(self, board: Board, event: Event) -> None:
        """Queue `event` for the terminal that is on now; it does not reach one that boots later."""
        self._queue.append(Posted(board.name, board.power.life, event))

    def snapshot(self) -> EngineState:
        """Once all that is queued is settled: the time, what waits, and where the random source stands."""
        self.settle()
        version, words, _ = self._random.getstate()
        if version != _RANDOM_VERSION:
            raise ValueError(f"the random source has states of version {version}, not {_RANDOM_VERSION}")
        alive = tuple(held for held in self.clock.waiting() if self._is_alive(held.due))
        random = b"".join(word.to_bytes(4) for word in words)
        return EngineState(self.clock.snapshot(), alive, random)

    def restart(self, state: EngineState) -> None:
        """Begin where another engine stood, as yet without any terminal and what waits for it."""
        self.clock.restart(state.clock)
        words = (state.random[at : at + 4] for at in range(0, len(state.random), 4))
        self._random.setstate((_RANDOM_VERSION, tuple(int.from_bytes(word) for word in words), None))

    def resume(self, board: Board, waiting: Iterable[Held], conversation: ConversationState | None) -> None:
        """Let `board` have what waited for its terminal, and the conversation that was under way, with the card that is in."""
        for held in waiting:
            if held.due.terminal == board.name:
                self.clock.hold(held)
        if conversation is None:
            return
        talk = board.readers.conversation = self._conversation(board, conversation.request)
        if board.readers.card_in and not talk.is_contactless:
            talk.power()
        talk.replay(conversation.answers)

    def settle(self) -> None:
        """Handle everything that is queued and all that follows from it."""
        while self._queue:
            if len(self._queue) == 1:
                self._run([self._handle(self._queue.popleft())])
            else:
                self._run(self._batch())

    def advance(self, until: int) -> None:
        """Let virtual time pass up to `until` microseconds on the virtual clock, from one deadline to the next."""
        while self._jump(until):
            self.settle()

    def step(self, until: int) -> bool:
        """Jump to the next deadline before `until`, if there is one; False at `until`."""
        going_on = self._jump(until)
        self.settle()
        return going_on

    def _jump(self, until: int) -> bool:
        self._jumped = True
        return self.clock.jump(until, self._fall_due)

    def next_deadline(self) -> Deadline | None:
        """What is due next; what a terminal has dropped meanwhile is forgotten on the way."""
        while (held := self.clock.next_due()) is not None:
            at, due = held
            if self._is_alive(due):
                return Deadline(at, due.name, due.terminal)
            self.clock.drop_next()
        return None

    def poll(self, board: Board, timeout: float = 0.0) -> bool:
        """Ask the board's readers and host link for news; whether there was any, of interest to the firmware or not.

        `timeout` is how long the readers are waited for, in seconds of the wall.
        """
        events = board.readers.poll(timeout)
        for event in events or ():
            self.post(board, event)
        arrivals = board.link.receive()
        for arrival in arrivals:
            self._expect(board, arrival)
        return events is not None or bool(arrivals)

    # The loop.

    def _batch(self) -> list[_Running]:
        """The next event of each terminal that has one; further ones of the same terminal wait their turn."""
        taken: set[str] = set()
        batch, later = [], deque[Posted]()
        while self._queue:
            posted = self._queue.popleft()
            if posted.terminal in taken:
                later.append(posted)
            else:
                taken.add(posted.terminal)
                batch.append(posted)
        self._queue = later
        return [self._handle(posted) for posted in batch]

    def _handle(self, posted: Posted) -> _Running:
        board = self._boards[posted.terminal]
        terminal = board.firmware
        if terminal is None or board.power.life != posted.life:
            return _Running(board, posted.life, deque())
        if self.tracing is not None:
            self.tracing.event(board, posted.event)
        return _Running(board, posted.life, deque(terminal.handle(posted.event, self.clock.now)))

    def _run(self, running: list[_Running]) -> None:
        everybody = running
        while running:
            waiting: list[tuple[_Running, tuple[FlatRow, ...]]] = []
            for one in running:
                while one.effects and one.is_on:
                    effect = one.effects.popleft()
                    if isinstance(effect, fx.Record):
                        waiting.append((one, tuple(row.flat() for row in effect.rows)))
                        break
                    if isinstance(effect, fx.Store):
                        sealed = one.board.vault.sealed(effect, self._random)
                        waiting.append((one, (effect.payment.flat(), sealed.flat())))
                        break
                    self._do[type(effect)](one.board, effect)
                    if self.tracing is not None:
                        self.tracing.effect(one.board, effect)
                    self._burn(one.board)
            running = self._commit(waiting) if waiting else []
        if self.tracing is not None:
            for one in everybody:
                if one.is_on:
                    self.tracing.screen(one.board)

    def _commit(self, waiting: list[tuple[_Running, tuple[FlatRow, ...]]]) -> list[_Running]:
        try:
            self._journal.commit([(one.board, rows) for one, rows in waiting])
        except self._journal.unknown as error:
            for one, _ in waiting:
                self._stop(one.board, str(error))
            return []
        for one, rows in waiting:
            if self.tracing is not None:
                self.tracing.rows(one.board, rows)
            self._burn(one.board)
        return [one for one, _ in waiting]

    def _burn(self, board: Board) -> None:
        """The fault of a power cut after the n-th effect from now."""
        if board.power.burn():
            board.switch_off()

    def _stop(self, board: Board, why: str) -> None:
        board.switch_off()
        board.power.out_of_service = why

    # Effects.

    def _send(self, board: Board, effect: fx.Send) -> None:
        request = effect.request
        message = board.dialect.encode_request(request)
        if self.tracing is not None:
            self.tracing.sent(board, request, message)
        for arrival in board.link.send(message):
            self._expect(board, arrival, request.stan)

    def _expect(self, board: Board, arrival: Arrival, stan: int = 0) -> None:
        if arrival.note and self.tracing is not None:
            self.tracing.note(board, arrival.note)
        due = DeliveryDue(board.name, board.power.life, stan, arrival)
        self.clock.at(self.clock.now.mono + arrival.delay, due)

    def _forward(self, board: Board, effect: fx.Forward) -> None:
        """Open what was sealed and send it; a repeat of what cannot be opened any more goes out as it is, for the acquirer knows it."""
        request = board.vault.opened(effect.request)
        if request is not None:
            self._send(board, fx.Send(request))
        elif effect.request.repeat:
            self._send(board, fx.Send(effect.request))
        else:
            self.post(board, CardDataLost(effect.request.reference))

    def _erase_key(self, board: Board, _: fx.EraseKey) -> None:
        board.vault.erase()

    def _show_lights(self, board: Board, effect: fx.ShowLights) -> None:
        board.panel.lights = dict(effect.lights)

    # What falls due.

    def _is_alive(self, due: Due) -> bool:
        """Whether the terminal still waits for it: in the life that it began in, and for an alarm that is set so."""
        power = self._boards[due.terminal].power
        return due.life == power.life and (
            not isinstance(due, AlarmDue) or power.alarms.get(due.name) == due.at
        )

    def _fall_due(self, due: Due) -> None:
        if not self._is_alive(due):
            return
        board = self._boards[due.terminal]
        if self._jumped and self.tracing is not None:
            self._jumped = False
            self.tracing.time_passed(board, due.name)
        if isinstance(due, AlarmDue):
            del board.power.alarms[due.name]
            self.post(board, Alarm(due.name))
        else:
            self._deliver(board, due)

    def _deliver(self, board: Board, due: DeliveryDue) -> None:
        message = due.arrival.message
        problem: str = due.arrival.problem
        if problem:
            self.post(board, HostUnreachable(due.stan))
        else:
            try:
                reply = board.dialect.decode_reply(message)
            except MessageError:
                problem = "garbage"
            else:
                problem = "" if board.link.up else "lost"
        if self.tracing is not None and problem:
            self.tracing.unanswered(board, due.stan, problem)
        elif self.tracing is not None:
            self.tracing.received(board, reply, message)
        if not problem:
            self.post(board, HostReplied(reply))

    def _print(self, board: Board, effect: fx.Print) -> None:
        receipt = effect.receipt
        printed = board.printer.print(receipt)
        if self.tracing is not None:
            self.tracing.receipt(board, receipt, printed=printed)
        self.post(board, Printed(receipt) if printed else PrinterStopped(receipt))

    def _open_reader(self, board: Board, effect: fx.OpenReader) -> None:
        for event in board.listen(effect.entries):
            self.post(board, event)

    def _close_reader(self, board: Board, _: fx.CloseReader) -> None:
        board.stop_listening()

    def _start_card(self, board: Board, effect: fx.StartCard) -> None:
        contactless = effect.entry is EntryMode.CONTACTLESS
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
        board.stop_listening()
        if not contactless:
            board.readers.begun = board.readers.inserted
        conversation = board.readers.conversation = self._conversation(board, request)
        self.post(board, conversation.begin())

    def _conversation(self, board: Board, request: Request) -> CardConversation:
        # Imported here: a terminal that shows its first screen has met no card yet.
        from terminal_sim.emv.kernels.transaction import transaction

        readers, contactless = board.readers, request.interface is Interface.CONTACTLESS
        return CardConversation(
            request,
            transaction(board.kernel, request),
            readers.reader.contactless if contactless else readers.reader.contact,
            board.keys,
            seen=None if self.tracing is None else partial(self.tracing.exchange, board),
            torn=partial(readers.torn, CONTACTLESS if contactless else CONTACT),
            gone=readers.card_left,
            lost=readers.fall_silent,
        )

    def _answer_card(self, board: Board, effect: fx.AnswerCard) -> None:
        if board.readers.conversation is not None:
            self.post(board, board.readers.conversation.resume(effect.answer))

    def _set_alarm(self, board: Board, effect: fx.SetAlarm) -> None:
        board.power.alarms[effect.name] = effect.at
        self.clock.at(effect.at, AlarmDue(board.name, board.power.life, effect.name, effect.at))

    def _drop_alarm(self, board: Board, effect: fx.DropAlarm) -> None:
        board.power.alarms.pop(effect.name, None)

    def _beep(self, board: Board, _: fx.Beep) -> None:
        board.panel.beeps += 1

    def _ignored(self, board: Board, effect: fx.Ignored) -> None:
        board.panel.ignored = effect.what

    def _nothing(self, board: Board, effect: fx.Moved | fx.Unexpected | fx.AnswerPayment) -> None:
        """What only the trace wants to know."""

    def _switch_off(self, board: Board, _: fx.SwitchOff) -> None:
        board.switch_off()
