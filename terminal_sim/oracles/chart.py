"""Rules of the charts: what the tables of a terminal's flows say by themselves, before anything has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from terminal_sim.bench import STAY, AnyFlow, Profile, TerminalUnderTest, Trigger
from terminal_sim.oracles.oracle import OracleAlarm

ChartJudge = Callable[[AnyFlow], Iterator[str]]
"""Gives a detail for each thing that is wrong with the table of a flow."""


@dataclass(frozen=True, slots=True)
class ChartOracle:
    """A rule that every flow of a terminal is held to by its table alone."""

    code: str
    sentence: str
    judge: ChartJudge


def chart_oracle(code: str, sentence: str) -> Callable[[ChartJudge], ChartOracle]:
    """Makes a rule of a function."""
    return lambda judge: ChartOracle(code, sentence, judge)


@chart_oracle(
    "C-time-1",
    "what can be cancelled has a time-out, but for a screen that rests until a point of sale asks for something",
)
def times_out(flow: AnyFlow) -> Iterator[str]:
    for state in flow.states:
        triggers = {move.trigger for move in flow.moves if state.name in move.sources}
        if Trigger.CANCEL in triggers and Trigger.PAYMENT_REQUESTED not in triggers and not state.timeout:
            yield f"{flow.name} {state.name} is left by the red key, and by nothing when nobody presses it"


@chart_oracle("C-state-1", "every state of a flow is entered from where the flow begins")
def entered(flow: AnyFlow) -> Iterator[str]:
    reached, ahead = {flow.initial}, [flow.initial]
    while ahead:
        source = ahead.pop()
        for move in flow.moves:
            if source in move.sources and move.dest in flow.table and move.dest not in reached:
                reached.add(move.dest)
                ahead.append(move.dest)
    for state in flow.states:
        if state.name not in reached:
            yield f"nothing leads to {flow.name} {state.name}"


@chart_oracle("C-move-1", "no move stands behind one that has no guard and so is always made")
def makeable(flow: AnyFlow) -> Iterator[str]:
    for state in flow.states:
        always: set[Trigger] = set()
        for move in flow.moves:
            if state.name not in move.sources:
                continue
            if move.trigger in always:
                where = "where it is" if move.dest is STAY else move.dest
                yield f"{flow.name} {state.name} is never left for {where} by {move.trigger.value}: a move before it has no guard"
            if move.guard is None:
                always.add(move.trigger)


CHART = (times_out, entered, makeable)
REACHED = ("C-reached-1", "every flow that a menu promises is reached")


def chart_alarms(terminal: TerminalUnderTest) -> list[OracleAlarm]:
    """What is wrong with the tables of the flows that a terminal can come to."""
    return [
        OracleAlarm(one.code, one.sentence, detail, 0)
        for flow in terminal.flows.values()
        for one in CHART
        for detail in one.judge(flow)
    ]


def promised(profile: Profile) -> frozenset[str]:
    """The flows that the menus of a profile lead to, as far as its switches let them stand there."""
    menus = [*profile.home.shortcuts.values(), *([profile.home.menu] if profile.home.menu else [])]
    found: set[str] = set()
    ahead = [*profile.home.entries]
    been: set[str] = set()
    while ahead or menus:
        while menus:
            name = menus.pop()
            if name not in been:
                been.add(name)
                ahead += profile.menus[name].entries
        entry = ahead.pop() if ahead else None
        if entry is not None and is_listed(profile, entry.needs):
            found |= {entry.flow} if entry.flow else set()
            menus += [entry.menu] if entry.menu else []
    return frozenset(found)


def is_listed(profile: Profile, needs: str) -> bool:
    """Whether a menu lists an entry with this need at all."""
    if needs == "moto":
        return profile.moto.enabled
    return profile.refunds.unreferenced if needs in ("unreferenced-refunds", "refund-passcode") else True


def unreached(profile: Profile, been: frozenset[str]) -> list[OracleAlarm]:
    """An alarm for each flow that a menu promises and that is none of those that were come to."""
    code, sentence = REACHED
    missing = sorted(promised(profile) - been)
    return [OracleAlarm(code, sentence, f"{flow} was never come to", 0) for flow in missing]
