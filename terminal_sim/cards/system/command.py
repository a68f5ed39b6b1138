"""A C-APDU as the card reads it, its answer, and the refusal of one (ISO/IEC 7816-4, 5.1; short form)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data.apdu import StatusWord

_OK: Final = StatusWord.OK.to_bytes(2)


class Refusal(Exception):
    """The card refuses a command with a status word, or warns of what it answers (`data`); carried out of the handlers."""

    def __init__(self, sw: int, data: bytes = b"") -> None:
        super().__init__(f"{sw:04X}")
        self.sw = sw
        self.data = data


class CardCommand(Struct, frozen=True):
    """`instruction` is CLA and INS, as in `Instruction`; a command without data has `data` empty."""

    instruction: int
    p1: int
    p2: int
    data: bytes

    def record_place(self) -> tuple[int, int]:
        """SFI and number of the record that READ RECORD asks for. Raises `Refusal` where P2 names none (Book 1, 11.2)."""
        if self.p2 & 0x07 != 0x04:
            raise Refusal(StatusWord.WRONG_PARAMETERS)
        return self.p2 >> 3, self.p1

    def need_no_parameters(self) -> None:
        """Raises `Refusal` where P1 or P2 says anything."""
        if self.p1 or self.p2:
            raise Refusal(StatusWord.WRONG_PARAMETERS)


def parse(apdu: bytes) -> CardCommand:
    """Raises `Refusal` (6700) where Lc does not fit, and (6E00) for a class that no EMV command has."""
    if len(apdu) < 4:
        raise Refusal(StatusWord.WRONG_LENGTH)
    if apdu[0] not in (0x00, 0x80, 0x84):
        raise Refusal(StatusWord.NO_CLASS)
    data = b""
    if len(apdu) > 5:
        length = apdu[4]
        data = apdu[5 : 5 + length]
        # With Le or without: what is there after the data is at most that one byte.
        if length == 0 or len(data) < length or len(apdu) - 5 - length > 1:
            raise Refusal(StatusWord.WRONG_LENGTH)
    return CardCommand(apdu[0] << 8 | apdu[1], apdu[2], apdu[3], data)


def found(record: bytes | None, *, in_file: bool = True) -> bytes:
    """The record that READ RECORD asks for. Raises `Refusal` where there is none, or not even its file (ISO/IEC 7816-4, 7.3.3)."""
    if record is None:
        raise Refusal(StatusWord.RECORD_NOT_FOUND if in_file else StatusWord.NOT_FOUND)
    return record


Handlers = Mapping[int, Callable[[CardCommand], bytes]]
"""What answers a command, by its instruction: the data of the answer, or a `Refusal`."""


def answer(apdu: bytes, handlers: Handlers) -> bytes:
    """The R-APDU to `apdu`: the data that the handler of its instruction gives and 9000, or the status word of a refusal."""
    try:
        command = parse(apdu)
        handler = handlers.get(command.instruction)
        if handler is None:
            raise Refusal(StatusWord.NO_INSTRUCTION)
        return handler(command) + _OK
    except Refusal as refusal:
        return refusal.data + refusal.sw.to_bytes(2)
