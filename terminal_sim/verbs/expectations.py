"""The verbs that expect something of a terminal. Each waits by itself, in virtual time; `no` must hold now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Annotated, Literal

from terminal_sim.bench import Duration, Selector
from terminal_sim.datafiles.suggest import most_like
from terminal_sim.verbs.rows import Record, RowLog, closest, spelled, transactions
from terminal_sim.verbs.signature import Keyword, MinCount, RowFields, ValueKind, verb
from terminal_sim.verbs.waiting import (
    DEFAULT_WITHIN,
    BadScript,
    Said,
    Waiting,
    duration,
    listed,
    number,
    pattern,
    plain,
    selector,
)

Within = Annotated[Duration | str, ValueKind.TIME, Keyword("within", "the longest time until it holds")]
Throughout = Annotated[
    Duration | str, ValueKind.TIME, Keyword("for", "with `no`: the time all through which it must not hold")
]
Count = Annotated[int | str | None, ValueKind.COUNT]
Surface = Literal["screen", "receipt", "host", "journal", "report"]

NOW = Duration(0)


class Expectations(Waiting):
    """The verbs that look at something. With `no=True` they are `expect no ...`, which `for_` prolongs."""

    @verb("expect screen", 'expect screen "Approved" within 5s', 'expect no screen "Enter PIN"')
    def expect_screen(
        self,
        what: Annotated[Selector | str, ValueKind.SELECTOR],
        *,
        on: Annotated[str, ValueKind.DISPLAY, Keyword("on", "the display that is looked at")] = "main",
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """The settled screen shows it."""
        wanted = selector(what)

        def holds() -> Said | None:
            found = self.terminal.view(on).matches(wanted)
            return partial(listed, found) if found else None

        self._expect(holds, f"{wanted} on the screen", lambda: self._closest(wanted, on), no, within, for_)

    @verb("forbid screen", 'forbid screen "Out of service"')
    def forbid_screen(self, what: Annotated[Selector | str, ValueKind.SELECTOR]) -> None:
        """Fails the scenario at once whenever the screen shows it, from now on."""
        self._forbidden.append(selector(what))
        self._watch(self._snapshot())

    @verb("expect receipt", 'expect receipt "$12.50" "APPROVED" copy=merchant')
    def expect_receipt(
        self,
        *texts: Annotated[str, ValueKind.TEXT, MinCount(0)],
        copy: Literal["", "merchant", "customer"] = "",
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """The newest receipt (of that copy) has every text."""
        wanted = [plain(text) for text in texts]

        def missing(printed: str) -> list[str]:
            said = plain(printed)
            return [text for text in wanted if text not in said]

        def holds() -> Said | None:
            printed = self._receipt(copy)
            return (lambda: "a receipt that has it") if printed and not missing(printed) else None

        def there() -> str:
            printed = self._receipt(copy)
            lines = [plain(line) for line in printed.splitlines() if line.strip()]
            lacking = (f'"{most_like(text, lines)}"' for text in missing(printed))
            return "; ".join(lacking) if lines else "no such receipt"

        said = " ".join([f"a {copy} receipt" if copy else "a receipt", *(f'"{text}"' for text in wanted)])
        self._expect(holds, said, there, no, within, for_)

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
        rows = _Rows("to the host", self._messages, {**kind, **_texts(fields)}, len, _count(count))
        self._expect(rows.hold, str(rows), rows.nearest, no, within, for_)

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
        wanted = {"kind": kind, **_texts(fields)}
        rows = _Rows("in the journal", self._journal, wanted, transactions, _count(count))
        self._expect(rows.hold, str(rows), rows.nearest, no, within, for_)

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
        self._expect_rows("in the report", self._lines, fields, count, no, within, for_)

    @verb("expect light", "expect light contactless on", "expect light light-1 green")
    def expect_light(
        self,
        name: Annotated[str, ValueKind.LIGHT],
        state: Annotated[str, ValueKind.LIGHT_STATE] = "",
        *,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """A light of the reader is in that state, or in any but `off`."""

        def holds() -> Said | None:
            shown = self.terminal.lights.get(name, "off")
            return (lambda: f"{name} {shown}") if (shown == state if state else shown != "off") else None

        def there() -> str:
            return (
                ", ".join(f"{light} {shown}" for light, shown in self.terminal.lights.items()) or "no lights"
            )

        self._expect(holds, f"the light {name} {state or 'on'}", there, no, within, for_)

    @verb("expect beep", "expect beep within 1s")
    def expect_beep(
        self, *, no: bool = False, within: Within = DEFAULT_WITHIN, for_: Throughout = NOW
    ) -> None:
        """It has beeped since the last beep that was expected."""

        def holds() -> Said | None:
            return (lambda: "a beep") if self.terminal.beeps > self._beeps_heard else None

        self._expect(holds, "a beep", lambda: "silence", no, within, for_)
        self._beeps_heard = self.terminal.beeps

    @verb("capture", r"capture reference from journal /reference=(\S+)/", 'note "${reference}"')
    def capture(
        self,
        name: Annotated[str, ValueKind.VARIABLE],
        text: Annotated[str, ValueKind.PATTERN],
        *,
        from_: Annotated[Surface, Keyword("from", "where to look")],
    ) -> str:
        """Waits until the surface matches, and keeps what the one group caught as a variable."""
        wanted = one_group(text)

        def caught() -> str | None:
            found = wanted.search(self._surface(from_))
            return None if found is None else found[1]

        there = f"/{text}/ on the {from_}"
        self.variables[name] = self._until(
            caught, there, lambda: most_like(text, self._surface(from_).splitlines()), DEFAULT_WITHIN
        )
        return self.variables[name]

    def _expect_rows(
        self,
        where: str,
        every: Callable[[], RowLog],
        fields: Mapping[str, str | int],
        count: int | str | None,
        no: bool,
        within: Duration | str,
        throughout: Duration | str,
    ) -> None:
        rows = _Rows(where, every, _texts(fields), len, _count(count))
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

    def _receipt(self, copy: str) -> str:
        """The newest receipt, or the newest of that copy; "" where there is none."""
        newest = self.terminal.newest_receipt(copy, after=self._receipts_before)
        return newest.text if newest is not None else ""

    def _surface(self, name: Surface) -> str:
        """What stands there, as lines of text."""
        if name == "screen":
            return "\n".join(plain(item.wording) for item in self.terminal.view().items)
        if name == "receipt":
            return "\n".join(plain(line) for line in self._receipt("").splitlines())
        if name == "report":
            rows = sorted(self._lines().rows, key=itemgetter("time"))
        else:
            rows = (self._messages() if name == "host" else self._journal()).rows
        return "\n".join(spelled({field: str(value) for field, value in row.items()}) for row in rows)


@dataclass(frozen=True, slots=True)
class _Rows:
    """An expectation of rows: `every` gives them all, `number` counts those that match; `count` is None for any."""

    where: str
    every: Callable[[], RowLog]
    wanted: Mapping[str, str]
    number: Callable[[list[Record]], int]
    count: int | None

    def hold(self) -> Said | None:
        """What sums up the rows that match; None where they are not what was wanted."""
        if self.count is None:
            held = self.every().newest(self.wanted) is not None
        else:
            held = self.number(self._found()) == self.count
        return self._summary if held else None

    def nearest(self) -> str:
        """What there is instead, for a failure."""
        if self._found():
            return self._summary()
        return closest(self.every().rows, self.wanted) or f"nothing {self.where}"

    def __str__(self) -> str:
        exactly = "" if self.count is None else f", {self.count} in all"
        return f"{spelled(self.wanted) or 'anything'} {self.where}{exactly}"

    def _found(self) -> list[Record]:
        return self.every().having(self.wanted)

    def _summary(self) -> str:
        found = self._found()
        return f"{self.number(found)} of them: {closest(found[-1:], self.wanted)}" if found else "none"


def one_group(text: str) -> re.Pattern[str]:
    """A pattern that says in one pair of brackets what to capture. Raises `BadScript`."""
    wanted = pattern(text)
    if wanted.groups != 1:
        raise BadScript(f"/{text}/ has {wanted.groups} groups: what to capture stands in one pair of ( )")
    return wanted


def _count(count: int | str | None) -> int | None:
    return None if count is None else number(count)


def _texts(fields: Mapping[str, str | int]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}
