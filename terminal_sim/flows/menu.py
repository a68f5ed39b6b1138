"""A menu of the profile, behind its passcode where it has one."""

from __future__ import annotations

from terminal_sim.core.config import Menu
from terminal_sim.core.events import Event, Returned, Touched, Trigger
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import DONE, STAY, Context, Flow, Move, State
from terminal_sim.core.screen import Choice, Element, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields


class MenuFlow(Context):
    """`menu` is the name of the menu in the profile, given by whoever pushes it."""

    __slots__ = ("menu",)

    def __init__(self, terminal: Firmware, flow: Flow) -> None:
        super().__init__(terminal, flow)
        self.menu = ""

    @property
    def table(self) -> Menu:
        return self.terminal.profile.menus[self.menu]

    def ask_passcode(self, _: Event) -> None:
        """Ask for the passcode first; a menu without one is open at once."""
        if self.table.passcode:
            self.terminal.push(self.terminal.flows["passcode"], name=self.table.passcode)
        else:
            self.terminal.post(Returned(True))

    def passcode_accepted(self, event: Event) -> bool:
        return isinstance(event, Returned) and event.result is True

    def choose(self, event: Event) -> None:
        if isinstance(event, Touched):
            entry = next(entry for entry in self.table.entries if entry.id == event.target)
            self.terminal.open(entry)

    def go_home(self, _: Event) -> None:
        self.terminal.unwind()

    def screen(self) -> Screen:
        title = self.table.title or self.menu
        elements: list[Element] = [Title(title, say(title))]
        elements += [
            Choice(entry.id, say(entry.id)) for entry in self.table.entries if self.terminal.shows(entry)
        ]
        passcode = self.table.passcode
        if passcode and not self.terminal.durable.passcode(passcode).digest:
            elements.append(TextLine(say("default-passcode"), "default-passcode", Tone.SMALL))
        return Screen(f"menu-{self.menu}", (*elements, fields.leave(self.terminal)))


MENU = Flow(
    "menu",
    MenuFlow,
    "closed",
    (State("closed", "screen", enter="ask_passcode"), State("open", "screen", timeout="menu", free=True)),
    (
        Move(Trigger.RETURNED, "closed", "open", guard="passcode_accepted"),
        Move(Trigger.RETURNED, "closed", DONE),
        Move(Trigger.SELECT, "open", STAY, action="choose"),
        Move(Trigger.RETURNED, "open", STAY),
        Move(Trigger.CANCEL, "open", DONE),
        Move(Trigger.TIMEOUT, "open", DONE, action="go_home"),
    ),
)
