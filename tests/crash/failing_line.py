"""Sockets whose so-manieth send or receive fails, at the end of a terminal or at that of its host.

An operation counts once it moves bytes: a terminal looks for answers as often as it likes. The line is TCP; what TLS puts on it is counted at the
host's end, since the terminal's end reads and writes below Python there.
"""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from threading import Lock
from typing import Any

import pytest


class End(Enum):
    """Whose socket it is."""

    TERMINAL = "terminal"
    HOST = "host"


class Moved(Enum):
    """What the operation moves: bytes out of this end, or into it."""

    SENT = "send"
    RECEIVED = "receive"


class LineFailure(Enum):
    """What becomes of the bytes of the operation, and of the connection."""

    RESET = "reset"
    """They are lost, and the connection is reset."""
    HALF = "half"
    """Half of them get through, and then the connection is reset."""
    SILENT = "silent"
    """They are lost, and so is everything behind them in both directions: this end learns of nothing."""


@dataclass(frozen=True, slots=True)
class Place:
    """The operation `number` of this kind at this end, counted from 1."""

    end: End
    moved: Moved
    number: int


@dataclass
class FailingLine:
    """Lets the operation at `place` fail as `failure` says; without one all works. `counted` says how many operations there were."""

    place: Place | None = None
    failure: LineFailure = LineFailure.RESET
    counted: Counter[tuple[End, Moved]] = field(default_factory=Counter)
    struck: bool = False
    _lock: Lock = field(default_factory=Lock)

    def strikes(self, end: End, moved: Moved) -> LineFailure | None:
        """What strikes one more operation."""
        with self._lock:
            self.counted[end, moved] += 1
            if self.place == Place(end, moved, self.counted[end, moved]):
                self.struck = True
                return self.failure
            return None

    @contextmanager
    def laid(self) -> Iterator[FailingLine]:
        """All sockets that are made within are of this line."""
        line = self

        class LineSocket(_LineSocket):
            def __init__(self, *given: Any, **named: Any) -> None:
                super().__init__(*given, **named)
                self.line = line

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket, "socket", LineSocket)
            yield self


class _LineSocket(socket.socket):
    """One end of a connection of a `FailingLine`. A socket that neither connects nor is accepted is none of its business."""

    line: FailingLine
    end: End | None = None
    lost = False  # whether the connection has failed
    silent = False

    def connect(self, address: Any) -> None:
        self.end = End.TERMINAL
        super().connect(address)

    def accept(self) -> tuple[socket.socket, Any]:
        accepted, address = super().accept()
        assert isinstance(accepted, _LineSocket)
        accepted.end = End.HOST
        return accepted, address

    def send(self, data: Any, flags: int = 0) -> int:
        if self.silent:
            return len(data)
        self._check()
        match None if self.end is None else self.line.strikes(self.end, Moved.SENT):
            case LineFailure.SILENT:
                self.silent = True
                return len(data)
            case LineFailure.HALF:
                super().send(bytes(data)[: len(data) // 2], flags)
                self._reset()
            case LineFailure.RESET:
                self._reset()
        return super().send(data, flags)

    def recv(self, size: int, flags: int = 0) -> bytes:
        if not self.silent:
            self._check()
        data = super().recv(size, flags)
        if self.silent:
            raise BlockingIOError
        match self.line.strikes(self.end, Moved.RECEIVED) if self.end is not None and data else None:
            case LineFailure.SILENT:
                self.silent = True
                raise BlockingIOError
            case LineFailure.HALF:
                self.lost = True
                return data[: len(data) // 2]
            case LineFailure.RESET:
                self._reset()
        return data

    def _check(self) -> None:
        if self.lost:
            self._reset()

    def _reset(self) -> None:
        """The connection is reset: the other end learns of it when this end closes."""
        self.lost = True
        raise ConnectionResetError(104, "Connection reset by peer")
