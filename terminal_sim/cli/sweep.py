"""`terminal-sim sweep SCRIPT`: makes each fault once at each place of a scenario, cures it, and tells which rules are broken then."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from terminal_sim.bench import ProfileError
from terminal_sim.cli import UserError
from terminal_sim.cli.console import as_user_errors, is_terminal, naming, options_of
from terminal_sim.cli.scripts import files_of, one_case, programs_of
from terminal_sim.datafiles.printable import printable
from terminal_sim.explore.search.act import Act, line_of
from terminal_sim.explore.search.finding import failing_script
from terminal_sim.explore.search.ground import ExploredSession, Ground
from terminal_sim.explore.search.keeping import keep_script
from terminal_sim.explore.sweep.grid import SweepGrid, SweptCell, grid_text, swept_cells, unswept
from terminal_sim.explore.sweep.page import KeptCell, sweep_page
from terminal_sim.explore.sweep.place import SweepAt, faults_at, places_of
from terminal_sim.explore.sweep.swept_script import SweepError, SweptRun, ground_of, run_of
from terminal_sim.oracles.catalogue import ORACLES
from terminal_sim.script.exit_code import ExitCode
from terminal_sim.script.plan import plan
from terminal_sim.script.vocabulary import vocabulary


def run(given: Namespace) -> int:
    with as_user_errors(ProfileError, SweepError):
        programs = programs_of(
            files_of(given.files),
            profiles={one: vocabulary().load(one) for one in given.profile} or None,
            locale=given.locale,
            options=options_of(given.options),
        )
        if programs is None:
            return ExitCode.WRONG
        cases = [one for program in programs for one in plan(program, given.expression) if not one.skip]
        case = one_case(cases, "one scenario is swept")
        ground, bundle = ground_of(case, ORACLES)
        with ground.session() as session:
            done = run_of(session, bundle, os.environ)
            broken = unswept(session, done)
            if broken:
                raise SweepError(f"{case.title} breaks a rule by itself: {broken[0]}")
            kinds = [SweepAt(given.at)] if given.at else [*SweepAt]
            grids = {
                at: _grid(session, done, at, _chosen(faults_at(at, ground.model), given.faults))
                for at in kinds
            }
    grids = {at: grid for at, grid in grids.items() if grid.cells}
    if not grids:
        raise UserError(f"--faults {given.faults}: no such fault is made there; help fault lists them")
    kept = [one for at, grid in grids.items() for one in _kept(at, grid, ground, given.out)]
    return _told(case.title, grids, kept, given.html)


def _chosen(faults: Sequence[Act], words: str) -> tuple[Act, ...]:
    """The faults whose line begins with one of the `words`, which are parted by commas; all of them for ""."""
    wanted = tuple(filter(None, (word.strip() for word in words.split(","))))
    return tuple(fault for fault in faults if not wanted or line_of(fault).startswith(wanted))


def _grid(session: ExploredSession, run: SweptRun, at: SweepAt, faults: Sequence[Act]) -> SweepGrid:
    """The cells of one kind of places; at a person's terminal one line says how it stands."""
    places = list(places_of(run, at)) if faults else []
    cells: list[SweptCell] = []
    for cell in swept_cells(session, run, places, faults):
        cells.append(cell)
        if is_terminal():
            line = f"{at.value}: {len(cells)} of {len(places) * len(faults)}"
            print(f"\r{line}\x1b[K", end="", file=sys.stderr, flush=True)
    if is_terminal():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    return SweepGrid(tuple(faults), tuple(cells))


def _kept(at: SweepAt, grid: SweepGrid, ground: Ground, folder: Path) -> list[KeptCell]:
    """A script and a bundle for each cell with a broken rule."""
    kept = []
    for number, cell in enumerate(grid.red, 1):
        alarm, found = cell.alarms[0], f"sweep --at {at.value}, {cell.place}: {line_of(cell.fault)}"
        with naming(folder):
            text = failing_script(alarm, ground, cell.acts, found)
            kept.append(
                KeptCell(cell, keep_script(text, folder, f"{alarm.code.lower()}-{at.value}-{number}"))
            )
    return kept


def _told(title: str, grids: dict[SweepAt, SweepGrid], kept: list[KeptCell], page: Path | None) -> ExitCode:
    for at, grid in grids.items():
        print(printable("\n".join((f"{title}, {at.value}", *grid_text(grid), ""))))
    for one in kept:
        print(
            printable(
                f"{one.files.script}: {one.cell.place}: {line_of(one.cell.fault)}: {one.cell.alarms[0]}"
            )
        )
    if page is not None:
        with naming(page):
            page.write_text(sweep_page(title, grids, kept), encoding="utf-8", newline="\n")
        print(f"page: {page}")
    made = sum(cell.made for grid in grids.values() for cell in grid.cells)
    print(f"{made} faults, {len(kept)} of them broke a rule")
    return ExitCode.UNMET if kept else ExitCode.HELD
