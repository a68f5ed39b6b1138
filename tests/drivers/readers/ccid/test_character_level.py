"""A reader at character level: it brings as many characters as it is asked for, and the host runs the protocol."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardMute, FrameError, ReaderRefused
from terminal_drivers.iso7816.block import SBlock, Supervision
from terminal_drivers.iso7816.t1card import Interlude, Mishap
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.both_ends import VirtualCcidReader, virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.conformance.host import CcidHostUnderTest
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import SERIAL_CHARACTER, SERIAL_TPDU
from terminal_drivers.readers.ccid.gempc import GemPcVariant
from terminal_drivers.readers.ccid.pin import PinVerify
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from tests.examples import examples

Chip = Callable[..., Any]
VARIANT = GemPcVariant(echo=False, features=(SERIAL_CHARACTER,), pin_support=3)
T0, T1 = "3B00", "3B848131FE4576454D56A7"
PPS_T0, PPS_T1, CRC_T1 = "3B15957650505330", "3B94958131FE45765050532F", "3B808171204501 14"


class Mirror:
    """A card that answers with what it got and 9000; T=0 asks for it with READ RECORD."""

    def __init__(self, atr: str) -> None:
        self.atr = bytes.fromhex(atr)
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return apdu[5:] + b"\x90\0"


def _both(
    card: Any, interludes: tuple[Interlude, ...] = (), features: int = SERIAL_CHARACTER
) -> VirtualCcidReader:
    both = virtual_ccid(variant=GemPcVariant(echo=False, features=(features,), pin_support=3))
    both.device.insert(0, card, interludes)
    return both


@pytest.mark.parametrize("atr", [T0, T1, PPS_T0, PPS_T1, CRC_T1])
@pytest.mark.parametrize("length", [1, 255])
def test_an_apdu_reaches_a_card_of_either_protocol_once(atr: str, length: int) -> None:
    card = Mirror(atr)
    slot = _both(card).host.slots[0]
    slot.power_on()
    command = bytes((0, 0xDA, 0, 0, length)) + bytes(length)
    assert slot.transmit(command + b"\0") == card.seen[0][5:] + b"\x90\0"
    assert card.seen in ([command], [command + b"\0"]), "T=0 does not carry Le"


INTERLUDES = st.sampled_from((SBlock(Supervision.WTX, b"\2"), SBlock(Supervision.IFS, b"\x20"), *Mishap))


@examples(60)
@given(st.lists(INTERLUDES, max_size=3), st.integers(1, 255))
def test_t1_at_character_level_is_t1_at_tpdu_level(interludes: list[Interlude], length: int) -> None:
    command = bytes((0, 0xDB, 0, 0xFF, length)) + bytes(length)
    answers = []
    for features in (SERIAL_TPDU, SERIAL_CHARACTER):
        card = Mirror(T1)
        slot = _both(card, tuple(interludes), features).host.slots[0]
        slot.power_on()
        answers.append(slot.transmit(command))
        assert card.seen == [command]
    assert answers[0] == answers[1] == command[5:] + b"\x90\0"


def test_wlevelparameter_counts_the_characters_that_are_awaited() -> None:
    levels: list[tuple[str, int]] = []

    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.IccPowerOn):
            return [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex(T0))]
        if isinstance(command, m.SetParameters):
            return [m.Parameters(0, command.seq, 0, 0, 0, command.data)]
        assert isinstance(command, m.XfrBlock)
        levels.append((command.data.hex().upper(), command.level))
        said = ("B2", "7001", "90", "00")[len(levels) - 1]
        return [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex(said))]

    slot = CcidHostUnderTest().reader(script, SERIAL_CHARACTER).slots[0]
    slot.power_on()
    assert slot.transmit(bytes.fromhex("00B2010C02")) == bytes.fromhex("70019000")
    assert levels == [("00B2010C02", 1), ("", 2), ("", 1), ("", 1)]


def test_a_reader_that_brings_too_little_is_a_frame_error() -> None:
    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.IccPowerOn):
            return [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex(T0))]
        if isinstance(command, m.SetParameters):
            return [m.Parameters(0, command.seq, 0, 0, 0, command.data)]
        return [m.DataBlock(0, command.seq, 0, 0, 0, b"")]

    slot = CcidHostUnderTest().reader(script, SERIAL_CHARACTER).slots[0]
    slot.power_on()
    with pytest.raises(FrameError, match="asked for 1 characters and brings 0"):
        slot.transmit(bytes.fromhex("00B2010C02"))


def test_a_mute_card_is_mute(chip: Chip) -> None:
    def mute() -> None:
        raise CardMute("silent")

    for atr in (T0, T1):
        slot = _both(chip(atr=bytes.fromhex(atr), on_apdu=mute)).host.slots[0]
        slot.power_on()
        with pytest.raises(CardMute):
            slot.transmit(bytes.fromhex("00B2010C00"))


def test_the_device_brings_what_was_asked_for_and_no_more_than_a_message_holds() -> None:
    core = VirtualCcid((SERIAL_CHARACTER,), descriptor=ClassDescriptor(features=SERIAL_CHARACTER))
    core.insert(0, Mirror(T0))

    def ask(data: str, expect: int) -> m.Message:
        return decode(core.answers(encode(m.XfrBlock(0, 1, 0, expect, bytes.fromhex(data))))[0])

    assert ask("0020008001", 1) == m.DataBlock(0, 1, 0x41, 0xFE, 0, b""), "without power"
    core.answers(encode(m.IccPowerOn(0, 0, 1)))
    assert ask("0020008001", 1) == m.DataBlock(0, 1, 0, 0, 0, b"\x20")
    assert ask("55", 0) == m.DataBlock(0, 1, 0, 0, 0, b""), "nothing is awaited"
    assert ask("", 2) == m.DataBlock(0, 1, 0, 0, 0, b"\x61\x01")
    assert ask("", 1) == m.DataBlock(0, 1, 0x40, 0xFE, 0, b""), "the card says no more"
    assert ask("", 262) == m.DataBlock(0, 1, 0x40, 8, 0, b"")


def test_no_pin_is_entered_at_character_level(chip: Chip) -> None:
    both = _both(chip())
    slot = both.host.slots[0]
    slot.power_on()
    with pytest.raises(ReaderRefused, match="character level"):
        slot.secure(PinVerify())
    core = VirtualCcid((SERIAL_CHARACTER,), descriptor=VARIANT.descriptor)
    core.insert(0, chip())
    core.answers(encode(m.IccPowerOn(0, 0, 1)))
    refused = decode(core.answers(encode(m.Secure(0, 1, 0, 0, PinVerify().build())))[0])
    assert refused == m.DataBlock(0, 1, 0x40, 0, 0, b"")
