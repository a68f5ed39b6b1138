"""A card's line character by character (ISO/IEC 7816-3:2006, 10.3): what the terminal asks of T=0, and the card's end.

1. After the header the card says a procedure byte: 60 is more time, INS (or INS XOR 01) asks for all data that is
   left, INS XOR FF (or FE) for one byte, 6X and 9X begin the status word.
2. Which side sends the data is no matter of the protocol: the terminal knows it from its command.
3. The card's end takes data with every instruction but those of ISO/IEC 7816-4 that only bring data; P3 = 00
   announces none. It asks for all data at once.
4. PPS and T=1 blocks end where their own bytes say; a card that has heard less says nothing.
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
"""How many NULL bytes one command bears: more is a card that never answers."""
ONLY_BRING = frozenset((0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA))
"""MANAGE CHANNEL, GET CHALLENGE, READ BINARY, READ RECORD, GET RESPONSE, GET DATA (ISO/IEC 7816-4, 7)."""


@dataclass(frozen=True, slots=True)
class CharacterTurn:
    """Characters to send, maybe none, and how many to wait for then."""

    send: bytes
    expect: int


def characters(tpdu: bytes) -> Generator[CharacterTurn, bytes, bytes]:
    """Yield the turns of one T=0 TPDU command, take as many characters as each expects, return data and SW1 SW2.

    `Misuse`: INS is none. `FrameError`: a byte that is no procedure byte, or asks for more than P3. `CardMute`: the
    card asks for time without end.
    """
    header, to_send = tpdu[:HEADER].ljust(HEADER, b"\0"), tpdu[HEADER:]
    ins, incoming = header[1], bool(to_send)
    if _begins_status(ins):
        raise Misuse(f"INS {ins:02X} is none: 6X and 9X are status words")
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
    """A chip whose reader moves characters: it answers when it has heard enough."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self._heard = b""
        self._said = b""
        self._asked = False

    def exchange(self, sent: bytes, expect: int) -> bytes:
        """Take characters, and hand over `expect` of the card's; `CardMute` where it does not say as many."""
        if sent:
            self._heard += sent
            self._said = self._answer()
        if len(self._said) < expect:
            raise CardMute(f"{expect} characters were awaited and the card has said {len(self._said)}")
        part, self._said = self._said[:expect], self._said[expect:]
        return part

    def _answer(self) -> bytes:
        heard = self._heard
        t0 = self._chip.protocol == 0 and heard[0] != PPSS
        if t0 and len(heard) >= HEADER and heard[4] and heard[1] not in ONLY_BRING and not self._asked:
            self._heard, self._asked = heard[:HEADER], True
            return heard[1:2]
        size = self._size()
        if size is None or len(heard) < size:
            return b""
        self._heard, self._asked = b"", False
        answer = self._chip.exchange(heard[:size])
        return heard[1:2] + answer if t0 and len(answer) > 2 else answer

    def _size(self) -> int | None:
        """How many characters there will be; None where that is not told yet."""
        heard = self._heard
        if heard[0] == PPSS:
            return 3 + (heard[1] >> 4 & 7).bit_count() if len(heard) > 1 else None
        if self._chip.protocol == 0:
            if len(heard) < HEADER:
                return None
            return HEADER + (heard[4] if self._asked else 0)
        if len(heard) < PROLOGUE:
            return None
        edc = Edc.CRC if self._chip.atr is not None and self._chip.atr.crc else Edc.LRC
        return PROLOGUE + heard[2] + edc.value
