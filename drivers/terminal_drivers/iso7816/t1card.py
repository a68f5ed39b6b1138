"""T=1 as a card speaks it (ISO/IEC 7816-3:2006, 11.6): block in, block out.

1. A command reaches the card once, whatever the line does: an I-block with the wrong number is asked for
   again, never run.
2. A terminal that could not read the answer gets the last block again. What is no response to a request of the
   card brings the request again (rule 7.3).
3. An answer whose chain the card aborts is void: R gives the turn back (rule 9).
4. Before its next answer the card does what waits in `interludes`: asks for time, another field size or ABORT,
   or has an accident on the line. So a test sees what a slow or worn card makes of a reader.
"""

from collections import deque
from collections.abc import Iterable
from enum import Enum

from terminal_drivers.base import Card, CardMute, FrameError
from terminal_drivers.iso7816.apdu import CommandApdu
from terminal_drivers.iso7816.block import (
    IFS_DEFAULT,
    Block,
    Complaint,
    DamagedBlock,
    Edc,
    IBlock,
    RBlock,
    SBlock,
    Supervision,
    WrongBlock,
    decode,
    encode,
)

WRONG_LENGTH = b"\x67\x00"


class Mishap(Enum):
    """An accident on the card's line."""

    DAMAGED_COMMAND = "the card asks for the command again"
    DAMAGED_ANSWER = "the answer's error detection code is wrong"


Interlude = SBlock | Mishap


class T1Card:
    """A card of whole APDUs as a T=1 reader sees it, block by block."""

    def __init__(self, card: Card, edc: Edc = Edc.LRC, interludes: Iterable[Interlude] = ()) -> None:
        self.card = card
        self.interludes = deque(interludes)
        self._edc = edc
        self._mute = False
        self._begin()

    def _begin(self) -> None:
        self._ns = self._nr = 0
        self._ifsd = IFS_DEFAULT
        self._command = b""
        self._answer: bytes | None = None
        self._asked: SBlock | None = None
        self._sent: IBlock | None = None
        self._last: Block = RBlock(0, Complaint.OTHER)

    def exchange(self, data: bytes) -> bytes:
        """Answer one block. What the card raises passes through; after `CardMute` it stays mute."""
        if self._mute:
            raise CardMute("this card has fallen silent")
        try:
            block = decode(data, self._edc)
            said = self._take(block)
        except DamagedBlock:
            said = self._asked or RBlock(self._nr, Complaint.EDC)
        except WrongBlock:
            said = self._asked or RBlock(self._nr, Complaint.OTHER)
        whole = encode(said, self._edc)
        if isinstance(said, IBlock) and self.interludes and self.interludes[0] is Mishap.DAMAGED_ANSWER:
            self.interludes.popleft()
            return whole[:-1] + bytes((whole[-1] ^ 0x5A,))
        return whole

    def _take(self, block: Block) -> Block:
        if isinstance(block, IBlock):
            said = self._command_part(block)
        elif isinstance(block, RBlock):
            said = self._next(block)
        else:
            said = self._supervise(block)
        self._last = said
        return said

    def _command_part(self, block: IBlock) -> Block:
        if block.ns != self._nr or self._asked is not None:
            raise WrongBlock("this I-block is not the next one")
        if self.interludes and self.interludes[0] is Mishap.DAMAGED_COMMAND:
            self.interludes.popleft()
            return RBlock(self._nr, Complaint.EDC)
        self._nr ^= 1
        self._command += block.inf
        if block.more:
            self._answer, self._sent = None, None
            return RBlock(self._nr)
        command, self._command = self._command, b""
        self._answer = self._run(command)
        return self._go_on()

    def _run(self, command: bytes) -> bytes:
        try:
            CommandApdu.parse(command)
        except FrameError:
            return WRONG_LENGTH
        try:
            return self.card.transmit(command)
        except CardMute:
            self._mute = True
            raise

    def _go_on(self) -> Block:
        """The next interlude, else the next part of the answer."""
        request = self.interludes[0] if self.interludes else None
        if isinstance(request, SBlock):
            self.interludes.popleft()
            self._asked = request
            return request
        answer = self._answer or b""
        part, self._answer = answer[: self._ifsd], answer[self._ifsd :]
        self._sent = IBlock(self._ns, bool(self._answer), part)
        self._ns ^= 1
        return self._sent

    def _next(self, block: RBlock) -> Block:
        sent = self._sent
        if sent is None or self._asked is not None:
            return self._last
        if block.nr == sent.ns:
            return sent
        return self._go_on() if sent.more else self._last

    def _supervise(self, block: SBlock) -> Block:
        if block.response:
            if self._asked is None or block != self._asked.answered():
                raise WrongBlock("this response answers no request")
            self._asked = None
            if block.kind is Supervision.ABORT and self._sent is not None and self._sent.more:
                self._answer, self._sent = None, None
                return RBlock(self._nr)
            return self._go_on()
        if block.kind is Supervision.RESYNCH:
            self._begin()
        elif block.kind is Supervision.IFS:
            if not 1 <= block.inf[0] <= 0xFE:
                raise WrongBlock("no such information field size")
            self._ifsd = block.inf[0]
        elif block.kind is Supervision.ABORT:
            self._command, self._answer, self._sent = b"", None, None
        else:
            raise WrongBlock("only a card asks for time")
        return block.answered()
