"""A GemCore SIM Pro 2 wakes at 9600 bit/s: the host takes it to 115200, the virtual one is deaf to any other speed."""

import os
import tty
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from terminal_drivers.base import Misuse, ReaderLost
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.framing import frame
from terminal_drivers.readers.ccid.gempc import GEMCORE_SIM_PRO, GEMCORE_SIM_PRO2, GemPcLink
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.serving import ServedSerialReader
from terminal_drivers.readers.ccid.waking import wake
from terminal_drivers.transports.serial import SerialTransport, StopBits
from terminal_drivers.wiring.opening import open_host
from tests.patience import PATIENCE

SILENCE = 0.1
ASK = frame(encode(m.GetSlotStatus(0, 7)))
SPEED_UP = frame(encode(m.Escape(0, 8, bytes.fromhex("011020"))))


@pytest.fixture
def served() -> Iterator[ServedSerialReader]:
    reader = ServedSerialReader("gemcore-sim-pro2")
    yield reader
    reader.close()


def _heard(port: SerialTransport, sent: bytes, timeout: float = PATIENCE) -> m.Message | None:
    port.write(sent)
    said = port.read(1, timeout)
    while said and len(said) < 13:
        said += port.read(13 - len(said), PATIENCE)
    return decode(said[2:-1]) if said else None


def test_it_hears_at_9600_until_the_escape_and_then_at_115200_only(served: ServedSerialReader) -> None:
    port = SerialTransport(served.path, 115_200, StopBits.TWO)
    try:
        assert _heard(port, ASK, SILENCE) is None
        port.set_speed(9_600)
        assert _heard(port, ASK) == m.SlotStatus(0, 7, 2, 0, 0)
        assert _heard(port, SPEED_UP) == m.EscapeResponse(0, 8, 2, 0, b""), "told at the old speed"
        assert _heard(port, ASK, SILENCE) is None
        port.set_speed(115_200)
        assert _heard(port, ASK) == m.SlotStatus(0, 7, 2, 0, 0)
    finally:
        port.close()


def test_the_host_wakes_it_and_finds_it_awake_the_next_time(
    served: ServedSerialReader, chip: Callable[..., Any]
) -> None:
    served.insert(chip(), 1)
    for _ in range(2):
        host = open_host(f"ccid+serial:{served.path}?variant=gemcore-sim-pro2")
        assert isinstance(host, CcidReader)
        try:
            assert [slot.present() for slot in host.slots] == [False, True]
            host.slots[1].power_on()
        finally:
            host.close()


def test_a_speed_that_was_told_is_taken_at_its_word(served: ServedSerialReader) -> None:
    address = f"ccid+serial:{served.path}?variant=gemcore-sim-pro2&baud="
    for baud, answers in ((115_200, False), (9_600, True)):
        host = open_host(f"{address}{baud}", timeout=SILENCE)
        assert isinstance(host, CcidReader)
        try:
            if answers:
                assert not host.slots[0].present()
            else:
                with pytest.raises(ReaderLost):
                    host.slots[0].present()
        finally:
            host.close()


def test_both_ends_on_a_pty_meet_at_the_working_speed() -> None:
    both = virtual_ccid("pty", GEMCORE_SIM_PRO2)
    try:
        assert not both.host.slots[0].present()
    finally:
        both.close()


def test_a_line_without_a_speed_needs_no_waking() -> None:
    for variant in (GEMCORE_SIM_PRO, GEMCORE_SIM_PRO2):
        record: list[tuple[str, bytes]] = []
        both = virtual_ccid(variant=variant, record=record)
        assert record == []
        assert not both.host.slots[0].present()


def test_a_speed_that_no_port_has_is_a_lost_reader(served: ServedSerialReader) -> None:
    port = SerialTransport(served.path, 115_200)
    with pytest.raises(ReaderLost, match="cannot talk at -1 bit/s"):
        port.set_speed(-1)
    port.close()
    with pytest.raises(Misuse):
        port.set_speed(9_600)


def test_a_line_that_is_gone_before_the_reader_wakes_is_closed() -> None:
    near, far = os.openpty()
    tty.setraw(far)
    port = SerialTransport(os.ttyname(far), 115_200)
    os.close(far)
    os.close(near)
    with pytest.raises(ReaderLost):
        wake(GemPcLink(port, GEMCORE_SIM_PRO2))
    with pytest.raises(Misuse):
        port.read(1, 0)
