"""Bytes of CCID in both directions: messages, GemPC framing, USB, and the two ends over them."""

from __future__ import annotations

from contextlib import suppress

from terminal_drivers.base import DriverError, FrameError, ReaderLost
from terminal_drivers.control_pipe import Stall
from terminal_drivers.readers.ccid import gempc, pin
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import CONTACTLESS, EXTENDED, SERIAL_CHARACTER, SERIAL_TPDU
from terminal_drivers.readers.ccid.framing import Decoder, frame
from terminal_drivers.readers.ccid.messages import Secure, T0Parameters, T1Parameters
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbDevice, CcidUsbLink
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from tests.drivers.conftest import ATR_T0, FCI, PPSE, TableChip
from tests.fuzz.target import Heard, Target, joined, parts

ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
LEVELS = (SERIAL_TPDU, int(EXTENDED), int(CONTACTLESS), SERIAL_CHARACTER)
SLOT_STATUS, POWER_ON = "65000000000007000000", "62000000000001000000"
TRANSFER = "6F130000000002000000" + PPSE.hex()
SECURE = encode(Secure(0, 3, 0, 0, pin.PinVerify().build())).hex()
DATA_BLOCK = "80090000000001000000" + ATR_T0.hex()


def message(data: bytes) -> None:
    read = decode(data)
    assert decode(encode(read)) == read


def parameters(data: bytes) -> None:
    read = (T0Parameters if len(data) == 5 else T1Parameters).parse(data)
    assert read.build() == data


def descriptor(data: bytes) -> None:
    assert ClassDescriptor.parse(data).build() == data


def pin_structure(data: bytes) -> None:
    pin.parse(data).build()


def framing(data: bytes) -> None:
    for from_reader in (False, True):
        whole = Decoder(gempc.BUILT_IN, from_reader=from_reader)
        bytewise = Decoder(gempc.BUILT_IN, from_reader=from_reader)
        items = whole.feed(data)
        assert items == [item for at in range(len(data)) for item in bytewise.feed(data[at : at + 1])]
        assert whole.begun == bytewise.begun


def framed(piece: bytes) -> bytes:
    """The piece as a message in its frame; one that begins with 03, 50 or a time request stays as it is."""
    return piece if piece[:1] in (b"", b"\x03", b"\x50") or piece[0] >= 0x90 else frame(piece)


def gempc_link(data: bytes) -> None:
    link = gempc.GemPcLink(Heard([framed(piece) for piece in parts(data)]), gempc.GEMPC_TWIN)
    for _ in range(3):
        link.send(bytes.fromhex(SLOT_STATUS))
        received = link.receive(1.0)
        if received:
            with suppress(FrameError):
                decode(received)
        link.listen(1.0)


def virtual_reader() -> VirtualCcid:
    reader = VirtualCcid((SERIAL_TPDU, CONTACTLESS), descriptor=ClassDescriptor(pin_support=3))
    reader.insert(0, TableChip({PPSE: FCI}, ATR_T0, None))
    return reader


def gempc_device(data: bytes) -> None:
    device = gempc.GemPcDevice(virtual_reader(), gempc.GEMPC_TWIN if data[:1] < b"\x80" else gempc.BUILT_IN)
    for piece in parts(data[1:]):
        device.feed(framed(piece))
        device.take()


def usb_device(data: bytes) -> None:
    _spoken_to(CcidUsbDevice(virtual_reader()), data)


def character_device(data: bytes) -> None:
    atr = ATR_T0 if data[:1] < b"\x80" else ATR_T1
    reader = VirtualCcid((SERIAL_CHARACTER,))
    reader.insert(0, TableChip({PPSE: FCI}, atr, None))
    _spoken_to(CcidUsbDevice(reader), data[1:])


def _spoken_to(device: CcidUsbDevice, data: bytes) -> None:
    for piece in parts(data):
        if len(piece) == 9:
            with suppress(Stall):
                device.control(piece[1:])
        else:
            device.bulk_out(piece)
        device.interrupt()
        answer = device.bulk_in(65_600)
        if answer:
            decode(answer)


class Pipes:
    """The pipes of a device that says `answers`: an interrupt message where it begins with 50 or 51."""

    def __init__(self, answers: list[bytes]) -> None:
        self._answers = answers
        self._seq = 0

    def bulk_out(self, data: bytes) -> None:
        self._seq = data[6]

    def bulk_in(self, most: int, timeout: float) -> bytes | None:
        # Without time it is asked for what is stale, before a command.
        if not timeout or not self._answers:
            return None
        piece = self._answers.pop(0)
        if len(piece) >= 4 and piece[0] < 0xF0:
            # A whole answer to the command: only then is the code behind the header reached.
            piece = piece[:1] + (len(piece) - 4).to_bytes(4, "little") + bytes((0, self._seq)) + piece[1:]
        return piece[:most]

    def interrupt_in(self, timeout: float) -> bytes | None:  # noqa: ARG002 - no time passes here
        if self._answers and self._answers[0][:1] in (b"\x50", b"\x51"):
            return self._answers.pop(0)
        return None

    def control(self, setup: bytes, data: bytes = b"") -> bytes:  # noqa: ARG002 - only aborts are sent
        return b""

    def close(self) -> None:
        """Nothing is open."""


def host(data: bytes) -> None:
    features = LEVELS[data[0] % len(LEVELS)] if data else SERIAL_TPDU
    reader = CcidReader(CcidUsbLink(Pipes(parts(data[1:])), 271), (features,))
    slot = reader.slots[0]
    with suppress(DriverError):
        reader.firmware()
    slot.present()
    slot.power_on()
    for _ in range(4):
        slot.transmit(PPSE + b"\0")
        reader.poll()
    slot.power_off()


def answer(code: str, tail: str, data: str = "") -> str:
    return code + tail + data


HOST_SEED = joined(
    answer("83", "000000", "3132"), answer("81", "000000"), answer("80", "000000", ATR_T0.hex()),
    answer("82", "000000", "1100000A00"), answer("80", "000000", "6A82"), "5003", answer("80", "000000", "6A82"),
)  # fmt: skip

TARGETS = (
    Target("CCID message", message, (FrameError,), (SLOT_STATUS, POWER_ON, TRANSFER, DATA_BLOCK, "5003", "51000000")),
    Target("CCID parameters", parameters, (FrameError,), ("1100000A00", "11100045002000")),
    Target("CCID class descriptor", descriptor, (FrameError,), (ClassDescriptor().build().hex(),)),
    Target("CCID PIN structure", pin_structure, (FrameError,), (pin.PinVerify().build().hex(), pin.PinModify().build().hex())),
    Target("GemPC framing", framing, (), (frame(bytes.fromhex(DATA_BLOCK)).hex(), "0315165003808103")),
    Target("GemPC host", gempc_link, (FrameError, ReaderLost), (joined(DATA_BLOCK, "031516", "5003", "81"),)),
    Target("GemPC reader", gempc_device, (), ("00" + joined(POWER_ON, TRANSFER, SECURE, "031516", SLOT_STATUS),)),
    Target("CCID USB device", usb_device, (), (joined(POWER_ON, TRANSFER, SLOT_STATUS, "008006000100001200", SECURE),)),
    Target("CCID device at character level", character_device, (), ("00" + joined(POWER_ON, TRANSFER, "6F000000000003000100"), "80" + joined(POWER_ON, TRANSFER))),
    Target("CCID host", host, (DriverError,), ("00" + HOST_SEED, "01" + HOST_SEED, "03" + HOST_SEED)),
)  # fmt: skip
