"""Sessions that come to each place the cheapest way and stay there until nothing is due any more: a time-out shows itself where nobody acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terminal_sim.explore.compare.gathered import GatheredSession
from terminal_sim.explore.compare.novelty import Novelty
from terminal_sim.explore.search.act import WAIT, Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.learned import Place

_UNTIL_NOTHING_IS_DUE: Act = (WAIT, "1d")


def stays(ground: Ground, archives: Sequence[Archive], first: int) -> Iterator[GatheredSession]:
    """Of each place one that breaks no rule, numbered from `first`: by the way of the first of `archives`, which is the ground's own, or of another variant's that came there."""
    ways: dict[Place, tuple[Act, ...]] = {}
    for archive in archives:
        for place, cells in archive.cells.items():
            ways.setdefault(place, min(cells.values(), key=lambda cell: cell.cost).acts)
    with ground.session() as session:
        begins = session.moment()
        if begins is None:
            return
        heard = Novelty()
        session.bench.trace.subscribe(heard)
        for number, way in enumerate(ways.values(), first):
            session.go_back(begins)
            heard.taken()
            for act in (*way, _UNTIL_NOTHING_IS_DUE):
                session.do(act)
            if not session.verdict():
                yield GatheredSession(number, tuple(session.acts), tuple(heard.taken()))
