"""A conversation of the kernel with the card in a slot, from power-on to the kernel's outcome.

The kernel is pure: its request and the answers that it got so far say all about it. A conversation that keeps both is
resumed elsewhere by feeding a fresh kernel the same answers, without a word to the card.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from terminal_drivers.base import (
    CardAbsent,
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
from terminal_sim.emv.talk.answers import Answer, HostDecision, PinBlock, TypedPin
from terminal_sim.emv.talk.asks import Ask, Command, EnterPin, Step
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer, KernelAsk
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.runtime.key_store import KeyStore


@dataclass(frozen=True, slots=True)
class ConversationState:
    """All that a pure kernel needs to stand where another one stood. The answers hold card data, and a PIN that was typed."""

    request: Request
    answers: tuple[KernelAnswer, ...] = field(repr=False)


class CardConversation:
    """The `kernel` of a `request`, the `slot` that its commands go to, and the `keys` that encipher an online PIN.

    `seen` gets each command with its response; `torn` gets each step once it is done, and whether it was a command: cards
    are torn away there. `gone` is called when the card has left a contact slot, before its reader reports it; `lost` when
    the reader itself is away.
    """

    def __init__(
        self,
        request: Request,
        kernel: Conversation[Outcome],
        slot: ContactSlot,
        keys: KeyStore,
        *,
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
        try:
            atr = self._slot.power_on()
            if not self.is_contactless:
                require_emv(Atr.parse(atr))
        except CardAbsent:
            return self._left()
        except (CardMute, CardUnsupported, FrameError) as error:
            verdict = Verdict.CARD_ERROR if self.is_contactless else Verdict.USE_STRIPE
            return KernelEnded(Outcome(verdict=verdict, reason=str(error)))
        except ReaderRefused as refused:
            return _refused(refused)
        except DriverError:
            return self._without_reader()
        return self._run(lambda: next(self._kernel))

    def resume(self, answer: Answer) -> Event:
        """Answer what the kernel asked last, and run it on."""
        if isinstance(answer, HostDecision):
            self._torn(Step.ONLINE, False)
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
        self._asked = None if isinstance(ask, Command) else ask

    def power(self) -> None:
        """Power the card without beginning with it; one that does not answer is as it was."""
        with suppress(DriverError):
            self._slot.power_on()

    def close(self) -> None:
        """Abandon the conversation; a card or reader that is gone needs no power-off."""
        self._kernel.close()
        with suppress(DriverError):
            self._slot.power_off()

    def _enciphered(self, answer: Answer) -> Answer | PinBlock:
        """An online PIN leaves the pad as an enciphered block; whatever else was answered stays as it is."""
        if (
            not isinstance(answer, TypedPin)
            or not isinstance(self._asked, EnterPin)
            or self._asked.pan is None
        ):
            return answer
        if answer.pin is None:
            return PinBlock(None)
        return PinBlock(self._keys.pin_block(answer.pin, self._asked.pan))

    def _answer(self, answer: KernelAnswer) -> KernelAsk:
        self.answers.append(answer)
        return self._kernel.send(answer)

    def _left(self) -> Event:
        if not self.is_contactless:
            self._gone()
        return CardRemoved()

    def _without_reader(self) -> Event:
        self._lost()
        return ReaderChanged(False)

    def _run(self, start: Callable[[], KernelAsk]) -> Event:
        try:
            ask = start()
            while isinstance(ask, Command):
                response = self._slot.transmit(ask.apdu)
                if self._seen is not None:
                    self._seen(ask, response)
                self._torn(ask.step, True)
                ask = self._answer(response)
        except StopIteration as end:
            return KernelEnded(end.value)
        except CardAbsent:
            return self._left()
        except (CardMute, FrameError) as error:
            return KernelEnded(Outcome(verdict=Verdict.CARD_ERROR, reason=str(error)))
        except ReaderRefused as refused:
            return _refused(refused)
        except DriverError:
            return self._without_reader()
        self._asked = ask
        return KernelAsked(ask)


def _refused(refused: ReaderRefused) -> Event:
    """A reader that is busy or at fault is there: only this card could not be read."""
    return KernelEnded(Outcome(verdict=Verdict.CARD_ERROR, reason=str(refused)))
