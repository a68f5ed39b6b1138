import struct
from typing import Any

import pytest
from construct import Byte, ConstructError, GreedyRange
from construct import Struct as ConstructStruct
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import astuple

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import (
    CODES,
    LAYOUTS,
    LONGEST_DATA,
    MESSAGE,
    code_of,
    data_length,
    decode,
    encode,
)

# (meaning, object, hex); USB CCID rev 1.1, 6.1 to 6.3
MESSAGES: list[tuple[str, m.Message, str]] = [
    (
        "T=0 parameters",
        m.SetParameters(0, 0x12, 0, bytes.fromhex("1100000A00")),
        "61 05000000 00 12 00 0000 1100000A00",
    ),
    ("5 V", m.IccPowerOn(0, 8, 1), "62 00000000 00 08 01 0000"),
    ("power off slot 1", m.IccPowerOff(1, 11), "63 00000000 01 0B 000000"),
    ("ask for the card", m.GetSlotStatus(0, 255), "65 00000000 00 FF 000000"),
    ("verify PIN", m.Secure(0, 12, 0, 0, b"\x00\x1e"), "69 02000000 00 0C 00 0000 001E"),
    ("classes", m.T0Apdu(0, 1, 3, 0xC0, 0xC2), "6A 00000000 00 01 03 C0 C2"),
    ("firmware", m.Escape(0, 0, b"\x02"), "6B 01000000 00 00 000000 02"),
    ("which parameters", m.GetParameters(0, 2), "6C 00000000 00 02 000000"),
    ("default parameters", m.ResetParameters(0, 2), "6D 00000000 00 02 000000"),
    ("stop the clock", m.IccClock(0, 3, 1), "6E 00000000 00 03 01 0000"),
    (
        "GET RESPONSE",
        m.XfrBlock(0, 0x16, 0, 0, bytes.fromhex("00C0000030")),
        "6F 05000000 00 16 00 0000 00C0000030",
    ),
    ("bBWI and level", m.XfrBlock(1, 0x37, 2, 0x0102, b""), "6F 00000000 01 37 02 0201"),
    ("eject", m.Mechanical(0, 4, 2), "71 00000000 00 04 02 0000"),
    ("abort", m.Abort(0, 5), "72 00000000 00 05 000000"),
    (
        "4 MHz, 10753 bit/s",
        m.SetDataRateAndClockFrequency(0, 6, 4000, 10753),
        "73 08000000 00 06 000000 A00F0000 012A0000",
    ),
    (
        "the ATR",
        m.DataBlock(0, 8, 0, 0, 0, bytes.fromhex("3B6500002063CB6600")),
        "80 09000000 00 08 00 00 00 3B6500002063CB6600",
    ),
    ("mute card", m.DataBlock(0, 8, 0x41, 0xFE, 0, b""), "80 00000000 00 08 41 FE 00"),
    ("no card", m.SlotStatus(0, 0x1E, 2, 0, 0), "81 00000000 00 1E 02 00 00"),
    (
        "T=1 parameters",
        m.Parameters(0, 1, 0, 0, 1, m.T1Parameters().build()),
        "82 07000000 00 01 00 00 01 1110004D002000",
    ),
    ("escape refused", m.EscapeResponse(0, 4, 0x41, 0, b""), "83 00000000 00 04 41 00 00"),
    (
        "rates",
        m.DataRateAndClockFrequency(0, 6, 0, 0, 4000, 10753),
        "84 08000000 00 06 00 00 00 A00F0000 012A0000",
    ),
    ("inserted", m.NotifySlotChange(b"\x03"), "50 03"),
    ("over-current", m.HardwareError(1, 9, 1), "51 01 09 01"),
]


@pytest.mark.parametrize(("meaning", "message", "wire"), MESSAGES)
def test_a_message_has_its_bytes_both_ways(meaning: str, message: m.Message, wire: str) -> None:
    assert encode(message) == bytes.fromhex(wire), meaning
    assert decode(bytes.fromhex(wire)) == message, meaning


def test_every_message_of_the_specification_is_in_the_table() -> None:
    assert {type(message) for _, message, _ in MESSAGES} == set(LAYOUTS)


def _values(message: type[m.Message]) -> st.SearchStrategy[m.Message]:
    """Any value of a message that its layout has room for."""
    wide = {"level": 0xFFFF, "clock": 0xFFFFFFFF, "rate": 0xFFFFFFFF}
    columns: dict[str, st.SearchStrategy[Any]] = {}
    for field in message.__struct_fields__:
        most = 0xFF if message is m.SlotStatus else wide.get(field, 0xFF)
        columns[field] = st.integers(0, most)
    if "status" in columns:
        columns["status"] = st.sampled_from([0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x80, 0x3C])
    if "data" in columns:
        columns["data"] = st.binary(max_size=300)
    if "icc_state" in columns:
        columns["icc_state"] = st.binary(min_size=1, max_size=64)
    return st.builds(message, **columns)


ANY_MESSAGE = st.one_of(*(_values(message) for message in LAYOUTS))


@given(ANY_MESSAGE)
def test_any_message_comes_back_from_its_bytes(message: m.Message) -> None:
    assert decode(encode(message)) == message


def _declared(data: bytes) -> tuple[object, ...]:
    """What the interpreted declaration reads: its named fields in the order of the message's."""
    layout = LAYOUTS[CODES[data[0]]]
    found = layout.parse(data)
    names = [
        field.name
        for field in layout.subcons
        if field.name and field.name not in ("bMessageType", "dwLength")
    ]
    return tuple(found[name] for name in names)


@given(ANY_MESSAGE)
def test_the_fast_codec_builds_what_the_declaration_builds(message: m.Message) -> None:
    layout = LAYOUTS[type(message)]
    names = [
        field.name
        for field in layout.subcons
        if field.name and field.name not in ("bMessageType", "dwLength")
    ]
    assert layout.build(dict(zip(names, astuple(message), strict=True))) == encode(message)


MUTATION = st.tuples(
    st.integers(0, 30), st.integers(0, 255), st.sampled_from(["set", "insert", "delete", "cut"])
)


@given(ANY_MESSAGE, st.lists(MUTATION, max_size=3))
def test_the_fast_codec_reads_what_the_declaration_reads(message: m.Message, mutations: list[Any]) -> None:
    data = bytearray(encode(message))
    for at, value, how in mutations:
        place = at % len(data) if data else 0
        if how == "insert" or not data:
            data.insert(place, value)
        elif how == "set":
            data[place] = value
        elif how == "delete":
            del data[place]
        else:
            del data[place:]
    wire = bytes(data)
    if not wire or wire[0] not in CODES:
        with pytest.raises(ConstructError):
            MESSAGE.parse(wire)
        return
    try:
        expected = _declared(wire)
    except ConstructError:
        with pytest.raises(ConstructError):
            MESSAGE.parse(wire)
    else:
        assert astuple(MESSAGE.parse(wire)) == expected


@given(st.binary(max_size=64))
def test_garbage_is_a_message_or_a_frame_error(garbage: bytes) -> None:
    try:
        decode(garbage)
    except FrameError:
        return
    assert garbage[0] in CODES


@pytest.mark.parametrize(
    ("meaning", "wire"),
    [
        ("nothing", ""),
        ("no such message", "99 00000000 00 00 000000"),
        ("half a header", "65 000000"),
        ("half of fixed data", "73 08000000 00 06 000000 A00F0000"),
        ("a byte behind the message", "65 00000000 00 00 000000 00"),
        ("dwLength beyond the bytes", "6F 05000000 00 00 000000 00"),
        ("dwLength of 4 GiB", "80 FFFFFFFF 00 00 000000 00"),
        ("data where none belongs", "65 01000000 00 00 000000 00"),
        ("reserved ICC status", "81 00000000 00 00 03 00 00"),
        ("reserved command status", "81 00000000 00 00 C0 00 00"),
        ("notification without slots", "50"),
        ("half a hardware error", "51 00"),
    ],
)
def test_damaged_messages_are_frame_errors(meaning: str, wire: str) -> None:
    with pytest.raises(FrameError):
        pytest.fail(f"{meaning} was read as {decode(bytes.fromhex(wire))}")


@pytest.mark.parametrize(
    "message",
    [
        m.GetSlotStatus(256, 0),
        m.GetSlotStatus(0, -1),
        m.XfrBlock(0, 0, 0, 0x10000, b""),
        m.HardwareError(0, 256, 0),
        m.NotifySlotChange(b""),
    ],
)
def test_a_value_that_does_not_fit_its_field_is_misuse(message: m.Message) -> None:
    with pytest.raises(Misuse):
        encode(message)


def test_the_length_is_bounded_before_anything_is_read() -> None:
    longest = struct.pack("<BI5x", 0x6F, LONGEST_DATA)
    assert data_length(longest) == LONGEST_DATA == 65_556 - 10
    with pytest.raises(FrameError):
        data_length(struct.pack("<BI5x", 0x6F, LONGEST_DATA + 1))
    assert len(decode(longest + bytes(LONGEST_DATA)).data) == LONGEST_DATA  # type: ignore[union-attr]
    with pytest.raises(FrameError):
        decode(struct.pack("<BI5x", 0x6F, LONGEST_DATA + 1) + bytes(LONGEST_DATA + 1))
    with pytest.raises(ConstructError):
        MESSAGE.parse_stream(_Endless(struct.pack("<BI5x", 0x6F, LONGEST_DATA + 1)))


class _Endless:
    """A stream that refuses to be read past its header."""

    def __init__(self, header: bytes) -> None:
        self.header = header

    def read(self, count: int) -> bytes:
        header, self.header = self.header, b""
        if not header or count != len(header):
            raise MemoryError("read on after an impossible length")
        return header


def test_the_message_composes_with_other_constructs() -> None:
    log = ConstructStruct("stamp" / Byte, "messages" / GreedyRange(MESSAGE))
    both: list[m.Message] = [m.GetSlotStatus(0, 1), m.XfrBlock(0, 2, 0, 0, b"\x00\xb0\x00\x00\x00")]
    wire = log.build({"stamp": 7, "messages": both})
    assert wire == b"\x07" + encode(both[0]) + encode(both[1])
    assert list(log.parse(wire)["messages"]) == both


def test_each_message_has_the_number_of_the_specification() -> None:
    assert {hex(code_of(message)): message.__name__ for message in LAYOUTS} == {
        "0x61": "SetParameters",
        "0x62": "IccPowerOn",
        "0x63": "IccPowerOff",
        "0x65": "GetSlotStatus",
        "0x69": "Secure",
        "0x6a": "T0Apdu",
        "0x6b": "Escape",
        "0x6c": "GetParameters",
        "0x6d": "ResetParameters",
        "0x6e": "IccClock",
        "0x6f": "XfrBlock",
        "0x71": "Mechanical",
        "0x72": "Abort",
        "0x73": "SetDataRateAndClockFrequency",
        "0x80": "DataBlock",
        "0x81": "SlotStatus",
        "0x82": "Parameters",
        "0x83": "EscapeResponse",
        "0x84": "DataRateAndClockFrequency",
        "0x50": "NotifySlotChange",
        "0x51": "HardwareError",
    }


def test_a_notification_names_the_slots_that_changed() -> None:
    assert m.NotifySlotChange(b"\x03").changes() == [(0, True)]
    assert m.NotifySlotChange(b"\x02").changes() == [(0, False)]
    assert m.NotifySlotChange(b"\x0d").changes() == [(1, True)], "slot 0 is present and has not changed"
    assert m.NotifySlotChange(b"\x00\x03").changes() == [(4, True)]


@pytest.mark.parametrize(
    ("parameters", "wire"),
    [
        (m.T0Parameters(), "1100000A00"),
        (m.T0Parameters(0x95, 0x02, 0xFF, 0x0C, 0x03), "9502FF0C03"),
        (m.T1Parameters(waiting_integers=0x45, ifsc=0xFE), "1110004500FE00"),
    ],
)
def test_protocol_parameters_have_their_bytes_both_ways(
    parameters: m.T0Parameters | m.T1Parameters, wire: str
) -> None:
    assert parameters.build() == bytes.fromhex(wire)
    assert type(parameters).parse(bytes.fromhex(wire)) == parameters
    with pytest.raises(FrameError):
        type(parameters).parse(bytes.fromhex(wire)[1:])


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (0xFF, "CMD_ABORTED"),
        (0xFE, "ICC_MUTE"),
        (0xFD, "XFR_PARITY_ERROR"),
        (0xFC, "XFR_OVERRUN"),
        (0xFB, "HW_ERROR"),
        (0xF8, "BAD_ATR_TS"),
        (0xF7, "BAD_ATR_TCK"),
        (0xF6, "ICC_PROTOCOL_NOT_SUPPORTED"),
        (0xF5, "ICC_CLASS_NOT_SUPPORTED"),
        (0xF4, "PROCEDURE_BYTE_CONFLICT"),
        (0xF3, "DEACTIVATED_PROTOCOL"),
        (0xF2, "BUSY_WITH_AUTO_SEQUENCE"),
        (0xF0, "PIN_TIMEOUT"),
        (0xEF, "PIN_CANCELLED"),
        (0xE0, "CMD_SLOT_BUSY"),
        (0x00, "NOT_SUPPORTED"),
        (0x05, "offset 5 of the message is wrong"),
        (0x90, "vendor error 90"),
    ],
)
def test_an_error_has_a_name(error: int, name: str) -> None:
    assert m.error_name(error) == name
