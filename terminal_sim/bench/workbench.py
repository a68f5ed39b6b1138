"""What a terminal finds on its bench, whatever stands beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from terminal_sim.bench.fault import Storage
from terminal_sim.bench.receipts import ReceiptTaker
from terminal_sim.bench.terminal_past import TerminalPast
from terminal_sim.bench.wallet import Slot
from terminal_sim.core.flow import AnyFlow
from terminal_sim.display.texts import Texts
from terminal_sim.display.view import DrawnViews
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.journal.records import JournalStore
from terminal_sim.runtime.engine import Engine

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import VirtualCard


class Workbench(Protocol):
    """The parts of a bench that each of its terminals uses."""

    texts: Texts
    views: DrawnViews
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
    def into_hand(self, name: str, terminal: Slot) -> VirtualCard: ...
    def past_of(self, terminal: str) -> TerminalPast: ...
    def advance(self, duration: int) -> None: ...
