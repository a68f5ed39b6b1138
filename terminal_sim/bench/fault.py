"""One fault as a bench knows it: its name, its arguments, and what of a terminal it acts on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from terminal_sim.bench.journal import ComingFailure
from terminal_sim.core.config import Profile
from terminal_sim.core.events import Event
from terminal_sim.pos.api_fault import CertificateState, ComingApiFault, SharedKeyState
from terminal_sim.pos.square.webhooks.fault import ComingWebhookFault
from terminal_sim.readers.card_fault import NextCommand
from terminal_sim.readers.wire import Wire
from terminal_sim.runtime.board import Board


class Storage(Protocol):
    """The bench's way to its journal; `failure` is how one of the next commits fails."""

    failure: ComingFailure | None


class EventDeliveries(Protocol):
    """What tells points of sale of events; `fault` is what one of the next deliveries meets."""

    fault: ComingWebhookFault | None


class PointOfSaleInterface(Protocol):
    """What points of sale call for a terminal."""

    @property
    def has_certificate(self) -> bool: ...
    @property
    def has_shared_key(self) -> bool: ...
    def fail(self, coming: ComingApiFault) -> None:
        """Let one of the next calls meet this."""
        ...

    def show(self, state: CertificateState) -> None:
        """Show such a certificate from the next connection on."""
        ...

    def take(self, state: SharedKeyState) -> None:
        """Take the shared key in this state."""
        ...


class Faulty(Protocol):
    """What of a terminal under test a fault acts on."""

    @property
    def board(self) -> Board: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def storage(self) -> Storage: ...
    @property
    def has_real_readers(self) -> bool: ...
    @property
    def next_command(self) -> NextCommand: ...
    @property
    def wire(self) -> Wire | None: ...
    @property
    def interface(self) -> PointOfSaleInterface | None: ...
    @property
    def webhooks(self) -> EventDeliveries | None: ...
    def look_at_readers(self) -> None:
        """Post whether the readers are there, and all that they report."""
        ...

    def drawn(self, low: int, high: int) -> int:
        """A number from `low` to `high` by the bench's seed."""
        ...

    def post(self, event: Event) -> None:
        """Hand the firmware an event and let all follow from it."""
        ...


Arm = Callable[[Faulty, tuple[str, ...]], None]


class Argument(Struct, frozen=True):
    """One argument of a fault, as a person reads it, and the texts that it may be; an optional one comes last."""

    word: str
    texts: re.Pattern[str]
    optional: bool = False

    def __str__(self) -> str:
        return f"[{self.word}]" if self.optional else self.word


class NeededPart(Struct, frozen=True):
    """A part that not every terminal has: `only` is where its faults can happen, and `missing` what a terminal without it is told."""

    only: str
    missing: str
    is_in: Callable[[Faulty], bool]


class BenchFault(Struct, frozen=True):
    """A fault that a test can arm. `part` is what a terminal must have for it; `arm` gets texts that fit the `arguments`."""

    name: str
    arguments: tuple[Argument, ...]
    meaning: str
    arm: Arm
    part: NeededPart | None = None

    def missing_in(self, terminal: Faulty) -> str:
        """What `terminal` lacks for this fault; "" where it lacks nothing."""
        if self.part is None or self.part.is_in(terminal):
            return ""
        return f"{terminal.profile.id} {self.part.missing}"

    def __str__(self) -> str:
        return " ".join((self.name, *map(str, self.arguments)))

    def takes(self, texts: tuple[str, ...]) -> bool:
        """Whether `texts` are arguments of this fault."""
        needed = sum(not argument.optional for argument in self.arguments)
        return needed <= len(texts) <= len(self.arguments) and all(
            argument.texts.fullmatch(text) for argument, text in zip(self.arguments, texts, strict=False)
        )
