"""T=0 character by character, from the terminal's side and from the card's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardMute, FrameError, Misuse
from terminal_drivers.iso7816.block import Edc, IBlock, encode
from terminal_drivers.iso7816.characters import NULLS, CharacterChip, characters
from terminal_drivers.iso7816.chip import Chip

Step = tuple[str, int, str]  # characters to the card, how many are awaited, those that come

# (meaning, TPDU command, [steps], TPDU answer); ISO/IEC 7816-3:2006, 10.3. Those of BOTH are what our card says too.
BOTH: list[tuple[str, str, list[Step], str]] = [
    (
        "data to the card",
        "0020008002 2412",
        [("0020008002", 1, "20"), ("2412", 1, "90"), ("", 1, "00")],
        "9000",
    ),
    ("no data at all", "0044000000", [("0044000000", 1, "90"), ("", 1, "00")], "9000"),
    ("a header of 4 bytes", "00440000", [("0044000000", 1, "90"), ("", 1, "00")], "9000"),
    (
        "data from the card",
        "00B2010C02",
        [("00B2010C02", 1, "B2"), ("", 2, "7000"), ("", 1, "90"), ("", 1, "00")],
        "70009000",
    ),
    ("a wrong Le", "00B2010C00", [("00B2010C00", 1, "6C"), ("", 1, "02")], "6C02"),
]
TERMINAL = [
    ("more time", "00440000", [("0044000000", 1, "60"), ("", 1, "60"), ("", 1, "90"), ("", 1, "00")], "9000"),
    (
        "byte by byte to the card",
        "0020008003 241234",
        [("0020008003", 1, "DF"), ("24", 1, "DF"), ("12", 1, "20"), ("34", 1, "63"), ("", 1, "C2")],
        "63C2",
    ),
    (
        "one byte, time, the rest from the card",
        "00B2010C03",
        [
            ("00B2010C03", 1, "4D"),
            ("", 1, "70"),
            ("", 1, "60"),
            ("", 1, "B2"),
            ("", 2, "0102"),
            ("", 1, "90"),
            ("", 1, "00"),
        ],
        "7001029000",
    ),
    (
        "refused after a part",
        "0020008002 2412",
        [("0020008002", 1, "DF"), ("24", 1, "67"), ("", 1, "00")],
        "6700",
    ),
    ("INS XOR 01 is INS", "0020008001 24", [("0020008001", 1, "21"), ("24", 1, "90"), ("", 1, "00")], "9000"),
    (
        "INS XOR FE is one byte",
        "0020008002 2412",
        [("0020008002", 1, "DE"), ("24", 1, "20"), ("12", 1, "90"), ("", 1, "00")],
        "9000",
    ),
    ("a warning is SW1", "00B2010C01", [("00B2010C01", 1, "62"), ("", 1, "83")], "6283"),
]


@pytest.mark.parametrize(("meaning", "tpdu", "steps", "answer"), BOTH + TERMINAL)
def test_the_terminal_does_what_the_procedure_bytes_say(
    meaning: str, tpdu: str, steps: list[Step], answer: str
) -> None:
    conversation = characters(bytes.fromhex(tpdu))
    turn = next(conversation)
    for send, expect, come in steps[:-1]:
        assert (turn.send, turn.expect) == (bytes.fromhex(send), expect), meaning
        turn = conversation.send(bytes.fromhex(come))
    assert (turn.send, turn.expect) == (bytes.fromhex(steps[-1][0]), steps[-1][1]), meaning
    with pytest.raises(StopIteration) as done:
        conversation.send(bytes.fromhex(steps[-1][2]))
    assert done.value.value == bytes.fromhex(answer), meaning


def test_256_bytes_are_awaited_where_p3_is_00() -> None:
    conversation = characters(bytes.fromhex("00B0000000"))
    next(conversation)
    assert conversation.send(b"\xb0").expect == 256


@pytest.mark.parametrize(
    ("meaning", "tpdu", "said"),
    [
        ("no procedure byte", "00B2010C01", ["A2"]),
        ("more than P3 from the card", "00B2010C01", ["B2", "11", "B2"]),
        ("more than P3 to the card", "0020008001 24", ["20", "20"]),
        ("a byte more than P3", "0020008001 24", ["20", "DF"]),
    ],
)
def test_a_byte_that_is_no_procedure_byte_is_a_frame_error(meaning: str, tpdu: str, said: list[str]) -> None:
    conversation = characters(bytes.fromhex(tpdu))
    next(conversation)
    for byte in said[:-1]:
        conversation.send(bytes.fromhex(byte))
    with pytest.raises(FrameError):
        pytest.fail(f"{meaning} was accepted: {conversation.send(bytes.fromhex(said[-1]))}")


def test_a_card_that_asks_for_time_without_end_is_mute() -> None:
    conversation = characters(bytes.fromhex("00B2010C01"))
    next(conversation)
    for _ in range(NULLS):
        conversation.send(b"\x60")
    with pytest.raises(CardMute):
        conversation.send(b"\x60")


@pytest.mark.parametrize("ins", ["60", "6A", "90", "9F"])
def test_an_instruction_that_is_a_status_word_is_misuse(ins: str) -> None:
    with pytest.raises(Misuse):
        next(characters(bytes.fromhex(f"00{ins}0000")))


@given(st.binary(min_size=4, max_size=8), st.lists(st.integers(0, 255), max_size=40))
def test_any_card_ends_a_command_or_is_a_declared_error(tpdu: bytes, said: list[int]) -> None:
    conversation = characters(tpdu)
    outcome = None
    try:
        turn = next(conversation)
        for byte in said:
            turn = conversation.send(bytes((byte,)) * turn.expect)
    except StopIteration as done:
        outcome = done.value
    except (FrameError, Misuse):
        return
    assert outcome is None or outcome[-2] >> 4 in (6, 9)


class Table:
    """A card that answers from a table by INS, and logs."""

    def __init__(self, atr: str, answers: dict[int, str]) -> None:
        self.atr = bytes.fromhex(atr)
        self.answers = answers
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return bytes.fromhex(self.answers.get(apdu[1], "9000"))


def _line(card: Table) -> CharacterChip:
    chip = Chip(card)
    chip.reset()
    return CharacterChip(chip)


@pytest.mark.parametrize(("meaning", "steps"), [(meaning, steps) for meaning, _, steps, _ in BOTH])
def test_a_card_says_its_procedure_bytes(meaning: str, steps: list[Step]) -> None:
    line = _line(Table("3B00", {0xB2: "70009000"}))
    for send, expect, come in steps:
        assert line.exchange(bytes.fromhex(send), expect) == bytes.fromhex(come), meaning
    with pytest.raises(CardMute):
        line.exchange(b"", 1)


def test_a_card_that_has_not_heard_all_says_nothing_and_goes_on() -> None:
    card = Table("3B00", {})
    line = _line(card)
    with pytest.raises(CardMute):
        line.exchange(bytes.fromhex("002000"), 1)
    assert line.exchange(bytes.fromhex("8002"), 1) == b"\x20"
    with pytest.raises(CardMute):
        line.exchange(b"\x24", 1)
    assert card.seen == []
    assert line.exchange(b"\x12", 2) == b"\x90\x00"
    assert card.seen == [bytes.fromhex("00200080022412")]


def test_what_comes_while_the_card_asks_is_lost() -> None:
    card = Table("3B00", {})
    line = _line(card)
    assert line.exchange(bytes.fromhex("0020008002FFFF"), 1) == b"\x20"
    assert card.seen == []
    assert line.exchange(bytes.fromhex("2412"), 2) == b"\x90\x00"
    assert card.seen == [bytes.fromhex("00200080022412")]


def test_pps_and_blocks_end_where_they_say() -> None:
    assert _line(Table("3B80800101", {})).exchange(bytes.fromhex("FF01FE"), 3) == bytes.fromhex("FF01FE")
    card = Table("3B94958131FE45765050532F", {})
    line = _line(card)
    with pytest.raises(CardMute):
        line.exchange(b"\xff", 1)
    assert line.exchange(bytes.fromhex("11957B"), 2) == b"\xff\x11"
    assert line.exchange(b"", 2) == b"\x95\x7b"
    block = encode(IBlock(0, False, b"\0\x20\0\0"), Edc.LRC)
    with pytest.raises(CardMute):
        line.exchange(block[:2], 3)
    with pytest.raises(CardMute):
        line.exchange(block[2:-1], 3)
    assert line.exchange(block[-1:], 3) == b"\0\0\x02"
    assert line.exchange(b"", 3) == bytes.fromhex("900092")
    assert card.seen == [b"\0\x20\0\0"]


def test_a_block_with_a_crc_has_a_byte_more() -> None:
    line = _line(Table("3B80 81 71 20 45 01 14", {}))
    answer = line.exchange(encode(IBlock(0, False, b"\0\x20\0\0"), Edc.CRC), 7)
    assert answer == encode(IBlock(0, False, b"\x90\0"), Edc.CRC)
