import pytest

from terminal_drivers.base import Misuse, ReaderLost
from terminal_drivers.transports.loopback import LoopbackLine, pair


class Doubler:
    """A device that sends everything back twice."""

    def __init__(self) -> None:
        self.said = b""

    def feed(self, data: bytes) -> None:
        self.said += data * 2

    def take(self) -> bytes:
        said, self.said = self.said, b""
        return said


def test_what_one_end_writes_the_other_reads_in_order() -> None:
    host, device = pair()
    host.write(b"abc")
    host.write(b"def")
    assert device.read(4, 1) == b"abcd"
    assert device.read(4, 1) == b"ef"
    assert device.read(4, 1) == b"", "nothing comes: the time-out"


def test_the_device_answers_inside_the_read_of_the_host() -> None:
    line = LoopbackLine(Doubler())
    host = line.open()
    host.write(b"x")
    assert host.read(1, 1) == b"x"
    assert host.read(9, 1) == b"x"
    assert host.read(9, 1) == b""


def test_what_an_act_makes_the_device_say_is_read_next() -> None:
    device = Doubler()
    line = LoopbackLine(device)
    line.act(lambda: device.feed(b"!"))
    assert line.open().read(9, 0) == b"!!"


def test_both_directions_are_recorded_on_request() -> None:
    record: list[tuple[str, bytes]] = []
    host = LoopbackLine(Doubler(), record).open()
    host.write(b"a")
    host.read(9, 1)
    assert record == [("host", b"a"), ("device", b"aa")]


def test_a_closed_far_end_loses_the_reader_after_the_last_byte() -> None:
    host, device = pair()
    device.write(b"bye")
    device.close()
    device.close()
    assert host.read(9, 1) == b"bye"
    with pytest.raises(ReaderLost):
        host.read(9, 1)
    with pytest.raises(ReaderLost):
        host.write(b"?")


def test_a_closed_near_end_is_misuse() -> None:
    host, _ = pair()
    host.close()
    with pytest.raises(Misuse):
        host.read(1, 1)
    with pytest.raises(Misuse):
        host.write(b"?")
