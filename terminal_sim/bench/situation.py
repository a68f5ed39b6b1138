"""What a moment of a terminal has in common with others from which the same things can happen."""

from __future__ import annotations

from enum import Enum

from terminal_sim.core.environment import Environment
from terminal_sim.core.terminal import Terminal
from terminal_sim.secret import Secret

_PLAIN = (bool, Enum)
_COUNTED = (str, tuple, list, Secret)


def situation(firmware: Terminal | None, around: Environment) -> tuple[object, ...]:
    """The flows that are open, what the one on top remembers in kind, and the surroundings; `firmware` is None while the power is off.

    Of a text counts whether there is one and its length up to two, of a number whether it is zero, of any other value whether it is there.
    """
    if firmware is None:
        return ("off",)
    running = tuple((context.flow.name, context.state) for context in firmware.stack)
    top = firmware.stack[-1]
    slots = tuple(_kind_of(getattr(top, slot)) for slot in top.slots() if slot != "state")
    world = (
        around.network_up,
        around.service_up,
        around.paper,
        around.reader,
        around.card_in,
        around.app_open,
        around.standalone,
    )
    durable = firmware.durable
    counted = (
        min(len(durable.payments), 2),
        min(len(durable.stored), 2),
        min(len(durable.doubtful), 2),
        durable.outage is not None,
        bool(durable.requested),
    )
    return (running, slots, world, counted)


def _kind_of(value: object) -> object:
    """What of a value tells moments apart."""
    if value is None or isinstance(value, _PLAIN):
        return value
    if isinstance(value, _COUNTED):
        return min(len(value), 2)
    return value != 0 if isinstance(value, int) else type(value).__name__
