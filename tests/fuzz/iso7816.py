"""Bytes of a contact card: ATR, PPS, T=0, and both ends of T=1."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress

from terminal_drivers.base import CardMute, FrameError
from terminal_drivers.iso7816 import block, pps, t0
from terminal_drivers.iso7816.apdu import CommandApdu
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.block import DamagedBlock, Edc, WrongBlock
from terminal_drivers.iso7816.characters import CharacterChip, characters
from terminal_drivers.iso7816.chip import Chip
from terminal_drivers.iso7816.emv import require_emv
from terminal_drivers.iso7816.t0 import T0Card
from terminal_drivers.iso7816.t1 import ExchangeLost, T1Terminal, Turn
from terminal_drivers.iso7816.t1card import T1Card
from tests.drivers.conftest import ATR_T0, FCI, PPSE, TableChip
from tests.fuzz.target import Target, joined, parts

COMMANDS = (PPSE + b"\0", bytes.fromhex("00B2010C00"), bytes.fromhex("00200080081234567890ABCDEF"), bytes(4))
EXTENDED = (bytes.fromhex("00D6000000012C") + bytes(300) + bytes(2), bytes.fromhex("00B0000000012C"))
LONGEST_CONVERSATION = 4_000


def atr(data: bytes) -> None:
    read = Atr.parse(data)
    assert 0 <= read.protocol <= 15
    pps.wanted(read, 4000, 344_086)
    T1Terminal.of(read)
    require_emv(read)


def pps_both_ways(data: bytes) -> None:
    assert pps.Pps.parse(data).build() == data


def pps_answer(data: bytes) -> None:
    assert 0 <= pps.agreed(pps.Pps(0, 0x95), data) <= 0xFF


def c_apdu(data: bytes) -> None:
    assert CommandApdu.parse(data).ne >= 0


def t0_terminal(data: bytes) -> None:
    commands = (*COMMANDS, *EXTENDED)
    command = commands[data[0] % len(commands)] if data else commands[0]
    answers = iter(parts(data[1:]))
    with suppress(_OutOfAnswers):
        response = t0.transmit(command, lambda _: _next(answers))
        assert 2 <= len(response) <= 2 + CommandApdu.parse(command).ne


class _OutOfAnswers(Exception):
    """The card of a fuzz run has said all that it has to say."""


def _next(answers: Iterator[bytes]) -> bytes:
    for answer in answers:
        return answer
    raise _OutOfAnswers


def t0_characters(data: bytes) -> None:
    left = data[1:]
    conversation = characters(COMMANDS[data[0] % len(COMMANDS)][:20] if data else COMMANDS[0])
    with suppress(StopIteration):
        turn = next(conversation)
        while turn.expect <= len(left):
            said, left = left[: turn.expect], left[turn.expect :]
            turn = conversation.send(said)


def _powered(first: bytes) -> Chip:
    atr = ATR_T0 if first < b"\x80" else bytes.fromhex("3B848131FE4576454D56A7")
    chip = Chip(TableChip({PPSE: FCI}, atr, None))
    chip.reset()
    return chip


def contacts(data: bytes) -> None:
    chip = _powered(data[:1])
    for piece in parts(data[1:]):
        with suppress(FrameError, CardMute):
            chip.exchange(piece)


def card_characters(data: bytes) -> None:
    line = CharacterChip(_powered(data[:1]))
    for piece in parts(data[1:]):
        expect = piece[0] if piece else 1
        with suppress(CardMute):
            assert len(line.exchange(piece[1:], expect)) == expect


def enveloped(data: bytes) -> None:
    card = T0Card(TableChip({PPSE: FCI}, ATR_T0, None), extended=True)
    for piece in parts(data):
        with suppress(FrameError):
            assert len(card.exchange(b"\0\xc2\0\0" + bytes((len(piece),)) + piece)) >= 2


def t1_block(data: bytes) -> None:
    edc = Edc.CRC if data[:1] >= b"\x80" else Edc.LRC
    assert block.encode(block.decode(data[1:], edc), edc) == data[1:]


def sound(piece: bytes) -> bytes:
    """A block of the piece as NAD, PCB and information field; one with the highest bit in NAD stays as it is."""
    if piece[:1] >= b"\x80" or len(piece) < 2:
        return piece
    body = piece[:2] + bytes((len(piece) - 2,)) + piece[2:]
    return body + Edc.LRC.of(body)


def t1_terminal(data: bytes) -> None:
    terminal = T1Terminal(ifsc=1 + data[0] % 254 if data else 32)
    answers = iter([sound(piece) for piece in parts(data[1:])])
    for command in COMMANDS:
        with suppress(ExchangeLost):
            _conversed(terminal.transmit(command), answers)


def _conversed(conversation: Generator[Turn, bytes, bytes], answers: Iterator[bytes]) -> None:
    answer: bytes | None = None
    try:
        for _ in range(LONGEST_CONVERSATION):
            conversation.send(answer)  # type: ignore[arg-type]  # None starts a generator
            answer = next(answers, b"")
    except StopIteration:
        return
    raise AssertionError("the terminal talks on with a card that is silent")


def t1_card(data: bytes) -> None:
    card = T1Card(TableChip({PPSE: FCI}, ATR_T0, None))
    for piece in parts(data):
        answer = card.exchange(sound(piece))
        block.decode(answer, Edc.LRC)


TARGETS = (
    Target("ATR", atr, (FrameError,), ("3B6500002063CB6600", "3B848131FE4576454D56A7", "3BDF18FF81F1FE43003F03")),
    Target("PPS both ways", pps_both_ways, (FrameError,), ("FF10957A", "FF00FF", "FF719511220028")),
    Target("PPS answer", pps_answer, (FrameError,), ("FF10957A", "FF00FF")),
    Target("C-APDU", c_apdu, (FrameError,), (COMMANDS[0].hex(), "00D60000000004DEADBEEF0000")),
    Target("T=0 answers", t0_terminal, (FrameError,), ("00" + joined("6110", "00" * 16 + "9000"), "01" + joined("6C02", "ABCD9000"))),
    Target("contacts", contacts, (), ("00" + joined("FF10957A", PPSE.hex()), "80" + joined("0000050000A4040005"))),
    Target("T=0 characters", t0_characters, (FrameError, CardMute), ("01B2AABB9000", "0260602090" + "00", "005B9000")),
    Target("card's characters", card_characters, (), ("00" + joined("0100A404000E", "02" + PPSE[5:].hex(), "02FF10957A"),)),
    Target("T=0 envelopes", enveloped, (), (joined("00DA0000000004DEAD", "BEEF0000"),)),
    Target("T=1 block", t1_block, (DamagedBlock, WrongBlock), ("000000029000" + "92", "00008000" + "80", "0000C10120" + "E0")),
    Target("T=1 terminal", t1_terminal, (CardMute,), ("20" + joined("00009000", "00C301", "00409000", "0080", "00E0"),)),
    Target("T=1 card", t1_card, (), (joined("0000" + PPSE.hex(), "0080", "00C1FE", "00C0", "0060AA"),)),
)  # fmt: skip
