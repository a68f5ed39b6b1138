"""The verbs that expect rows: of the acquirer's messages, of the journal and of the two reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

from terminal_sim.bench import Duration
from terminal_sim.verbs.rows import Record, RowLog, closest, spelled, transactions
from terminal_sim.verbs.signature import Keyword, Meaning, RowFields, ValueKind, verb
from terminal_sim.verbs.waiting import DEFAULT_WITHIN, Said, Waiting, duration, number

Within = Annotated[Duration | str, ValueKind.TIME, Keyword("within", "the longest time until it holds")]
Throughout = Annotated[
    Duration | str, ValueKind.TIME, Keyword("for", "with `no`: the time all through which it must not hold")
]
Count = Annotated[
    int | str | None, ValueKind.COUNT, Meaning("how many there are in all; any number without it")
]

NOW = Duration(0)


class RowExpectations(Waiting):
    """What rows are looked through stands in `_PLACES`, by the name that `RowFields` has for it."""

    @verb("expect host", "expect host sale amount=1250 entry=chip count=1", "expect no host 0400 for 10s")
    def expect_host(
        self,
        message: Annotated[str, ValueKind.MESSAGE] = "",
        /,
        *,
        count: Count = None,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
        **fields: Annotated[str | int, RowFields("host")],
    ) -> None:
        """The acquirer got such a message since the scenario began: `sale`, `moto`, ... or a type such as `0100`."""
        kind = {"mti" if message.isdigit() else "kind": message} if message else {}
        self._expect_rows("host", {**kind, **fields}, count, no, within, for_)

    @verb("expect journal", "expect journal sale state=COMPLETED amount=1250 count=1")
    def expect_journal(
        self,
        kind: Annotated[str, ValueKind.KIND],
        /,
        *,
        count: Count = None,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
        **fields: Annotated[str | int, RowFields("journal")],
    ) -> None:
        """The journal has such rows; the rows of one transaction count once."""
        self._expect_rows("journal", {"kind": kind, **fields}, count, no, within, for_)

    @verb("expect report", "expect report type=Sale status=Completed amount=1250")
    def expect_report(
        self,
        *,
        count: Count = None,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
        **fields: Annotated[str | int, RowFields("report")],
    ) -> None:
        """The payment transactions report has such a row."""
        self._expect_rows("report", fields, count, no, within, for_)

    @verb("expect pos", "expect pos ticket=T-17 state=paid amount=1250")
    def expect_pos(
        self,
        *,
        count: Count = None,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
        **fields: Annotated[str | int, RowFields("pos")],
    ) -> None:
        """The point of sale's own report has such a sale."""
        self._expect_rows("pos", fields, count, no, within, for_)

    def _expect_rows(
        self,
        place: str,
        fields: Mapping[str, str | int],
        count: int | str | None,
        no: bool,
        within: Duration | str,
        throughout: Duration | str,
    ) -> None:
        wanted = {name: str(value) for name, value in fields.items()}
        rows = _Rows(self, _PLACES[place], wanted, None if count is None else number(count))
        self._expect(rows.hold, str(rows), rows.nearest, no, within, throughout)

    def _expect(
        self,
        holds: Callable[[], Said | None],
        wanted: str,
        there: Said,
        no: bool,
        within: Duration | str,
        throughout: Duration | str,
    ) -> None:
        if no:
            self._never(holds, f"no {wanted.removeprefix('a ')}", duration(throughout))
        else:
            self._until(holds, wanted, there, duration(within))

    def _rows_of(self, place: str) -> list[Record]:
        """All rows there, oldest first."""
        return _PLACES[place].every(self).rows

    def _messages(self) -> RowLog:
        log = self._message_log
        seen = self.bench.host_messages()[self._messages_before + len(log) :]
        log.add({**message.fields, "mti": message.mti, "kind": message.kind} for message in seen)
        return log

    def _journal(self) -> RowLog:
        log = self._journal_log
        rows = self.terminal.journal(after=self._rows_before + len(log))
        log.add({**row.fields, "kind": row.kind} for row in rows)
        return log

    def _lines(self) -> RowLog:
        log, written = self._report_log, self.terminal.rows_written
        if self._reported < written:
            for line in self.terminal.report(self._reported):
                log.put(line)
            self._reported = written
        return log

    def _sales(self) -> RowLog:
        return RowLog(self.bench.point_of_sale.records()[self._sales_before :])


@dataclass(frozen=True, slots=True)
class _RowPlace:
    """Where rows are: how a sentence names it, its rows since the test began, and how those that match are counted."""

    where: str
    every: Callable[[RowExpectations], RowLog]
    number: Callable[[list[Record]], int] = len


_PLACES: Mapping[str, _RowPlace] = {
    "host": _RowPlace("to the host", RowExpectations._messages),
    "journal": _RowPlace("in the journal", RowExpectations._journal, transactions),
    "report": _RowPlace("in the report", RowExpectations._lines),
    "pos": _RowPlace("in the point of sale's report", RowExpectations._sales),
}


@dataclass(frozen=True, slots=True)
class _Rows:
    """An expectation of rows in one place; `count` is None for any number."""

    test: RowExpectations
    place: _RowPlace
    wanted: Mapping[str, str]
    count: int | None

    def hold(self) -> Said | None:
        """What sums up the rows that match; None where they are not what was wanted."""
        if self.count is None:
            held = self.place.every(self.test).newest(self.wanted) is not None
        else:
            held = self.place.number(self._found()) == self.count
        return self._summary if held else None

    def nearest(self) -> str:
        """What there is instead, for a failure."""
        if self._found():
            return self._summary()
        return closest(self.place.every(self.test).rows, self.wanted) or f"nothing {self.place.where}"

    def __str__(self) -> str:
        exactly = "" if self.count is None else f", {self.count} in all"
        return f"{spelled(self.wanted) or 'anything'} {self.place.where}{exactly}"

    def _found(self) -> list[Record]:
        return self.place.every(self.test).having(self.wanted)

    def _summary(self) -> str:
        found = self._found()
        return f"{self.place.number(found)} of them: {closest(found[-1:], self.wanted)}" if found else "none"
