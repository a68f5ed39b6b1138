"""The catalogue of faults: each happens by its name, and what is none is refused with all that there are."""

from __future__ import annotations

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.bench.faults import FAULTS, BenchFault
from tests.contracts.drive import TEXTS

ARGUMENTS = {"N": ("3",), "down|up": ("down", "up"), "closed|open": ("closed", "open")}


def test_names_of_faults_are_unique_and_each_says_what_it_means() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    assert all(fault.meaning.endswith(".") for fault in FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_happens_to_a_terminal_that_can_have_it(fault: BenchFault) -> None:
    for text in [word for argument in fault.arguments for word in ARGUMENTS[argument.word]] or [""]:
        with Bench(texts=TEXTS) as bench:
            till = bench.add_terminal("square-reader")
            assert till.profile.app
            till.fault(fault.name, *([text] if text else []))


@pytest.mark.parametrize(
    ("profile", "said", "told"),
    [
        (
            "v400m",
            ("tampr",),
            "'tampr' is no fault: power-cut-after N, commit-unknown, tamper; did you mean 'tamper'?",
        ),
        ("v400m", ("tamper", "now"), "'tamper now' is no fault: power-cut-after N, commit-unknown, tamper"),
        (
            "v400m",
            ("app", "closed"),
            "'app closed' is no fault: power-cut-after N, commit-unknown, tamper",
        ),
        (
            "square-reader",
            ("reader-link", "sideways"),
            (
                "'reader-link sideways' is no fault: power-cut-after N, commit-unknown, tamper, "
                "reader-link down|up, app closed|open"
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
