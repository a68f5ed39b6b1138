"""One row of the Payment transactions report in full: all that is known of a payment, and the way that it went.

It is made of the journal alone: the payment's rows, those of the reversal and the voids and refunds of it, and what was printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from terminal_sim.core.payment import Payment
from terminal_sim.core.rows.kinds import ReversalRow
from terminal_sim.core.rows.schema import Field, JournalRow
from terminal_sim.reports.transactions import ReportLine, line_of

_SHOWN_ABOVE = ("amount", "currency", "reference", "original", "at", "pan", "state")


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """A row of the journal on the way of a payment: `wall` is civil time in microseconds since 1970, `fields` what it added or changed."""

    wall: int
    kind: str
    reference: str
    fields: tuple[tuple[str, Field], ...]

    def record(self) -> dict[str, Field]:
        return {"wall": self.wall, "kind": self.kind, "reference": self.reference, **dict(self.fields)}


@dataclass(frozen=True, slots=True)
class Detail:
    """`line` is the row of the report, `facts` the other fields of its newest row that say something, `payment` that row.

    `steps` are all rows of it and of what refers to it, oldest first; `others` are the lines of its voids, refunds and reversals.
    """

    line: ReportLine
    payment: Payment | ReversalRow
    facts: tuple[tuple[str, Field], ...]
    steps: tuple[RecordedStep, ...]
    others: tuple[ReportLine, ...]

    def record(self) -> dict[str, object]:
        """The detail as JSON has it."""
        return {
            **self.line.record(),
            **dict(self.facts),
            "steps": [step.record() for step in self.steps],
            "others": [line.record() for line in self.others],
        }


def detail(reference: str, rows: Iterable[tuple[int, JournalRow]], terminal: str) -> Detail | None:
    """The detail of the payment `reference`; None where no row is of it. `rows` are a terminal's, oldest first, with their `wall`."""
    newest: dict[str, Payment | ReversalRow] = {}
    steps: list[RecordedStep] = []
    before: dict[str, dict[str, Field]] = {}
    for wall, row in rows:
        flat = row.flat()
        own = str(flat.fields.get("reference", ""))
        if reference not in (own, flat.fields.get("original")):
            continue
        known = before.setdefault(own or flat.kind, {})
        changed = {name: value for name, value in flat.fields.items() if known.get(name) != value}
        steps.append(RecordedStep(wall, flat.kind, own, tuple(_worth_saying(changed))))
        known.update(flat.fields)
        if isinstance(row, Payment | ReversalRow):
            newest[row.reference] = row
    payment = newest.get(reference)
    if payment is None:
        return None
    original = newest.get(payment.original) if isinstance(payment, ReversalRow) else None
    facts = {
        name: value
        for name, value in payment.flat().fields.items()
        if name not in _SHOWN_ABOVE and value not in ("", 0)
    }
    line = line_of(payment, original, terminal)
    facts = {name: value for name, value in facts.items() if name not in line.record()}
    others = tuple(line_of(row, payment, terminal) for name, row in newest.items() if name != reference)
    return Detail(line, payment, tuple(facts.items()), tuple(steps), others)


def _worth_saying(fields: dict[str, Field]) -> Iterator[tuple[str, Field]]:
    return ((name, value) for name, value in fields.items() if name != "reference" and value != "")
