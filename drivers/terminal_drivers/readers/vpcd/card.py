"""A card of ours in a slot of vpcd.

1. In the reverse mode vpcd connects to us (`DEVICENAME 127.0.0.1:PORT` in its configuration; its second slot to
   PORT + 1), and no port is open beyond loopback. vpcd 3.3 aborts where no server listens, so both ports are
   served from before pcscd starts; an empty slot hangs up when it is asked for its ATR.
2. In the other mode we connect to vpcd, whose own port is open to the whole network: the connection is the card.
3. vpcd looks every 400 ms whether a card is there: it takes as long until an insertion or removal is seen.
4. vpcd knows no way to say that a card is mute: such a card is taken out.
"""

from typing import Self

from terminal_drivers.base import Card, CardMute, CardRemoved, Misuse
from terminal_drivers.readers.vpcd.codec import Control, Decoder, encode
from terminal_drivers.transports.listening import LOOPBACK
from terminal_drivers.transports.tcp import TcpLine

PORT = 0x8C7B
"""Where vpcd listens for the card of its first slot."""
NO_ANSWER = bytes.fromhex("6F00")


class VpcdDevice:
    """The card's end of the protocol as bytes in, bytes out; `CardRemoved` where no card is in."""

    def __init__(self) -> None:
        self._card: Card | None = None
        self._decoder = Decoder()
        self._said = b""
        self._powered = False

    @property
    def holds(self) -> bool:
        return self._card is not None

    def insert(self, card: Card) -> None:
        if self._card is not None:
            raise Misuse("a card is already in the slot: remove it first")
        self._card = card
        self._powered = False

    def remove(self) -> None:
        if self._card is None:
            raise Misuse("no card is in the slot")
        self._card = None

    def feed(self, data: bytes) -> None:
        try:
            for body in self._decoder.feed(data):
                if self._card is None:
                    raise CardRemoved("no card is in vpcd's slot")
                answer = self._answer(self._card, body)
                if answer:
                    self._said += encode(answer)
        except (CardMute, CardRemoved) as gone:
            self._card = None
            self._decoder = Decoder()
            self._said = b""
            raise CardRemoved("no card is in vpcd's slot any more") from gone

    def take(self) -> bytes:
        said, self._said = self._said, b""
        return said

    def _answer(self, card: Card, body: bytes) -> bytes:
        if len(body) > 1:
            return card.transmit(body) if self._powered else NO_ANSWER
        if body[0] == Control.GET_ATR:
            return card.atr
        if body[0] in (Control.POWER_ON, Control.RESET):
            card.reset()
            self._powered = True
        elif body[0] == Control.POWER_OFF:
            self._powered = False
        return b""


class VpcdSlot:
    """A slot of vpcd in the reverse mode: `port` is ours, on loopback, until `close`."""

    def __init__(self, port: int) -> None:
        self._device = VpcdDevice()
        self._line = TcpLine(self._device, port, quick_ack=True)
        self.port = self._line.port

    @property
    def holds(self) -> bool:
        return self._device.holds

    def insert(self, card: Card) -> None:
        """Put a card in; `Misuse` where one is in."""
        self._line.act(lambda: self._device.insert(card))

    def remove(self) -> None:
        self._line.act(self._device.remove)

    def close(self) -> None:
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def call(card: Card, port: int = PORT, host: str = LOOPBACK) -> TcpLine:
    """Put a card into the vpcd that listens at `port` on this machine; closing the line takes it out."""
    device = VpcdDevice()
    device.insert(card)
    return TcpLine(device, port, quick_ack=True, call=host)
