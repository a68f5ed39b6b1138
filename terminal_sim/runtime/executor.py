"""Carries out the effects of a firmware, one at a time, on the board that it is wired to.

What an effect brings about comes back as an event: at once, or when the clock reaches the deadline that is set for it. `Record` and
`Store` are not carried out here: the engine commits them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from msgspec.structs import replace

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    CardDataLost,
    Event,
    HostReplied,
    HostUnreachable,
    KernelShows,
    Printed,
    PrinterStopped,
)
from terminal_sim.core.message import EntryMode
from terminal_sim.core.moment import digits_of
from terminal_sim.emv.data.entropy import draw
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.errors import StorageFailed
from terminal_sim.host.dialect import MessageError, NotAuthentic
from terminal_sim.host.link import Arrival
from terminal_sim.readers.parts import CONTACT, CONTACTLESS
from terminal_sim.runtime.answer_fault import strike
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.conversation import CardConversation
from terminal_sim.runtime.deadlines import AlarmDue, DeliveryDue, Due
from terminal_sim.runtime.random_source import RandomSource
from terminal_sim.runtime.tracing import Tracing


class Executor:
    """`post` queues an event for the terminal on a board, `random` gives the terminals their unpredictable numbers."""

    def __init__(
        self,
        clock: VirtualClock,
        random: RandomSource,
        tracing: Tracing | None,
        post: Callable[[Board, Event], None],
    ) -> None:
        self.clock = clock
        self.tracing = tracing
        self.post = post
        self._random = random
        self._sent: dict[str, Board] = {}
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
            fx.AnswerPayment: self._answer_payment,
            fx.SetAlarm: self._set_alarm,
            fx.DropAlarm: self._drop_alarm,
            fx.Beep: self._beep,
            fx.Moved: self._moved,
            fx.Ignored: self._ignored,
            fx.Unexpected: self._nothing,
            fx.SwitchOff: self._switch_off,
        }

    def carry_out(self, board: Board, effect: fx.Effect) -> None:
        """Do what `effect` asks for; the trace gets it afterwards."""
        self._do[type(effect)](board, effect)
        if self.tracing is not None:
            self.tracing.effect(board, effect)

    # The host link.

    def _send(self, board: Board, effect: fx.Send) -> None:
        request = effect.request
        try:
            message = board.encoded(request)
        except LookupError as missing:
            self._not_sent(board, request.stan, str(missing))
            return
        if self.tracing is not None:
            self.tracing.sent(board, request, message)
        if request.repeat:
            self._give_up_connecting(board, request.stan)
        for arrival in board.link.send(message, request.stan):
            self.await_arrival(board, arrival, request.stan)
        self._sent[board.name] = board

    def _give_up_connecting(self, board: Board, stan: int) -> None:
        """A message that is sent again takes the place of one for which there was no connection yet: that none came about then says nothing of this one."""

        def is_moot(due: Due) -> bool:
            if not isinstance(due, DeliveryDue) or (due.terminal, due.stan) != (board.name, stan):
                return False
            return due.arrival.problem == "unreachable"

        self.clock.drop(is_moot)

    def _not_sent(self, board: Board, stan: int, why: str) -> None:
        """What cannot be authenticated does not leave, as if there were no connection."""
        self.await_arrival(board, Arrival(problem="unreachable", note=why), stan)

    def release(self) -> Sequence[tuple[Board, StorageFailed]]:
        """Let the answers to all that was sent leave; the boards whose acquirer cannot store them, each with the reason."""
        if not self._sent:
            return ()
        sent, self._sent = self._sent, {}
        failures = []
        for board in sent.values():
            try:
                board.link.release()
            except StorageFailed as failed:
                failures.append((board, failed))
        return failures

    def await_arrival(self, board: Board, arrival: Arrival, stan: int = 0) -> None:
        """Set the deadline at which what came over the link reaches the terminal; `stan` is that of the request, where it is known."""
        for one in self._struck(board, arrival):
            if one.note and self.tracing is not None:
                self.tracing.note(board, one.note)
            if one.problem == "said":
                continue
            due = DeliveryDue(board.name, board.power.life, stan, one)
            self.clock.at(self.clock.now.mono + one.delay, due)

    def _struck(self, board: Board, arrival: Arrival) -> tuple[Arrival, ...]:
        """What arrives in the place of `arrival`: the fault of an answer waits for one that it can strike."""
        coming = board.answer_fault
        if coming is None or not arrival.message:
            return (arrival,)
        try:
            struck = strike(coming.fault, arrival, board.dialect, board.sealed)
        except MessageError:
            return (arrival,)
        if coming.answer > 1:
            board.answer_fault = replace(coming, answer=coming.answer - 1)
            return (arrival,)
        board.answer_fault = None
        return struck

    def _forward(self, board: Board, effect: fx.Forward) -> None:
        """Open what was sealed and send it; a repeat of what cannot be opened any more goes out as it is, for the acquirer knows it."""
        request = board.vault.opened(effect.request)
        if request is not None:
            self._send(board, fx.Send(request))
        elif effect.request.repeat:
            self._send(board, fx.Send(effect.request))
        else:
            self.post(board, CardDataLost(effect.request.reference))

    def _erase_key(self, board: Board, effect: fx.EraseKey) -> None:
        """No key is spared because another one cannot be erased on the disk."""
        try:
            board.vault.erase()
        finally:
            if effect.pad:
                board.keys.erase()

    def _show_lights(self, board: Board, effect: fx.ShowLights) -> None:
        board.panel.lights = dict(effect.lights)

    def deliver(self, board: Board, due: DeliveryDue) -> None:
        """Hand the firmware what has come over the link: a reply, or that the acquirer was out of reach; nothing for what cannot be read."""
        message = due.arrival.message
        problem: str = due.arrival.problem
        if problem == "unreachable":
            self.post(board, HostUnreachable(due.stan))
        elif not problem:
            try:
                reply = board.decoded(message)
            except NotAuthentic:
                problem = "wrong-mac"
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
        for watch in board.watchers:
            watch(effect)
        contactless = effect.entry is EntryMode.CONTACTLESS
        now = digits_of(self.clock.now.civil)
        unpredictable = self._random.randbytes(4)
        request = Request(
            interface=Interface.CONTACTLESS if contactless else Interface.CONTACT,
            amount=effect.amount.minor,
            date=now[:6],
            time=now[6:],
            unpredictable=unpredictable,
            entropy=draw(unpredictable, "entropy", 32),
            transaction_type=effect.transaction_type,
            sequence=effect.sequence,
            start=effect.start,
            reads_only=effect.reads_only,
        )
        board.stop_listening()
        if not contactless:
            board.readers.begun = board.readers.inserted
            if not effect.reads_only:
                board.readers.spent = board.readers.inserted
        conversation = board.readers.conversation = self.conversation(board, request)
        self.post(board, conversation.begin())

    def conversation(self, board: Board, request: Request) -> CardConversation:
        """The kernel of `request` with the card in the slot or field that its interface names."""
        # Imported here: a terminal that shows its first screen has met no card yet.
        from terminal_sim.emv.kernels.transaction import transaction

        readers, contactless = board.readers, request.interface is Interface.CONTACTLESS
        return CardConversation(
            request,
            transaction(board.kernel, request),
            readers.reader.contactless if contactless else readers.reader.contact,
            board.keys,
            cards=board.cards,
            clock=self.clock,
            shown=lambda message: self.post(board, KernelShows(message)),
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

    def _answer_payment(self, board: Board, effect: fx.AnswerPayment) -> None:
        asked_by = next((one for one in board.points_of_sale if one.asked_for(effect.request)), None)
        arrived = asked_by is not None and asked_by.answered(board.name, effect.request, effect.answer)
        if not arrived and self.tracing is not None:
            self.tracing.note(board, f"the answer to request {effect.request} reached no point of sale")

    def _moved(self, board: Board, effect: fx.Moved) -> None:
        for watch in board.watchers:
            watch(effect)

    def _nothing(self, board: Board, effect: fx.Unexpected) -> None:
        """What only the trace wants to know."""

    def _switch_off(self, board: Board, effect: fx.SwitchOff) -> None:
        for watch in board.watchers:
            watch(effect)
        board.switch_off()
