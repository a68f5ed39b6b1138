"""A bench at one moment, by value and in memory: the containers are copied, and all that is in them is shared and never changes.

Rules:
1. A snapshot is taken when everything has settled, so nothing is queued; what waits for its time is part of it.
2. Going back is exact: the same acts at the same moment give the same entries of the trace.
3. A virtual card in the slot, and the middle of a conversation with it, are part of it: the card is put back, the card's memory is set, and
   the kernel is given its recorded answers again. A card in a real reader cannot be set, so a bench with one has no snapshot.
4. What is no part: what the subscribers of a trace have taken, and what a folder of a bench keeps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from terminal_sim.bench.journal import ComingFailure
from terminal_sim.bench.receipts import PrintedReceipt
from terminal_sim.bench.saved_state import TerminalState
from terminal_sim.core.durable_state import DurableState
from terminal_sim.growing_list import GrowingList
from terminal_sim.host.acquirer_state import AcquirerState
from terminal_sim.journal.memory import JournalState
from terminal_sim.pos.model.book import Book
from terminal_sim.readers.wire import SOUND, WireState
from terminal_sim.runtime.board import DrawnScreen
from terminal_sim.runtime.engine import EngineState
from terminal_sim.runtime.trace import TraceState

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState


class TerminalSnapshot(Struct, frozen=True):
    """A terminal at one moment. `durable` is what it knows from its journal, None while it is off; `shown` is the screen that the trace has last,
    and `wire` the line to its virtual readers.
    """

    state: TerminalState
    durable: DurableState | None
    shown: DrawnScreen | None
    papers: GrowingList[PrintedReceipt]
    wire: WireState = SOUND


class TillSnapshot(Struct, frozen=True):
    """A point of sale that was used: its rows, what they come to, and why it is out of service, if it is."""

    journal: JournalState
    book: Book
    out_of_service: str


class Snapshot(Struct, frozen=True, eq=False):
    """What `Bench.snapshot` gives, and `restore` and `branch` take. It holds test card numbers, PINs and keys, and shows none of them."""

    trace: TraceState
    engine: EngineState
    journal: JournalState
    till: TillSnapshot | None
    acquirer: AcquirerState
    cards: Mapping[str, CardState]
    numbers: Mapping[str, int]
    commit_failure: ComingFailure | None
    terminals: tuple[TerminalSnapshot, ...]

    def __repr__(self) -> str:
        return f"<a bench after event {self.trace.point.number}>"
