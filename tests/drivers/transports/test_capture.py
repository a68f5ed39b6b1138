import os
import shutil
import stat
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers.base import FrameError, Misuse, ReaderLost
from terminal_drivers.captures.capture import WARNING, CapturedTransport, CaptureFile, packets, replay
from terminal_drivers.captures.pcapng import CaptureInterface, Direction, LinkType, Packet
from terminal_drivers.captures.usbmon import Transfer, Urb, transfer
from terminal_drivers.readers.ccid import capture as ccid_capture
from terminal_drivers.readers.ccid.capture import CapturedLink, captured
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import AUTOMATIC
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GEMPC_TWIN, GemPcDevice, GemPcLink
from terminal_drivers.readers.ccid.link import ControlPipe
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import configuration_descriptor
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.loopback import LoopbackLine, pair
from tests.patience import PATIENCE

VECTORS = Path(__file__).parents[2] / "vectors"

Chip = Callable[..., Any]

SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
NO_TSHARK = "tshark is not installed: apt-get install tshark"


class Ticks:
    """A clock of one microsecond a look."""

    def __init__(self) -> None:
        self.now = 1_700_000_000 * 10**9

    def __call__(self) -> int:
        self.now += 1000
        return self.now


def _talk(reader: CcidReader, field: bool = True) -> list[object]:
    contact = reader.slots[0]
    said: list[object] = [contact.present(), contact.power_on(), contact.transmit(SELECT), reader.poll()]
    if field:
        said += [reader.slots[1].power_on(), reader.slots[1].transmit(SELECT)]
    return said


@pytest.fixture
def recorded(tmp_path: Path, chip: Chip) -> tuple[Path, list[object]]:
    """A capture of a short session with both slots, and what the host heard."""
    path = tmp_path / "session.pcapng"
    capture = CaptureFile(path, Ticks())
    device = VirtualCcid(BUILT_IN.features)
    line = LoopbackLine(GemPcDevice(device, BUILT_IN))
    inner = CapturedTransport(line.open(), capture, "serial", LinkType.USER0)
    link = CapturedLink(GemPcLink(inner, BUILT_IN), capture, BUILT_IN.features)
    reader = CcidReader(link, BUILT_IN.features)
    device.insert(0, chip())
    capture.comment("the card is inserted")
    device.insert(1, chip({SELECT: b"\x6f\x00\x90\x00"}))
    said = _talk(reader)
    reader.close()
    capture.close()
    return path, said


def test_a_capture_is_for_its_owner_and_warns_of_what_it_holds(recorded: tuple[Path, object]) -> None:
    path, _ = recorded
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert WARNING.encode() in path.read_bytes()[:200]


def test_a_capture_never_replaces_a_file_and_a_closed_one_takes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_text("precious")
    with pytest.raises(Misuse, match="is there already"):
        CaptureFile(path)
    with pytest.raises(Misuse, match="cannot be made"):
        CaptureFile(path / "below")
    assert path.read_text() == "precious"
    capture = CaptureFile(tmp_path / "new")
    capture.close()
    capture.close()
    with pytest.raises(Misuse):
        capture.interface(LinkType.USER0, "late")


def test_both_directions_are_in_the_capture(tmp_path: Path) -> None:
    host, far = pair()
    capture = CaptureFile(tmp_path / "c", Ticks())
    line = CapturedTransport(host, capture, "stripe", LinkType.USER1)
    line.write(b"to the reader")
    far.write(b"from it")
    assert line.read(99, 0) == b"from it"
    assert line.read(99, 0) == b""
    capture.comment("one")
    capture.comment("two")
    line.write(b"!")
    found = list(packets(tmp_path / "c", "stripe"))
    assert [(each.direction, each.data, each.comment) for each in found] == [
        (Direction.OUTBOUND, b"to the reader", ""),
        (Direction.INBOUND, b"from it", ""),
        (Direction.OUTBOUND, b"!", "one\ntwo"),
    ]
    assert [each.time for each in found] == sorted(each.time for each in found)
    capture.close()


def test_a_recorded_line_plays_again_as_a_reader(recorded: tuple[Path, list[object]]) -> None:
    path, said = recorded
    reader = CcidReader(GemPcLink(replay(path, "serial"), BUILT_IN), BUILT_IN.features)
    assert _talk(reader) == said
    with pytest.raises(Misuse, match="the end of interface serial"):
        reader.slots[0].present()
    reader.close()
    with pytest.raises(Misuse):
        reader.poll()


def test_recorded_ccid_messages_play_again_as_a_reader(recorded: tuple[Path, list[object]]) -> None:
    path, said = recorded
    line = ccid_capture.replay(path)
    assert line.features == BUILT_IN.features
    assert line.descriptor == ClassDescriptor(
        max_slot_index=1, features=BUILT_IN.features[0], max_message=65_556
    )
    reader = CcidReader(line.link, line.features, descriptor=line.descriptor)
    assert _talk(reader) == said
    assert reader.poll() == []
    with pytest.raises(Misuse, match=r"the end of interface ccid .* the host sends GetSlotStatus"):
        reader.slots[0].present()
    reader.close()


def test_a_host_that_does_something_else_than_recorded_is_misuse(recorded: tuple[Path, object]) -> None:
    path, _ = recorded
    with pytest.raises(Misuse):
        CcidReader(GemPcLink(replay(path, "serial"), BUILT_IN), BUILT_IN.features).slots[1].present()
    line = ccid_capture.replay(path)
    with pytest.raises(
        Misuse, match=r"the command GetSlotStatus \(10 bytes\), and the host sends another GetSlotStatus"
    ):
        CcidReader(line.link, line.features).slots[1].present()


def test_a_recording_answers_only_what_was_asked_and_in_any_pieces(tmp_path: Path) -> None:
    host, far = pair()
    capture = CaptureFile(tmp_path / "c")
    line = CapturedTransport(host, capture, "x", LinkType.USER0)
    line.write(b"question")
    far.write(b"answer")
    line.read(99, 0)
    again = replay(tmp_path / "c", "x")
    assert again.read(9, 1) == b""
    with pytest.raises(
        Misuse, match=r"packet 1 .* \(8 bytes\), and the host sends another bytes \(5 bytes\)"
    ):
        again.write(b"other")
    again.write(b"question")
    assert again.read(3, 1) == b"ans"
    assert again.read(9, 1) == b"wer"
    again.close()
    with pytest.raises(Misuse):
        again.read(1, 0)
    capture.close()


def test_a_line_that_fails_is_told_in_the_capture(tmp_path: Path) -> None:
    host, far = pair()
    capture = CaptureFile(tmp_path / "c")
    line = CapturedTransport(host, capture, "x", LinkType.USER0)
    far.close()
    for use in (lambda: line.read(1, 0), lambda: line.write(b"?")):
        with pytest.raises(ReaderLost):
            use()
    line = CapturedTransport(pair()[0], capture, "y", LinkType.USER0)
    line.write(b"!")
    (found,) = packets(tmp_path / "c", "y")
    assert found.comment.startswith("x: ")
    capture.close()


def test_a_captured_usb_reader_still_announces_an_abort(tmp_path: Path) -> None:
    class Pipe:
        """A link with a control pipe that remembers what was announced on it."""

        announced: tuple[int, int] | None = None

        def abort(self, slot: int, seq: int) -> None:
            self.announced = slot, seq

        def send(self, message: bytes) -> None: ...
        def receive(self, timeout: float) -> bytes | None: ...
        def listen(self, timeout: float) -> bytes | None: ...
        def close(self) -> None: ...

    capture = CaptureFile(tmp_path / "c")
    pipe = Pipe()
    link = captured(pipe, capture, (AUTOMATIC,), "ccid", ClassDescriptor())
    assert isinstance(link, ControlPipe)
    link.abort(1, 7)
    assert pipe.announced == (1, 7)
    host = pair()[0]
    assert not isinstance(
        captured(GemPcLink(host, BUILT_IN), capture, (AUTOMATIC,), "a", ClassDescriptor()), ControlPipe
    )
    capture.close()


def test_a_file_that_is_no_capture_says_so(tmp_path: Path, recorded: tuple[Path, object]) -> None:
    with pytest.raises(Misuse):
        replay(tmp_path / "none", "x")
    with pytest.raises(Misuse, match="ccid"):
        replay(recorded[0], "other")
    (tmp_path / "long").touch()
    os.truncate(tmp_path / "long", (64 << 20) + 1)
    with pytest.raises(Misuse, match="longer than 64 MiB"):
        replay(tmp_path / "long", "x")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(FrameError):
        replay(tmp_path / "text", "x")


def _recorded_by_linux() -> list[bytes]:
    """The records of a pcap file (little-endian, microseconds) that was made with other software."""
    data, at, records = (VECTORS / "ccid220.pcap").read_bytes(), 24, []
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at + 8)
        records.append(data[at + 16 : at + 16 + length])
        at += 16 + length
    return records


def test_usb_records_of_other_software_are_read_and_built_again() -> None:
    records = _recorded_by_linux()
    assert len(records) > 100
    for record in records:
        urb = Urb.parse(record)
        again = Urb.parse(urb.build())
        assert again == urb
        assert urb.build()[8:16] == record[8:16], "type, transfer, endpoint, device, bus, flags"
        assert urb.build()[64:] == record[64:]
    first = Urb.parse(records[0])
    assert (first.complete, first.transfer, first.setup) == (
        False,
        Transfer.CONTROL,
        bytes.fromhex("8006000100001200"),
    )


@pytest.mark.parametrize("record", [b"", bytes(63), bytes(64), bytes(8) + b"S\x03" + bytes(55)])
def test_what_is_no_usb_record_is_a_frame_error(record: bytes) -> None:
    with pytest.raises(FrameError):
        Urb.parse(record)


CONFIGURATION = configuration_descriptor(ClassDescriptor(max_slot_index=1, features=0x230).build())


def _enumerated(*configurations: bytes) -> list[Packet]:
    said = (transfer(1, Transfer.CONTROL, 0x80, each) for each in configurations)
    return [Packet(0, 0, urb.build()) for urbs in said for urb in urbs]


@pytest.mark.parametrize(
    ("description", "features"),
    [
        ("", (0x230, 0x230)),
        ("dwFeatures", (0x230, 0x230)),
        ("the port of 0000023A", (0x230, 0x230)),
        ("dwFeatures 1 2", (0x230, 0x230)),
        ("dwFeatures 00010230 000204BE", (0x10230, 0x204BE)),
    ],
)
def test_a_reader_is_what_its_descriptor_says_and_a_capture_of_ours_adds(
    description: str, features: tuple[int, ...]
) -> None:
    # A host asks for the first 9 bytes, and then for the whole.
    found = ccid_capture.described(
        CaptureInterface(220, "x", description=description), _enumerated(CONFIGURATION[:9], CONFIGURATION)
    )
    assert found == (ClassDescriptor(max_slot_index=1, features=0x230), features)


@pytest.mark.parametrize("broken", [CONFIGURATION[:9] + bytes(9), CONFIGURATION[:10]])
def test_a_configuration_without_a_class_descriptor_is_no_reader(broken: bytes) -> None:
    with pytest.raises(FrameError, match="no CCID class descriptor"):
        ccid_capture.described(CaptureInterface(220, "x"), _enumerated(broken))


def test_a_capture_without_descriptors_is_no_reader(tmp_path: Path) -> None:
    capture = CaptureFile(tmp_path / "c")
    capture.interface(LinkType.USB_LINUX_MMAPPED, "ccid")
    capture.close()
    with pytest.raises(FrameError):
        ccid_capture.replay(tmp_path / "c")


@pytest.mark.skipif(shutil.which("tshark") is None, reason=NO_TSHARK)
def test_wireshark_dissects_the_capture_as_usbccid_and_iso_7816(recorded: tuple[Path, object]) -> None:
    path, _ = recorded
    tshark = ["tshark", "-r", str(path), "-d", "usbccid.subdissector,iso7816"]
    shown = subprocess.run(
        [*tshark, "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    ).stdout.splitlines()
    text = "\n".join(shown)
    assert "GET DESCRIPTOR Response CONFIGURATION" in text
    assert "USBCCID\tCCID Packet - PC to Reader: ICC Power On" in text
    assert "USBCCID\tCCID Packet - PC to Reader: Set Parameters" in text
    assert "USBCCID\tCCID Packet - Reader to PC: Slot Status" in text
    assert "ISO 7816\tATR" in text
    assert "ISO 7816\tSelect file" in text
    assert "ISO 7816\tResponse APDU (to Select file)" in text
    assert "Malformed" not in text
    details = subprocess.run(
        [*tshark, "-V"], capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout
    assert "the card is inserted" in details, "packet comments"
    assert "max slot index: 0x01" in details


@pytest.mark.skipif(shutil.which("capinfos") is None, reason=NO_TSHARK)
def test_wireshark_reads_the_warning_and_the_interfaces(recorded: tuple[Path, object]) -> None:
    shown = subprocess.run(
        ["capinfos", str(recorded[0])], capture_output=True, text=True, check=True, timeout=PATIENCE
    ).stdout
    assert WARNING in shown
    assert "Name = serial" in shown
    assert "Name = ccid" in shown


def test_a_link_hands_on_what_it_captures(tmp_path: Path, chip: Chip) -> None:
    device = VirtualCcid(GEMPC_TWIN.features)
    line = LoopbackLine(GemPcDevice(device, GEMPC_TWIN))
    capture = CaptureFile(tmp_path / "c")
    link = CapturedLink(GemPcLink(line.open(), GEMPC_TWIN), capture, GEMPC_TWIN.features)
    reader = CcidReader(link, GEMPC_TWIN.features)
    device.insert(0, chip())
    assert len(reader.poll()) == 1
    urbs = [Urb.parse(each.data) for each in packets(tmp_path / "c", "ccid")]
    assert [(urb.endpoint, urb.data) for urb in urbs if urb.transfer is Transfer.INTERRUPT and urb.data] == [
        (0x83, b"\x50\x03")
    ]
    capture.close()
