"""A card that somebody pulls out in the middle of its conversation, at a step or after a number of commands.

The command that is chosen is still answered, and the next one finds no card. That is how it looks to the reader too: it has the
answer and learns at its next contact with the card that there is none.
"""

from __future__ import annotations

from terminal_drivers.base import CardRemoved
from terminal_sim.cards.command import Card
from terminal_sim.emv.talk.asks import Step

INS_GENERATE_AC = 0xAE
_INS = {
    Step.SELECT: 0xA4,
    Step.GPO: 0xA8,
    Step.READ: 0xB2,
    Step.GENAC1: INS_GENERATE_AC,
    Step.GENAC2: INS_GENERATE_AC,
}
STEPS = {step.value: step for step in _INS}


class TornCard:
    """`card` until it is torn; `after` is a step of the conversation or the number of a command, counted from the reset."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._after: Step | int | None = None
        self._commands = 0
        self._cryptograms = 0
        self._gone = False

    @property
    def atr(self) -> bytes:
        return self._card.atr

    def tear(self, after: Step | int) -> None:
        """Be pulled out after this step or command; a later call is in place of an earlier one."""
        self._after = after

    def reset(self) -> bytes:
        self._stay()
        self._commands = self._cryptograms = 0
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        self._stay()
        response = self._card.transmit(apdu)
        self._commands += 1
        self._cryptograms += apdu[1] == INS_GENERATE_AC
        self._gone = self._is_due(apdu[1])
        return response

    def _stay(self) -> None:
        if self._gone:
            raise CardRemoved("the card was pulled out")

    def _is_due(self, ins: int) -> bool:
        if isinstance(self._after, Step):
            wanted = 2 if self._after is Step.GENAC2 else 1
            return ins == _INS[self._after] and (ins != INS_GENERATE_AC or self._cryptograms == wanted)
        return self._after == self._commands
