from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardMute, FrameError, Misuse
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.chip import Chip
from terminal_drivers.iso7816.pps import Pps, agreed, bits_per_second, respond, waiting_time, wanted

# (meaning, value, hex); the first two are recorded
PPS: list[tuple[str, Pps, str]] = [
    ("T=0 at TA1", Pps(0, 0x95), "FF10957A"),
    ("T=1 at TA1", Pps(1, 0x95), "FF11957B"),
    ("default speed", Pps(1), "FF01FE"),
    ("all bytes", Pps(0, 0x11, 0x22, 0x33), "FF701122338F"),
]
NEGOTIABLE, SPECIFIC = (
    Atr.parse(bytes.fromhex("3B1595765050533032"[:16])),
    Atr.parse(bytes.fromhex("3B90951000")),
)


@pytest.mark.parametrize(("meaning", "value", "data"), PPS)
def test_a_pps_is_its_bytes_both_ways(meaning: str, value: Pps, data: str) -> None:
    assert Pps.parse(bytes.fromhex(data)) == value, meaning
    assert value.build().hex().upper() == data, meaning


@pytest.mark.parametrize(
    "data",
    [
        "",
        "FF",
        "FF00",
        "0010957A",
        "FF10957B",
        "FF109500",
        "FF809500",
        "FF10957A00",
        "00109585",
        "FF0FF0",
        "FF8095EA",
    ],
)
def test_what_is_no_pps_is_a_frame_error(data: str) -> None:
    with pytest.raises(FrameError):
        Pps.parse(bytes.fromhex(data))


@given(st.binary(max_size=8))
def test_any_bytes_are_one_pps_or_a_frame_error(data: bytes) -> None:
    with suppress(FrameError):
        assert Pps.parse(data).build() == data


def test_a_speed_is_clock_times_di_over_fi() -> None:
    assert bits_per_second(0x11, 4000) == 10_752
    assert bits_per_second(0x95, 4000) == 125_000
    assert bits_per_second(0x1F, 4000) == bits_per_second(0x71, 4000) == 0, "reserved"


@pytest.mark.parametrize(
    ("meaning", "atr", "fi_di", "cycles"),
    [
        ("T=0, WI 10, Fi 372", "3B00", 0x11, 10 * 960 * 372),
        ("T=0, WI 12, Fi 512", "3B80400C", 0x95, 12 * 960 * 512),
        ("T=1, BWI 4, whatever Fi", "3B848131FE4576454D56A7", 0x95, (1 << 4) * 960 * 372),
    ],
)
def test_a_card_may_be_silent_for_wi_or_bwi(meaning: str, atr: str, fi_di: int, cycles: int) -> None:
    card = Atr.parse(bytes.fromhex(atr))
    assert waiting_time(card, fi_di, 4000) == pytest.approx(cycles / 4_000_000), meaning


def test_the_terminal_asks_for_the_cards_speed_where_its_line_keeps_up() -> None:
    assert wanted(NEGOTIABLE, 4000, 344_086) == Pps(0, 0x95)
    assert wanted(NEGOTIABLE, 4000, 125_000) == Pps(0, 0x95)
    assert wanted(NEGOTIABLE, 4000, 124_999) is None
    assert wanted(Atr.parse(bytes.fromhex("3B1071")), 4000, 5_000_000) is None, "FI 7 is reserved"
    assert wanted(Atr.parse(bytes.fromhex("3B00")), 4000, 344_086) is None


def test_a_card_repeats_the_request_or_leaves_the_speed_out() -> None:
    request = Pps(0, 0x95)
    assert agreed(request, request.build()) == 0x95
    assert agreed(request, Pps(0).build()) == 0x11
    for wrong in (Pps(1, 0x95), Pps(0, 0x94), Pps(0, 0x95, 0x01), Pps(0, 0x95, None, 0x00)):
        with pytest.raises(FrameError):
            agreed(request, wrong.build())
    with pytest.raises(Misuse):
        Pps(15).build()


def test_a_card_takes_what_its_atr_offers() -> None:
    assert respond(Pps(0, 0x95), NEGOTIABLE) == Pps(0, 0x95)
    assert respond(Pps(0, 0x11), NEGOTIABLE) == Pps(0, 0x11)
    assert respond(Pps(0, 0x96), NEGOTIABLE) is None
    assert respond(Pps(1, 0x95), NEGOTIABLE) is None
    assert respond(Pps(0, 0x95, 0x11), NEGOTIABLE) == Pps(0, 0x95), "PPS2 is left out"


@pytest.mark.parametrize(
    ("ta1", "asked", "taken"),
    [
        (0x97, 0x96, True),  # what libccid asks for where the reader cannot do 97
        (0x97, 0x17, True),
        (0x97, 0x98, True),  # DI 8 is 12 and 9 is 20, both less than the 64 of DI 7
        (0x97, 0xA7, False),
        (0x95, 0x96, False),
        (0x97, 0x77, False),
        (0x97, 0x9F, False),
        (0x7F, 0x12, False),
        (0x7F, 0x7F, True),
    ],
)
def test_a_card_takes_any_speed_between_the_default_and_its_own(ta1: int, asked: int, taken: bool) -> None:
    request = Pps(0, asked)
    assert respond(request, Atr.parse(bytes((0x3B, 0x10, ta1)))) == (request if taken else None)


def test_a_pps_is_only_the_first_thing_after_a_reset(chip: Callable[..., Any]) -> None:
    behind = Chip(chip(atr=bytes.fromhex("3B1595765050533030"[:16])))
    behind.reset()
    assert behind.exchange(bytes.fromhex("FF10957A")) == bytes.fromhex("FF10957A")
    with pytest.raises(CardMute):
        behind.exchange(bytes.fromhex("FF10957A"))
    behind.reset()
    behind.exchange(bytes.fromhex("00A4040000"))
    with pytest.raises(CardMute):
        behind.exchange(bytes.fromhex("FF10957A"))
    behind.reset()
    with pytest.raises(CardMute):
        behind.exchange(bytes.fromhex("FF10957B"))


def test_a_card_whose_atr_is_none_speaks_t0_and_takes_no_pps(chip: Callable[..., Any]) -> None:
    card = chip(atr=bytes.fromhex("3B848131FE4576454D56A7"))
    worn = Chip(card)
    worn.reset()
    card.atr = b"\x3b\x02"
    worn.reset()
    assert (worn.atr, worn.protocol) == (None, 0)
    with pytest.raises(CardMute):
        worn.exchange(Pps(0).build())


def test_a_pps_chooses_between_two_protocols(chip: Callable[..., Any]) -> None:
    both = Chip(chip(atr=bytes.fromhex("3B80800101")))
    both.reset()
    assert both.protocol == 0
    assert both.exchange(Pps(1).build()) == Pps(1).build()
    assert both.protocol == 1
    assert both.exchange(bytes.fromhex("00C101FE3E")) == bytes.fromhex("00E101FE1E")
    both.reset()
    assert both.protocol == 0


def test_a_card_in_specific_mode_takes_no_pps(chip: Callable[..., Any]) -> None:
    atr = bytes.fromhex("3B90951000")
    fixed = Chip(chip(atr=atr))
    fixed.reset()
    with pytest.raises(CardMute):
        fixed.exchange(Pps(0, 0x95).build())
