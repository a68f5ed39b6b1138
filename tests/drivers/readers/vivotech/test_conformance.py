"""Each clause of the ViVOtech2 kit finds a reader, or a host end, that breaks it."""

from collections.abc import Callable
from typing import Any

import pytest

from terminal_drivers.base import DriverError, Presence, Tracks
from terminal_drivers.readers.clauses import Check, ClauseVerdict, run
from terminal_drivers.readers.vivotech import parts
from terminal_drivers.readers.vivotech import reader as reader_module
from terminal_drivers.readers.vivotech.both_ends import VivotechControls
from terminal_drivers.readers.vivotech.codec import (
    PLAIN,
    Burst,
    CrcVariant,
    Order,
    Response,
    Status,
    VivotechCommand,
    burst,
    crc,
    encode,
)
from terminal_drivers.readers.vivotech.conformance import KIT
from terminal_drivers.readers.vivotech.conformance.device import DEVICE
from terminal_drivers.readers.vivotech.conformance.host import HOST, Played, VivotechHostUnderTest
from terminal_drivers.readers.vivotech.conformance.subject import VivotechUnderTest
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import VirtualVivotech
from terminal_drivers.readers.vivotech.watch import VivotechWatch
from terminal_drivers.transports.loopback import LoopbackLine

Chip = Callable[..., Any]


class Wrong(VirtualVivotech):
    """A NEO reader that answers wrongly, empty or with a card in its slot and one in its field."""

    empty = False

    def _say(self, response: Response) -> None:
        for each in self.change(response):
            super()._say(each)

    def change(self, response: Response) -> list[Response]:
        return [response]


def other(
    of: Callable[[Response], bool], status: int | None = None, data: bytes | None = None
) -> type[Wrong]:
    """A reader whose answers of one kind have another status or other data."""

    class Other(Wrong):
        def change(self, response: Response) -> list[Response]:
            if not of(response):
                return [response]
            new = response.status if status is None else status
            return [Response(response.command, new, response.data if data is None else data)]

    return Other


def instead(sub: int, does: Callable[[bytes], bytes], command: int = 0x2C) -> type[Wrong]:
    """A reader in which one command does something else."""

    class Instead(Wrong):
        def __init__(self) -> None:
            super().__init__()
            self._handlers[command, sub] = does

    return Instead


def empty(kind: type[Wrong]) -> type[Wrong]:
    class Empty(kind):  # type: ignore[misc, valid-type]  # a class of the table
        empty = True

    return Empty


class LsbFirst(Wrong):
    def _say(self, response: Response) -> None:
        self._said.append(encode(response, Order.LSB_FIRST))


class Careless(Wrong):
    """It looks at no CRC."""

    def feed(self, data: bytes) -> None:
        super().feed(data[:-2] + crc(data[:-2]).to_bytes(2, "big"))


class Picky(Wrong):
    def __init__(self) -> None:
        super().__init__(orders=[Order.MSB_FIRST])


class Impatient(Wrong):
    """What does not come whole and alone is not heard."""

    def feed(self, data: bytes) -> None:
        if data.startswith(b"ViVOtech2") and len(data) >= 16:
            super().feed(data)


class Trusting(Wrong):
    """It goes by the lengths of frames, whatever stands in them."""

    def feed(self, data: bytes) -> None:
        while len(data) >= 16:
            size = 16 + int.from_bytes(data[12:14], "big")
            if size > len(data):
                return
            self._decoder.reset()
            super().feed(data[:size])
            data = data[size:]


class Chatty(Wrong):
    """It tells of a transaction that was cancelled."""

    def change(self, response: Response) -> list[Response]:
        ended = Response(0x02, Status.FAILED)
        return [response, ended] if response.command == 0x05 else [response]


class Forgetful(Wrong):
    def swipe(self, tracks: Tracks) -> None:
        """It reads the stripe and keeps nothing."""


class OtherKind(Wrong):
    def swipe(self, tracks: Tracks) -> None:
        self._said.append(burst(Burst(0, tracks)))


def ok(command: int, with_data: bool = False) -> Callable[[Response], bool]:
    return lambda each: (each.command, each.status) == (command, 0) and bool(each.data) >= with_data


def failed(status: int) -> Callable[[Response], bool]:
    return lambda each: each.status == status


WRONG_DEVICES: list[tuple[type[Wrong], set[str]]] = [
    (other(ok(0x18), data=b"?"), {"ping", "crc-order", "pieces", "noise", "half"}),
    (other(ok(0x29), data=b"\xff"), {"version"}),
    (LsbFirst, {"crc", "ping"}),
    (Careless, {"crc-wrong"}),
    (Picky, {"crc-order"}),
    (Impatient, {"pieces", "noise"}),
    (Trusting, {"half"}),
    (other(failed(Status.UNKNOWN_COMMAND), status=0), {"unknown"}),
    (other(failed(Status.UNKNOWN_SUBCOMMAND), Status.FAILED), {"unknown-sub"}),
    (other(failed(Status.PARAMETER), Status.FAILED), {"parameter"}),
    (other(ok(0x01), data=b"?"), {"poll-mode"}),
    (other(failed(Status.NOT_ALLOWED), status=0), {"outside", "inside"}),
    (empty(other(failed(Status.TIMEOUT), Status.NOT_ALLOWED)), {"no-token"}),
    (instead(0x02, lambda _: b"\1\2\3\4\5"), {"no-time"}),
    (instead(0x02, lambda _: b"\x09\1\2\3\4"), {"token"}),
    (instead(0x02, lambda _: b"\x01"), {"token"}),
    (instead(0x03, lambda _: b"\0"), {"field"}),
    (instead(0x12, lambda _: b"\x3b\xff"), {"atr"}),
    (empty(other(failed(Status.FAILED), data=b"?")), {"no-atr"}),
    (other(failed(Status.PARAMETER_NOT_SUPPORTED), status=0), {"interface"}),
    (instead(0x13, lambda _: b"\0"), {"slot", "power-off"}),
    (instead(0x18, lambda _: b""), {"power-off"}),
    (empty(Chatty), {"cancel"}),
    (instead(0x00, lambda _: b"\0\0\1", 0x03), {"no-result", "kept"}),
    (Forgetful, {"burst", "kept"}),
    (OtherKind, {"burst"}),
]


def broken(checks: tuple[Check[Any], ...], subject: Any) -> set[str]:
    return {result.clause.id for result in run(checks, subject) if result.verdict is ClauseVerdict.BROKEN}


def device_of(kind: type[Wrong], chip: Chip) -> VivotechUnderTest:
    device = kind()
    if not kind.empty:
        device.insert(chip())
        device.tap(chip())
    line = LoopbackLine(device)
    return VivotechUnderTest(VivotechReader(line.open()), VivotechControls(device, line))


@pytest.mark.parametrize(("kind", "clauses"), WRONG_DEVICES, ids=[kind.__name__ for kind, _ in WRONG_DEVICES])
def test_a_reader_that_breaks_a_clause_is_found(kind: type[Wrong], clauses: set[str], chip: Chip) -> None:
    assert clauses <= broken(DEVICE, device_of(kind, chip))


def test_a_right_reader_breaks_none(chip: Chip) -> None:
    assert broken(DEVICE, device_of(Wrong, chip)) == set()
    assert broken(DEVICE, device_of(empty(Wrong), chip)) == set()


def test_every_clause_for_readers_can_be_broken() -> None:
    assert set().union(*(clauses for _, clauses in WRONG_DEVICES)) == {each.clause.id for each in DEVICE}


exchange = VivotechReader.exchange
power_on = parts.NeoField.power_on


def again(self: VivotechReader, command: VivotechCommand, patience: float = 0.0) -> bytes:
    try:
        return exchange(self, command, patience)
    except DriverError:
        return exchange(self, command, patience)


def take_anything(self: VivotechReader, _: int, timeout: float, **__: bool) -> Response | None:
    self._read(timeout)
    items = [item for item in self._items if isinstance(item, Response)]
    return items[0] if items else None


def believe(self: VivotechReader, command: VivotechCommand, patience: float = 0.0) -> bytes:  # noqa: ARG001
    self._send(command)
    response = self._receive(command.command, 1)
    return response.data if response else b""


def always_ask(self: VivotechReader, on: bool) -> None:
    self.exchange(VivotechCommand(0x2C, 0x01, bytes((on,))))


def say_stripe(self: Played, data: bytes) -> None:
    """Each payload comes as if it were of the stripe head."""
    self._said += burst(Burst(0x0C, Tracks(None, ";1=2?"))) if data[:1] == b"\1" else data


def tell_none(self: VivotechReader, timeout: float = 0.0) -> list[Presence]:  # noqa: ARG001
    return []


def stop_at_noise(self: Played, data: bytes) -> None:
    self._said += data if data[:1] != b"\0" else b""


def cancel_silently(self: VivotechReader) -> None:
    self._running = False


def take_short(self: parts.NeoField, apdu: bytes) -> bytes:
    return self._reader.exchange(self._carry(apdu))


WRONG_HOSTS: list[tuple[object, str, object, set[str]]] = [
    (CrcVariant, "order", lambda *_: Order.MSB_FIRST, {"host-printed"}),
    (CrcVariant, "order", PLAIN.order, {"host-pass-through"}),
    (VivotechReader, "_receive", take_anything, {"host-echo"}),
    (VivotechReader, "exchange", again, {"host-silence", "host-damage", "host-crc-error"}),
    (VivotechReader, "_lose_track", lambda _: None, {"host-late"}),
    (VivotechReader, "exchange", believe, {"host-status", "host-absent"}),
    (VivotechReader, "changes", tell_none, {"host-between"}),
    (Played, "say", stop_at_noise, {"host-noise"}),
    (VivotechReader, "use_pass_through", always_ask, {"host-modes"}),
    (VivotechReader, "_forget_mode", lambda _: None, {"host-reset"}),
    (parts, "NO_CARD", frozenset(), {"host-absent", "host-gone"}),
    (parts, "SPEAKS_APDUS", frozenset(range(8)), {"host-storage"}),
    (parts.NeoField, "transmit", take_short, {"host-short"}),
    (VivotechWatch, "_ask", lambda _: None, {"host-held"}),
    (reader_module, "STRIPE", 0x02, {"host-burst", "host-between"}),
    (Played, "say", say_stripe, {"host-burst"}),
    (VivotechReader, "cancel", cancel_silently, {"host-cancel"}),
]


@pytest.mark.parametrize(
    ("where", "name", "wrong", "clauses"),
    WRONG_HOSTS,
    ids=[next(iter(sorted(row[3]))) for row in WRONG_HOSTS],
)
def test_a_host_end_that_breaks_a_clause_is_found(
    where: object, name: str, wrong: object, clauses: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, name, wrong)
    assert clauses <= broken(HOST, VivotechHostUnderTest())


def test_every_clause_for_host_ends_can_be_broken() -> None:
    assert set().union(*(row[3] for row in WRONG_HOSTS)) == {each.clause.id for each in HOST}


def test_the_kit_knows_its_readers() -> None:
    assert KIT.device_of(object()) is None
    reader = VivotechReader(LoopbackLine(VirtualVivotech()).open())
    subject = KIT.device_of(reader)
    assert isinstance(subject, VivotechUnderTest)
    results = {each.clause.id: each.verdict for each in run(KIT.device, subject)}
    assert results["burst"] is ClauseVerdict.SKIPPED, (
        "a stored setting of a reader that is not ours is left alone"
    )
    assert results["ping"] is ClauseVerdict.KEPT
