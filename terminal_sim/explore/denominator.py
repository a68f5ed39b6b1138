"""What there is to cover of a terminal: the states, moves and guards that its profile allows, and for all others the key that forbids them.

A profile is counted with its variants: what it forbids and a variant of it allows is there to be covered, on a terminal of the variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Protocol

from terminal_sim.bench import AnyFlow, Profile, flows_of
from terminal_sim.explore.guard_reading import GuardReader
from terminal_sim.explore.trigger_reading import never_comes

DONE, STAYS = "done", "-"


class Beyond(Protocol):
    """Why those who act on a profile never make a move, by its flow, state, trigger and guard; "" where they may. All but the flow are "" where it asks of the whole flow."""

    def __call__(
        self, profile: Profile, flow: str, state: str = "", trigger: str = "", guard: str = "", /
    ) -> str: ...


def nothing_is_beyond(
    _profile: Profile, _flow: str, _state: str = "", _trigger: str = "", _guard: str = "", /
) -> str:
    """For those who can bring about whatever the profile allows."""
    return ""


@dataclass(slots=True)
class Denominator:
    """`allowed` has the keys of states, moves and guards as `Coverage` writes them, `forbidden` says of each other one which keys of the profile are why."""

    allowed: set[str] = field(default_factory=set)
    forbidden: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, profile: Profile, variants: Iterable[Profile] = (), beyond: Beyond = nothing_is_beyond
    ) -> Denominator:
        """That of a profile, counted with its variants. What is `beyond` those who act counts as forbidden."""
        made = cls()
        for one in (profile, *variants):
            for flow in flows_of(one).values():
                made._add(flow, one, beyond)
        for key in made.allowed:
            made.forbidden.pop(key, None)
        return made

    def _add(self, flow: AnyFlow, profile: Profile, beyond: Beyond) -> None:
        moves = list(_judged(flow, profile, beyond))
        reached, ahead = {flow.initial}, [flow.initial]
        while ahead:
            source = ahead.pop()
            for move in moves:
                if move.source == source and not move.why and move.dest not in (DONE, STAYS, *reached):
                    reached.add(move.dest)
                    ahead.append(move.dest)
        behind = _Behind(moves, reached)
        whole = beyond(profile, flow.name)
        for state in flow.states:
            self._enter(f"state {flow.name} {state.name}", whole or behind.why_not(state.name))
        for move in moves:
            away = behind.why_not(move.source)
            self._enter(f"move {move.name}", move.why or away)
            for answer, never in move.answers.items():
                self._enter(f"guard {move.name} {answer}", never or away)

    def _enter(self, key: str, why: str) -> None:
        if why:
            self.forbidden.setdefault(key, why)
        else:
            self.allowed.add(key)


@dataclass(frozen=True, slots=True)
class _JudgedMove:
    """A move of a table; `why` is which keys of the profile forbid it, or why it is beyond those who act, "" where nothing stands against it. `answers` says that of each answer of its guard."""

    name: str
    why: str
    answers: Mapping[str, str]

    source: str = field(init=False)
    trigger: str = field(init=False)
    dest: str = field(init=False)
    guard: str = field(init=False)

    def __post_init__(self) -> None:
        _, source, trigger, dest, guard = self.name.split()
        for name, value in (("source", source), ("trigger", trigger), ("dest", dest), ("guard", guard)):
            object.__setattr__(self, name, value)


def _judged(flow: AnyFlow, profile: Profile, beyond: Beyond) -> Iterator[_JudgedMove]:
    reader = GuardReader(flow, profile)
    for (state, trigger), plans in flow.plans.items():
        before = never_comes(trigger.value, profile)  # why no later move of this state and trigger is made
        for plan in plans:
            guard = plan.name.rpartition(" ")[2]
            away = beyond(profile, flow.name, state, trigger.value, guard)
            if not plan.guards:
                yield _JudgedMove(plan.name, before or away, {})
                continue
            found = reader.read(plan.guards[0])
            why = ", ".join(sorted(found.keys)) or "the profile"
            never = before or (why if found.is_known and not found.value else "") or away
            always = before or (why if found.is_known and found.value else "")
            yield _JudgedMove(plan.name, never, {"yes": never, "no": always or away})
            before = always


class _Behind:
    """Why states are not come to: what is behind a move that is never made is not come to either."""

    def __init__(self, moves: Iterable[_JudgedMove], reached: Set[str]) -> None:
        self._reached = reached
        self._closed: dict[str, str] = {}
        self._into: dict[str, set[str]] = {}
        for move in moves:
            self._into.setdefault(move.dest, set()).add(move.source)
            if move.why and move.source in reached:
                self._closed.setdefault(move.dest, move.why)

    def why_not(self, state: str) -> str:
        """Why the state is not come to, "" where it is."""
        if state in self._reached:
            return ""
        been, ahead, found = {state}, [state], []
        while ahead:
            place = ahead.pop(0)
            if place in self._closed:
                found.append(self._closed[place])
                continue
            new = sorted(self._into.get(place, set()) - been - self._reached)
            been.update(new)
            ahead += new
        return ", ".join(dict.fromkeys(found)) or "no move leads there"
