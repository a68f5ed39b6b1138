"""The report of a run, as it is collected: scenario by scenario, then written into a folder as one page and the history beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Raw, Struct

from terminal_sim import __version__
from terminal_sim.bench import flows
from terminal_sim.display import statechart
from terminal_sim.run_report.evidence import Evidence, TryEvidence
from terminal_sim.run_report.history import LastTime, PastRun, VerdictChange, read_history, write_history
from terminal_sim.run_report.page import PAGE, FailureLine, is_page, page, words
from terminal_sim.run_report.scenario import PictureDifference, ScenarioReport
from terminal_sim.script.results import ScenarioOutcome
from terminal_sim.script.try_record import PictureRecord


class FlowChart(Struct, frozen=True):
    """The coverage of one flow: how many there are and were seen, what is missing, and its state chart."""

    name: str
    states: tuple[int, int]
    changes: tuple[int, int]
    missing: tuple[str, ...]
    svg: str


class PageScenario(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A scenario in the data of a page; `change` is what is new about it, `before` the seconds that it took before."""

    key: str
    file: str
    line: int
    title: str
    profile: str
    outcome: ScenarioOutcome
    locale: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    took: int = 0
    seconds: float = 0.0
    tries: int = 1
    notes: tuple[str, ...] = ()
    bundle: str = ""
    differing: tuple[PictureDifference, ...] = ()
    records: tuple[TryEvidence, ...] = ()
    change: VerdictChange = VerdictChange.NONE
    before: float = 0.0


class PageData(Struct, frozen=True, kw_only=True):
    """All that the page's script draws."""

    version: str
    when: str
    locale: str
    words: Mapping[str, Mapping[str, str]]
    scenarios: tuple[Raw, ...]
    pictures: Mapping[str, PictureRecord]
    said: tuple[Raw, ...]
    flows: tuple[FlowChart, ...]
    not_begun: tuple[str, ...]
    runs: tuple[PastRun, ...]


class NotOurs(Exception):
    """The folder of a report cannot be used; the text says why and what to do."""


class RunReport:
    """The report of one run in `folder`, whose words are in `locale`, "" for the browser's language.

    Raises `NotOurs`, `NoHistory` and `OSError` before anything is run, where the folder cannot take a report.
    """

    def __init__(self, folder: Path, locale: str = "") -> None:
        self._folder = folder
        self._locale = locale
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / PAGE).exists() and not is_page(folder / PAGE):
            raise NotOurs(
                f"{folder / PAGE} is there and is no report: name another folder, or take it away first"
            )
        self._history = read_history(folder)
        self._evidence = Evidence()
        self._scenarios: list[Raw] = []
        self._failures: list[FailureLine] = []
        self._ran: dict[str, LastTime] = {}

    def add(self, scenario: ScenarioReport) -> None:
        """Take a scenario in; it need not be kept after that."""
        last = self._history.scenarios.get(scenario.key)
        shown = PageScenario(
            key=scenario.key,
            file=scenario.file,
            line=scenario.line,
            title=scenario.title,
            profile=scenario.profile,
            outcome=scenario.outcome,
            locale=scenario.locale,
            tags=scenario.tags,
            text=scenario.text,
            took=scenario.took,
            seconds=round(scenario.seconds, 4),
            tries=scenario.tries,
            notes=scenario.notes,
            bundle=scenario.bundle,
            differing=scenario.differing,
            records=tuple(map(self._evidence.add, scenario.records)),
            change=self._history.change(scenario),
            before=last.seconds if last is not None else 0.0,
        )
        self._scenarios.append(Raw(msgspec.json.encode(shown)))
        self._ran[scenario.key] = LastTime(scenario.outcome, round(scenario.seconds, 3))
        if scenario.outcome.is_failure:
            said = f"{scenario.file}:{scenario.line}: {scenario.title} [{scenario.profile}]"
            self._failures.append(FailureLine(said, scenario.text))

    def write(self, ended: datetime) -> Path:
        """Write the page and the history, each whole or not at all; gives the page. Raises `OSError`."""
        when = ended.isoformat(timespec="seconds")
        history = self._history.with_run(when, self._ran)
        charts, not_begun = self._charts()
        data = PageData(
            version=__version__,
            when=when,
            locale=self._locale,
            words=words(),
            scenarios=tuple(self._scenarios),
            pictures=self._evidence.pictures,
            said=tuple(self._evidence.said),
            flows=charts,
            not_begun=not_begun,
            runs=history.runs,
        )
        file = self._folder / PAGE
        unfinished = self._folder / f".{PAGE}"
        unfinished.write_bytes(page(msgspec.json.encode(data), self._failures, self._locale))
        unfinished.replace(file)
        write_history(self._folder, history)
        return file

    def _charts(self) -> tuple[tuple[FlowChart, ...], tuple[str, ...]]:
        """The flows that were begun, and the names of those that were not."""
        charts, not_begun = [], []
        for name, flow in sorted(flows().items()):
            covered = self._evidence.coverage.of(flow)
            if not covered.seen:
                not_begun.append(name)
                continue
            missing = (*covered.missing_states, *(" → ".join(change) for change in covered.missing_changes))
            charts.append(
                FlowChart(
                    name,
                    (len(covered.states), len(covered.states) + len(covered.missing_states)),
                    (len(covered.changes), len(covered.changes) + len(covered.missing_changes)),
                    missing,
                    statechart.svg(flow, covered.changes, covered.states),
                )
            )
        return tuple(charts), tuple(not_begun)
