"""What any USB device answers on its control pipe (USB 2.0, chapter 9): who it is, how it is configured, what halts."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from terminal_drivers.base import DriverError, Misuse

PACKET = 64
"""bMaxPacketSize0 of a device at full speed."""
LANGUAGE = 0x0409

GET_STATUS, CLEAR_FEATURE, GET_DESCRIPTOR = 0, 1, 6
GET_CONFIGURATION, SET_CONFIGURATION, GET_INTERFACE, SET_INTERFACE = 8, 9, 10, 11
DEVICE, CONFIGURATION, STRING = 1, 2, 3
IN, TYPE_BITS, CLASS_TYPE = 0x80, 0x60, 0x20
ENDPOINT_HALT = 0


class Stall(DriverError):
    """The device does not know this request, or has no such endpoint."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the device descriptor says: who made it. Texts are manufacturer, product and serial number."""

    vendor: int
    product: int
    release: int = 0x0200
    strings: tuple[str, str, str] = ("terminal-sim", "Virtual reader", "0001")

    def device_descriptor(self) -> bytes:
        """Its 18 bytes (table 9-8); class and subclass are the interface's."""
        head = struct.pack("<BBHBBBB", 18, DEVICE, 0x0200, 0, 0, 0, PACKET)
        return head + struct.pack("<HHHBBBB", self.vendor, self.product, self.release, 1, 2, 3, 1)

    def string_descriptor(self, number: int) -> bytes:
        """A text, or the one language at number 0 (9.6.7); `Stall` where there is none."""
        if number > len(self.strings):
            raise Stall(f"there is no string {number}")
        body = self.strings[number - 1].encode("utf-16-le") if number else LANGUAGE.to_bytes(2, "little")
        return bytes((2 + len(body), STRING)) + body


def configuration(body: bytes) -> bytes:
    """Put the descriptor of the one configuration before `body`: one interface, 100 mA from the bus (table 9-10)."""
    return struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(body), 1, 1, 0, 0x80, 50) + body


@dataclass(frozen=True, slots=True)
class Setup:
    """A setup packet (table 9-2)."""

    kind: int
    request: int
    value: int
    index: int
    length: int

    @classmethod
    def parse(cls, data: bytes) -> Self:
        if len(data) != 8:
            raise Misuse("a setup packet has 8 bytes")
        return cls(*struct.unpack("<BBHHH", data))


class StandardRequests:
    """Answers what chapter 9 asks of every device.

    `configuration` gives the configuration descriptor; `forget` empties the endpoints where a configuration begins.
    """

    def __init__(
        self, identity: Identity, configuration: Callable[[], bytes], forget: Callable[[], None]
    ) -> None:
        self._identity = identity
        self._configuration = configuration
        self._forget = forget
        self._configured = 0

    def answer(self, setup: Setup) -> bytes:
        """Return what the IN stage carries; `Stall` where it is no request of this chapter."""
        if setup.kind & TYPE_BITS:
            raise Stall(f"request {setup.request:02X} of a class or vendor is unknown")
        return self._answer(setup)[: setup.length]

    def _answer(self, setup: Setup) -> bytes:
        if setup.request == GET_DESCRIPTOR and setup.kind & IN:
            return self._descriptor(setup.value >> 8, setup.value & 0xFF)
        if setup.request == GET_STATUS and setup.kind & IN:
            return b"\0\0"
        if setup.request == GET_CONFIGURATION and setup.kind & IN:
            return bytes((self._configured,))
        if setup.request == GET_INTERFACE and setup.kind & IN:
            return b"\0"
        if setup.request == SET_CONFIGURATION and setup.value in (0, 1):
            self._configured = setup.value
            self._forget()
            return b""
        if setup.request == SET_INTERFACE and not setup.value:
            self._forget()
            return b""
        if setup.request == CLEAR_FEATURE and setup.value == ENDPOINT_HALT:
            return b""
        raise Stall(f"standard request {setup.request:02X} with value {setup.value:04X} is unknown")

    def _descriptor(self, kind: int, number: int) -> bytes:
        if kind == DEVICE:
            return self._identity.device_descriptor()
        if kind == CONFIGURATION and not number:
            return self._configuration()
        if kind == STRING:
            return self._identity.string_descriptor(number)
        raise Stall(f"there is no descriptor {kind:02X} number {number}")
