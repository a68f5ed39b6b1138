"""A long list page by page, the newest first: which page is shown, what stands at its foot, and how it is turned."""

from __future__ import annotations

from terminal_sim.core.events import Event, Trigger
from terminal_sim.core.flow import STAY, Context, Move, Moves
from terminal_sim.core.screen import Choice, Element, Page
from terminal_sim.core.text import say
from terminal_sim.flows import fields


class PagedFlow(Context):
    """A list of which a page has `page_length`. One that has become shorter shows the last page that it has now."""

    __slots__ = ()
    page_length = 6

    @property
    def passed(self) -> int:
        """How many newer ones were paged past, which each flow keeps in a slot of its own."""
        raise NotImplementedError

    @passed.setter
    def passed(self, passed: int) -> None:
        raise NotImplementedError

    @property
    def length(self) -> int:
        """How many the whole list has now."""
        raise NotImplementedError

    @property
    def newer(self) -> int:
        """How many stand on the pages before the one that is shown."""
        last_page = max(self.length - 1, 0) // self.page_length
        return min(self.passed, last_page * self.page_length)

    # Guards.

    def picks_older(self, event: Event) -> bool:
        return fields.touched(event) == "older"

    def picks_newer(self, event: Event) -> bool:
        return fields.touched(event) == "newer"

    def older_exist(self, _: Event) -> bool:
        return self.newer + self.page_length < self.length

    def newer_exist(self, _: Event) -> bool:
        return self.newer > 0

    # Actions.

    def scroll_down(self, _: Event) -> None:
        self.passed = self.newer + self.page_length

    def scroll_up(self, _: Event) -> None:
        self.passed = max(self.newer - self.page_length, 0)

    # Screens.

    def foot(self, first: int, last: int) -> tuple[Element, ...]:
        """What stands below a page with the ones from `first` to `last`, counted from 1."""
        length = self.length
        elements: list[Element] = []
        if length > self.page_length:
            elements.append(Page(first, last, length))
        if self.newer:
            elements.append(Choice("newer", say("newer")))
        if self.newer + self.page_length < length:
            elements.append(Choice("older", say("older")))
        return tuple(elements)


def page_moves(state: str) -> Moves[PagedFlow]:
    """How the list of `state` is turned, by touch and by keys."""
    return (
        Move(Trigger.SELECT, state, STAY, guard=PagedFlow.picks_older, action=PagedFlow.scroll_down),
        Move(Trigger.SELECT, state, STAY, guard=PagedFlow.picks_newer, action=PagedFlow.scroll_up),
        Move(Trigger.DOWN, state, STAY, guard=PagedFlow.older_exist, action=PagedFlow.scroll_down),
        Move(Trigger.UP, state, STAY, guard=PagedFlow.newer_exist, action=PagedFlow.scroll_up),
    )
