"""What grows with use: a sale among ever more terminals, and the checks and the opening of ever longer journals.

1. A long journal is one payment of a real bench, written again and again under other references; its books and messages likewise.
2. What a piece costs is compared between the smallest and the largest number, within one run: where the whole grows as its
   input does, the quotient is about 1.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench_rig import Figure, contest
from bench_sale import PROFILE, home_again, sale, to_the_reader
from msgspec import structs

from terminal_sim import profile
from terminal_sim.bench import Bench, Duration
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.host.books_index import LedgerRecord
from terminal_sim.host.ledger import LedgerEntry
from terminal_sim.host.seen import SeenMessage
from terminal_sim.journal.chain import Batch
from terminal_sim.journal.file import IN_MEMORY
from terminal_sim.journal.invariants import violations
from terminal_sim.journal.store import Journal
from terminal_sim.verbs.table import Tester

FLEET_AIM = 1.3  # times a sale alone
LINEAR_AIM = 1.5  # times the same for each payment
OPEN_AIM = 0.5  # seconds
_OFFLINE = "v400m-offline"
_FLEETS = (1, 10, 100, 1_000, 10_000)
_JOURNALS = (100, 1_000, 10_000, 100_000)
_QUEUES = (100, 1_000, 4_000)
_SCENARIOS = (10, 100, 1_000)
_STORED = 2  # rows of an offline payment until it is stored


@dataclass(frozen=True, slots=True)
class _Payment:
    """All that one payment has left: the rows of its terminal after the boot, the books' record, and the messages."""

    boot: FlatRow
    rows: tuple[FlatRow, ...]
    record: LedgerRecord
    messages: tuple[SeenMessage, ...]

    def again(self, number: int) -> _Payment:
        """The same payment as the `number`th of its terminal."""
        reference = f"X{number:011d}"
        own: dict[str, str | int] = {"reference": reference, "stan": number}
        return _Payment(
            self.boot,
            tuple(FlatRow(row.kind, {**row.fields, **_known(row, own, number)}) for row in self.rows),
            LedgerRecord(
                numbered=number,
                entries=tuple(
                    structs.replace(one, number=number, reference=reference, stan=number)
                    for one in self.record.entries
                ),
                answers=tuple(
                    structs.replace(one, reference=reference, stan=number) for one in self.record.answers
                ),
            ),
            tuple(structs.replace(one, fields={**one.fields, **own}) for one in self.messages),
        )


def _known(row: FlatRow, own: dict[str, str | int], number: int) -> dict[str, str | int]:
    """What is another in the row of another payment: its name, and the nonce of sealed card data."""
    known = {name: value for name, value in own.items() if name in row.fields}
    if "sealed" in row.fields:
        known["sealed"] = f"{number:024x}{str(row.fields['sealed'])[24:]}"
    return known


def growth(quick: bool) -> list[Figure]:
    """Fleets, journals, offline queues, expectations and the opening of a state folder."""
    cut = -1 if quick else None
    swiped = _recorded(PROFILE, stored=False)
    stored = _recorded(_OFFLINE, stored=True)
    return [
        _fleet(_FLEETS[:cut]),
        _expectations(_SCENARIOS[:cut]),
        _checks("check of a journal", swiped, _JOURNALS[:cut], _in_turn),
        _checks("check of an offline queue", stored, _QUEUES[:cut], _queued),
        _checks("check of a journal of boots", swiped, _QUEUES[:cut], _boots),
        _opening(swiped, _JOURNALS[:cut]),
    ]


def _recorded(model: str, *, stored: bool) -> _Payment:
    """One payment: by swipe and online, or by tap, stored and forwarded."""
    with tempfile.TemporaryDirectory() as folder:
        with Bench(state=Path(folder), trace=False) as bench:
            terminal = bench.add_terminal(model)
            if stored:
                terminal.network(False)
                to_the_reader(terminal)
                terminal.tap("visa-credit")
                home_again(bench, terminal)
                terminal.network(True)
                bench.advance(Duration.parse("1h"))
            else:
                sale(bench, terminal, "swipe")
            boot, *rows = (row.flat for row in terminal.journal())
            messages = tuple(bench.acquirer.messages)
        with closing(StateFolder(Path(folder))) as files:
            (record,) = files.books.records
        return _Payment(boot, tuple(row for row in rows if row.kind != "offline.outage"), record, messages)


def _fleet(sizes: Sequence[int]) -> Figure:
    """A swipe sale of one terminal while the others stand idle, in turns with one that stands alone."""
    notes, ratio = [], 1.0
    with Bench(trace=False) as alone, Bench(trace=False) as fleet:
        model = profile.load(PROFILE)
        first, crowded = alone.add_terminal(model), fleet.add_terminal(model)
        for size in sizes:
            for _ in range(size - len(fleet.terminals)):
                fleet.add_terminal(model)
            found = contest(
                {
                    "alone": lambda: sale(alone, first, "swipe"),
                    "fleet": lambda: sale(fleet, crowded, "swipe"),
                },
                rounds=9,
                calls=5 if size < 10_000 else 2,
            )
            ratio = found.ratio("fleet", "alone")
            notes.append(
                f"{size:>7,} terminals {found.micros('fleet'):9,.0f} us, {ratio:.2f} times one alone"
            )
    return Figure(
        f"a sale among {sizes[-1]:,} terminals",
        f"{ratio:.2f} times one alone",
        f"<= {FLEET_AIM}",
        ratio <= FLEET_AIM,
        tuple(notes),
    )


def _expectations(sizes: Sequence[int]) -> Figure:
    """What `expect receipt`, `expect journal` and `expect report` cost after ever more sales of one scenario."""
    pieces: dict[int, float] = {}
    with Bench(trace=False) as bench:
        terminal = bench.add_terminal(PROFILE)
        tester = Tester(bench, terminal)
        done = 0
        for size in sizes:
            while done < size:
                sale(bench, terminal, "swipe")
                done += 1
            found = contest({"expect": lambda: _three(tester)}, rounds=9, calls=20)
            pieces[size] = found.micros("expect") / 1e6
    return _grown("three expectations after further sales", pieces, each=False)


def _three(tester: Tester) -> None:
    tester.expect_receipt("APPROVED", copy="merchant")
    tester.expect_journal("sale", state="COMPLETED")
    tester.expect_report(type="Sale", status="Completed")


Written = Callable[[_Payment, int], Iterator[tuple[int, int, FlatRow]]]


def _in_turn(payment: _Payment, count: int) -> Iterator[tuple[int, int, FlatRow]]:
    """One boot and then one payment after the other: boot, time and row."""
    yield 1, 0, payment.boot
    for number in range(1, count + 1):
        yield from ((1, number, row) for row in payment.again(number).rows)


def _queued(payment: _Payment, count: int) -> Iterator[tuple[int, int, FlatRow]]:
    """All payments are stored before the first is forwarded."""
    yield 1, 0, payment.boot
    ways = [payment.again(number).rows for number in range(1, count + 1)]
    yield from ((1, 1, row) for way in ways for row in way[:_STORED])
    yield from ((1, 1, row) for way in ways for row in way[_STORED:])


def _boots(payment: _Payment, count: int) -> Iterator[tuple[int, int, FlatRow]]:
    """A boot before each payment."""
    for number in range(1, count + 1):
        yield number, number, FlatRow(payment.boot.kind, {**payment.boot.fields, "boot": number})
        yield from ((number, number, row) for row in payment.again(number).rows)


def _fill(journal: Journal, rows: Iterator[tuple[int, int, FlatRow]]) -> None:
    journal.append_many([Batch("V4000001", boot, mono, mono, (row,)) for boot, mono, row in rows])


def _books(payment: _Payment, count: int) -> tuple[list[LedgerEntry], list[SeenMessage]]:
    all_of_them = [payment.again(number) for number in range(1, count + 1)]
    return (
        [entry for one in all_of_them for entry in one.record.entries],
        [message for one in all_of_them for message in one.messages],
    )


def _checks(name: str, payment: _Payment, sizes: Sequence[int], written: Written) -> Figure:
    """What `violations` takes."""
    pieces: dict[int, float] = {}
    for size in sizes:
        with closing(Journal(IN_MEMORY)) as journal:
            _fill(journal, written(payment, size))
            entries, messages = _books(payment, size)
            if broken := violations(journal, entries, messages):
                raise RuntimeError(f"the payments of {name} break an invariant: {broken[0]}")
            began = time.process_time()
            violations(journal, entries, messages)
            pieces[size] = time.process_time() - began
    return _grown(name, pieces, each=True)


def _grown(name: str, pieces: dict[int, float], *, each: bool) -> Figure:
    """The largest against the smallest, for each payment where the whole may grow as its input does."""
    small, large = min(pieces), max(pieces)
    quotient = pieces[large] / pieces[small] / (large / small if each else 1)
    return Figure(
        f"{name}, {small:,} to {large:,}",
        f"{quotient:.2f} times for each payment" if each else f"{quotient:.2f} times",
        f"<= {LINEAR_AIM}",
        quotient <= LINEAR_AIM,
        tuple(
            f"{size:>7,} payments {spent * 1e3:11,.2f} ms"
            + (f", {spent / size * 1e6:,.0f} us each" if each else "")
            for size, spent in pieces.items()
        ),
    )


def _opening(payment: _Payment, sizes: Sequence[int]) -> Figure:
    """A bench with one terminal over a state folder of so many payments."""
    notes, spent = [], 0.0
    for size in sizes:
        with _state(payment, size) as folder:
            opened, closed = zip(*(_visit(folder) for _ in range(3)), strict=True)
            killed, _ = _visit(_killed(folder))
            (folder / "checkpoint").unlink()
            checked, _ = _visit(folder)
        spent = max(median(opened), killed)
        notes.append(
            f"{size:>7,} payments {median(opened):8.3f} s CPU, and {median(closed):.3f} s to close; after a kill {killed:.3f} s"
            f" to open, and {checked:.3f} s without a checkpoint"
        )
    return Figure(
        f"opening a state of {sizes[-1]:,} payments",
        f"{spent:.2f} s CPU",
        f"<= {OPEN_AIM} s",
        spent <= OPEN_AIM,
        tuple(notes),
    )


def _visit(folder: Path) -> tuple[float, float]:
    """CPU seconds of opening a bench with one terminal, and of closing it."""
    began = time.process_time()
    bench = Bench(state=folder, trace=False)
    bench.add_terminal(PROFILE)
    opened = time.process_time()
    bench.close()
    return opened - began, time.process_time() - opened


def _killed(folder: Path) -> Path:
    """A copy of the folder as a bench leaves it that is killed after a sale."""
    copy = folder.with_name("killed")
    with Bench(state=folder, trace=False) as bench:
        sale(bench, bench.add_terminal(PROFILE), "swipe")
        shutil.copytree(folder, copy)
    return copy


@contextmanager
def _state(payment: _Payment, count: int) -> Iterator[Path]:
    """A state folder in memory where the system has such a file system, since each record of the books is flushed."""
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    with tempfile.TemporaryDirectory(dir=memory) as place:
        folder = Path(place) / "state"
        files = StateFolder(folder)
        _fill(files.journal, _in_turn(payment, count))
        for number in range(1, count + 1):
            files.books.append(payment.again(number).record)
        files.leave()
        yield folder
