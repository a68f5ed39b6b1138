"""The host as a process: what each of its deaths leaves of a payment, and what an overtaken message does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest

from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from terminal_sim.bench.host_process import ComingDeath, HostDeath, HostProcess, MortalLink
from tests.crash.shop import TEXTS

SECOND = Duration.parse("1s")
DAY = Duration.parse("26h")


@contextmanager
def shop(seed: int = 0) -> Iterator[tuple[Bench, TerminalUnderTest, HostProcess, MortalLink]]:
    """A terminal whose host is a process that may die."""
    with Bench(trace=False, texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        process = HostProcess(bench, Random(seed))
        try:
            yield bench, till, process, process.take(till)
        finally:
            process.close()


def swiped(bench: Bench, till: TerminalUnderTest) -> None:
    for key in ("OK", "7", "5", "0", "OK"):
        till.press(key)
    till.swipe("visa-stripe")
    bench.advance(20 * SECOND)


def states(till: TerminalUnderTest) -> list[object]:
    return [row.fields["state"] for row in till.journal() if row.kind == "sale"]


def booked(bench: Bench) -> list[str]:
    return [entry.kind.value for entry in bench.acquirer.entries()]


DEATHS = [
    (HostDeath.DEAF, ["charge", "tombstone"]),
    (HostDeath.KILLED, ["charge", "charge", "reversal"]),
    (HostDeath.MUTE, ["charge", "charge", "reversal"]),
]


@pytest.mark.parametrize(("death", "books"), DEATHS, ids=[death.value for death, _ in DEATHS])
def test_a_payment_at_which_the_host_dies_is_reversed_from_the_books_of_its_next_life(
    death: HostDeath, books: list[str]
) -> None:
    with shop() as (bench, till, process, _):
        process.die(ComingDeath(death=death, message=2, away=30 * SECOND))
        swiped(bench, till)
        assert states(till) == ["AUTH_SENT", "COMPLETED"]
        swiped(bench, till)
        assert process.is_away
        bench.advance(DAY)
        assert not process.is_away
        assert states(till)[2:] == ["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"]
        assert booked(bench) == books
        assert bench.violations(resolved=True) == []


def test_the_power_of_the_host_takes_what_was_not_synced_and_nothing_else() -> None:
    found = set()
    for seed in range(12):
        with shop(seed) as (bench, till, process, _):
            swiped(bench, till)
            process.die(ComingDeath(death=HostDeath.POWERLESS, message=1, away=0))
            swiped(bench, till)
            bench.advance(DAY)
            assert bench.violations(resolved=True) == []
            found.add(tuple(booked(bench)))
    assert found == {("charge", "tombstone"), ("charge", "charge", "reversal")}


def test_a_host_that_is_away_is_no_connection() -> None:
    with shop() as (bench, till, process, _):
        process.die(ComingDeath(death=HostDeath.MUTE, message=1, away=DAY))
        swiped(bench, till)
        bench.advance(300 * SECOND)
        swiped(bench, till)
        assert states(till)[-1] == "DECLINED"
        process.mend()
        bench.advance(300 * SECOND)
        swiped(bench, till)
        assert states(till)[-1] == "COMPLETED"
        bench.advance(DAY)
        assert bench.violations(resolved=True) == []


def test_a_payment_that_its_reversal_overtakes_is_not_charged() -> None:
    with shop() as (bench, till, _, link):
        link.holds_next = True
        swiped(bench, till)
        bench.advance(DAY)
        assert states(till) == ["AUTH_SENT", "REVERSAL_PENDING", "REVERSED"]
        assert [message.kind for message in bench.host_messages()] == ["reversal", "sale"]
        assert booked(bench) == ["tombstone"]
        assert [row.kind for row in till.journal()].count("unexpected") == 1
        assert bench.violations(resolved=True) == []
