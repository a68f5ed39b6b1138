"""A point of sale's question to a person: yes or no, something to type, or a menu.

Rules:
1. The green key, or the button for it, gives the answer; the red one gives none.
2. A question stays up for the time that the point of sale gives it, whatever is typed meanwhile.
"""

from __future__ import annotations

from typing import TypeVar

from terminal_sim.core import effects as fx
from terminal_sim.core.device_request import Confirmation, InputRequest, MenuChoice, Question
from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, Moves, State
from terminal_sim.core.screen import Button, Choice, Element, Page, Screen, TextLine, Title
from terminal_sim.core.text import say
from terminal_sim.flows import fields
from terminal_sim.flows.device_request import DeviceRequestFlow, given_up

_ROWS = 6
_Q = TypeVar("_Q", bound=Question)


class QuestionFlow(DeviceRequestFlow):
    """`request` is the question, `ends` when it is given up, in microseconds of virtual time; 0 as long as the profile has the time for it."""

    __slots__ = ("ends", "request")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.request = InputRequest(id="", question=Confirmation())
        self.ends = 0

    def put(self, request: InputRequest) -> None:
        """Ask the question of `request` from now on."""
        self.request = request
        self.ends = self.terminal.now.mono + request.within if request.within else 0

    def deadline(self, timeout: str) -> int:
        return self.ends or super().deadline(timeout)

    def asked(self, kind: type[_Q]) -> _Q:
        """The question, which is of the `kind` that the flow is for."""
        question = self.request.question
        if not isinstance(question, kind):
            raise TypeError(f"{type(question).__name__} is no {kind.__name__}")
        return question

    def words(self) -> tuple[Element, ...]:
        """What the point of sale says above its question."""
        title = (Title("pos-title", self.request.title),) if self.request.title else ()
        return (*title, *(TextLine(line) for line in self.request.lines))


class ConfirmationFlow(QuestionFlow):
    """Yes or no."""

    __slots__ = ()

    def agree(self, event: Event) -> None:
        self.terminal.requests.give(True)
        self.go_home(event)

    def disagree(self, event: Event) -> None:
        self.terminal.requests.give(False)
        self.go_home(event)

    def screen(self) -> Screen:
        asked = self.asked(Confirmation)
        buttons = (Button("pos-no", asked.no, "CLEAR"), Button("pos-yes", asked.yes, "OK"), fields.CANCEL)
        return Screen("pos-confirmation", (*self.words(), *buttons))


class MenuChoiceFlow(QuestionFlow):
    """`chosen` are the marked entries, `first` is the topmost one shown."""

    __slots__ = ("chosen", "first")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.chosen: frozenset[int] = frozenset()
        self.first = 0

    def put(self, request: InputRequest) -> None:
        super().put(request)
        self.chosen = frozenset(self.menu.chosen)

    @property
    def menu(self) -> MenuChoice:
        return self.asked(MenuChoice)

    # Guards.

    def takes_several(self, _: Event) -> bool:
        return self.menu.several

    def picks_further(self, event: Event) -> bool:
        return fields.touched(event) == "further"

    def picks_before(self, event: Event) -> bool:
        return fields.touched(event) == "before"

    def further_exist(self, _: Event) -> bool:
        return self.first + _ROWS < len(self.menu.entries)

    def before_exist(self, _: Event) -> bool:
        return self.first > 0

    def may_mark_one(self, event: Event) -> bool:
        """A mark can always be taken away; one more is taken as long as there is room for it."""
        room = not self.menu.most or len(self.chosen) < self.menu.most
        return self.takes_several(event) and (room or _place(event) in self.chosen)

    def enough_are_marked(self, event: Event) -> bool:
        return self.takes_several(event) and len(self.chosen) >= self.menu.fewest

    # Actions.

    def refuse_mark(self, _: Event) -> None:
        """There are too many marks, or too few."""
        self.terminal.order(fx.Beep("bad"))

    def scroll_down(self, _: Event) -> None:
        self.first += _ROWS

    def scroll_up(self, _: Event) -> None:
        self.first -= _ROWS

    def mark(self, event: Event) -> None:
        """Mark the entry, or take its mark away."""
        self.chosen ^= {_place(event)}

    def choose(self, event: Event) -> None:
        self.terminal.requests.give((_place(event),))
        self.go_home(event)

    def give_marked(self, event: Event) -> None:
        self.terminal.requests.give(tuple(sorted(self.chosen)))
        self.go_home(event)

    def screen(self) -> Screen:
        entries, first = self.menu.entries, self.first
        last = min(first + _ROWS, len(entries))
        elements: list[Element] = list(self.words())
        elements += [
            Choice(f"entry-{n + 1}", entries[n], say("marked") if n in self.chosen else "")
            for n in range(first, last)
        ]
        if len(entries) > _ROWS:
            elements.append(Page(first + 1, last, len(entries)))
        if first:
            elements.append(Choice("before", say("before")))
        if last < len(entries):
            elements.append(Choice("further", say("further")))
        confirm = (fields.CONFIRM,) if self.menu.several else ()
        return Screen("pos-menu", (*elements, *confirm, fields.CANCEL))


def _place(event: Event) -> int:
    """The place of the entry that was touched, from 0."""
    place = fields.touched(event).removeprefix("entry-")
    return int(place) - 1 if place.isdigit() else -1


def leaving(state: str) -> Moves[QuestionFlow]:
    """How a question is left without an answer."""
    return (
        Move(Trigger.CANCEL, state, DONE, action=QuestionFlow.cancelled),
        Move(Trigger.TIMEOUT, state, DONE, action=QuestionFlow.run_out_of_time),
        *given_up(state),
    )


POS_CONFIRMATION = Flow(
    "pos-confirmation",
    ConfirmationFlow,
    "asked",
    (State("asked", ConfirmationFlow.screen, timeout="entry"),),
    (
        Move(Trigger.CONFIRM, "asked", DONE, action=ConfirmationFlow.agree),
        Move(Trigger.CLEAR, "asked", DONE, action=ConfirmationFlow.disagree),
        *leaving("asked"),
    ),
)
POS_MENU = Flow(
    "pos-menu",
    MenuChoiceFlow,
    "asked",
    (State("asked", MenuChoiceFlow.screen, timeout="entry"),),
    (
        Move(
            Trigger.SELECT,
            "asked",
            STAY,
            guard=MenuChoiceFlow.picks_further,
            action=MenuChoiceFlow.scroll_down,
        ),
        Move(
            Trigger.SELECT, "asked", STAY, guard=MenuChoiceFlow.picks_before, action=MenuChoiceFlow.scroll_up
        ),
        Move(Trigger.SELECT, "asked", STAY, guard=MenuChoiceFlow.may_mark_one, action=MenuChoiceFlow.mark),
        Move(
            Trigger.SELECT,
            "asked",
            STAY,
            guard=MenuChoiceFlow.takes_several,
            action=MenuChoiceFlow.refuse_mark,
        ),
        Move(Trigger.SELECT, "asked", DONE, action=MenuChoiceFlow.choose),
        Move(
            Trigger.DOWN, "asked", STAY, guard=MenuChoiceFlow.further_exist, action=MenuChoiceFlow.scroll_down
        ),
        Move(Trigger.UP, "asked", STAY, guard=MenuChoiceFlow.before_exist, action=MenuChoiceFlow.scroll_up),
        Move(
            Trigger.CONFIRM,
            "asked",
            DONE,
            guard=MenuChoiceFlow.enough_are_marked,
            action=MenuChoiceFlow.give_marked,
        ),
        Move(
            Trigger.CONFIRM,
            "asked",
            STAY,
            guard=MenuChoiceFlow.takes_several,
            action=MenuChoiceFlow.refuse_mark,
        ),
        *leaving("asked"),
    ),
)
