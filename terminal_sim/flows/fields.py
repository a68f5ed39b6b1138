"""What is typed at a terminal: an entry that grows by digits and is cleared one character at a time."""

from __future__ import annotations

from terminal_sim.core.events import Event, KeyPressed, Touched
from terminal_sim.core.firmware import Firmware
from terminal_sim.core.flow import Context
from terminal_sim.core.money import Money
from terminal_sim.core.screen import Button, Element, Input, Pad, Screen, Shown, TextLine, Title, Tone
from terminal_sim.core.text import Phrase, say

CONFIRM = Button("confirm", say("confirm"), "OK")
CANCEL = Button("cancel", say("cancel"), "CANCEL")
_BACK = Button("back", say("back"), "CANCEL", quiet=True)


def leave(terminal: Firmware) -> Button:
    """What leaves a screen that nothing is decided on: where the home screen has tabs, one screen back."""
    return _BACK if terminal.profile.home.style == "tabs" else CANCEL


def touched(event: Event) -> str:
    """The id of the element that was touched; empty for every other event."""
    return event.target if isinstance(event, Touched) else ""


class TypedField(Context):
    """A context with one field being typed. `complaint` says why the last confirmation was not taken."""

    __slots__ = ("complaint", "typed")
    longest = 12

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.typed = ""
        self.complaint: Phrase | None = None

    def has_room(self, _: Event) -> bool:
        return len(self.typed) < self.longest

    def has_input(self, _: Event) -> bool:
        return bool(self.typed)

    def add(self, event: Event) -> None:
        if isinstance(event, KeyPressed):
            self.typed += event.key
            self.complaint = None

    def rub_out(self, _: Event) -> None:
        self.typed = self.typed[:-1]
        self.complaint = None

    def field(self, id: str, shown: Shown, value: str | Money | None = None, *more: Element) -> Screen:  # noqa: A002
        """The screen of one field: title, what is typed, the complaint, pad and keys."""
        text = value if value is not None else shown_digits(self.typed, shown)
        complaint = (TextLine(self.complaint, _id_of(self.complaint), Tone.BAD),) if self.complaint else ()
        return Screen(
            id,
            (Title(id, say(id)), Input(id, shown, text), *more, *complaint, Pad(), CONFIRM, CANCEL),
        )


def _id_of(phrase: Phrase) -> str:
    return phrase if isinstance(phrase, str) else phrase.id


def shown_digits(typed: str, shown: Shown) -> str:
    """What may be seen of a field: nothing of a PIN or CVC, the first six digits of a card number."""
    if shown is Shown.MASKED:
        return "*" * len(typed)
    if shown is Shown.PAN:
        # The last four as well would show every digit in its turn, while the number is typed.
        return typed[:6] + "*" * max(len(typed) - 6, 0)
    if shown is Shown.DATE and len(typed) > 2:
        return f"{typed[:2]}/{typed[2:]}"
    return typed
