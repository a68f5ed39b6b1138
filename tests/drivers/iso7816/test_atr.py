import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.atr import DIRECT, Atr, InterfaceBytes, contactless

HIST_14443_4 = "80318066B1840C016E01830090 00"

ATRS = [
    ("no interface bytes at all", Atr(0x3B, (), b""), "3B00"),
    ("inverse convention", Atr(0x3F, (), b"\x01"), "3F01 01"),
    (
        "T=0 with TB1 and TC1",
        Atr(0x3B, (InterfaceBytes(tb=0, tc=0),), bytes.fromhex("2063CB6600")),
        "3B65 0000 2063CB6600",
    ),
    (
        "T=1 with IFSC FE and BWI 4, CWI 5",
        Atr(
            0x3B,
            (InterfaceBytes(td=0x81), InterfaceBytes(td=0x31), InterfaceBytes(ta=0xFE, tb=0x45)),
            bytes.fromhex("76454D56"),
        ),
        "3B84 81 31 FE45 76454D56 A7",
    ),
    (
        "contactless without historical bytes",
        Atr(0x3B, (InterfaceBytes(td=0x80), InterfaceBytes(td=0x01)), b""),
        "3B80 80 01 01",
    ),
    (
        "specific mode, T=0, TA1 in force",
        Atr(0x3B, (InterfaceBytes(ta=0x13, td=0x10), InterfaceBytes(ta=0x00)), b""),
        "3B90 13 10 00",
    ),
    (
        "the longest",
        Atr(0x3B, (*(InterfaceBytes(1, 2, 3, 0xF0),) * 3, InterfaceBytes(1, 2, 3, 0)), bytes(15)),
        "3BFF 010203F0 010203F0 010203F0 01020300" + "00" * 15,
    ),
]


@pytest.mark.parametrize(("meaning", "atr", "wire"), ATRS)
def test_an_atr_has_its_bytes_both_ways(meaning: str, atr: Atr, wire: str) -> None:
    assert Atr.parse(bytes.fromhex(wire)) == atr, meaning
    assert atr.build() == bytes.fromhex(wire), meaning


def test_defaults_stand_where_interface_bytes_are_absent() -> None:
    atr = Atr.parse(bytes.fromhex("3B00"))
    assert (atr.protocols, atr.protocol, atr.specific, atr.has_tck) == ((0,), 0, None, False)
    assert (atr.fi_di, atr.guard_time, atr.waiting_integer) == (0x11, 0, 10)
    assert (atr.ifsc, atr.bwi_cwi, atr.crc) == (32, 0x4D, False)


def test_interface_bytes_are_found_in_their_groups() -> None:
    t1 = Atr.parse(bytes.fromhex("3B848131FE4576454D56A7"))
    assert (t1.protocols, t1.protocol, t1.ifsc, t1.bwi_cwi) == ((1,), 1, 0xFE, 0x45)
    both = Atr(
        0x3B,
        (
            InterfaceBytes(0x95, None, 0xFF, 0xC0),
            InterfaceBytes(None, None, 0x0C, 0x4F),
            InterfaceBytes(tc=1),
        ),
        b"",
    )
    parsed = Atr.parse(both.build())
    assert (parsed.protocols, parsed.indicated) == ((0,), (0, 15)), "T=15 is no protocol"
    assert (parsed.fi_di, parsed.fi_di_without_pps) == (0x95, 0x11), (
        "without PPS a negotiable card stays at 11"
    )
    assert (parsed.guard_time, parsed.waiting_integer) == (0xFF, 0x0C)
    all_three = Atr(
        0x3B,
        (
            InterfaceBytes(td=0x80),
            InterfaceBytes(td=0x91),
            InterfaceBytes(ta=0x40, td=0x1F),
            InterfaceBytes(ta=0x07),
        ),
        b"",
    )
    assert (all_three.protocols, all_three.ifsc) == ((0, 1), 0x40), "TA of T=15 is no field size"
    both = Atr(0x3B, (InterfaceBytes(td=0x80), InterfaceBytes(td=0x1F), InterfaceBytes(ta=0x07)), b"")
    assert both.ifsc == 32, "and a card of T=0 has none"
    crc = Atr(0x3B, (InterfaceBytes(td=0x81), InterfaceBytes(td=0x41), InterfaceBytes(tc=1)), b"")
    assert Atr.parse(crc.build()).crc


def test_specific_mode_names_the_protocol_and_puts_ta1_in_force() -> None:
    atr = Atr.parse(bytes.fromhex("3B90131000"))
    assert (atr.specific, atr.protocol, atr.fi_di_without_pps) == (0x00, 0, 0x13)
    t1 = Atr(0x3B, (InterfaceBytes(ta=0x13, td=0x91), InterfaceBytes(ta=0x81, td=0x01)), b"")
    assert (t1.protocol, t1.fi_di_without_pps) == (1, 0x13)
    implicit = Atr.parse(bytes.fromhex("3B90131010"))
    assert implicit.fi_di_without_pps == 0x11, "bit 5 of TA2: parameters are implicit"


@pytest.mark.parametrize(
    ("meaning", "wire"),
    [
        ("empty", ""),
        ("TS alone", "3B"),
        ("TS of no convention", "3A00"),
        ("interface bytes missing", "3B80"),
        ("historical bytes missing", "3B0201"),
        ("TCK missing", "3B808001"),
        ("TCK wrong", "3B80800102"),
        ("a byte too many", "3B0000"),
        ("TCK where only T=0 is offered", "3B80 00 80"),
        ("TD1 of T=15", "3B80 0F 8F"),
        ("more than 33 bytes", "3B" + "F1" * 33),
    ],
)
def test_a_bad_atr_is_a_frame_error(meaning: str, wire: str) -> None:
    with pytest.raises(FrameError):
        pytest.fail(f"{meaning} was read as {Atr.parse(bytes.fromhex(wire))}")


def test_a_chain_of_td_bytes_without_end_is_a_frame_error() -> None:
    with pytest.raises(FrameError):
        Atr.parse(bytes((0x3B, 0x80)) + b"\x81" * 31)


@pytest.mark.parametrize(
    "atr",
    [
        Atr(0x3B, (InterfaceBytes(td=0x01), InterfaceBytes(ta=1)), b""),
        Atr(0x3B, (InterfaceBytes(td=0x11),), b""),
        Atr(0x3B, (), bytes(16)),
        Atr(0x3B, (InterfaceBytes(1, 1, 1, 0xF1),) * 6 + (InterfaceBytes(1, 1, 1, 0x01),), bytes(15)),
    ],
)
def test_an_atr_that_contradicts_itself_is_misuse(atr: Atr) -> None:
    with pytest.raises(Misuse):
        atr.build()


@given(st.binary(max_size=40))
def test_garbage_is_an_atr_with_the_same_bytes_or_a_frame_error(garbage: bytes) -> None:
    for atr in (garbage, b"\x3b" + garbage):
        try:
            parsed = Atr.parse(atr)
        except FrameError:
            continue
        assert parsed.build() == atr
        assert parsed.protocol in range(16)


@pytest.mark.parametrize(
    ("card", "historical", "atr"),
    [
        ("no historical bytes", "", "3B80800101"),
        ("ISO 14443-4 type A", HIST_14443_4, "3B8E800180318066B1840C016E01830090001C"),
        ("MIFARE Classic 1K", "804F0CA00000030603000100000000", "3B8F8001804F0CA000000306030001000000006A"),
        ("MIFARE Classic 4K", "804F0CA00000030603000200000000", "3B8F8001804F0CA0000003060300020000000069"),
        ("MIFARE Ultralight", "804F0CA00000030603000300000000", "3B8F8001804F0CA0000003060300030000000068"),
    ],
)
def test_a_contactless_atr_follows_pcsc_part_3(card: str, historical: str, atr: str) -> None:
    assert contactless(bytes.fromhex(historical)) == bytes.fromhex(atr), card
    assert Atr.parse(bytes.fromhex(atr)).historical == bytes.fromhex(historical), card


# (meaning, historical bytes, whether extended Lc and Le are announced); ISO/IEC 7816-4:2013, 12.1.1
CAPABILITIES = [
    ("none", "", False),
    ("proprietary", "65737400", False),
    ("announced", "8073000040", True),
    ("not announced", "8073FFFFBF", False),
    ("two bytes only", "8072000040", False),
    ("one byte only", "8071000040", False),
    ("behind another object", "80 31 80 73 00 00 C0", True),
    ("with a status indicator", "00 73 00 00 40 05 90 00", True),
    ("the status indicator is no object", "00 73 00 00 40", False),
    ("cut off", "80 73 00 00", False),
]


@pytest.mark.parametrize(("meaning", "historical", "announced"), CAPABILITIES)
def test_the_card_capabilities_tell_of_extended_lengths(
    meaning: str, historical: str, announced: bool
) -> None:
    atr = Atr(DIRECT, (), bytes.fromhex(historical))
    assert Atr.parse(atr.build()).extended_lengths is announced, meaning
