"""The grid of places and faults: at each place of a run each fault once, then the rest of the run, the cure of everything, and what the rules say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from terminal_sim.explore.search.act import Act, line_of
from terminal_sim.explore.search.acting import heal
from terminal_sim.explore.search.ground import ExploredSession, SessionMoment
from terminal_sim.explore.sweep.place import SweptPlace
from terminal_sim.explore.sweep.swept_script import SweptRun
from terminal_sim.oracles.oracle import OracleAlarm


@dataclass(frozen=True, slots=True)
class SweptCell:
    """A fault at a place: whether it could be made there, all acts up to the end, and the rules that are broken then."""

    place: SweptPlace
    fault: Act
    made: bool
    acts: tuple[Act, ...] = field(default=(), repr=False)
    alarms: tuple[OracleAlarm, ...] = ()


@dataclass(frozen=True, slots=True)
class SweepGrid:
    """The cells of places of one kind."""

    faults: tuple[Act, ...]
    cells: tuple[SweptCell, ...]

    @property
    def rows(self) -> dict[SweptPlace, dict[Act, SweptCell]]:
        """The cells of each place by their faults."""
        found: dict[SweptPlace, dict[Act, SweptCell]] = {}
        for cell in self.cells:
            found.setdefault(cell.place, {})[cell.fault] = cell
        return found

    @property
    def red(self) -> list[SweptCell]:
        """The cells with a broken rule."""
        return [cell for cell in self.cells if cell.alarms]


def swept_cells(
    session: ExploredSession,
    run: SweptRun,
    places: Sequence[SweptPlace],
    faults: Sequence[Act],
) -> Iterator[SweptCell]:
    """Each fault at each place, on the one bench of the session."""
    for place in places:
        before, rest = run.before(place.step), run.acts(place.step)
        for fault in faults:
            made, alarms = swept(session, before, place.struck(fault), rest)
            yield SweptCell(place, fault, made, tuple(session.acts), tuple(alarms))


def unswept(session: ExploredSession, run: SweptRun) -> list[OracleAlarm]:
    """The rules that the run breaks without any fault."""
    session.go_back(run.before(0))
    return _judged(session, run.acts())


def swept(
    session: ExploredSession, before: SessionMoment, fault: Act, rest: Sequence[Act]
) -> tuple[bool, list[OracleAlarm]]:
    """From a moment: the fault, the rest as far as it can be done, the cure. Whether the fault could be made, and the rules that are broken; the session has the acts."""
    session.go_back(before)
    return (True, _judged(session, rest)) if session.do(fault) else (False, [])


def _judged(session: ExploredSession, acts: Sequence[Act]) -> list[OracleAlarm]:
    for act in acts:
        session.do(act)
        if session.crashed is not None:
            break
    heal(session)
    return session.verdict()


def grid_text(grid: SweepGrid) -> Iterator[str]:
    """The grid for a screen: a row for each place, a column for each fault, with its number; `x` is a broken rule, `-` a fault that cannot be made there."""
    numbers = range(1, len(grid.faults) + 1)
    yield from (f"{number:>4}  {line_of(fault)}" for number, fault in zip(numbers, grid.faults, strict=True))
    wide = max((len(str(place)) for place in grid.rows), default=0)
    yield ""
    yield f"{'':<{wide}} {''.join(f'{number:>3}' for number in numbers)}"
    for place, row in grid.rows.items():
        yield f"{place!s:<{wide}} {''.join(f'{_mark(row[fault]):>3}' for fault in grid.faults)}"


def _mark(cell: SweptCell) -> str:
    if not cell.made:
        return "-"
    return "x" if cell.alarms else "."
