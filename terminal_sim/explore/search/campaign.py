"""One exploration from its beginning to its end: sessions, what is wrong in them made short, each cause told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from terminal_sim.explore.search.explorer import ExploredEnd, Explorer
from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.explore.search.ground import Ground
from terminal_sim.explore.search.shrink import Shrinker
from terminal_sim.oracles.oracle import OracleAlarm

MOST_OF_ONE_CODE = 3
"""Sessions in which one rule is broken that are made short: further ones are most likely of the same cause."""


@dataclass(slots=True)
class Campaign:
    """`findings` are those so far, in their order; `heard` counts the sessions in which each rule was broken, and `unrepeated` are alarms that a
    session done again did not give."""

    explorer: Explorer
    findings: list[ExplorerFinding] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    unrepeated: list[OracleAlarm] = field(default_factory=list)

    def run(self, goes_on: Callable[[Explorer], bool]) -> Iterator[ExplorerFinding]:
        """Each finding when it is found, for as long as `goes_on` says so between two sessions."""
        for end in self.explorer.run():
            yield from self._found(end)
            if not goes_on(self.explorer):
                return

    def _found(self, end: ExploredEnd) -> Iterator[ExplorerFinding]:
        for alarm in {alarm.code: alarm for alarm in reversed(end.alarms)}.values():
            self.heard[alarm.code] += 1
            if self.heard[alarm.code] > MOST_OF_ONE_CODE:
                continue
            finding = shrunk(self.explorer.ground, end, alarm)
            if finding is None:
                self.unrepeated.append(alarm)
            elif finding.cause not in (one.cause for one in self.findings):
                self.findings.append(finding)
                yield finding


def shrunk(ground: Ground, end: ExploredEnd, alarm: OracleAlarm) -> ExplorerFinding | None:
    """The finding of an alarm in a session, made short; None where the session does not break the rule when it is done again from its beginning."""
    shrinker = Shrinker(ground, alarm.code)
    acts = shrinker.shrunk(end.acts)
    done, alarms = ground.alarms(acts)
    said = next((one for one in alarms if one.code == alarm.code), None)
    if said is None:
        return None
    return ExplorerFinding(
        alarm=said,
        ground=ground,
        acts=tuple(done),
        session=end.number,
        length=len(end.acts),
        runs=shrinker.runs,
    )
