"""A line that does what lines do. Whatever happens to the bytes: the right answer or a declared loss, soon, and
never the answer to another question.
"""

from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import CardAbsent, CardMute, DriverError, FrameError, ReaderLost, ReaderRefused
from terminal_drivers.readers.ccid import messages as m
from terminal_drivers.readers.ccid.codec import encode
from terminal_drivers.readers.ccid.framing import frame
from terminal_drivers.readers.ccid.gempc import (
    BUILT_IN,
    GEMCORE_SIM_PRO,
    GEMPC_TWIN,
    GemPcDevice,
    GemPcLink,
    GemPcVariant,
)
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from tests.examples import examples

LOSSES = (ReaderLost, FrameError, ReaderRefused, CardAbsent, CardMute)
LINE_TIMEOUT = 0.2
LONGEST = 2.0  # s of declared waiting for one call
T1_ATR, T0_ATR = bytes.fromhex("3B848131FE4576454D56A7"), bytes.fromhex("3B00")
SWALLOWED = 2 + 271 // 13
"""How many commands a damaged dwLength may claim for itself: the device has no clock to give it up by."""

Kind = Literal["keep", "drop", "flip", "double", "noise", "cut"]
KINDS: tuple[Kind, ...] = ("keep", "keep", "keep", "drop", "flip", "double", "noise", "cut")


class Mirror:
    """A card that answers with the bytes of the command, so an old answer shows."""

    def __init__(self, atr: bytes) -> None:
        self.atr = atr
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return apdu[:4] + b"\x90\0"


class BadLine:
    """A transport to a device of ours on which `chance` hurts each write of either side; a read that finds
    nothing lets its whole time-out pass.
    """

    def __init__(self, device: GemPcDevice, chance: Random) -> None:
        self.device, self.chance = device, chance
        self.calm = False
        self.waited = 0.0
        self._said = b""

    def _hurt(self, data: bytes) -> bytes:
        kind: Kind = "keep" if self.calm else self.chance.choice(KINDS)
        at = self.chance.randrange(len(data)) if data else 0
        if kind == "drop":
            return b""
        if kind == "flip" and data:
            return data[:at] + bytes((data[at] ^ 1 << self.chance.randrange(8),)) + data[at + 1 :]
        if kind == "double":
            return data + data
        if kind == "noise":
            return self.chance.randbytes(3) + data
        return data[:at] if kind == "cut" else data

    def write(self, data: bytes) -> None:
        self.device.feed(self._hurt(data))
        said = self.device.take()
        self._said += self._hurt(said) if said else b""

    def read(self, n: int, timeout: float) -> bytes:
        data, self._said = self._said[:n], self._said[n:]
        if not data:
            self.waited += timeout
        return data

    def close(self) -> None:
        self._said = b""


@pytest.mark.parametrize("atr", [T1_ATR, T0_ATR], ids=["T=1", "T=0"])
@pytest.mark.parametrize("variant", [GEMPC_TWIN, GEMCORE_SIM_PRO], ids=["gempc-twin", "gemcore-sim-pro"])
@pytest.mark.parametrize(
    "seeds", [range(80), pytest.param(range(80, 2_000), marks=pytest.mark.soak)], ids=["few", "many"]
)
def test_any_damage_ends_in_the_right_answer_or_a_declared_loss_in_time(
    seeds: range, variant: GemPcVariant, atr: bytes
) -> None:
    for seed in seeds:
        _bears_a_bad_line(seed, variant, atr)


def _bears_a_bad_line(seed: int, variant: GemPcVariant, atr: bytes) -> None:
    core = VirtualCcid(variant.features)
    line = BadLine(GemPcDevice(core, variant), Random(seed))
    reader = CcidReader(GemPcLink(line, variant), variant.features, timeout=LINE_TIMEOUT)
    card = Mirror(atr)
    core.insert(0, card)
    slot = reader.slots[0]
    line.calm = True
    slot.power_on()
    line.calm = False
    for number in range(4):
        line.waited, before = 0.0, len(card.seen)
        try:
            answer = slot.transmit(bytes((0, 0xB2, number, 4, 6)))
        except LOSSES:
            break
        finally:
            assert line.waited <= LONGEST, seed
        assert answer == bytes((0, 0xB2, number, 4)) + b"\x90\0", seed
        # A frame that the line doubles runs twice at T=0: only T=1 has numbers against that.
        assert len(card.seen) - before == 1 or (atr == T0_ATR and len(card.seen) > before)
    line.calm = True
    for _ in range(SWALLOWED):
        try:
            assert slot.power_on() == atr
            break
        except LOSSES:
            continue
    assert slot.transmit(bytes((0, 0xB2, 99, 4, 6))) == bytes((0, 0xB2, 99, 4)) + b"\x90\0"


class Script:
    """A transport whose far end says the next bytes of a script for each write."""

    def __init__(self, *script: bytes) -> None:
        self.script = list(script)
        self.written: list[bytes] = []
        self._said = b""

    def write(self, data: bytes) -> None:
        self.written.append(data)
        self._said += self.script.pop(0) if self.script else b""

    def read(self, n: int, timeout: float) -> bytes:  # noqa: ARG002
        data, self._said = self._said[:n], self._said[n:]
        return data

    def close(self) -> None:
        pass


RIGHT = frame(encode(m.SlotStatus(0, 0, 0, 0, 0)))
STALE = frame(encode(m.SlotStatus(0, 9, 2, 0, 0)))
BUSY = frame(encode(m.SlotStatus(0, 0, 0x40, 0xE0, 0)))
OVERSIZE = b"\x03\x06\x81" + (0x7FFF_FFFF).to_bytes(4, "little") + bytes(5)
NEGATIVE = b"\x03\x06\x81" + (0xFFFF_FFF6).to_bytes(4, "little") + bytes(5)

TROUBLE: list[tuple[str, list[bytes], type[DriverError] | None]] = [
    ("noise before sync", [b"\x00\x42\x03\x11" + RIGHT], None),
    ("half a frame, then all of it", [RIGHT[:7], RIGHT], None),
    ("half a frame, then silence", [RIGHT[:7]], ReaderLost),
    ("wrong sequence number, then the right one", [STALE + RIGHT], None),
    ("wrong sequence number only", [STALE], ReaderLost),
    ("bad LRC, then well", [RIGHT[:-1] + b"\x55", RIGHT], None),
    ("bad LRC for ever", [RIGHT[:-1] + b"\x55"] * 5, FrameError),
    ("oversize length, then well", [OVERSIZE, RIGHT], None),
    ("oversize length for ever", [OVERSIZE] * 5, FrameError),
    ("negative-looking length, then well", [NEGATIVE, RIGHT], None),
    ("busy", [BUSY], ReaderRefused),
    ("silence", [], ReaderLost),
    ("notification within the answer's time", [b"\x50\x03" + RIGHT], None),
    ("a time request, then the answer", [b"\x90" + RIGHT], None),
]


@pytest.mark.parametrize(("meaning", "script", "error"), TROUBLE)
def test_trouble_is_borne_or_declared(
    meaning: str, script: list[bytes], error: type[DriverError] | None
) -> None:
    line = Script(*script)
    slot = CcidReader(GemPcLink(line, BUILT_IN), BUILT_IN.features).slots[0]
    if error is None:
        assert slot.present(), meaning
    else:
        with pytest.raises(error):
            slot.present()
    commands = [each for each in line.written if each[1] == 6]
    assert len(commands) == 1, "silence and damage are never answered by a second command"


@pytest.mark.parametrize(
    ("meaning", "sent", "said"),
    [
        ("noise before sync", b"\xff\x00\x41" + frame(encode(m.GetSlotStatus(0, 1))), "answer"),
        ("bad LRC", frame(encode(m.GetSlotStatus(0, 1)))[:-1] + b"\0", "nak"),
        ("oversize length", OVERSIZE, "nak"),
        ("negative-looking length", NEGATIVE, "nak"),
        ("half a frame", frame(encode(m.GetSlotStatus(0, 1)))[:6], "nothing"),
    ],
)
def test_the_device_bears_the_same_trouble(meaning: str, sent: bytes, said: str) -> None:
    device = GemPcDevice(VirtualCcid(BUILT_IN.features), BUILT_IN)
    device.feed(sent)
    answer = frame(encode(m.SlotStatus(0, 1, 2, 0, 0)))
    assert device.take() == {"answer": answer, "nak": b"\x03\x15\x16", "nothing": b""}[said], meaning


@examples(100)
@given(st.binary(max_size=60), st.sampled_from((GEMPC_TWIN, BUILT_IN)))
def test_after_any_garbage_the_device_hears_the_next_command(garbage: bytes, variant: GemPcVariant) -> None:
    device = GemPcDevice(VirtualCcid(variant.features), variant)
    device.feed(garbage)
    device.take()
    ask, answer = frame(encode(m.GetSlotStatus(0, 1))), frame(encode(m.SlotStatus(0, 1, 2, 0, 0)))
    # A header in the garbage may claim the bytes of the commands behind it, but not without end.
    heard = []
    for _ in range(2 + variant.max_message // len(ask)):
        device.feed(ask)
        heard.append(answer in device.take())
    assert heard[-1]


@examples(100)
@given(st.lists(st.binary(max_size=40), max_size=6), st.sampled_from((GEMPC_TWIN, BUILT_IN)))
def test_after_any_garbage_the_host_hears_the_next_answer(
    garbage: list[bytes], variant: GemPcVariant
) -> None:
    line = Script(*garbage)
    slot = CcidReader(GemPcLink(line, variant), variant.features).slots[0]
    for _ in range(10):
        try:
            slot.present()
        except LOSSES:
            continue
    seq = 10
    echo = frame(encode(m.GetSlotStatus(0, seq))) if variant.echo else b""
    line.script = [echo + frame(encode(m.SlotStatus(0, seq, 0, 0, 0)))]
    assert slot.present()
