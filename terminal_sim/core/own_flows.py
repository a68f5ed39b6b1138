"""The flows that the terminal itself starts, whatever its profile: a notice, a menu, and what a boot may have to begin with."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from terminal_sim.core.flow import AnyFlow, Context, Firmware, FlowError
from terminal_sim.core.text import Text, say


class OwnFlow(StrEnum):
    """Their names."""

    NOTICE = "notice"
    MENU = "menu"
    SIGN_IN = "sign-in"
    TAMPERED = "tampered"
    RECOVERY = "recovery"
    SETTLE = "settle"


class NoticeContext(Context):
    """What the terminal gives to a notice: the sentence that it shows."""

    __slots__ = ("text",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.text: Text = say("out-of-service")


class MenuContext(Context):
    """What the terminal gives to a menu: its name in the profile."""

    __slots__ = ("menu",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.menu = ""


class SettleContext(Context):
    """What the terminal gives to a settlement: whether it begins by itself, at its time of day."""

    __slots__ = ("automatic",)

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.automatic = False


_CONTEXTS: dict[OwnFlow, type[Context]] = {
    OwnFlow.NOTICE: NoticeContext,
    OwnFlow.MENU: MenuContext,
    OwnFlow.SETTLE: SettleContext,
}
_K = TypeVar("_K", bound=Context)


def check(flows: Mapping[str, AnyFlow]) -> None:
    """Refuse a set of flows that lacks one of the terminal's own, or has it with a context that takes something else."""
    for name in OwnFlow:
        if name not in flows:
            raise FlowError(f"flow {name.value!r}: there is none, and the terminal starts it")
        wanted, context = _CONTEXTS.get(name, Context), flows[name].context
        if not issubclass(context, wanted):
            raise FlowError(f"flow {name.value!r}: {context.__name__} is no {wanted.__name__}")


def notice(flows: Mapping[str, AnyFlow], terminal: Firmware, text: Text) -> Context:
    """A notice that shows `text`."""
    begun = _begin(flows[OwnFlow.NOTICE], terminal, NoticeContext)
    begun.text = text
    return begun


def menu(flows: Mapping[str, AnyFlow], terminal: Firmware, name: str) -> Context:
    """The menu `name` of the profile."""
    begun = _begin(flows[OwnFlow.MENU], terminal, MenuContext)
    begun.menu = name
    return begun


def settlement(flows: Mapping[str, AnyFlow], terminal: Firmware) -> Context:
    """A settlement that begins by itself."""
    begun = _begin(flows[OwnFlow.SETTLE], terminal, SettleContext)
    begun.automatic = True
    return begun


def _begin(flow: AnyFlow, terminal: Firmware, kind: type[_K]) -> _K:
    context = flow.begin(terminal)
    if not isinstance(context, kind):
        raise FlowError(f"flow {flow.name!r}: {type(context).__name__} is no {kind.__name__}")
    return context
