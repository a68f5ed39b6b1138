"""Makes a failing session short: the fewest acts after which the same rule is broken, each as simple as it may be.

A candidate is run from the beginning and counts where the same code alarms, whatever else does. Delta debugging (A. Zeller, R. Hildebrandt: Simplifying and
Isolating Failure-Inducing Input, 2002) leaves acts out, in halves first and one by one at last; the first acts are replaced by the cheapest ones that an archive knows to lead to the same
signature; then single acts are made simpler, a point of sale asks for payments and takes back what menus led to, and again some are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from types import TracebackType
from typing import Self

from terminal_sim.explore.search.act import PRESS, WAIT, Act, cost, joined
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.ground import ExploredSession, Ground, SessionMoment
from terminal_sim.explore.search.relating import of_code, related
from terminal_sim.explore.search.simpler import shorter_lists, simpler_acts

MOST_ACTS = 6_000
"""That are done for one finding: some seconds of processor time."""
_FEW = 6
_PLAIN_ENDS: tuple[Act, ...] = ((PRESS, "1"), (WAIT, "1s"))
_PAIRED = 12  # lists up to this length are tried without each two acts, such as a fault and its cure


class Shrinker:
    """Shrinks sessions of `ground` in which the rule `code` is broken; `runs` counts the candidates that were tried, `acts` what was done in them. `archive` knows cheaper ways."""

    def __init__(
        self, ground: Ground, code: str, archive: Archive | None = None, most_acts: int = MOST_ACTS
    ) -> None:
        self._ground = ground
        self._code = code
        self._relation = of_code(code)
        self._archive = archive or Archive()
        self._most = most_acts
        self._tried: dict[tuple[Act, ...], bool] = {}
        self._session: ExploredSession | None = None
        self._begins: SessionMoment | None = None
        self.runs = self.acts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            self._session.bench.close()
            self._session = None

    def shrunk(self, acts: Sequence[Act]) -> list[Act]:
        """The shortest list that was found; `acts` as they are where the rule is not broken a second time."""
        best = [*acts]
        if not self._fails(best):
            return best
        best = self._end_alone(best)
        while self.acts < self._most:
            before = [*best]
            best = self._fewer(best)
            best = self._across(best)
            best = self._apart(best)
            best = self._simpler(best)
            best = self._otherwise(best)
            best = self._another_end(best)
            if best == before:
                break
            best = self._end_alone(best)
        return joined(self._without_pairs(best))

    def _end_alone(self, acts: list[Act]) -> list[Act]:
        """The last few acts, where they are enough: what went before then has nothing to do with it."""
        for count in range(1, min(_FEW, len(acts) - 1) + 1):
            if self._fails(acts[-count:]):
                return acts[-count:]
        return acts

    def _fewer(self, acts: list[Act]) -> list[Act]:
        """Leave out runs of acts, each half as long as the last."""
        size = max(len(acts) // 2, 1)
        while size and len(acts) > 1:
            at = len(acts) - size
            while at >= 0:
                rest = acts[:at] + acts[at + size :]
                if rest and self._fails(rest):
                    acts = rest
                at -= size
            size //= 2
        return acts

    def _across(self, acts: list[Act]) -> list[Act]:
        """The cheapest acts to where the first ones lead, in the place of as many as may be."""
        for count, instead in reversed([*self._shortcuts(acts)]):
            rest = [*instead, *acts[count:]]
            if self._fails(rest):
                return rest
        return acts

    def _shortcuts(self, acts: Sequence[Act]) -> Iterator[tuple[int, tuple[Act, ...]]]:
        """How many of the first acts something cheaper stands for, and what."""
        session = self._from_beginning()
        for count, act in enumerate(acts, 1):
            session.do(act)
            if session.crashed is not None or not session.terminal.is_on:
                return
            there = self._archive.cells.get(session.terminal.running_flows[-1], {})
            cell = there.get(Archive.signature_of(session.terminal)) if there else None
            if cell is not None and cell.cost < sum(map(cost, acts[:count])):
                yield count, cell.acts

    def _apart(self, acts: list[Act]) -> list[Act]:
        """Key presses word by word, where some of them are not needed."""
        at = 0
        while at < len(acts):
            act = acts[at]
            if act[0] == PRESS and len(act) > 2:
                for leave in range(1, len(act)):
                    rest = [*acts[:at], (*act[:leave], *act[leave + 1 :]), *acts[at + 1 :]]
                    if self._fails(rest):
                        acts = rest
                        break
                else:
                    at += 1
                continue
            at += 1
        return acts

    def _simpler(self, acts: list[Act]) -> list[Act]:
        for at, act in enumerate(acts):
            for simpler in simpler_acts(act):
                rest = [*acts[:at], simpler, *acts[at + 1 :]]
                if self._fails(rest):
                    acts = rest
                    break
        return acts

    def _otherwise(self, acts: list[Act]) -> list[Act]:
        """A shorter list that does the same by other acts."""
        return next((one for one in shorter_lists(acts) if len(one) < len(acts) and self._fails(one)), acts)

    def _another_end(self, acts: list[Act]) -> list[Act]:
        """Something plain at the end, in the place of an act and as many of the first ones as lead to it alone."""
        if acts[-1][0] in (PRESS, WAIT) or len(acts) > _PAIRED:
            return acts
        ends = ([*acts[begin:-1], end] for begin in range(len(acts))[::-1] for end in _PLAIN_ENDS)
        return next((rest for rest in ends if self._fails(rest)), acts)

    def _without_pairs(self, acts: list[Act]) -> list[Act]:
        """Leave out two acts that are needed only for each other."""
        found = True
        while found and 2 < len(acts) <= _PAIRED:
            shorter = (
                [act for at, act in enumerate(acts) if at not in pair]
                for pair in combinations(range(len(acts)), 2)
            )
            best = next((rest for rest in shorter if self._fails(rest)), None)
            found, acts = best is not None, best or acts
        return acts

    def _fails(self, acts: list[Act]) -> bool:
        key = tuple(acts)
        if key not in self._tried:
            if self.acts >= self._most and self._tried:
                return False
            self.runs += 1
            self._tried[key] = self._breaks(acts)
        return self._tried[key]

    def _breaks(self, acts: list[Act]) -> bool:
        if self._relation is not None:
            self.acts += 2 * len(acts)
            return related(self._relation, self._ground, acts) is not None
        session = self._from_beginning()
        for act in acts:
            session.do(act)
            if session.crashed is not None:
                break
        self.acts += len(session.acts)
        return any(alarm.code == self._code for alarm in session.verdict())

    def _from_beginning(self) -> ExploredSession:
        """A session at its beginning: the same one again, but for one that broke its bench."""
        if self._session is not None and self._session.crashed is None and self._begins is not None:
            self._session.go_back(self._begins)
            return self._session
        if self._session is not None:
            self._session.bench.close()
        self._session = self._ground.session()
        self._session.sought = self._code
        self._begins = self._session.moment()
        return self._session
