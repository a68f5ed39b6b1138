from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.block import (
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
    lrc,
)

# (meaning, block, code, hex); the LRC rows are recorded, the CRC row comes from a division of the unreflected bits
BLOCKS: list[tuple[str, Block, Edc, str]] = [
    ("IFS request", SBlock(Supervision.IFS, b"\xfe"), Edc.LRC, "00C101FE3E"),
    ("IFS response", SBlock(Supervision.IFS, b"\xfe", True), Edc.LRC, "00E101FE1E"),
    ("WTX request", SBlock(Supervision.WTX, b"\x02"), Edc.LRC, "00C30102C0"),
    ("WTX response", SBlock(Supervision.WTX, b"\x02").answered(), Edc.LRC, "00E30102E0"),
    ("ABORT request", SBlock(Supervision.ABORT), Edc.LRC, "00C200C2"),
    ("ABORT response", SBlock(Supervision.ABORT, b"", True), Edc.LRC, "00E200E2"),
    ("RESYNCH request", SBlock(Supervision.RESYNCH), Edc.LRC, "00C000C0"),
    ("acknowledgement", RBlock(1), Edc.LRC, "00900090"),
    ("damaged", RBlock(0, Complaint.EDC), Edc.LRC, "00810081"),
    ("other error", RBlock(1, Complaint.OTHER), Edc.LRC, "00920092"),
    ("answer", IBlock(0, False, b"\x6a\x82"), Edc.LRC, "0000026A82EA"),
    ("second answer", IBlock(1, False, b"\x6a\x82"), Edc.LRC, "0040026A82AA"),
    ("chained", IBlock(1, True, b"\x01"), Edc.LRC, "0060010160"),
    ("to another node", IBlock(0, False, b"\x01", 0x21), Edc.LRC, "2100010121"),
    ("with a CRC", RBlock(0), Edc.CRC, "008000B5FF"),
]


@pytest.mark.parametrize(("meaning", "block", "edc", "data"), BLOCKS)
def test_a_block_is_its_bytes_both_ways(meaning: str, block: Block, edc: Edc, data: str) -> None:
    assert decode(bytes.fromhex(data), edc) == block, meaning
    assert encode(block, edc).hex().upper() == data, meaning


def test_the_crc_is_the_published_check_value() -> None:
    # CRC-16/MCRF4XX of the digits 1 to 9, high byte first.
    assert Edc.CRC.of(b"123456789") == bytes.fromhex("6F91")


@given(st.binary(max_size=600))
def test_the_lrc_is_the_xor_of_all_bytes(data: bytes) -> None:
    assert lrc(data) == reduce(xor, data, 0)


@given(st.binary(max_size=600))
def test_the_crc_is_the_remainder_bit_by_bit(data: bytes) -> None:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0x8408 if value & 1 else value >> 1
    assert Edc.CRC.of(data) == value.to_bytes(2)


WRONG: list[tuple[str, str, type[FrameError]]] = [
    ("nothing", "", DamagedBlock),
    ("half a block", "0000", DamagedBlock),
    ("wrong LRC", "0000026A82B0", DamagedBlock),
    ("LEN too long", "0000036A82EB", WrongBlock),
    ("LEN too short", "0000016A82E9", WrongBlock),
    ("reserved bits of I", "00010001", WrongBlock),
    ("R with data", "0080010081", WrongBlock),
    ("R with a reserved error", "00830083", WrongBlock),
    ("R with a reserved bit", "00A000A0", WrongBlock),
    ("IFS without its byte", "00C100C1", WrongBlock),
    ("ABORT with a byte", "00C20100C3", WrongBlock),
    ("VPP", "00C400C4", WrongBlock),
]


@pytest.mark.parametrize(("meaning", "data", "kind"), WRONG)
def test_damage_and_nonsense_are_told_apart(meaning: str, data: str, kind: type[FrameError]) -> None:
    with pytest.raises(kind) as raised:
        decode(bytes.fromhex(data), Edc.LRC)
    assert type(raised.value) is kind, meaning


def test_a_block_carries_at_most_254_bytes() -> None:
    assert len(encode(IBlock(0, False, bytes(254)), Edc.LRC)) == 258
    with pytest.raises(Misuse):
        encode(IBlock(0, False, bytes(255)), Edc.LRC)
    body = bytes((0, 0, 255)) + bytes(255)
    with pytest.raises(WrongBlock):
        decode(body + Edc.LRC.of(body), Edc.LRC)


@given(st.binary(max_size=300), st.sampled_from(Edc))
def test_any_bytes_are_one_block_or_a_frame_error(data: bytes, edc: Edc) -> None:
    body = data + edc.of(data)
    try:
        block = decode(body, edc)
    except FrameError:
        return
    assert encode(block, edc) == body


@given(st.binary(max_size=254), st.integers(0, 258 * 8 - 1), st.sampled_from(Edc))
def test_a_flipped_bit_is_always_seen(inf: bytes, at: int, edc: Edc) -> None:
    whole = bytearray(encode(IBlock(0, False, inf), edc))
    whole[at // 8 % len(whole)] ^= 1 << at % 8
    with pytest.raises(DamagedBlock):
        decode(bytes(whole), edc)
