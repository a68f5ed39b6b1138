"""What a person types for a point of sale: text, digits or a decimal.

Letters are typed as on a telephone (ITU-T E.161): a key that is pressed again within a second stands for its next letter.
"""

from __future__ import annotations

from terminal_sim.core.device_request import InputRequest, TypedAnswer, Typing
from terminal_sim.core.events import Event, KeyPressed, Trigger
from terminal_sim.core.flow import DONE, STAY, Firmware, Flow, Move, State
from terminal_sim.core.screen import Element, Input, Pad, Screen, Shown, TextLine, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import fields
from terminal_sim.flows.question import QuestionFlow, leaving

_AGAIN_WITHIN = 1_000_000  # microseconds
_LETTERS = {
    "0": " 0",
    "1": ".@-_,'+1",
    "2": "abc2ABC",
    "3": "def3DEF",
    "4": "ghi4GHI",
    "5": "jkl5JKL",
    "6": "mno6MNO",
    "7": "pqrs7PQRS",
    "8": "tuv8TUV",
    "9": "wxyz9WXYZ",
}


class TypedAnswerFlow(QuestionFlow):
    """`typed` is the answer so far, a decimal without its point; `key` was pressed last, at `pressed_at`. `complaint` says why the last confirmation was not taken."""

    __slots__ = ("complaint", "key", "pressed_at", "typed")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.typed = ""
        self.key = ""
        self.pressed_at = 0
        self.complaint: Text | None = None

    def put(self, request: InputRequest) -> None:
        super().put(request)
        self.typed = self.answer.begun

    @property
    def answer(self) -> TypedAnswer:
        return self.asked(TypedAnswer)

    @property
    def value(self) -> str:
        """What was typed: `1234` with two decimals is `12.34`."""
        decimals = self.answer.decimals
        if self.answer.typing is not Typing.DECIMAL or not decimals or not self.typed:
            return self.typed
        digits = self.typed.rjust(decimals + 1, "0")
        return f"{digits[:-decimals]}.{digits[-decimals:]}"

    # Guards.

    def has_room(self, _: Event) -> bool:
        answer = self.answer
        decimals = answer.decimals if answer.typing is Typing.DECIMAL else 0
        return len(self.typed) < answer.longest + decimals

    def turns_letter(self, event: Event) -> bool:
        """Whether the key stands for the next letter of the one that was typed last."""
        return (
            isinstance(event, KeyPressed)
            and self.answer.typing is Typing.TEXT
            and bool(self.typed)
            and event.key == self.key
            and self.terminal.now.mono - self.pressed_at < _AGAIN_WITHIN
        )

    def has_input(self, _: Event) -> bool:
        return bool(self.typed)

    def is_long_enough(self, _: Event) -> bool:
        return len(self.typed) >= self.answer.shortest

    # Actions.

    def add(self, event: Event) -> None:
        if isinstance(event, KeyPressed):
            text = self.answer.typing is Typing.TEXT
            self._press(event.key, self.typed + (_LETTERS[event.key][0] if text else event.key))

    def turn_letter(self, event: Event) -> None:
        if isinstance(event, KeyPressed):
            letters = _LETTERS[event.key]
            following = letters[(letters.index(self.typed[-1]) + 1) % len(letters)]
            self._press(event.key, self.typed[:-1] + following)

    def rub_out(self, _: Event) -> None:
        self._press("", self.typed[:-1])

    def complain(self, _: Event) -> None:
        self.complaint = say("pos-too-short", n=self.answer.shortest)

    def give_typed(self, event: Event) -> None:
        self.terminal.requests.give(self.value)
        self.go_home(event)

    def _press(self, key: str, typed: str) -> None:
        self.typed, self.key, self.pressed_at, self.complaint = typed, key, self.terminal.now.mono, None

    def screen(self) -> Screen:
        answer = self.answer
        shown = Shown.MASKED if answer.masked else Shown.TEXT
        elements: list[Element] = [
            *self.words(),
            Input("pos-input", shown, fields.shown_digits(self.value, shown)),
        ]
        if answer.typing is Typing.TEXT:
            elements.append(TextLine(say("pos-letters"), "pos-letters", Tone.SMALL))
        if self.complaint is not None:
            elements.append(TextLine(self.complaint, self.complaint.id, Tone.BAD))
        return Screen(f"pos-{answer.typing.value}", (*elements, Pad(), fields.CONFIRM, fields.CANCEL))


POS_TYPED = Flow(
    "pos-typed",
    TypedAnswerFlow,
    "asked",
    (State("asked", TypedAnswerFlow.screen, timeout="entry"),),
    (
        Move(
            Trigger.DIGIT,
            "asked",
            STAY,
            guard=TypedAnswerFlow.turns_letter,
            action=TypedAnswerFlow.turn_letter,
        ),
        Move(Trigger.DIGIT, "asked", STAY, guard=TypedAnswerFlow.has_room, action=TypedAnswerFlow.add),
        Move(Trigger.CLEAR, "asked", STAY, guard=TypedAnswerFlow.has_input, action=TypedAnswerFlow.rub_out),
        Move(
            Trigger.CONFIRM,
            "asked",
            DONE,
            guard=TypedAnswerFlow.is_long_enough,
            action=TypedAnswerFlow.give_typed,
        ),
        Move(Trigger.CONFIRM, "asked", STAY, action=TypedAnswerFlow.complain),
        *leaving("asked"),
    ),
)
