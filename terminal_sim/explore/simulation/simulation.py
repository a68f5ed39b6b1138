"""One simulated shop: what its seed draws, the time in which everything may fail, and the time in which all of it must come to an end.

1. Everything is drawn from the seed: the models, their options, who pays how, which faults there are and when they strike. The same seed does
   the same on every machine, under any hash seed of Python.
2. While faults strike, the invariants hold: a payment may be in doubt, and breaks none of them.
3. Then everything is repaired and has more than a day. After that nothing may be in doubt, the books agree to the cent, and every
   terminal stands at its home screen.
4. What a terminal told a person is held against its journal after each act.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from terminal_sim.bench import Bench, Duration, Profile, Subscriber, TerminalUnderTest, Trace
from terminal_sim.display.texts import Texts
from terminal_sim.explore.search.act import PRESS, WAIT, Act
from terminal_sim.explore.search.act_runner import ActRunner
from terminal_sim.explore.search.errands.way import menu_ways
from terminal_sim.explore.search.world import cures
from terminal_sim.explore.secret_words import details_of
from terminal_sim.explore.simulation.customers import ShopTerminal, errand, prices
from terminal_sim.explore.simulation.hazards import Hazards
from terminal_sim.explore.simulation.host_trouble import HostTrouble
from terminal_sim.explore.simulation.promises import PromiseWatch
from terminal_sim.profile import load, names, variants

STEPS = (40, 80, 160)
MOST_TERMINALS = 3
HASTE = (0.05, 0.5)
"""How often an act is at another terminal than the act before."""
ROUNDS = 6
A_WHILE = Duration.parse("10min")
SETTLED = Duration.parse("26h")
_BEGUN = ("AUTH_SENT", "PENDING")
_ENDS = ("tampered", "home")
CRASH = "L0 an act broke the bench"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationEnd:
    """How a simulation ended. `violations` are empty where nothing is wrong; `payments` were begun, in `boots` of the terminals."""

    seed: int
    models: tuple[str, ...]
    faults: tuple[str, ...]
    payments: int
    boots: int
    violations: tuple[str, ...]


def simulate(seed: int, *subscribers: Subscriber) -> SimulationEnd:
    """Runs the simulation of `seed` to its end; `subscribers` take its trace, which is made for them alone."""
    with Simulation(seed, *subscribers) as simulation:
        try:
            simulation.fail()
            if not simulation.violations:
                simulation.heal()
        except Exception as broken:  # noqa: BLE001 - whatever a firmware raises is a finding
            simulation.violations.append(f"{CRASH}: {type(broken).__name__}: {broken}")
        return simulation.end()


class Simulation:
    """A shop and what is done in it; see the module."""

    def __init__(self, seed: int, *subscribers: Subscriber) -> None:
        self.seed = seed
        self.violations: list[str] = []
        self._chance = chance = Random(f"simulation {seed}")
        self._bench = Bench(
            seed=seed, trace=Trace(*subscribers, keep=0) if subscribers else False, texts=_texts()
        )
        models = [_model(chance.choice(_models()), chance.random() < 0.7) for _ in range(_crowd(chance))]
        self._terminals = [self._bench.add_terminal(model) for model in models]
        self._hazards = Hazards(models, chance)
        self._host = HostTrouble(self._bench, self._terminals, seed)
        amounts, (numbers, pins) = prices(chance), _card_details()
        self._served = {
            terminal.name: ShopTerminal(terminal, tuple(menu_ways(terminal.profile)), amounts, numbers, pins)
            for terminal in self._terminals
        }
        self._runners = {one.name: ActRunner(self._bench, one) for one in self._terminals}
        self._errands: dict[str, Iterator[Act]] = {}
        self._promises = {one.name: PromiseWatch(one) for one in self._terminals}

    def __enter__(self) -> Simulation:
        return self

    def __exit__(self, *_: object) -> None:
        self._host.close()
        self._bench.close()

    def fail(self) -> None:
        """The time in which people pay and things fail."""
        chance, terminal = self._chance, self._terminals[0]
        haste = chance.choice(HASTE)
        for _ in range(chance.choice(STEPS)):
            terminal = chance.choice(self._terminals) if chance.random() < haste else terminal
            self._host.strike(terminal)
            act = self._hazards.strike(terminal, chance) or self._next(terminal)
            if act is not None:
                self._do(terminal, act)
            if self.violations:
                return
        self.violations += self._bench.violations()

    def heal(self) -> None:
        """The time in which everything is right, and whatever is open comes to its end."""
        for span in (*[A_WHILE] * ROUNDS, SETTLED):
            self._repair()
            self._bench.advance(span)
        self._repair()
        for terminal in self._terminals:
            self._leave(terminal)
        self.violations += self._bench.violations(resolved=True)

    def end(self) -> SimulationEnd:
        """How it ended."""
        rows = [row for one in self._terminals for row in one.journal()]
        return SimulationEnd(
            seed=self.seed,
            models=tuple(one.profile.id for one in self._terminals),
            faults=(*self._hazards.on, *self._host.on),
            payments=len({row.fields["reference"] for row in rows if row.fields.get("state") in _BEGUN}),
            boots=sum(row.kind == "boot" for row in rows),
            violations=tuple(self.violations),
        )

    def _next(self, terminal: TerminalUnderTest) -> Act | None:
        """The next act of the errand that is under way at the terminal; a new errand begins behind its end."""
        for _ in range(2):
            if terminal.name not in self._errands:
                self._errands[terminal.name] = errand(self._served[terminal.name], self._chance)
            act = next(self._errands[terminal.name], None) if terminal.is_on else None
            if act is not None:
                return act
            del self._errands[terminal.name]
        return None

    def _do(self, terminal: TerminalUnderTest, act: Act) -> None:
        self._runners[terminal.name].run(act)
        for one in (terminal,) if act[0] != WAIT else self._terminals:
            self.violations += self._promises[one.name].broken()

    def _repair(self) -> None:
        """Makes right what is wrong now, and takes cards out of slots; a fault that waits for its moment may strike later."""
        self._host.mend()
        for terminal in self._terminals:
            for cure in cures(terminal):
                self._do(terminal, cure)
            if terminal.card_in_slot:
                self._do(terminal, ("remove", "card"))

    def _leave(self, terminal: TerminalUnderTest) -> None:
        for _ in range(4):
            if terminal.is_on and terminal.view().screen.id in _ENDS:
                return
            self._do(terminal, (PRESS, "CANCEL"))
            self._repair()
            self._bench.advance(A_WHILE)
        if not terminal.is_on or terminal.view().screen.id not in _ENDS:
            self.violations.append(
                f"L3 a terminal does not come home: terminal={terminal.name} screen={terminal.view().screen.id}"
            )


def _crowd(chance: Random) -> int:
    return chance.choice((1, 1, 2, MOST_TERMINALS))


@cache
def _texts() -> Texts:
    return Texts.load()


@cache
def _model(name: str, allowing: bool) -> Profile:
    """The profile; where `allowing` says so, with the offline payments and the refunds that it can have."""
    as_delivered = load(name)
    changes: dict[str, object] = {}
    if allowing and as_delivered.offline.enabled:
        changes["offline.allowed"] = True
    if allowing and any(way.flow == "refund" for way in menu_ways(as_delivered)):
        changes["refunds.unreferenced"] = True
    return load(name, changes) if changes else as_delivered


@cache
def _card_details() -> tuple[dict[str, str], dict[str, str]]:
    """The numbers and the PINs of the cards by their names."""
    with Bench(trace=False, texts=_texts()) as bench:
        details = details_of(bench)
    numbers = {name: one["pan"] for name, one in details.items()}
    return numbers, {name: one["pin"] for name, one in details.items() if "pin" in one}


@cache
def _models() -> tuple[str, ...]:
    return (*names(), *variants())
