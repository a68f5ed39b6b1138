import struct
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Change, FrameError, Misuse, Presence, ReaderLost
from terminal_drivers.control_pipe import Stall
from terminal_drivers.iso7816.block import SBlock, Supervision
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import CONTACTLESS, EXTENDED, SERIAL_TPDU
from terminal_drivers.readers.ccid.gempc import GEMPC_PINPAD
from terminal_drivers.readers.ccid.pin import PinVerify
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import (
    GEMPC_TWIN,
    PACKET,
    CcidUsbDevice,
    CcidUsbLink,
    DirectPipes,
    configuration_descriptor,
)
from terminal_drivers.readers.ccid.virtual import VirtualCcid

Chip = Callable[..., Any]
Vector = Callable[[str], dict[str, Any]]

ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
PPSE = bytes.fromhex("00A404000E325041592E5359532E4444463031")
FCI = bytes.fromhex(
    "6F2E840E325041592E5359532E4444463031A51CBF0C1961174F07A000000003101050095649534120544553548701019000"
)
EXTENDED_READER = ClassDescriptor(data_rate=10_753 - 1, max_message=65_556, features=int(EXTENDED))
RECORDED = [("usb_ccid_apdu", int(EXTENDED), 65_556), ("usb_ccid_tpdu", SERIAL_TPDU, 271)]


def _device(features: int = SERIAL_TPDU, most: int = 271) -> tuple[VirtualCcid, CcidUsbDevice]:
    reader = VirtualCcid((features,), None, descriptor=ClassDescriptor(data_rate=10_753, max_message=most))
    return reader, CcidUsbDevice(reader)


@pytest.mark.parametrize(("name", "features", "most"), RECORDED)
def test_the_recorded_descriptors_are_ours_and_are_read(
    name: str, features: int, most: int, vector: Vector
) -> None:
    recorded = vector(name)
    parsed = ClassDescriptor.parse(bytes.fromhex(recorded["ccid_class_descriptor"]))
    assert (parsed.features, parsed.max_message) == (features, most)
    assert parsed.build().hex().upper() == recorded["ccid_class_descriptor"]
    assert configuration_descriptor(parsed.build()).hex().upper() == recorded["config_descriptor"]
    assert GEMPC_TWIN.device_descriptor().hex().upper() == recorded["device_descriptor"]


def test_what_is_no_class_descriptor_is_a_frame_error_and_what_does_not_fit_misuse() -> None:
    good = ClassDescriptor().build()
    for wrong in (good[:-1], good + b"\0", b"\x35" + good[1:], good[:1] + b"\x22" + good[2:]):
        with pytest.raises(FrameError):
            ClassDescriptor.parse(wrong)
    with pytest.raises(Misuse):
        ClassDescriptor(pin_support=256).build()


@pytest.mark.parametrize(("name", "features", "most"), RECORDED)
def test_a_recorded_host_is_answered_byte_for_byte(
    name: str, features: int, most: int, vector: Vector, chip: Chip
) -> None:
    card = chip({PPSE: FCI, PPSE + b"\0": FCI}, atr=ATR_T1)
    reader, device = _device(features, most)
    reader.insert(0, card)
    rows = vector(name)["frames"]
    compared = 0
    for row, answer in pairwise([*rows, {"dir": "end", "hex": ""}]):
        sent = bytes.fromhex(row["hex"])
        if row["dir"] == "interrupt":
            if reader.holds(0) and sent == b"\x50\x02":
                reader.remove(0)
            elif not reader.holds(0):
                reader.insert(0, card)
            assert device.interrupt() == sent
        elif row["dir"] == "host->reader" and answer["dir"] == "reader->host":
            device.bulk_out(sent)
            assert device.bulk_in(65_600) == bytes.fromhex(answer["hex"]), row
            compared += 1
    assert device.bulk_in(64) is None
    assert device.interrupt() is None
    assert compared >= 30


def test_a_new_host_hears_of_the_card_that_is_there_and_not_of_those_before(chip: Chip) -> None:
    reader, device = _device()
    for _ in range(3):
        reader.insert(0, chip({}))
        reader.remove(0)
    assert device.interrupt() == b"\x50\x03", "this host has the others still to hear"
    device.control(_setup(0x00, 9, 1))
    assert device.interrupt() is None
    reader.insert(0, chip({}))
    device.control(_setup(0x00, 9, 1))
    device.control(_setup(0x01, 11))
    assert device.interrupt() == b"\x50\x03"
    assert device.interrupt() is None


def test_a_message_of_whole_packets_is_closed_by_an_empty_one(chip: Chip) -> None:
    reader, device = _device(int(EXTENDED), 65_556)
    reader.insert(
        0, chip({PPSE: bytes(PACKET - 12) + b"\x90\0", PPSE + b"\0": bytes(60) + b"\x90\0"}, ATR_T1)
    )
    device.bulk_out(encode(m.IccPowerOn(0, 0, 0)))
    device.bulk_in(PACKET)
    device.bulk_out(encode(m.XfrBlock(0, 1, 0, 0, PPSE)))
    whole = device.bulk_in(PACKET)
    assert whole is not None
    assert len(whole) == PACKET
    assert device.bulk_in(PACKET) == b""
    assert device.bulk_in(PACKET) is None
    device.bulk_out(encode(m.XfrBlock(0, 2, 0, 0, PPSE)))
    assert device.bulk_in(2 * PACKET) == whole[:6] + b"\2" + whole[7:], "a short transfer ends by itself"
    assert device.bulk_in(PACKET) is None


@given(st.lists(st.integers(0, 600), max_size=4))
def test_any_packets_of_a_command_are_one_command(lengths: list[int]) -> None:
    reader = VirtualCcid((int(EXTENDED),), descriptor=EXTENDED_READER)
    device = CcidUsbDevice(reader)
    for seq, length in enumerate(lengths):
        message = encode(m.Escape(0, seq, bytes(length)))
        for at in range(0, len(message), PACKET):
            device.bulk_out(message[at : at + PACKET])
        if len(message) % PACKET == 0:
            device.bulk_out(b"")
        assert device.bulk_in(PACKET) == encode(m.EscapeResponse(0, seq, 0x42, 0, b""))
    assert device.bulk_in(PACKET) is None


@pytest.mark.parametrize(
    ("meaning", "transfer"),
    [
        ("too short", "65 05000000 00 07 000000 01"),
        ("too long", "65 00000000 00 07 000000 01"),
        ("oversize", "6F FFFFFFFF 00 07 000000"),
        ("negative-looking", "6F FDFFFFFF 00 07 000000"),
    ],
)
def test_a_transfer_with_a_wrong_length_is_refused_and_forgotten(
    meaning: str, transfer: str, chip: Chip
) -> None:
    reader, device = _device()
    for icc in (m.IccStatus.ABSENT, m.IccStatus.ACTIVE):
        if icc is m.IccStatus.ACTIVE:
            reader.insert(0, chip())
            reader.answers(encode(m.IccPowerOn(0, 6, 1)))
        device.bulk_out(bytes.fromhex(transfer))
        kind = "80" if transfer.startswith("6F") else "81"
        refusal = f"{kind} 00000000 00 07 {0x40 | icc:02X} 01 00"
        assert device.bulk_in(64) == bytes.fromhex(refusal), f"{meaning}: the slot is as it was"
        device.bulk_out(encode(m.GetSlotStatus(0, 8)))
        assert device.bulk_in(64) == encode(m.SlotStatus(0, 8, icc, 0, 0))


def test_the_packets_of_an_oversize_command_are_one_refusal() -> None:
    _, device = _device()
    message = encode(m.Escape(0, 7, bytes(1000)))
    for at in range(0, len(message), PACKET):
        device.bulk_out(message[at : at + PACKET])
    assert device.bulk_in(PACKET) == encode(m.EscapeResponse(0, 7, 0x42, 1, b""))
    assert device.bulk_in(PACKET) is None


@given(st.lists(st.binary(max_size=100), max_size=8))
def test_no_transfer_breaks_the_device(transfers: list[bytes]) -> None:
    _, device = _device()
    for each in transfers:
        device.bulk_out(each)
    device.bulk_out(b"")
    while device.bulk_in(64) is not None:
        pass
    device.bulk_out(encode(m.GetSlotStatus(0, 8)))
    assert device.bulk_in(64) == encode(m.SlotStatus(0, 8, 2, 0, 0))


def _setup(kind: int, request: int, value: int = 0, index: int = 0, length: int = 255) -> bytes:
    return struct.pack("<BBHHH", kind, request, value, index, length)


def test_the_control_pipe_tells_descriptors_and_states() -> None:
    _, device = _device()
    assert device.control(_setup(0x80, 6, 0x0100)) == device.device_descriptor
    assert device.control(_setup(0x80, 6, 0x0200, length=9)) == device.configuration_descriptor[:9]
    assert device.control(_setup(0x80, 6, 0x0300)) == bytes.fromhex("04030904")
    assert device.control(_setup(0x80, 6, 0x0303, 0x0409)) == b"\x0a\x03" + "0001".encode("utf-16-le")
    assert device.control(_setup(0x80, 8)) == b"\0"
    device.control(_setup(0x00, 9, 1))
    assert device.control(_setup(0x80, 8)) == b"\1"
    assert device.control(_setup(0x80, 0)) == b"\0\0"
    assert device.control(_setup(0x81, 10)) == b"\0"
    assert device.control(_setup(0x01, 11)) == b""
    assert device.control(_setup(0x02, 1, 0, 0x82)) == b""
    assert device.control(_setup(0xA1, 2)) == (4000).to_bytes(4, "little")
    assert device.control(_setup(0xA1, 3)) == (10_753).to_bytes(4, "little")


@pytest.mark.parametrize(
    "setup",
    [
        _setup(0x80, 6, 0x0304),
        _setup(0x80, 6, 0x0201),
        _setup(0x80, 6, 0x0600),
        _setup(0x00, 9, 2),
        _setup(0x21, 9),
        _setup(0x40, 1),
        _setup(0x00, 6, 0x0100),
    ],
)
def test_what_the_control_pipe_does_not_know_is_a_stall(setup: bytes) -> None:
    _, device = _device()
    with pytest.raises(Stall):
        device.control(setup)
    with pytest.raises(Misuse):
        device.control(setup[:7])


def test_abort_takes_both_pipes() -> None:
    reader = VirtualCcid((SERIAL_TPDU,), descriptor=GEMPC_PINPAD.descriptor)
    device = CcidUsbDevice(reader)
    link = CcidUsbLink(DirectPipes(device), 271)
    link.abort(0, 9)
    link.send(encode(m.GetSlotStatus(0, 8)))
    assert link.receive(0) == encode(m.SlotStatus(0, 8, 0x42, 0xFF, 0))
    link.send(encode(m.Abort(0, 9)))
    assert link.receive(0) == encode(m.SlotStatus(0, 9, 2, 0, 0))


def test_an_abort_whose_message_comes_before_its_announcement_is_over_at_once() -> None:
    _, device = _device()
    link = CcidUsbLink(DirectPipes(device), 271)
    link.send(encode(m.Abort(0, 9)))
    assert link.receive(0) == encode(m.SlotStatus(0, 9, 2, 0, 0))
    link.abort(0, 9)
    link.send(encode(m.GetSlotStatus(0, 10)))
    assert link.receive(0) == encode(m.SlotStatus(0, 10, 2, 0, 0))


def test_an_abort_ends_a_command_that_came_in_part(chip: Chip) -> None:
    card = chip()
    reader = VirtualCcid((int(EXTENDED),))
    reader.insert(0, card)
    begun = m.XfrBlock(0, 2, 0, 1, bytes.fromhex("00A4040002"))
    for command in (m.IccPowerOn(0, 1, 0), begun, m.Abort(0, 3)):
        reader.answers(encode(command))
    ends = m.XfrBlock(0, 4, 0, 2, b"\xaa\xbb")
    assert reader.answers(encode(ends)) == [encode(m.DataBlock(0, 4, 0x40, 8, 0, b""))]
    assert card.seen == []


@pytest.mark.parametrize("aborted", [True, False])
def test_a_new_configuration_meets_no_command_of_the_host_before(aborted: bool, chip: Chip) -> None:
    reader = VirtualCcid((SERIAL_TPDU,), descriptor=GEMPC_PINPAD.descriptor)
    device = CcidUsbDevice(reader)
    reader.insert(0, chip())
    device.bulk_out(encode(m.IccPowerOn(0, 1, 1)))
    device.bulk_out(encode(m.Secure(0, 2, 0, 0, PinVerify().build())))
    if aborted:
        device.control(_setup(0x21, 1, 3 << 8))
    device.control(_setup(0x00, 9, 1))
    device.bulk_out(encode(m.GetSlotStatus(0, 4)))
    assert device.bulk_in(64) == encode(m.SlotStatus(0, 4, 1, 0, 0)), (
        "no abort is awaited, and no card has power"
    )
    assert reader.entering is None
    assert device.bulk_in(64) is None


def test_the_host_aborts_over_both_pipes(chip: Chip) -> None:
    reader = VirtualCcid((SERIAL_TPDU,), descriptor=GEMPC_PINPAD.descriptor)
    heard: list[bytes] = []

    class Listening(DirectPipes):
        def control(self, setup: bytes, data: bytes = b"") -> bytes:
            heard.append(setup)
            return super().control(setup, data)

    host = CcidReader(CcidUsbLink(Listening(CcidUsbDevice(reader)), 271), (SERIAL_TPDU,))
    reader.insert(0, chip())
    host.slots[0].power_on()
    reader.answers(encode(m.Secure(0, 0x77, 0, 0, PinVerify().build())))
    assert reader.entering == 0
    host.slots[0].abort()
    assert reader.entering is None
    assert heard == [bytes.fromhex("2101 0002 0000 0000")]
    assert host.slots[0].present()


def _host(features: int, most: int, **more: Any) -> tuple[VirtualCcid, CcidReader]:
    descriptor = ClassDescriptor(max_message=most)
    reader = VirtualCcid((features,), descriptor=descriptor, **more)
    pipes = DirectPipes(CcidUsbDevice(reader))
    return reader, CcidReader(CcidUsbLink(pipes, most), (features,), descriptor=descriptor)


@pytest.mark.parametrize("atr", [bytes.fromhex("3B6500002063CB6600"), ATR_T1])
@pytest.mark.parametrize("features", [SERIAL_TPDU, int(EXTENDED), int(CONTACTLESS)])
def test_a_card_is_selected_over_usb_at_every_level(features: int, atr: bytes, chip: Chip) -> None:
    reader, host = _host(features, 271, fields=())
    reader.insert(0, chip({PPSE: FCI, PPSE + b"\0": FCI}, atr=atr))
    slot = host.slots[0]
    assert slot.present()
    assert host.poll() == [Presence(Change.INSERTED, 0)]
    assert slot.power_on() == atr
    assert slot.transmit(PPSE + b"\0") == FCI
    assert slot.transmit(bytes.fromhex("00B2010C00")) == b"\x6a\x82"
    reader.remove(0)
    assert not slot.present()
    assert host.poll() == [Presence(Change.REMOVED, 0)]


class Mirror:
    """A card that answers with the data field of each command."""

    atr = ATR_T1

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        return apdu[7:] + b"\x90\0" if len(apdu) > 7 else b"\x67\0"


@pytest.mark.parametrize("most", [100, 271, 1000, 65_556])
@pytest.mark.parametrize("length", [1, 90, 253, 254, 255, 256, 990, 1000, 3000])
def test_extended_apdus_travel_in_parts(most: int, length: int) -> None:
    reader, host = _host(int(EXTENDED), most)
    reader.insert(0, Mirror())
    host.slots[0].power_on()
    data = bytes(at * 7 & 0xFF for at in range(length))
    command = b"\0\xdb\0\0\0" + length.to_bytes(2) + data
    assert host.slots[0].transmit(command) == data + b"\x90\0"
    assert host.slots[0].transmit(command) == data + b"\x90\0"


# (meaning, [(wLevelParameter, data, (bStatus, bError, bChainParameter, data))]) on a reader of 110-byte messages
CHAINS: list[tuple[str, list[tuple[int, bytes, tuple[int, int, int, bytes]]]]] = [
    ("continues what nobody began", [(3, b"\0", (0x40, 8, 0, b""))]),
    ("ends what nobody began", [(2, b"\0", (0x40, 8, 0, b""))]),
    ("asks for what is not there", [(0x10, b"", (0x40, 8, 0, b""))]),
    ("no such part", [(4, b"", (0x40, 8, 0, b""))]),
    (
        "begins and ends",
        [(1, b"\0\xdb\0\0\0\0", (0, 0, 0x10, b"")), (2, b"\1\x55", (0, 0, 0, b"\x55\x90\0"))],
    ),
    (
        "begins twice",
        [
            (1, b"\0\xdb", (0, 0, 0x10, b"")),
            (1, b"\0\xdb\0\0\0\0", (0, 0, 0x10, b"")),
            (2, b"\1\x55", (0, 0, 0, b"\x55\x90\0")),
        ],
    ),
    ("half an APDU", [(0, b"\0\xdb\0\0\0\0\5\1", (0x40, 1, 0, b""))]),
    ("asks with data", [(0x10, b"\1", (0x40, 8, 0, b""))]),
    (
        "asks with data for what is there",
        [
            (0, b"\0\xdb\0\0\0\0\x63" + bytes(99), (0, 0, 1, bytes(99) + b"\x90")),
            (0x10, b"\1", (0x40, 8, 0, b"")),
        ],
    ),
    ("no such part of what began", [(1, b"\0\xdb", (0, 0, 0x10, b"")), (4, b"", (0x40, 8, 0, b""))]),
    (
        "more than any APDU",
        [(1, bytes(65_000), (0, 0, 0x10, b"")), (2, bytes(600), (0x40, m.SlotError.XFR_OVERRUN, 0, b""))],
    ),
]


@pytest.mark.parametrize(("meaning", "steps"), CHAINS)
def test_the_reader_keeps_parts_in_order(
    meaning: str, steps: list[tuple[int, bytes, tuple[int, int, int, bytes]]]
) -> None:
    reader = VirtualCcid((int(EXTENDED),), descriptor=ClassDescriptor(max_message=110))
    reader.insert(0, Mirror())
    reader.answers(encode(m.IccPowerOn(0, 0, 0)))
    for seq, (part, data, answer) in enumerate(steps):
        said = [decode(each) for each in reader.answers(encode(m.XfrBlock(0, seq, 0, part, data)))]
        assert said == [m.DataBlock(0, seq, *answer)], meaning


def test_a_long_response_is_begun_continued_and_ended() -> None:
    reader = VirtualCcid((int(EXTENDED),), descriptor=ClassDescriptor(max_message=110))
    reader.insert(0, Mirror())
    reader.answers(encode(m.IccPowerOn(0, 0, 0)))
    command = b"\0\xdb\0\0\0\1\x10" + bytes(range(256)) + bytes(16)
    parts = []
    for part, data in (
        (1, command[:100]),
        (3, command[100:200]),
        (2, command[200:]),
        (0x10, b""),
        (0x10, b""),
    ):
        answer = decode(reader.answers(encode(m.XfrBlock(0, 1, 0, part, data)))[0])
        assert isinstance(answer, m.DataBlock)
        parts.append((answer.chain, len(answer.data)))
    assert parts == [(0x10, 0), (0x10, 0), (1, 100), (3, 100), (2, 74)]


def test_a_slow_card_makes_the_reader_ask_for_time(chip: Chip) -> None:
    reader, host = _host(int(EXTENDED), 271)
    reader.insert(0, chip({PPSE: FCI}, atr=ATR_T1), [SBlock(Supervision.WTX, b"\x03")])
    host.slots[0].power_on()
    said = reader.answers(encode(m.XfrBlock(0, 77, 0, 0, PPSE)))
    assert [decode(each) for each in said] == [
        m.DataBlock(0, 77, 0x80, 3, 0, b""),
        m.DataBlock(0, 77, 0, 0, 0, FCI),
    ]
    reader.remove(0)
    reader.insert(0, chip({PPSE: FCI}, atr=ATR_T1), [SBlock(Supervision.WTX, b"\x03")])
    host.slots[0].power_on()
    assert host.slots[0].transmit(PPSE) == FCI


def test_a_short_apdu_reader_takes_no_extended_apdu(chip: Chip) -> None:
    reader, host = _host(int(CONTACTLESS), 271)
    reader.insert(0, chip())
    host.slots[0].power_on()
    extended = b"\0\xdb\0\0\0\0\1\x55"
    with pytest.raises(Misuse):
        host.slots[0].transmit(extended)
    contact = VirtualCcid((int(CONTACTLESS),), fields=())
    contact.insert(0, chip())
    contact.answers(encode(m.IccPowerOn(0, 0, 0)))
    for each in (reader, contact):
        said = each.answers(encode(m.XfrBlock(0, 1, 0, 0, extended)))
        assert said == [encode(m.DataBlock(0, 1, 0x40, 1, 0, b""))]


# (meaning, bChainParameter and data of each answer); the command has three parts on this reader of 15-byte messages
BROKEN_PARTS: list[tuple[str, list[tuple[int, bytes]]]] = [
    ("an answer before the whole command", [(0, b"\x90\0")]),
    ("data with the request to go on", [(0x10, b"\1")]),
    ("begins with a later part", [(0x10, b""), (0x10, b""), (3, b"\1")]),
    ("begins again", [(0x10, b""), (0x10, b""), (1, b"\1"), (1, b"\1")]),
    ("an empty part", [(0x10, b""), (0x10, b""), (1, b"\1"), (3, b"")]),
    ("no such part", [(0x10, b""), (0x10, b""), (0x20, b"\x90\0")]),
    ("an empty answer before the whole command", [(0, b"")]),
    ("parts without end", [(0x10, b""), (0x10, b""), (1, bytes(65_000)), (3, bytes(600))]),
    ("no status word", [(0x10, b""), (0x10, b""), (0, b"\x90")]),
]


@pytest.mark.parametrize(("meaning", "answers"), BROKEN_PARTS)
def test_parts_that_a_reader_confuses_are_a_frame_error(
    meaning: str, answers: list[tuple[int, bytes]]
) -> None:
    blocks = [encode(m.DataBlock(0, 1 + at, 0, 0, *each)) for at, each in enumerate(answers)]
    pipes = Far(None, encode(m.DataBlock(0, 0, 0, 0, 0, ATR_T1)))
    for each in blocks:
        pipes.transfers += [None, each]
    descriptor = ClassDescriptor(max_message=15)
    slot = CcidReader(CcidUsbLink(pipes, 65_556), (int(EXTENDED),), descriptor=descriptor).slots[0]
    slot.power_on()
    with pytest.raises(FrameError):
        pytest.fail(f"{meaning} was read as {slot.transmit(bytes(4) + bytes((10,)) + bytes(10))!r}")
    assert not pipes.transfers


class Far:
    """Pipes whose device says what the test says."""

    def __init__(self, *transfers: bytes | None) -> None:
        self.transfers = list(transfers)
        self.sent: list[bytes] = []

    def bulk_out(self, data: bytes) -> None:
        self.sent.append(data)

    def bulk_in(self, most: int, timeout: float) -> bytes | None:  # noqa: ARG002
        return self.transfers.pop(0) if self.transfers else None

    def interrupt_in(self, timeout: float) -> bytes | None:  # noqa: ARG002
        return None

    def control(self, setup: bytes, data: bytes = b"") -> bytes:  # noqa: ARG002
        return b""

    def close(self) -> None:
        pass


def test_what_came_before_a_command_is_no_answer_to_it() -> None:
    stale, right = encode(m.SlotStatus(0, 0, 2, 0, 0)), encode(m.SlotStatus(0, 0, 0, 0, 0))
    pipes = Far(stale, None, right)
    reader = CcidReader(CcidUsbLink(pipes, 271), (SERIAL_TPDU,))
    assert reader.slots[0].present()
    assert pipes.sent == [encode(m.GetSlotStatus(0, 0))]


@pytest.mark.parametrize("transfer", ["", "81", "8101000000000000 0000", "81FFFFFFFF0000000000", "82"])
def test_a_transfer_that_is_no_message_is_a_frame_error(transfer: str) -> None:
    link = CcidUsbLink(Far(None, bytes.fromhex(transfer)), 271)
    link.send(encode(m.GetSlotStatus(0, 0)))
    with pytest.raises(FrameError):
        link.receive(0)


def test_a_device_that_talks_without_being_asked_is_lost() -> None:
    link = CcidUsbLink(Far(*[b"\x81"] * 100), 271)
    with pytest.raises(ReaderLost):
        link.send(encode(m.GetSlotStatus(0, 0)))
    with pytest.raises(Misuse):
        link.send(bytes(272))


def test_closed_pipes_are_misuse() -> None:
    _, host = _host(SERIAL_TPDU, 271)
    host.close()
    with pytest.raises(Misuse):
        host.slots[0].present()


def test_a_pin_is_typed_at_a_usb_reader(chip: Chip) -> None:
    descriptor = replace(EXTENDED_READER, pin_support=1)
    reader = VirtualCcid((int(EXTENDED),), descriptor=descriptor, person=lambda _: reader.time_out())
    link = CcidUsbLink(DirectPipes(CcidUsbDevice(reader)), 271)
    host = CcidReader(link, (int(EXTENDED),), descriptor=descriptor)
    reader.insert(0, chip())
    host.slots[0].power_on()
    assert host.slots[0].secure(PinVerify()) == b"\x64\x00"


def test_the_longest_command_and_the_longest_response_go_in_one_message() -> None:
    class Long:
        atr = ATR_T1

        def reset(self) -> bytes:
            return self.atr

        def transmit(self, apdu: bytes) -> bytes:
            return apdu[7:-2].ljust(65_536, b"\x5a") + b"\x90\0"

    reader, device = _device(int(EXTENDED), 65_556)
    reader.insert(0, Long())
    descriptor = ClassDescriptor(features=int(EXTENDED), max_message=65_556)
    link = CcidUsbLink(DirectPipes(device), 65_556)
    slot = CcidReader(link, (int(EXTENDED),), descriptor=descriptor).slots[0]
    slot.power_on()
    command = bytes.fromhex("00CB3FFF00FFFF") + bytes(65_535) + b"\0\0"
    assert slot.transmit(command) == bytes(65_535) + b"\x5a\x90\0"
