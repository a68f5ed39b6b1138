"""The store of a campaign: a row a session, in SQLite. It is the truth about what was done, and a campaign that was stopped goes on from it.

1. All rows of a job are written in one transaction, so that a job is there whole or not at all.
2. A session is keyed by its campaign and number, and so is a job: what is written a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
from msgspec import json, msgpack

from terminal_sim.explore.campaigns.job import ExploreResult, SessionRow, ShrinkResult
from terminal_sim.explore.search.learned import Learned
from terminal_sim.oracles.oracle import OracleAlarm

NAME = "campaign.db"
IN_MEMORY = ":memory:"
_PATIENCE = 10_000  # milliseconds that it waits for another process that writes
_APPLICATION = 0x7453_6D43  # "tSmC", SQLite's application_id of such a file
_VERSION = 2  # of its tables, SQLite's user_version
_SCHEMA = """
CREATE TABLE campaign (name TEXT PRIMARY KEY, definition TEXT NOT NULL, firmware TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE job (
    campaign TEXT NOT NULL REFERENCES campaign, number INTEGER NOT NULL, learned BLOB NOT NULL,
    PRIMARY KEY (campaign, number)
) STRICT;
CREATE TABLE session (
    campaign TEXT NOT NULL, number INTEGER NOT NULL, job INTEGER NOT NULL, done INTEGER NOT NULL, cpu INTEGER NOT NULL,
    covered TEXT NOT NULL, alarms TEXT NOT NULL, acts TEXT NOT NULL, errands TEXT NOT NULL,
    PRIMARY KEY (campaign, number), FOREIGN KEY (campaign, job) REFERENCES job
) STRICT, WITHOUT ROWID;
CREATE TABLE shrunk (
    campaign TEXT NOT NULL REFERENCES campaign, session INTEGER NOT NULL, code TEXT NOT NULL, found BLOB NOT NULL,
    PRIMARY KEY (campaign, session, code)
) STRICT, WITHOUT ROWID;
"""


class StoreError(Exception):
    """A store that cannot be used as it is asked for: one sentence that names the file and the cure."""


class CampaignStore:
    """The rows of one campaign in a file, which is made, or in memory. `definition` and `firmware` say what its rows depend on.

    Raises `StoreError` for a file that is no store, and where the campaign is there already with other values; without `resume`, where it is there at all.
    """

    def __init__(
        self, file: Path | None, name: str, definition: str, firmware: str, *, resume: bool = False
    ) -> None:
        self._file = IN_MEMORY if file is None else str(file)
        self._name = name
        with self._refusing():
            self._db = apsw.Connection(self._file)
            self._db.set_busy_timeout(_PATIENCE)
        try:
            with self._refusing():
                self._prepare()
                self._begin(definition, firmware, resume=resume)
        except StoreError:
            self._db.close()
            raise

    def close(self) -> None:
        self._db.close()

    @property
    def sessions(self) -> int:
        """How many are there."""
        return int(self._value("SELECT count(*) FROM session WHERE campaign = ?", self._name))

    def keep(self, number: int, result: ExploreResult) -> None:
        """The job `number` has ended."""
        with self._refusing(), self._db:
            self._db.execute(
                "INSERT OR IGNORE INTO job VALUES (?, ?, ?)",
                (self._name, number, msgpack.encode(result.learned)),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        self._name, row.number, number, row.done, row.cpu,
                        _text(row.covered), _text(row.alarms), _text(row.acts), _text(row.errands),
                    )
                    for row in result.sessions
                ),
            )  # fmt: skip

    def result(self, number: int) -> ExploreResult | None:
        """What the job `number` came to; None where it has not ended."""
        with self._refusing():
            learned = self._value(
                "SELECT learned FROM job WHERE campaign = ? AND number = ?", self._name, number
            )
            if learned is None:
                return None
            rows = self._db.execute(
                "SELECT number, done, cpu, covered, alarms, acts, errands FROM session WHERE campaign = ? AND job = ? ORDER BY number",
                (self._name, number),
            )
            sessions = tuple(
                SessionRow(
                    session, done, cpu,
                    json.decode(covered, type=tuple[str, ...]),
                    json.decode(alarms, type=tuple[OracleAlarm, ...]),
                    json.decode(acts, type=tuple[tuple[str, ...], ...]),
                    json.decode(errands, type=tuple[int, ...]),
                )
                for session, done, cpu, covered, alarms, acts, errands in rows
            )  # fmt: skip
            return ExploreResult(sessions, msgpack.decode(learned, type=Learned))

    def keep_shrunk(self, session: int, code: str, result: ShrinkResult) -> None:
        """The session that broke the rule `code` was made short."""
        with self._refusing():
            self._db.execute(
                "INSERT OR IGNORE INTO shrunk VALUES (?, ?, ?, ?)",
                (self._name, session, code, msgpack.encode(result)),
            )

    def shrunk(self, session: int, code: str) -> ShrinkResult | None:
        """What making it short came to; None where that has not ended."""
        with self._refusing():
            found = self._value(
                "SELECT found FROM shrunk WHERE campaign = ? AND session = ? AND code = ?",
                self._name,
                session,
                code,
            )
            return None if found is None else msgpack.decode(found, type=ShrinkResult)

    def _prepare(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")  # a power cut may cost jobs, which are done again
        with self._db:
            if self._value("SELECT count(*) FROM sqlite_master") == 0:
                self._db.execute(_SCHEMA)
                self._db.execute(f"PRAGMA application_id = {_APPLICATION}")
                self._db.execute(f"PRAGMA user_version = {_VERSION}")
            elif self._value("PRAGMA application_id") != _APPLICATION:
                raise StoreError(f"{self._file}: this is no store of a campaign: name another folder")
            elif self._value("PRAGMA user_version") != _VERSION:
                raise StoreError(
                    f"{self._file}: this store was made by another version of terminal-sim: name another folder"
                )

    def _begin(self, definition: str, firmware: str, *, resume: bool) -> None:
        rows = self._db.execute(
            "SELECT definition, firmware FROM campaign WHERE name = ?", (self._name,)
        ).fetchall()
        if not rows:
            self._db.execute("INSERT INTO campaign VALUES (?, ?, ?)", (self._name, definition, firmware))
            return
        if not resume:
            raise StoreError(
                f"{self._file}: the campaign {self._name!r} has {self.sessions} sessions there: --resume goes on with it, and another folder begins it anew"
            )
        ((known, made_by),) = rows
        if known != definition:
            raise StoreError(
                f"{self._file}: the campaign {self._name!r} was begun with other values: {known}; give it those, or begin it in another folder"
            )
        if made_by != firmware:
            raise StoreError(
                f"{self._file}: the campaign {self._name!r} was begun on another firmware: begin it in another folder"
            )

    def _value(self, query: str, *values: str | int) -> Any:
        return next((row[0] for row in self._db.execute(query, values)), None)

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as wrong:
            raise StoreError(f"{self._file}: {wrong}") from None


def _text(values: object) -> str:
    return json.encode(values).decode()
