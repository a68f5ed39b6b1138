"""A menu of the profile, behind its passcode where it has one."""

from __future__ import annotations

from terminal_sim.core.config import Menu
from terminal_sim.core.events import Event, Returned, Touched, Trigger
from terminal_sim.core.flow import DONE, STAY, Flow, Move, State
from terminal_sim.core.own_flows import MenuContext
from terminal_sim.core.screen import Choice, Element, Screen, Title
from terminal_sim.core.text import say
from terminal_sim.flows import fields
from terminal_sim.flows.passcode import PASSCODE, default_in_use


class MenuFlow(MenuContext):
    """A menu that opens once its passcode was accepted, and at once where it has none."""

    __slots__ = ()

    @property
    def table(self) -> Menu:
        return self.terminal.profile.menus[self.menu]

    def ask_passcode(self, _: Event) -> None:
        """Ask for the passcode first; a menu without one is open at once."""
        if self.table.passcode:
            passcode = PASSCODE.begin(self.terminal)
            passcode.name = self.table.passcode
            self.terminal.push(passcode)
        else:
            self.terminal.post(Returned(True))

    def passcode_accepted(self, event: Event) -> bool:
        return isinstance(event, Returned) and event.accepted

    def choose(self, event: Event) -> None:
        if isinstance(event, Touched):
            entry = next(entry for entry in self.table.entries if entry.id == event.target)
            self.terminal.open(entry)

    def screen(self) -> Screen:
        title = self.table.title or self.menu
        elements: list[Element] = [Title(title, say(title))]
        elements += [
            Choice(entry.id, say(entry.id)) for entry in self.table.entries if self.terminal.shows(entry)
        ]
        if self.table.passcode:
            elements += default_in_use(self.terminal, self.table.passcode)
        return Screen(f"menu-{self.menu}", (*elements, fields.leave(self.terminal)))


MENU = Flow(
    "menu",
    MenuFlow,
    "closed",
    (
        State("closed", MenuFlow.screen, enter=MenuFlow.ask_passcode),
        State("open", MenuFlow.screen, timeout="menu", free=True),
    ),
    (
        Move(Trigger.RETURNED, "closed", "open", guard=MenuFlow.passcode_accepted),
        Move(Trigger.RETURNED, "closed", DONE),
        Move(Trigger.SELECT, "open", STAY, action=MenuFlow.choose),
        Move(Trigger.RETURNED, "open", STAY),
        Move(Trigger.CANCEL, "open", DONE),
        Move(Trigger.TIMEOUT, "open", DONE, action=MenuFlow.go_home),
    ),
    starts=(PASSCODE.name,),
)
