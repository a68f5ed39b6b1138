"""Reports as text: a table for people, CSV for spreadsheets, JSON for programs.

A cell of the CSV that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from textwrap import indent
from unicodedata import category

from terminal_sim.core.rows.schema import Field

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Report:
    """A title, column heads, and rows of cells that are text already; `records` are the same lines as flat fields.

    `numeric` names the columns set to the right. Rows and records may be made as they are written, and then one of the two is
    asked for, once.
    """

    title: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]
    records: Iterable[Mapping[str, Field]]
    numeric: frozenset[str] = frozenset()


def as_table(report: Report, *, is_terminal: bool, width: int = 80) -> str:
    """The report for a person: ruled and coloured for a terminal of `width` columns, plain columns for anything else."""
    rows = tuple(tuple(_visible(cell) for cell in row) for row in report.rows)
    shown = replace(report, rows=rows)
    return _ruled(shown, width) if is_terminal else _plain(shown)


def as_csv(report: Report) -> Iterator[str]:
    """RFC 4180 with the column heads as the first line, a part at a time."""
    import csv  # only for this format

    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(report.columns)
    for row in report.rows:
        yield _emptied(text)
        writer.writerow([_harmless(cell) for cell in row])
    yield _emptied(text)


def as_json(report: Report) -> Iterator[str]:
    """A list of objects with the fields of the lines, amounts in minor units, a part at a time; ends with a line feed."""
    import json  # only for this format

    before = "[\n"
    for record in report.records:
        yield before + indent(json.dumps(record, indent=2, ensure_ascii=False), "  ")
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _emptied(text: io.StringIO) -> str:
    written = text.getvalue()
    text.seek(0)
    text.truncate()
    return written


def _plain(report: Report) -> str:
    table = (report.columns, *report.rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(report.columns))]
    lines = [report.title, ""]
    for row in table:
        cells = [
            cell.rjust(width) if name in report.numeric else cell.ljust(width)
            for name, cell, width in zip(report.columns, row, widths, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _ruled(report: Report, width: int) -> str:
    from rich.console import Console  # 60 ms that a report to a file does without
    from rich.table import Table
    from rich.text import Text

    table = Table(title=report.title)
    for column in report.columns:
        # Nothing is cut, for an amount without its end would be another amount: texts are folded, numbers stay whole.
        numeric = column in report.numeric
        table.add_column(column, justify="right" if numeric else "left", no_wrap=numeric, overflow="fold")
    for row in report.rows:
        table.add_row(*(Text(cell) for cell in row))  # as Text, a bracket in a cell is no markup
    console = Console(file=io.StringIO(), force_terminal=True, width=width)
    with console.capture() as captured:
        console.print(table)
    return captured.get()


def _visible(cell: str) -> str:
    """A control character could move the cursor or hide a line of the report."""
    return "".join(c if c.isprintable() or category(c) == "Zs" else "\N{REPLACEMENT CHARACTER}" for c in cell)


def _harmless(cell: str) -> str:
    formula = cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if formula else cell
