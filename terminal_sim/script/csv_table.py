"""A table of examples that stands in a CSV file (RFC 4180): its first line names the columns."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from terminal_sim.datafiles.text_file import UnreadableFile, text_of


class WrongTable(ValueError):
    """What is wrong with a file of examples: one sentence with the file, its line and the cure."""


def table_of(file: Path) -> tuple[list[str], list[list[str]]]:
    """The columns and the rows, each cell as it is written. Empty lines are passed over. Raises `WrongTable`."""
    try:
        lines = csv.reader(StringIO(text_of(file), newline=""), strict=True)
        rows = [(lines.line_num, cells) for cells in lines if cells]
    except UnreadableFile as wrong:
        raise WrongTable(f"{file}{f':{wrong.line}' if wrong.line else ''}: {wrong}") from None
    except csv.Error as wrong:
        raise WrongTable(f"{file}:{lines.line_num}: no line of a CSV file: {wrong}") from None
    if not rows:
        raise WrongTable(f"{file}: nothing is in it; its first line names the columns")
    (_, columns), *below = rows
    for number, cells in below:
        if len(cells) != len(columns):
            raise WrongTable(f"{file}:{number}: this row has {len(cells)} values for {len(columns)} columns")
    return columns, [cells for _, cells in below]
