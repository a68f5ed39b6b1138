import itertools
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardRemoved, Misuse, ReaderLost
from terminal_drivers.readers.vpcd.card import VpcdDevice, VpcdSlot, call
from terminal_drivers.readers.vpcd.codec import Decoder, encode
from terminal_drivers.readers.vpcd.serving import ServedVpcd
from terminal_drivers.transports.listening import LOOPBACK
from terminal_drivers.transports.tcp import TcpTransport, connect
from tests.drivers.conftest import two_free_ports
from tests.patience import PATIENCE

Chip = Callable[..., Any]

ATR = bytes.fromhex("3B848131FE4576454D56A7")
GET_ATR, POWER_ON, POWER_OFF, RESET = (
    bytes.fromhex(text) for text in ("000104", "000101", "000100", "000102")
)


def test_the_recorded_session_is_answered_as_recorded(
    vector: Callable[[str], dict[str, Any]], chip: Chip
) -> None:
    frames = vector("vpcd_session")["frames"]
    asked = [each for each in frames if each["dir"] == "vpcd->vpicc"]
    answers: dict[bytes, bytes] = {}
    for before, after in itertools.pairwise(frames):
        if before["note"] == "C-APDU" and after["note"] == "R-APDU":
            answers[bytes.fromhex(before["hex"])[2:]] = bytes.fromhex(after["hex"])[2:]
    device = VpcdDevice()
    device.insert(chip(answers, atr=ATR))
    said = b""
    for each in asked[:-1]:
        device.feed(bytes.fromhex(each["hex"]))
        said += device.take()
    assert said == b"".join(bytes.fromhex(each["hex"]) for each in frames if each["dir"] == "vpicc->vpcd")
    assert len(answers) == 2


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=5), st.integers(1, 40))
def test_any_chunking_gives_the_same_messages(bodies: list[bytes], size: int) -> None:
    stream = b"".join(map(encode, bodies))
    decoder = Decoder()
    assert [
        body for at in range(0, len(stream), size) for body in decoder.feed(stream[at : at + size])
    ] == bodies


def test_a_message_of_nothing_is_dropped_and_cannot_be_built() -> None:
    assert Decoder().feed(b"\0\0" + GET_ATR) == [b"\4"]
    for body in (b"", bytes(0x10000)):
        with pytest.raises(Misuse):
            encode(body)


@given(st.binary(max_size=80))
def test_any_garbage_is_survived(garbage: bytes) -> None:
    class Still:
        atr = ATR

        def reset(self) -> bytes:
            return ATR

        def transmit(self, apdu: bytes) -> bytes:
            return apdu[:2]

    device = VpcdDevice()
    device.insert(Still())
    device.feed(garbage)
    device.take()


def test_an_apdu_without_power_reaches_no_card(chip: Chip) -> None:
    card = chip()
    device = VpcdDevice()
    device.insert(card)
    device.feed(encode(b"\0\xa4\4\0"))
    device.feed(POWER_ON + POWER_OFF + encode(b"\0\xa4\4\0"))
    assert device.take() == encode(b"\x6f\0") * 2
    assert card.seen == []
    device.feed(RESET + encode(b"\0\xa4\4\0"))
    assert device.take() == encode(b"\x6a\x82")


def test_a_mute_or_torn_card_has_left_for_good(chip: Chip) -> None:
    def torn() -> None:
        raise CardRemoved("torn")

    for card, asked in ((chip(atr=b""), POWER_ON), (chip(on_apdu=torn), POWER_ON + encode(b"\0\xa4\4\0"))):
        device = VpcdDevice()
        device.insert(card)
        for _ in range(2):
            with pytest.raises(CardRemoved):
                device.feed(asked)
        assert not device.holds


def _exchange(line: TcpTransport, message: bytes) -> bytes:
    line.write(message)
    return line.read(999, PATIENCE)


def test_in_reverse_mode_vpcd_connects_and_finds_the_card_while_it_is_in(chip: Chip) -> None:
    with VpcdSlot(0) as slot:
        with pytest.raises(Misuse):
            slot.remove()
        for _ in range(3):
            vpcd = connect(LOOPBACK, slot.port)
            vpcd.write(GET_ATR)
            with pytest.raises(ReaderLost):
                vpcd.read(1, PATIENCE)
            vpcd.close()
            slot.insert(chip(atr=ATR))
            with pytest.raises(Misuse):
                slot.insert(chip())
            vpcd = connect(LOOPBACK, slot.port)
            assert _exchange(vpcd, GET_ATR) == encode(ATR)
            assert slot.holds
            slot.remove()
            vpcd.write(GET_ATR)
            with pytest.raises(ReaderLost):
                vpcd.read(1, PATIENCE)
            vpcd.close()
    with pytest.raises(ReaderLost):
        connect(LOOPBACK, slot.port)


def test_in_the_other_mode_the_card_connects_to_vpcd(chip: Chip) -> None:
    with socket.create_server((LOOPBACK, 0)) as server:
        port = server.getsockname()[1]
        line = call(chip(atr=ATR), port)
        peer, _ = server.accept()
        vpcd = TcpTransport(peer)
        assert _exchange(vpcd, GET_ATR) == encode(ATR)
        line.close()
        with pytest.raises(ReaderLost):
            vpcd.read(1, PATIENCE)
        vpcd.close()
    with pytest.raises(ReaderLost):
        call(chip(), port)


def test_a_card_that_tears_itself_away_leaves_the_slot_empty(chip: Chip) -> None:
    def torn() -> None:
        raise CardRemoved("torn")

    with VpcdSlot(0) as slot:
        slot.insert(chip(atr=ATR, on_apdu=torn))
        vpcd = connect(LOOPBACK, slot.port)
        vpcd.write(POWER_ON + encode(b"\0\xa4\4\0"))
        with pytest.raises(ReaderLost):
            vpcd.read(1, PATIENCE)
        assert not slot.holds
        vpcd.close()
        slot.insert(chip(atr=ATR))
        vpcd = connect(LOOPBACK, slot.port)
        assert _exchange(vpcd, GET_ATR) == encode(ATR)
        vpcd.close()


def test_a_pair_of_ports_that_cannot_be_had_is_misuse_and_leaves_none_open() -> None:
    with pytest.raises(Misuse, match="port 65536 cannot be served"):
        ServedVpcd(65535)
    socket.create_server((LOOPBACK, 65535)).close()


def test_a_mute_card_is_refused_for_vpcd_could_not_tell_of_it(chip: Chip) -> None:
    served = ServedVpcd(two_free_ports())
    try:
        with pytest.raises(Misuse, match="no word for a mute card"):
            served.insert(chip(atr=b""))
        assert not served.holds()
    finally:
        served.close()
