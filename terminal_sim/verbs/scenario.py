"""The verbs of the scenario itself: what it keeps, names, notes down and takes pictures of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from terminal_sim.bench import Selector
from terminal_sim.display.picture import Picture
from terminal_sim.display.region import PREFIX as REGION
from terminal_sim.display.region import Region
from terminal_sim.verbs.signature import Keyword, Meaning, ValueKind, verb
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.states import is_file, write_state
from terminal_sim.verbs.waiting import BadScript, Waiting, selector

Hidden = Selector | Region | str


class ScenarioVerbs(Waiting):
    """The verbs that do nothing to the terminal."""

    @verb("save state", "save state paid", 'save state "paid.state"')
    def save_state(self, name: Annotated[str, ValueKind.STATE]) -> None:
        """Keeps everything as it is now, in a file where it is quoted; a scenario that begins with `from state` goes on from here."""
        with self._by_hand("save state", quoted(name) if is_file(name) else name):
            saved = self.bench.save()
            if is_file(name):
                write_state(saved, name, self.folder)
            else:
                self.states[name] = saved

    @verb("let", "let total = 1250", "press ${total} OK")
    def let(
        self,
        name: Annotated[str, ValueKind.VARIABLE],
        *,
        is_: Annotated[str, ValueKind.ASSIGNED, Keyword("=")],
    ) -> None:
        """Gives a variable its value."""
        self.variables[name] = is_

    @verb("note", 'note "The customer has left."')
    def note(
        self, text: Annotated[str, ValueKind.TEXT, Meaning("what is noted; variables are filled in")]
    ) -> None:
        """A line in the report of the run."""
        self.notes.append(text)

    @verb("screenshot", 'screenshot "approved"', 'screenshot "history" except id:txn-1')
    def screenshot(
        self,
        name: Annotated[str, ValueKind.TEXT, Meaning("the name of the picture, one in its scenario")],
        *,
        except_: Annotated[
            Hidden | Sequence[Hidden],
            ValueKind.HIDDEN,
            Keyword("except", "what is hidden, since it changes by its nature", repeated=True),
        ] = (),
    ) -> Picture:
        """Takes a picture of all displays and lights, which must be as it is stored under this name.

        What each `except` names is hidden in both before they are compared: a time, a reference, whatever changes by its nature. It is
        visible text, a pattern, an id or `region:X,Y,WIDTHxHEIGHT` in pixels of the picture.
        """
        before = self._snapshot()
        if self._pictures is None:
            raise BadScript(
                "there is no place for pictures: a Tester takes one as pictures=StoredPictures(...)"
            )
        picture = self.terminal.picture()
        every = [hidden_part(one) for one in ([except_] if isinstance(except_, Hidden) else except_)]
        for hidden in every:
            if isinstance(hidden, Region):
                where, there = "in the picture", self._outside(hidden, picture)
            else:
                where = "on the screen"
                there = "" if picture.named(hidden) else self._closest(hidden)
            if there:
                raise self._failure(f"{hidden} {where}, to leave it out of the picture", there, before)
        picture = picture.without(*every)
        problem = self._pictures.problem(name, picture)
        if problem:
            raise self._failure(f'the picture "{name}" to be as it is stored', problem, before)
        return picture

    @staticmethod
    def _outside(region: Region, picture: Picture) -> str:
        """What is wrong with the place of a region; "" where some of it lies in the picture."""
        wide, deep = picture.size
        return "" if region.x < wide and region.y < deep else f"a picture of {wide} x {deep} pixels"


def hidden_part(value: Hidden) -> Selector | Region:
    """What a picture leaves out. Raises `BadScript`."""
    if isinstance(value, str) and value.startswith(REGION):
        try:
            return Region.parse(value)
        except ValueError as wrong:
            raise BadScript(str(wrong)) from None
    return value if isinstance(value, Region) else selector(value)
