"""The catalogue of faults: each happens by its name, and what is none is refused with all that there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.bench.faults import FAULTS, BenchFault
from tests.contracts.drive import TEXTS

SECOND = 1_000_000
ARGUMENTS = {"N": ("3",), "down|up": ("down", "up"), "closed|open": ("closed", "open")}


def test_names_of_faults_are_unique_and_each_says_what_it_means() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.meaning.endswith(".") for fault in FAULTS)


EVERYWHERE = "power-cut-after N, commit-unknown, disk-full"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_happens_to_a_terminal_that_can_have_it(fault: BenchFault) -> None:
    for text in [word for argument in fault.arguments for word in ARGUMENTS[argument.word]] or [""]:
        happened = 0
        for profile in ("square-reader", "v400m"):
            with Bench(texts=TEXTS) as bench:
                till = bench.add_terminal(profile)
                if not fault.missing_in(till):
                    till.fault(fault.name, *([text] if text else []))
                    happened += 1
        assert happened


@pytest.mark.parametrize(
    ("profile", "said", "told"),
    [
        (
            "v400m",
            ("tampr",),
            f"'tampr' is no fault: {EVERYWHERE}, printer-jam, tamper; did you mean 'tamper'?",
        ),
        ("v400m", ("tamper", "now"), f"'tamper now' is no fault: {EVERYWHERE}, printer-jam, tamper"),
        (
            "v400m",
            ("app", "closed"),
            f"'app closed' is no fault: v400m is no app; there are {EVERYWHERE}, printer-jam, tamper",
        ),
        (
            "square-reader",
            ("reader-link", "sideways"),
            f"'reader-link sideways' is no fault: {EVERYWHERE}, tamper, reader-link down|up, app closed|open",
        ),
        (
            "square-reader",
            ("printer-jam",),
            (
                "'printer-jam' is no fault: square-reader has no printer; "
                f"there are {EVERYWHERE}, tamper, reader-link down|up, app closed|open"
            ),
        ),
    ],
)
def test_what_is_no_fault_is_refused_with_all_that_there_are(
    profile: str, said: tuple[str, ...], told: str
) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal(profile)
        with pytest.raises(BenchMisuse) as refused:
            till.fault(*said)
        assert str(refused.value) == told


# What a terminal makes of a fault: whatever happens, the money is right.


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(texts=TEXTS) as bench:
        yield bench
        assert bench.violations() == []


def sale(till: TerminalUnderTest, pay: Callable[[], None]) -> None:
    """A sale of 3.00 until its card is read."""
    for key in ("OK", "3", "0", "0", "OK"):
        till.press(key)
    pay()


def states(till: TerminalUnderTest) -> list[str]:
    return [payment.state.value for payment in till.firmware.durable.payments.values()]


def charged(bench: Bench) -> int:
    return sum(entry.amount for entry in bench.acquirer.entries())


def test_a_jammed_printer_prints_the_copy_once_paper_is_put_in_anew(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("printer-jam")
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (till.view().screen.id, till.receipts) == ("out-of-paper", [])
    assert till.conditions() == ["fault printer-jam"]
    till.paper("low")
    assert till.view().screen.id == "out-of-paper"
    till.paper("in")
    assert (till.conditions(), len(till.receipts) > 0) == ([], True)
    assert (states(till), charged(bench)) == (["COMPLETED"], 300)


def test_a_full_storage_stops_the_terminal_before_anything_leaves_it(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    till.fault("disk-full")
    assert till.conditions() == ["fault disk-full"]
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (till.view().screen.id, len(bench.host_messages())) == ("out-of-service", 0)
    (reason,) = till.conditions()
    assert reason.startswith("out of service: the storage is full")
    till.power_on()
    assert (till.conditions(), states(till), charged(bench)) == ([], [], 0)
    sale(till, lambda: till.swipe("visa-stripe"))
    bench.advance(SECOND)
    assert (states(till), charged(bench)) == (["COMPLETED"], 300)


def test_a_full_storage_after_the_answer_reverses_the_payment_at_the_next_start(bench: Bench) -> None:
    till = bench.add_terminal("v400m")
    sale(till, lambda: till.swipe("visa-stripe"))
    till.fault("disk-full")
    bench.advance(SECOND)
    assert (till.view().screen.id, till.receipts) == ("out-of-service", [])
    till.power_on()
    bench.advance(60 * SECOND)
    assert (states(till), charged(bench)) == (["REVERSED"], 0)


@pytest.mark.parametrize("fault", ["printer-jam", "disk-full"])
def test_a_saved_state_keeps_an_armed_fault(bench: Bench, fault: str) -> None:
    bench.add_terminal("v400m").fault(fault)
    with Bench(texts=TEXTS) as other:
        assert other.add_terminal("v400m", state_from=bench.save()).conditions() == [f"fault {fault}"]
