"""One cause, one finding: which alarms are worth being made short, and which findings say something new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from terminal_sim.explore.search.finding import ExplorerFinding
from terminal_sim.oracles.oracle import OracleAlarm

MOST_OF_ONE_CODE = 3
"""Sessions in which one rule is broken that are made short: further ones are most likely of the same cause."""


@dataclass(slots=True)
class KnownCauses:
    """`findings` are those so far, in their order; `heard` counts the sessions in which each rule was broken, and `unrepeated` are alarms that a session done again did not give."""

    findings: list[ExplorerFinding] = field(default_factory=list)
    heard: Counter[str] = field(default_factory=Counter)
    unrepeated: list[OracleAlarm] = field(default_factory=list)

    def worth_shrinking(self, alarms: Sequence[OracleAlarm]) -> Iterator[OracleAlarm]:
        """Of the alarms of one session, the first of each rule that may be of a new cause."""
        for alarm in {alarm.code: alarm for alarm in reversed(alarms)}.values():
            self.heard[alarm.code] += 1
            if self.heard[alarm.code] <= MOST_OF_ONE_CODE and not self._is_told(alarm):
                yield alarm

    def add(self, alarm: OracleAlarm, finding: ExplorerFinding | None) -> bool:
        """Whether the finding that an alarm was shrunk to is new; None is one that was not heard again."""
        if finding is None:
            self.unrepeated.append(alarm)
            return False
        if self._is_told(finding.alarm) or finding.cause in (one.cause for one in self.findings):
            return False
        self.findings.append(finding)
        return True

    def _is_told(self, alarm: OracleAlarm) -> bool:
        return told_of(alarm) in (told_of(one.alarm) for one in self.findings)


def told_of(alarm: OracleAlarm) -> tuple[str, str]:
    """What two alarms of one cause have in common: the rule, and the detail but for its numbers."""
    return alarm.code, "".join(letter for letter in alarm.detail if not letter.isdigit())
