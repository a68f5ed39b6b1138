from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.card_number import brand_of, is_luhn_valid
from terminal_sim.emv.data.describe import mask_capdu, mask_rapdu
from terminal_sim.emv.talk.asks import Command
from tests.emv.table import rows
from tests.emv.terminal import Terminal
from tests.examples import examples

ANSWERS = [
    ("a status alone", "6A82", "6A82 file or application not found"),
    ("a label as text", "50045649534190 00", '50="VISA" 9000 success'),
    ("a template opened", "7003 870101 9000", "70{87=01} 9000 success"),
    ("the number masked", "5A0841111111111111119000", "5A=** 9000 success"),
    ("an unknown tag by its length", "DF01020102 9000", "DF01=[2 bytes] 9000 success"),
    ("what is no TLV by its length", "FF80 9000", "[2 bytes] 9000 success"),
    ("one byte", "90", "[1 byte]"),
    ("nothing", "", "[0 bytes]"),
    ("a number hidden in another element", "9F10084111111111111111 9000", "9F10=** 9000 success"),
    ("a number hidden in a label", "5010" + b"4111111111111111".hex() + "9000", "50=** 9000 success"),
    ("a label that would break the line", "5003410A42 9000", "50=410A42 9000 success"),
    ("a cryptogram, format 1", "800B80000111223344556677889000", "80=8000011122334455667788 9000 success"),
]

COMMANDS = [
    ("the directory by name", "00A404000E315041592E5359532E4444463031 00", "SELECT 1PAY.SYS.DDF01"),
    ("an application by its AID", "00A4040007A000000003101000", "SELECT A0000000031010"),
    ("a record", "00B2011400", "READ RECORD 1 of file 2"),
    ("a cryptogram", "80AE8000020102 00", "GENERATE AC ARQC [3 bytes]"),
    ("a PIN is never shown", "0020008008241234FFFFFFFFFF", "VERIFY [8 bytes]"),
    ("a data object", "80CA9F1700", "GET DATA 9F17"),
    ("an unknown command", "84D20000081122334455667788", "84D20000 [8 bytes]"),
    ("half a header", "00A4", "[2 bytes]"),
    ("a number as a file name", "00A404000841111111111111 1100", "SELECT **"),
]


@pytest.mark.parametrize(("hexes", "line"), rows(ANSWERS))
def test_an_answer_is_one_line(hexes: str, line: str) -> None:
    assert mask_rapdu(bytes.fromhex(hexes)) == line


@pytest.mark.parametrize(("hexes", "line"), rows(COMMANDS))
def test_a_command_is_one_line(hexes: str, line: str) -> None:
    assert mask_capdu(bytes.fromhex(hexes)) == line


def test_a_whole_conversation_shows_neither_number_nor_pin(
    terminal: Terminal, card: Callable[[str], VirtualCard]
) -> None:
    mastercard = card("mastercard-pin")
    terminal.pins = ["1234"]
    terminal.chip(mastercard)
    lines = [mask_capdu(ask.apdu) for ask in terminal.asks if isinstance(ask, Command)]
    lines += [mask_rapdu(answer) for answer in terminal.answers]
    shown = "\n".join(lines)
    assert "5A=**" in shown
    for secret in (mastercard.personality.pan.reveal(), "1234", "PIN/OFFLINE", "3003"):
        assert secret not in shown


@st.composite
def numbers(draw: st.DrawFn) -> str:
    body = draw(st.from_regex(r"(4[0-9]{14}|5[1-5][0-9]{13}|3[47][0-9]{12}|6011[0-9]{11})", fullmatch=True))
    return next(body + last for last in "0123456789" if is_luhn_valid(body + last))


@examples(120)
@given(
    numbers(),
    st.sampled_from([*tags.DICTIONARY, 0x80, 0xDF8101]),
    st.booleans(),
    st.text("0123456789ABCDEF", max_size=9),
    st.text("0123456789ABCDEF", max_size=9),
    st.sampled_from([0x70, 0x77, 0x6F, 0]),
)
def test_no_card_number_comes_out_wherever_it_hides(
    pan: str, tag: int, as_text: bool, before: str, after: str, template: int
) -> None:
    assert brand_of(pan) is not None
    if as_text:
        value = (before + pan + after).encode()
    else:
        nibbles = before + pan + after
        value = bytes.fromhex(nibbles + "F" * (len(nibbles) % 2))
    data = tlv.encode(tag, value)
    shown = mask_rapdu((tlv.encode(template, data) if template else data) + b"\x90\x00")
    assert pan not in shown


@given(st.binary(max_size=300))
def test_anything_is_one_printable_line(data: bytes) -> None:
    for line in (mask_rapdu(data), mask_capdu(data)):
        assert line.isprintable()


@given(numbers(), st.binary(max_size=40), st.binary(max_size=40))
def test_no_card_number_comes_out_of_garbage(pan: str, before: bytes, after: bytes) -> None:
    assume(len(pan) % 2 == 0)
    assert pan not in mask_rapdu(before + bytes.fromhex(pan) + after)
