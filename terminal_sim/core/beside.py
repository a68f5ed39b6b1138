"""What runs beside the flow: network, service, card slot, paper, battery and reader.

Each change is noted in the terminal's `Environment` first and then handed to the flow on top, whatever flow that is.
"""

from __future__ import annotations

from terminal_sim.core import events as ev
from terminal_sim.core import own_flows
from terminal_sim.core.events import Trigger
from terminal_sim.core.stack import FlowStack


def network(terminal: FlowStack, event: ev.NetworkChanged) -> None:
    """A link that is back lets what is in doubt, what is not answered and what was kept go out."""
    restored = event.up and not terminal.environment.network_up
    terminal.environment.network_up, terminal.environment.link = event.up, event.link
    if restored:
        _resume(terminal)
    terminal.offline.look_around()
    terminal.fire(Trigger.NETWORK_RESTORED if event.up else Trigger.NETWORK_LOST, event)


def service(terminal: FlowStack, event: ev.ServiceChanged) -> None:
    """A payment service that is back does the same as a link that is back."""
    restored = event.up and not terminal.environment.service_up
    terminal.environment.service_up = event.up
    if restored:
        _resume(terminal)
    terminal.offline.look_around()
    terminal.fire(Trigger.SERVICE_RESTORED if event.up else Trigger.SERVICE_LOST, event)


def _resume(terminal: FlowStack) -> None:
    """Send what waits for the acquirer, in the order in which it has to be taken."""
    terminal.reversals.due()
    terminal.settlements.due()
    terminal.advices.repeat()


def batch_due(terminal: FlowStack) -> None:
    """It is the time of day at which a batch is settled by itself: at home, and when nothing stands in the way."""
    if len(terminal.stack) == 1 and terminal.settlements.is_ready:
        terminal.push(own_flows.settlement(terminal.flows, terminal))
    terminal.settlements.watch()


def account(terminal: FlowStack, event: ev.AccountChanged) -> None:
    """What is under way goes on; what begins from now on is taken or refused."""
    terminal.environment.standalone = event.standalone


def card_in(terminal: FlowStack, event: ev.CardInserted) -> None:
    terminal.environment.card_in, terminal.environment.card_spent = True, event.spent
    terminal.offer(Trigger.CARD_INSERTED, event)


def card_out(terminal: FlowStack, event: ev.CardRemoved) -> None:
    if not event.from_field:
        terminal.environment.card_in = terminal.environment.card_spent = False
    terminal.fire(Trigger.CARD_REMOVED, event)


def paper(terminal: FlowStack, event: ev.PaperChanged) -> None:
    terminal.environment.paper = event.paper
    if event.paper is not ev.Paper.OUT:
        terminal.fire(Trigger.PAPER_LOADED, event)


def battery(terminal: FlowStack, event: ev.BatteryChanged) -> None:
    terminal.environment.battery = event.percent
    terminal.fire(Trigger.BATTERY, event)


def reader(terminal: FlowStack, event: ev.ReaderChanged) -> None:
    """A reader that is lost has no card for the terminal either."""
    terminal.environment.reader = event.connected
    if not event.connected:
        terminal.environment.card_in = terminal.environment.card_spent = False
    terminal.fire(Trigger.READER_FOUND if event.connected else Trigger.READER_LOST, event)
