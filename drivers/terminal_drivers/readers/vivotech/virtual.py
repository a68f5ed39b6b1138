"""The device end of ViVOtech2: a reader with a slot, a field and a stripe head that answers every command.

1. Slot and field are there for pass-through: the host exchanges APDUs. The transactions that a real reader runs
   by itself are modelled for stripes only; a chip card ends one with the error "unsupported card".
2. The device has no clock: `expire` is the moment at which a running transaction's time is over.
3. While a transaction runs only Cancel and Stop are taken; in pass-through mode only the pass-through commands and
   the five that the guide names.
"""

from collections.abc import Callable, Iterable
from enum import Enum

from terminal_drivers.base import Card, CardCollision, CardMute, CardRemoved, FrameError, Misuse, Tracks
from terminal_drivers.readers.vivotech.codec import (
    HEADER,
    LONGEST_DATA,
    PASS_THROUGH,
    STRIPE,
    Burst,
    Decoder,
    Order,
    Response,
    Status,
    VivotechCommand,
    burst,
    encode,
    parse_tlvs,
)

FIRMWARE = "NEO V1.00"
ICC, CONTACTLESS = 0x20, 0x00
TYPE_A = 0x01
UID = bytes.fromhex("08A1B2C3")  # 08: a random UID, which the card draws anew each time
BURST_MODE = bytes.fromhex("FFF7")
COLLISION = bytes.fromhex("21 0000 00")
UNSUPPORTED_CARD = bytes.fromhex("27 0000 00")  # error code, SW1 SW2, RF state


class Place(Enum):
    """Where a card is held."""

    SLOT = "slot"
    FIELD = "field"


class _Refused(Exception):
    """The command fails with this status."""

    def __init__(self, status: Status, data: bytes = b"") -> None:
        super().__init__(status)
        self.status = status
        self.data = data


Handler = Callable[[bytes], bytes | None]


class VirtualVivotech:
    """A NEO reader of our own; `orders` are the CRC orders that it takes from the host."""

    def __init__(self, firmware: str = FIRMWARE, orders: Iterable[Order] = Order) -> None:
        self._firmware = firmware.encode("ascii")
        self._decoder = Decoder(from_reader=False, orders=orders)
        self._said: list[bytes] = []
        self._cards: dict[Place, Card] = {}
        self._powered: set[Place] = set()
        self._swiped: Tracks | None = None
        self._auto_poll = True
        self._burst = False
        self._pass_through = False
        self._running: int | None = None
        """The command whose transaction runs."""
        self._handlers: dict[tuple[int, int], Handler] = {
            (0x01, 0x01): self._set_poll_mode,
            (0x02, 0x01): self._activate,
            (0x03, 0x00): self._result,
            (0x04, 0x00): self._configure,
            (0x05, 0x01): self._cancel,
            (0x05, 0x02): self._cancel,
            (0x18, 0x01): lambda _: b"",
            (0x29, 0x00): lambda _: self._firmware,
            (0x2C, 0x01): self._set_pass_through,
            (0x2C, 0x02): self._poll_for_token,
            (0x2C, 0x03): lambda apdu: self._exchange(Place.FIELD, apdu),
            (0x2C, 0x12): self._get_atr,
            (0x2C, 0x13): self._exchange_apdu,
            (0x2C, 0x18): self._power_off,
        }

    def insert(self, card: Card) -> None:
        """Put a chip card into the slot."""
        self._put(Place.SLOT, card)

    def tap(self, card: Card) -> None:
        """Hold a card into the field, where it stays until `remove`."""
        self._put(Place.FIELD, card)

    def remove(self, *places: Place) -> None:
        """Take the card away from a place; without one, every card that is in the slot or in the field."""
        gone = {place for place in places or Place if place in self._cards}
        if not gone:
            where = " or in the ".join(place.value for place in places or Place)
            raise Misuse(f"no card is in the {where}")
        for place in gone:
            del self._cards[place]
        self._powered -= gone

    def holds(self, place: Place) -> bool:
        return place in self._cards

    def swipe(self, tracks: Tracks) -> None:
        """Draw a card through the head: the reader sends the swipe, or keeps it for the host, as its mode says.

        `Misuse` where the head does not listen: a real one shows nothing then, and the card must be swiped again.
        """
        if self._running is not None:
            self._finish(Status.OK, _stripe_data(tracks))
        elif not self._auto_poll or self._pass_through:
            raise Misuse(
                "the head does not listen now, for the host has the reader do other things: swipe again"
            )
        elif self._burst:
            self._said.append(burst(Burst(STRIPE, tracks)))
        else:
            self._swiped = tracks

    def expire(self) -> None:
        """Let the time of the running transaction be over."""
        if self._running is None:
            raise Misuse("no transaction runs")
        self._finish(Status.TIMEOUT)

    def feed(self, data: bytes) -> None:
        for item in self._decoder.feed(data):
            if isinstance(item, VivotechCommand):
                self._run(item)
            else:
                self._say(Response(0, Status.CRC_ERROR))

    def messages(self) -> list[bytes]:
        """Hand over what the device has to say, message by message."""
        said, self._said = self._said, []
        return said

    def take(self) -> bytes:
        return b"".join(self.messages())

    def _put(self, place: Place, card: Card) -> None:
        if place in self._cards:
            raise Misuse(f"a card is already in the {place.value}: remove it first")
        self._cards[place] = card
        if self._running is not None:
            self._finish(Status.FAILED, UNSUPPORTED_CARD)

    def _run(self, command: VivotechCommand) -> None:
        try:
            data = self._handler(command)(command.data)
        except _Refused as refused:
            self._say(Response(command.command, refused.status, refused.data))
        else:
            if data is not None:
                self._say(Response(command.command, Status.OK, data))

    def _handler(self, command: VivotechCommand) -> Handler:
        handler = self._handlers.get((command.command, command.sub))
        if handler is None:
            known = any(each == command.command for each, _ in self._handlers)
            raise _Refused(Status.UNKNOWN_SUBCOMMAND if known else Status.UNKNOWN_COMMAND)
        if self._running is not None and command.command != 0x05:
            raise _Refused(Status.NOT_ALLOWED)
        is_pass_through = command.command == PASS_THROUGH
        mode = (PASS_THROUGH, 0x01)
        if self._pass_through:
            allowed = is_pass_through or command.command in (0x18, 0x29)
        else:
            allowed = not is_pass_through or (command.command, command.sub) == mode
        if not allowed:
            raise _Refused(Status.NOT_ALLOWED)
        return handler

    def _say(self, response: Response) -> None:
        self._said.append(encode(response, Order.MSB_FIRST))

    def _finish(self, status: Status, data: bytes = b"") -> None:
        if self._running is not None:
            self._say(Response(self._running, status, data))
            self._running = None

    def _set_poll_mode(self, data: bytes) -> bytes:
        self._auto_poll = not _flag(data)
        return b""

    def _activate(self, data: bytes) -> None:
        if self._auto_poll:
            raise _Refused(Status.NOT_ALLOWED)
        if not data:
            raise _Refused(Status.MALFORMED)
        _objects(data[1:])
        self._running = 0x02
        if self._cards:
            self._finish(Status.FAILED, UNSUPPORTED_CARD)

    def _result(self, data: bytes) -> bytes:
        if data:
            raise _Refused(Status.MALFORMED)
        swiped, self._swiped = self._swiped, None
        return bytes(3) if swiped is None else _stripe_data(swiped)

    def _configure(self, data: bytes) -> bytes:
        for tag, value in _objects(data).items():
            if tag != BURST_MODE:
                raise _Refused(Status.PARAMETER_NOT_SUPPORTED)
            self._burst = _flag(value)
        return b""

    def _cancel(self, data: bytes) -> bytes:
        if data not in (b"", b"\1"):
            raise _Refused(Status.PARAMETER)
        self._running = None
        return b""

    def _set_pass_through(self, data: bytes) -> bytes:
        self._pass_through = _flag(data)
        self._powered.clear()
        return b""

    def _poll_for_token(self, data: bytes) -> bytes:
        if len(data) != 2 or data == bytes(2):
            raise _Refused(Status.PARAMETER)
        self._reset(Place.FIELD, Status.TIMEOUT)
        return bytes((TYPE_A,)) + UID

    def _get_atr(self, data: bytes) -> bytes:
        if data != bytes((ICC,)):
            raise _Refused(Status.PARAMETER_NOT_SUPPORTED if len(data) == 1 else Status.MALFORMED)
        return self._reset(Place.SLOT, Status.FAILED)

    def _exchange_apdu(self, data: bytes) -> bytes:
        places = {CONTACTLESS: Place.FIELD, ICC: Place.SLOT}
        if not data or data[0] not in places:
            raise _Refused(Status.PARAMETER)
        return self._exchange(places[data[0]], data[1:])

    def _power_off(self, data: bytes) -> bytes:
        if data not in (b"", bytes((ICC,))):
            raise _Refused(Status.PARAMETER)
        self._powered.discard(Place.SLOT)
        return b""

    def _reset(self, place: Place, absent: Status) -> bytes:
        self._powered.discard(place)
        if place not in self._cards:
            raise _Refused(absent)
        atr = self._ask(place, lambda card: card.reset())
        if not atr:
            raise _Refused(Status.TIMEOUT)  # the card is mute
        self._powered.add(place)
        return atr

    def _exchange(self, place: Place, apdu: bytes) -> bytes:
        if len(apdu) < 4:
            raise _Refused(Status.PARAMETER)
        if place not in self._powered:
            raise _Refused(Status.FAILED)
        return self._ask(place, lambda card: card.transmit(apdu))

    def _ask(self, place: Place, what: Callable[[Card], bytes]) -> bytes:
        """Let the card work; it may be mute, say that it was pulled out, be pulled out meanwhile, or say what no
        frame carries.
        """
        card = self._cards[place]
        try:
            answer = what(card)
        except CardRemoved as gone:
            self._cards.pop(place, None)
            self._powered.discard(place)
            raise _Refused(Status.FAILED) from gone
        except CardMute as mute:
            raise _Refused(Status.TIMEOUT) from mute
        except CardCollision as collision:
            raise _Refused(Status.FAILED, COLLISION) from collision
        if self._cards.get(place) is not card or len(answer) > LONGEST_DATA or HEADER in answer:
            raise _Refused(Status.FAILED)
        return answer


def _flag(data: bytes) -> bool:
    if data not in (b"\0", b"\1"):
        raise _Refused(Status.PARAMETER)
    return data == b"\1"


def _objects(data: bytes) -> dict[bytes, bytes]:
    try:
        return parse_tlvs(data)
    except FrameError as error:
        raise _Refused(Status.MALFORMED) from error


def _stripe_data(tracks: Tracks) -> bytes:
    """Length and text of tracks 1 and 2 without sentinels, and that no clearing record follows."""
    data = b""
    for track in (tracks.track1, tracks.track2):
        text = track[1:-1].encode("ascii") if isinstance(track, str) else b""
        data += bytes((len(text),)) + text
    return data + b"\0"
