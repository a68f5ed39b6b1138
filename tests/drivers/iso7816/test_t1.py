from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardMute, CardRemoved, DriverError, FrameError, Misuse
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.block import Complaint, Edc, IBlock, RBlock, SBlock, Supervision, encode
from terminal_drivers.iso7816.t1 import REPEATS, REQUESTS, Conversation, ExchangeLost, T1Terminal, Turn
from terminal_drivers.iso7816.t1card import Interlude, Mishap, T1Card
from tests.examples import examples

Chip = Callable[..., Any]

COMMAND = bytes.fromhex("00A4040007A0000000041010")
SW = b"\x6a\x82"
I0, I1 = encode(IBlock(0, False, SW), Edc.LRC), encode(IBlock(1, False, SW), Edc.LRC)


class Echo:
    """A card that answers each command with the command and 9000, and remembers what reached it."""

    atr = bytes.fromhex("3B848131FE4576454D56A7")

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return apdu + b"\x90\x00"


def run(conversation: Conversation, answer: Callable[[bytes], bytes]) -> bytes:
    """Play the card's part of a conversation until it ends."""
    turn = next(conversation)
    while True:
        try:
            turn = conversation.send(answer(turn.block))
        except StopIteration as done:
            return bytes(done.value)


def case_3(data: bytes) -> bytes:
    """A command with that data field, short or extended as it needs."""
    lc = bytes((len(data),)) if len(data) < 256 else b"\0" + len(data).to_bytes(2)
    return b"\x00\xdb\x00\xff" + lc + data


# (meaning, [(block to the card, answer of the card, BWT of the next block)], outcome); R-APDU or the error
CONVERSATIONS: list[tuple[str, list[tuple[str, str]], str | type[DriverError]]] = [
    ("plain", [("00000C" + COMMAND.hex() + "0F", I0.hex())], "6A82"),
    (
        "the answer is damaged once",
        [("00000C" + COMMAND.hex() + "0F", "0000026A82B0"), ("00810081", I0.hex())],
        "6A82",
    ),
    (
        "silence is asked again, not answered by the command",
        [("00000C" + COMMAND.hex() + "0F", ""), ("00820082", I0.hex())],
        "6A82",
    ),
    (
        "an I-block with the wrong number is not the answer",
        [("00000C" + COMMAND.hex() + "0F", I1.hex()), ("00820082", I0.hex())],
        "6A82",
    ),
    (
        "the card asks for the command again",
        [("00000C" + COMMAND.hex() + "0F", "00810081"), ("00000C" + COMMAND.hex() + "0F", I0.hex())],
        "6A82",
    ),
    (
        "more time, another size",
        [
            ("00000C" + COMMAND.hex() + "0F", "00C30102C0"),
            ("00E30102E0", "00C10120E0"),
            ("00E10120C0", I0.hex()),
        ],
        "6A82",
    ),
    (
        "the card chains",
        [("00000C" + COMMAND.hex() + "0F", "0020016A4B"), ("00900090", "00400182C3")],
        "6A82",
    ),
    (
        "the second part comes damaged",
        [
            ("00000C" + COMMAND.hex() + "0F", "0020016A4B"),
            ("00900090", "00400182FF"),
            ("00910091", "00400182C3"),
        ],
        "6A82",
    ),
    (
        "the acknowledgement did not arrive",
        [
            ("00000C" + COMMAND.hex() + "0F", "0020016A4B"),
            ("00900090", "00910091"),
            ("00900090", "00400182C3"),
        ],
        "6A82",
    ),
    (
        "ABORT before the answer",
        [("00000C" + COMMAND.hex() + "0F", "00C200C2"), ("00E200E2", I0.hex())],
        "6A82",
    ),
    (
        "ABORT instead of an answer",
        [("00000C" + COMMAND.hex() + "0F", "00C200C2"), ("00E200E2", "00900090")],
        ExchangeLost,
    ),
    (
        "ABORT within the card's chain, which it does not begin again",
        [
            ("00000C" + COMMAND.hex() + "0F", "0020016A4B"),
            ("00900090", "00C200C2"),
            ("00E200E2", "00900090"),
        ],
        ExchangeLost,
    ),
    (
        "the card did not understand us after its ABORT, which gives no turn back",
        [
            ("00000C" + COMMAND.hex() + "0F", "00C200C2"),
            ("00E200E2", "00910091"),
            ("00820082", I0.hex()),
        ],
        "6A82",
    ),
    (
        "the card did not hear that it has more time",
        [
            ("00000C" + COMMAND.hex() + "0F", "00C30102C0"),
            ("00E30102E0", "00910091"),
            ("00820082", "00C30102C0"),
            ("00E30102E0", I0.hex()),
        ],
        "6A82",
    ),
    (
        "a response that was not asked for",
        [("00000C" + COMMAND.hex() + "0F", "00E10120C0"), ("00820082", I0.hex())],
        "6A82",
    ),
    (
        "a field size that is none",
        [("00000C" + COMMAND.hex() + "0F", "00C10100C0"), ("00820082", "00C101FF3F"), ("00820082", I0.hex())],
        "6A82",
    ),
    (
        "only the terminal asks for RESYNCH",
        [("00000C" + COMMAND.hex() + "0F", "00C000C0"), ("00820082", I0.hex())],
        "6A82",
    ),
    (
        "the card asks for the command without end",
        [*[("00000C" + COMMAND.hex() + "0F", "00810081")] * 4, ("00C000C0", "00E000E0")],
        ExchangeLost,
    ),
    (
        "the card acknowledges without end",
        [
            ("00000C" + COMMAND.hex() + "0F", "00900090"),
            *[("00820082", "00900090")] * 3,
            ("00C000C0", "00E000E0"),
        ],
        ExchangeLost,
    ),
    (
        "the card complains without end after its ABORT",
        [
            ("00000C" + COMMAND.hex() + "0F", "00C200C2"),
            ("00E200E2", "00910091"),
            *[("00820082", "00910091")] * 3,
            ("00C000C0", "00E000E0"),
        ],
        ExchangeLost,
    ),
    (
        "nothing readable, in step again",
        [
            ("00000C" + COMMAND.hex() + "0F", "FF"),
            ("00810081", "FF"),
            ("00810081", "FF"),
            ("00810081", "FF"),
            ("00C000C0", "FF"),
            ("00C000C0", "00E000E0"),
        ],
        ExchangeLost,
    ),
    (
        "nothing at all",
        [("00000C" + COMMAND.hex() + "0F", ""), *[("00820082", "")] * 3, *[("00C000C0", "")] * 3],
        CardMute,
    ),
]


@pytest.mark.parametrize(("meaning", "steps", "outcome"), CONVERSATIONS)
def test_the_terminal_says_what_the_standard_says(
    meaning: str, steps: list[tuple[str, str]], outcome: str | type[DriverError]
) -> None:
    left = list(steps)

    def card(block: bytes) -> bytes:
        expected, answer = left.pop(0)
        assert block.hex().upper() == expected.upper(), meaning
        return bytes.fromhex(answer)

    conversation = T1Terminal().transmit(COMMAND)
    if isinstance(outcome, str):
        assert run(conversation, card) == bytes.fromhex(outcome), meaning
    else:
        with pytest.raises(outcome):
            run(conversation, card)
    assert not left, meaning


def test_a_chain_that_the_card_aborts_is_given_up_and_no_part_of_it_is_sent_again() -> None:
    terminal = T1Terminal(ifsc=8)
    conversation = terminal.transmit(case_3(bytes(20)))
    next(conversation)
    assert conversation.send(encode(RBlock(1), Edc.LRC)).block[1] == 0x60, "the second part"
    assert conversation.send(encode(SBlock(Supervision.ABORT), Edc.LRC)).block.hex() == "00e200e2"
    with pytest.raises(ExchangeLost):
        conversation.send(encode(RBlock(1), Edc.LRC))
    assert next(terminal.transmit(COMMAND[:4])).block[1] == 0x40, "the number that the card expects"


def test_an_answer_to_a_part_of_a_chain_is_none() -> None:
    conversation = T1Terminal(ifsc=8).transmit(case_3(bytes(20)))
    next(conversation)
    assert conversation.send(I0).block.hex() == "00820082"


def test_resynch_brings_the_first_field_size_back() -> None:
    terminal = T1Terminal(ifsc=8)
    said = iter((encode(SBlock(Supervision.IFS, b"\x20"), Edc.LRC), *[b""] * 4, bytes.fromhex("00E000E0")))
    with pytest.raises(ExchangeLost):
        run(terminal.transmit(COMMAND), lambda _: next(said))
    assert next(terminal.transmit(COMMAND)).block[1:3].hex() == "2008"


def test_a_wait_time_extension_is_for_the_next_block_only() -> None:
    conversation = T1Terminal().transmit(COMMAND)
    assert next(conversation).waits == 0
    response = encode(SBlock(Supervision.WTX, b"\x05", True), Edc.LRC)
    assert conversation.send(encode(SBlock(Supervision.WTX, b"\x05"), Edc.LRC)) == Turn(response, 5)
    assert conversation.send(b"").waits == 0


def test_numbers_go_on_from_command_to_command_and_begin_again_after_resynch() -> None:
    terminal, card = T1Terminal(ifsc=254), T1Card(Echo())
    sent: list[bytes] = []

    def line(block: bytes) -> bytes:
        sent.append(block)
        return card.exchange(block)

    for _ in range(3):
        assert run(terminal.transmit(COMMAND), line) == COMMAND + b"\x90\x00"
    assert [block[1] for block in sent] == [0x00, 0x40, 0x00]
    with pytest.raises(ExchangeLost):
        run(terminal.transmit(COMMAND), lambda block: line(block) if block[1] == 0xC0 else b"")
    sent.clear()
    assert run(terminal.transmit(COMMAND), line) == COMMAND + b"\x90\x00"
    assert [block[1] for block in sent] == [0x00]


def test_a_card_that_asks_for_time_without_end_is_mute() -> None:
    asked = 0

    def card(_: bytes) -> bytes:
        nonlocal asked
        asked += 1
        return encode(SBlock(Supervision.WTX, b"\x01"), Edc.LRC)

    with pytest.raises(CardMute):
        run(T1Terminal().transmit(COMMAND), card)
    assert asked == REQUESTS + 1


def test_a_card_that_chains_without_end_is_stopped() -> None:
    count = 0

    def card(_: bytes) -> bytes:
        nonlocal count
        count += 1
        return encode(IBlock((count - 1) % 2, True, bytes(254)), Edc.LRC)

    with pytest.raises(CardMute):
        run(T1Terminal().transmit(COMMAND), card)
    assert count < 300


def test_the_information_field_size_is_announced_and_kept() -> None:
    terminal, card = T1Terminal.of(Atr.parse(Echo.atr)), T1Card(Echo())
    long = case_3(bytes(range(250)))
    longest: list[int] = []

    def line(block: bytes) -> bytes:
        answer = card.exchange(block)
        longest.append(answer[2])
        return answer

    assert run(terminal.transmit(long), line) == long + b"\x90\x00"
    assert max(longest) == 32, "no IFSD was announced"
    assert run(terminal.announce(), line) == b""
    longest.clear()
    assert run(terminal.transmit(long), line) == long + b"\x90\x00"
    assert max(longest) == 254
    with pytest.raises(FrameError):
        T1Terminal(ifsc=0)


def test_a_refused_announcement_ends_in_resynch_or_muteness() -> None:
    with pytest.raises(CardMute):
        run(T1Terminal().announce(), lambda _: b"")


def test_an_empty_command_is_misuse() -> None:
    with pytest.raises(Misuse):
        next(T1Terminal().transmit(b""))


CARD_SIDE: list[tuple[str, list[tuple[str, str]]]] = [
    ("a wrong number is asked for again", [("00400C" + COMMAND.hex() + "4F", "00820082")]),
    ("a damaged block is asked for again", [("00000C" + COMMAND.hex() + "00", "00810081")]),
    ("IFS 0 is no size", [("00C10100C0", "00820082")]),
    ("only a card asks for time", [("00C30101C3", "00820082")]),
    ("a response to nothing", [("00E30101E3", "00820082")]),
    ("RESYNCH", [("00C000C0", "00E000E0")]),
    ("ABORT of the terminal drops its chain", [("0020010021", "00900090"), ("00C200C2", "00E200E2")]),
    ("less than an APDU", [("0000020000 02", "0000026700 65")]),
]


@pytest.mark.parametrize(("meaning", "steps"), CARD_SIDE)
def test_the_card_answers_what_the_standard_says(meaning: str, steps: list[tuple[str, str]]) -> None:
    card = Echo()
    speaker = T1Card(card)
    for block, answer in steps:
        assert speaker.exchange(bytes.fromhex(block)).hex() == bytes.fromhex(answer).hex(), meaning
    assert card.seen == [], meaning


def test_a_request_whose_response_came_damaged_is_made_again() -> None:
    request = SBlock(Supervision.WTX, b"\x02")
    card = T1Card(Echo(), interludes=[request])
    asked = encode(request, Edc.LRC)
    assert card.exchange(encode(IBlock(0, False, COMMAND), Edc.LRC)) == asked
    assert card.exchange(bytes.fromhex("00E30102E1")) == asked, "damaged"
    assert card.exchange(bytes.fromhex("00E30103E1")) == asked, "another number"
    assert card.exchange(encode(request.answered(), Edc.LRC))[1] == 0x00, "the answer"


def test_a_size_that_is_announced_within_a_chain_counts_for_its_next_part() -> None:
    card = T1Card(Echo())
    parts = [
        card.exchange(encode(each, Edc.LRC))
        for each in (
            IBlock(0, False, case_3(bytes(100))),
            SBlock(Supervision.IFS, b"\x10"),
            RBlock(1),
            RBlock(1, Complaint.EDC),
            RBlock(0),
        )
    ]
    assert [part[1:3].hex() for part in parts] == ["2020", "e101", "6010", "6010", "2010"]


def test_a_response_whose_chain_the_card_aborts_is_lost_and_both_are_in_step() -> None:
    echo = Echo()
    terminal, card = T1Terminal(), T1Card(echo, interludes=[Mishap.DAMAGED_ANSWER, SBlock(Supervision.ABORT)])
    with pytest.raises(ExchangeLost):
        run(terminal.transmit(case_3(bytes(27))), card.exchange)
    assert run(terminal.transmit(COMMAND), card.exchange) == COMMAND + b"\x90\x00"
    assert len(echo.seen) == 2


def test_a_mute_card_stays_mute_and_a_torn_one_is_torn(chip: Chip) -> None:
    def mute() -> None:
        raise CardMute("silent")

    def torn() -> None:
        raise CardRemoved("torn")

    block = encode(IBlock(0, False, COMMAND), Edc.LRC)
    silent = T1Card(chip(on_apdu=mute))
    for each in (block, encode(RBlock(0, Complaint.OTHER), Edc.LRC), block):
        with pytest.raises(CardMute):
            silent.exchange(each)
    with pytest.raises(CardRemoved):
        T1Card(chip(on_apdu=torn)).exchange(block)


INTERLUDES: st.SearchStrategy[Interlude] = st.one_of(
    st.builds(SBlock, st.just(Supervision.WTX), st.binary(min_size=1, max_size=1)),
    st.builds(lambda n: SBlock(Supervision.IFS, bytes((n,))), st.integers(1, 254)),
    st.sampled_from(Mishap),
)
LENGTHS = st.one_of(st.integers(1, 300), st.sampled_from((253, 254, 255, 256, 1000)))


@examples(100)
@given(
    st.lists(LENGTHS, min_size=1, max_size=4),
    st.lists(INTERLUDES, max_size=3),  # the fourth mishap in a row is a declared loss
    st.integers(1, 254),
    st.sampled_from(Edc),
)
def test_every_command_arrives_once_whatever_the_card_asks_for(
    lengths: list[int], interludes: list[Interlude], ifsc: int, edc: Edc
) -> None:
    echo = Echo()
    terminal, card = T1Terminal(edc, ifsc), T1Card(echo, edc, interludes)
    commands = [case_3(bytes(at & 0xFF for at in range(length))) for length in lengths]
    for command in commands:
        assert run(terminal.transmit(command), card.exchange) == command + b"\x90\x00"
    assert echo.seen == commands


FAULTS = ("keep", "keep", "drop", "flip", "replay")
CAPRICES: tuple[Interlude, ...] = (
    SBlock(Supervision.WTX, b"\x02"),
    SBlock(Supervision.IFS, b"\x08"),
    SBlock(Supervision.ABORT),
    *Mishap,
)
SILENCE = 0.2  # s until a turn without an answer is given up
LONGEST = 2.0  # s of silence at a stretch, then the loss is declared


@examples(2000)
@given(st.integers(0, 1 << 32), st.sampled_from((16, 32, 254)))
def test_a_bad_line_ends_in_the_right_answer_or_a_declared_loss_in_time(seed: int, ifsc: int) -> None:
    chance = Random(seed)
    dies_at = chance.choice((None, chance.randrange(30)))
    lengths = [chance.randint(1, 80) for _ in range(chance.randint(1, 3))]
    faults = [(chance.choice(FAULTS), chance.randrange(256)) for _ in range(chance.randint(0, 24))]
    interludes = [chance.choice(CAPRICES) for _ in range(chance.randint(0, 3))]
    echo = Echo()
    terminal, card = T1Terminal(Edc.LRC, ifsc), T1Card(echo, Edc.LRC, interludes)
    left, turns, older, silent = faults, 0, b"", 0.0

    def hurt(block: bytes, replay: bytes) -> bytes:
        kind, where = left.pop() if left else ("keep", 0)
        if kind == "drop":
            return b""
        if kind == "flip" and block:
            at = where % len(block)
            return block[:at] + bytes((block[at] ^ 1 << where % 8,)) + block[at + 1 :]
        return replay if kind == "replay" else block

    def line(block: bytes) -> bytes:
        nonlocal turns, older, silent
        turns += 1
        if dies_at is not None and turns > dies_at:
            silent += SILENCE
            assert silent <= LONGEST
            return b""
        heard = hurt(block, block)
        answer = card.exchange(heard) if heard else b""
        said = hurt(answer, older)
        older = answer or older
        silent = 0.0 if said else silent + SILENCE
        assert silent <= LONGEST
        return said

    for number, length in enumerate(lengths):
        command = case_3(bytes((number,)) * length)
        before = len(echo.seen)
        try:
            answer = run(terminal.transmit(command), line)
        except ExchangeLost:
            continue  # the next command gets its own answer all the same
        except CardMute:
            return
        assert answer == command + b"\x90\x00"
        assert echo.seen[before:] == [command], "the card ran the command once"
    assert turns < 200 * len(lengths) + REPEATS
