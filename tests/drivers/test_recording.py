"""What a recorder writes of lines, looks and acts, a recording tells in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from terminal_drivers.base import CardAbsent, FrameError, Misuse, ReaderLost, Transport
from terminal_drivers.captures.capture import CaptureFile
from terminal_drivers.captures.dialogue import Dialogue, Received, Sent
from terminal_drivers.captures.pcapng import LinkType
from terminal_drivers.captures.recording import EVENTS, Recorder, Recording
from terminal_drivers.readers.ccid.capture import LINES as CCID_LINES
from terminal_drivers.readers.ccid.features import EXTENDED
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GemPcDevice, GemPcLink
from terminal_drivers.readers.ccid.link import CcidLine
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.pcsc.ccid_link import DESCRIPTOR, SlotLink
from terminal_drivers.readers.vivotech.capture import LINES as NEO_LINES
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import VirtualVivotech
from terminal_drivers.transports.loopback import LoopbackLine, pair
from tests.drivers.conftest import ChipFactory

SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
CCID, NEO = "ccid+serial:/dev/ttyUSB0", "vivotech+tcp:127.0.0.1:4001"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "terminal.pcapng"


@pytest.fixture
def recorder(file: Path) -> Iterator[Recorder]:
    made = Recorder(file, {"seed": "7"})
    yield made
    made.close()


def turns(dialogue: Dialogue) -> Iterator[object]:
    """What is left of a dialogue, without places."""
    while (turn := dialogue.next) is not None:
        if isinstance(turn, Sent):
            dialogue.send(turn.line, turn.data, repr)
            yield turn.line, "says", turn.data
        elif isinstance(turn, Received):
            yield turn.line, "hears", dialogue.receive(turn.line)
        else:
            dialogue.repeat(turn.text)
            yield turn.text


def test_looks_are_counted_while_they_are_quiet_and_told_when_they_are_not(
    recorder: Recorder, file: Path
) -> None:
    near, far = pair()
    line = recorder.line(NEO, NEO_LINES, lambda: near)
    for said in (b"", b"", b"one", b""):
        far.write(said)
        with recorder.looking(NEO, ask=False):
            line.read(9, 0)
    recorder.happened("leave")
    with recorder.looking(NEO, ask=True):
        line.write(b"there?")
    with recorder.looking(NEO, ask=False):
        recorder.noticed()
    line.write(b"more")
    assert list(turns(Recording(file).dialogue)) == [
        "quiet vivotech 2",
        "look vivotech",
        ("vivotech", "hears", b"one"),
        "quiet vivotech 1",
        "leave",
        "ask vivotech",
        ("vivotech", "says", b"there?"),
        "look vivotech",
        ("vivotech", "says", b"more"),
    ]
    recording = Recording(file)
    assert recording.about == {"seed": "7"}
    assert recording.look() == ("vivotech", False, 2)
    assert recording.look() == ("vivotech", False, 1)
    assert recording.look() is None, "first the line says what it said"


def test_each_address_is_a_line_of_its_own_that_goes_on_when_it_is_opened_again(
    recorder: Recorder, file: Path
) -> None:
    for address, said in ((NEO, b"a"), (f"{NEO}1", b"b"), (NEO, b"c"), ("msr+hid:0801:0002", b"d")):
        recorder.line(address, NEO_LINES, lambda: pair()[0]).write(said)
    assert list(turns(Recording(file).dialogue)) == [
        ("vivotech", "says", b"a"),
        ("vivotech-2", "says", b"b"),
        ("vivotech", "says", b"c"),
        ("msr", "says", b"d"),
    ]


def unplugged() -> Transport:
    raise ReaderLost("nothing is plugged in")


def test_a_line_that_could_not_be_opened_cannot_be_opened_again(recorder: Recorder, file: Path) -> None:
    with pytest.raises(ReaderLost):
        recorder.line(NEO, NEO_LINES, unplugged)
    recorder.line(NEO, NEO_LINES, lambda: pair()[0]).write(b"?")
    recording = Recording(file)
    with pytest.raises(ReaderLost, match="nothing is plugged in"):
        recording.line(NEO, NEO_LINES, unplugged)
    recording.line(NEO, NEO_LINES, unplugged).write(b"?")
    with pytest.raises(Misuse, match="has no line 'vivotech-2'"):
        recording.line(f"{NEO}1", NEO_LINES, unplugged)


def no_link() -> CcidLine:
    raise ReaderLost("a recording opens nothing")


def test_a_recorded_reader_is_described_as_it_was(recorder: Recorder, file: Path, chip: ChipFactory) -> None:
    device = VirtualCcid(BUILT_IN.features, descriptor=BUILT_IN.descriptor)
    device.insert(0, chip())
    line = LoopbackLine(GemPcDevice(device, BUILT_IN))
    real = CcidLine(GemPcLink(line.open(), BUILT_IN), BUILT_IN.features, BUILT_IN.descriptor)

    def talk(end: CcidLine) -> bytes:
        reader = CcidReader(end.link, end.features, descriptor=end.descriptor)
        assert len(reader.poll()) == 1
        return reader.slots[0].power_on() + reader.slots[0].transmit(SELECT)

    said = talk(recorder.line(CCID, CCID_LINES, lambda: real))
    again = Recording(file).line(CCID, CCID_LINES, no_link)
    assert again.features == BUILT_IN.features
    assert talk(again) == said


def test_a_command_that_was_not_recorded_is_named_as_its_protocol_does(
    recorder: Recorder, file: Path
) -> None:
    neo = VivotechReader(recorder.line(NEO, NEO_LINES, LoopbackLine(VirtualVivotech()).open))
    neo.ping()
    again = VivotechReader(Recording(file).line(NEO, NEO_LINES, unplugged))
    with pytest.raises(
        Misuse, match=r"has the command 18-01 \(16 bytes\), and the host sends 29-00 \(16 bytes\)"
    ):
        again.firmware()


def test_a_slot_of_another_service_is_recorded_as_a_ccid_reader(
    recorder: Recorder, file: Path, chip: ChipFactory
) -> None:
    class Slot:
        """A reader that is its slot, too, as the PC/SC service has them: here one of ours at APDU level."""

        device = VirtualCcid((EXTENDED,))
        host = CcidReader(
            GemPcLink(LoopbackLine(GemPcDevice(device, BUILT_IN)).open(), BUILT_IN), (EXTENDED,)
        )
        present, power_on, power_off = host.slots[0].present, host.slots[0].power_on, host.slots[0].power_off
        transmit, poll, close = host.slots[0].transmit, host.poll, host.close

    slot = Slot()

    def talk(end: CcidLine, act: Callable[[str], None]) -> list[object]:
        reader = CcidReader(end.link, end.features, descriptor=end.descriptor)
        contact = reader.slots[0]
        said: list[object] = [contact.present(), reader.poll()]
        act("insert")
        said += [reader.poll(), contact.present(), contact.power_on(), contact.transmit(SELECT)]
        act("remove")
        uses: list[Callable[[], object]] = [lambda: contact.transmit(SELECT), contact.power_on]
        for use in uses:
            with pytest.raises(CardAbsent) as error:
                use()
            said.append((type(error.value), str(error.value)))
        contact.power_off()
        said += [reader.poll(), contact.present()]
        reader.close()
        return said

    def act(what: str) -> None:
        recorder.happened(what)
        if what == "insert":
            slot.device.insert(0, chip({SELECT[:-1]: b"\x6f\x00\x90\x00"}))
        else:
            slot.device.remove(0)

    end = CcidLine(SlotLink(slot), (DESCRIPTOR.features,), DESCRIPTOR)
    said = talk(recorder.line("pcsc:any", CCID_LINES, lambda: end), act)
    assert said[5] == b"\x6f\x00\x90\x00"
    recording = Recording(file)
    assert talk(recording.line("pcsc:any", CCID_LINES, no_link), recording.dialogue.repeat) == said


def test_what_is_no_recording_is_refused(file: Path, recorder: Recorder, tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="cannot be read"):
        Recording(tmp_path / "none")
    plain = CaptureFile(tmp_path / "plain")
    plain.close()
    with pytest.raises(Misuse, match="no recording of a terminal"):
        Recording(tmp_path / "plain")
    deep = CaptureFile(tmp_path / "deep", about="[" * 60_000)
    deep.interface(LinkType.USER3, EVENTS)
    deep.close()
    with pytest.raises(Misuse, match="no recording of a terminal"):
        Recording(tmp_path / "deep")
    for wrong in (
        "look",
        "quiet ccid",
        "quiet ccid x",
        "quiet ccid -1",
        "quiet ccid 99999999",
        "look ccid 2",
    ):
        (tmp_path / "wrong").unlink(missing_ok=True)
        damaged = Recorder(tmp_path / "wrong", {})
        damaged.happened(wrong)
        damaged.close()
        with pytest.raises(FrameError, match="damaged event as packet 1"):
            Recording(tmp_path / "wrong")
    recorder.discard()
    assert not file.exists()
