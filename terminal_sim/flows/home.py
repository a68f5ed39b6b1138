"""The screen that is there when nothing else is: tiles to touch, or Start and the shortcuts of the keypad."""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.environment import is_low
from terminal_sim.core.events import Event, KeyPressed, Touched, Trigger
from terminal_sim.core.flow import STAY, Flow, Move, State
from terminal_sim.core.screen import Choice, Element, Input, Screen, Shown, TextLine
from terminal_sim.core.text import say
from terminal_sim.flows.menu import MENU
from terminal_sim.flows.requested import REQUESTED, RequestedFlow, request_moves
from terminal_sim.flows.sale import SALE


class HomeFlow(RequestedFlow):
    __slots__ = ()
    longest = 2

    @property
    def sells(self) -> bool:
        profile = self.terminal.profile
        menus = (profile.home.entries, *(menu.entries for menu in profile.menus.values()))
        return any(entry.flow == SALE.name for entries in menus for entry in entries)

    def shortcuts_exist(self, _: Event) -> bool:
        return bool(self.terminal.profile.home.shortcuts) and len(self.typed) < self.longest

    def starts_by_key(self, _: Event) -> bool:
        return bool(self.terminal.profile.home.confirm)

    def is_shortcut(self, _: Event) -> bool:
        return self.typed in self.terminal.profile.home.shortcuts

    def has_menu(self, _: Event) -> bool:
        return bool(self.terminal.profile.home.menu)

    def one_left(self, _: Event) -> bool:
        return len(self.typed) == 1

    def start(self, _: Event) -> None:
        self._open(self.terminal.profile.home.confirm)

    def choose(self, event: Event) -> None:
        """Open what was touched; digits that were typed before it open nothing any more."""
        if isinstance(event, Touched):
            self.forget(event)
            self._open(event.target)

    def open_shortcut(self, event: Event) -> None:
        shortcut = self.terminal.profile.home.shortcuts[self.typed]
        self.forget(event)
        self._push_menu(shortcut)

    def open_menu(self, event: Event) -> None:
        """Open the main menu; digits that were typed before it open nothing any more."""
        self.forget(event)
        self._push_menu(self.terminal.profile.home.menu)

    def wrong_shortcut(self, event: Event) -> None:
        self.forget(event)
        self.terminal.order(fx.Beep("bad"))

    def forget(self, _: Event) -> None:
        self.typed = ""

    def begin(self, event: Event) -> None:
        if isinstance(event, KeyPressed):
            self.typed = event.key

    def _push_menu(self, name: str) -> None:
        menu = MENU.begin(self.terminal)
        menu.menu = name
        self.terminal.push(menu)

    def _open(self, id: str) -> None:  # noqa: A002
        entry = next(entry for entry in self.terminal.profile.home.entries if entry.id == id)
        self.terminal.open(entry)

    def screen(self) -> Screen:
        terminal = self.terminal
        elements: list[Element] = [
            Choice(entry.id, say(entry.id), tile=True)
            for entry in terminal.profile.home.entries
            if terminal.shows(entry)
        ]
        if self.typed:
            elements.append(Input("shortcut", Shown.DIGITS, self.typed))
        if is_low(terminal.profile, terminal.environment):
            elements.append(TextLine(say("battery-low"), "battery-low"))
        if not terminal.environment.network_up:
            elements.append(TextLine(say("no-connection"), "no-connection"))
        return Screen("home", tuple(elements))


HOME = Flow(
    "home",
    HomeFlow,
    "idle",
    (State("idle", HomeFlow.screen), State("typing", HomeFlow.screen, timeout="notice")),
    (
        Move(Trigger.SELECT, ("idle", "typing"), "idle", action=HomeFlow.choose),
        Move(Trigger.CONFIRM, "idle", STAY, guard=HomeFlow.starts_by_key, action=HomeFlow.start),
        Move(Trigger.DIGIT, "idle", "typing", guard=HomeFlow.shortcuts_exist, action=HomeFlow.begin),
        Move(Trigger.DIGIT, "typing", STAY, guard=HomeFlow.shortcuts_exist, action=HomeFlow.add),
        Move(Trigger.CLEAR, "typing", "idle", guard=HomeFlow.one_left, action=HomeFlow.forget),
        Move(Trigger.CLEAR, "typing", STAY, action=HomeFlow.rub_out),
        Move(Trigger.CONFIRM, "typing", "idle", guard=HomeFlow.is_shortcut, action=HomeFlow.open_shortcut),
        Move(Trigger.CONFIRM, "typing", "idle", action=HomeFlow.wrong_shortcut),
        Move(Trigger.MENU, ("idle", "typing"), "idle", guard=HomeFlow.has_menu, action=HomeFlow.open_menu),
        Move(Trigger.CANCEL, "typing", "idle", action=HomeFlow.forget),
        Move(Trigger.TIMEOUT, "typing", "idle", action=HomeFlow.forget),
        *request_moves("idle"),
        Move(Trigger.RETURNED, "idle", STAY),
        Move(Trigger.NETWORK_LOST, ("idle", "typing"), STAY),
        Move(Trigger.NETWORK_RESTORED, ("idle", "typing"), STAY),
        Move(Trigger.BATTERY, ("idle", "typing"), STAY),
    ),
    starts=(MENU.name, *REQUESTED),
)
