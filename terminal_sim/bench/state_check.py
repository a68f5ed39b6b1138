"""What `terminal-sim verify` checks of a state folder, in order: each file, the files against each other, keys, invariants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from terminal_sim.bench import state_checkpoint
from terminal_sim.bench.state_checkpoint import Checkpoint
from terminal_sim.bench.state_folder import StateFolder
from terminal_sim.bench.state_reading import read_host_books, read_state
from terminal_sim.bench.terminal_past import past_of
from terminal_sim.bench.till_past import till_past
from terminal_sim.core.durable_state import DurableState
from terminal_sim.errors import BenchMisuse
from terminal_sim.host.answered import AnsweredMessage
from terminal_sim.host.books_index import LedgerRecord
from terminal_sim.host.ledger import LedgerEntry
from terminal_sim.host.ledger_file import LedgerFile, LedgerFileError
from terminal_sim.host.seen import SeenMessage
from terminal_sim.journal.chain import StoredRow
from terminal_sim.journal.errors import JournalDamagedError
from terminal_sim.journal.invariants import FAMILIES, INVARIANTS, violations
from terminal_sim.journal.invariants.invariant import Invariant
from terminal_sim.journal.records import JournalStore
from terminal_sim.pos.model import POINT_OF_SALE
from terminal_sim.pos.model.book import Book
from terminal_sim.pos.model.rows import row_of
from terminal_sim.pos.model.sale import Sale
from terminal_sim.runtime.card_vault import Vault


def checked(folder: Path, host: Path | None = None) -> Iterator[str]:
    """A line for each check that holds, and for each row that breaks an invariant. `host` is the folder of a host on a network, whose books are then compared with the journal.

    Raises `BenchMisuse` or `JournalError` with the first thing that is wrong and the cure.
    """
    with read_state(folder, fully=True) as state:
        if host is not None and not state.on_network:
            raise BenchMisuse(f"{folder}: it has the books of its own acquirer: leave out --host")
        yield from _files(state)
        yield _checkpoint(folder, state)
        yield from _keys(folder, state)
        sales = Book.of(row_of(row.flat) for row in _sales_rows(state)).sales.values()
        records: list[LedgerRecord] | None = None
        if not state.on_network:
            records = list(state.books.records)
        elif host is not None:
            records = read_host_books(host)
        yield from _invariants(folder, state.journal, records, list(sales), host)


def _invariants(
    folder: Path,
    journal: JournalStore,
    records: Sequence[LedgerRecord] | None,
    sales: Sequence[Sale],
    host: Path | None,
) -> Iterator[str]:
    """What was looked at, and the invariants of each family; a line for each row that breaks one."""
    terminals = set(journal.terminals())
    entries: list[LedgerEntry] | None = None
    messages: list[SeenMessage] = []
    if records is not None:
        entries = [one for record in records for one in record.entries if one.terminal in terminals]
        answers = [one for record in records for one in record.answers if one.terminal in terminals]
        messages = [_message(one) for one in answers]
    if host is not None:
        yield f"host: {len(entries or ())} entries of these terminals in {host}, each chained to the one before"
    broken = violations(journal, entries, messages, sales)
    yield from broken
    if broken:
        more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
        raise JournalDamagedError(f"{folder}: {broken[0]}{more}; keep the folder for support")
    asked = [
        one
        for one in INVARIANTS
        if (entries is not None or not one.asks_the_books) and not _is_out_of_reach(one)
    ]
    for family, some in groupby(asked, key=lambda one: one.family):
        codes = [one.code for one in some]
        yield f"invariants of {family}: {len(codes)} hold ({' '.join(codes)})"
    seen = f"{len(messages)} answered messages, {len(entries)} entries" if entries is not None else "no books"
    yield f"invariants: {len(asked)} asked of {sum(map(journal.count, terminals))} rows, {seen}, {len(sales)} sales; none is broken"


def _is_out_of_reach(invariant: Invariant) -> bool:
    """Whether it asks what no folder keeps: screens, and which messages were repeats."""
    return invariant.family == FAMILIES["U"] or invariant.code == "W6"


def _message(answer: AnsweredMessage) -> SeenMessage:
    """An answered message as it reached the acquirer, as far as the books keep it: whether it was a repeat they do not.

    The day is that of the host reference, year and day of the year.
    """
    original = answer.original
    fields: dict[str, str | int] = {
        "terminal": answer.terminal,
        "stan": answer.stan,
        "reference": answer.reference,
        "amount": answer.amount.minor,
        "currency": answer.amount.currency,
        "at": answer.reply.host_reference[:_DAY],
        "batch": answer.batch,
        "original": "" if original is None else original.reference,
        "original-stan": 0 if original is None else original.stan,
    }
    return SeenMessage(kind=answer.kind.value, mti="", fields=fields)


_DAY = 4  # characters of a host reference that say year and day


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
