"""`terminal-sim coverage`: what runs have covered of their terminals, against what the profiles allow."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from terminal_sim.bench import Profile, ProfileError
from terminal_sim.cli.console import as_user_errors, naming, options_of
from terminal_sim.cli.covered import covered_lines, lines_since
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.coverage import Coverage, CoverageError
from terminal_sim.explore.coverage_summary import CoverageSummary
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.vocabulary import vocabulary


def run(given: Namespace) -> int:
    with as_user_errors(CoverageError, ProfileError):
        coverage = Coverage()
        for file in given.files:
            coverage.add(Coverage.read(file))
        before = Coverage.read(given.since) if given.since is not None else None
        summaries = list(_summaries(coverage, given))
    for summary in summaries:
        for line in covered_lines(summary, everything=given.missing):
            print(printable(line))
    if before is not None:
        for line in lines_since(given.since, before, coverage):
            print(printable(line))
    if given.html is not None:
        from terminal_sim.explore.coverage_page import coverage_page

        with naming(given.html):
            given.html.write_text(coverage_page(coverage, summaries), encoding="utf-8", newline="\n")
        print(f"page: {given.html}")
    least = min((one.percent for one in summaries), default=0.0)
    if given.fail_under is not None and least < given.fail_under:
        print(f"moves: {least:.1f} % were made, and {given.fail_under:g} % are wanted")
        return ExitCode.UNMET
    return ExitCode.HELD


def _summaries(coverage: Coverage, given: Namespace) -> Iterator[CoverageSummary]:
    for name in given.profile or sorted(model for model in coverage.keys if model):
        profile = vocabulary().load(name)
        yield CoverageSummary.of(coverage, profile, _variants(name, given))


def _variants(name: str, given: Namespace) -> list[Profile]:
    """The profile with each of the options set, one at a time."""
    from terminal_sim import profile as profiles

    return [profiles.load(name, options_of([one])) for one in given.variants]
