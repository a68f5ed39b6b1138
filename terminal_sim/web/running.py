"""The operations that run whole scripts on benches of their own, and say what came of them."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.web.answering import Answering
from terminal_sim.web.bodies import ScriptRun, read
from terminal_sim.web.operations import HttpAnswer, HttpCall, Media, Operation, answered
from terminal_sim.web.problem import ProblemKind
from terminal_sim.web.served import ServedBench


def running(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    do = Running(served)
    yield Operation(
        id="runScript",
        method="POST",
        path="/scripts/run",
        handler=do.begin,
        body=ScriptRun,
        status=202,
        problems=(ProblemKind.NOT_JSON,),
        summary="Runs a whole script on fresh benches beside this one; the answer names the run",
    )
    yield Operation(
        id="run",
        method="GET",
        path="/runs/{run}",
        handler=do.run,
        summary="How far a run is and what came of it",
    )
    yield Operation(
        id="runJunit",
        method="GET",
        path="/runs/{run}/junit",
        handler=do.junit,
        answer=Media.XML,
        summary="The results of a run as JUnit XML",
    )
    yield Operation(
        id="stopRun",
        method="DELETE",
        path="/runs/{run}",
        handler=do.stop,
        summary="Stops a run at its next event",
    )


class Running(Answering):
    """What each of them does."""

    async def begin(self, call: HttpCall) -> HttpAnswer:
        wanted = read(call.body, ScriptRun)
        assert isinstance(wanted, ScriptRun)
        run = await self._served.do(lambda: self._served.script_runs.begin(wanted))
        return answered(run.about(), 202)

    async def run(self, call: HttpCall) -> HttpAnswer:
        return answered(self._served.script_runs.run(call.path["run"]).about())

    async def junit(self, call: HttpCall) -> HttpAnswer:
        from terminal_sim.run_report.junit import document

        run = self._served.script_runs.run(call.path["run"])
        return HttpAnswer(document(list(run.results), run.options).encode(), Media.XML)

    async def stop(self, call: HttpCall) -> HttpAnswer:
        run = self._served.script_runs.run(call.path["run"])
        run.stops = True
        return answered(run.about())
