"""The kinds of rows by name, made of the row classes: the one list that writer, reader, invariants, reports and scripts share."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.core.rows.kinds import ROW_CLASSES
from terminal_sim.core.rows.schema import FlatRow, JournalRow, RowError, schema_of

ROW_KINDS: Mapping[str, type[JournalRow]] = {kind: row for row in ROW_CLASSES for kind in row.KINDS}


def row_of(flat: FlatRow) -> JournalRow:
    """The typed row of a stored one. Raises `RowError` for a kind that is not in the table or a row that does not fit it."""
    row = ROW_KINDS.get(flat.kind)
    if row is None:
        raise RowError(f"the journal has no kind {flat.kind!r}")
    return row.of(flat)


def field_names(kind: str) -> tuple[str, ...]:
    """The serialised fields of a kind, in the order in which they are written."""
    return schema_of(ROW_KINDS[kind]).names
