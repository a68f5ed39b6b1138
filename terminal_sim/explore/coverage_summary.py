"""Coverage held to what there is to cover: how much of each kind was seen, what is missing and how near one came, and what the profile forbids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from terminal_sim.bench import AnyFlow, Profile, flows_of
from terminal_sim.explore.coverage import Change, Coverage, changes_of
from terminal_sim.explore.denominator import Beyond, Denominator, nothing_is_beyond

COUNTED = ("state", "move", "guard")
"""The kinds of keys of which is known how many there are."""


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many keys of a kind were seen, of those that there are."""

    kind: str
    seen: int
    there: int

    @property
    def percent(self) -> float:
        return 100 * self.seen / self.there if self.there else 100.0

    @property
    def told(self) -> str:
        """The whole percents, of which 100 are all and no fewer."""
        return str(int(self.percent))


@dataclass(frozen=True, slots=True)
class CoverageSummary:
    """That of one model. `others` counts the keys of all other kinds, `missing` says of each key how near one came, `forbidden` counts keys by the keys of the profile."""

    profile: Profile
    counts: tuple[KindCount, ...]
    others: Mapping[str, int]
    missing: Mapping[str, str]
    forbidden: Mapping[str, int]
    denominator: Denominator

    @classmethod
    def of(
        cls,
        coverage: Coverage,
        profile: Profile,
        variants: Iterable[Profile] = (),
        beyond: Beyond = nothing_is_beyond,
    ) -> CoverageSummary:
        """Of the terminals of a profile, counted with its variants, but for what is `beyond` those who acted (`Denominator.of`)."""
        seen = coverage.keys.get(profile.id, set())
        there = Denominator.of(profile, variants, beyond)
        nearness = _Nearness(seen, there)
        return cls(
            profile=profile,
            counts=tuple(_count(kind, seen, there) for kind in COUNTED),
            others=dict(sorted(Counter(map(_other, seen)).items())),
            missing={key: nearness.of(key) for key in sorted(there.allowed - seen)},
            forbidden=dict(Counter(there.forbidden.values()).most_common()),
            denominator=there,
        )

    @property
    def percent(self) -> float:
        """How many of the moves were made, of a hundred that there are."""
        return next(one.percent for one in self.counts if one.kind == "move")

    def closed(self, flow: AnyFlow) -> frozenset[Change]:
        """The changes of state of a flow that the profile and its variants forbid."""
        words = (key.split() for key in self.denominator.allowed if key.startswith(f"move {flow.name} "))
        opened = {(source, dest) for _, _, source, _, dest, *_ in words}
        return frozenset(changes_of(flow)) - opened

    def barred(self, flow: AnyFlow) -> frozenset[str]:
        """The names of the moves of a flow (`Flow.called`) that the profile and its variants forbid."""
        start = f"move {flow.name} "
        return frozenset(
            key.removeprefix("move ") for key in self.denominator.forbidden if key.startswith(start)
        )

    def away(self, flow: AnyFlow) -> frozenset[str]:
        """The states of a flow to which the profile and its variants lead nobody."""
        return frozenset(
            state.name
            for state in flow.states
            if f"state {flow.name} {state.name}" in self.denominator.forbidden
        )

    @property
    def flows(self) -> Mapping[str, AnyFlow]:
        """The flows that its terminals can come to."""
        return flows_of(self.profile)


def _count(kind: str, seen: set[str], there: Denominator) -> KindCount:
    every = {key for key in there.allowed if key.startswith(f"{kind} ")}
    return KindCount(kind, len(every & seen), len(every))


def _other(key: str) -> str:
    """What a key counts as: its kind, and the language of a wording."""
    kind, first, *_ = key.split()
    return f"{kind} {first}" if kind == "text" else kind


class _Nearness:
    """How near one came to what was not covered."""

    def __init__(self, seen: set[str], there: Denominator) -> None:
        self._seen = seen
        self._before: dict[tuple[str, str], list[str]] = {}
        for key in sorted(there.allowed):
            kind, flow, source, *more = key.split()
            if kind == "move" and more[1] not in ("-", source):
                self._before.setdefault((flow, more[1]), []).append(source)

    def of(self, key: str) -> str:
        """The nearest place that was reached, as a sentence."""
        _, flow, state, *_ = key.split()
        if not any(one.startswith(f"state {flow} ") for one in self._seen):
            return f"{flow} was never begun"
        been, ahead = {state}, [state]
        while ahead:
            place = ahead.pop(0)
            if f"state {flow} {place}" in self._seen:
                return f"{flow} came to {place}"
            new = [one for one in self._before.get((flow, place), []) if one not in been]
            been.update(new)
            ahead += new
        return f"nothing that was reached leads to {state}"
