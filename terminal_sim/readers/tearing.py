"""A card that is pulled out in the middle of its conversation: at a step of it, or after a number of commands.

The chosen command is still answered, and the next one finds no card (`CardRemoved`). The reader sees the same: it has the answer
and learns at its next contact with the card that the slot is empty.
"""

from __future__ import annotations

import re
from typing import Self

from msgspec import Struct

from terminal_drivers.base import Card, CardRemoved, Misuse
from terminal_sim.emv.data.apdu import Instruction
from terminal_sim.emv.talk.asks import Step

_INS = {
    Step.SELECT: Instruction.SELECT.ins,
    Step.GPO: Instruction.GET_PROCESSING_OPTIONS.ins,
    Step.READ: Instruction.READ_RECORD.ins,
    Step.GENAC1: Instruction.GENERATE_AC.ins,
    Step.GENAC2: Instruction.GENERATE_AC.ins,
}
"""The instruction of each step that has a command of its own (EMV Book 3, table 8)."""

CARD_STEPS = {step.value: step for step in Step if step is not Step.OTHER}
"""The steps of a card's conversation by their names, in their order."""
COMMAND_STEPS = {name: step for name, step in CARD_STEPS.items() if step in _INS}
"""Those that a card knows by their commands."""
_APDU = re.compile(r"apdu ([1-9][0-9]{0,8})", re.ASCII)


class CardTear(Struct, frozen=True):
    """When a card is pulled out: behind a step of its conversation, or behind that many commands, counted from its reset."""

    after: Step | int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `select`, `gpo`, `read`, `genac1`, `online`, `genac2` or `apdu N`; `Misuse` says what is written instead."""
        if apdu := _APDU.fullmatch(text):
            return cls(int(apdu[1]))
        if text in CARD_STEPS:
            return cls(CARD_STEPS[text])
        raise Misuse(f"{text!r} is no step of a card: {', '.join(CARD_STEPS)} or apdu N, from 1 on")

    def __str__(self) -> str:
        """As `parse` reads it."""
        return f"apdu {self.after}" if isinstance(self.after, int) else self.after.value

    def is_due(self, step: Step, commands: int) -> bool:
        """Whether the card is out behind this step of its conversation, which has had that many commands."""
        return self.after == commands if isinstance(self.after, int) else self.after is step


class TornCard:
    """`card` until it is torn. It knows a step by the instruction of its command; `Step.ONLINE` has none, and is `reach`ed."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._tear: CardTear | None = None
        self._commands = 0
        self._cryptograms = 0
        self._gone = False

    @property
    def atr(self) -> bytes:
        return self._card.atr

    @property
    def is_gone(self) -> bool:
        """Whether the card has been pulled out."""
        return self._gone

    def tear(self, tear: CardTear) -> None:
        """Be pulled out at `tear`; a later call is in place of an earlier one."""
        self._tear = tear

    def reach(self, step: Step) -> None:
        """The conversation has come to a step that sends the card nothing."""
        self._gone = self._gone or (self._tear is not None and self._tear.after is step)

    def reset(self) -> bytes:
        self._stay()
        self._commands = self._cryptograms = 0
        return self._card.reset()

    def transmit(self, apdu: bytes) -> bytes:
        self._stay()
        response = self._card.transmit(apdu)
        self._commands += 1
        self._cryptograms += apdu[1] == Instruction.GENERATE_AC.ins
        self._gone = self._tear is not None and self._tear.is_due(self._step(apdu[1]), self._commands)
        return response

    def _stay(self) -> None:
        if self._gone:
            raise CardRemoved("the card was pulled out")

    def _step(self, ins: int) -> Step:
        """The step of a command that was answered just now."""
        if ins == Instruction.GENERATE_AC.ins:
            return {1: Step.GENAC1, 2: Step.GENAC2}.get(self._cryptograms, Step.OTHER)
        return next((step for step, its in _INS.items() if its == ins), Step.OTHER)
