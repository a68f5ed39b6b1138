"""The operations that list what there is to say and to do: verbs, faults, cards, profiles, flows, completions, and what is wrong with a script."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.bench import contents
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.web.answering import Answering
from terminal_sim.web.bodies import ScriptText, read
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.catalogue import card_rows, fault_rows, flow_rows, verb_rows
from terminal_sim.web.operations import (
    TERMINAL,
    HttpAnswer,
    HttpCall,
    Media,
    Operation,
    OperationReach,
    Query,
    answered,
)
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import ServedTerminal
from terminal_sim.web.served import ServedBench

_MOST_CANDIDATES = 200


def listings(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    listing = Listings(served)
    yield Operation(
        id="verbs",
        method="GET",
        path="/verbs",
        handler=listing.verbs,
        summary="The verbs of the language, with their arguments",
    )
    yield Operation(
        id="profiles",
        method="GET",
        path="/profiles",
        handler=listing.profiles,
        summary="The bundled profiles",
    )
    yield Operation(
        id="cards",
        method="GET",
        path="/cards",
        handler=listing.cards,
        reach=OperationReach.BRANCH,
        summary="The cards, with masked numbers and what each is for",
    )
    yield Operation(
        id="checkScript",
        method="POST",
        path="/scripts/check",
        handler=listing.check,
        body=ScriptText,
        problems=(ProblemKind.NOT_JSON, ProblemKind.BAD_VALUE),
        summary="Everything that is wrong with a script, by line and column; nothing is run",
    )
    yield Operation(
        id="faults",
        method="GET",
        path=f"{TERMINAL}/faults",
        handler=listing.faults,
        reach=OperationReach.BRANCH,
        summary="The faults that the terminal can have, with their arguments",
    )
    yield Operation(
        id="complete",
        method="GET",
        path=f"{TERMINAL}/complete",
        handler=listing.complete,
        query=(Query("line", "the line as far as it is typed; empty by default", text=True),),
        reach=OperationReach.BRANCH,
        summary="What a line that is being typed may go on with",
    )
    yield Operation(
        id="flows",
        method="GET",
        path=f"{TERMINAL}/flows",
        handler=listing.flows,
        reach=OperationReach.BRANCH,
        summary="The flows of the terminal as tables: states, time-outs, moves",
    )
    yield Operation(
        id="flowChart",
        method="GET",
        path=f"{TERMINAL}/flows/{{flow}}.svg",
        handler=listing.chart,
        answer=Media.SVG,
        reach=OperationReach.BRANCH,
        summary="The chart of a flow: what was taken at this terminal is ticked and green, what was not has a cross and is red",
    )


class Listings(Answering):
    """What each of them lists."""

    async def verbs(self, _: HttpCall) -> HttpAnswer:
        return answered(list(verb_rows()))

    async def profiles(self, _: HttpCall) -> HttpAnswer:
        return answered(sorted(vocabulary().profiles))

    async def cards(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.on_branch(call, lambda branch: list(card_rows(branch.bench))))

    async def check(self, call: HttpCall) -> HttpAnswer:
        from terminal_sim.web.own_scripts import problems

        wanted = read(call.body, ScriptText)
        assert isinstance(wanted, ScriptText)
        return answered(await self._served.do(lambda: problems(wanted.text)))

    async def faults(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.at_terminal(call, lambda _, at: list(fault_rows(at.terminal))))

    async def complete(self, call: HttpCall) -> HttpAnswer:
        line = str(call.query.get("line", ""))

        def candidates(_: ServedBranch, at: ServedTerminal) -> dict[str, object]:
            found = at.lines.complete(line)
            rows = [
                {"text": one.text, "kind": one.kind.value, "meaning": one.meaning, "form": one.form}
                for one in found.candidates[:_MOST_CANDIDATES]
            ]
            return {"start": found.start, "candidates": rows}

        return answered(await self.at_terminal(call, candidates))

    async def flows(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.at_terminal(call, lambda _, at: list(flow_rows(at.terminal.flows))))

    async def chart(self, call: HttpCall) -> HttpAnswer:
        from terminal_sim.display import statechart

        name = call.path["flow"]

        def drawn(branch: ServedBranch, at: ServedTerminal) -> str:
            flow = at.terminal.flows.get(name)
            if flow is None:
                raise ApiProblem.missing("flow", name, at.terminal.flows)
            seen = _changes(branch, at, name)
            return statechart.svg(flow, seen, {state for change in seen for state in change})

        return HttpAnswer((await self.at_terminal(call, drawn)).encode(), Media.SVG)


def _changes(branch: ServedBranch, at: ServedTerminal, flow: str) -> set[tuple[str, str]]:
    """The changes of state of a flow at this terminal, as far as the trace is kept."""
    return {
        (entry.content.source, entry.content.dest)
        for entry in branch.history.after(0)
        if isinstance(entry.content, contents.StateChanged)
        and entry.terminal == at.terminal.name
        and entry.content.flow == flow
    }
