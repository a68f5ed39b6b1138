"""A bench at one moment as a value: made by the owners of its state, written as bytes, gone on with in any process.

Rules:
1. A state is taken when everything has settled, so nothing is queued; what waits for its time is part of it.
2. A virtual card in the slot, and the middle of a conversation with it, are part of it: the kernel is given its recorded answers
   again, and the card's memory is set. A card in a real reader cannot be set, so a bench with one is not saved.
3. What is no part: entries of the trace, numbers of reader frames, and where the readers are.
4. The bytes hold card numbers, PINs and keys in clear. Those of a bench are test values; a file of them has mode 0600.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from terminal_sim.bench import plain
from terminal_sim.bench.journal import ComingFailure
from terminal_sim.bench.surroundings import SurroundingsState
from terminal_sim.core.rows.schema import Field
from terminal_sim.errors import BenchMisuse
from terminal_sim.files import PLAIN, keep_private
from terminal_sim.host.acquirer_state import AcquirerState
from terminal_sim.readers.card_fault import ComingFault
from terminal_sim.readers.tearing import CardTear
from terminal_sim.runtime.board import BoardState
from terminal_sim.runtime.engine import EngineState

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState

FORMAT = "terminal-sim saved bench"
VERSION = 39


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A row of the journal, without its place in the chain, which the journal that takes it gives anew."""

    terminal: str
    boot: int
    mono: int
    wall: int
    kind: str
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class PresentedState:
    """`in_slot` names the card in the slot; `named` is how many cards had been inserted at the last act, and `apdus` how many commands the
    conversation with the last card has had; `tear` and `card_fault` are still to come.
    """

    in_slot: str
    named: int
    apdus: int
    tear: CardTear | None
    card_fault: ComingFault | None


@dataclass(frozen=True, slots=True)
class TerminalState:
    """A terminal with its surroundings and cards. `card` is the one that was named last."""

    profile: str
    locale: str
    board: BoardState
    presented: PresentedState
    surroundings: SurroundingsState
    card: str


@dataclass(frozen=True, slots=True)
class SavedState:
    """A bench at one moment: what `Bench.save` gives and `state_from` of another bench's `add_terminal` goes on from."""

    engine: EngineState = field(repr=False)
    rows: tuple[SavedRow, ...] = field(repr=False)
    sales: tuple[SavedRow, ...] = field(repr=False)
    acquirer: AcquirerState = field(repr=False)
    cards: Mapping[str, CardState] = field(repr=False)
    numbers: Mapping[str, int]
    commit_failure: ComingFailure | None
    terminals: tuple[TerminalState, ...] = field(repr=False)

    def to_bytes(self) -> bytes:
        """JSON in UTF-8, with secrets in clear; the same state gives the same bytes."""
        return msgspec.json.encode({"format": FORMAT, "version": VERSION, "state": plain.encoded(self)})

    @classmethod
    def from_bytes(cls, data: bytes) -> SavedState:
        """Raises `BenchMisuse` for what `to_bytes` of this version did not write."""
        try:
            read = msgspec.json.decode(data, type=dict[str, object])
        except msgspec.DecodeError as wrong:
            raise BenchMisuse(f"this is no saved bench: {wrong}") from None
        if read.get("format") != FORMAT:
            raise BenchMisuse(f"this is no saved bench: it does not begin as {FORMAT!r}")
        if read.get("version") != VERSION:
            raise BenchMisuse(
                f"this bench was saved in version {read.get('version')!r}, and version {VERSION} is read here: save it anew"
            )
        try:
            state = plain.decoded(read.get("state"))
        except plain.NotPlain as wrong:
            raise BenchMisuse(f"this saved bench is damaged: {wrong}") from None
        if not isinstance(state, cls):
            raise BenchMisuse("this saved bench is damaged: it holds something else than a bench")
        return state

    def write(self, path: Path) -> None:
        """Write the bytes into `path`, which its owner alone may read: they hold test card numbers, PINs and keys in clear."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | PLAIN, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            keep_private(descriptor)
            file.write(self.to_bytes())

    @classmethod
    def read(cls, path: Path) -> SavedState:
        """As `from_bytes`; raises `BenchMisuse` where there is no such file."""
        try:
            return cls.from_bytes(path.read_bytes())
        except OSError as error:
            raise BenchMisuse(f"{path}: {error.strerror}") from None
