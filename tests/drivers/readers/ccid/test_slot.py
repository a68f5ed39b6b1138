"""What the two ends of a slot settle with each other and with the card: speed, protocol, parameters, clock,
mechanics.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from terminal_drivers.base import CardAbsent, CardMute, FrameError, Misuse, ReaderLost, ReaderRefused
from terminal_drivers.iso7816.atr import DIRECT, Atr, InterfaceBytes
from terminal_drivers.iso7816.block import SBlock, Supervision
from terminal_drivers.iso7816.t1card import Interlude, Mishap
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.conformance.host import CcidHostUnderTest
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import EXTENDED, SERIAL_CHARACTER, SERIAL_TPDU
from terminal_drivers.readers.ccid.framing import frame
from terminal_drivers.readers.ccid.gempc import (
    BUILT_IN,
    GEMPC_PINPAD,
    GEMPC_TWIN,
    VARIANTS,
    GemPcDevice,
    GemPcVariant,
)
from terminal_drivers.readers.ccid.pin import PinVerify
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbDevice, CcidUsbLink, DirectPipes
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.pin_prompt import Key, Prompt
from tests.examples import examples

Chip = Callable[..., Any]

ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
PPS_T0, PPS_T1 = bytes.fromhex("3B15957650505330"), bytes.fromhex("3B94958131FE45765050532F")
ASK = bytes.fromhex("00B00000015500")
SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
CRC_CARD = bytes.fromhex("3B80 81 71 20 45 01 14")


class Mirror:
    """A card that answers with the command and 9000."""

    def __init__(self, atr: bytes) -> None:
        self.atr = atr
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return apdu[:250] + b"\x90\0"


def _sent(record: list[tuple[str, bytes]]) -> list[m.Message]:
    return [decode(data[2:-1]) for who, data in record if who == "host"]


@pytest.mark.parametrize(
    ("atr", "expected"),
    [
        (PPS_T0, ["FF10957A", "9500000A00"]),
        (PPS_T1, ["FF11957B", "9510004500FE00", "00C101FE3E"]),
        (ATR_T1, ["1110004500FE00", "00C101FE3E"]),
        (CRC_CARD, ["11110045002000", "00C101FE544E"]),
    ],
)
def test_the_host_settles_what_the_recorded_driver_settles(atr: bytes, expected: list[str]) -> None:
    record: list[tuple[str, bytes]] = []
    both = virtual_ccid(variant=GEMPC_TWIN, record=record)
    both.device.insert(0, Mirror(atr))
    both.host.slots[0].power_on()
    assert [c.data.hex().upper() for c in _sent(record)[1:]] == expected  # type: ignore[union-attr]
    assert both.host.slots[0].transmit(ASK).startswith(ASK[:-1])


def test_a_reader_that_cannot_keep_up_is_not_asked_to() -> None:
    record: list[tuple[str, bytes]] = []
    both = virtual_ccid(variant=replace(GEMPC_TWIN, fastest=100_000), record=record)
    both.device.insert(0, Mirror(PPS_T0))
    both.host.slots[0].power_on()
    assert [type(each) for each in _sent(record)] == [m.IccPowerOn, m.SetParameters]


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_every_variant_plays_both_protocols_in_its_slots(variant: GemPcVariant) -> None:
    both = virtual_ccid(variant=variant)
    for number, atr in enumerate((ATR_T1, bytes.fromhex("3B00"), PPS_T1, PPS_T0, CRC_CARD)):
        if number >= len(variant.features):
            break
        card = Mirror(atr)
        both.device.insert(number, card)
        slot = both.host.slots[number]
        slot.power_on()
        assert slot.transmit(ASK) == card.seen[0] + b"\x90\0"
        assert card.seen in ([ASK], [ASK[:-1]]), "T=0 does not carry Le"


def test_two_slots_do_not_hear_each_other() -> None:
    both = virtual_ccid(variant=VARIANTS["gemcore-sim-pro"])
    first, second = Mirror(ATR_T1), Mirror(bytes.fromhex("3B00"))
    both.device.insert(0, first)
    both.device.insert(1, second)
    for slot in both.host.slots:
        slot.power_on()
    for number in range(6):
        both.host.slots[number % 2].transmit(bytes((0, 0x20, 0, number, 1, 0x55)))
    assert [apdu[3] for apdu in first.seen] == [0, 2, 4]
    assert [apdu[3] for apdu in second.seen] == [1, 3, 5]


@examples(60)
@given(
    st.lists(
        st.sampled_from((SBlock(Supervision.WTX, b"\2"), SBlock(Supervision.IFS, b"\x20"), *Mishap)),
        max_size=3,
    ),
    st.integers(1, 255),
    st.booleans(),
)
def test_both_ends_agree_at_tpdu_and_apdu_level_whatever_the_card_does(
    interludes: list[Interlude], length: int, echo: bool
) -> None:
    command = bytes((0, 0xDB, 0, 0xFF, length)) + bytes(length)
    answers = []
    for features in (SERIAL_TPDU, int(EXTENDED)):
        both = virtual_ccid(variant=GemPcVariant(echo=echo, features=(features,)))
        card = Mirror(ATR_T1)
        both.device.insert(0, card, interludes)
        both.host.slots[0].power_on()
        answers.append(both.host.slots[0].transmit(command))
        assert card.seen == [command]
    assert answers[0] == answers[1] == command[:250] + b"\x90\0"


def test_a_time_extension_is_one_byte_for_a_host_that_swallows_echoes() -> None:
    for echo, expected in ((True, b"\x83"), (False, frame(encode(m.DataBlock(0, 2, 0x80, 3, 0, b""))))):
        variant = GemPcVariant(echo=echo, features=(int(EXTENDED),))
        core = VirtualCcid(variant.features, descriptor=variant.descriptor)
        device = GemPcDevice(core, variant)
        core.insert(0, Mirror(ATR_T1), [SBlock(Supervision.WTX, b"\3")])
        device.feed(frame(encode(m.IccPowerOn(0, 1, 0))))
        device.take()
        ask = frame(encode(m.XfrBlock(0, 2, 0, 0, b"\0\x20\0\0")))
        device.feed(ask)
        answer = frame(encode(m.DataBlock(0, 2, 0, 0, 0, b"\0\x20\0\0\x90\0")))
        assert device.take() == (ask if echo else b"") + expected + answer


def test_a_card_whose_answer_stays_damaged_takes_the_next_command() -> None:
    both = virtual_ccid(variant=GEMPC_TWIN)
    both.device.insert(0, Mirror(ATR_T1), [Mishap.DAMAGED_ANSWER] * 4)
    slot = both.host.slots[0]
    slot.power_on()
    with pytest.raises(FrameError):
        slot.transmit(SELECT)
    assert slot.transmit(ASK) == ASK + b"\x90\0"


def test_a_mute_t1_card_is_mute_and_needs_power(chip: Chip) -> None:
    def mute() -> None:
        raise CardMute("silent")

    both = virtual_ccid()
    card = chip(atr=ATR_T1, on_apdu=mute)
    both.device.insert(0, card)
    slot = both.host.slots[0]
    slot.power_on()
    with pytest.raises(CardMute):
        slot.transmit(SELECT)
    assert len(card.seen) == 1, "a command runs once"
    with pytest.raises(Misuse):
        slot.transmit(SELECT)
    card.on_apdu = None
    slot.power_on()
    assert slot.transmit(bytes.fromhex("00B2010C00")) == b"\x6a\x82"


def test_a_card_that_does_not_take_a_pps_stays_silent_and_is_there() -> None:
    core = VirtualCcid((SERIAL_TPDU,))
    core.insert(0, Mirror(PPS_T0))
    core.answers(encode(m.IccPowerOn(0, 0, 0)))
    refused = decode(core.answers(encode(m.XfrBlock(0, 1, 0, 0, bytes.fromhex("FF11957B"))))[0])
    assert refused == m.DataBlock(0, 1, 0x40, 0xFE, 0, b"")


def test_a_reader_with_automatic_pps_switches_the_card_to_the_protocol_that_is_set() -> None:
    core = VirtualCcid((int(EXTENDED),))
    card = Mirror(bytes.fromhex("3B8080410140"))
    core.insert(0, card)
    core.answers(encode(m.IccPowerOn(0, 0, 0)))
    wanted = m.SetParameters(0, 1, 1, m.T1Parameters().build())
    assert decode(core.answers(encode(wanted))[0]) == m.Parameters(0, 1, 0, 0, 1, wanted.data)
    extended = b"\0\xdb\0\0\0\0\1\x55"
    assert decode(core.answers(encode(m.XfrBlock(0, 2, 0, 0, extended)))[0]) == m.DataBlock(
        0, 2, 0, 0, 0, extended + b"\x90\0"
    ), "T=1 carries extended APDUs"
    core.remove(0)
    core.insert(0, Mirror(bytes.fromhex("3B00")))
    core.answers(encode(m.IccPowerOn(0, 0, 0)))
    refused = m.Parameters(0, 3, 0x40, 0xFE, 0, b"")
    assert decode(core.answers(encode(structs.replace(wanted, seq=3)))[0]) == refused


@pytest.mark.parametrize("features", [SERIAL_TPDU, SERIAL_CHARACTER, int(EXTENDED)])
@pytest.mark.parametrize("atr", ["3B0580730000 40", "3B848131FE4576454D56A7"])
def test_an_extended_command_reaches_a_card_of_either_protocol_at_every_level(
    features: int, atr: str
) -> None:
    class Long(Mirror):
        def transmit(self, apdu: bytes) -> bytes:
            self.seen.append(apdu)
            return bytes(600) + b"\x90\0"

    both = virtual_ccid(variant=GemPcVariant(echo=False, features=(features,)))
    card = Long(bytes.fromhex(atr))
    both.device.insert(0, card)
    slot = both.host.slots[0]
    slot.power_on()
    command = bytes.fromhex("00DA0000000400") + bytes(range(256)) * 4 + b"\0\0"
    assert slot.transmit(command) == bytes(600) + b"\x90\0"
    assert card.seen == [command]


def test_the_class_of_get_response_is_the_readers_to_choose() -> None:
    class Teller:
        atr = bytes.fromhex("3B00")

        def reset(self) -> bytes:
            return self.atr

        def transmit(self, apdu: bytes) -> bytes:  # noqa: ARG002
            return b"\x6f\0\x90\0"

    core = VirtualCcid((int(EXTENDED),))
    core.insert(0, Teller())
    core.answers(encode(m.IccPowerOn(0, 0, 0)))
    select = m.XfrBlock(0, 1, 0, 0, bytes.fromhex("80A4040001AA00"))
    for command in (m.T0Apdu(0, 1, 1, 0, 0), m.T0Apdu(0, 1, 0, 0, 0)):
        assert decode(core.answers(encode(command))[0]) == m.SlotStatus(0, 1, 0, 0, 0)
        assert decode(core.answers(encode(select))[0]) == m.DataBlock(0, 1, 0, 0, 0, b"\x6f\0\x90\0")
    refused = decode(core.answers(encode(m.T0Apdu(0, 1, 4, 0, 0)))[0])
    assert refused == m.SlotStatus(0, 1, 0x40, 7, 0), "bmChanges has two bits"


def test_the_classes_of_get_response_and_envelope_reach_the_card() -> None:
    class Seer(Mirror):
        def transmit(self, apdu: bytes) -> bytes:
            self.seen.append(apdu)
            return (
                b"\x61\1"
                if apdu[1] == 0xC2 and apdu[4] < 0xFF
                else b"\x55\x90\0"
                if apdu[1] == 0xC0
                else b"\x90\0"
            )

    command = b"\x80\xda\0\0\0\1\0" + bytes(256) + b"\0\0"
    core = VirtualCcid((int(EXTENDED),), descriptor=ClassDescriptor(max_message=500))
    card = Seer(bytes.fromhex("3B00"))
    core.insert(0, card)
    core.answers(encode(m.IccPowerOn(0, 0, 0)))
    for told, classes in (
        (m.T0Apdu(0, 1, 0, 0, 0), [0x80] * 3),
        (m.T0Apdu(0, 1, 3, 0x0C, 0x04), [4, 4, 0x0C]),
    ):
        card.seen.clear()
        core.answers(encode(told))
        answer = decode(core.answers(encode(m.XfrBlock(0, 2, 0, 0, command)))[0])
        assert answer == m.DataBlock(0, 2, 0, 0, 0, b"\x55\x90\0")
        assert [apdu[0] for apdu in card.seen] == classes


def test_clock_rate_and_parameters_are_asked_for_and_told() -> None:
    both = virtual_ccid()
    both.device.insert(0, Mirror(ATR_T1))
    slot = both.host.slots[0]
    with pytest.raises(Misuse):
        slot.transmit(SELECT)
    slot.power_on()
    slot.clock(stop=True)
    assert slot.transmit(b"\0\x20\0\0") == b"\0\x20\0\0\x90\0", "a command starts the clock again"
    slot.clock(stop=False)
    assert slot.rate(9_999, 999_999) == (4000, 344_086)
    assert slot.rate(3_000, 9_600) == (3000, 9600)
    assert slot.parameters() == m.T1Parameters(waiting_integers=0x45, ifsc=0xFE)
    assert slot.parameters(reset=True) == m.T1Parameters()
    slot.abort()
    with pytest.raises(ReaderRefused):
        slot.mechanical(2)
    with pytest.raises(CardAbsent):
        both.host.slots[1].parameters()


@pytest.mark.parametrize(
    ("atr", "parameters"),
    [
        (ATR_T1, m.T1Parameters(0x11, 0x10, 0, 0x45, 0, 0xFE)),
        (CRC_CARD, m.T1Parameters(0x11, 0x11, 0, 0x45, 0, 0x20)),
        (bytes.fromhex("3F40 FF"), m.T0Parameters(0x11, 0x02, 0xFF, 0x0A)),
        (bytes.fromhex("3B 90 95 10 00"), m.T0Parameters(0x95, 0x00, 0x00, 0x0A)),
    ],
)
def test_a_reader_with_automatic_parameters_tells_those_of_the_atr(
    atr: bytes, parameters: m.T0Parameters | m.T1Parameters
) -> None:
    device = VirtualCcid((int(EXTENDED),))
    device.insert(0, Mirror(atr))
    host = CcidReader(CcidUsbLink(DirectPipes(CcidUsbDevice(device)), 271), (int(EXTENDED),))
    host.slots[0].power_on()
    assert host.slots[0].parameters() == parameters


def test_a_stopped_clock_is_told_with_the_state() -> None:
    core = VirtualCcid((SERIAL_TPDU,))
    core.insert(0, Mirror(ATR_T1))
    core.answers(encode(m.IccPowerOn(0, 0, 0)))
    assert decode(core.answers(encode(m.IccClock(0, 1, 1)))[0]) == m.SlotStatus(0, 1, 0, 0, 1)
    assert decode(core.answers(encode(m.GetSlotStatus(0, 2)))[0]) == m.SlotStatus(0, 2, 0, 0, 1)
    assert decode(core.answers(encode(m.IccClock(0, 3, 0)))[0]) == m.SlotStatus(0, 3, 0, 0, 0)


def test_a_motorised_reader_locks_unlocks_and_ejects() -> None:
    core = VirtualCcid((SERIAL_TPDU,), descriptor=ClassDescriptor(mechanical=0x0A))

    def move(function: int, seq: int = 1) -> m.Message:
        return decode(core.answers(encode(m.Mechanical(0, seq, function)))[0])

    assert move(4) == m.SlotStatus(0, 1, 0x42, 0xFE, 0)
    core.insert(0, Mirror(ATR_T1))
    assert move(4) == m.SlotStatus(0, 1, 1, 0, 0)
    with pytest.raises(Misuse):
        core.remove(0)
    assert move(5) == m.SlotStatus(0, 1, 1, 0, 0)
    core.notifications()
    assert move(2) == m.SlotStatus(0, 1, 2, 0, 0)
    assert core.notifications() == [b"\x50\x02"]
    assert move(3) == m.SlotStatus(0, 1, 0x42, 0, 0), "it cannot capture"
    assert move(6) == m.SlotStatus(0, 1, 0x42, 7, 0)
    assert move(4) == m.SlotStatus(0, 1, 0x42, 0xFE, 0), "there is nothing to lock in"


def test_a_hardware_error_is_bytes_and_reaches_the_host_over_interrupts() -> None:
    core = VirtualCcid((SERIAL_TPDU,))
    told: list[str] = []
    link = CcidUsbLink(DirectPipes(CcidUsbDevice(core)), 271)
    host = CcidReader(link, (SERIAL_TPDU,), trace=lambda _way, name, *_: told.append(name))
    core.hardware_error(0)
    assert host.poll() == []
    assert told == ["HardwareError"]
    core.hardware_error(0)
    assert core.notifications() == [bytes.fromhex("51000001")]
    serial = GemPcDevice(core, BUILT_IN)
    core.hardware_error(2)
    assert serial.take() == b"", "the serial framing has no room for it"


def test_a_damaged_t1_answer_of_the_reader_is_asked_for_again() -> None:
    class Parity:
        """A link to a reader that reports a parity error once."""

        def __init__(self, core: VirtualCcid) -> None:
            self.core, self.said, self.bad = core, [b""], 1
            self.blocks: list[bytes] = []

        def send(self, message: bytes) -> None:
            command = decode(message)
            self.said = self.core.answers(message)
            if isinstance(command, m.XfrBlock):
                self.blocks.append(command.data)
                if command.data[1] == 0 and self.bad:
                    self.bad -= 1
                    self.said = [encode(m.DataBlock(0, command.seq, 0x40, 0xFD, 0, b""))]

        def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002
            return self.said.pop(0) if self.said else None

        def listen(self, timeout: float) -> bytes | None:  # noqa: ARG002
            return None

        def close(self) -> None:
            pass

    core = VirtualCcid((SERIAL_TPDU,))
    card = Mirror(ATR_T1)
    core.insert(0, card)
    link = Parity(core)
    slot = CcidReader(link, (SERIAL_TPDU,)).slots[0]
    slot.power_on()
    assert slot.transmit(b"\0\x20\0\0") == b"\0\x20\0\0\x90\0"
    assert link.blocks[-1] == bytes.fromhex("00810081")
    assert card.seen == [b"\0\x20\0\0"]


@pytest.mark.parametrize(
    ("meaning", "answers", "works"),
    [
        ("accepted", ["FF10957A"], True),
        ("accepted without the speed", ["FF00FF"], True),
        ("nonsense once", ["6D00", "FF10957A"], True),
        ("nonsense twice", ["6D00", "6D00"], False),
        ("another speed twice", ["FF10947B", "FF10947B"], False),
    ],
)
def test_a_pps_is_asked_for_twice_at_most(meaning: str, answers: list[str], works: bool) -> None:
    left = list(answers)

    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.XfrBlock):
            return [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex(left.pop(0)))]
        if isinstance(command, m.SetParameters):
            return [m.Parameters(0, command.seq, 0, 0, 0, command.data)]
        return [m.DataBlock(0, command.seq, 0, 0, 0, PPS_T0)]

    host = CcidHostUnderTest()
    slot = host.reader(script).slots[0]
    if not works:
        with pytest.raises(CardMute):
            slot.power_on()
        return
    slot.power_on()
    fi_di = 0x11 if meaning == "accepted without the speed" else 0x95
    assert m.T0Parameters.parse(host.commands[-1].data).fi_di == fi_di  # type: ignore[union-attr]
    assert not left


@pytest.mark.parametrize(
    ("meaning", "atr", "said", "seconds"),
    [
        ("T=1 with BWI 4", ATR_T1, [], 5.0),
        ("S(WTX request) for 10 BWT", ATR_T1, ["00C3010AC8"], 14.28),
        ("BWI 7", bytes.fromhex("3B8081217555"), [], 11.4),
        ("T=0 with WI 255", bytes.fromhex("3B8040FF"), [], 22.7),
    ],
)
def test_the_host_waits_for_as_long_as_the_card_may_be_silent(
    meaning: str, atr: bytes, said: list[str], seconds: float
) -> None:
    waits: list[float] = []
    left = list(said)

    class Slow:
        """A reader whose card answers S(IFS request), then what it has to say, then nothing."""

        def __init__(self) -> None:
            self.command: m.Message = m.Abort(0, 0)

        def send(self, message: bytes) -> None:
            self.command = decode(message)

        def receive(self, timeout: float) -> bytes | None:
            waits.append(timeout)
            command = self.command
            if isinstance(command, m.IccPowerOn):
                return encode(m.DataBlock(0, command.seq, 0, 0, 0, atr))
            if isinstance(command, m.SetParameters):
                return encode(m.Parameters(0, command.seq, 0, 0, command.protocol, command.data))
            if isinstance(command, m.XfrBlock) and command.data[1:2] == b"\xc1":
                return encode(m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex("00E101FE1E")))
            if left and isinstance(command, m.XfrBlock):
                return encode(m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex(left.pop(0))))
            return None

        def listen(self, timeout: float) -> bytes | None:  # noqa: ARG002
            return None

        def close(self) -> None:
            pass

    slot = CcidReader(Slow(), (SERIAL_TPDU,)).slots[0]
    slot.power_on()
    with pytest.raises(ReaderLost):
        slot.transmit(SELECT)
    assert seconds <= waits[-1] < seconds + 2, meaning


@pytest.mark.parametrize("pin", [False, True])
def test_the_answer_to_a_command_that_was_lost_is_no_answer_to_the_next(pin: bool) -> None:
    class Losing:
        """The line of a reader that works, and loses what the reader says to one command."""

        def __init__(self) -> None:
            self.device = VirtualCcid((SERIAL_TPDU,), descriptor=GEMPC_PINPAD.descriptor, person=self._type)
            self.loses = False
            self._said: list[bytes] = []

        def _type(self, _: Prompt) -> None:
            self.device.press("1234", Key.ENTER)

        def send(self, message: bytes) -> None:
            said = self.device.answers(message) + self.device.late_answers()
            self._said, self.loses = [] if self.loses else said, False

        def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002
            return self._said.pop(0) if self._said else None

        def listen(self, timeout: float) -> bytes | None:  # noqa: ARG002
            return None

        def close(self) -> None:
            pass

    line = Losing()
    line.device.insert(0, Mirror(ATR_T1))
    slot = CcidReader(line, (SERIAL_TPDU,), descriptor=GEMPC_PINPAD.descriptor).slots[0]
    slot.power_on()
    line.loses = True
    with pytest.raises(ReaderLost):
        _ = slot.secure(PinVerify()) if pin else slot.transmit(SELECT)
    with pytest.raises(Misuse, match="power_on"):
        slot.transmit(ASK)
    slot.power_on()
    assert slot.transmit(ASK) == ASK + b"\x90\0"


@pytest.mark.parametrize("size", [0x00, 0xFF])
def test_an_impossible_field_size_in_the_atr_fails_the_reset_and_not_the_reader(size: int) -> None:
    groups = InterfaceBytes(td=0x81), InterfaceBytes(td=0x11), InterfaceBytes(ta=size)
    device = VirtualCcid((int(EXTENDED),))
    device.insert(0, Mirror(Atr(DIRECT, groups, b"").build()))
    damaged = m.DataBlock(0, 1, 0x41, m.SlotError.XFR_PARITY_ERROR, 0, b"")
    assert device.answers(encode(m.IccPowerOn(0, 1, 0))) == [encode(damaged)]
    host = CcidReader(CcidUsbLink(DirectPipes(CcidUsbDevice(device)), 271), (int(EXTENDED),))
    with pytest.raises(FrameError, match="damaged"):
        host.slots[0].power_on()
