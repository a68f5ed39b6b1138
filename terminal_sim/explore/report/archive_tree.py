"""The archive as a tree: the cheapest acts to each place, each place below the one that its acts go on from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape

from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.archive import Archive
from terminal_sim.explore.search.learned import Place

_ROW, _INDENT, _ACROSS = 20, 22, 900


@dataclass(slots=True)
class ArchiveBranch:
    """A place with the acts that lead to it, and the places that are reached from there."""

    place: Place
    acts: tuple[Act, ...]
    below: list[ArchiveBranch] = field(default_factory=list)


def cheapest_ways(archive: Archive) -> dict[Place, tuple[Act, ...]]:
    """The shortest acts that lead to each place."""
    return {
        place: min((cell.acts for cell in cells.values()), key=len)
        for place, cells in archive.cells.items()
        if cells
    }


def archive_tree(ways: Mapping[Place, tuple[Act, ...]]) -> list[ArchiveBranch]:
    """The places that stand at the beginning of a way, with all below them."""
    by_length = sorted(ways.items(), key=lambda one: (len(one[1]), one[0]))
    branches = {place: ArchiveBranch(place, acts) for place, acts in by_length}
    roots: list[ArchiveBranch] = []
    for branch in branches.values():
        above = _before(branch, branches)
        (branches[above].below if above is not None else roots).append(branch)
    return roots


def _before(branch: ArchiveBranch, branches: Mapping[Place, ArchiveBranch]) -> Place | None:
    """The place whose acts are the longest beginning of those of the branch."""
    begins = [
        other
        for other in branches.values()
        if len(other.acts) < len(branch.acts) and branch.acts[: len(other.acts)] == other.acts
    ]
    return max(begins, key=lambda other: len(other.acts)).place if begins else None


def tree_drawing(roots: list[ArchiveBranch]) -> Iterator[str]:
    """The tree as a drawing within a page: a row for each place, with how many acts lead there."""
    rows: list[tuple[int, int, ArchiveBranch]] = []  # depth, the row above it, the branch

    def placed(branch: ArchiveBranch, depth: int, above: int) -> None:
        rows.append((depth, above, branch))
        here = len(rows) - 1
        for one in branch.below:
            placed(one, depth + 1, here)

    for root in roots:
        placed(root, 0, -1)
    yield f'<svg class="plot" viewBox="0 0 {_ACROSS} {_ROW * (len(rows) + 1)}" role="img" aria-label="tree of the archive">'
    for number, (depth, above, branch) in enumerate(rows):
        x, y = 10 + depth * _INDENT, (number + 1) * _ROW
        if above >= 0:
            yield f'<path class="axis" d="M{x - _INDENT} {(above + 1) * _ROW + 5}V{y}H{x - 5}"/>'
        flow, state = branch.place
        count = f"{len(branch.acts)} act{'s' if len(branch.acts) != 1 else ''}"
        yield f'<circle class="dot" cx="{x}" cy="{y}" r="4"/><text x="{x + 9}" y="{y + 4}">{escape(flow)} {escape(state)}, {count}</text>'
    yield "</svg>"
