"""What the kernel asks the cardholder on the way: a PIN, or which application of the card."""

from __future__ import annotations

from terminal_sim.core import effects as fx
from terminal_sim.core.events import Event, KernelAsked, KernelShows, Touched, Trigger
from terminal_sim.core.flow import STAY, Firmware, Move, Moves, State, States
from terminal_sim.core.screen import Choice, Element, Input, Pad, Screen, Shown, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.emv.talk.answers import ApplicationChoice, TypedPin
from terminal_sim.emv.talk.asks import Ask, ChooseApplication, EnterPin
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.flows import fields
from terminal_sim.flows.kernel_messages import words_of
from terminal_sim.flows.payment import PaymentFlow
from terminal_sim.secret import Secret

# ISO 9564-1: a PIN has 4 to 12 digits.
_SHORTEST_PIN, _LONGEST_PIN = 4, 12


class CardholderFlow(PaymentFlow):
    """`asked` is what the kernel waits for, `message` what it had the terminal show last."""

    __slots__ = ("asked", "message")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.asked: Ask | None = None
        self.message: DisplayMessage | None = None

    # Guards.

    def asks_for_pin(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, EnterPin)

    def asks_for_application(self, event: Event) -> bool:
        return isinstance(event, KernelAsked) and isinstance(event.ask, ChooseApplication)

    def pin_is_long_enough(self, _: Event) -> bool:
        return len(self.typed) >= _SHORTEST_PIN

    def pin_fits(self, _: Event) -> bool:
        return len(self.typed) < _LONGEST_PIN

    # Actions.

    def ask_pin(self, event: Event) -> None:
        self.typed = ""
        self.keep_ask(event)

    def answer_pin(self, _: Event) -> None:
        self.terminal.order(fx.AnswerCard(TypedPin(Secret(self.typed))))
        self.typed, self.message = "", None

    def ask_application(self, event: Event) -> None:
        self.keep_ask(event)

    def answer_application(self, event: Event) -> None:
        if isinstance(event, Touched):
            index = int(event.target.removeprefix("application-")) - 1
            self.terminal.order(fx.AnswerCard(ApplicationChoice(index)))

    def keep_ask(self, event: Event) -> None:
        """Wait for the answer."""
        if isinstance(event, KernelAsked):
            self.asked = event.ask
            self.speak(event.ask.languages)

    def speak(self, languages: tuple[str, ...]) -> None:
        """From now on the screen speaks the language of this card where it can, its own where it cannot."""
        self.locale = self.terminal.language_of(languages)

    def keep_message(self, event: Event) -> None:
        """Show the message until the next one. A card that is read is told by a tone and all lights (Book A, 9.3)."""
        if not isinstance(event, KernelShows):
            return
        self.message = event.message
        if event.message is DisplayMessage.CARD_READ_OK:
            self.terminal.order(fx.Beep("good"))
            lights = self.terminal.profile.lights
            if lights:
                self.terminal.order(fx.ShowLights(tuple((light, "green") for light in lights)))

    # Screens.

    def told(self) -> tuple[TextLine, ...]:
        """The kernel's message as a line, where it has words."""
        words = words_of((self.message,) if self.message is not None else ())
        return (TextLine(words, words.id),) if words is not None else ()

    def processing(self) -> Screen:
        shown = super().processing()
        return Screen(shown.id, (*shown.elements, *self.told()))

    def enter_pin(self) -> Screen:
        wrong: tuple[Element, ...] = ()
        if isinstance(self.asked, EnterPin) and self.asked.wrong:
            left = self.asked.tries_left or 0
            wrong = (TextLine(say("wrong-pin", n=left), "wrong-pin", Tone.BAD),)
        return Screen(
            "enter-pin",
            (
                Title("enter-pin", say("enter-pin")),
                *self.sum(),
                *wrong,
                *self.told(),
                Input("enter-pin", Shown.MASKED, "*" * len(self.typed)),
                Pad(),
                fields.CONFIRM,
                fields.CANCEL,
            ),
        )

    def choose(self) -> Screen:
        labels = self.asked.labels if isinstance(self.asked, ChooseApplication) else ()
        return Screen(
            "choose-application",
            (
                Title("choose-application", say("choose-application")),
                *(Choice(f"application-{n}", label) for n, label in enumerate(labels, 1)),
                fields.CANCEL,
            ),
        )


PROMPT_STATES: States[CardholderFlow] = (
    State("pin", CardholderFlow.enter_pin, timeout="pin"),
    State("application", CardholderFlow.choose, timeout="card"),
)
PROMPT_MOVES: Moves[CardholderFlow] = (
    Move(
        Trigger.KERNEL_PROMPT,
        "reading",
        "pin",
        guard=CardholderFlow.asks_for_pin,
        action=CardholderFlow.ask_pin,
    ),
    Move(
        Trigger.KERNEL_PROMPT,
        "reading",
        "application",
        guard=CardholderFlow.asks_for_application,
        action=CardholderFlow.ask_application,
    ),
    Move(Trigger.KERNEL_MESSAGE, ("reading", "completing"), STAY, action=CardholderFlow.keep_message),
    Move(Trigger.DIGIT, "pin", STAY, guard=CardholderFlow.pin_fits, action=CardholderFlow.add),
    Move(Trigger.CLEAR, "pin", STAY, guard=CardholderFlow.has_input, action=CardholderFlow.rub_out),
    Move(
        Trigger.CONFIRM,
        "pin",
        "reading",
        guard=CardholderFlow.pin_is_long_enough,
        action=CardholderFlow.answer_pin,
    ),
    Move(Trigger.SELECT, "application", "reading", action=CardholderFlow.answer_application),
)
