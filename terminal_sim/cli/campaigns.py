"""What the commands that run campaigns share: the processes, the run with its live line, and what it leaves."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
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
from terminal_sim.oracles.choice import chosen, is_file
from terminal_sim.oracles.oracle import Oracle
from terminal_sim.oracles.own_file import NamedOracleFile, OracleFileError

COVERAGE = "campaign.cov"


def workers_of(jobs: int) -> tuple[Workers, int]:
    """So many processes, or one a core for 0, and how many those are."""
    count = jobs or os.cpu_count() or 1
    return ProcessWorkers(count), count


def held_to(campaign: Campaign, words: Sequence[str]) -> tuple[Campaign, tuple[NamedOracleFile, ...]]:
    """The campaign with the classes of rules that are among the words of `--oracles`, its own where none is, and the files of rules among them. Raises `OracleFileError`."""
    choice = chosen(words)
    files = tuple(NamedOracleFile.of(Path(word)) for word in words if is_file(word))
    return campaign if len(files) == len(words) else replace(campaign, oracles=choice.letters), files


def run_campaign(
    campaign: Campaign,
    workers: Workers,
    folder: Path,
    *,
    own: tuple[NamedOracleFile, ...] = (),
    store: Path | None = None,
    resume: bool = False,
    enough: Callable[[CampaignRun], bool] = lambda _: False,
    tell_coverage: Callable[[CampaignRun], None] = lambda _: None,
) -> int:
    """Run the campaign until all its sessions are done or there are `enough`, and say what was found; `own` are files with rules of a user, and `workers` are closed. Raises `UserError`."""
    with (
        as_user_errors(BenchMisuse, ProfileError, StoreError, WorkersLost, OracleFileError),
        closing(workers),
    ):
        with naming(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with closing(
            CampaignStore(store, campaign.campaign, definition(campaign, own), digest(), resume=resume)
        ) as kept:
            running = CampaignRun(campaign, workers, kept, own)
            _run(running, folder, enough, tuple(rule for file in own for rule in file.rules()))
    tell_coverage(running)
    return told(running.known.findings, running.known.unrepeated)


def _run(
    running: CampaignRun, folder: Path, enough: Callable[[CampaignRun], bool], own: tuple[Oracle, ...]
) -> None:
    with running.grounds[0].ground.session():
        pass  # a profile of which no terminal can be made is told at once
    began = time.monotonic()

    def goes_on(one: CampaignRun) -> bool:
        bar.show(one.sessions, one.acts, time.monotonic() - began, one.places, len(one.known.findings))
        return not enough(one)

    with ExploringBar(running.campaign.sessions) as bar:
        for finding in running.run(goes_on):
            tell(finding, folder, running.campaign.seed, own)
    with naming(folder):
        keep_corpus(running.gathered(), folder)
        running.coverage.write(folder / COVERAGE)
    print(
        f"{running.sessions} sessions, {running.acts} acts in {running.cpu / 1_000_000:.1f} s of processor time, {running.places} places"
    )
