"""Character transmission (ISO/IEC 7816-3:2006, 10.3): T=0 at the terminal's end, and T=0, T=1 and PPS at the card's end.

1. After the header the card sends a procedure byte: 60 asks for more time, INS (or INS XOR 01) for all remaining data,
   INS XOR FF (or FE) for one byte; 6X and 9X begin the status word.
2. The protocol does not say which side sends the data: the terminal knows it from its command.
3. The card's end takes data with every instruction but those of ISO/IEC 7816-4 that only return data (`ONLY_RETURN`);
   P3 = 00 announces none. It asks for all data at once.
4. PPS and T=1 blocks carry their own length; until all of it has come, the card sends nothing.
"""

from collections.abc import Generator
from dataclasses import dataclass

from terminal_drivers.base import CardMute, FrameError, Misuse
from terminal_drivers.iso7816.apdu import SHORT_NE
from terminal_drivers.iso7816.block import PROLOGUE, Edc
from terminal_drivers.iso7816.chip import Chip
from terminal_drivers.iso7816.pps import PPSS

HEADER = 5
NULL = 0x60
NULLS = 250
"""The most NULL bytes in one command: a card that sends more never answers."""
ONLY_RETURN = frozenset((0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA))
"""MANAGE CHANNEL, GET CHALLENGE, READ BINARY, READ RECORD, GET RESPONSE, GET DATA (ISO/IEC 7816-4, 7)."""


@dataclass(frozen=True, slots=True)
class CharacterTurn:
    """The characters to send, maybe none, and the number to wait for afterwards."""

    send: bytes
    expect: int


def characters(tpdu: bytes) -> Generator[CharacterTurn, bytes, bytes]:
    """Yield the turns of one T=0 TPDU command, take as many characters as each expects, return data and SW1 SW2.

    `Misuse`: the INS byte is invalid (6X or 9X). `FrameError`: a byte is no procedure byte, or asks for more data than P3.
    `CardMute`: the card asks for more time without end.
    """
    header, to_send = tpdu[:HEADER].ljust(HEADER, b"\0"), tpdu[HEADER:]
    ins, incoming = header[1], bool(to_send)
    if _begins_status(ins):
        raise Misuse(f"INS {ins:02X} is no instruction: 6X and 9X begin status words")
    left = len(to_send) if incoming else header[4] or SHORT_NE
    received, nulls = b"", 0
    said = yield CharacterTurn(header, 1)
    while not _begins_status(said[0]) or said[0] == NULL:
        if said[0] == NULL:
            nulls += 1
            if nulls > NULLS:
                raise CardMute("the card asks for time without end")
            said = yield CharacterTurn(b"", 1)
            continue
        count = min(left, {0x00: left, 0x01: left, 0xFE: 1, 0xFF: 1}.get(said[0] ^ ins, 0))
        if not count:
            raise FrameError(f"the card says {said[0]:02X}, which is no procedure byte of INS {ins:02X} here")
        left -= count
        if incoming:
            part, to_send = to_send[:count], to_send[count:]
            said = yield CharacterTurn(part, 1)
        else:
            received += yield CharacterTurn(b"", count)
            said = yield CharacterTurn(b"", 1)
    return received + said + (yield CharacterTurn(b"", 1))


def _begins_status(byte: int) -> bool:
    return byte >> 4 in (6, 9)


class CharacterChip:
    """A chip behind a reader that carries single characters: it answers once a command is complete."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._received = b""
        self._to_send = b""
        self._data_requested = False

    def exchange(self, sent: bytes, expect: int) -> bytes:
        """Take characters and return `expect` of the card's; `CardMute` where it has fewer to send."""
        if sent:
            self._received += sent
            self._to_send = self._answer()
        if len(self._to_send) < expect:
            raise CardMute(f"{expect} characters were awaited and the card has sent {len(self._to_send)}")
        part, self._to_send = self._to_send[:expect], self._to_send[expect:]
        return part

    def _answer(self) -> bytes:
        received = self._received
        t0 = self._chip.protocol == 0 and received[0] != PPSS
        if (
            t0
            and len(received) >= HEADER
            and received[4]
            and received[1] not in ONLY_RETURN
            and not self._data_requested
        ):
            self._received, self._data_requested = received[:HEADER], True
            return received[1:2]
        size = self._size()
        if size is None or len(received) < size:
            return b""
        self._received, self._data_requested = b"", False
        answer = self._chip.exchange(received[:size])
        return received[1:2] + answer if t0 and len(answer) > 2 else answer

    def _size(self) -> int | None:
        """Return the number of characters of the command; None where those received do not determine it yet."""
        received = self._received
        if received[0] == PPSS:
            return 3 + (received[1] >> 4 & 7).bit_count() if len(received) > 1 else None
        if self._chip.protocol == 0:
            if len(received) < HEADER:
                return None
            return HEADER + (received[4] if self._data_requested else 0)
        if len(received) < PROLOGUE:
            return None
        edc = Edc.CRC if self._chip.atr is not None and self._chip.atr.crc else Edc.LRC
        return PROLOGUE + received[2] + edc.value
