"""What is typed at a terminal: an entry that grows by digits and is cleared one character at a time."""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.config import Limits
from terminal_sim.core.events import Event, KeyPressed, Touched, Trigger
from terminal_sim.core.flow import STAY, Context, Firmware, Move, Moves
from terminal_sim.core.message import MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.screen import Button, Element, Input, Pad, Screen, Shown, TextLine, Title, Tone
from terminal_sim.core.text import Phrase, Text, say

CONFIRM = Button("confirm", say("confirm"), "OK")
CANCEL = Button("cancel", say("cancel"), "CANCEL")
_BACK = Button("back", say("back"), "CANCEL", quiet=True)


def highest_of(limits: Limits, kind: MessageKind) -> int:
    """The highest amount of a payment of this kind, in minor units, however it is begun: at the terminal or by a point of sale."""
    highest = {
        MessageKind.MOTO: limits.moto_max_amount,
        MessageKind.REFUND: limits.refund_max_amount,
    }
    return highest.get(kind, limits.max_amount)


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


class AmountField(TypedField):
    """An amount being typed, in minor units, that never stands at more than `highest`.

    A digit too many is refused with a tone and the highest amount. The field is not confirmed while it says so, since it shows another
    amount than was typed; the next key that changes it takes the complaint away.
    """

    __slots__ = ()
    longest = 10

    @property
    def highest(self) -> int:
        return highest_of(self.terminal.profile.limits, MessageKind.SALE)

    @property
    def typed_amount(self) -> Money:
        return Money(int(self.typed or "0"), self.terminal.profile.currency)

    @property
    def amount_complaint(self) -> Text | None:
        """Why what stands in the field is not confirmed."""
        if not self.typed_amount.minor:
            return say("amount-zero")
        return self._too_high if self.complaint == self._too_high else None

    @property
    def _too_high(self) -> Text:
        return say("amount-too-high", max=Money(self.highest, self.terminal.profile.currency))

    def add_to_amount(self, event: Event) -> None:
        """A leading nought is no part of an amount, and takes no room."""
        self.add(event)
        self.typed = self.typed.lstrip("0")

    def amount_would_exceed(self, event: Event) -> bool:
        return isinstance(event, KeyPressed) and int(self.typed + event.key) > self.highest

    def amount_is_good(self, _: Event) -> bool:
        return self.amount_complaint is None

    def refuse_digit(self, _: Event) -> None:
        self.complaint = self._too_high
        self.terminal.order(fx.Beep("bad"))

    def complain_of_amount(self, _: Event) -> None:
        self.complaint = self.amount_complaint


def amount_moves(state: str) -> Moves[AmountField]:
    """How the amount of `state` is typed and cleared."""
    return (
        Move(
            Trigger.DIGIT, state, STAY, guard=AmountField.amount_would_exceed, action=AmountField.refuse_digit
        ),
        Move(Trigger.DIGIT, state, STAY, guard=AmountField.has_room, action=AmountField.add_to_amount),
        Move(Trigger.CLEAR, state, STAY, guard=AmountField.has_input, action=AmountField.rub_out),
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
