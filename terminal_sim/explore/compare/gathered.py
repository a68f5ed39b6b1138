"""One session of a corpus that is being gathered."""

from __future__ import annotations

from dataclasses import dataclass, field

from terminal_sim.explore.search.act import Act


@dataclass(frozen=True, slots=True)
class GatheredSession:
    """A session by its number, and what it shows."""

    number: int
    acts: tuple[Act, ...]
    items: tuple[str, ...] = field(repr=False)
