"""A card of ours in vpcd's reader: it is in the slot while the connection lasts.

1. In the reverse mode vpcd connects to us (`DEVICENAME 127.0.0.1:PORT` in its configuration), and no port is open
   beyond loopback; in the other mode we connect to vpcd, whose own port is open to the whole network.
2. vpcd looks every 400 ms whether the card is there: it takes as long until an insertion or removal is seen.
3. vpcd knows no way to say that a card is mute: such a card is taken out.
"""

from terminal_drivers.base import Card, CardMute, CardRemoved, Misuse
from terminal_drivers.readers.vpcd.codec import Control, Decoder, encode
from terminal_drivers.transports.tcp import LOOPBACK, TcpLine

PORT = 0x8C7B
"""Where vpcd listens for the card of its first slot."""
NO_ANSWER = bytes.fromhex("6F00")


class VpcdCard:
    """The card's end of the protocol as bytes in, bytes out; `CardRemoved` where the card has left."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._decoder = Decoder()
        self._said = b""
        self._powered = False
        self.left = False

    def feed(self, data: bytes) -> None:
        for body in self._decoder.feed(data):
            try:
                answer = b"" if self.left else self._answer(body)
            except (CardMute, CardRemoved):
                self.left = True
            if self.left:
                raise CardRemoved("the card has left vpcd's slot")
            if answer:
                self._said += encode(answer)

    def take(self) -> bytes:
        said, self._said = self._said, b""
        return said

    def _answer(self, body: bytes) -> bytes:
        if len(body) > 1:
            return self._card.transmit(body) if self._powered else NO_ANSWER
        if body[0] == Control.GET_ATR:
            return self._card.atr
        if body[0] in (Control.POWER_ON, Control.RESET):
            self._card.reset()
            self._powered = True
        elif body[0] == Control.POWER_OFF:
            self._powered = False
        return b""


class VpcdSlot:
    """A slot of vpcd: `port` is ours in the reverse mode, vpcd's where `call` names its host (loopback)."""

    def __init__(self, port: int, *, call: str | None = None) -> None:
        self._port = port
        self._call = call
        self._line: TcpLine | None = None
        self._card: VpcdCard | None = None

    @classmethod
    def reverse(cls, port: int) -> "VpcdSlot":
        """Let vpcd connect to `port` on loopback."""
        return cls(port)

    @classmethod
    def calling(cls, port: int = PORT, host: str = LOOPBACK) -> "VpcdSlot":
        """Connect to the vpcd at `port`."""
        return cls(port, call=host)

    @property
    def holds(self) -> bool:
        return self._card is not None and not self._card.left

    def insert(self, card: Card) -> None:
        """Put a card in. `ReaderLost`: there is no vpcd to call; `Misuse`: a card is in, or the port is taken."""
        if self.holds:
            raise Misuse("a card is already in the slot: remove it first")
        self.close()
        device = VpcdCard(card)
        self._line = TcpLine(device, self._port, quick_ack=True, call=self._call)
        self._card = device

    def remove(self) -> None:
        if not self.holds:
            raise Misuse("no card is in the slot")
        self.close()

    def close(self) -> None:
        """Take the card out if there is one; nothing is left behind."""
        if self._line is not None:
            self._line.close()
            self._line = self._card = None
