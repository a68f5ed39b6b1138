"""What `terminal-sim verify` checks of a state folder, in order: each file, the files against each other, keys, invariants."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from terminal_sim.bench import state_checkpoint
from terminal_sim.bench.state_checkpoint import Checkpoint
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.bench.state_reading import read_host_books, read_state
from terminal_sim.bench.terminal_past import past_of
from terminal_sim.bench.till_past import till_past
from terminal_sim.core.durable_state import DurableState
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.ledger import LedgerEntry
from terminal_sim.host.ledger_file import LedgerFile, LedgerFileError
from terminal_sim.journal.chain import StoredRow
from terminal_sim.journal.errors import JournalDamagedError
from terminal_sim.journal.invariants import INVARIANTS, violations
from terminal_sim.pos.model import POINT_OF_SALE
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.rows import row_of
from terminal_sim.runtime.card_vault import Vault


def checked(folder: Path, host: Path | None = None) -> Iterator[str]:
    """A line for each check that holds. `host` is the folder of a host on a network, whose books are then compared with the journal.

    Raises `BenchMisuse` or `JournalError` with the first thing that is wrong and the cure.
    """
    with read_state(folder, fully=True) as state:
        if host is not None and not state.on_network:
            raise BenchMisuse(f"{folder}: it has the books of its own acquirer: leave out --host")
        yield from _files(state)
        yield _checkpoint(folder, state)
        yield from _keys(folder, state)
        sales = Book.of(row_of(row.flat) for row in _sales_rows(state)).sales.values()
        entries: list[LedgerEntry] | None = None
        if not state.on_network:
            entries = [entry for record in state.books.records for entry in record.entries]
        elif host is not None:
            entries = _entries_of(host, state.journal.terminals())
            yield f"host: {len(entries)} entries of these terminals in {host}, each chained to the one before"
        broken = violations(state.journal, entries, sales=sales)
        if broken:
            more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
            raise JournalDamagedError(f"{folder}: {broken[0]}{more}; keep the folder for support")
        if entries is None:
            held = sum(not one.asks_the_books for one in INVARIANTS)
            yield f"invariants: the {held} that ask the journal alone hold"
        else:
            yield f"invariants: all {len(INVARIANTS)} hold for journal and books"


def _entries_of(host: Path, terminals: Collection[str]) -> list[LedgerEntry]:
    records = read_host_books(host)
    return [entry for record in records for entry in record.entries if entry.terminal in terminals]


def _files(state: StateFolder) -> Iterator[str]:
    terminals = state.journal.terminals()
    rows = sum(state.journal.count(name) for name in terminals)
    yield (
        f"journal.db: {rows} rows of {len(terminals)} terminals, each row chained to the one before; as many as"
        " journal.head counts"
    )
    if state.on_network:
        yield "host: on a network, so its books are not here"
    else:
        yield from _books(state)
    if state.sales is not None:
        yield (
            f"pos.db: {len(_sales_rows(state))} rows of the point of sale, chained and counted; they have each request"
            " that the journal names"
        )


def _books(state: StateFolder) -> Iterator[str]:
    booked = sum(len(record.entries) for record in state.books.records)
    yield (
        f"acquirer.jsonl: {len(state.books.records)} answered messages with {booked} entries, each chained to the one"
        " before; as many as acquirer.head counts"
    )
    yield "journal against books: the journal knows each payment that is booked, the books each answer that the journal has"


def _checkpoint(folder: Path, state: StateFolder) -> str:
    """Whether the next opening may take the checkpoint's word, which is held against all rows and records here."""
    kept, rows = state.checkpoint, sum(map(state.journal.count, state.journal.terminals()))
    if kept is None:
        return "checkpoint: none that counts; the next opening reads and checks every row and record"
    if not _is_right(kept, state):
        raise JournalDamagedError(
            f"{folder / state_checkpoint.NAME}: it does not say what the rows and records say; delete this file, which costs"
            " nothing but time"
        )
    first = kept.journal.mark.count
    if not state.is_at_rest:
        return f"checkpoint: says what the first {first} of {rows} rows come to; the next opening reads and checks those behind them"
    return f"checkpoint: says what {rows} rows and the books come to; the next opening checks the bytes of all files against it"


def _is_right(kept: Checkpoint, state: StateFolder) -> bool:
    """Whether the checkpoint, and what stands behind it, come to what all rows and records come to."""
    try:
        same = state.journal.chains_behind(kept.journal) == state.journal.chains
        same = same and LedgerFile(state.books.path, kept.books).index == state.books.index
    except (JournalDamagedError, LedgerFileError):
        return False
    for name in state.journal.terminals():
        past = past_of(state.journal, name, kept.past_of(name))
        same = same and past == state.past_of(name)
    if state.sales is not None:
        same = same and till_past(state.sales, kept.till_past()) == till_past(state.sales)
    return same


def _sales_rows(state: StateFolder) -> list[StoredRow]:
    return [] if state.sales is None else list(state.sales.rows(POINT_OF_SALE))


def _keys(folder: Path, state: StateFolder) -> Iterator[str]:
    for name in state.journal.terminals():
        rows = [stored.row for stored in state.journal.rows(name)]
        durable = DurableState.of(rows)
        waiting = () if durable.tampered else tuple(durable.stored)
        vault = Vault(folder / f"{name}.key")
        vault.load(rows, waiting=waiting)
        if waiting:
            yield (
                f"{name}.key: opens {len(waiting)} stored payments that wait"
                if vault.key
                else f"{name}.key: erased"
            )
        elif vault.key is not None:
            yield f"{name}.key: a whole key; no stored payment waits"
