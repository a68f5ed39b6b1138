"""The operations that show the host: how it stands, its books, and the messages that came to it or went to it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import to_builtins

from terminal_sim.bench import Bench
from terminal_sim.bench.host_standing import entry_row, host_standing
from terminal_sim.web.answering import Answering
from terminal_sim.web.operations import AFTER, HttpAnswer, HttpCall, Operation, OperationReach, answered
from terminal_sim.web.problem import ApiProblem, ProblemKind
from terminal_sim.web.served import ServedBench


def hosting(served: ServedBench) -> Iterator[Operation]:
    """Every one, in the order in which the document shows them."""
    show = Hosting(served)
    yield Operation(
        id="host",
        method="GET",
        path="/host",
        handler=show.standing,
        reach=OperationReach.MOMENT,
        summary="How the host stands: what decides its answers, what its books come to, and the way of each terminal to it",
    )
    yield Operation(
        id="hostEntries",
        method="GET",
        path="/host/entries",
        handler=show.entries,
        reach=OperationReach.MOMENT,
        query=(AFTER,),
        problems=(ProblemKind.REFUSED,),
        summary="The entries of the host's books, masked; refused where the host is on a network, since its books are there",
    )
    yield Operation(
        id="hostMessages",
        method="GET",
        path="/host/messages",
        handler=show.messages,
        reach=OperationReach.MOMENT,
        query=(AFTER,),
        summary="Every request that reached the acquirer, or was sent to a host on a network, masked",
    )


class Hosting(Answering):
    """What each of them shows."""

    async def standing(self, call: HttpCall) -> HttpAnswer:
        return answered(await self.on_bench(call, lambda bench, _: standing_of(bench)))

    async def entries(self, call: HttpCall) -> HttpAnswer:
        after = int(call.query.get("after", 0))
        return answered(await self.on_bench(call, lambda bench, _: entry_rows(bench, after)))

    async def messages(self, call: HttpCall) -> HttpAnswer:
        after = int(call.query.get("after", 0))
        return answered(await self.on_bench(call, lambda bench, _: message_rows(bench, after)))


def standing_of(bench: Bench) -> dict[str, object]:
    """How the host stands, and how many messages there are."""
    shown: dict[str, object] = to_builtins(host_standing(bench))
    return shown | {"messages": len(bench.host_messages())}


def entry_rows(bench: Bench, after: int = 0) -> list[dict[str, str | int]]:
    """The entries of the books without those numbered up to `after`. Raises `ApiProblem` where the books are elsewhere."""
    if bench.network is not None:
        raise ApiProblem(ProblemKind.REFUSED, f"the host is at {bench.network.address}, and so are its books")
    return [entry_row(entry) for entry in bench.acquirer.entries() if entry.number > after]


def message_rows(bench: Bench, after: int = 0) -> list[dict[str, object]]:
    """Every request that there was, masked, without the first `after` ones."""
    return [{"kind": each.kind, "mti": each.mti, **each.fields} for each in bench.host_messages()[after:]]
