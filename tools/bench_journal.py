"""Durable commits of the journal, in turns with the same rows in a table of SQLite alone, by the wall: both wait for the disk."""

from __future__ import annotations

import tempfile
import time
from itertools import count
from pathlib import Path

import apsw
import msgspec
from bench_floor import heard
from bench_rig import Figure, contest

from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.journal.chain import Batch
from terminal_sim.journal.store import Journal

_TERMINAL = "V4000001"


def commits(quick: bool) -> list[Figure]:
    """Commits of one row each: row, hash chain, log and head on the disk, against the row and the log alone."""
    row = heard("swipe").rows[-1]
    flat = FlatRow(row.kind, row.fields)
    fields, chain = msgspec.json.encode(row.fields, order="sorted").decode(), bytes(32)
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.db")
        alone = apsw.Connection(str(Path(folder) / "alone.db"))
        alone.execute("pragma journal_mode=wal; pragma synchronous=full")
        alone.execute("create table journal (seq integer primary key, fields text, before blob, hash blob)")
        times = count(1)

        def ours() -> None:
            at = next(times)
            journal.append_many([Batch(_TERMINAL, 1, at, at, [flat])])

        def sqlite() -> None:
            with alone:
                alone.execute("insert into journal values (null, ?, ?, ?)", (fields, chain, chain))

        found = contest(
            {"ours": ours, "SQLite": sqlite},
            rounds=7 if quick else 31,
            calls=20,
            clock=time.perf_counter,
        )
        alone.close()
        journal.close()
    ratio = found.ratio("ours", "SQLite")
    return [
        Figure(
            "durable commits of the journal",
            f"{1e6 / found.micros('ours'):,.0f} a second, {ratio:.2f} times SQLite",
            "",
            None,
            (
                f"SQLite alone, WAL and synchronous=FULL: {1e6 / found.micros('SQLite'):,.0f} a second; the journal flushes its head as well",
            ),
        )
    ]
