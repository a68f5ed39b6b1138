from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    Change,
    DriverError,
    FrameError,
    Misuse,
    Presence,
    ReaderLost,
    ReaderRefused,
)
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.features import (
    CONTACTLESS,
    EXTENDED,
    SERIAL_CHARACTER,
    SERIAL_TPDU,
    Features,
    Level,
    level,
)
from terminal_drivers.readers.ccid.framing import frame
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMPC_TWIN, GemPcLink, GemPcVariant
from terminal_drivers.readers.ccid.reader import STRANGERS, TIME_EXTENSIONS, CcidReader
from terminal_drivers.transports.loopback import pair

Chip = Callable[..., Any]

ATR_T0, ATR_T1 = bytes.fromhex("3B6500002063CB6600"), bytes.fromhex("3B848131FE4576454D56A7")
SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
ECHO_BUILT_IN = GemPcVariant(echo=True, features=BUILT_IN.features)


@pytest.mark.parametrize("variant", [BUILT_IN, ECHO_BUILT_IN])
def test_a_card_is_selected_at_both_levels(variant: GemPcVariant, chip: Chip) -> None:
    both = virtual_ccid(variant=variant)
    contact, field = both.host.slots
    answers = {SELECT[:-1]: b"\x6f\x00\x90\x00", SELECT: b"\x6f\x00\x90\x00"}
    for number, slot in enumerate((contact, field)):
        assert not slot.present()
        both.device.insert(number, chip(answers))
        assert slot.present()
    assert contact.power_on() == bytes.fromhex("3B6500002063CB6600")
    assert field.power_on() == bytes.fromhex("3B8580012063CB6600EA")
    assert contact.transmit(SELECT) == field.transmit(SELECT) == b"\x6f\x00\x90\x00"
    assert contact.transmit(bytes.fromhex("00B2010C00")) == bytes.fromhex("6A82")
    assert both.host.poll() == [Presence(Change.INSERTED, 0), Presence(Change.INSERTED, 1)]
    assert both.host.firmware() == "CCID-V1.00"


def test_the_host_sends_what_is_documented(chip: Chip) -> None:
    record: list[tuple[str, bytes]] = []
    both = virtual_ccid(variant=GEMPC_TWIN, record=record)
    both.device.insert(0, chip())
    both.host.slots[0].power_on()
    both.host.slots[0].transmit(SELECT)
    sent = [data.hex().upper() for who, data in record if who == "host"]
    assert sent == [
        "03066200000000000001000066",
        "0306610500000000010000001100000A007B",
        "03066F13000000000200000000A404000E325041592E5359532E4444463031B1",
        "03066F05000000000300000000C00000309C",
    ]
    assert not any(data[2:] == frame(encode(m.Escape(0, 0, b"\1\1\1")))[2:] for _, data in record)


def test_the_parameters_come_from_the_atr(chip: Chip) -> None:
    record: list[tuple[str, bytes]] = []
    both = virtual_ccid(variant=GEMPC_TWIN, record=record)
    # Inverse convention, TA1 = 13, TC1 = 5, specific mode on T=0 (TA2 = 00), WI = 12.
    both.device.insert(0, chip(atr=bytes.fromhex("3FD0 13 05 50 00 0C")))
    both.host.slots[0].power_on()
    message = decode(record[-2][1][2:-1])
    assert message == m.SetParameters(0, 1, 0, bytes.fromhex("1302050C00"))


def test_a_card_that_speaks_neither_t0_nor_t1_is_unsupported(chip: Chip) -> None:
    both = virtual_ccid()
    both.device.insert(0, chip(atr=bytes.fromhex("3B800E8E")))
    with pytest.raises(CardUnsupported):
        both.host.slots[0].power_on()
    with pytest.raises(Misuse):
        both.host.slots[0].transmit(SELECT)


def test_an_empty_slot_a_mute_card_and_a_bad_atr_are_told_apart(chip: Chip) -> None:
    both = virtual_ccid()
    slot = both.host.slots[0]
    with pytest.raises(CardAbsent) as absent:
        slot.power_on()
    assert not isinstance(absent.value, CardRemoved)
    both.device.insert(0, chip(atr=b""))
    with pytest.raises(CardMute):
        slot.power_on()
    both.device.remove(0)
    both.device.insert(0, chip(atr=bytes.fromhex("3B02")))
    with pytest.raises(FrameError):
        slot.power_on()
    slot.power_off()
    both.device.remove(0)
    slot.power_off()


def test_a_card_that_was_seen_to_be_gone_has_no_power_when_it_is_back(chip: Chip) -> None:
    both = virtual_ccid()
    slot = both.host.slots[0]
    both.device.insert(0, chip())
    slot.power_on()
    both.device.remove(0)
    assert not slot.present()
    both.device.insert(0, chip())
    with pytest.raises(Misuse, match="power_on"):
        slot.transmit(SELECT)


@pytest.mark.parametrize("number", [0, 1])
def test_a_card_pulled_out_is_removed_until_it_is_powered_again(number: int, chip: Chip) -> None:
    both = virtual_ccid()
    slot = both.host.slots[number]
    both.device.insert(number, chip())
    slot.power_on()
    both.device.remove(number)
    both.device.insert(number, chip())
    with pytest.raises(CardRemoved):
        slot.transmit(SELECT)
    with pytest.raises(Misuse):
        slot.transmit(SELECT)
    slot.power_on()
    assert slot.transmit(bytes.fromhex("00B2010C00")) == bytes.fromhex("6A82")
    changes = [change.change for change in both.host.poll()]
    assert changes == [Change.INSERTED, Change.REMOVED, Change.INSERTED]


@pytest.mark.parametrize(
    ("features", "atr"),
    [(each, atr) for each in (SERIAL_TPDU, SERIAL_CHARACTER, int(EXTENDED)) for atr in (ATR_T0, ATR_T1)]
    + [(int(CONTACTLESS), ATR_T0)],
)
def test_a_card_pulled_out_in_mid_exchange_is_removed(features: int, atr: bytes, chip: Chip) -> None:
    both = virtual_ccid(variant=GemPcVariant(echo=False, features=(features,)))
    both.device.insert(0, chip(atr=atr, on_apdu=lambda: both.device.remove(0)))
    both.host.slots[0].power_on()
    with pytest.raises(CardRemoved):
        both.host.slots[0].transmit(SELECT)
    assert not both.host.slots[0].present()
    assert [change.change for change in both.host.poll()] == [Change.INSERTED, Change.REMOVED]


def test_a_command_before_power_or_without_a_header_is_misuse(chip: Chip) -> None:
    both = virtual_ccid()
    both.device.insert(1, chip())
    with pytest.raises(Misuse):
        both.host.slots[1].transmit(SELECT)
    both.host.slots[1].power_on()
    with pytest.raises(Misuse):
        both.host.slots[1].transmit(b"\x00\xa4")
    both.host.slots[1].power_off()
    with pytest.raises(Misuse):
        both.host.slots[1].transmit(SELECT)


def test_the_trace_tells_names_and_lengths_and_no_payload(chip: Chip) -> None:
    seen: list[tuple[str, str, int, int, int]] = []
    both = virtual_ccid(trace=lambda *event: seen.append(event))
    both.device.insert(1, chip({SELECT: b"\x6f\x00\x90\x00"}))
    both.host.slots[1].power_on()
    both.host.slots[1].transmit(SELECT)
    assert seen == [
        ("host->reader", "IccPowerOn", 1, 0, 0),
        ("reader->host", "NotifySlotChange", 0, 0, 0),
        ("reader->host", "DataBlock", 1, 0, 10),
        ("host->reader", "XfrBlock", 1, 1, 20),
        ("reader->host", "DataBlock", 1, 1, 4),
    ]


def test_the_sequence_number_wraps(chip: Chip) -> None:
    both = virtual_ccid()
    both.device.insert(0, chip())
    assert [both.host.slots[0].present() for _ in range(600)] == [True] * 600


class Wire:
    """A reader whose every byte is in the test: each command is answered with the messages that `script`
    makes of it.
    """

    def __init__(
        self, script: Callable[[m.Command], list[m.Message]], features: tuple[int, ...] = BUILT_IN.features
    ) -> None:
        host, self._far = pair()
        self._far.pump = self._pump
        self._script = script
        self.commands: list[m.Command] = []
        self.reader = CcidReader(GemPcLink(host, BUILT_IN), features)

    def _pump(self) -> None:
        heard = self._far.read(4096, 0)
        if heard:
            command = decode(heard[2:-1])
            self.commands.append(command)  # type: ignore[arg-type]
            self._far.write(b"".join(frame(encode(each)) for each in self._script(command)))  # type: ignore[arg-type]


def _status(command: m.Command, icc: int = 0) -> m.SlotStatus:
    return m.SlotStatus(command.slot, command.seq, icc, 0, 0)


STALE: list[tuple[str, Callable[[m.Command], m.Message]]] = [
    ("an older bSeq", lambda c: m.SlotStatus(c.slot, (c.seq - 1) % 256, 2, 0, 0)),
    ("a newer bSeq", lambda c: m.SlotStatus(c.slot, (c.seq + 1) % 256, 2, 0, 0)),
    ("another slot", lambda c: m.SlotStatus(c.slot + 1, c.seq, 2, 0, 0)),
    ("another kind of answer", lambda c: m.DataBlock(c.slot, c.seq, 2, 0, 0, b"")),
    ("a hardware error", lambda c: m.HardwareError(c.slot, c.seq ^ 1, 1)),
    ("an old failure", lambda c: m.SlotStatus(c.slot, c.seq ^ 1, 0x42, 0xFE, 0)),
]


@pytest.mark.parametrize(("meaning", "stale"), STALE)
def test_a_message_that_is_not_the_answer_is_never_delivered(
    meaning: str, stale: Callable[[m.Command], m.Message]
) -> None:
    wire = Wire(lambda command: [stale(command), stale(command), _status(command)])
    assert wire.reader.slots[0].present(), meaning


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 255)), max_size=20))
def test_no_stale_answer_is_delivered_whatever_comes_before(strangers: list[tuple[int, int]]) -> None:
    def script(command: m.Command) -> list[m.Message]:
        foreign = [pair for pair in strangers if pair != (command.slot, command.seq)]
        return [*(m.SlotStatus(slot, seq, 2, 0, 0) for slot, seq in foreign), _status(command)]

    wire = Wire(script)
    assert wire.reader.slots[0].present()
    assert wire.reader.slots[1].present()


def test_an_answer_that_came_too_late_is_dropped_before_the_next_command() -> None:
    late: list[m.Message] = []

    def script(command: m.Command) -> list[m.Message]:
        late.append(_status(command, 2))
        return [late[0], _status(command)] if len(late) > 1 else []

    wire = Wire(script)
    with pytest.raises(ReaderLost):
        wire.reader.slots[0].present()
    assert wire.reader.slots[0].present()


def test_a_silent_reader_is_lost_after_one_command() -> None:
    wire = Wire(lambda _: [])
    with pytest.raises(ReaderLost):
        wire.reader.slots[0].present()
    assert len(wire.commands) == 1


@pytest.mark.parametrize("stranger", [m.SlotStatus(1, 0, 0, 0, 0), m.DataBlock(0, 0, 0, 0, 0, b"")])
def test_a_reader_that_answers_only_others_is_lost(stranger: m.Message) -> None:
    patient = Wire(lambda command: [stranger] * STRANGERS + [_status(command)])
    assert patient.reader.slots[0].present()
    wire = Wire(lambda command: [stranger] * (STRANGERS + 1) + [_status(command)])
    with pytest.raises(ReaderLost, match="talks on"):
        wire.reader.slots[0].present()


def test_a_slot_status_is_an_answer_to_another_command_only_where_it_says_that_this_failed() -> None:
    wire = Wire(
        lambda command: [
            _status(command),
            m.DataBlock(command.slot, command.seq, 0x41, 0, 0, b""),
            m.EscapeResponse(command.slot, command.seq, 0, 0, b"\x55"),
        ]
    )
    assert wire.reader.escape(b"\x01") == b"\x55"


def _extension(command: m.Command, times: int) -> m.Message:
    return m.SlotStatus(command.slot, command.seq, 0x80, times, 0)


def test_time_extensions_are_waited_for_and_bounded() -> None:
    patient = Wire(lambda command: [_extension(command, 1), _extension(command, 4), _status(command)])
    assert patient.reader.slots[0].present()
    endless = Wire(lambda command: [_extension(command, 1)] * (TIME_EXTENSIONS + 1) + [_status(command)])
    with pytest.raises(ReaderLost, match="talks on"):
        endless.reader.slots[0].present()


class Clocked:
    """A transport that only logs how long it is asked to wait."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.waits: list[float] = []

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002
        if not timeout:
            return b""
        self.waits.append(timeout)
        return self.answers.pop(0) if self.answers else b""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        pass


def test_a_time_extension_multiplies_the_wait_up_to_a_limit() -> None:
    command = m.GetSlotStatus(0, 0)
    answers = [frame(encode(_extension(command, times))) for times in (0, 3, 255)]
    transport = Clocked(answers)
    reader = CcidReader(GemPcLink(transport, BUILT_IN), BUILT_IN.features, timeout=2)
    with pytest.raises(ReaderLost):
        reader.slots[0].present()
    assert transport.waits == [2, 2, 6, 60]


def test_a_reader_that_notifies_without_end_holds_neither_the_poll_nor_a_command() -> None:
    host, far = pair()
    far.pump = lambda: far.write(b"\x50\x03")
    reader = CcidReader(GemPcLink(host, BUILT_IN), BUILT_IN.features)
    assert reader.poll() == [Presence(Change.INSERTED, 0)] * STRANGERS
    with pytest.raises(ReaderLost):
        reader.slots[0].present()


def test_a_notification_of_a_slot_that_the_host_does_not_have_is_none() -> None:
    host, far = pair()
    far.write(b"\x50\x0f")
    reader = CcidReader(GemPcLink(host, BUILT_IN), BUILT_IN.features[:1])
    assert reader.poll() == [Presence(Change.INSERTED, 0)]


FAILURES: list[tuple[str, int, int, type[DriverError]]] = [
    ("no card", 0x42, 0xFE, CardAbsent),
    ("mute", 0x41, 0xFE, CardMute),
    ("bad TS", 0x41, 0xF8, FrameError),
    ("bad TCK", 0x41, 0xF7, FrameError),
    ("parity", 0x41, 0xFD, FrameError),
    ("hardware", 0x41, 0xFB, ReaderRefused),
    ("class", 0x41, 0xF5, ReaderRefused),
    ("not supported", 0x41, 0x00, ReaderRefused),
]


@pytest.mark.parametrize(("meaning", "status", "error", "kind"), FAILURES)
def test_a_failed_answer_becomes_the_error_it_means(
    meaning: str, status: int, error: int, kind: type[DriverError]
) -> None:
    wire = Wire(lambda command: [m.DataBlock(command.slot, command.seq, status, error, 0, b"")])
    with pytest.raises(kind) as raised:
        wire.reader.slots[0].power_on()
    assert type(raised.value) is kind, meaning
    if isinstance(raised.value, ReaderRefused):
        assert raised.value.code == error


def test_a_card_that_cannot_be_powered_off_is_told() -> None:
    wire = Wire(lambda command: [m.SlotStatus(command.slot, command.seq, 0x41, 0xFB, 0)])
    with pytest.raises(ReaderRefused):
        wire.reader.slots[0].power_off()


def test_a_reader_that_does_not_know_a_command_refuses_it() -> None:
    wire = Wire(lambda command: [m.SlotStatus(command.slot, command.seq, 0x41, 0, 0)])
    with pytest.raises(ReaderRefused):
        wire.reader.slots[0].power_on()
    with pytest.raises(ReaderRefused):
        wire.reader.firmware()
    refused = Wire(lambda command: [m.EscapeResponse(command.slot, command.seq, 0x41, 0, b"")])
    with pytest.raises(ReaderRefused):
        refused.reader.firmware()


@pytest.mark.parametrize(
    ("meaning", "data", "chain"), [("no status word", b"\x90", 0), ("a part of a response", b"\x90\x00", 1)]
)
def test_a_response_that_is_none_is_a_frame_error(meaning: str, data: bytes, chain: int) -> None:
    def script(command: m.Command) -> list[m.Message]:
        if isinstance(command, m.IccPowerOn):
            return [m.DataBlock(1, command.seq, 0, 0, 0, bytes.fromhex("3B80800101"))]
        return [m.DataBlock(1, command.seq, 0, 0, chain, data)]

    field = Wire(script).reader.slots[1]
    field.power_on()
    with pytest.raises(FrameError):
        pytest.fail(f"{meaning} was read as {field.transmit(SELECT)!r}")


def test_a_reader_with_automatic_parameters_is_not_told_any() -> None:
    wire = Wire(
        lambda command: [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex("3B00"))],
        features=(SERIAL_TPDU | 0x02,),
    )
    wire.reader.slots[0].power_on()
    assert [type(command) for command in wire.commands] == [m.IccPowerOn]


@pytest.mark.parametrize("each", [Features.AUTO_PPS, Features.AUTO_NEGOTIATION])
def test_a_reader_that_negotiates_by_itself_is_not_asked_for_a_pps(each: Features) -> None:
    wire = Wire(
        lambda command: [m.DataBlock(0, command.seq, 0, 0, 0, bytes.fromhex("3B1095"))],
        features=(SERIAL_TPDU | Features.AUTO_PARAMETERS | each,),
    )
    wire.reader.slots[0].power_on()
    assert [type(command) for command in wire.commands] == [m.IccPowerOn]


def test_the_level_is_read_from_the_features() -> None:
    assert level(SERIAL_TPDU) is Level.TPDU
    assert level(CONTACTLESS) is Level.SHORT_APDU
    assert level(0x0004_04BE) is Level.EXTENDED_APDU
    assert level(0x0000_0230) is Level.CHARACTER


@given(st.lists(st.binary(min_size=1, max_size=30), max_size=8))
def test_any_garbage_from_the_reader_is_a_driver_error_or_skipped(garbage: list[bytes]) -> None:
    host, far = pair()
    pieces = list(garbage)

    def pump() -> None:
        if far.read(4096, 0) and pieces:
            piece = pieces.pop(0)
            far.write(piece + frame(piece + bytes(10)))

    far.pump = pump
    reader = CcidReader(GemPcLink(host, BUILT_IN), BUILT_IN.features)
    for ask in (reader.slots[0].present, reader.slots[1].power_on, reader.poll, reader.firmware):
        try:
            ask()
        except (FrameError, ReaderLost, ReaderRefused, CardAbsent, CardMute):
            continue
