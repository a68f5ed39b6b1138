import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import DriverError, Misuse, ReaderLost, Transport
from terminal_drivers.readers.ccid.gempc import GEMPC_TWIN, GemPcDevice, GemPcLink
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.faults import Chances, Fault, FaultyTransport, Way
from terminal_drivers.transports.loopback import LoopbackEnd, LoopbackLine, pair
from tests.examples import examples

ALWAYS = 1.0


def _line(seed: int = 1, **how: Chances | int) -> tuple[FaultyTransport, LoopbackEnd]:
    host, far = pair()
    return FaultyTransport(host, seed, **how), far  # type: ignore[arg-type]  # a table of keyword arguments


def test_a_sound_line_passes_everything_as_it_is() -> None:
    line, far = _line()
    line.write(b"abc")
    assert far.read(9, 0) == b"abc"
    far.write(b"defg")
    assert line.read(3, 0) == b"def"
    assert line.read(3, 0) == b"g"
    assert line.read(3, 0) == b""
    assert line.happened == []


def test_chopping_passes_single_bytes_both_ways() -> None:
    record: list[tuple[str, bytes]] = []
    host, far = pair(record)
    line = FaultyTransport(host, 1, reading=Chances(chop=True), writing=Chances(chop=True))
    line.write(b"abc")
    assert record == [("host", b"a"), ("host", b"b"), ("host", b"c")]
    far.write(b"xy")
    assert [line.read(9, 0) for _ in range(3)] == [b"x", b"y", b""]


DAMAGE: list[tuple[str, Chances, Fault]] = [
    ("a byte less", Chances(drop=ALWAYS), Fault.DROP),
    ("a bit flipped", Chances(flip=ALWAYS), Fault.FLIP),
    ("twice", Chances(duplicate=ALWAYS), Fault.DUPLICATE),
    ("more than was sent", Chances(noise=ALWAYS), Fault.NOISE),
]


@pytest.mark.parametrize(("meaning", "chances", "fault"), DAMAGE)
def test_each_damage_does_what_it_says_in_its_direction_only(
    meaning: str, chances: Chances, fault: Fault
) -> None:
    line, far = _line(reading=chances)
    line.write(b"hello")
    assert far.read(99, 0) == b"hello", "writing is sound"
    far.write(b"hello")
    got = line.read(99, 0)
    flipped = sum((a ^ b).bit_count() for a, b in zip(got, b"hello", strict=False))
    if fault is Fault.NOISE:
        heads = (b"hello"[:at] for at in range(6))
        assert any(got.startswith(head) and got.endswith(b"hello"[len(head) :]) for head in heads)
    assert {
        Fault.DROP: len(got) == 4,
        Fault.FLIP: len(got) == 5 and flipped == 1,
        Fault.DUPLICATE: got == b"hellohello",
        Fault.NOISE: 6 <= len(got) <= 13,
    }[fault], meaning
    assert line.happened == [(Way.READ, fault)]
    line, far = _line(writing=chances)
    line.write(b"hello")
    assert far.read(99, 0) != b"hello"
    assert line.happened == [(Way.WRITE, fault)]


def test_what_is_late_comes_after_the_wait_for_it() -> None:
    line, far = _line(reading=Chances(delay=ALWAYS), writing=Chances(delay=ALWAYS), most=2)
    far.write(b"late")
    assert line.read(9, 0) == b""
    assert line.read(9, 0) == b"late"
    line.write(b"a")
    assert far.read(9, 0) == b""
    line.write(b"b")
    assert far.read(9, 0) == b"ab"


def test_a_hung_line_is_silent_until_it_heals() -> None:
    line, far = _line(reading=Chances(hang=ALWAYS), most=1)
    far.write(b"lost")
    assert line.read(9, 0) == b""
    far.pump = lambda: far.write(b"!")
    assert line.read(9, 0) == b"", "even where the far end talks on"
    far.pump = None
    line.heal()
    far.write(b"again")
    assert line.read(9, 0) == b"again"
    line.hang(Way.WRITE)
    line.write(b"into the void")
    assert far.read(99, 0) == b""


def test_an_unplugged_line_is_lost_and_a_replugged_one_has_forgotten_everything() -> None:
    line, far = _line()
    far.write(b"old")
    line.unplug()
    for call in (lambda: line.read(1, 0), lambda: line.write(b"?")):
        with pytest.raises(ReaderLost):
            call()
    far.write(b"older")
    line.replug()
    assert line.read(9, 0) == b""
    far.write(b"new")
    assert line.read(9, 0) == b"new"


def test_another_device_may_be_plugged_in() -> None:
    line, _ = _line()
    other, other_far = pair()
    line.unplug()
    line.replug(other)
    line.write(b"hello")
    assert other_far.read(9, 0) == b"hello"


def test_the_plug_may_come_out_by_chance() -> None:
    line, _ = _line(writing=Chances(unplug=ALWAYS))
    with pytest.raises(ReaderLost):
        line.write(b"?")
    assert line.happened == [(Way.WRITE, Fault.UNPLUG)]


def test_the_same_seed_gives_the_same_faults() -> None:
    wild = Chances(delay=0.1, drop=0.2, flip=0.2, duplicate=0.2, noise=0.2)

    def run(seed: int) -> tuple[list[bytes], object]:
        line, far = _line(seed, reading=wild, writing=wild)
        heard = []
        for n in range(50):
            line.write(bytes((n,)) * 9)
            far.write(far.read(99, 0) or b"-")
            heard.append(line.read(99, 0))
        return heard, line.happened

    assert run(7) == run(7)
    assert run(7) != run(8)


def test_a_chance_is_a_number_from_0_to_1() -> None:
    with pytest.raises(Misuse):
        Chances(drop=1.5)


@examples(300)
@given(st.integers(0, 2**32), st.floats(0, 0.5), st.booleans())
def test_a_ccid_reader_behind_faults_answers_rightly_or_declares_it(
    seed: int, chance: float, chop: bool
) -> None:
    # One XOR byte cannot find every damage, so here nothing is damaged but everything else goes wrong.
    wild = Chances(delay=chance, duplicate=chance, unplug=chance / 4, hang=chance / 4, chop=chop)

    def device() -> Transport:
        return LoopbackLine(GemPcDevice(VirtualCcid(GEMPC_TWIN.features), GEMPC_TWIN)).open()

    line = FaultyTransport(device(), seed, reading=wild, writing=wild, most=40)
    reader = CcidReader(GemPcLink(line, GEMPC_TWIN), GEMPC_TWIN.features)
    for _ in range(8):
        try:
            assert reader.slots[0].present() is False
        except ReaderLost:
            line.replug(device())
        except DriverError:
            continue
    line.heal()
    # A device that waits for the rest of half a frame forgets it only with its power.
    line.replug(device())
    assert reader.slots[0].present() is False, "a sound line works again"


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        (Fault.CHOP, [b"one", b"t", b"w", b"o", b"three"]),
        (Fault.DUPLICATE, [b"one", b"twotwo", b"three"]),
        (Fault.DELAY, [b"one", b"twothree"]),
    ],
)
def test_a_planned_fault_strikes_that_one_write(fault: Fault, arrives: list[bytes]) -> None:
    record: list[tuple[str, bytes]] = []
    host, _ = pair(record)
    line = FaultyTransport(host, 1)
    line.plan(fault, 2)
    line.write(b"one")
    assert line.planned == (fault, 1)
    line.write(b"two")
    line.write(b"three")
    assert line.planned is None
    assert [data for _, data in record] == arrives


def test_a_planned_unplugging_loses_the_reader_until_it_is_plugged_in() -> None:
    line, far = _line()
    line.plan(Fault.UNPLUG, 1)
    with pytest.raises(ReaderLost):
        line.write(b"one")
    line.replug()
    line.write(b"two")
    assert far.read(9, 0) == b"two"
