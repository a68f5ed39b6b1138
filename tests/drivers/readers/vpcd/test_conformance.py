"""The kit of vpcd finds a card's end that breaks a clause, and our cards keep every clause over a port too."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from terminal_drivers.readers.clauses import ClauseVerdict, run
from terminal_drivers.readers.vpcd.card import VpcdDevice
from terminal_drivers.readers.vpcd.codec import Control, encode
from terminal_drivers.readers.vpcd.conformance import DEVICE, Vicc
from terminal_drivers.readers.vpcd.serving import ServedVpcd
from terminal_drivers.transports.listening import LOOPBACK
from terminal_drivers.transports.loopback import LoopbackLine
from terminal_drivers.transports.tcp import connect
from terminal_drivers.wiring.conformance import conform
from tests.drivers.conftest import ATR_T0, TableChip, two_free_ports

Chip = Callable[..., Any]
T1_ATR = bytes.fromhex("3B848131FE4576454D56A7")


class Wrong(VpcdDevice):
    """A card's end that does something else with what vpcd says."""

    def __init__(self) -> None:
        super().__init__()
        self.insert(TableChip({}, T1_ATR, None))


class Unframed(Wrong):
    """It takes what comes at once for one message."""

    def feed(self, data: bytes) -> None:
        if len(data) > 2:
            super().feed(encode(data[2:]))


class Talkative(Wrong):
    """It answers every control."""

    def feed(self, data: bytes) -> None:
        super().feed(data)
        if len(data) == 3 and data[2] != Control.GET_ATR:
            super().feed(encode(bytes((Control.GET_ATR,))))


class Chatty(Wrong):
    """It answers a message of no bytes."""

    def take(self) -> bytes:
        return super().take() or b"\0\1\0"


class OtherAtr(Wrong):
    """Its ATR is none, and another one each time."""

    looks = 0

    def take(self) -> bytes:
        said = super().take()
        self.looks += 1
        return said.replace(T1_ATR, T1_ATR[:-1] + bytes((self.looks % 256,)))


class Reversed(Wrong):
    """It answers in the wrong order."""

    def take(self) -> bytes:
        said = super().take()
        atr, command = encode(T1_ATR), encode(bytes.fromhex("6A82"))
        return command + atr + atr if said == atr + command + atr else said


class Unpowered(Wrong):
    """A reset takes its power, and it answers nothing without."""

    def feed(self, data: bytes) -> None:
        super().feed(encode(bytes((Control.POWER_OFF,))) if data[2:] == bytes((Control.RESET,)) else data)

    def take(self) -> bytes:
        said = super().take()
        return b"" if said == encode(bytes.fromhex("6F00")) else said


class Sticky(Wrong):
    """A card that stays when it is taken out."""

    def remove(self) -> None:
        """Nothing happens."""


BROKEN: list[tuple[type[Wrong], set[str]]] = [
    (Wrong, set()),
    (Unframed, {"pieces", "together"}),
    (Talkative, {"power-on", "power-off", "reset", "unknown", "looks", "command", "pieces"}),
    (Chatty, {"empty"}),
    (OtherAtr, {"atr", "looks"}),
    (Reversed, {"together"}),
    (Unpowered, {"command"}),
    (Sticky, {"removed"}),
]  # fmt: skip


def subject(device: VpcdDevice) -> Vicc:
    return Vicc(LoopbackLine(device).open(), device.remove)


@pytest.mark.parametrize(("kind", "clauses"), BROKEN, ids=[kind.__name__ for kind, _ in BROKEN])
def test_a_card_that_breaks_a_clause_is_found(kind: type[Wrong], clauses: set[str]) -> None:
    broken = {each.clause.id for each in run(DEVICE, subject(kind())) if each.verdict is ClauseVerdict.BROKEN}
    assert clauses <= broken
    assert bool(clauses) is bool(broken)


def test_every_clause_can_be_broken() -> None:
    assert set().union(*(clauses for _, clauses in BROKEN)) == {check.clause.id for check in DEVICE}


def test_a_card_is_tested_by_this_kit_and_an_empty_slot_keeps_nothing(chip: Chip) -> None:
    device = VpcdDevice()
    assert {each.verdict for each in conform(device)} == {ClauseVerdict.BROKEN, ClauseVerdict.SKIPPED}
    device.insert(chip())
    assert {each.verdict for each in conform(device)} == {ClauseVerdict.KEPT}


@pytest.fixture
def served() -> Iterator[ServedVpcd]:
    reader = ServedVpcd(two_free_ports())
    yield reader
    reader.close()


def test_our_cards_keep_every_clause_over_a_port(served: ServedVpcd, chip: Chip) -> None:
    served.insert(chip(atr=ATR_T0))
    line = connect(LOOPBACK, int(served.path.partition(":")[2]), quick_ack=True)
    try:
        results = run(DEVICE, Vicc(line, served.remove))
    finally:
        line.close()
    assert [(each.clause.id, each.detail) for each in results if each.verdict is not ClauseVerdict.KEPT] == []
