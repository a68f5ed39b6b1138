import struct
from collections.abc import Callable
from contextlib import closing, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Misuse, Tracks
from terminal_drivers.control_pipe import Stall
from terminal_drivers.readers.magstripe.hid import STANDARD, VENDOR, Layout
from terminal_drivers.readers.magstripe.serving import ServedUsbStripeHead
from terminal_drivers.readers.magstripe.usb import HidStripeDevice
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead, stripe_bits
from terminal_drivers.wiring.serving import serve

TRACK1 = "%B4761739001010119^TEST/CARD^30122011143878089?"
TRACK2 = ";4761739001010119=30122011143878089?"

DEVICE = "12 01 0002 00 00 00 40 0108 0200 0002 01 02 03 01"
CONFIGURATION = (
    "09 02 2200 01 01 00 80 32"  # one interface, 100 mA
    "09 04 00 00 01 03 00 00 00"  # HID, not for a BIOS, one endpoint
    "09 21 1101 00 01 22 3D00"  # HID 1.11, a report descriptor of 61 bytes
    "07 05 81 03 4000 0A"  # interrupt IN, 64 bytes
)


def rig(layout: Layout = VENDOR) -> tuple[VirtualStripeHead, HidStripeDevice]:
    head = VirtualStripeHead(layout.build)
    return head, HidStripeDevice(head, layout)


def setup(kind: int, request: int, value: int = 0, length: int = 0xFF) -> bytes:
    return struct.pack("<BBHHH", kind, request, value, 0, length)


REQUESTS = [
    ("GET_DESCRIPTOR device", setup(0x80, 6, 0x0100), DEVICE),
    ("GET_DESCRIPTOR configuration", setup(0x80, 6, 0x0200), CONFIGURATION),
    ("its first 9 bytes", setup(0x80, 6, 0x0200, 9), CONFIGURATION[:25]),
    ("GET_DESCRIPTOR HID of the interface", setup(0x81, 6, 0x2100), "09 21 1101 00 01 22 3D00"),
    ("GET_DESCRIPTOR report of the interface", setup(0x81, 6, 0x2200), VENDOR.descriptor().hex()),
    ("its first 4 bytes", setup(0x81, 6, 0x2200, 4), "0600FF09"),
    ("GET_DESCRIPTOR string 2", setup(0x80, 6, 0x0302, 8), "2803 5600 6900 7200"),
    ("SET_CONFIGURATION 1", setup(0x00, 9, 1), ""),
    ("Get_Report of the input: no card", setup(0xA1, 1, 0x0100, 8), "000000 000000 06 00"),
    ("Get_Idle: only where something happens", setup(0xA1, 2), "00"),
    ("Set_Idle 0", setup(0x21, 10), ""),
]


@pytest.mark.parametrize(("meaning", "request_", "answer"), REQUESTS)
def test_a_request_of_the_control_pipe_is_answered(meaning: str, request_: bytes, answer: str) -> None:
    assert rig()[1].control(request_) == bytes.fromhex(answer), meaning


@pytest.mark.parametrize(
    "request_",
    [
        setup(0x81, 6, 0x2300),  # a physical descriptor
        setup(0xA1, 1, 0x0300),  # the feature report: commands of the maker
        setup(0x21, 9, 0x0300),
        setup(0x21, 10, 0x0400),  # to repeat a report every 16 ms
        setup(0xA1, 3),  # Get_Protocol: for what a BIOS knows
        setup(0x40, 1),
        setup(0x80, 6, 0x0304),
    ],
    ids=bytes.hex,
)
def test_what_a_stripe_head_does_not_know_is_a_stall(request_: bytes) -> None:
    with pytest.raises(Stall):
        rig()[1].control(request_)


@pytest.mark.parametrize("layout", [VENDOR, STANDARD], ids=["vendor", "standard"])
@given(rooms=st.lists(st.sampled_from((1, 8, 64, 100, 337, 512)), min_size=1))
def test_reports_come_whole_and_apart_whatever_room_the_host_has(layout: Layout, rooms: list[int]) -> None:
    head, device = rig(layout)
    assert device.transfer_in(1, 64) is None
    swipes = [{1: TRACK1, 2: TRACK2}, {2: TRACK2}]
    for each in swipes:
        head.swipe(stripe_bits(each))
    for each in swipes:
        report = b""
        for at in range(layout.size):
            report += device.transfer_in(1, rooms[at % len(rooms)]) or b""
            if len(report) >= layout.size:
                break
        assert layout.parse(report) == Tracks(each.get(1), each[2])
    assert device.transfer_in(1, 64) is None


def test_a_new_configuration_begins_with_nothing_half_said() -> None:
    head, device = rig()
    head.swipe(stripe_bits({2: TRACK2}))
    assert len(device.transfer_in(1, 64) or b"") == 64
    head.swipe(stripe_bits({2: TRACK2}))
    device.control(setup(0x00, 9, 1))
    assert device.transfer_in(1, 64) is None


def test_there_is_one_endpoint() -> None:
    _, device = rig()
    for wrong in (0, 2, 3):
        with pytest.raises(Stall):
            device.transfer_in(wrong, 64)
    with pytest.raises(Stall):
        device.transfer_out(1, b"\0")


@given(garbage=st.binary(min_size=8, max_size=8), data=st.binary(max_size=64))
def test_any_setup_packet_is_answered_within_its_length_or_stalled(garbage: bytes, data: bytes) -> None:
    with suppress(Stall):
        assert len(rig()[1].control(garbage, data)) <= int.from_bytes(garbage[6:], "little")


def test_a_stripe_head_is_served_and_takes_no_chip_card() -> None:
    with closing(ServedUsbStripeHead()) as served:
        acts: tuple[Callable[[], None], ...] = (
            served.remove,
            lambda: served.insert(Never()),
            lambda: served.tap(Never()),
        )
        for act in acts:
            with pytest.raises(Misuse, match="swipe the card"):
                act()
        assert not served.holds()
        with pytest.raises(Misuse, match="cannot be served"):
            serve(f"msr+usbip:{served.port}")


class Never:
    """A card that nobody talks to."""

    atr = b"\x3b\x00"

    def reset(self) -> bytes:
        raise NotImplementedError

    def transmit(self, apdu: bytes) -> bytes:
        raise NotImplementedError
