"""What a card must answer to vpcd (vsmartcard: virtualsmartcard/src/vpcd/vpcd.h and ifd-vpcd.c; a recorded session of vpcd 3.3).

The check plays vpcd. This package has no host end of the protocol: the host of our cards is pcscd.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from terminal_drivers.base import Card, CardRemoved, ReaderLost, Transport
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.readers.clauses import BlankCard, Check, Frame, Kit, NotApplicable, check, require
from terminal_drivers.readers.vpcd.card import VpcdDevice
from terminal_drivers.readers.vpcd.codec import Control, Decoder, encode
from terminal_drivers.transports.loopback import LoopbackLine

PATIENCE = 2.0  # s, five times vpcd's own look for the card
QUIET = 0.1  # s without a byte are no answer
MOST = 1 << 17
NO_SUCH_APPLICATION = bytes.fromhex("00A4040007A000000099999900")
ATR = bytes.fromhex("3B848131FE4576454D56A7")
UNKNOWN = 0x7F
VPCD_H = "vsmartcard, vpcd.h"
IFD = "vsmartcard, ifd-vpcd.c"
RECORDED = "vpcd 3.3, recorded"


@dataclass(slots=True)
class Vicc:
    """The card's end of a connection; `remove` takes the card out, where our hands can."""

    transport: Transport
    remove: Callable[[], None] | None = None
    frames: list[Frame] = field(default_factory=list)
    _decoder: Decoder = field(default_factory=Decoder)
    _received: list[bytes] = field(default_factory=list)

    def send(self, data: bytes) -> None:
        """Write once; the card's immediate answer is read before the next write."""
        self.frames.append(("host->reader", data))
        self.transport.write(data)
        self._receive(0)

    def answers(self, count: int) -> list[bytes]:
        """The messages of the card since the last call: so many, and none beyond them."""
        while len(self._received) < count and self._receive(PATIENCE):
            pass
        self._receive(QUIET)
        found, self._received = self._received, []
        require(len(found) == count, f"{len(found)} answers come where {count} are due")
        return found

    def _receive(self, timeout: float) -> bool:
        said = self.transport.read(MOST, timeout)
        if said:
            self.frames.append(("reader->host", said))
            self._received += self._decoder.feed(said)
        return bool(said)

    def control(self, code: int) -> None:
        """Send a control that is not answered."""
        self.send(encode(bytes((code,))))

    def ask(self, body: bytes) -> bytes:
        self.send(encode(body))
        return self.answers(1)[0]

    def atr(self) -> bytes:
        return self.ask(bytes((Control.GET_ATR,)))


def _atr(vicc: Vicc) -> None:
    Atr.parse(vicc.atr())


def _looks(vicc: Vicc) -> None:
    vicc.control(Control.POWER_ON)
    first = vicc.atr()
    require(vicc.atr() == first, "the second look finds another ATR")


def _unanswered(control: Control) -> Callable[[Vicc], None]:
    def look(vicc: Vicc) -> None:
        vicc.control(control)
        vicc.answers(0)
        Atr.parse(vicc.atr())

    return look


def _command(vicc: Vicc) -> None:
    for control in (Control.POWER_ON, Control.RESET):
        vicc.control(control)
        response = vicc.ask(NO_SUCH_APPLICATION)
        require(
            len(response) >= 2 and response[-2] >> 4 in (6, 9), f"the response to SELECT is {response.hex()}"
        )


def _pieces(vicc: Vicc) -> None:
    vicc.control(Control.POWER_ON)
    for byte in encode(NO_SUCH_APPLICATION):
        vicc.send(bytes((byte,)))
    vicc.answers(1)


def _together(vicc: Vicc) -> None:
    power, look, command = (
        encode(bytes((Control.POWER_ON,))),
        encode(bytes((Control.GET_ATR,))),
        encode(NO_SUCH_APPLICATION),
    )
    vicc.send(power + look + command + look)
    first, response, again = vicc.answers(3)
    require(first == again, "the answers are not in the order of the questions")
    require(len(response) >= 2, "the response has no SW1 SW2")


def _empty(vicc: Vicc) -> None:
    vicc.send(bytes(2))
    vicc.answers(0)
    Atr.parse(vicc.atr())


def _unknown(vicc: Vicc) -> None:
    vicc.control(UNKNOWN)
    vicc.answers(0)
    Atr.parse(vicc.atr())


def _removed(vicc: Vicc) -> None:
    if vicc.remove is None:
        raise NotApplicable("the card cannot be removed here")
    vicc.atr()
    vicc.remove()
    try:
        vicc.atr()
    except (ReaderLost, CardRemoved):
        return
    require(False, "a card that is gone answers")


DEVICE: tuple[Check[Vicc], ...] = (
    check("atr", "04 is answered by a sound ATR", VPCD_H, _atr),
    check("looks", "the ATR stays the same from look to look", RECORDED, _looks),
    check("power-on", "01 is not answered", VPCD_H, _unanswered(Control.POWER_ON)),
    check("reset", "02 is not answered", VPCD_H, _unanswered(Control.RESET)),
    check("power-off", "00 is not answered", VPCD_H, _unanswered(Control.POWER_OFF)),
    check("unknown", "a control that is not assigned is not answered", VPCD_H, _unknown),
    check("command", "a C-APDU brings an R-APDU, after power on and after a reset", VPCD_H, _command),
    check("pieces", "the length says where a message ends, in however many pieces it comes", VPCD_H, _pieces),
    check("together", "messages that come at once are answered in their order", VPCD_H, _together),
    check("empty", "a message of no bytes is not answered", VPCD_H, _empty),
    check("removed", "a card that is taken out hangs up", IFD, _removed),
)


def _device_of(reader: object) -> Vicc | None:
    if not isinstance(reader, VpcdDevice):
        return None
    return Vicc(LoopbackLine(reader).open(), reader.remove if reader.holds else None)


def _own(card: Card) -> Vicc:
    device = VpcdDevice()
    device.insert(card)
    return Vicc(LoopbackLine(device).open(), device.remove)


KIT = Kit(
    protocol="vpcd",
    device=DEVICE,
    device_of=_device_of,
    own_devices={"a card in process": lambda: _own(BlankCard(ATR))},
)
