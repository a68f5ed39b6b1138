"""A flow whose moves are observed, for coverage: nothing is spent on a flow that nobody observes, since it is another object."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import AnyFlow, Context, Flow


class FlowObserver(Protocol):
    """Is told what the flows of a terminal do with events. `model` is the id of its profile, `move` the `name` of a `Plan`."""

    def asked(self, model: str, move: str, *, held: bool) -> None:
        """The guard of a move was asked, and held or not."""
        ...

    def moved(self, model: str, move: str) -> None:
        """A move is about to be made."""
        ...


class ObservedFlow(Flow[Context]):
    """A flow that tells its `observer`. A question whether it would take an event is told to nobody."""

    observer: FlowObserver

    @classmethod
    def of(cls, flow: AnyFlow, observer: FlowObserver) -> ObservedFlow:
        """The same table, whose plans are made once for both."""
        made = cls.__new__(cls)
        made.__dict__.update(vars(flow), plans=flow.plans, observer=observer)
        return made

    def fire(self, context: Context, trigger: Trigger, event: Event) -> bool:
        model = context.terminal.profile.id
        for plan in self.plans.get((context.state, trigger), ()):
            held = True
            for guard in plan.guards:
                held = held and guard(context, event)
            if plan.guards:
                self.observer.asked(model, plan.name, held=held)
            if held:
                self.observer.moved(model, plan.name)
                self._make(plan, context, event)
                return True
        return False


def observed(flows: Mapping[str, AnyFlow], observer: FlowObserver) -> Mapping[str, AnyFlow]:
    """The same flows by their names, observed."""
    return MappingProxyType({name: ObservedFlow.of(flow, observer) for name, flow in flows.items()})
