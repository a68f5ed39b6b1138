"""Runs events and effects to quiescence, on one thread and in virtual time.

Rules:
1. Effects of one event run in order. A `Record` is durable before the next effect of its terminal runs: in a fleet the records
   of all terminals that have one waiting go into one commit, and then each goes on. The acquirer's answers to all of them are
   made durable at once likewise, before any of them arrives.
2. After an error of that commit it is unknown whether the rows are there: those terminals stop, and their next boot decides.
3. A file that cannot be written, the acquirer's or the device's key, stops the terminal that needs it, with the reason.
4. A firmware whose events follow from one another without end is stopped by an error, so that whoever looks for it is told.
5. Nothing here waits. With virtual readers everything that follows from an event has happened when `settle` returns.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    Alarm,
    Event,
)
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.errors import StorageFailed
from terminal_sim.runtime.beside import Beside
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import ClockState, VirtualClock
from terminal_sim.runtime.conversation import ConversationState
from terminal_sim.runtime.deadlines import AlarmDue, Deadline, Due
from terminal_sim.runtime.executor import Executor
from terminal_sim.runtime.random_source import RandomSource, RandomState
from terminal_sim.runtime.trace import Trace
from terminal_sim.runtime.tracing import Tracing


class EngineState(Struct, frozen=True):
    """The time with all that waits for it, and the random source. `jumped` says that the trace has not been told yet by how much time passed since `told`."""

    clock: ClockState
    random: RandomState
    jumped: bool
    told: int


class JournalPort(Protocol):
    """Where rows become durable; `commit` raises `unknown` where the outcome is unknown."""

    unknown: type[Exception]

    def commit(self, batches: Sequence[tuple[Board, tuple[FlatRow, ...]]]) -> None: ...


class EndlessFirmware(Exception):
    """A terminal's firmware makes event follow event, and time never passes: it would run for ever."""


class Posted(Struct, frozen=True):
    """An event on its way to a terminal, which it reaches in this life of it or never."""

    terminal: str
    life: int
    event: Event


_COMMITS = (fx.Record, fx.Store)
MOST_ROUNDS = 1_000
"""How many events of one terminal may follow from one another while no time passes. A sale takes some thirty."""
BESIDE = "beside"
"""The name of a deadline that is no terminal's."""


class _Running(Struct, frozen=True):
    """The effects of one event that are still to run, and the life of the terminal that ordered them."""

    board: Board
    life: int
    effects: Iterator[fx.Effect]

    @property
    def is_on(self) -> bool:
        return self.board.power.life == self.life


class Engine:
    """`trace` takes everything that happens; without one, nothing is spent on it. `beside` is what lives beside the terminals."""

    def __init__(
        self,
        clock: VirtualClock,
        journal: JournalPort,
        seed: int,
        trace: Trace | None = None,
    ) -> None:
        self.clock = clock
        self.beside: list[Beside] = []
        self.tracing = Tracing(trace, clock) if trace is not None else None
        self._jumped = False
        self._at_one_moment = 0
        self._journal = journal
        self._random = RandomSource(seed)
        self._boards: dict[str, Board] = {}
        self._queue: deque[Posted] = deque()
        self._executor = Executor(clock, self._random, self.tracing, self.post)

    def attach(self, board: Board) -> None:
        """Run the firmware of `board`. What waits names its terminal, so a name is attached once."""
        if board.name in self._boards:
            raise ValueError(f"{board.name} is attached already")
        self._boards[board.name] = board

    def post(self, board: Board, event: Event) -> None:
        """Queue `event` for the terminal that is on now; it does not reach one that boots later."""
        self._queue.append(Posted(board.name, board.power.life, event))

    def snapshot(self) -> EngineState:
        """Once all that is queued is settled."""
        self.settle()
        told = self.tracing.told if self.tracing is not None else 0
        return EngineState(self.clock.snapshot(), self._random.snapshot(), self._jumped, told)

    def lasting(self) -> EngineState:
        """As `snapshot`, without what the terminals have dropped meanwhile, and alike whatever way led to this moment."""
        state = self.snapshot()
        held = tuple(one for one in self.clock.waiting() if self._is_alive(one.due))
        return replace(state, clock=replace(state.clock, held=held), random=self._random.read())

    def restore(self, state: EngineState) -> None:
        """Be at that moment, with nothing queued. What is held of a terminal waits for it to be attached."""
        self._queue.clear()
        self.clock.restore(state.clock)
        self._random.restore(state.random)
        self._jumped = state.jumped
        if self.tracing is not None:
            self.tracing.told = state.told

    def converse(self, board: Board, state: ConversationState) -> None:
        """Let the firmware of `board` be in the middle of that conversation, with the card that is in."""
        talk = board.readers.conversation = self._executor.conversation(board, state.request)
        if board.readers.card_in and not talk.is_contactless:
            talk.power()
        talk.replay(state.answers)

    def settle(self) -> None:
        """Handle everything that is queued and all that follows from it."""
        self._drain()
        while self.beside:
            for one in tuple(self.beside):
                one.go_on()
            if not self._queue:
                return
            self._drain()

    def _drain(self) -> None:
        rounds = 0
        while self._queue:
            rounds += 1
            if rounds > MOST_ROUNDS:
                name = self._queue[0].terminal
                self._queue.clear()
                raise EndlessFirmware(f"{name} has an event to handle after {MOST_ROUNDS} at one moment")
            if len(self._queue) == 1:
                self._run([self._handle(self._queue.popleft())])
            else:
                self._run(self._batch())

    def advance(self, until: int, stops: Callable[[], bool] | None = None) -> None:
        """Let virtual time pass up to `until` microseconds on the virtual clock, from one deadline to the next, or up to the deadline after which `stops` says so."""
        while self._jump(until):
            self.settle()
            if stops is not None and stops():
                return

    def step(self, until: int) -> bool:
        """Jump to the next deadline before `until`, if there is one; False at `until`."""
        going_on = self._jump(until)
        self.settle()
        return going_on

    def _jump(self, until: int) -> bool:
        self._jumped = True
        before = self.clock.now.mono
        if self.beside and (due := self._due_beside()) is not None and due <= until:
            self.clock.jump(due, self._fall_due)
            going_on = True
        else:
            going_on = self.clock.jump(until, self._fall_due)
        self._at_one_moment = self._at_one_moment + 1 if going_on and self.clock.now.mono == before else 0
        if self._at_one_moment > MOST_ROUNDS:
            self._at_one_moment = 0
            raise EndlessFirmware(f"something is due for the {MOST_ROUNDS}th time at one moment")
        return going_on

    def _due_beside(self) -> int | None:
        """When something beside the terminals has something to do, if it has."""
        dues = (due for one in self.beside if (due := one.next_due()) is not None)
        return min(dues, default=None)

    def next_deadline(self) -> Deadline | None:
        """What is due next; what a terminal has dropped meanwhile is forgotten on the way."""
        beside = self._due_beside() if self.beside else None
        while (held := self.clock.next_due()) is not None:
            at, due = held
            if beside is not None and beside < at:
                break
            if self._is_alive(due):
                return Deadline(at, due.name, due.terminal)
            self.clock.drop_next()
        return None if beside is None else Deadline(beside, BESIDE, "")

    def poll(self, board: Board, timeout: float = 0.0) -> bool:
        """Ask the board's readers and host link for news; whether there was any, of interest to the firmware or not.

        `timeout` is how long the readers are waited for, in seconds of the wall.
        """
        events = board.readers.poll(timeout)
        for event in events or ():
            self.post(board, event)
        return self.receive(board) or events is not None

    def receive(self, board: Board) -> bool:
        """Take what has come over the board's host link, and say whether there was anything."""
        arrivals = board.link.receive()
        for arrival in arrivals:
            self._executor.await_arrival(board, arrival, arrival.stan)
        return bool(arrivals)

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
            return _Running(board, posted.life, iter(()))
        if self.tracing is not None:
            self.tracing.event(board, posted.event)
        return _Running(board, posted.life, iter(terminal.handle(posted.event, self.clock.now)))

    def _run(self, running: list[_Running]) -> None:
        started = running
        while running:
            waiting: list[tuple[_Running, tuple[FlatRow, ...]]] = []
            for one in running:
                try:
                    rows = self._until_record(one)
                except StorageFailed as failed:
                    self._stop(one.board, str(failed))
                else:
                    if rows:
                        waiting.append((one, rows))
            for board, unstored in self._executor.release():
                self._stop(board, str(unstored))
            if not waiting:
                break
            waiting = [(one, rows) for one, rows in waiting if one.is_on]
            running = self._commit(waiting) if waiting else []
        if self.tracing is not None:
            for one in started:
                if one.is_on:
                    self.tracing.screen(one.board)

    def _until_record(self, running: _Running) -> tuple[FlatRow, ...]:
        """Carry out effects up to the next that is a commit, whose rows it returns; none where there is no further one."""
        board, life = running.board, running.life
        power, carry_out = board.power, self._executor.carry_out
        for effect in running.effects:
            if power.life != life:
                break
            if isinstance(effect, _COMMITS):
                if isinstance(effect, fx.Record):
                    return tuple([row.flat() for row in effect.rows])
                return effect.payment.flat(), board.vault.sealed(effect, self._random).flat()
            carry_out(board, effect)
            if power.fuse:
                self._burn(board)
        return ()

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
        if self.tracing is not None:
            self.tracing.note(board, f"out of service: {why}")

    # What falls due.

    def _is_alive(self, due: Due) -> bool:
        """Whether the terminal still waits for it: in the life that it began in, and for an alarm that is set so."""
        board = self._boards.get(due.terminal)
        if board is None:
            return False
        power = board.power
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
            self._executor.deliver(board, due)
