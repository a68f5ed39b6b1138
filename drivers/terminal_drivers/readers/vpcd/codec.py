"""The messages between vpcd and a card (vsmartcard, vpcd.h), both ways: length (2 bytes, MSB first) and body.

1. A body of one byte from vpcd is a control; only the request for the ATR is answered. A longer one is a
   C-APDU and is answered by an R-APDU.
2. A message of no bytes means nothing and is dropped: an APDU has more.
"""

from enum import IntEnum

from terminal_drivers.base import Misuse

LENGTH_SIZE = 2
LONGEST = 0xFFFF


class Control(IntEnum):
    """What vpcd wants of the card."""

    POWER_OFF = 0
    POWER_ON = 1
    RESET = 2
    GET_ATR = 4


def encode(body: bytes) -> bytes:
    """Put a body behind its length."""
    if not 0 < len(body) <= LONGEST:
        raise Misuse(f"a message of vpcd has 1 to {LONGEST} bytes, this one {len(body)}")
    return len(body).to_bytes(LENGTH_SIZE, "big") + body


class Decoder:
    """Cuts the stream into bodies, in any chunking."""

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        data = self._buffer + data
        bodies = []
        at = 0
        while len(data) - at >= LENGTH_SIZE:
            end = at + LENGTH_SIZE + int.from_bytes(data[at : at + LENGTH_SIZE], "big")
            if len(data) < end:
                break
            bodies.append(data[at + LENGTH_SIZE : end])
            at = end
        self._buffer = data[at:]
        return [body for body in bodies if body]
