from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Card, CardMute, CardRemoved, FrameError, Misuse
from terminal_drivers.iso7816.block import SBlock, Supervision
from terminal_drivers.iso7816.t1card import Interlude, Mishap
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.features import CONTACTLESS, SERIAL_CHARACTER, SERIAL_TPDU
from terminal_drivers.readers.ccid.framing import NAK_FRAME, frame
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMPC_TWIN, GemPcDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid

PPSE = bytes.fromhex("00A404000E325041592E5359532E4444463031")
FCI = bytes.fromhex(
    "6F2E840E325041592E5359532E4444463031A51CBF0C1961174F07A000000003101050095649534120544553548701019000"
)
Vector = Callable[[str], dict[str, Any]]
Chip = Callable[..., Any]

RECORDED_FIRMWARE = "GemTwin-V2.00-GV00"
SYNCHRONOUS = frame(encode(m.Escape(0, 0, b"\x01\x01\x01")))
ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")

T1_ACCIDENTS: dict[str, list[Interlude]] = {
    "gempctwin_t1_t1wtx": [SBlock(Supervision.WTX, b"\x02")],
    "gempctwin_t1_t1ifs": [SBlock(Supervision.IFS, b"\x20")],
    "gempctwin_t1_t1abort": [SBlock(Supervision.ABORT)],
    "gempctwin_t1_t1edc": [Mishap.DAMAGED_ANSWER],
    "gempctwin_t1_t1r": [Mishap.DAMAGED_COMMAND],
}
"""What the recorded card did before its answer."""

RECORDINGS = [
    ("gempctwin_startup_t0", "3B6500002063CB6600"),
    ("gempctwin_connect_select_t0", "3B6500002063CB6600"),
    ("gempctwin_remove_insert_t0", "3B6500002063CB6600"),
    ("gempctwin_startup_t1", "3B848131FE4576454D56A7"),
    ("gempctwin_connect_select_t1", "3B848131FE4576454D56A7"),
    ("gempctwin_remove_insert_t1", "3B848131FE4576454D56A7"),
    ("gempctwin_pps_t0", "3B15957650505330"),
    ("gempctwin_pps_t1", "3B94958131FE45765050532F"),
    ("gempctwin_t1_long", "3B848131FE4576454D56A7"),
    *((name, "3B848131FE4576454D56A7") for name in T1_ACCIDENTS),
]


def _long_exchange(vector: Vector) -> tuple[bytes, bytes]:
    """The long command of the recording and the card's answer to it, out of the I-blocks of both sides."""
    said = {"XfrBlock": b"", "response": b""}
    for row in vector("gempctwin_t1_long")["frames"]:
        block = bytes.fromhex(row["hex"])[12:-1]
        if row["note"] in said and len(block) > 4 and block[0] == 0 and block[1] < 0x80:
            said[row["note"]] += block[3:-1]
    return said["XfrBlock"], said["response"]


@pytest.mark.parametrize(("name", "atr"), RECORDINGS)
def test_the_reader_answers_a_recorded_host_byte_for_byte(
    name: str, atr: str, vector: Vector, chip: Chip
) -> None:
    core = VirtualCcid(GEMPC_TWIN.features, RECORDED_FIRMWARE)
    reader = GemPcDevice(core, GEMPC_TWIN)
    command, answer = _long_exchange(vector)
    card = chip({PPSE: FCI, PPSE + b"\0": FCI, command: answer}, atr=bytes.fromhex(atr))
    core.insert(0, card, T1_ACCIDENTS.get(name, ()))
    assert reader.take() == b"\x50\x03"
    if "startup" not in name:
        reader.feed(SYNCHRONOUS)  # the recording begins after the start-up
        reader.take()
    rows = vector(name)["frames"]
    at = compared = 0
    while at < len(rows):
        row, at = rows[at], at + 1
        if row["dir"] == "event":
            core.insert(0, card) if row["note"] == "insert" else core.remove(0)
            continue
        host_frame = bytes.fromhex(row["hex"])
        recorded = b""
        while at < len(rows) and rows[at]["dir"] == "reader->host":
            recorded += bytes.fromhex(rows[at]["hex"])
            at += 1
        reader.feed(host_frame)
        said = reader.take()
        # Where only the echo was recorded, the recording left the answer to a power-off out.
        assert (said[: len(recorded)] if recorded == host_frame else said) == recorded, row
        compared += 1
    assert compared >= 6
    if name == "gempctwin_t1_long":
        assert command in card.seen


def _ask(reader: VirtualCcid, command: m.Command) -> m.Message:
    return decode(reader.answers(encode(command))[-1])


@pytest.fixture
def reader() -> VirtualCcid:
    """A terminal's reader: slot 0 at TPDU level, slot 1 a contactless field."""
    return VirtualCcid((SERIAL_TPDU, CONTACTLESS))


def _powered(reader: VirtualCcid, slot: int, card: Card) -> None:
    reader.insert(slot, card)
    assert isinstance(_ask(reader, m.IccPowerOn(slot, 0, 0)), m.DataBlock)


def test_the_contactless_field_builds_the_atr_and_takes_whole_apdus(reader: VirtualCcid, chip: Chip) -> None:
    card = chip({bytes.fromhex("00B2010C00"): bytes.fromhex("70009000")})
    reader.insert(1, card)
    on = _ask(reader, m.IccPowerOn(1, 0, 0))
    assert on == m.DataBlock(1, 0, 0, 0, 0, bytes.fromhex("3B8580012063CB6600EA"))
    answer = _ask(reader, m.XfrBlock(1, 1, 0, 0, bytes.fromhex("00B2010C00")))
    assert answer == m.DataBlock(1, 1, 0, 0, 0, bytes.fromhex("70009000"))
    assert card.seen == [bytes.fromhex("00B2010C00")]


@pytest.mark.parametrize("apdu", ["", "00A404", "00DB0000000001AA"])
def test_the_field_takes_short_apdus_only(apdu: str, reader: VirtualCcid, chip: Chip) -> None:
    card = chip()
    _powered(reader, 1, card)
    refused = m.DataBlock(1, 1, 0x40, 1, 0, b"")
    assert _ask(reader, m.XfrBlock(1, 1, 0, 0, bytes.fromhex(apdu))) == refused
    assert card.seen == []


# (meaning, command, answer) with a powered card in slot 0 and nothing in slot 1
REFUSALS: list[tuple[str, m.Command, m.Message]] = [
    ("no such slot", m.GetSlotStatus(7, 1), m.SlotStatus(7, 1, 0x42, 5, 0)),
    ("empty slot", m.IccPowerOn(1, 1, 0), m.DataBlock(1, 1, 0x42, 0xFE, 0, b"")),
    ("command to an empty slot", m.XfrBlock(1, 1, 0, 0, b"\0\0\0\0"), m.DataBlock(1, 1, 0x42, 0xFE, 0, b"")),
    ("parameters of an empty slot", m.GetParameters(1, 1), m.Parameters(1, 1, 0x42, 0xFE, 0, b"")),
    ("chained block", m.XfrBlock(0, 1, 0, 1, b"\0\0\0\0"), m.DataBlock(0, 1, 0x40, 8, 0, b"")),
    ("half a TPDU", m.XfrBlock(0, 1, 0, 0, b"\0\0\0\0\5\1"), m.DataBlock(0, 1, 0x40, 1, 0, b"")),
    ("PPS", m.XfrBlock(0, 1, 0, 0, b"\xff\x10\x95\x7a"), m.DataBlock(0, 1, 0x40, 0xFE, 0, b"")),
    ("two-wire protocol", m.SetParameters(0, 1, 0x80, b""), m.Parameters(0, 1, 0x40, 7, 0, b"")),
    ("short parameters", m.SetParameters(0, 1, 0, b"\x11"), m.Parameters(0, 1, 0x40, 1, 0, b"")),
    ("PIN entry", m.Secure(0, 1, 0, 0, b""), m.DataBlock(0, 1, 0x40, 0, 0, b"")),
    ("unknown escape", m.Escape(0, 1, b"\x6a"), m.EscapeResponse(0, 1, 0x40, 0, b"")),
    ("mechanics", m.Mechanical(0, 1, 2), m.SlotStatus(0, 1, 0x40, 0, 0)),
    ("mechanics that nobody knows", m.Mechanical(0, 1, 9), m.SlotStatus(0, 1, 0x40, 0, 0)),
    ("characters of a mute card", m.XfrBlock(0, 1, 0, 0, b"\xff"), m.DataBlock(0, 1, 0x40, 0xFE, 0, b"")),
    (
        "no clock at all",
        m.SetDataRateAndClockFrequency(0, 1, 0, 1),
        m.DataRateAndClockFrequency(0, 1, 0x40, 10, 0, 0),
    ),
    (
        "no data rate at all",
        m.SetDataRateAndClockFrequency(0, 1, 1, 0),
        m.DataRateAndClockFrequency(0, 1, 0x40, 14, 0, 0),
    ),
    ("no such voltage", m.IccPowerOn(0, 1, 4), m.DataBlock(0, 1, 0x40, 7, 0, b"")),
    ("no such clock command", m.IccClock(0, 1, 2), m.SlotStatus(0, 1, 0x40, 7, 0)),
    ("classes of T=0 at TPDU level", m.T0Apdu(0, 1, 1, 0, 0), m.SlotStatus(0, 1, 0x40, 0, 0)),
    ("a block of the other protocol", m.XfrBlock(1, 1, 0, 1, b""), m.DataBlock(1, 1, 0x42, 0xFE, 0, b"")),
    ("reader's own message", m.SlotStatus(0, 1, 0, 0, 0), m.SlotStatus(0, 1, 0x40, 0, 0)),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("meaning", "command", "answer"), REFUSALS)
def test_what_cannot_be_done_is_refused_with_its_reason(
    meaning: str, command: m.Command, answer: m.Message, reader: VirtualCcid, chip: Chip
) -> None:
    _powered(reader, 0, chip())
    assert _ask(reader, command) == answer, meaning


def test_the_abort_of_a_slot_that_is_not_there_aborts_nothing(reader: VirtualCcid) -> None:
    for slot in (2, 7):
        reader.abort(slot, 1)
    assert _ask(reader, m.GetSlotStatus(0, 1)) == m.SlotStatus(0, 1, 2, 0, 0)


def test_a_card_is_powered_with_every_voltage_that_there_is(reader: VirtualCcid, chip: Chip) -> None:
    reader.insert(0, chip())
    for power in range(4):
        assert _ask(reader, m.IccPowerOn(0, 1, power)).status == 0  # type: ignore[union-attr]


def test_a_message_that_nobody_knows_is_refused_as_not_supported(reader: VirtualCcid) -> None:
    assert decode(reader.answers(bytes.fromhex("99 00000000 00 07 000000"))[0]) == m.SlotStatus(
        0, 7, 0x42, 0, 0
    )
    for less in (b"\x65", b"\x50\x03", b"\x51\0\0\1"):
        with pytest.raises(FrameError):
            reader.answers(less)


def test_parameters_follow_the_protocol_and_are_reset_to_its_defaults(
    reader: VirtualCcid, chip: Chip
) -> None:
    _powered(reader, 0, chip(atr=ATR_T1))
    default = m.Parameters(0, 1, 0, 0, 1, m.T1Parameters().build())
    assert _ask(reader, m.GetParameters(0, 1)) == default
    changed = m.T1Parameters(ifsc=0xFE).build()
    assert _ask(reader, m.SetParameters(0, 1, 1, changed)) == m.Parameters(0, 1, 0, 0, 1, changed)
    assert _ask(reader, m.GetParameters(0, 1)) == m.Parameters(0, 1, 0, 0, 1, changed)
    assert _ask(reader, m.ResetParameters(0, 1)) == default


def test_a_block_of_t1_is_answered_and_refused_where_the_parameters_say_t0(
    reader: VirtualCcid, chip: Chip
) -> None:
    _powered(reader, 0, chip(atr=ATR_T1))
    block = m.XfrBlock(0, 2, 0, 0, bytes.fromhex("00C101FE3E"))
    assert _ask(reader, block) == m.DataBlock(0, 2, 0, 0, 0, bytes.fromhex("00E101FE1E"))
    assert _ask(reader, m.SetParameters(0, 3, 0, m.T0Parameters().build())).status == 0  # type: ignore[union-attr]
    assert _ask(reader, block) == m.DataBlock(0, 2, 0x40, 0xF6, 0, b"")


@pytest.mark.parametrize("slot", [0, 1])
def test_a_mute_card_is_present_and_does_not_answer(slot: int, reader: VirtualCcid, chip: Chip) -> None:
    reader.insert(slot, chip(atr=b""))
    assert _ask(reader, m.IccPowerOn(slot, 1, 0)) == m.DataBlock(slot, 1, 0x41, 0xFE, 0, b"")
    assert _ask(reader, m.GetSlotStatus(slot, 2)) == m.SlotStatus(slot, 2, 1, 0, 0)


def test_a_bad_atr_reaches_the_host_from_a_chip_and_is_silence_in_the_field(
    reader: VirtualCcid, chip: Chip
) -> None:
    for slot in (0, 1):
        reader.insert(slot, chip(atr=b"\x00\x01"))
    assert _ask(reader, m.IccPowerOn(0, 1, 0)) == m.DataBlock(0, 1, 0, 0, 0, b"\x00\x01")
    assert _ask(reader, m.IccPowerOn(1, 1, 0)) == m.DataBlock(1, 1, 0x41, 0xFE, 0, b"")


def test_a_card_that_falls_silent_or_is_torn_out_fails_the_exchange(reader: VirtualCcid, chip: Chip) -> None:
    def mute() -> None:
        raise CardMute("silent")

    def torn() -> None:
        raise CardRemoved("torn out")

    select = m.XfrBlock(0, 1, 0, 0, bytes.fromhex("00A40400"))
    _powered(reader, 0, chip(on_apdu=mute))
    assert _ask(reader, select) == m.DataBlock(0, 1, 0x40, 0xFE, 0, b"")
    reader.remove(0)
    _powered(reader, 0, chip(on_apdu=torn))
    reader.notifications()
    assert _ask(reader, select) == m.DataBlock(0, 1, 0x42, 0xFE, 0, b"")
    assert reader.notifications() == [b"\x50\x02"], "the reader noticed that the card is gone"


def test_a_card_swapped_during_an_exchange_does_not_answer_for_the_other(
    reader: VirtualCcid, chip: Chip
) -> None:
    def swap() -> None:
        reader.remove(0)
        reader.insert(0, chip())

    _powered(reader, 0, chip(on_apdu=swap))
    assert _ask(reader, m.XfrBlock(0, 1, 0, 0, bytes.fromhex("00A40400"))) == m.DataBlock(
        0, 1, 0x41, 0xFE, 0, b""
    )


def test_notifications_tell_each_change_once_with_the_state_of_all_slots(
    reader: VirtualCcid, chip: Chip
) -> None:
    reader.insert(1, chip())
    reader.insert(0, chip())
    reader.remove(1)
    assert reader.notifications() == [b"\x50\x0c", b"\x50\x07", b"\x50\x09"]
    assert reader.notifications() == []


def test_hands_that_do_the_impossible_are_misuse(reader: VirtualCcid, chip: Chip) -> None:
    with pytest.raises(Misuse):
        reader.remove(0)
    with pytest.raises(Misuse):
        reader.insert(2, chip())
    reader.insert(0, chip())
    with pytest.raises(Misuse):
        reader.insert(0, chip())
    for features in (SERIAL_TPDU, SERIAL_CHARACTER):
        with pytest.raises(Misuse):
            VirtualCcid((features,), fields=[0])
    with pytest.raises(Misuse):
        VirtualCcid(())


def test_notifications_come_at_once_until_they_are_made_synchronous(chip: Chip) -> None:
    core = VirtualCcid(GEMPC_TWIN.features)
    device = GemPcDevice(core, GEMPC_TWIN)
    core.insert(0, chip())
    assert device.take() == b"\x50\x03"
    device.feed(SYNCHRONOUS)
    device.take()
    core.remove(0)
    assert device.take() == b""
    ask = frame(encode(m.GetSlotStatus(0, 1)))
    device.feed(ask)
    assert device.take() == ask + b"\x50\x02" + frame(encode(m.SlotStatus(0, 1, 2, 0, 0)))


def test_a_damaged_command_is_answered_by_nak_and_a_nak_by_the_last_answer() -> None:
    device = GemPcDevice(VirtualCcid(BUILT_IN.features), BUILT_IN)
    ask = frame(encode(m.GetSlotStatus(0, 1)))
    device.feed(NAK_FRAME)
    assert device.take() == NAK_FRAME, "there is no last answer"
    device.feed(ask[:-1] + b"\xee")
    assert device.take() == NAK_FRAME
    device.feed(ask)
    answer = device.take()
    device.feed(NAK_FRAME)
    assert device.take() == answer == frame(encode(m.SlotStatus(0, 1, 2, 0, 0)))


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_no_bytes_from_a_host_break_the_reader(chunks: list[bytes]) -> None:
    device = GemPcDevice(VirtualCcid(BUILT_IN.features), BUILT_IN)
    for chunk in chunks:
        device.feed(chunk)
        device.feed(frame(bytes(10) + chunk)[:12] if len(chunk) % 2 else frame(chunk[:1] + bytes(9)))
        device.take()
