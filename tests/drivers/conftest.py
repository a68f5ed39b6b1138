"""What the driver tests share: the recorded vectors, and a chip that answers from a table."""

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers.base import CardMute, Misuse
from terminal_drivers.transports.listening import LOOPBACK

VECTORS = Path(__file__).parents[1] / "vectors"

ATR_T0 = bytes.fromhex("3B6500002063CB6600")
PPSE = bytes.fromhex("00A404000E325041592E5359532E4444463031")
FCI = bytes.fromhex(
    "6F2E840E325041592E5359532E4444463031A51CBF0C1961174F07A000000003101050095649534120544553548701019000"
)


class TableChip:
    """A card: C-APDU (without the Le that T=0 does not carry) to R-APDU, 6A82 for the rest. It logs what
    reaches it.
    """

    def __init__(
        self, answers: Mapping[bytes, bytes], atr: bytes, on_apdu: Callable[[], None] | None
    ) -> None:
        self.answers = answers
        self.atr = atr
        self.on_apdu = on_apdu
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        if not self.atr:
            raise CardMute("this chip is mute")
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        if self.on_apdu is not None:
            self.on_apdu()
        return self.answers.get(apdu, bytes.fromhex("6A82"))


def two_free_ports() -> int:
    """A port of loopback that nobody uses now, nor the next one: vpcd has two slots."""
    while True:
        with socket.create_server((LOOPBACK, 0)) as first:
            port: int = first.getsockname()[1]
            with suppress(OSError, OverflowError), socket.create_server((LOOPBACK, port + 1)):
                return port


ChipFactory = Callable[..., TableChip]


@pytest.fixture
def chip() -> ChipFactory:
    """Make a chip; `answers` (default: SELECT PPSE gives the recorded FCI), `atr`, `on_apdu`."""

    def make(
        answers: Mapping[bytes, bytes] | None = None,
        atr: bytes = ATR_T0,
        on_apdu: Callable[[], None] | None = None,
    ) -> TableChip:
        return TableChip({PPSE: FCI} if answers is None else answers, atr, on_apdu)

    return make


@pytest.fixture
def vector() -> Callable[[str], dict[str, Any]]:
    """Load a recorded vector by name."""

    def load(name: str) -> dict[str, Any]:
        loaded = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
        if not isinstance(loaded, dict):
            raise Misuse(f"{name} is no vector file")
        return loaded

    return load
