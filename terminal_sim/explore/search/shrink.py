"""Makes a failing session short: the fewest acts after which the same rule is broken, each as simple as it may be.

A candidate is run from the beginning and counts where the same code alarms, whatever else does. Delta debugging (A. Zeller, R. Hildebrandt: Simplifying and
Isolating Failure-Inducing Input, 2002) leaves acts out, in halves first and one by one at last; then single acts are made simpler, and again some are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terminal_sim.bench import Duration
from terminal_sim.explore.search.act import PRESENTING, PRESS, WAIT, Act, is_digits, joined
from terminal_sim.explore.search.ground import Ground

MOST_RUNS = 400
_FEW = 6
_UNITS = tuple(map(Duration.parse, ("1d", "1h", "1min", "1s")))


class Shrinker:
    """Shrinks sessions of `ground` in which the rule `code` is broken; `runs` counts the candidates that were tried."""

    def __init__(self, ground: Ground, code: str, most_runs: int = MOST_RUNS) -> None:
        self._ground = ground
        self._code = code
        self._most = most_runs
        self._tried: dict[tuple[Act, ...], bool] = {}
        self.runs = 0

    def shrunk(self, acts: Sequence[Act]) -> list[Act]:
        """The shortest list that was found; `acts` as they are where the rule is not broken a second time."""
        best = [*acts]
        if not self._fails(best):
            return best
        best = self._end_alone(best)
        while self.runs < self._most:
            before = [*best]
            best = self._fewer(best)
            best = self._apart(best)
            best = self._simpler(best)
            if best == before:
                break
            best = self._end_alone(best)
        return joined(best)

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

    def _fails(self, acts: list[Act]) -> bool:
        key = tuple(acts)
        if key not in self._tried:
            if self.runs >= self._most:
                return False
            self.runs += 1
            _, alarms = self._ground.alarms(acts)
            self._tried[key] = any(alarm.code == self._code for alarm in alarms)
        return self._tried[key]


def simpler_acts(act: Act) -> Iterator[Act]:
    """Acts of the same kind that are simpler to read, the simplest first."""
    if act[0] in PRESENTING and act[1] != "visa-credit":
        yield (act[0], "visa-credit")
    elif act[0] == PRESS:
        for at, word in enumerate(act[1:], 1):
            if is_digits(word) and len(word) > 1:
                for short in dict.fromkeys(("1", "1000")):
                    if len(short) < len(word) or (short == "1000" and len(word) == 4 and word != short):
                        yield (*act[:at], short, *act[at + 1 :])
    elif act[:2] == ("host", "answers") and len(act) > 3:
        yield act[:3]
    elif act[0] == WAIT:
        length = Duration.parse(act[1])
        for unit in _UNITS:
            whole = Duration(-(-length // unit) * unit)
            if whole != length and len(str(whole)) < len(act[1]):
                yield (WAIT, str(whole))
