"""`terminal-sim explore`: acts at a terminal of a profile for a while, and leaves a script of whatever was wrong."""

from __future__ import annotations

import time
from argparse import Namespace

from terminal_sim.bench import Duration, ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, naming, options_of
from terminal_sim.cli.covered import covered_lines, lines_since
from terminal_sim.cli.exploring import ExploringBar, tell, told
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.compare.corpus_gathering import CorpusGathering, keep_corpus
from terminal_sim.explore.coverage import Coverage, CoverageError
from terminal_sim.explore.coverage_summary import CoverageSummary
from terminal_sim.explore.report.page import exploration_page
from terminal_sim.explore.report.progress import ExplorationProgress
from terminal_sim.explore.search.exploration import Exploration, exploration
from terminal_sim.explore.search.explorer import unreached
from terminal_sim.explore.search.forbidden import forbidden
from terminal_sim.explore.search.keeping import KeptFinding
from terminal_sim.oracles.choice import OracleChoice, OracleClass, chosen
from terminal_sim.script.tree import ScriptError


def run(given: Namespace) -> int:
    with as_user_errors(ValueError, CoverageError):
        before = Coverage.read(given.since) if given.since is not None else None
        span = Duration.parse(given.span)
        choice = chosen(given.oracles)
    if given.jobs is None:
        return _alone(given, span, before, choice)
    if given.html is not None:
        raise UserError("--html shows what one process remembers of an exploration: leave --jobs out")
    if given.rules is not None:
        raise UserError("--rules is for one process: leave --jobs away")
    return _in_processes(given, span, before)


def _alone(given: Namespace, span: Duration, before: Coverage | None, choice: OracleChoice) -> int:
    """One explorer a variant, in this process, that remembers every moment."""
    with as_user_errors(ProfileError, ScriptError):
        own = forbidden(given.rules) if given.rules is not None else ()
        explored = exploration(
            given.profile,
            options_of(given.options),
            (*choice.oracles, *own),
            given.seed,
            given.locale,
            choice.classes,
        )
        with explored.explorers[0].ground.session():
            pass  # a profile of which no terminal can be made is told at once
    gathering = CorpusGathering(explored.explorers)
    progress = ExplorationProgress(explored.coverage)
    explored.followers += [gathering, progress]
    files: dict[str, KeptFinding] = {}
    began = time.process_time()

    def goes_on(one: Exploration) -> bool:
        took = time.process_time() - began
        bar.show(one.sessions, one.acts, took, one.places, len(one.findings))
        return one.acts < given.acts if given.acts else took * 1_000_000 < span

    with ExploringBar() as bar:
        for finding in explored.run(goes_on):
            files[finding.name] = tell(finding, given.out, given.seed, choice.own)
            progress.came(finding)
    took = time.process_time() - began
    with naming(given.out):
        keep_corpus(gathering.gathered(), given.out)
    print(f"{explored.sessions} sessions, {explored.acts} acts in {took:.1f} s, {explored.places} places")
    _tell_coverage(given, explored.summary, explored.coverage, before)
    if given.html is not None:
        with naming(given.html):
            page = exploration_page(explored, progress, files)
            given.html.write_text(page, encoding="utf-8", newline="\n")
        print(f"page: {given.html}")
    missed = unreached(explored.explorers[0]) if OracleClass.CHART in choice.classes else []
    return told(explored.findings, explored.unrepeated, missed)


def _in_processes(given: Namespace, span: Duration, before: Coverage | None) -> int:
    """The same in processes: a campaign without end that is stopped."""
    # Imported here: it takes a moment that most explorations do not need.
    from terminal_sim.cli.campaigns import held_to, run_campaign, workers_of
    from terminal_sim.explore.campaigns.campaign import WITHOUT_END, Campaign, CampaignTerminal
    from terminal_sim.explore.campaigns.run import CampaignRun

    terminal = CampaignTerminal(
        profile=given.profile,
        options=tuple(f"{key}={value}" for key, value in options_of(given.options).items()),
        locale=given.locale,
    )
    plain = Campaign(campaign=given.profile, sessions=WITHOUT_END, terminals=(terminal,), seed=given.seed)
    campaign, own = held_to(plain, given.oracles)
    workers, count = workers_of(given.jobs)

    def enough(one: CampaignRun) -> bool:
        return one.acts >= given.acts if given.acts else one.cpu >= span * count

    def tell_coverage(one: CampaignRun) -> None:
        (summary,) = one.summaries
        _tell_coverage(given, summary, one.coverage, before)

    return run_campaign(campaign, workers, given.out, own=own, enough=enough, tell_coverage=tell_coverage)


def _tell_coverage(
    given: Namespace, summary: CoverageSummary, coverage: Coverage, before: Coverage | None
) -> None:
    for line in covered_lines(summary, everything=given.missing):
        print(printable(line))
    if before is not None:
        for line in lines_since(given.since, before, coverage):
            print(printable(line))
    if given.coverage is not None:
        with naming(given.coverage):
            coverage.write(given.coverage)
        print(f"coverage: {given.coverage}")
