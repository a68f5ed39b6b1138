"""Small campaigns, and all that they came to but for processor times."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from terminal_sim.explore.campaigns.campaign import Campaign, CampaignTerminal
from terminal_sim.explore.campaigns.job import ExploreResult
from terminal_sim.explore.campaigns.run import CampaignRun, definition
from terminal_sim.explore.campaigns.store import CampaignStore
from terminal_sim.explore.campaigns.workers import Workers
from terminal_sim.explore.product import digest


class CampaignEnd(NamedTuple):
    """The findings in the order in which they were told, and the result of each job that is in the store."""

    findings: list[tuple[str, int, tuple[tuple[str, ...], ...]]]
    jobs: list[ExploreResult]

    @property
    def sessions(self) -> list[int]:
        """The numbers of all sessions, in the order of the jobs."""
        return [row.number for job in self.jobs for row in job.sessions]


def campaign(
    *profiles: str, sessions: int, job_sessions: int = 3, round_jobs: int = 4, variants: bool = True
) -> Campaign:
    """One of these profiles, with their variants or without."""
    return Campaign(
        campaign="small",
        sessions=sessions,
        terminals=tuple(CampaignTerminal(profile=one, variants=variants) for one in profiles),
        job_sessions=job_sessions,
        round_jobs=round_jobs,
    )


def done(
    given: Campaign,
    workers: Workers,
    file: Path | None = None,
    *,
    resume: bool = False,
    goes_on: Callable[[CampaignRun], bool] = lambda _: True,
) -> CampaignEnd:
    """Run the campaign to its end, or for as long as it `goes_on`."""
    with closing(workers), closing(_store(given, file, resume=resume)) as store:
        running = CampaignRun(given, workers, store)
        findings = [(one.alarm.code, one.session, one.acts) for one in running.run(goes_on)]
        jobs = [store.result(number) for number in range(-(-given.sessions // given.job_sessions))]
    return CampaignEnd(findings, [_timeless(one) for one in jobs if one is not None])


def _store(given: Campaign, file: Path | None, *, resume: bool) -> CampaignStore:
    return CampaignStore(file, given.campaign, definition(given), digest(), resume=resume)


def _timeless(result: ExploreResult) -> ExploreResult:
    return structs.replace(result, sessions=tuple(structs.replace(row, cpu=0) for row in result.sessions))
