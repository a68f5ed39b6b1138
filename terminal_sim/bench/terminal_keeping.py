"""A terminal that is kept at one moment, and goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal_sim.bench.presentment import chip_of
from terminal_sim.bench.saved_state import TerminalState
from terminal_sim.bench.snapshot import TerminalSnapshot
from terminal_sim.bench.terminal_hands import HandledTerminal
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.terminal import Terminal
from terminal_sim.display.view import view
from terminal_sim.errors import BenchMisuse
from terminal_sim.growing_list import GrowingList
from terminal_sim.readers.wire import SOUND

if TYPE_CHECKING:
    from terminal_sim.cards.catalogue import CardState


class KeptTerminal(HandledTerminal):
    """The board, the surroundings, the paper and the card in the hand by value."""

    __slots__ = ()

    def snapshot(self) -> TerminalSnapshot:
        """This terminal at this moment. Raises `BenchMisuse` where a card or reader is out of the simulator's hands."""
        firmware = self.board.firmware
        return TerminalSnapshot(
            self._state(),
            firmware.durable.copy() if firmware is not None else None,
            self.board.panel.shown,
            self._papers.copy(),
            self.wire.snapshot() if self.wire is not None else SOUND,
        )

    def restore(self, snapshot: TerminalSnapshot, card: CardState | None) -> None:
        """Be as at that moment; `card` is what the card in the slot knew. Raises `BenchMisuse` where only a person could put it back."""
        state, board = snapshot.state, self.board
        if self.wire is not None:
            self.wire.restore(SOUND)
        board.restore(state.board)
        board.panel.shown = snapshot.shown
        self._papers = snapshot.papers.copy()
        self._surroundings.restore(state.surroundings)
        self._card, self._card_name = None, ""
        if state.card:
            self._taken_up(state.card)
        slot = state.presented.in_slot
        held = self.bench.into_hand(slot, self) if slot else None
        self._presenting.restore(state.presented, chip_of(slot, held) if held is not None else None)
        board.firmware = None
        if snapshot.durable is not None and state.board.firmware is not None:
            board.firmware = self._firmware_of(snapshot.durable.copy())
            board.firmware.restore(state.board.firmware)
        if state.board.readers.conversation is not None:
            self.bench.engine.converse(board, state.board.readers.conversation)
        if held is not None and card is not None:
            held.resume(card)
        if self.wire is not None:
            self.wire.restore(snapshot.wire)

    def check_wire(self) -> None:
        """Raises `BenchMisuse` where the line to its readers has a fault, which lasts no longer than the bench."""
        if self.wire is not None and self.wire.condition:
            raise BenchMisuse(
                f"{self.name} is not saved: the line to its reader has a fault, {self.wire.condition}: `fault wire-mend` first"
            )

    def _state(self) -> TerminalState:
        return TerminalState(
            profile=self.profile.id,
            locale=self.locale,
            board=self.board.snapshot(),
            presented=self._presenting.snapshot(),
            surroundings=self._surroundings.snapshot(),
            card=self._card_name,
        )

    def resume(self, state: TerminalState, card: CardState | None) -> None:
        """Go on where the terminal of `state` stood, in the language of this one; `card` is what the card in its slot knew."""
        shown = None
        if state.board.shown is not None:
            screen, locale, display = state.board.shown
            shown = view(screen, self.profile, self.bench.texts, locale, display, seller=self.locale)
        durable = self.bench.past_of(self.name).durable
        self.restore(TerminalSnapshot(state, durable, shown, GrowingList()), card)
        if self.board.firmware is not None:
            self.board.firmware.locale = self.locale

    def _firmware_of(self, durable: DurableState) -> Terminal:
        """A firmware that knows what its journal says, and nothing else yet."""
        return Terminal(self.name, self.profile, self.bench.flows, durable, self.locale)
