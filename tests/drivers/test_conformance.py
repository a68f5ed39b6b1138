"""Every reader folder with a kit is held to it, both ends; and the kits find what is broken."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from msgspec.structs import replace

from terminal_drivers import readers
from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.both_ends import virtual_ccid
from terminal_drivers.readers.ccid.codec import decode, encode
from terminal_drivers.readers.ccid.conformance.device import DEVICE
from terminal_drivers.readers.ccid.conformance.host import HOST, CcidHostUnderTest
from terminal_drivers.readers.ccid.conformance.serial import SERIAL
from terminal_drivers.readers.ccid.conformance.subject import CcidUnderTest
from terminal_drivers.readers.ccid.features import SERIAL_TPDU
from terminal_drivers.readers.ccid.gempc import GemPcLink
from terminal_drivers.readers.ccid.link import ControlPipe, Link
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.clauses import (
    Check,
    Clause,
    ClauseVerdict,
    Frame,
    Kit,
    NotApplicable,
    Subject,
    Violation,
    run,
)
from terminal_drivers.transports.loopback import pair
from terminal_drivers.wiring.conformance import conform, kits

DEVICE_CLAUSES = [check.clause.id for check in DEVICE]
KITS = {kit.protocol: kit for kit in kits()}
HOSTS = {name: (kit, kit.own_host) for name, kit in KITS.items() if kit.own_host is not None}
DEVICES = [(kit, name) for kit in KITS.values() for name in kit.own_devices]


def test_the_kits_of_the_reader_folders_are_found() -> None:
    assert {"ccid", "msr", "vivotech", "vpcd"} <= set(KITS)


def test_a_new_folder_has_its_kit_by_having_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "protocol.py").write_text(
        "from terminal_drivers.readers.clauses import Kit\n"
        "from terminal_drivers.readers.protocol import ReaderProtocol\n"
        "KIT = Kit(protocol='toy', device=(), device_of=lambda reader: None, own_devices={})\n"
        "PROTOCOL = ReaderProtocol(name='toy', title='toy', parts=(), kit=lambda: KIT)\n"
    )
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "__init__.py").touch()
    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(tmp_path)])
    assert {kit.protocol for kit in kits()} == {*KITS, "toy"}
    for name in ("toy", "plain", "toy.protocol"):
        sys.modules.pop(f"{readers.__name__}.{name}", None)


@pytest.mark.parametrize(("kit", "name"), DEVICES, ids=[f"{kit.protocol} {name}" for kit, name in DEVICES])
def test_our_device_ends_keep_every_clause(kit: Kit, name: str) -> None:
    results = run(kit.device, kit.own_devices[name]())
    assert [(r.clause.id, r.detail) for r in results if r.verdict is ClauseVerdict.BROKEN] == []
    assert sum(r.verdict is ClauseVerdict.KEPT for r in results) > len(results) // 2


@pytest.mark.parametrize(("kit", "own_host"), HOSTS.values(), ids=HOSTS)
def test_our_host_ends_keep_every_clause(kit: Kit, own_host: Callable[[], Subject]) -> None:
    results = run(kit.host, own_host())
    assert [(r.clause.id, r.detail) for r in results if r.verdict is not ClauseVerdict.KEPT] == []
    assert all(r.frames for r in results)


@pytest.mark.parametrize("kit", KITS.values(), ids=KITS)
def test_every_clause_is_kept_by_one_reader_of_ours_and_has_its_own_name(kit: Kit) -> None:
    kept = {
        result.clause.id
        for make in kit.own_devices.values()
        for result in run(kit.device, make())
        if result.verdict is ClauseVerdict.KEPT
    }
    ids = [check.clause.id for check in (*kit.device, *kit.host)]
    assert len(ids) == len(set(ids))
    # A reader that holds a card cannot show an empty slot unless it has another one.
    assert kept == {check.clause.id for check in kit.device}
    assert all(check.clause.source for check in (*kit.device, *kit.host))


@dataclass
class Nothing:
    """A subject without an end."""

    frames: list[Frame] = field(default_factory=list)


def test_a_result_says_what_a_check_found() -> None:
    def kept(subject: Nothing) -> None:
        subject.frames.append(("host->reader", b"\1"))

    def broken(_: Nothing) -> None:
        raise Violation("it is broken")

    def skipped(_: Nothing) -> None:
        raise NotApplicable("no card")

    def failed(_: Nothing) -> None:
        raise FrameError("nonsense")

    looks: list[tuple[Callable[[Nothing], None], ClauseVerdict, str]] = [
        (kept, ClauseVerdict.KEPT, ""),
        (broken, ClauseVerdict.BROKEN, "it is broken"),
        (skipped, ClauseVerdict.SKIPPED, "no card"),
        (failed, ClauseVerdict.BROKEN, "FrameError: nonsense"),
    ]
    results = run([Check(Clause("x", "x", "x"), look) for look, _, _ in looks], Nothing())
    assert [(r.verdict, r.detail) for r in results] == [(verdict, text) for _, verdict, text in looks]
    assert [r.frames for r in results] == [(("host->reader", b"\1"),), (), (), ()]


def test_an_opened_reader_is_tested_by_the_kit_of_its_protocol() -> None:
    both = virtual_ccid()
    ids = {result.clause.id: result.verdict for result in conform(both)}
    assert ids["sequence"] is ClauseVerdict.KEPT
    assert ids["atr"] is ClauseVerdict.SKIPPED, "there is no card"
    assert conform(both.host)
    with pytest.raises(Misuse):
        conform(object())


class Wrong:
    """A link to a virtual reader that changes each answer."""

    def __init__(self, change: Callable[[m.Message], m.Message]) -> None:
        self.core = VirtualCcid((SERIAL_TPDU,))
        self.change = change
        self.said: list[bytes] = []

    def send(self, message: bytes) -> None:
        self.said = [encode(self.change(decode(each))) for each in self.core.answers(message)]

    def receive(self, timeout: float) -> bytes | None:  # noqa: ARG002
        return self.said.pop(0) if self.said else None

    def listen(self, timeout: float) -> bytes | None:  # noqa: ARG002
        return None

    def close(self) -> None:
        pass


def _other_seq(answer: m.Message) -> m.Message:
    return m.SlotStatus(0, 0x42, 2, 0, 0) if isinstance(answer, m.SlotStatus) else answer


def _always_fine(answer: m.Message) -> m.Message:
    return m.SlotStatus(answer.slot, answer.seq, 0, 0, 0) if isinstance(answer, m.SlotStatus) else answer


def _wrong_type(answer: m.Message) -> m.Message:
    if isinstance(answer, m.Parameters):
        return m.DataBlock(answer.slot, answer.seq, answer.status, answer.error, 0, b"")
    return answer


@pytest.mark.parametrize(
    ("change", "clauses"),
    [
        (_other_seq, {"sequence", "answer-GetSlotStatus"}),
        (_always_fine, {"no-slot", "unknown"}),
        (_wrong_type, {"answer-GetParameters", "answer-ResetParameters"}),
    ],
)
def test_a_device_that_breaks_a_clause_is_found(
    change: Callable[[m.Message], m.Message], clauses: set[str]
) -> None:
    subject = CcidUnderTest(CcidReader(Wrong(change), (SERIAL_TPDU,)))
    broken = {result.clause.id for result in run(DEVICE, subject) if result.verdict is ClauseVerdict.BROKEN}
    assert clauses <= broken


class Lying:
    """The link of a reader of ours whose answers are changed on their way."""

    def __init__(self, link: Link, lie: Callable[[m.Answer], m.Message]) -> None:
        self._link = link
        self._lie = lie

    def send(self, message: bytes) -> None:
        self._link.send(message)

    def receive(self, timeout: float) -> bytes | None:
        said = self._link.receive(timeout)
        answer = None if said is None else decode(said)
        return encode(self._lie(answer)) if isinstance(answer, m.Answer) else said

    def listen(self, timeout: float) -> bytes | None:
        return self._link.listen(timeout)

    def close(self) -> None:
        self._link.close()


class LyingUsb(Lying):
    """... over USB."""

    def abort(self, slot: int, seq: int) -> None:
        assert isinstance(self._link, ControlPipe)
        self._link.abort(slot, seq)


def _with(answer: m.Answer, **fields: int | bytes) -> m.Answer:
    """Change those of the fields that this answer has."""
    there = {name: value for name, value in fields.items() if hasattr(answer, name)}
    return replace(answer, **there)


def _other_type(answer: m.Answer) -> m.Message:
    head = answer.slot, answer.seq, answer.status, answer.error, 0
    return m.SlotStatus(*head) if isinstance(answer, m.DataBlock) else m.DataBlock(*head, b"")


LIARS = (
    *("built-in T=0", "gempc-pinpad T=0", "usb-character T=0", "usb-character T=1"),
    *("usb-tpdu T=1", "usb-extended T=0"),
)
ANSWERED = {check.clause.id for check in DEVICE if check.clause.id.startswith("answer-")}
RESERVED = {check.clause.id for check in DEVICE if check.clause.id.startswith("reserved-")}
NOT_DONE = {
    *("clock", "empty", "length", "level", "no-mechanics", "no-pad", "no-power", "no-slot", "parameters"),
    *("abort", "parts", "pin-follow-up", "pin-operation", "structures", "unknown", *RESERVED),
}
LINE = {check.clause.id for check in SERIAL}
LIES: list[tuple[str, Callable[[m.Answer], m.Message], set[str]]] = [
    ("all is well", lambda a: _with(a, status=a.status & 3, error=0), NOT_DONE | {"rate"}),
    (
        "all fails",
        lambda a: _with(a, status=a.status | 0x40, error=0x7F),
        NOT_DONE | {"atr", "characters", "exchange", "states"},
    ),
    ("no data", lambda a: _with(a, data=b""), {"atr", "characters", "exchange", "parameters", "parts"}),
    (
        "other data",
        lambda a: _with(a, data=b"\x55" * len(getattr(a, "data", b""))),
        {"atr", "characters", "exchange", "parameters"},
    ),
    ("the fastest", lambda a: _with(a, clock=0xFF, rate=9_999_999), {"clock", "rate"}),
    ("no clock", lambda a: _with(a, clock=0), {"clock", "rate"}),
    ("always powered", lambda a: _with(a, status=a.status & 0xC0), {"states"}),
    ("another bSeq", lambda a: _with(a, seq=a.seq ^ 1), set(DEVICE_CLAUSES) - LINE - {"length"}),
    (
        "another kind of answer",
        _other_type,
        ANSWERED
        | {"atr", "characters", "clock", "exchange", "length", "level", "no-pad", "no-power", "parameters"}
        | {"parts", "pin-follow-up", "pin-operation", "startup", "states", "structures", "unknown"},
    ),
]


def _broken(lie: Callable[[m.Answer], m.Message]) -> set[str]:
    found = set()
    for name in LIARS:
        device = KITS["ccid"].own_devices[name]()
        assert isinstance(device, CcidUnderTest)
        link = device.reader.link
        device.reader.link = (LyingUsb if isinstance(link, ControlPipe) else Lying)(link, lie)
        found |= {each.clause.id for each in run(DEVICE, device) if each.verdict is ClauseVerdict.BROKEN}
    return found


@pytest.mark.parametrize(("meaning", "lie", "clauses"), LIES)
def test_a_reader_that_lies_breaks_what_it_lies_about_and_nothing_else(
    meaning: str, lie: Callable[[m.Answer], m.Message], clauses: set[str]
) -> None:
    assert _broken(lie) == clauses, meaning


def test_each_clause_of_a_reader_is_broken_by_some_lie_or_by_a_line_that_is_dead() -> None:
    device = KITS["ccid"].own_devices["gempc-pinpad T=0"]()
    assert isinstance(device, CcidUnderTest)
    assert isinstance(device.link, GemPcLink)
    device.link.transport = pair()[0]
    dead = {each.clause.id for each in run(SERIAL, device) if each.verdict is ClauseVerdict.BROKEN}
    assert dead == LINE
    assert dead.union(*(clauses for _, _, clauses in LIES)) == set(DEVICE_CLAUSES)


class Hasty(CcidHostUnderTest):
    """A host end whose line loses everything but the last message of each answer."""

    def reader(
        self,
        script: Callable[[m.Command], list[m.Message]],
        features: int = SERIAL_TPDU,
        pin_support: int = 3,
    ) -> CcidReader:
        return super().reader(lambda command: script(command)[-1:], features, pin_support)


def test_a_host_that_breaks_a_clause_is_found() -> None:
    broken = {result.clause.id for result in run(HOST, Hasty()) if result.verdict is ClauseVerdict.BROKEN}
    assert broken == {"host-notify"}
