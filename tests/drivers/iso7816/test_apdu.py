import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.apdu import CommandApdu, status_name

COMMANDS = [
    ("case 1", CommandApdu(0x00, 0xA4, 0x04, 0x00), 1, "00A40400"),
    ("case 2 short", CommandApdu(0x00, 0xB2, 0x01, 0x0C, ne=16), 2, "00B2010C 10"),
    ("case 2 short, Le 00 is 256", CommandApdu(0x00, 0xB2, 0x01, 0x0C, ne=256), 2, "00B2010C 00"),
    ("case 3 short", CommandApdu(0x00, 0x20, 0x00, 0x80, b"\x24\x12"), 3, "00200080 02 2412"),
    ("case 4 short", CommandApdu(0x00, 0xA4, 0x04, 0x00, b"\xa0\x00", 256), 4, "00A40400 02 A000 00"),
    ("case 2 extended", CommandApdu(0x00, 0xB0, 0, 0, ne=258, extended=True), 2, "00B00000 00 0102"),
    (
        "case 2 extended, Le 0000",
        CommandApdu(0x00, 0xB0, 0, 0, ne=65_536, extended=True),
        2,
        "00B00000 00 0000",
    ),
    ("case 3 extended", CommandApdu(0x00, 0xD6, 0, 0, b"\x01", extended=True), 3, "00D60000 00 0001 01"),
    ("case 4 extended", CommandApdu(0x00, 0x88, 0, 0, b"\x01", 1, True), 4, "00880000 00 0001 01 0001"),
]


@pytest.mark.parametrize(("meaning", "command", "case", "wire"), COMMANDS)
def test_a_command_has_its_case_and_its_bytes_both_ways(
    meaning: str, command: CommandApdu, case: int, wire: str
) -> None:
    assert command.case == case, meaning
    assert command.build() == bytes.fromhex(wire), meaning
    assert CommandApdu.parse(bytes.fromhex(wire)) == command, meaning


@pytest.mark.parametrize(
    ("meaning", "wire"),
    [
        ("shorter than a header", "00A404"),
        ("Lc without its data", "00A40400 03 A000"),
        ("more behind Lc and data than Le", "00A40400 01 A0 00 00"),
        ("extended Lc of zero", "00A40400 00 0000 0001"),
        ("extended Lc without its data", "00A40400 00 0005 01"),
        ("extended Lc and a one-byte Le", "00A40400 00 0001 01 00"),
        ("zero byte and half an extended length", "00A40400 00 01"),
    ],
)
def test_contradicting_lengths_are_a_frame_error(meaning: str, wire: str) -> None:
    with pytest.raises(FrameError):
        pytest.fail(f"{meaning} was read as {CommandApdu.parse(bytes.fromhex(wire))}")


@pytest.mark.parametrize(
    "fields",
    [
        {"data": bytes(256)},
        {"ne": 257},
        {"ne": -1},
        {"cla": 256},
        {"extended": True},
        {"data": bytes(65_536), "extended": True},
        {"ne": 65_537, "extended": True},
    ],
)
def test_a_command_that_has_no_bytes_is_misuse(fields: dict[str, object]) -> None:
    header: dict[str, object] = {"cla": 0, "ins": 0xA4, "p1": 0, "p2": 0}
    with pytest.raises(Misuse):
        CommandApdu(**(header | fields))  # type: ignore[arg-type]


BYTE = st.integers(0, 255)


@given(BYTE, BYTE, BYTE, BYTE, st.binary(max_size=300), st.integers(0, 300), st.booleans())
def test_parsing_and_building_are_inverse(
    cla: int, ins: int, p1: int, p2: int, data: bytes, ne: int, extended: bool
) -> None:
    needs = len(data) > 255 or ne > 256
    command = CommandApdu(cla, ins, p1, p2, data, ne, needs or (extended and bool(data or ne)))
    assert CommandApdu.parse(command.build()) == command


@given(st.binary(max_size=300))
def test_garbage_is_a_command_with_the_same_bytes_or_a_frame_error(garbage: bytes) -> None:
    try:
        command = CommandApdu.parse(garbage)
    except FrameError:
        return
    assert command.build() == garbage


@pytest.mark.parametrize(
    ("sw", "name"),
    [
        (0x9000, "normal processing"),
        (0x6A82, "file or application not found"),
        (0x6110, "16 response bytes available"),
        (0x6100, "256 response bytes available"),
        (0x6C30, "wrong Le, 48 bytes available"),
        (0x63C2, "counter 2"),
        (0x91AF, "status 91AF"),
    ],
)
def test_a_status_word_has_a_name(sw: int, name: str) -> None:
    assert status_name(sw) == name
