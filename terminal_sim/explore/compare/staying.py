"""Sessions that come to each place the cheapest way and stay there until nothing is due any more: a time-out shows itself where nobody acts."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.explore.compare.gathered import GatheredSession
from terminal_sim.explore.compare.novelty import Novelty
from terminal_sim.explore.search.act import WAIT, Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.ground import Ground

_UNTIL_NOTHING_IS_DUE: Act = (WAIT, "1d")


def stays(ground: Ground, archive: Archive, first: int) -> Iterator[GatheredSession]:
    """Of each place of `archive` one that breaks no rule, numbered from `first`."""
    with ground.session() as session:
        begins = session.moment()
        if begins is None:
            return
        heard = Novelty()
        session.bench.trace.subscribe(heard)
        for number, cells in enumerate(archive.cells.values(), first):
            session.go_back(begins)
            heard.taken()
            cheapest = min(cells.values(), key=lambda cell: cell.cost)
            for act in (*cheapest.acts, _UNTIL_NOTHING_IS_DUE):
                session.do(act)
            if not session.verdict():
                yield GatheredSession(number, tuple(session.acts), tuple(heard.taken()))
