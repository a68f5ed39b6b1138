"""A state folder: the journal of its terminals and the books of their acquirer, which belong together.

Rules:
1. One bench at a time uses a folder: its lock is taken first and given back last.
2. Both halves are read and checked, each by itself and against the other, before anything is written. What is refused is closed at once.
   A checkpoint (`bench.state_checkpoint`) that counts stands for the check of what it was made of.
3. Each message that was booked has its payment in the journal, since a terminal records a request before it sends it.
4. Where the host is on a network its books are elsewhere: the file `host` says so from the first opening on, and there are no books here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec

from terminal_sim.bench import state_checkpoint
from terminal_sim.bench.state_checkpoint import Checkpoint, encoded_past, encoded_till
from terminal_sim.bench.terminal_past import TerminalPast, past_of
from terminal_sim.bench.till_past import TillPast, till_past
from terminal_sim.core.rows.schema import Field
from terminal_sim.errors import BenchMisuse
from terminal_sim.files import sync_folder
from terminal_sim.host.ledger_file import LedgerFile, LedgerFileError
from terminal_sim.journal.chain import Chains
from terminal_sim.journal.errors import JournalDamagedError, JournalError
from terminal_sim.journal.lock import FolderLock
from terminal_sim.journal.store import Journal

_SALES = "pos.db"
HOST = "host"
_HOST_SAYS = b"The host of these terminals is on a network, and so are its books.\n"
_CURE = "put the whole state folder back from a copy, or start a new one"


class StateFolder:
    """The folder, made where there is none; `fully` checks all rows and records whatever its `checkpoint` says.

    `checkpoint` counts for what the files began with, and for all of them where the folder `is_at_rest`, as an orderly end leaves it.
    `on_network` says whether the host is on a network, None that either will do. Raises `BenchMisuse` and `JournalError` with the file, what is wrong and the cure.
    """

    def __init__(self, folder: Path, *, fully: bool = False, on_network: bool | None = False) -> None:
        self.path = folder
        make_folder(folder)
        with ExitStack() as opened:
            opened.callback(FolderLock(folder).close)
            self.on_network = (folder / HOST).is_file()
            self.checkpoint = state_checkpoint.beginning(folder)
            self.is_at_rest = self.checkpoint is not None and state_checkpoint.is_whole(
                folder, self.checkpoint
            )
            found = self._trusted = None if fully else self.checkpoint
            try:
                self.books = LedgerFile(folder / "acquirer.jsonl", found.books if found else None)
                opened.callback(self.books.close)
                file = folder / "journal.db"
                if self.books.index.mark.count and not (file.exists() and file.stat().st_size):
                    raise BenchMisuse(
                        f"{file}: it is gone or empty, and the acquirer has payments of it; {_CURE}"
                    )
                self.journal = Journal(file, known=found.journal if found else None)
                opened.callback(self.journal.close)
                after = found.journal.mark.count if found else 0
                self.sales = _sales_of(folder, self.journal, after, found.sales if found else None)
                if self.sales is not None:
                    opened.callback(self.sales.close)
                if on_network is not None and on_network is not self.on_network:
                    self._change_host(on_network=on_network)
                if not self.on_network:
                    _check_against_each_other(folder, self.journal, after, self.books)
                self.books.start()
            except LedgerFileError as wrong:
                raise BenchMisuse(str(wrong)) from None
            self._opened = opened.pop_all()

    def _change_host(self, *, on_network: bool) -> None:
        """A folder keeps the host that it begins with. Raises `BenchMisuse`."""
        if not on_network:
            raise BenchMisuse(
                f"{self.path}: its payments are with a host on a network: say where, with --host ADDRESS"
            )
        if self.journal.terminals():
            raise BenchMisuse(
                f"{self.path}: its payments are with its own acquirer: start a new folder for a host on a network"
            )
        try:
            with (self.path / HOST).open("xb") as file:
                file.write(_HOST_SAYS)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self.path)
        except OSError as error:
            raise BenchMisuse(
                f"{self.path / HOST}: cannot be written: {error.strerror}; make room, or check its rights"
            ) from None
        self.on_network = True

    def open_sales(self) -> Journal:
        """The journal of the point of sale, which is made with its first row."""
        if self.sales is None:
            self.sales = Journal(self.path / _SALES)
            self._opened.callback(self.sales.close)
        return self.sales

    def past_of(self, terminal: str) -> TerminalPast:
        """What the rows of `terminal` come to, of which only those are read that the checkpoint has not. Raises `JournalDamagedError`."""
        kept = self._trusted.past_of(terminal) if self._trusted is not None else None
        return past_of(self.journal, terminal, kept)

    def kept_till(self) -> TillPast | None:
        """What the first rows of the point of sale come to, where a checkpoint has it."""
        return None if self._trusted is None else self._trusted.till_past()

    def leave(self) -> None:
        """Close the folder in order, with a checkpoint where all is known that was to be stored."""
        stores = (self.journal, self.books, *((self.sales,) if self.sales is not None else ()))
        kept = self._kept() if all(store.is_sound for store in stores) else None
        for store in stores:
            store.close()
        files = state_checkpoint.digests(self.path) if kept is not None else None
        if kept is not None and files is not None:
            state_checkpoint.write(self.path, replace(kept, files=files))
        self.close()

    def _kept(self) -> Checkpoint | None:
        """What the files come to, as yet without their digests."""
        try:
            pasts = {name: encoded_past(self.past_of(name)) for name in self.journal.terminals()}
            till = TillPast() if self.sales is None else till_past(self.sales, self.kept_till())
        except JournalDamagedError:
            return None
        return Checkpoint(
            files={},
            journal=self.journal.chains,
            books=self.books.index,
            sales=None if self.sales is None else self.sales.chains,
            pasts=pasts,
            till=encoded_till(till),
        )

    def close(self) -> None:
        """Release the folder as it is."""
        self._opened.close()


def _sales_of(folder: Path, journal: Journal, after: int, known: Chains | None) -> Journal | None:
    """The journal of the point of sale, where there is one. What a terminal was asked for in the rows behind `after` is known there."""
    file = folder / _SALES
    asked = journal.query(
        "select distinct fields ->> 'request' as request from journal"
        " where seq > :after and instr(fields, '\"request\"') and fields ->> 'request' is not null",
        {"after": after},
    )
    if known is None and not asked and not file.exists() and not file.with_suffix(".head").exists():
        return None
    if asked and not (file.exists() and file.stat().st_size):
        raise BenchMisuse(f"{file}: it is gone or empty, and terminals have payments of it; {_CURE}")
    sales = Journal(file, known=known)
    if not asked:
        return sales
    # Imported here: most state folders have no point of sale.
    from terminal_sim.pos.model.rows import request_id

    requests = {
        request_id(row["number"])
        for row in sales.query(
            "select distinct fields ->> 'number' as number from journal where kind in ('payment', 'refund')"
        )
    }
    requests |= {
        str(row["request"])
        for row in sales.query(
            "select fields ->> 'request' as request from journal where kind in ('dialogue', 'device-asked')"
        )
    }
    missing = sorted({str(row["request"]) for row in asked} - requests)
    if missing:
        sales.close()
        raise BenchMisuse(
            f"{folder}: a terminal was asked for {missing[0]}, which {_SALES} does not know: they are of different folders or"
            f" times; {_CURE}"
        )
    return sales


def make_folder(folder: Path) -> None:
    """Make the folder where there is none. Raises `JournalError` where that cannot be, or all users may write to it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"{folder}: cannot be made: {error.strerror}; check the path and its rights"
        ) from None
    check_rights(folder)


def check_rights(folder: Path) -> None:
    """Raises `JournalError` where everybody may put files into the folder, or take files out of it."""
    try:
        mode = folder.stat().st_mode
    except OSError as error:
        raise JournalError(
            f"{folder}: no journal is kept there: {error.strerror}; give the folder of run --state"
        ) from None
    if not stat.S_ISDIR(mode):
        raise JournalError(f"{folder}: this is no folder; give the folder of run --state")
    if os.name == "posix" and mode & stat.S_IWOTH:
        raise JournalError(
            f"{folder}: all users may write to this folder; take that right away with chmod o-w {folder}"
        )


def _check_against_each_other(folder: Path, journal: Journal, after: int, books: LedgerFile) -> None:
    """Holds the rows behind `after` and the records that were read against what the other has."""
    booked = {entry.reference for record in books.found for entry in record.entries}
    strange = booked - _payments(journal, "seq > :after", {"after": after})
    if strange and after:
        named = {"named": msgspec.json.encode(sorted(strange)).decode()}
        strange -= _payments(journal, "txn in (select value from json_each(:named))", named)
    if strange:
        raise BenchMisuse(
            f"{folder}: the acquirer has booked {min(strange)}, which the journal does not know: journal.db and"
            f" acquirer.jsonl are of different folders or times; {_CURE}"
        )
    answered = {message.reply.host_reference for record in books.found for message in record.answers}
    sql = (
        "select distinct txn, fields ->> 'host_reference' as host from journal where seq > :after"
        " and instr(fields, '\"host_reference\"') and fields ->> 'host_reference' is not null and fields ->> 'host_reference' != ''"
    )
    missing = sorted(
        str(row["host"])
        for row in journal.query(sql, {"after": after})
        if row["host"] not in answered and not books.has_answered(str(row["txn"]), str(row["host"]))
    )
    if missing:
        raise BenchMisuse(
            f"{folder}: the journal has the answer {missing[0]} of the acquirer, which acquirer.jsonl does not"
            f" have: they are of different folders or times; {_CURE}"
        )


def _payments(journal: Journal, which: str, bindings: Mapping[str, Field]) -> set[str]:
    sql = f"select distinct txn from journal where txn is not null and {which}"
    return {row["txn"] for row in journal.query(sql, bindings)}
