"""The host end at character level: the reader carries single characters, this end knows where they end.

1. wLevelParameter is how many characters the reader waits for after it has sent what the message holds (6.1.4).
2. T=0: the header, then what each procedure byte asks for (`characters`).
3. T=1: a block goes as it is; its answer comes as a prologue, and then the bytes that LEN announces.
"""

from terminal_drivers.base import FrameError
from terminal_drivers.iso7816.block import PROLOGUE, Edc
from terminal_drivers.iso7816.characters import characters
from terminal_drivers.iso7816.t1 import Turn
from terminal_drivers.readers.ccid.commands import SlotCommands, lost_on_the_line

PPS_HEAD = 2  # PPSS, PPS0


class Characters:
    """The carrier of `tpdu_level` for such a reader."""

    enters_pins = False

    def __init__(self, commands: SlotCommands) -> None:
        self._commands = commands

    def pps(self, request: bytes) -> bytes:
        head = self._exchange(request, PPS_HEAD)
        return head + self._exchange(b"", (head[1] >> 4 & 7).bit_count() + 1)

    def tpdu(self, command: bytes) -> bytes:
        conversation = characters(command)
        wish = next(conversation)
        while True:
            answer = self._exchange(wish.send, wish.expect)
            try:
                wish = conversation.send(answer)
            except StopIteration as done:
                return bytes(done.value)

    def block(self, turn: Turn, edc: Edc) -> bytes:
        prologue = self._part(turn.block, PROLOGUE, turn.waits)
        if len(prologue) < PROLOGUE:
            return prologue
        return prologue + self._part(b"", prologue[2] + edc.value, turn.waits)

    def _exchange(self, send: bytes, expect: int) -> bytes:
        answer = self._commands.xfr_block(send, expect)
        self._commands.check(answer)
        if len(answer.data) != expect:
            raise FrameError(f"the reader was asked for {expect} characters and brings {len(answer.data)}")
        return answer.data

    def _part(self, send: bytes, expect: int, waits: int) -> bytes:
        answer = self._commands.xfr_block(send, expect, waits)
        lost = lost_on_the_line(answer)
        if lost is None:
            self._commands.check(answer)
        return answer.data if lost is None else lost
