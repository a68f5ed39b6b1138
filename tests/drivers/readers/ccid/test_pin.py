import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardMute, CardRemoved, FrameError, Misuse, ReaderLost, ReaderRefused
from terminal_drivers.iso7816.block import SBlock, Supervision
from terminal_drivers.iso7816.t1 import ExchangeLost
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid import pin
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.conformance.host import CcidHostUnderTest
from terminal_drivers.readers.ccid.features import EXTENDED, SERIAL_TPDU
from terminal_drivers.readers.ccid.framing import frame
from terminal_drivers.readers.ccid.gempc import GEMPC_PINPAD, GEMPC_TWIN, LOAD_TEXTS, GemPcDevice
from terminal_drivers.readers.ccid.keypad import PinEntry
from terminal_drivers.readers.ccid.pin import (
    EMV_PLAINTEXT,
    EMV_TEMPLATE,
    FollowUp,
    PinFollowUp,
    PinFormat,
    PinModify,
    PinOperation,
    PinPad,
    PinVerify,
)
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.serving import ServedSerialReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.pin_prompt import Key, PinStep, Prompt
from terminal_drivers.wiring.opening import open_host
from tests.drivers.conftest import TableChip

Chip = Callable[..., Any]
Vector = Callable[[str], dict[str, Any]]

ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
RECORDED_VERIFY = "001E8947040C040201090400000000002000800824FFFFFFFFFFFFFF"
RECORDED_MODIFY = "011E89470400000C040302030904000102000000002400001024FFFFFFFFFFFFFF24FFFFFFFFFFFFFF"

OPERATIONS: list[tuple[str, PinOperation | PinFollowUp, str]] = [
    ("recorded verification", PinVerify(apdu=bytes.fromhex("002000800824FFFFFFFFFFFFFF")), RECORDED_VERIFY),
    (
        "recorded change",
        PinModify(apdu=bytes.fromhex("002400001024FFFFFFFFFFFFFF24FFFFFFFFFFFFFF"), new_offset=0),
        RECORDED_MODIFY,
    ),
    (
        "change without messages",
        PinModify(apdu=b"\0\x24\0\0\1\xff", messages=0, message_indices=b"\7", timeout=5),
        "01058947040008" + "0C0403" + "02" + "00" + "0904" + "07" + "000000" + "0024000001FF",
    ),
    (
        "verification, each field its own",
        PinVerify(PinFormat(0x81, 0x46, 0x03), b"\1\2\3\4\5", 5, 8, 6, 3, 2, 0x0C0A, 7, b"\x21\x40\x0d"),
        "00" + "05814603" + "0806" + "03" + "02" + "0A0C" + "07" + "21400D" + "0102030405",
    ),
    (
        "change, each field its own",
        PinModify(
            PinFormat(0x81, 0x46, 0x03),
            b"\1\2\3\4\5",
            5,
            3,
            9,
            8,
            6,
            0,
            6,
            1,
            0x0C0A,
            b"\7\x09",
            b"\x21\x40\x0d",
        ),
        "01" + "05814603" + "0309" + "0806" + "00" + "06" + "01" + "0A0C" + "0709" + "21400D" + "0102030405",
    ),
    ("transfer from the secure buffer", PinFollowUp(FollowUp.TRANSFER), "02"),
    ("wait for the card's response", PinFollowUp(FollowUp.WAIT), "03"),
    ("cancel", PinFollowUp(FollowUp.CANCEL), "04"),
    ("send the last I-block again", PinFollowUp(FollowUp.RESEND), "05"),
    ("send the next part", PinFollowUp(FollowUp.NEXT_PART, bytes.fromhex("004005")), "06004005"),
]


@pytest.mark.parametrize(("meaning", "operation", "data"), OPERATIONS)
def test_a_structure_is_its_bytes_both_ways(meaning: str, operation: PinOperation, data: str) -> None:
    assert pin.parse(bytes.fromhex(data)) == operation, meaning
    assert operation.build().hex().upper() == data, meaning


@given(st.binary(max_size=40))
def test_any_bytes_are_a_structure_or_a_frame_error(data: bytes) -> None:
    try:
        operation = pin.parse(data)
    except FrameError:
        return
    assert operation.build() == data


@pytest.mark.parametrize(
    "least",
    [
        PinVerify(apdu=b""),
        PinModify(apdu=b""),
        PinModify(apdu=b"", messages=1, message_indices=b"\0\1"),
        PinModify(apdu=b"", messages=0, message_indices=b"\0"),
    ],
)
def test_a_structure_that_was_cut_is_a_frame_error(least: PinOperation) -> None:
    whole = least.build()
    assert pin.parse(whole) == least
    for length in range(len(whole)):
        with pytest.raises(FrameError):
            pin.parse(whole[:length])


def test_what_does_not_fit_a_structure_is_misuse() -> None:
    with pytest.raises(Misuse):
        PinVerify(timeout=256).build()
    with pytest.raises(Misuse):
        PinModify(messages=1).build()


# (meaning, format, template, digits, offset, APDU)
PLACES: list[tuple[str, PinFormat, str, str, int, str]] = [
    ("EMV", EMV_PLAINTEXT, EMV_TEMPLATE.hex(), "1234", 0, "0020008008241234FFFFFFFFFF"),
    ("EMV, odd", EMV_PLAINTEXT, EMV_TEMPLATE.hex(), "12345", 0, "002000800825 12345FFFFFFFFF"),
    ("EMV, longest", EMV_PLAINTEXT, EMV_TEMPLATE.hex(), "123456789012", 0, "00200080082C123456789012FF"),
    (
        "second block",
        EMV_PLAINTEXT,
        "0024000010" + "20" * 16,
        "12",
        8,
        "0024000010" + "20" * 8 + "2212" + "20" * 6,
    ),
    ("ASCII", PinFormat(0x82, 0x08, 0), "0020000108" + "FF" * 8, "1234", 0, "0020000108 31323334FFFFFFFF"),
    (
        "ASCII right",
        PinFormat(0x86, 0x08, 0),
        "0020000108" + "00" * 8,
        "1234",
        0,
        "00200001080000000031323334",
    ),
    ("binary", PinFormat(0x80, 0x04, 0), "0020000104" + "FF" * 4, "129", 0, "0020000104010209FF"),
    ("as long as the PIN", PinFormat(0x82, 0x00, 0), "0020000100", "12345", 0, "00200001053132333435"),
    (
        "count in a byte",
        PinFormat(0x8A, 0x84, 0x10),
        "0020000105" + "FF" * 5,
        "12",
        0,
        "0020000105023132FFFF",
    ),
    (
        "count in the second byte",
        PinFormat(0x92, 0x84, 0x11),
        "0020000106" + "FF" * 6,
        "12",
        0,
        "0020000106 FF023132FFFF",
    ),
    ("as long as an odd PIN", PinFormat(0x81, 0x00, 0), "0020000100", "12345", 0, "0020000103 12345F"),
    ("bits", PinFormat(0x21, 0x02, 0), "0020000103000000", "12", 0, "0020000103012000"),
]


@pytest.mark.parametrize(("meaning", "form", "template", "digits", "offset", "apdu"), PLACES)
def test_digits_go_where_the_format_says(
    meaning: str, form: PinFormat, template: str, digits: str, offset: int, apdu: str
) -> None:
    assert form.place(bytes.fromhex(template), digits, offset).hex() == bytes.fromhex(apdu).hex(), meaning


@pytest.mark.parametrize(
    ("form", "template", "digits"),
    [
        (EMV_PLAINTEXT, "00200080", "1234"),
        (EMV_PLAINTEXT, "002000800820FF", "1234"),
        (EMV_PLAINTEXT, EMV_TEMPLATE.hex(), "123456789012345"),
        (PinFormat(0x8A, 0x2F, 0), "00200080" + "10" + "FF" * 16, "12345"),
        (PinFormat(0x83, 0x08, 0), EMV_TEMPLATE.hex(), "1234"),
        (PinFormat(0x82, 0x04, 0), "0020000108" + "FF" * 8, "12345"),
        (EMV_PLAINTEXT, EMV_TEMPLATE.hex(), ""),
    ],
)
def test_digits_without_a_place_are_a_frame_error(form: PinFormat, template: str, digits: str) -> None:
    with pytest.raises(FrameError):
        form.place(bytes.fromhex(template), digits)


class Person:
    """Types at each prompt what the test says."""

    def __init__(self, *typed: tuple[str | Key, ...]) -> None:
        self.typed = list(typed)
        self.seen: list[PinStep] = []
        self.reader: VirtualCcid | None = None

    def __call__(self, prompt: Prompt) -> None:
        self.seen.append(prompt.step)
        if self.reader is not None and self.typed:
            self.reader.press(*self.typed.pop(0))


def _pad(chip: Any, *typed: tuple[str | Key, ...], features: int = SERIAL_TPDU) -> tuple[VirtualCcid, Person]:
    person = Person(*typed)
    reader = VirtualCcid((features,), descriptor=GEMPC_PINPAD.descriptor, person=person)
    person.reader = reader
    reader.insert(0, chip)
    reader.answers(encode(m.IccPowerOn(0, 0, 0)))
    return reader, person


def _ask(reader: VirtualCcid, data: bytes, seq: int = 1) -> list[m.Message]:
    return [decode(each) for each in reader.answers(encode(m.Secure(0, seq, 0, 0, data)))]


VERIFY = bytes.fromhex(RECORDED_VERIFY)
CHANGE = PinModify().build()
PRESENTED = bytes.fromhex("00200080082412 34FFFFFFFFFF")


@pytest.mark.parametrize("features", [SERIAL_TPDU, int(EXTENDED)])
def test_the_typed_pin_reaches_the_card_and_only_the_card(features: int, chip: Chip) -> None:
    card = chip({PRESENTED: b"\x90\x00"})
    reader, person = _pad(card, ("12", "34", Key.ENTER), features=features)
    assert _ask(reader, VERIFY) == [m.DataBlock(0, 1, 0, 0, 0, b"\x90\x00")]
    assert card.seen == [PRESENTED]
    assert person.seen == [PinStep.PIN]


# (meaning, structure, keys at each prompt, bStatus, bError, data)
ENTRIES: list[tuple[str, bytes, list[tuple[str | Key, ...]], int, int, bytes]] = [
    ("cancelled", VERIFY, [("12", Key.CANCEL)], 0x40, 0xEF, b""),
    ("cleared", VERIFY, [("99", Key.CLEAR, "1234", Key.ENTER)], 0, 0, b"\x90\x00"),
    ("too short for ENTER", VERIFY, [("123", Key.ENTER, "4", Key.ENTER)], 0, 0, b"\x90\x00"),
    (
        "changed",
        CHANGE,
        [("1234", Key.ENTER), ("5678", Key.ENTER), ("5678", Key.ENTER)],
        0,
        0,
        b"\x90\x01",
    ),
    (
        "not the same twice",
        CHANGE,
        [("1234", Key.ENTER), ("5678", Key.ENTER), ("5679", Key.ENTER)],
        0,
        0,
        b"\x64\x02",
    ),
    ("cancelled at the new one", CHANGE, [("1234", Key.ENTER), (Key.CANCEL,)], 0x40, 0xEF, b""),
    ("longest PIN ends it", PinVerify(longest=4, validation=1).build(), [("1234",)], 0, 0, b"\x90\x00"),
    ("digits beyond the longest", PinVerify(longest=4).build(), [("123456", Key.ENTER)], 0, 0, b"\x90\x00"),
    (
        "ENTER ends nothing where only the longest PIN does",
        PinVerify(longest=4, shortest=1, validation=1).build(),
        [("1", Key.ENTER, "234")],
        0,
        0,
        b"\x90\x00",
    ),
    (
        "the longest PIN ends nothing where only ENTER does",
        PinVerify(longest=4).build(),
        [("9999", Key.CLEAR, "1234", Key.ENTER)],
        0,
        0,
        b"\x90\x00",
    ),
    ("only the new PIN, once", PinModify(confirm=0).build(), [("5678", Key.ENTER)], 0, 0, b"\x90\x02"),
    ("no place for the new PIN", PinModify(new_offset=16).build(), [], 0x40, 10, b""),
    *((each.name, PinFollowUp(each).build(), [], 0x40, 10, b"") for each in FollowUp),
    ("a reserved operation", b"\x07" + VERIFY[1:], [], 0x40, 10, b""),
    ("a broken structure", VERIFY[:8], [], 0x40, 10, b""),
    (
        "a PIN that is longer than its place",
        PinVerify(format=PinFormat(0x82, 0x04, 0), apdu=b"\0\x20\0\x80\4" + bytes(4)).build(),
        [("12345", Key.ENTER)],
        0x40,
        10,
        b"",
    ),
    ("no place for the PIN", PinVerify(apdu=b"\0\x20\0\x80").build(), [], 0x40, 10, b""),
]
ONLY_NEW = bytes.fromhex("0024000010 20FFFFFFFFFFFFFF 245678FFFFFFFFFF")
CHANGED = bytes.fromhex("0024000010241234FFFFFFFFFF245678FFFFFFFFFF")


@pytest.mark.parametrize(("meaning", "data", "typed", "status", "error", "answer"), ENTRIES)
def test_an_entry_ends_as_its_person_and_its_structure_say(
    meaning: str,
    data: bytes,
    typed: list[tuple[str | Key, ...]],
    status: int,
    error: int,
    answer: bytes,
    chip: Chip,
) -> None:
    card = chip({PRESENTED: b"\x90\x00", CHANGED: b"\x90\x01", ONLY_NEW: b"\x90\x02"})
    reader, _ = _pad(card, *typed)
    assert _ask(reader, data) == [m.DataBlock(0, 1, status, error, 0, answer)], meaning
    assert reader.entering is None


def test_a_late_person_times_out_or_is_taken_at_his_word(chip: Chip) -> None:
    reader, _ = _pad(chip({PRESENTED: b"\x90\x00"}))
    assert _ask(reader, VERIFY) == []
    reader.press("1234")
    reader.time_out()
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 1, 0x40, 0xF0, 0, b"")]
    assert _ask(reader, PinVerify(validation=4).build(), 2) == []
    reader.press("1234")
    reader.time_out()
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 2, 0, 0, 0, b"\x90\x00")]
    assert _ask(reader, PinVerify(validation=4).build(), 3) == []
    reader.press("123")
    reader.time_out()
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 3, 0x40, 0xF0, 0, b"")]
    reader.press("1234", Key.ENTER)
    reader.time_out()
    assert reader.late_answers() == []


def test_a_slot_is_busy_while_a_pin_is_typed_and_tells_its_state(chip: Chip) -> None:
    reader, _ = _pad(chip())
    assert _ask(reader, VERIFY) == []
    assert reader.entering == 0
    busy = reader.answers(encode(m.XfrBlock(0, 2, 0, 0, bytes(5))))
    assert decode(busy[0]) == m.DataBlock(0, 2, 0x40, 0xE0, 0, b"")
    assert _ask(reader, VERIFY, 3) == [m.DataBlock(0, 3, 0x40, 0xE0, 0, b"")]
    state = reader.answers(encode(m.GetSlotStatus(0, 4)))
    assert decode(state[0]) == m.SlotStatus(0, 4, 0, 0, 0)
    reader.ask_for_time(3)
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 1, 0x80, 3, 0, b"")]


def test_the_pad_serves_one_slot_at_a_time_and_the_others_do_not_end_its_entry(chip: Chip) -> None:
    reader = VirtualCcid((SERIAL_TPDU,) * 2, descriptor=GEMPC_PINPAD.descriptor)
    for slot in (0, 1):
        reader.insert(slot, chip({PRESENTED: b"\x90\x00"}))
        reader.answers(encode(m.IccPowerOn(slot, 0, 0)))
    assert _ask(reader, VERIFY) == []
    other = reader.answers(encode(m.Secure(1, 2, 0, 0, VERIFY)))
    assert [decode(each) for each in other] == [m.DataBlock(1, 2, 0x40, 0xE0, 0, b"")]
    reader.remove(1)
    reader.press("1234", Key.ENTER)
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 1, 0, 0, 0, b"\x90\x00")]


def test_a_card_that_asks_for_time_over_a_pin_gets_it(chip: Chip) -> None:
    reader, _ = _pad(chip(), ("1234", Key.ENTER), features=int(EXTENDED))
    reader.remove(0)
    reader.insert(0, chip({PRESENTED: b"\x90\x00"}, atr=ATR_T1), [SBlock(Supervision.WTX, b"\x03")])
    reader.answers(encode(m.IccPowerOn(0, 0, 0)))
    assert _ask(reader, VERIFY) == [
        m.DataBlock(0, 1, 0x80, 3, 0, b""),
        m.DataBlock(0, 1, 0, 0, 0, b"\x90\x00"),
    ]


def test_abort_ends_an_entry_with_and_without_the_control_pipe(chip: Chip) -> None:
    reader, _ = _pad(chip())
    _ask(reader, VERIFY, 1)
    said = [decode(each) for each in reader.answers(encode(m.Abort(0, 1)))]
    assert said == [m.DataBlock(0, 1, 0x40, 0xFF, 0, b""), m.SlotStatus(0, 1, 0, 0, 0)]
    _ask(reader, VERIFY, 2)
    reader.abort(0, 9)
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 2, 0x40, 0xFF, 0, b"")]
    refused = decode(reader.answers(encode(m.GetSlotStatus(0, 3)))[0])
    assert refused == m.SlotStatus(0, 3, 0x40, 0xFF, 0), "nothing runs until the message has come"
    assert decode(reader.answers(encode(m.Abort(0, 8)))[0]) == m.SlotStatus(0, 8, 0x40, 0xFF, 0)
    assert decode(reader.answers(encode(m.Abort(0, 9)))[0]) == m.SlotStatus(0, 9, 0, 0, 0)
    assert decode(reader.answers(encode(m.GetSlotStatus(0, 10)))[0]) == m.SlotStatus(0, 10, 0, 0, 0)


def test_a_card_pulled_out_during_an_entry_ends_it(chip: Chip) -> None:
    reader, _ = _pad(chip())
    _ask(reader, VERIFY)
    reader.remove(0)
    assert [decode(each) for each in reader.late_answers()] == [m.DataBlock(0, 1, 0x42, 0xFE, 0, b"")]
    reader.press("1234", Key.ENTER)
    assert reader.late_answers() == []


@pytest.mark.parametrize(("kind", "status"), [(CardMute, 0x40), (CardRemoved, 0x42)])
def test_a_card_that_fails_under_the_pin_fails_the_entry(
    kind: type[CardMute], status: int, chip: Chip
) -> None:
    def fail() -> None:
        raise kind("gone")

    reader, _ = _pad(chip(on_apdu=fail), ("1234", Key.ENTER))
    assert _ask(reader, VERIFY) == [m.DataBlock(0, 1, status, 0xFE, 0, b"")]


def test_an_entry_needs_power_support_and_keys_that_exist(chip: Chip) -> None:
    without = VirtualCcid((SERIAL_TPDU,))
    without.insert(0, chip())
    assert _ask(without, VERIFY) == [m.DataBlock(0, 1, 0x41, 0, 0, b"")]
    reader, _ = _pad(chip())
    reader.answers(encode(m.IccPowerOff(0, 0)))
    assert _ask(reader, VERIFY) == [m.DataBlock(0, 1, 0x41, 0xFE, 0, b"")]
    entry = PinEntry(0, PinVerify(), lambda _: None)
    for key in ("12", "٣", "-"):
        with pytest.raises(Misuse):
            entry.press(key)


def test_a_template_that_no_block_of_t1_carries_is_refused() -> None:
    device = VirtualCcid((SERIAL_TPDU,), descriptor=replace(GEMPC_PINPAD.descriptor, max_message=1000))
    device.insert(0, TableChip({}, bytes.fromhex("3B848131FE4576454D56A7"), None))
    structure = replace(PinVerify(), apdu=EMV_TEMPLATE + bytes(300)).build()
    for command in (
        m.IccPowerOn(0, 1, 1),
        m.SetParameters(0, 2, 1, m.T1Parameters().build()),
        m.Secure(0, 3, 0, 0, structure),
    ):
        device.answers(encode(command))
    device.press("1234", Key.ENTER)
    assert device.late_answers() == [encode(m.DataBlock(0, 3, 0x40, 10, 0, b""))]


def test_digits_are_in_no_repr() -> None:
    entry = PinEntry(0, PinVerify(), lambda _: None)
    for digit in "7391":
        entry.press(digit)
    assert "7391" not in repr(entry)
    assert "7391" not in repr(vars(entry)["_operation"])


@pytest.mark.parametrize("atr", [bytes.fromhex("3B6500002063CB6600"), ATR_T1])
def test_the_host_lets_the_cardholder_type_at_the_reader(atr: bytes, chip: Chip) -> None:
    card = chip({PRESENTED: b"\x90\x00"}, atr=atr)
    answers = iter([("1234", Key.ENTER), (Key.CANCEL,), ("1234", Key.ENTER), ("1234", Key.ENTER)])
    both = virtual_ccid(variant=GEMPC_PINPAD, person=lambda _: both.device.press(*next(answers)))
    both.device.insert(0, card)
    pad: PinPad = both.host.slots[0]
    with pytest.raises(Misuse):
        pad.secure(PinVerify())
    both.host.slots[0].power_on()
    assert pad.secure(PinVerify()) == b"\x90\x00"
    assert pad.secure(PinVerify()) == b"\x64\x01"
    assert both.host.slots[0].transmit(bytes.fromhex("00B2010C00")) == b"\x6a\x82"
    assert pad.secure(PinVerify()) == b"\x90\x00"
    assert pad.secure(PinVerify()) == b"\x90\x00", "whatever number the block of the PIN has"
    assert card.seen == [PRESENTED, bytes.fromhex("00B2010C00"), PRESENTED, PRESENTED]


def test_a_pad_that_only_verifies_changes_no_pin(chip: Chip) -> None:
    reader = VirtualCcid((SERIAL_TPDU,), descriptor=replace(GEMPC_PINPAD.descriptor, pin_support=1))
    reader.insert(0, chip())
    reader.answers(encode(m.IccPowerOn(0, 0, 0)))
    assert _ask(reader, CHANGE) == [m.DataBlock(0, 1, 0x40, 10, 0, b"")]


# (meaning, what the reader hands over at T=1, R-APDU or error)
PIN_BLOCKS: list[tuple[str, list[str], str | type[Exception]]] = [
    ("the card's block", ["000002900092"], "9000"),
    ("the reader's own status word", ["6402"], "6402"),
    ("a damaged block, sent again by the card", ["0000029000FF", "000002900092"], "9000"),
    ("the card asks for the command again", ["00810081"], ExchangeLost),
    ("no status word", ["90"], FrameError),
]


@pytest.mark.parametrize(("meaning", "blocks", "outcome"), PIN_BLOCKS)
def test_at_t1_the_host_takes_the_block_and_never_sends_the_template(
    meaning: str, blocks: list[str], outcome: str | type[Exception]
) -> None:
    left = list(blocks)

    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.IccPowerOn):
            return [m.DataBlock(0, command.seq, 0, 0, 0, ATR_T1)]
        if isinstance(command, m.SetParameters):
            return [m.Parameters(0, command.seq, 0, 0, 1, command.data)]
        block = "00E101FE1E" if command.data[1:2] == b"\xc1" else left.pop(0)  # type: ignore[union-attr]
        return [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex(block))]

    host = CcidHostUnderTest()
    slot = host.reader(script).slots[0]
    slot.power_on()
    if isinstance(outcome, str):
        assert slot.secure(PinVerify()) == bytes.fromhex(outcome), meaning
    else:
        with pytest.raises(outcome):
            slot.secure(PinVerify())
    assert not any(EMV_TEMPLATE in c.data for c in host.commands if isinstance(c, m.XfrBlock))
    with pytest.raises(Misuse):
        slot.secure(PinVerify(apdu=bytes(300)))


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [(0, 0xF0, b"\x90\x00"), (0x40, 0xF0, b"\x64\x00"), (0x40, 0xEF, b"\x64\x01"), (0x40, 0xFE, CardMute)],
)
def test_an_error_of_the_entry_counts_only_where_it_failed(
    status: int, error: int, outcome: bytes | type[Exception]
) -> None:
    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.IccPowerOn):
            return [m.DataBlock(0, command.seq, 0, 0, 0, ATR_T1)]
        return [m.DataBlock(0, command.seq, status, error, 0, b"\x90\x00")]

    slot = CcidHostUnderTest().reader(script, int(EXTENDED)).slots[0]
    slot.power_on()
    if isinstance(outcome, bytes):
        assert slot.secure(PinVerify()) == outcome
    else:
        with pytest.raises(outcome):
            slot.secure(PinVerify())


def test_a_time_out_is_a_status_word_and_a_reader_without_a_pad_refuses(chip: Chip) -> None:
    both = virtual_ccid(variant=GEMPC_PINPAD, person=lambda _: both.device.time_out())
    both.device.insert(0, chip())
    both.host.slots[0].power_on()
    assert both.host.slots[0].secure(PinVerify()) == b"\x64\x00"
    plain = virtual_ccid(variant=GEMPC_TWIN)
    plain.device.insert(0, chip())
    plain.host.slots[0].power_on()
    with pytest.raises(ReaderRefused):
        plain.host.slots[0].secure(PinVerify())


# What the recording holds beside this no reader would say again: pinpad.py says why.
def _outcome(answer: bytes) -> str:
    if len(answer) > 13:
        return "ok"
    return {0xEF: "cancel", 0xF0: "timeout", 0xEE: "mismatch"}[answer[10]]


@pytest.mark.parametrize(
    ("name", "atr"),
    [("gempcpinpad_secure_t0", "3B6500002063CB6600"), ("gempcpinpad_secure_t1", "3B848131FE4576454D56A7")],
)
def test_the_recorded_pin_pad_session_is_answered(name: str, atr: str, vector: Vector, chip: Chip) -> None:
    # The recorded host names the same place for both PINs: the new one stands over the old one.
    new = bytes.fromhex("0024000010245678FFFFFFFFFF24FFFFFFFFFFFFFF")
    card = chip({PRESENTED: b"\x90\x00", new: b"\x90\x00"}, atr=bytes.fromhex(atr))
    core = VirtualCcid(GEMPC_PINPAD.features, "GemTwin-V2.00-GV00", descriptor=GEMPC_PINPAD.descriptor)
    core.insert(0, card)
    device = GemPcDevice(core, GEMPC_PINPAD)
    device.take()
    rows = [row for row in vector(name)["frames"] if row["dir"] != "event" and row["note"] != "echo"]
    compared = 0
    for row, answer in pairwise(rows):
        if row["dir"] != "host->reader" or answer["dir"] != "reader->host":
            continue
        sent, recorded = bytes.fromhex(row["hex"]), bytes.fromhex(answer["hex"])
        loads = LOAD_TEXTS in sent
        echo = frame(sent[2:3] + bytes(4) + sent[7:12]) if loads else sent
        device.feed(sent)
        if row["note"] == "Secure":
            outcome = _outcome(recorded)
            if outcome == "mismatch" or (outcome == "ok" and "t1" in name):
                core.press(Key.CANCEL)
                device.take()
                continue
            if outcome == "ok":
                core.press("1234", Key.ENTER, *(("5678", Key.ENTER) * 2 if sent[12] else ()))
            elif outcome == "cancel":
                core.press("1", Key.CANCEL)
            else:
                core.time_out()
        assert device.take() == echo + recorded, row
        compared += 1
    assert compared == (11 if "t1" in name else 12)
    assert core.escapes.texts[:2] == ("Enter PIN", "New PIN")


def test_at_t1_the_recorded_verification_brings_the_block_of_the_card(vector: Vector, chip: Chip) -> None:
    reader, _ = _pad(chip({PRESENTED: b"\x90\x00"}, atr=ATR_T1), ("1234", Key.ENTER))
    row = next(r for r in vector("gempcpinpad_secure_t1")["frames"] if r["note"] == "Secure")
    answer = decode(reader.answers(bytes.fromhex(row["hex"])[2:-1])[0])
    assert answer == m.DataBlock(0, 0x0D, 0, 0, 0, bytes.fromhex("000002900092"))


def _opened(address: str) -> CcidReader:
    host = open_host(address)
    assert isinstance(host, CcidReader)
    return host


@pytest.mark.parametrize("atr", [bytes.fromhex("3B6500002063CB6600"), ATR_T1])
def test_a_reader_that_is_unplugged_while_a_pin_is_typed_is_lost_and_the_next_one_works(
    atr: bytes, chip: Chip, tmp_path: Path
) -> None:
    link = tmp_path / "pad"
    address = f"ccid+serial:{link}?variant=gempc-pinpad"

    def unplug(_prompt: Prompt) -> None:
        unplugging.start()

    pad = ServedSerialReader("gempc-pinpad", link, person=unplug)
    unplugging = threading.Thread(target=pad.close)
    pad.insert(chip({PRESENTED: b"\x90\x00"}, atr=atr))
    with closing(_opened(address)) as host:
        host.slots[0].power_on()
        with pytest.raises(ReaderLost):
            host.slots[0].secure(PinVerify())
    unplugging.join()
    pad = ServedSerialReader("gempc-pinpad", link, person=lambda _: pad.press("1234", Key.ENTER))
    try:
        card = chip({PRESENTED: b"\x90\x00"}, atr=atr)
        pad.insert(card)
        with closing(_opened(address)) as host:
            host.slots[0].power_on()
            assert host.slots[0].secure(PinVerify()) == b"\x90\x00"
        assert card.seen == [PRESENTED]
    finally:
        pad.close()


def test_a_served_pin_pad_gives_up_a_pin_that_nobody_types_and_works_on(chip: Chip, tmp_path: Path) -> None:
    """And the time of an entry that was typed is not up in the next one."""
    link, typed = tmp_path / "pad", [("1234", Key.ENTER), (), ()]
    pad = ServedSerialReader("gempc-pinpad", link, person=lambda _: pad.press(*typed.pop(0)))
    with closing(pad), closing(_opened(f"ccid+serial:{link}?variant=gempc-pinpad")) as host:
        pad.insert(chip({PRESENTED: b"\x90\x00"}))
        slot = host.slots[0]
        slot.power_on()
        assert slot.secure(PinVerify(timeout=1)) == b"\x90\x00"
        late = threading.Timer(0.6, lambda: pad.press("1234", Key.ENTER))
        late.start()
        assert slot.secure(PinVerify(timeout=1)) == b"\x90\x00"
        late.join()
        begun = time.monotonic()
        assert slot.secure(PinVerify(timeout=1)) == b"\x64\x00"
        assert 0.9 < time.monotonic() - begun < 10
        assert slot.power_on()
    assert not [each for each in threading.enumerate() if isinstance(each, threading.Timer)]
