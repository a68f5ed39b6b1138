"""Where the explorer acts: benches that begin alike, at which lists of acts are done and judged.

Each act is recorded as what it turned out to be: a key that the screen does not take, and an act that cannot be done where the terminal stands, are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from types import TracebackType
from typing import Self

from terminal_sim.bench import (
    Bench,
    BenchMisuse,
    Profile,
    Snapshot,
    TerminalUnderTest,
    Trace,
)
from terminal_sim.display.texts import Texts
from terminal_sim.explore.denominator import Denominator
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.act_runner import ActRunner
from terminal_sim.explore.search.beyond import beyond_a_script
from terminal_sim.explore.search.standing_offers import StandingOffers
from terminal_sim.explore.secret_words import details_of
from terminal_sim.oracles.choice import ALL_CLASSES, OracleClass
from terminal_sim.oracles.oracle import Oracle, OracleAlarm
from terminal_sim.oracles.watch import OracleWatch, WatchMoment
from terminal_sim.profile import load
from terminal_sim.readers.opening import VIRTUAL

CRASH = "I-crash"


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What every session begins with: a terminal of `profile` with `options` set, fresh from the box. `oracles` judge it, and rules of the `classes`.

    `numbers` and `pins` are those of the cards by their names, `cards` the names of those that can be presented by each verb. `clock` is the civil
    time at the beginning, the bench's own where it is empty.
    """

    profile: str
    options: Mapping[str, str] = field(default_factory=dict)
    oracles: Sequence[Oracle] = ()
    seed: int = 0
    locale: str = ""
    classes: frozenset[OracleClass] = ALL_CLASSES
    clock: str = ""
    model: Profile
    texts: Texts
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    pins: Mapping[str, str] = field(default_factory=dict, repr=False)
    cards: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    reader: str = VIRTUAL

    @classmethod
    def of(
        cls,
        profile: str,
        options: Mapping[str, str],
        oracles: Sequence[Oracle],
        seed: int = 0,
        locale: str = "",
        classes: frozenset[OracleClass] = ALL_CLASSES,
    ) -> Ground:
        """Raises `ProfileError` for a profile or options that there are not."""
        details, cards = _deck()
        return cls(
            cards=cards,
            numbers={name: one["pan"] for name, one in details.items()},
            pins={name: one["pin"] for name, one in details.items() if "pin" in one},
            profile=profile,
            options=options,
            oracles=oracles,
            seed=seed,
            locale=locale,
            classes=classes,
            model=load(profile, options),
            texts=Texts.load(),
        )

    def switched(self, options: Mapping[str, str]) -> Ground:
        """The ground with these options set as well. Raises `ProfileError` for options that there are not."""
        together = {**self.options, **options}
        return replace(self, options=together, model=load(self.profile, together))

    @cached_property
    def allowed(self) -> frozenset[str]:
        """The keys of the states, moves and guards that acts of a script can come to here."""
        return frozenset(Denominator.of(self.model, beyond=beyond_a_script).allowed)

    @cached_property
    def standing(self) -> StandingOffers:
        """What is offered at every moment on it."""
        return StandingOffers.of(self.model)

    def session(self) -> ExploredSession:
        """A new session."""
        return ExploredSession(self)

    def alarms(self, acts: Iterable[Act]) -> tuple[list[Act], list[OracleAlarm]]:
        """Does the acts on a new bench: those that could be done, and the verdict on them."""
        with self.session() as session:
            for act in acts:
                session.do(act)
                if session.crashed is not None:
                    break
            return session.acts, session.verdict()


@dataclass(frozen=True, slots=True)
class SessionMoment:
    """Where a session stood: after which acts, its bench, and what its judges knew."""

    acts: tuple[Act, ...]
    bench: Snapshot = field(repr=False)
    watch: WatchMoment = field(repr=False)


@cache
def _deck() -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, tuple[str, ...]]]:
    """What is typed of each bundled card, and which can be presented in which way; read once."""
    with Bench(trace=False) as bench:
        details = details_of(bench)
        cards = {name: bench.card(name) for name in details}
        faces = {
            "insert": tuple(name for name, card in cards.items() if card.chip is not None),
            "tap-card": tuple(name for name, card in cards.items() if card.contactless is not None),
            "swipe": tuple(name for name, card in cards.items() if card.stripe is not None),
        }
        return details, faces


class ExploredSession:
    """One bench with its terminal and its judges. `acts` are those that were done, `crashed` what broke the bench. Nobody waits on once a rule is broken: the rule `sought`, where one is."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.acts: list[Act] = []
        self.sought = ""
        self.crashed: OracleAlarm | None = None
        self.bench = Bench(
            seed=ground.seed, trace=Trace(keep=0), texts=ground.texts, clock=ground.clock or None
        )
        try:
            self.terminal: TerminalUnderTest = self.bench.add_terminal(
                ground.model, locale=ground.locale or None, reader=ground.reader
            )
        except BaseException:
            self.bench.close()
            raise
        self._runner = ActRunner(self.bench, self.terminal)
        self.watch = OracleWatch(self.bench, self.terminal, ground.oracles, ground.classes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bench.close()

    def moment(self) -> SessionMoment | None:
        """Where the session stands, None where a bench cannot be kept there."""
        try:
            return SessionMoment(tuple(self.acts), self.bench.snapshot(), self.watch.moment())
        except BenchMisuse:
            return None

    def go_back(self, moment: SessionMoment) -> None:
        """Stand where the session stood at that moment. No moment with a card in a real reader is kept, so the card is taken out of it first."""
        if self.ground.reader != VIRTUAL and self.terminal.card_in_slot:
            self.terminal.remove_card()
        self.bench.restore(moment.bench)
        self.watch.go_back(moment.watch)
        self.acts, self.crashed = [*moment.acts], None

    def do(self, act: Act) -> bool:
        """Does one act, if it can be done here, and has it judged; whether it was done."""
        begun = len(self.watch.alarms)
        try:
            done = self._runner.run(act, lambda: self._is_broken(begun))
        except Exception as broken:  # noqa: BLE001 - whatever a firmware raises is a finding
            self.acts.append(act)
            detail = f"{type(broken).__name__}: {broken}"
            self.crashed = OracleAlarm(CRASH, "no act breaks the bench", detail, self.bench.trace.number)
            return True
        self.acts += done
        if done:
            self.watch.settle()
        return bool(done)

    def _is_broken(self, begun: int) -> bool:
        """Whether a rule was broken since there were so many alarms."""
        alarms = self.watch.alarms
        return len(alarms) > begun and (
            not self.sought or any(one.code == self.sought for one in alarms[begun:])
        )

    @property
    def alarms(self) -> list[OracleAlarm]:
        """Those of the rules that are asked after each act, so far."""
        return self.watch.alarms if self.crashed is None else [*self.watch.alarms, self.crashed]

    def verdict(self) -> list[OracleAlarm]:
        """All alarms, the invariants of money among them."""
        return self.watch.verdict() if self.crashed is None else self.alarms
