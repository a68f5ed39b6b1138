import contextlib
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.captures import pcapng
from terminal_drivers.captures.pcapng import CaptureInterface, Direction, LinkType, Packet, Section

VECTORS = Path(__file__).parents[2] / "vectors"

# A section, an interface (USER0, "x", ns) and an outbound packet, written by hand from the draft.
SECTION = "0A0D0D0A 30000000 4D3C2B1A 0100 0000 FFFFFFFFFFFFFFFF 0100 0100 21000000 0400 0100 61000000 00000000 30000000"
INTERFACE = "01000000 28000000 9300 0000 00000000 0200 0100 78000000 0900 0100 09000000 00000000 28000000"
PACKET = (
    "06000000 3C000000 00000000 01000000 02000000 05000000 05000000 68656C6C 6F000000"
    " 0100 0100 63000000 0200 0400 02000000 00000000 3C000000"
)
THE_PACKET = Packet(0, (1 << 32) + 2, b"hello", Direction.OUTBOUND, "c")


def test_blocks_are_written_as_the_draft_says() -> None:
    assert pcapng.section("!", "a") == bytes.fromhex(SECTION)
    assert pcapng.interface(CaptureInterface(LinkType.USER0, "x")) == bytes.fromhex(INTERFACE)
    assert pcapng.packet(THE_PACKET) == bytes.fromhex(PACKET)


def test_blocks_are_read_as_the_draft_says() -> None:
    found = list(pcapng.parse(bytes.fromhex(SECTION + INTERFACE + PACKET)))
    assert found == [Section("!"), CaptureInterface(LinkType.USER0, "x"), THE_PACKET]


def test_a_big_endian_file_is_read_too() -> None:
    section = bytes.fromhex("0A0D0D0A 0000001C 1A2B3C4D 0001 0000 FFFFFFFFFFFFFFFF 0000001C")
    interface = bytes.fromhex("00000001 00000014 0093 0000 00000000 00000014")
    body = struct.pack(">IIIII", 0, 0, 7, 1, 1) + b"x\0\0\0"
    packet = struct.pack(">II", 6, len(body) + 12) + body + struct.pack(">I", len(body) + 12)
    assert list(pcapng.parse(section + interface + packet)) == [
        Section(),
        CaptureInterface(147, "", 6),
        Packet(0, 7000, b"x"),
    ]


def test_a_file_of_other_software_is_read() -> None:
    found = list(pcapng.parse((VECTORS / "mixed.pcapng").read_bytes()))
    links = [each.link for each in found if isinstance(each, CaptureInterface)]
    packets = [each for each in found if isinstance(each, Packet)]
    assert links == [220, 149, 264]
    assert {each.interface for each in packets} == {0, 1, 2}
    assert any(each.comment for each in packets)


@given(
    st.lists(
        st.builds(
            Packet,
            st.integers(0, 1),
            st.integers(0, 2**64 - 1),
            st.binary(max_size=40),
            st.sampled_from(Direction),
            st.text(max_size=9),
        ),
        max_size=5,
    )
)
def test_what_is_written_is_read(packets: list[Packet]) -> None:
    interfaces = [
        CaptureInterface(LinkType.USER0, "a"),
        CaptureInterface(LinkType.USB_LINUX_MMAPPED, "ü", description="a reader"),
    ]
    data = pcapng.section("ä", "") + b"".join(
        [*map(pcapng.interface, interfaces), *map(pcapng.packet, packets)]
    )
    assert list(pcapng.parse(data)) == [Section("ä"), *interfaces, *packets]


@given(st.data())
def test_any_damage_is_a_frame_error_or_another_packet(data: st.DataObject) -> None:
    file = bytearray(bytes.fromhex(SECTION + INTERFACE + PACKET))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(file)))
    with contextlib.suppress(FrameError):
        list(pcapng.parse(bytes(file[:cut])))


WRONG: list[tuple[str, str]] = [
    ("no section first", INTERFACE),
    ("cut within a block", SECTION + INTERFACE[:20]),
    ("cut within a block's header", SECTION + "0100"),
    ("a length that is no multiple of 4", SECTION + INTERFACE.replace("28000000", "25000000")),
    ("a length of nothing", SECTION + "01000000 00000000 00000000"),
    ("a length beyond the limit", SECTION + "01000000 00000070 00000000"),
    ("two lengths", SECTION + INTERFACE[:-8] + "2C000000"),
    ("another version", SECTION.replace("0100 0000", "0200 0000", 1)),
    ("a packet of no interface", SECTION + PACKET),
    ("a packet of an interface of the section before", SECTION + INTERFACE + SECTION + PACKET),
    ("a block whose length is no multiple of 4", SECTION + "05000000 0D000000 00 0D000000"),
    ("a block shorter than its head", SECTION + "05000000 08000000" + "00000000"),
    ("less than an interface", SECTION + "01000000 10000000 93000000 10000000"),
    ("a name that is no text", SECTION + INTERFACE.replace("78000000", "FF000000")),
    ("an option cut short", SECTION + "01000000 18000000 9300 0000 00000000 0200 1000 18000000"),
    ("no resolution at all", SECTION + "01000000 18000000 9300 0000 00000000 0900 0000 18000000"),
    (
        "a packet longer than its block",
        SECTION
        + INTERFACE
        + "06000000 24000000 00000000 00000000 00000000 08000000 08000000 68656C6C 24000000",
    ),
    ("an odd resolution", SECTION + INTERFACE.replace("0900 0100 09", "0900 0100 8A")),
]


@pytest.mark.parametrize(("meaning", "file"), WRONG)
def test_a_damaged_file_is_a_frame_error(meaning: str, file: str) -> None:
    with pytest.raises(FrameError):
        list(pcapng.parse(bytes.fromhex(file)))
        pytest.fail(meaning)


def test_what_is_of_no_use_here_is_skipped() -> None:
    empty = "05000000 0C000000 0C000000"
    behind_the_end = "01000000 1C000000 9300 0000 00000000 0000 0000 0200 FF00 1C000000"
    both_ways = PACKET.replace("0400 02000000", "0400 03000000")
    found = list(pcapng.parse(bytes.fromhex(SECTION + empty + behind_the_end + both_ways + empty)))
    assert found == [
        Section("!"),
        CaptureInterface(LinkType.USER0, "", 6),
        Packet(0, 1000 * THE_PACKET.time, b"hello", Direction.UNKNOWN, "c"),
    ]


def test_a_comment_that_somebody_adds_does_not_hide_the_first() -> None:
    options = bytes.fromhex("0100 0100 61000000 0100 0100 62000000 00000000")
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options
    length = struct.pack("<I", len(body) + 12)
    assert list(pcapng.parse(b"\n\r\r\n" + length + body + length)) == [Section("a")]


def test_a_packet_of_a_second_section_is_of_an_interface_of_that_section() -> None:
    found = list(pcapng.parse(2 * bytes.fromhex(SECTION + INTERFACE + PACKET)))
    assert [each.interface for each in found if isinstance(each, Packet)] == [0, 1]


def test_a_packet_that_was_captured_in_part_is_not_taken_for_the_whole() -> None:
    body = struct.pack("<IIIII", 0, 0, 7, 1, 5) + b"x\0\0\0"
    packet = struct.pack("<II", 6, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
    with pytest.raises(FrameError, match=r"1 of the 5 bytes .*snaplen"):
        list(pcapng.parse(bytes.fromhex(SECTION + INTERFACE) + packet))


def test_a_comment_has_an_end() -> None:
    longest = Packet(0, 0, b"", comment="x" * 65_535)
    assert list(pcapng.parse(bytes.fromhex(SECTION + INTERFACE) + pcapng.packet(longest)))[2] == longest
    with pytest.raises(Misuse):
        pcapng.packet(Packet(0, 0, b"", comment="x" * 65_536))
