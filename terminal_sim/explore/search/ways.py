"""The ways that led from the home screen and back to it, by what they wrote into the journal.

A day at the till is woven from them. They are chosen evenly by what they wrote and then evenly among these: chosen evenly among all, a void would drown in looks at menus. Two that have not followed
each other yet come before those that have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TypeAlias

from terminal_sim.explore.search.act import Act
from terminal_sim.oracles.occurrence import SeenRow

Written: TypeAlias = tuple[str, ...]
"""The kinds of rows that a way wrote, each payment with what became of it."""

_MOST = 24
_LONGEST = 30


@dataclass(slots=True)
class Ways:
    """`known` by what they wrote; `followed` counts how often one was gone behind the other."""

    known: dict[Written, list[tuple[Act, ...]]] = field(default_factory=dict)
    followed: Counter[tuple[Written, Written]] = field(default_factory=Counter)

    def add(self, written: Written, acts: tuple[Act, ...]) -> None:
        """Remember a way; a long one is none that a person would go twice."""
        if not acts or len(acts) > _LONGEST:
            return
        known = self.known.setdefault(written, [])
        if acts not in known and len(known) < _MOST:
            known.append(acts)

    def choose(self, before: Written | None, chance: Random) -> tuple[Written, tuple[Act, ...]]:
        """What to do next, behind a way that wrote `before`."""
        kinds = list(self.known)
        if before is not None:
            fewest = min(self.followed[before, one] for one in kinds)
            kinds = [one for one in kinds if self.followed[before, one] == fewest]
        written = chance.choice(kinds)
        if before is not None:
            self.followed[before, written] += 1
        return written, chance.choice(self.known[written])


def written_by(rows: Iterable[SeenRow]) -> Written:
    """What the rows come to, in the order of their names."""
    return tuple(sorted({f"{row.kind} {row.text('state')}".strip() for row in rows}))
