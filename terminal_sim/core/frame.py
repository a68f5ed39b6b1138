"""What a screen of any flow is framed by: the banners of an outage and of what is not answered, and the tabs of the home screen where they are in reach."""

from __future__ import annotations

from collections.abc import Iterator

from terminal_sim.core.offline import NETWORK
from terminal_sim.core.own_flows import MenuContext
from terminal_sim.core.screen import Banner, Element, Screen, Tab
from terminal_sim.core.stack import FlowStack
from terminal_sim.core.text import say

HOME = "home"


def framed(terminal: FlowStack) -> Screen:
    """The screen of the flow on top in its frame."""
    top = terminal.stack[-1]
    shown = top.flow.screen(top)
    frame = (*_banners(terminal), *_tabs(terminal))
    return Screen(shown.id, (*frame, *shown.elements)) if frame else shown


def _banners(terminal: FlowStack) -> Iterator[Element]:
    unanswered = len(terminal.durable.unanswered)
    if unanswered and len(terminal.stack) == 1:
        yield Banner("unanswered", say("unanswered", n=unanswered))
    outage = terminal.durable.outage
    if outage is None or not terminal.profile.offline.banner:
        return
    allowed, left = terminal.offline.allowed, terminal.offline.session_left
    banner = "banner-network" if outage.reason == NETWORK else _service_banner(allowed, left)
    yield Banner(banner, say(banner))
    if allowed and not left and outage.reason == NETWORK:
        yield Banner("offline-session-over", say("offline-session-over"))
    elif allowed and left and terminal.profile.offline.countdown:
        yield Banner("countdown", say("countdown", time=_hours_and_minutes(left)))
    first = terminal.offline.first_deadline
    if first is not None:
        yield Banner("pending-deadline", say("pending-deadline", at=first.civil_second))


def _service_banner(allowed: bool, left: int) -> str:
    """What the banner of a disrupted service says of offline payments: whether they are taken now, and if not, why."""
    if not allowed:
        return "banner-service-not-allowed"
    return "banner-service" if left else "banner-service-over"


def _tabs(terminal: FlowStack) -> Iterator[Tab]:
    top, home = terminal.stack[-1], terminal.profile.home
    if home.style != "tabs" or not top.flow.table[top.state].free:
        return
    place = _open_tab(terminal)
    for each in (HOME, *(entry.id for entry in home.entries)):
        yield Tab(each, say(each), current=each == place)


def _open_tab(terminal: FlowStack) -> str:
    """The tab whose menu or flow lies on the home screen; a payment is made in the first, which is the home screen's own."""
    lowest = terminal.stack[1] if len(terminal.stack) > 1 else None
    menu = lowest.menu if isinstance(lowest, MenuContext) else ""
    flow = lowest.flow.name if lowest is not None and not menu else ""
    return next(
        (entry.id for entry in terminal.profile.home.entries if (entry.menu, entry.flow) == (menu, flow)),
        HOME,
    )


def _hours_and_minutes(microseconds: int) -> str:
    """Rounded up to the minute: `23:59`."""
    minutes = -(-microseconds // 60_000_000)
    return f"{minutes // 60}:{minutes % 60:02d}"
