"""T=1 as the terminal speaks it (ISO/IEC 7816-3:2006, 11.6): APDUs in and out, blocks between, no clock.

1. Both sides number their I-blocks 0, 1, 0, ... for the life of the session; the terminal begins.
2. A chained I-block is acknowledged by R with the number of the next; the last one by the answer itself.
3. A block that cannot be read, and silence, is answered by R with the number that is expected (rule 7). What
   stays wrong three times is answered by S(RESYNCH request), at most three times (rule 6).
4. After RESYNCH the command is lost and is not sent again: the card may have run it. The next command finds
   both sides in step. Where RESYNCH fails too, only a reset helps: `CardMute`.
5. Requests of the card (IFS, WTX, ABORT) are answered at once; their number is bounded.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Self, TypeVar

from terminal_drivers.base import CardMute, FrameError, Misuse
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.block import (
    IFS_DEFAULT,
    LONGEST_INF,
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

REPEATS = 3
REQUESTS = 250
"""How many supervisory requests of the card one command bears: more is a card that never answers."""
LONGEST_RESPONSE = 65_536 + 2


@dataclass(frozen=True, slots=True)
class Turn:
    """A block to send, and the number of BWT to wait for the answer: 0 or 1 is one, a WTX asks for more."""

    block: bytes
    waits: int = 0


Conversation = Generator[Turn, bytes, bytes]
"""Yields turns, takes the card's bytes (`b""`: nothing came), returns."""

_Outcome = TypeVar("_Outcome")
_Inner = Generator[Turn, bytes, _Outcome]


class ExchangeLost(FrameError):
    """The command's answer is lost; the session goes on with the next command."""


class T1Terminal:
    """One session, from reset to reset."""

    def __init__(self, edc: Edc = Edc.LRC, ifsc: int = IFS_DEFAULT) -> None:
        if not 1 <= ifsc <= LONGEST_INF:
            raise FrameError(f"the card names an information field size of {ifsc}: 1 to {LONGEST_INF}")
        self._edc = edc
        self._first_ifsc = self._ifsc = ifsc
        self._ns = self._nr = 0
        self._requests = 0

    @classmethod
    def of(cls, atr: Atr) -> Self:
        """Begin the session that an ATR announces."""
        return cls(Edc.CRC if atr.crc else Edc.LRC, atr.ifsc)

    def announce(self, ifsd: int = LONGEST_INF) -> Conversation:
        """Tell the card how much one block may carry to the terminal (S(IFS request)); return nothing."""
        request = SBlock(Supervision.IFS, bytes((ifsd,)))
        for _ in range(REPEATS):
            answer = yield Turn(encode(request, self._edc))
            if self._read(answer) == request.answered():
                return b""
        return (yield from self._resynchronise())

    def transmit(self, apdu: bytes) -> Conversation:
        """Send a command and return the response.

        `ExchangeLost`: the answer cannot be had. `CardMute`: the card is beyond recovery without a reset.
        """
        if not apdu:
            raise Misuse("there is no empty C-APDU")
        self._requests = 0
        rest, response, begun, aborted = apdu, b"", False, False
        first = self._cut(rest)
        sent: IBlock | None = first
        out: Block = first
        while True:
            block = yield from self._turn(out, sent)
            if isinstance(block, IBlock):
                if not begun:
                    self._ns ^= 1
                    sent, begun = None, True
                self._nr ^= 1
                response += block.inf
                if not block.more:
                    return response
                if len(response) > LONGEST_RESPONSE:
                    raise CardMute("the card chains its response without end")
                out = RBlock(self._nr)
            elif isinstance(block, SBlock):  # ABORT: what was collected is void
                response, out, aborted = b"", block.answered(), True
            elif aborted:
                self._ns = block.nr
                raise ExchangeLost("the card gave the command up")
            elif sent is not None:
                self._ns ^= 1
                rest = rest[len(sent.inf) :]
                out = sent = self._cut(rest)

    def _cut(self, rest: bytes) -> IBlock:
        return IBlock(self._ns, len(rest) > self._ifsc, rest[: self._ifsc])

    def _read(self, answer: bytes) -> Block | None:
        """What came, or None where it cannot be read."""
        try:
            return decode(answer, self._edc)
        except FrameError:
            return None

    def _turn(self, out: Block, sent: IBlock | None) -> _Inner[Block]:
        """Send `out` until an answer comes that moves the exchange on: I, S(ABORT), R that acknowledges what was
        `sent`, or R without a complaint where `out` answers S(ABORT): it gives the turn back, and no part goes
        again (rule 9).
        """
        errors, waits, said, aborted = 0, 0, out, isinstance(out, SBlock)
        while errors <= REPEATS:
            answer = yield Turn(encode(said, self._edc), waits)
            waits = 0
            try:
                block = decode(answer, self._edc)
                if isinstance(block, SBlock):
                    request = self._request(block)
                    if request is None:
                        return block
                    said, waits = request
                    out = said
                    continue
                if isinstance(block, IBlock):
                    if block.ns != self._nr or (sent is not None and sent.more):
                        raise WrongBlock("this I-block is not the next one")
                    return block
            except FrameError as error:
                errors += 1
                damaged = isinstance(error, DamagedBlock) and answer
                said = RBlock(self._nr, Complaint.EDC if damaged else Complaint.OTHER)
                continue
            if aborted:
                if not block.complaint:
                    return block
                errors += 1
                said = RBlock(self._nr, Complaint.OTHER)
                continue
            if sent is not None and block.nr != sent.ns:
                if sent.more:
                    return block
                errors += 1
                said = RBlock(self._nr, Complaint.OTHER)
                continue
            errors += 1
            said = out if sent is None else sent
        yield from self._resynchronise()
        raise ExchangeLost("the card's answer stayed unreadable: both sides are in step again")

    def _request(self, block: SBlock) -> tuple[SBlock, int] | None:
        """The response to a request of the card and the BWT to wait then; None for ABORT."""
        self._requests += 1
        if self._requests > REQUESTS:
            raise CardMute("the card asks for time or changes without end")
        if block.response or block.kind is Supervision.RESYNCH:
            raise WrongBlock("the card answers what was not asked, or asks for RESYNCH")
        if block.kind is Supervision.ABORT:
            return None
        value = block.inf[0]
        if block.kind is Supervision.WTX:
            return block.answered(), value
        if not 1 <= value <= LONGEST_INF:
            raise WrongBlock(f"the card names an information field size of {value}")
        self._ifsc = value
        return block.answered(), 0

    def _resynchronise(self) -> Conversation:
        request = SBlock(Supervision.RESYNCH)
        for _ in range(REPEATS):
            answer = yield Turn(encode(request, self._edc))
            if self._read(answer) == request.answered():
                self._ns = self._nr = 0
                self._ifsc = self._first_ifsc
                return b""
        raise CardMute("the card does not come back into step: it needs a reset")
