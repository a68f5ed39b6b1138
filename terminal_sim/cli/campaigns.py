"""What the commands that run campaigns share: the processes, the run with its live line, and what it leaves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from terminal_sim.bench import BenchMisuse, ProfileError
from terminal_sim.cli.console import as_user_errors, naming
from terminal_sim.cli.exploring import ExploringBar, tell, told
from terminal_sim.explore.campaigns.campaign import Campaign
from terminal_sim.explore.campaigns.run import CampaignRun, definition
from terminal_sim.explore.campaigns.store import CampaignStore, StoreError
from terminal_sim.explore.campaigns.workers import ProcessWorkers, Workers, WorkersLost
from terminal_sim.explore.compare.corpus_gathering import keep_corpus
from terminal_sim.explore.product import digest

COVERAGE = "campaign.cov"


def workers_of(jobs: int) -> tuple[Workers, int]:
    """So many processes, or one a core for 0, and how many those are."""
    count = jobs or os.cpu_count() or 1
    return ProcessWorkers(count), count


def run_campaign(
    campaign: Campaign,
    workers: Workers,
    folder: Path,
    *,
    store: Path | None = None,
    resume: bool = False,
    enough: Callable[[CampaignRun], bool] = lambda _: False,
    tell_coverage: Callable[[CampaignRun], None] = lambda _: None,
) -> int:
    """Run the campaign until all its sessions are done or there are `enough`, and say what was found; `workers` are closed. Raises `UserError`."""
    with as_user_errors(BenchMisuse, ProfileError, StoreError, WorkersLost), closing(workers):
        with naming(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with closing(
            CampaignStore(store, campaign.campaign, definition(campaign), digest(), resume=resume)
        ) as kept:
            running = CampaignRun(campaign, workers, kept)
            _run(running, folder, enough)
    tell_coverage(running)
    return told(running.known.findings, running.known.unrepeated)


def _run(running: CampaignRun, folder: Path, enough: Callable[[CampaignRun], bool]) -> None:
    with running.grounds[0].ground.session():
        pass  # a profile of which no terminal can be made is told at once
    began = time.monotonic()

    def goes_on(one: CampaignRun) -> bool:
        bar.show(one.sessions, one.acts, time.monotonic() - began, one.places, len(one.known.findings))
        return not enough(one)

    with ExploringBar(running.campaign.sessions) as bar:
        for finding in running.run(goes_on):
            tell(finding, folder, running.campaign.seed)
    with naming(folder):
        keep_corpus(running.gathered(), folder)
        running.coverage.write(folder / COVERAGE)
    print(
        f"{running.sessions} sessions, {running.acts} acts in {running.cpu / 1_000_000:.1f} s of processor time, {running.places} places"
    )
