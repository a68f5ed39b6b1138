"""What the engine does, as entries of the trace: the one place where events and effects become what a person reads.

Card data is masked here. A key that types into a field that hides its digits is `DIGIT`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from terminal_sim.core import effects as fx
from terminal_sim.core.events import (
    Event,
    HostReplied,
    KernelEnded,
    KernelShows,
    KeyPressed,
    Printed,
    PrinterStopped,
    Touched,
)
from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.core.receipt import Receipt
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.core.screen import Screen
from terminal_sim.emv.data.describe import mask_capdu, mask_rapdu, masked_command, masked_response
from terminal_sim.emv.data.reasons import written
from terminal_sim.emv.talk.asks import Command
from terminal_sim.runtime import contents
from terminal_sim.runtime.board import Board
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.contents import Content
from terminal_sim.runtime.trace import Trace


class Tracing:
    """Enters what happens to the boards of one engine into `trace`, each entry at the `clock`'s time."""

    def __init__(self, trace: Trace, clock: VirtualClock) -> None:
        self.trace = trace
        self._clock = clock
        self.told = clock.now.mono  # up to when the trace knows that time has passed

    def emit(self, board: Board, content: Content) -> None:
        self.trace.emit(self._clock.now, board.name, content)

    def time_passed(self, board: Board, due: str) -> None:
        """Virtual time has jumped to the deadline `due` of this board."""
        by, self.told = self._clock.now.mono - self.told, self._clock.now.mono
        self.emit(board, contents.TimePassed(by, due))

    def event(self, board: Board, event: Event) -> None:
        if isinstance(event, KeyPressed):
            self.told = self._clock.now.mono
            shown: Screen | None = board.firmware.screen() if board.firmware else None
            hidden = shown is not None and shown.input is not None and shown.input.shown.secret
            self.emit(board, contents.KeyPress("DIGIT" if hidden and event.key.isdigit() else event.key))
        elif isinstance(event, Touched):
            self.told = self._clock.now.mono
            self.emit(board, contents.Touch(event.target))
        elif isinstance(event, KernelEnded):
            ended = event.outcome
            why = written(ended.reasons)
            self.emit(
                board, contents.EventTaken(type(event).__name__, "", ended.verdict.value, ended.reason, why)
            )
        elif isinstance(event, KernelShows):
            shows = event.message.name.lower().replace("_", "-")
            self.emit(board, contents.EventTaken(type(event).__name__, shows))
        elif not isinstance(event, _TOLD_OTHERWISE):
            self.emit(board, contents.EventTaken(type(event).__name__, getattr(event, "name", "")))

    def effect(self, board: Board, effect: fx.Effect) -> None:
        """An effect of which nothing is known but what it says; others have a method of their own."""
        made = _PLAIN.get(type(effect))
        if made is not None:
            self.emit(board, made(effect))

    def rows(self, board: Board, rows: Iterable[FlatRow]) -> None:
        for row in rows:
            self.emit(board, contents.RowStored(row.kind, row.fields))

    def screen(self, board: Board) -> None:
        """The screen, where it is not the one that was shown before."""
        shown = board.panel.changed()
        if shown is not None:
            self.emit(board, contents.ScreenShown(shown.screen.id, shown.recorded(), board.panel.generation))

    def exchange(self, board: Board, command: Command, response: bytes) -> None:
        wanted = self.trace.wants_bytes
        self.emit(
            board,
            contents.ApduExchange(
                command.step.value,
                mask_capdu(command.apdu),
                mask_rapdu(response),
                masked_command(command.apdu, command.wanted) if wanted else None,
                masked_response(response) if wanted else None,
                command.wanted if wanted else b"",
            ),
        )

    def sent(self, board: Board, request: HostRequest, message: bytes) -> None:
        """A request of `kind` has left as `message`."""
        self.emit(
            board,
            contents.MessageSent(
                request.kind.value,
                board.dialect.label(request),
                request.stan,
                request.amount.minor,
                board.dialect.masked(message) if self.trace.wants_bytes else None,
                board.dialect.source,
            ),
        )

    def received(self, board: Board, reply: HostReply, message: bytes) -> None:
        """The reply that came as `message`."""
        self.emit(
            board,
            contents.MessageReceived(
                reply.label,
                reply.stan,
                reply.amount.minor,
                reply.response_code,
                board.dialect.masked(message) if self.trace.wants_bytes else None,
                board.dialect.source,
            ),
        )

    def unanswered(self, board: Board, stan: int, problem: str) -> None:
        self.emit(board, contents.MessageFailed(problem, stan))

    def receipt(self, board: Board, receipt: Receipt, *, printed: bool) -> None:
        made = contents.ReceiptPrinted if printed else contents.ReceiptStopped
        self.emit(board, made(receipt.copy.value, receipt.reference))

    def note(self, board: Board, text: str) -> None:
        self.emit(board, contents.Note(text))


_TOLD_OTHERWISE = (HostReplied, Printed, PrinterStopped)
"""Events of which an entry of another kind says what they bring."""
_PLAIN: dict[type[Any], Any] = {
    fx.Moved: lambda e: contents.StateChanged(e.flow, e.source, e.dest),
    fx.Ignored: lambda e: contents.InputIgnored(e.what),
    fx.Unexpected: lambda e: contents.NotAwaited(e.what),
    fx.Beep: lambda e: contents.Beeped(e.tone),
}
