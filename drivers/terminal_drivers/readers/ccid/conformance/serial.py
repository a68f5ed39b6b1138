"""What the GemPC serial framing asks of a reader's device end."""

from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import encode
from terminal_drivers.readers.ccid.conformance.subject import CcidUnderTest
from terminal_drivers.readers.ccid.framing import NAK_FRAME, START, frame
from terminal_drivers.readers.ccid.gempc import GemPcLink
from terminal_drivers.readers.clauses import Check, NotApplicable, check, require

QUIET = 0.3  # s without a byte end what a serial reader says
GEMPC = "GemPC Twin serial framing, "


def _serial(device: CcidUnderTest) -> GemPcLink:
    if not isinstance(device.link, GemPcLink):
        raise NotApplicable("the reader is on no GemPC serial line")
    return device.link


def _on_line(device: CcidUnderTest, data: bytes) -> bytes:
    """Write bytes to the line as they are, and return what comes until it is quiet."""
    line = _serial(device).transport
    device.frames.append(("host->reader", data))
    line.write(data)
    said = b""
    while more := line.read(4096, QUIET):
        said += more
    device.frames.append(("reader->host", said))
    return said


ASK = frame(encode(m.GetSlotStatus(0, 0x21)))


def _bad_lrc(device: CcidUnderTest) -> None:
    said = _on_line(device, ASK[:-1] + bytes((ASK[-1] ^ 0x5A,)))
    require(NAK_FRAME in said, "a frame with a wrong LRC is not answered by 03 15 16")


def _again(device: CcidUnderTest) -> None:
    answer = _on_line(device, ASK).rpartition(START)
    require(answer[1], "GetSlotStatus brings no frame")
    said = _on_line(device, NAK_FRAME)
    require(answer[1] + answer[2] in said, "03 15 16 does not bring the last answer again")


def _noise(device: CcidUnderTest) -> None:
    said = _on_line(device, b"\x00\x42\x11" + ASK)
    require(bytes((0x81, 0, 0, 0, 0, 0, 0x21)) in said, "a command behind noise is not answered")


def _echo(device: CcidUnderTest) -> None:
    if not _serial(device).variant.echo:
        raise NotApplicable("this variant has no echo")
    said = _on_line(device, ASK)
    require(said.startswith(ASK), "the command does not come back before its answer")
    require(len(said) > len(ASK), "nothing comes behind the echo")


SERIAL: tuple[Check[CcidUnderTest], ...] = (
    check("gempc-lrc", "a damaged frame is answered by NAK", GEMPC + "LRC", _bad_lrc),
    check("gempc-nak", "NAK brings the last answer again", GEMPC + "NAK", _again),
    check("gempc-noise", "bytes before 03 06 are skipped", GEMPC + "SYNC", _noise),
    check("gempc-echo", "an echo comes before the answer", GEMPC + "echo", _echo),
)
