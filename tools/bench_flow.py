"""What our state tables cost: the events of a sale through `core.flow`, stock `transitions` and a hand-made table.

1. The events are recorded from a real swipe sale, and so is which guards held.
2. Dispatch alone: contexts whose guards and actions do nothing, so what is left is the finding of the move.
3. The whole terminal: the same firmware with the real callbacks replays the sale; only `Flow.fire` differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bench_rig import Figure, contest
from bench_sale import PROFILE, sale

from terminal_sim.bench import Bench
from terminal_sim.core.durable_state import DurableState
from terminal_sim.core.events import Event, KeyPressed, PoweredOn, Trigger
from terminal_sim.core.flow import AnyFlow, Context, Flow, name_of
from terminal_sim.core.moment import Instant
from terminal_sim.core.terminal import Terminal
from terminal_sim.flows import load

Method = Callable[[Any, Event], object]


class StockFlow(Flow[Context]):
    """Fires through the library alone."""

    def fire(self, context: Context, trigger: Trigger, event: Event) -> bool:
        known = self.machine.events.get(trigger.value)
        return known is not None and bool(known.trigger(context, event))


class TableFlow(Flow[Context]):
    """Fires by a dictionary made from `Flow.moves`, every method looked up beforehand: the least that Python can do."""

    @cached_property
    def _moves(
        self,
    ) -> dict[tuple[str, Trigger], list[tuple[Method | None, Method | None, str, Method | None]]]:
        table: dict[tuple[str, Trigger], list[tuple[Method | None, Method | None, str, Method | None]]] = {}
        for move in self.moves:
            enter = self.table[move.dest].enter if move.dest in self.table else None
            row = self._method(move.guard), self._method(move.action), move.dest or "", self._method(enter)
            for source in move.sources:
                table.setdefault((source, move.trigger), []).append(row)
        return table

    def _method(self, reference: Callable[..., object] | None) -> Method | None:
        return getattr(self.context, name_of(reference)) if reference is not None else None

    def fire(self, context: Context, trigger: Trigger, event: Event) -> bool:
        for guard, action, dest, enter in self._moves.get((context.state, trigger), ()):
            if guard is not None and not guard(context, event):
                continue
            if action is not None:
                action(context, event)
            if dest:
                context.state = dest
                if enter is not None:
                    enter(context, event)
            return True
        return False


@dataclass(frozen=True, slots=True)
class Fired:
    """One call of `Flow.fire`: where, what, and the guards that hold there."""

    flow: str
    state: str
    trigger: Trigger
    truths: frozenset[str]


class RecordingFlow(Flow[Context]):
    """Fires as ours does and notes in `_LOG` what was fired."""

    def fire(self, context: Context, trigger: Trigger, event: Event) -> bool:
        guards = {
            name_of(m.guard)
            for m in self.moves
            if m.guard and m.trigger is trigger and context.state in m.sources
        }
        truths = frozenset(guard for guard in guards if getattr(context, guard)(event))
        _LOG.append(Fired(self.name, context.state, trigger, truths))
        return super().fire(context, trigger, event)


_LOG: list[Fired] = []


class _Recorder:
    """Stands where a station's terminal stands and keeps every event with its moment."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.heard: list[tuple[Event, Instant]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._terminal, name)

    def handle(self, event: Event, now: Instant) -> object:
        self.heard.append((event, now))
        return self._terminal.handle(event, now)


def _as(kind: type[AnyFlow], flows: Mapping[str, AnyFlow]) -> dict[str, AnyFlow]:
    return {name: kind(f.name, f.context, f.initial, f.states, f.moves) for name, f in flows.items()}


def _recorded() -> tuple[Terminal, list[tuple[Event, Instant]], list[Fired]]:
    """A terminal that has just booted, the events of its first swipe sale, and what they fired."""
    with Bench(trace=False) as bench:
        bench.flows = _as(RecordingFlow, bench.flows)
        terminal = bench.add_terminal(PROFILE)
        recorder = _Recorder(terminal.firmware)
        booted = terminal.firmware
        terminal.board.firmware = recorder  # type: ignore[assignment]  # it hands everything on to one
        _LOG.clear()
        sale(bench, terminal, "swipe")
        return booted, recorder.heard, list(_LOG)


def _mute(cls: type[Context], flow: AnyFlow) -> type[Context]:
    """A context with the methods that the flow names: a guard holds where `truths` has it, the others do nothing."""

    def guard(name: str) -> Method:
        return lambda self, _event: name in self.truths

    def nothing(_self: object, _event: Event) -> None:
        return None

    named = [name_of(each) for state in flow.states for each in (state.screen, state.enter)]
    methods: dict[str, object] = dict.fromkeys(filter(None, named), nothing)
    methods.update({name_of(move.action): nothing for move in flow.moves if move.action})
    methods.update({name_of(move.guard): guard(name_of(move.guard)) for move in flow.moves if move.guard})
    own: dict[str, object] = {"__slots__": ("truths",), "__init__": Context.__init__}
    return type(cls.__name__, (cls,), {**own, **methods})


def _dispatch(kind: type[AnyFlow], fired: list[Fired]) -> Callable[[], object]:
    flows = {}
    for flow in load().values():
        mute = _mute(flow.context, flow)
        flows[flow.name] = kind(flow.name, mute, flow.initial, flow.states, flow.moves)
    nowhere: Any = None
    contexts: dict[str, Any] = {name: flow.begin(nowhere) for name, flow in flows.items()}
    steps = [(flows[one.flow], contexts[one.flow], one) for one in fired]
    event = KeyPressed("OK")

    def run() -> None:
        for flow, context, one in steps:
            context.state, context.truths = one.state, one.truths
            flow.fire(context, one.trigger, event)

    return run


def _terminal(
    kind: type[AnyFlow], like: Terminal, heard: list[tuple[Event, Instant]]
) -> Callable[[], object]:
    flows = _as(kind, load())
    booted_at = heard[0][1]

    def run() -> list[object]:
        terminal = Terminal(like.name, like.profile, flows, DurableState(), like.locale)
        terminal.handle(PoweredOn(), booted_at)
        return [effect for event, now in heard for effect in terminal.handle(event, now)]

    return run


def flow_events(quick: bool) -> list[Figure]:
    """Dispatch alone, and the whole terminal, against stock and the hand-made table."""
    like, heard, fired = _recorded()
    rounds = 7 if quick else 21
    kinds: dict[str, type[AnyFlow]] = {"ours": Flow, "stock": StockFlow, "table": TableFlow}
    alone = contest({n: _dispatch(kind, fired) for n, kind in kinds.items()}, rounds=rounds, calls=20)
    replays = {name: _terminal(kind, like, heard) for name, kind in kinds.items()}
    if len({str(replay()) for replay in replays.values()}) != 1:
        raise RuntimeError("the three ways to fire do not give the same effects")
    whole = contest(replays, rounds=rounds, calls=10)
    tax = alone.ratio("ours", "table")
    ours, table, stock = (alone.micros(name) / len(fired) for name in ("ours", "table", "stock"))
    dispatch = (
        f"{1e6 / ours:,.0f} events/s, {ours:.2f} us each; hand-made table {table:.2f} us; stock transitions {stock:.2f} us,"
        f" {alone.ratio('stock', 'ours'):.1f} times ours"
    )
    each = whole.micros("ours") / len(heard)
    callbacks = (
        f"{each:.1f} us each with all callbacks, {whole.ratio('ours', 'table'):.2f} times the hand-made table;"
        f" stock transitions {whole.ratio('stock', 'ours'):.2f} times ours"
    )
    title = "the events of a swipe sale"
    return [
        Figure(
            f"flow dispatch, {title}", f"{tax:.1f} times a hand-made table", "<= 5", tax <= 5, (dispatch,)
        ),
        Figure(f"terminal, {title}", f"{1e6 / each:,.0f} events/s", notes=(callbacks,)),
    ]
