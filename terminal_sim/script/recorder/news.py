"""Expectations of what came beside the screens: messages to the acquirer, receipts, journal rows, lights and beeps.

1. They stand where something is done next, when all of it has come: each says how many of its kind there were until then.
2. What changes by its nature, such as a time, a number of a transaction or a cryptogram, is not expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.script.recorder.happenings import Counts
from terminal_sim.script.recorder.wishes import Expected
from terminal_sim.verbs.rows import IDENTITY, Record, RowLog, transactions
from terminal_sim.verbs.spelling import quoted

_HOST_FIELDS = ("amount", "entry", "response")
_ROW_FIELDS = ("amount", "state", "entry")


class News:
    """What of a bench is expected, since `before`."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, expected: Set[Expected], before: Counts
    ) -> None:
        self._bench = bench
        self._terminal = terminal
        self._expected = expected
        self._last = before
        self._messages = RowLog()
        self._rows = RowLog(self._journal_rows(0, before.rows))

    def until(self, now: Counts) -> Iterator[str]:
        """The lines for what is new at `now`, when nothing more has come yet."""
        last, self._last = self._last, now
        for expected, lines in (
            (Expected.HOST, self._host),
            (Expected.JOURNAL, self._journal),
            (Expected.RECEIPT, self._receipts),
            (Expected.LIGHT, self._lights),
            (Expected.BEEP, self._beeps),
        ):
            if expected in self._expected:
                yield from lines(last, now)

    def _host(self, last: Counts, now: Counts) -> Iterator[str]:
        new = [
            {**message.fields, "kind": message.kind}
            for message in self._bench.host_messages()[last.messages : now.messages]
        ]
        self._messages.add(new)
        for line, wanted in _worded("expect host", new, _HOST_FIELDS):
            yield f"{line} count={len(self._messages.having(wanted))}"

    def _journal(self, last: Counts, now: Counts) -> Iterator[str]:
        rows = self._journal_rows(last.rows, now.rows)
        self._rows.add(rows)
        # A payment's rows are its states: the newest one says how it stands now.
        new = {(row["kind"], row.get(IDENTITY, at)): row for at, row in enumerate(rows)}.values()
        for line, wanted in _worded("expect journal", new, _ROW_FIELDS):
            yield f"{line} count={transactions(self._rows.having(wanted))}"

    def _journal_rows(self, after: int, until: int) -> list[Record]:
        rows = self._terminal.journal(after=after)[: until - after]
        return [{**row.fields, "kind": row.kind} for row in rows]

    def _receipts(self, last: Counts, now: Counts) -> Iterator[str]:
        newest = {paper.copy: paper for paper in self._terminal.receipts[last.receipts : now.receipts]}
        for paper in newest.values():
            texts = " ".join(map(quoted, paper.outcome))
            yield f"expect receipt {texts} copy={paper.copy}"

    def _lights(self, last: Counts, now: Counts) -> Iterator[str]:
        before = last.lights or {}
        for name, state in (now.lights or {}).items():
            if before.get(name, "off") != state:
                yield f"expect light {name} {state}"

    def _beeps(self, last: Counts, now: Counts) -> Iterator[str]:
        if now.beeps > last.beeps:
            yield "expect beep"


def _worded(
    verb: str, rows: Iterable[Record], fields: Iterable[str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A line for each kind of rows among them, and what it wants."""
    seen: dict[str, Mapping[str, str]] = {}
    for row in rows:
        wanted = {name: str(row[name]) for name in fields if str(row.get(name, ""))}
        line = " ".join([verb, str(row["kind"]), *(f"{name}={value}" for name, value in wanted.items())])
        seen[line] = {"kind": str(row["kind"]), **wanted}
    yield from seen.items()
