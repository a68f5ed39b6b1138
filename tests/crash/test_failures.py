"""One operation on the disk fails: the shop does not open, or its terminal stops and says so; nothing leaves it any more, and nothing is lost."""

from __future__ import annotations

import os
from errno import EIO, ENOSPC, EROFS
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, JournalError, Trace, TraceEntry
from tests.crash.recorded_disk import Operation, RecordedDisk, What
from tests.crash.shop import SETTLED, Acknowledgements, Shop
from tests.crash.shops import SHOPS
from tests.proof import ProofCount

LASTING = {ENOSPC: True, EROFS: True, EIO: False}
"""The errors, and whether every later operation that changes something fails as well."""
CHANGES = (What.WRITE, What.TRUNCATE, What.SYNC, What.SYNC_FOLDER, What.NAME, What.RENAME, What.FOLDER)
EVERY = 14
"""The share of the operations that fail in the suite that always runs; all fail in the long one."""
NAMES = [shop.name for shop in SHOPS]


class FailingDisk:
    """Tells `disk` that its operation `number` fails with `error`, and each later one that changes something where the error lasts."""

    def __init__(self, disk: RecordedDisk, number: int, error: int) -> None:
        self.failed = 0
        self._left = number
        self._error = error
        disk.before = self._before

    def _before(self, operation: Operation) -> None:
        self._left -= 1
        if self._left == 0 or (self.failed and LASTING[self._error] and operation.what in CHANGES):
            self.failed += 1
            raise OSError(self._error, os.strerror(self._error))


class StoppedTerminals:
    """A subscriber that hears what terminals still do that have said that they are out of service."""

    wants_frames = wants_bytes = False

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self._stopped: set[str] = set()

    def take(self, entry: TraceEntry) -> None:
        if entry.kind == "note" and "out of service" in str(entry.fields):
            self._stopped.add(entry.terminal)
        elif entry.kind == "journal" and entry.fields.get("row") == "boot":
            self._stopped.discard(entry.terminal)
        elif entry.terminal in self._stopped and entry.kind in ("host", "receipt", "journal", "apdu"):
            self.wrong.append(f"a stopped terminal went on: {entry.line()}")


def one_failure(shop: Shop, place: Path, number: int, error: int) -> tuple[bool, list[str]]:
    """Whether there was an operation of this number to fail, and what went wrong because it did."""
    place.mkdir()
    host, state = shop.host(place), place / "state"
    state.mkdir(mode=0o700)
    disk, acknowledged, stopped = RecordedDisk(state), Acknowledgements(), StoppedTerminals()
    failing = FailingDisk(disk, number, error)
    with disk.recording(), acknowledged.noting(disk):
        for day in shop.days:
            try:
                with shop.opened(state, host, Trace(stopped, keep=0)) as bench:
                    day(bench, shop.terminals(bench))
            except (BenchMisuse, JournalError):
                pass  # it does not open, or what was asked of a terminal cannot be done there
        disk.before = lambda _: None
    with shop.opened(state, host) as bench:
        lost = _lost(bench, acknowledged)
        shop.terminals(bench)
        bench.advance(SETTLED)
        return failing.failed > 0, [*stopped.wrong, *lost, *bench.violations(resolved=True)]


def _lost(bench: Bench, acknowledged: Acknowledgements) -> list[str]:
    """Acknowledged rows that are not there."""
    there = {row.hash for name in bench.journal.terminals() for row in bench.journal.rows(name)}
    missing = [each for each in acknowledged.hashes.get("journal.db", []) if each not in there]
    return [f"{len(missing)} acknowledged rows are missing"] if missing else []


def every_failure(shop: Shop, place: Path, step: int, proof: ProofCount) -> None:
    count, number = 0, 1
    for error in LASTING:
        number = 1 + count % step
        happened = True
        while happened:
            happened, wrong = one_failure(shop, place / f"{error}-{number}", number, error)
            assert wrong == [], f"operation {number} failed: {os.strerror(error)}"
            count += happened
            number += step
    proof(failures=count)


@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_a_failed_operation_stops_the_terminal_and_loses_nothing(
    shop: Shop, place: Path, proof: ProofCount
) -> None:
    every_failure(shop, place, EVERY * 3, proof)


@pytest.mark.soak
@pytest.mark.parametrize("shop", SHOPS, ids=NAMES)
def test_each_failed_operation_stops_the_terminal_and_loses_nothing(
    shop: Shop, place: Path, proof: ProofCount
) -> None:
    every_failure(shop, place, 1, proof)
