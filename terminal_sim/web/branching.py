"""The operations of branches: go on from an earlier moment, compare two, choose the one that is live, let one go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from terminal_sim.explore.parting import Parting, changed_items
from terminal_sim.web.answering import Answering
from terminal_sim.web.bodies import BranchChange, NewBranch, read
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.entries import flat
from terminal_sim.web.hosting import message_rows
from terminal_sim.web.operations import HttpAnswer, HttpCall, Operation, OperationReach, answered
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import Seat
from terminal_sim.web.served import ServedBench
from terminal_sim.web.showing import journal_rows
from terminal_sim.web.standing import standing

_BODY = (ProblemKind.NOT_JSON, ProblemKind.BAD_VALUE)


def branching(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    do = Branching(served)
    yield Operation(
        id="branches",
        method="GET",
        path="/branches",
        handler=do.branches,
        summary="The branches of the bench, and where each began",
    )
    yield Operation(
        id="openBranch",
        method="POST",
        path="/branches",
        handler=do.open,
        reach=OperationReach.BRANCH,
        body=NewBranch,
        status=201,
        problems=(*_BODY, ProblemKind.NOT_FOUND, ProblemKind.REFUSED),
        summary="Another branch, which goes on from when an event had happened; the one that it comes from stays as it is",
    )
    yield Operation(
        id="changeBranch",
        method="POST",
        path="/branches/{name}",
        handler=do.change,
        body=BranchChange,
        problems=(*_BODY, ProblemKind.REFUSED),
        summary="Makes a branch the live one: it is meant from now on where none is named",
    )
    yield Operation(
        id="deleteBranch",
        method="DELETE",
        path="/branches/{name}",
        handler=do.delete,
        problems=(ProblemKind.REFUSED,),
        summary="Lets a branch go; the live one stays",
    )
    yield Operation(
        id="compareBranches",
        method="GET",
        path="/branches/{name}/diff/{other}",
        handler=do.compare,
        problems=(ProblemKind.REFUSED,),
        summary="Two branches side by side: the first event in which they part, what happened on each since, screens, journal, host, receipts",
    )


class Branching(Answering):
    """What each of them does."""

    async def branches(self, _: HttpCall) -> HttpAnswer:
        return answered(
            await self._served.do(
                lambda: [about_branch(self._served, each) for each in self._served.branches.values()]
            )
        )

    async def open(self, call: HttpCall) -> HttpAnswer:
        wanted = read(call.body, NewBranch)
        assert isinstance(wanted, NewBranch)
        return answered(
            await self._served.do(
                lambda: about_branch(self._served, self._served.open_branch(call.branch, wanted.from_event))
            ),
            201,
        )

    async def change(self, call: HttpCall) -> HttpAnswer:
        change = read(call.body, BranchChange)
        assert isinstance(change, BranchChange)
        if not change.live:
            raise ApiProblem(
                ProblemKind.BAD_VALUE, "one branch is always live: choose another one", field="live"
            )
        name = call.path["name"]
        return answered(await self._served.do(lambda: about_branch(self._served, self._served.go_live(name))))

    async def delete(self, call: HttpCall) -> HttpAnswer:
        name = call.path["name"]
        gone = await self._served.do(lambda: about_branch(self._served, self._served.close_branch(name)))
        await self._served.stop_time(name)
        return answered(gone)

    async def compare(self, call: HttpCall) -> HttpAnswer:
        return answered(await self._served.do(partial(self._compared, call.path["name"], call.path["other"])))

    def _compared(self, left: str, right: str) -> dict[str, object]:
        a, b = self._served.branch(left), self._served.branch(right)
        parting = Parting.of(list(a.history.after(0)), list(b.history.after(0)))
        rows = [[None if one is None else flat(one) for one in pair] for pair in parting.rows]
        common = a.history.entry(parting.same)
        return {
            "a": left,
            "b": right,
            "same": parting.same,
            "t": common.at.mono if common is not None else 0,
            "counts": parting.counts,
            "rows": rows,
            "bench": _both(a, b, lambda each: standing(each.bench, runs=self._served.runs(each.name))),
            "screens": {
                name: _screens(a.terminals[name], b.terminals[name])
                for name in a.terminals
                if name in b.terminals
            },
            "journal": {
                name: _new(journal_rows(a.terminals[name]), journal_rows(b.terminals[name]))
                for name in a.terminals
                if name in b.terminals
            },
            "host": _new(message_rows(a.bench), message_rows(b.bench)),
            "receipts": {
                name: _new(_papers(a.terminals[name]), _papers(b.terminals[name]))
                for name in a.terminals
                if name in b.terminals
            },
        }


def about_branch(served: ServedBench, branch: ServedBranch) -> dict[str, object]:
    """What a branch is: `from` is the event that it goes on from and `of` its branch, 0 and "" for the first one."""
    origin = branch.origin
    return {
        "branch": branch.name,
        "of": "" if origin is None else origin.branch,
        "from": 0 if origin is None else origin.event,
        "event": branch.history.last,
        "live": branch.name == served.live,
    }


def _both(
    a: ServedBranch, b: ServedBranch, what: Callable[[ServedBranch], dict[str, object]]
) -> dict[str, object]:
    return {"a": what(a), "b": what(b)}


def _screens(a: Seat, b: Seat) -> dict[str, object]:
    """Both devices as drawings, and the elements of their screens that are not alike, by display."""
    changed = {
        display: changed_items(a.view(display), b.view(display)) for display in a.terminal.profile.displays
    }
    return {"a": a.drawing(), "b": b.drawing(), "changed": changed}


def _papers(at: Seat) -> list[dict[str, object]]:
    return [{"copy": each.copy, "text": each.text} for each in at.terminal.receipts]


def _new(a: list[dict[str, object]], b: list[dict[str, object]]) -> dict[str, object]:
    """How many rows both have in common from their beginning, and those that each has after them."""
    pairs = enumerate(zip(a, b, strict=False))
    same = next((at for at, (left, right) in pairs if left != right), min(len(a), len(b)))
    return {"same": same, "a": a[same:], "b": b[same:]}
