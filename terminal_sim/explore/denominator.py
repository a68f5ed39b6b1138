"""What there is to cover of a terminal: the states, moves and guards that its profile allows, and for all others the key that forbids them.

A profile is counted with its variants: what it forbids and a variant of it allows is there to be covered, on a terminal of the variant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
        moves = list(_judged(flow, profile))
        reached, ahead = {flow.initial}, [flow.initial]
        while ahead:
            source = ahead.pop()
            for move in moves:
                if move.source == source and not move.why and move.dest not in (DONE, STAYS, *reached):
                    reached.add(move.dest)
                    ahead.append(move.dest)
        closed = {move.dest: move.why for move in reversed(moves) if move.why and move.source in reached}
        whole = beyond(profile, flow.name)
        for state in flow.states:
            self._enter(f"state {flow.name} {state.name}", whole or _why_not(state.name, reached, closed))
        for move in moves:
            away = beyond(profile, flow.name, move.source, move.trigger, move.guard) or _why_not(
                move.source, reached, closed
            )
            self._enter(f"move {move.name}", away or move.why)
            for answer, never in move.answers.items():
                self._enter(f"guard {move.name} {answer}", away or never)

    def _enter(self, key: str, why: str) -> None:
        if why:
            self.forbidden.setdefault(key, why)
        else:
            self.allowed.add(key)


@dataclass(frozen=True, slots=True)
class _JudgedMove:
    """A move of a table; `why` is which keys of the profile forbid it, "" where they do not. `answers` says that of each answer of its guard."""

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


def _judged(flow: AnyFlow, profile: Profile) -> Iterator[_JudgedMove]:
    reader = GuardReader(flow.context, profile)
    for (_, trigger), plans in flow.plans.items():
        before = never_comes(trigger.value, profile)  # why no later move of this state and trigger is made
        for plan in plans:
            if not plan.guards:
                yield _JudgedMove(plan.name, before, {})
                continue
            found = reader.read(plan.guards[0])
            why = ", ".join(sorted(found.keys)) or "the profile"
            never = before or (why if found.is_known and not found.value else "")
            always = before or (why if found.is_known and found.value else "")
            yield _JudgedMove(plan.name, never, {"yes": never, "no": always})
            before = always


def _why_not(state: str, reached: set[str], closed: Mapping[str, str]) -> str:
    """Why a state is not come to, "" where it is; what only a state leads to that is not come to is behind that."""
    if state in reached:
        return ""
    return closed.get(state) or ", ".join(dict.fromkeys(closed.values())) or "no move leads there"
