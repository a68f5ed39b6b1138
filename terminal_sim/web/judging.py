"""The operations that judge what was done: which rules it broke, and from where on nothing kept a terminal from breaking one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from functools import partial

from terminal_sim.web.answering import Answering
from terminal_sim.web.operations import (
    TERMINAL,
    HttpAnswer,
    HttpCall,
    Operation,
    OperationReach,
    Query,
    answered,
)
from terminal_sim.web.problem import ProblemKind
from terminal_sim.web.served import ServedBench

_TRIES = 20


def judging(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    do = RuleOperations(served)
    yield Operation(
        id="brokenRules",
        method="GET",
        path=f"{TERMINAL}/broken",
        handler=do.broken,
        reach=OperationReach.BRANCH,
        problems=(ProblemKind.REFUSED,),
        summary="The rules that what was done at the terminal has broken, once everything is cured",
    )
    yield Operation(
        id="turningPoints",
        method="GET",
        path=f"{TERMINAL}/why/{{code}}",
        handler=do.why,
        reach=OperationReach.BRANCH,
        query=(Query("tries", f"how often one goes on from each; {_TRIES} by default", maximum=_TRIES),),
        problems=(ProblemKind.REFUSED,),
        summary="From which line on nothing kept the terminal from breaking a rule: how often it was broken where one went on at random from each",
    )


class RuleOperations(Answering):
    """What each of them does. Each waits for its turn on the thread of scripts that are run, and the bench goes on meanwhile."""

    async def broken(self, call: HttpCall) -> HttpAnswer:
        recorded = await self.at_terminal(call, lambda _, at: at.recorder.recording())
        # Imported here, as below: a page that opens asks for neither.
        from terminal_sim.web.turning_points import broken_by

        beside = self._served.script_runs.beside(partial(broken_by, recorded))
        return answered(await asyncio.wrap_future(beside))

    async def why(self, call: HttpCall) -> HttpAnswer:
        tries = int(call.query.get("tries", _TRIES)) or _TRIES
        recorded = await self.at_terminal(call, lambda _, at: at.recorder.recording())
        from terminal_sim.web.turning_points import turning_points

        beside = self._served.script_runs.beside(partial(turning_points, recorded, call.path["code"], tries))
        return answered(await asyncio.wrap_future(beside))
