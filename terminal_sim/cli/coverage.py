"""`terminal-sim coverage`: what runs have covered of their terminals, against what the profiles allow."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from terminal_sim.bench import Profile, ProfileError
from terminal_sim.cli.console import as_user_errors, naming, options_of
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
        for line in _said(summary, everything=given.missing):
            print(printable(line))
    if before is not None:
        lost, new = before.without(coverage).lines, coverage.without(before).lines
        print(f"since {given.since}: {len(new)} more, {len(lost)} no longer")
        for line in lost:
            print(printable(f"  no longer: {line}"))
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


def _said(summary: CoverageSummary, *, everything: bool) -> Iterator[str]:
    yield summary.profile.id
    for one in summary.counts:
        yield f"  {one.kind + 's':<7}{one.seen:>5} of {one.there} ({one.percent:.0f} %)"
    counted = {one.kind for one in summary.counts}
    more = [f"{kind} {count}" for kind, count in summary.others.items() if kind not in counted]
    yield f"  besides {', '.join(more) or 'nothing'}"
    for why, count in summary.forbidden.items():
        yield f"  forbidden by {why}: {count}"
    if everything:
        yield from (f"  missing {key}: {near}" for key, near in summary.missing.items())
    else:
        yield f"  missing {len(summary.missing)}; --missing lists them"
