"""What a serial port of the machine does that a line of ours does not; the rest is in test_pty.py."""

import fcntl
import os
import termios
import tty
from collections.abc import Iterator
from typing import Any

import pytest

from terminal_drivers.base import ReaderLost
from terminal_drivers.transports import serial
from terminal_drivers.transports.serial import SerialTransport
from tests.patience import PATIENCE

TIOCVHANGUP = 0x5437  # Linux: hang up as an unplugged adapter does; root only


@pytest.fixture
def ends() -> Iterator[tuple[int, str]]:
    """The near end of a pseudo-terminal that nobody serves, and the path of the far one."""
    near, far = os.openpty()
    tty.setraw(far)
    try:
        yield near, os.ttyname(far)
    finally:
        os.close(near)
        os.close(far)


def test_a_read_takes_what_is_there_but_no_more_than_it_was_asked_for(ends: tuple[int, str]) -> None:
    near, path = ends
    port = SerialTransport(path, 9600)
    try:
        os.write(near, b"hello")
        heard = port.read(3, PATIENCE)
        assert heard in (b"h", b"he", b"hel")
        while len(heard) < 5:
            heard += port.read(9, PATIENCE)
        assert heard == b"hello"
        assert port.read(9, 0) == b""
    finally:
        port.close()


def test_a_port_that_is_open_elsewhere_is_told_as_such_and_is_free_when_it_is_closed(
    ends: tuple[int, str],
) -> None:
    """Two hosts at one reader would take each other's answers."""
    near, path = ends
    first = SerialTransport(path, 9600)
    try:
        with pytest.raises(ReaderLost, match="has it open: close it there"):
            SerialTransport(path, 9600)
        os.write(near, b"hello")
        assert first.read(1, PATIENCE) == b"h"
    finally:
        first.close()
    SerialTransport(path, 9600).close()


def test_an_unplugged_adapter_is_a_lost_reader_and_no_silence(ends: tuple[int, str]) -> None:
    _, path = ends
    port = SerialTransport(path, 9600)
    held = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        try:
            fcntl.ioctl(held, TIOCVHANGUP)
        except PermissionError:
            pytest.skip("only root hangs a line up")
        for timeout in (0, PATIENCE):
            with pytest.raises(ReaderLost):
                port.read(9, timeout)
        with pytest.raises(ReaderLost):
            port.write(b"?")
    finally:
        os.close(held)
        port.close()


@pytest.mark.parametrize("is_open", [False, True])
def test_a_port_that_is_unplugged_while_it_is_set_up_is_a_lost_reader(
    is_open: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    near, far = os.openpty()
    path = os.ttyname(far)
    port = SerialTransport(path, 9600) if is_open else None
    os.close(far)
    settings = termios.tcgetattr

    def unplugged(descriptor: int) -> list[Any]:
        found = settings(descriptor)
        os.close(near)
        return found

    monkeypatch.setattr(termios, "tcgetattr", unplugged)
    with pytest.raises(ReaderLost):
        if port is None:
            SerialTransport(path, 9600)
        else:
            port.set_speed(19_200)
    if port is not None:
        port.close()


def test_a_port_that_takes_no_bytes_is_given_up(
    ends: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, path = ends
    port = SerialTransport(path, 9600)
    monkeypatch.setattr(serial, "WRITE_TIMEOUT", 0.05)
    try:
        with pytest.raises(ReaderLost, match="no byte"):
            port.write(bytes(1 << 20))
    finally:
        port.close()


def test_a_port_of_pyserial_that_is_more_than_a_port_sees_the_bytes(
    ends: tuple[int, str], capsys: pytest.CaptureFixture[str]
) -> None:
    near, path = ends
    port = SerialTransport(f"spy://{path}", 9600)
    try:
        port.write(b"ask")
        assert os.read(near, 9) == b"ask"
        os.write(near, b"yes")
        heard = b""
        while len(heard) < 3:
            heard += port.read(9, PATIENCE)
        assert heard == b"yes"
    finally:
        port.close()
    spied = capsys.readouterr().err
    assert "TX" in spied
    assert "RX" in spied


@pytest.mark.parametrize("url", ["/dev/nothing", "/dev/null", "nonsense://", "hwgrep://("])
def test_a_port_that_cannot_be_opened_is_a_lost_reader_with_its_cure(url: str) -> None:
    with pytest.raises(ReaderLost, match=r"cannot be opened .*: check its name and the plug"):
        SerialTransport(url, 9600)
