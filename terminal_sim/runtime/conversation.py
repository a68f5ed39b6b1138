"""A conversation of the kernel with the card in a slot, from power-on to the kernel's outcome.

The kernel is pure: its request and the answers that it got so far say all about it. A conversation that keeps both is
resumed elsewhere by feeding a fresh kernel the same answers, without a word to the card.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from terminal_drivers.base import (
    CardAbsent,
    CardCollision,
    CardMute,
    CardUnsupported,
    ContactSlot,
    DriverError,
    FrameError,
    ReaderRefused,
)
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.emv import require_emv
from terminal_sim.core.events import CardRemoved, Event, KernelAsked, KernelEnded, ReaderChanged
from terminal_sim.emv.talk.answers import (
    Answer,
    CardGone,
    HostDecision,
    Loss,
    PinBlock,
    PresentedAgain,
    ResponseApdu,
    TypedPin,
)
from terminal_sim.emv.talk.asks import Ask, Command, EnterPin, LookUp, Show, Step
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer, KernelAsk
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Request, Start
from terminal_sim.emv.talk.rules import Reason, Rule
from terminal_sim.runtime.card_log import CardLog
from terminal_sim.runtime.clock import VirtualClock
from terminal_sim.runtime.key_store import KeyStore

_COLLISION: Final = Outcome(
    verdict=Verdict.TRY_AGAIN,
    reasons=(Reason(Rule.CONTACTLESS_COLLISION),),
    messages=(DisplayMessage.ONE_CARD_ONLY,),
    start=Start.PROTOCOL_ACTIVATION,
)
"""The end of a conversation with several cards: the same payment waits for one of them (EMV Contactless Book A, 9.4, message 19)."""


@dataclass(frozen=True, slots=True)
class ConversationState:
    """All that a pure kernel needs to stand where another one stood. The answers hold card data, and the block of a PIN."""

    request: Request
    answers: tuple[KernelAnswer, ...] = field(repr=False)


class CardConversation:
    """The `kernel` of a `request`, the `slot` that its commands go to, and the `keys` that make blocks of PINs.

    `cards` answers what the kernel looks up, `clock` measures the card's answers, `shown` gets each message. `seen` gets each
    command with its response; `torn` gets each step once it is done, and whether it was a command: cards are torn away there. `gone` is called when the card has left a contact slot, before its reader reports it; `lost` when
    the reader itself is away.
    """

    def __init__(
        self,
        request: Request,
        kernel: Conversation[Outcome],
        slot: ContactSlot,
        keys: KeyStore,
        *,
        cards: CardLog,
        clock: VirtualClock,
        shown: Callable[[DisplayMessage], None],
        seen: Callable[[Command, bytes], None] | None,
        torn: Callable[[Step, bool], None],
        gone: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        self.request = request
        self.answers: list[KernelAnswer] = []
        self._kernel = kernel
        self._slot = slot
        self._keys = keys
        self._asked: Ask | None = None
        self._cards = cards
        self._clock = clock
        self._shown = shown
        self._seen = seen
        self._torn = torn
        self._gone = gone
        self._lost = lost

    @property
    def is_contactless(self) -> bool:
        return self.request.interface is Interface.CONTACTLESS

    def begin(self) -> Event:
        """Power the card and run the kernel until it asks for what only a person or the host has.

        A chip that does not answer to reset, or with an answer that EMV refuses, leaves its stripe (EMV Book 4, 11.2); a card in the field has none to offer.
        """
        self._cards.reasons = ""
        try:
            atr = self._slot.power_on()
            if not self.is_contactless:
                require_emv(Atr.parse(atr))
        except CardAbsent:
            return self._left()
        except CardCollision:
            return self._ended(_COLLISION)
        except (CardMute, CardUnsupported, FrameError) as error:
            verdict = Verdict.CARD_ERROR if self.is_contactless else Verdict.USE_STRIPE
            return self._failed(verdict, Rule.CARD_MUTE, error)
        except ReaderRefused as refused:
            return self._refused(refused)
        except DriverError:
            return self._without_reader()
        return self._run(lambda: next(self._kernel))

    def resume(self, answer: Answer) -> Event:
        """Answer what the kernel asked last, and run it on; a card that is presented again is powered first."""
        if isinstance(answer, HostDecision):
            self._torn(Step.ONLINE, False)
        if isinstance(answer, PresentedAgain) and answer.there:
            self.power()
        return self._run(lambda: self._answer(self._enciphered(answer)))

    def snapshot(self) -> ConversationState:
        return ConversationState(self.request, tuple(self.answers))

    def replay(self, answers: Sequence[KernelAnswer]) -> None:
        """Bring a fresh kernel to where one stood that got `answers`; no command reaches the card.

        Raises `ValueError` where this kernel ends before the answers do.
        """
        try:
            ask = next(self._kernel)
            for answer in answers:
                ask = self._answer(answer)
        except StopIteration:
            if len(self.answers) < len(answers):
                raise ValueError("the kernel ended before all recorded answers were given") from None
            return
        self._asked = ask if isinstance(ask, Ask) else None

    def power(self) -> None:
        """Power the card without beginning with it; one that does not answer is as it was."""
        with suppress(DriverError):
            self._slot.power_on()

    def power_off(self) -> None:
        """Take the card's power; one that is gone, or whose reader is, needs no power-off."""
        with suppress(DriverError):
            self._slot.power_off()

    def drop(self) -> None:
        """Forget the conversation without a word to the card."""
        self._kernel.close()

    def close(self) -> None:
        """Abandon the conversation, and take the card's power."""
        self._kernel.close()
        self.power_off()

    def _enciphered(self, answer: Answer) -> Answer | PinBlock:
        """A PIN leaves the pad as a block; whatever else was answered stays as it is."""
        if not isinstance(answer, TypedPin) or not isinstance(self._asked, EnterPin):
            return answer
        if answer.pin is None:
            return PinBlock(None)
        if self._asked.pan is None:
            return PinBlock(self._keys.card_block(answer.pin, self._asked.encipher))
        return self._keys.pin_block(answer.pin, self._asked.pan)

    def _answer(self, answer: KernelAnswer) -> KernelAsk:
        self.answers.append(answer)
        return self._kernel.send(answer)

    def _left(self) -> Event:
        if not self.is_contactless:
            self._gone()
        return CardRemoved(from_field=self.is_contactless)

    def _without_reader(self) -> Event:
        self._lost()
        return ReaderChanged(False)

    def _run(self, start: Callable[[], KernelAsk]) -> Event:
        try:
            ask = start()
            while not isinstance(ask, Ask):
                ask = self._answer(self._answered(ask))
        except StopIteration as end:
            return self._ended(end.value)
        except ReaderRefused as refused:
            return self._refused(refused)
        except DriverError:
            return self._without_reader()
        self._asked = ask
        return KernelAsked(ask)

    def _answered(self, ask: Command | Show | LookUp) -> KernelAnswer:
        """What needs no person: the card's answer, the terminal's own, and none to a message."""
        if not isinstance(ask, Command):
            if not isinstance(ask, Show):
                return self._cards.answer(ask)
            self._shown(ask.message)
            return None
        began = self._clock.now.mono
        try:
            response = self._slot.transmit(ask.apdu)
        except CardAbsent:
            return CardGone(Loss.REMOVED)
        except CardMute as error:
            return CardGone(Loss.MUTE, str(error))
        except FrameError as error:
            return CardGone(Loss.TRANSMISSION, str(error))
        took = self._clock.now.mono - began
        if self._seen is not None:
            self._seen(ask, response)
        self._torn(ask.step, True)
        return ResponseApdu(response, took)

    def _ended(self, outcome: Outcome) -> Event:
        self._cards.keep(outcome, self.request.amount)
        return self._left() if outcome.verdict is Verdict.CARD_GONE else KernelEnded(outcome)

    def _refused(self, refused: ReaderRefused) -> Event:
        """A reader that is busy or at fault is there: only this card could not be read."""
        return self._failed(Verdict.CARD_ERROR, Rule.CARD_UNREADABLE, refused)

    def _failed(self, verdict: Verdict, rule: Rule, error: Exception) -> Event:
        """The end of a conversation that did not come about."""
        return self._ended(Outcome(verdict=verdict, reasons=(Reason(rule, detail=str(error)),)))
