"""One exploration from its beginning to its end: sessions, what is wrong in them made short, each cause told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count

from terminal_sim.explore.search.explorer import ExploredEnd, Explorer
from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.shrink import Shrinker
from terminal_sim.explore.search.variants import variants
from terminal_sim.oracles.oracle import Oracle, OracleAlarm

MOST_OF_ONE_CODE = 3
"""Sessions in which one rule is broken that are made short: further ones are most likely of the same cause."""


@dataclass(slots=True)
class Exploration:
    """One explorer for each variant of the profile, the profile as it is first. `findings` are those so far, in their order; `heard` counts the sessions in which each rule was broken, and `unrepeated` are alarms that a
    session done again did not give."""

    explorers: tuple[Explorer, ...]
    findings: list[ExplorerFinding] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    unrepeated: list[OracleAlarm] = field(default_factory=list)

    @property
    def _alarms(self) -> list[OracleAlarm]:
        return [one.alarm for one in self.findings]

    @property
    def acts(self) -> int:
        """How many acts were done."""
        return sum(one.acts for one in self.explorers)

    @property
    def sessions(self) -> int:
        """How many sessions there were."""
        return sum(one.sessions for one in self.explorers)

    @property
    def places(self) -> int:
        """In how many states of flows the terminal was."""
        return len({place for one in self.explorers for place in one.archive.cells})

    def run(self, goes_on: Callable[[Exploration], bool]) -> Iterator[ExplorerFinding]:
        """Each finding when it is found, for as long as `goes_on` says so between two sessions. The first explorer has every other turn."""
        first, *others = [(one, one.run()) for one in self.explorers]
        with ExitStack() as running:
            for _, sessions in (first, *others):
                running.callback(sessions.close)
            for number in count():
                explorer, sessions = (
                    first if number % 2 == 0 or not others else others[number // 2 % len(others)]
                )
                yield from self._found(explorer, next(sessions))
                if not goes_on(self):
                    return

    def _found(self, explorer: Explorer, end: ExploredEnd) -> Iterator[ExplorerFinding]:
        for alarm in {alarm.code: alarm for alarm in reversed(end.alarms)}.values():
            self.heard[alarm.code] += 1
            if self.heard[alarm.code] > MOST_OF_ONE_CODE or told_of(alarm) in map(told_of, self._alarms):
                continue
            finding = shrunk(explorer.ground, end, alarm, self.explorers[0].ground)
            if finding is None:
                self.unrepeated.append(alarm)
            elif finding.cause not in (one.cause for one in self.findings) and told_of(
                finding.alarm
            ) not in map(told_of, self._alarms):
                self.findings.append(finding)
                yield finding


def exploration(
    profile: str, options: Mapping[str, str], oracles: Sequence[Oracle], seed: int, locale: str = ""
) -> Exploration:
    """An exploration of a profile and its variants. Raises `ProfileError` for a profile or options that there are not."""
    first = Ground.of(profile, options, oracles, locale=locale)
    grounds = [Ground.of(profile, each, oracles, locale=locale) for each in variants(first.model, options)]
    return Exploration(tuple(Explorer(ground, seed) for ground in grounds))


def told_of(alarm: OracleAlarm) -> tuple[str, str]:
    """What two alarms of one cause have in common: the rule, and the detail but for its numbers."""
    return alarm.code, "".join(letter for letter in alarm.detail if not letter.isdigit())


def shrunk(ground: Ground, end: ExploredEnd, alarm: OracleAlarm, plain: Ground) -> ExplorerFinding | None:
    """The finding of an alarm in a session, made short, on the `plain` ground where the same happens there.

    None where the session does not break the rule when it is done again from its beginning.
    """
    shrinker = Shrinker(ground, alarm.code)
    acts = shrinker.shrunk(end.acts)
    for where in (plain, ground):
        done, alarms = where.alarms(acts)
        said = next((one for one in alarms if one.code == alarm.code), None)
        if said is not None:
            return ExplorerFinding(
                alarm=said,
                ground=where,
                acts=tuple(done),
                session=end.number,
                length=len(end.acts),
                runs=shrinker.runs,
            )
    return None
