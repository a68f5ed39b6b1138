"""The operations that do something: the clock of a bench, its terminals, and what is said to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from terminal_sim.bench import Bench, BenchMisuse, Duration, JournalError, ProfileError
from terminal_sim.script.vocabulary import vocabulary
from terminal_sim.verbs import Verb
from terminal_sim.web.acting import act, say
from terminal_sim.web.answering import Answering
from terminal_sim.web.argument_schema import schema_of
from terminal_sim.web.bodies import Acts, ClockChange, NewTerminal, read, read_object
from terminal_sim.web.branch import ServedBranch
from terminal_sim.web.operations import (
    SAID_VERBS,
    TERMINAL,
    HttpAnswer,
    HttpCall,
    Operation,
    OperationReach,
    Query,
    answered,
)
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.seat import Seat, ServedTerminal
from terminal_sim.web.served import ServedBench
from terminal_sim.web.standing import standing

_BODY = (ProblemKind.NOT_JSON, ProblemKind.BAD_VALUE)


def deeds(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    do = Handlers(served)
    yield Operation(
        id="bench",
        method="GET",
        path="/bench",
        handler=do.bench,
        reach=OperationReach.MOMENT,
        summary="The clock, the next deadline, the newest event, and what breaks an invariant",
    )
    yield Operation(
        id="changeClock",
        method="POST",
        path="/bench/clock",
        handler=do.change_clock,
        reach=OperationReach.BRANCH,
        body=ClockChange,
        problems=(*_BODY, ProblemKind.REFUSED),
        summary="Lets virtual time pass, jump to the next deadline, run by the wall or stand still; or sets the wall clock",
    )
    yield Operation(
        id="terminals",
        method="GET",
        path="/terminals",
        handler=do.terminals,
        reach=OperationReach.MOMENT,
        summary="The terminals of the bench",
    )
    yield Operation(
        id="addTerminal",
        method="POST",
        path="/terminals",
        handler=do.add_terminal,
        reach=OperationReach.BRANCH,
        body=NewTerminal,
        status=201,
        problems=(*_BODY, ProblemKind.REFUSED),
        summary="Sets up a terminal",
    )
    yield Operation(
        id="terminal",
        method="GET",
        path=TERMINAL,
        handler=do.terminal,
        reach=OperationReach.MOMENT,
        summary="How a terminal stands",
    )
    yield Operation(
        id="acts",
        method="POST",
        path=f"{TERMINAL}/acts",
        handler=do.acts,
        reach=OperationReach.BRANCH,
        body=Acts,
        problems=(*_BODY, ProblemKind.REFUSED),
        summary="Does lines of the script language in order, up to the first that is refused; acts and expectations wait in virtual time",
    )
    yield Operation(
        id="lines",
        method="POST",
        path="/lines",
        handler=do.lines,
        reach=OperationReach.BRANCH,
        takes_text=True,
        query=(Query("terminal", "the terminal; the first one by default", text=True),),
        problems=(ProblemKind.REFUSED,),
        summary="The same with the lines as plain text",
    )
    for name, verb in SAID_VERBS.items():
        yield Operation(
            id=verb.method,
            method="POST",
            path=f"{TERMINAL}/verbs/{name}",
            handler=do.verb(verb),
            reach=OperationReach.BRANCH,
            schema=schema_of(verb),
            problems=(*_BODY, ProblemKind.REFUSED),
            summary=verb.doc.partition("\n")[0],
        )


class Handlers(Answering):
    """What each of them does."""

    # The bench and its clock.

    async def bench(self, call: HttpCall) -> HttpAnswer:
        return answered(await self._standing(call, violations=True))

    async def _standing(self, call: HttpCall, *, violations: bool = False) -> dict[str, object]:
        def stands(bench: Bench, seats: dict[str, Seat]) -> dict[str, object]:
            branch = self._served.branch(call.branch)
            about = standing(bench, runs=call.at is None and self._served.runs(branch.name))
            about |= {"branch": branch.name, "terminals": list(seats)}
            return about | ({"violations": bench.violations()} if violations else {})

        return await self.on_bench(call, stands)

    async def change_clock(self, call: HttpCall) -> HttpAnswer:
        change = read(call.body, ClockChange)
        assert isinstance(change, ClockChange)
        given = [name for name in change.__struct_fields__ if getattr(change, name) is not None]
        if len(given) != 1 or change.next is False:
            raise ApiProblem(
                ProblemKind.BAD_VALUE,
                "say one of advance, next (true), run or set",
                field="".join(given[1:2]),
            )
        if change.run is not None:
            pace = self._served.pace(call.branch)
            await (pace.run() if change.run else pace.pause())
        else:
            await self.on_branch(call, partial(_move_clock, change))
        return answered(await self._standing(call))

    # Terminals.

    async def terminals(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.on_bench(call, lambda _, seats: [each.about() for each in seats.values()]))

    async def add_terminal(self, call: HttpCall) -> HttpAnswer:
        wanted = read(call.body, NewTerminal)
        assert isinstance(wanted, NewTerminal)
        return answered(await self._served.do(partial(self._add, wanted, call.branch)), 201)

    def _add(self, wanted: NewTerminal, branch: str) -> dict[str, object]:
        if wanted.profile not in vocabulary().profiles:
            # A path of the server's machine is no business of a request.
            raise ApiProblem(
                ProblemKind.BAD_VALUE, f"there is no profile {wanted.profile!r}", field="profile"
            )
        try:
            return self._served.add(
                wanted.profile, locale=wanted.locale, options=wanted.options, branch=branch
            ).about()
        except (ProfileError, BenchMisuse) as wrong:
            raise ApiProblem(
                ProblemKind.BAD_VALUE, str(wrong), field="options" if wanted.options else "locale"
            ) from None
        except JournalError as refused:
            raise ApiProblem(ProblemKind.REFUSED, str(refused)) from None

    async def terminal(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.at_seat(call, Seat.about))

    # What is said to them.

    async def acts(self, call: HttpCall) -> HttpAnswer:
        wanted = read(call.body, Acts)
        assert isinstance(wanted, Acts)
        return answered(await self.at_terminal(call, lambda branch, at: act(branch, at, wanted.lines)))

    async def lines(self, call: HttpCall) -> HttpAnswer:
        try:
            text = call.body.decode()
        except UnicodeDecodeError:
            raise ApiProblem(ProblemKind.BAD_VALUE, "the lines are no UTF-8", field="body") from None
        lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
        wanted = [line for line in lines if line and not line.startswith("#")]
        name = str(call.query.get("terminal", ""))
        return answered(await self.on_branch(call, lambda branch: act(branch, _chosen(branch, name), wanted)))

    def verb(self, verb: Verb) -> Callable[[HttpCall], Awaitable[HttpAnswer]]:
        """The operation that does one verb with its arguments by name."""

        async def do(call: HttpCall) -> HttpAnswer:
            given = read_object(call.body)
            return answered(await self.at_terminal(call, lambda branch, at: say(branch, at, verb, given)))

        return do


def _chosen(branch: ServedBranch, name: str) -> ServedTerminal:
    if not name and not branch.terminals:
        raise ApiProblem(ProblemKind.REFUSED, "there is no terminal on this bench yet")
    return branch.terminal(name or next(iter(branch.terminals)))


def _move_clock(change: ClockChange, branch: ServedBranch) -> None:
    bench = branch.bench
    try:
        if change.set is not None:
            bench.set_clock(change.set)
            branch.keep()
        elif change.advance is not None:
            branch.advance(Duration.parse(change.advance))
        else:
            deadline = bench.next_deadline()
            if deadline is None:
                raise ApiProblem(ProblemKind.REFUSED, "nothing is due on this bench", field="next")
            branch.advance(Duration(max(deadline.at - bench.now.mono, 0)))
    except BenchMisuse as refused:
        raise ApiProblem(ProblemKind.REFUSED, str(refused)) from None
    except ValueError as wrong:
        raise ApiProblem(
            ProblemKind.BAD_VALUE, str(wrong), field="advance" if change.set is None else "set"
        ) from None
