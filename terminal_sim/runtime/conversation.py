"""A conversation of the kernel with the card in a slot, from power-on to the kernel's outcome.

The kernel is pure: its request and the answers that it got so far say all about it. A conversation that keeps both is
resumed elsewhere by feeding a fresh kernel the same answers, without a word to the card.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import suppress

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardUnsupported,
    ContactSlot,
    DriverError,
    FrameError,
    ReaderRefused,
)
from terminal_sim.core.events import CardRemoved, Event, KernelAsked, KernelEnded, ReaderChanged
from terminal_sim.emv.talk.answers import Answer, HostDecision
from terminal_sim.emv.talk.asks import Ask, Command, Step
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface, Request

Kernel = Generator[Ask, Answer, Outcome]


class CardConversation:
    """The `kernel` of a `request`, and the `slot` that its commands go to.

    `seen` gets each command with its response; `torn` gets each step once it is done, and whether it was a command: cards
    are torn away there. `gone` is called when the card has left a contact slot, before its reader reports it; `lost` when
    the reader itself is away.
    """

    def __init__(
        self,
        request: Request,
        kernel: Kernel,
        slot: ContactSlot,
        *,
        seen: Callable[[Command, bytes], None],
        torn: Callable[[Step, bool], None],
        gone: Callable[[], None],
        lost: Callable[[], None],
    ) -> None:
        self.request = request
        self.answers: list[Answer] = []
        self._kernel = kernel
        self._slot = slot
        self._seen = seen
        self._torn = torn
        self._gone = gone
        self._lost = lost

    @property
    def is_contactless(self) -> bool:
        return self.request.interface is Interface.CONTACTLESS

    def begin(self) -> Event:
        """Power the card and run the kernel until it asks for what only a person or the host has.

        A chip that does not answer to reset leaves its stripe (EMV Book 4, 11.2); a card in the field has none to offer.
        """
        try:
            self._slot.power_on()
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
        return self._run(lambda: self._answer(answer))

    def replay(self, answers: Iterable[Answer]) -> None:
        """Bring a fresh kernel to where one stood that got `answers`; no command reaches the card.

        Raises `ValueError` where this kernel ends before the answers do.
        """
        try:
            next(self._kernel)
            for answer in answers:
                self._answer(answer)
        except StopIteration:
            raise ValueError("the kernel ended before all recorded answers were given") from None

    def close(self) -> None:
        """Abandon the conversation; a card or reader that is gone needs no power-off."""
        self._kernel.close()
        with suppress(DriverError):
            self._slot.power_off()

    def _answer(self, answer: Answer) -> Ask:
        self.answers.append(answer)
        return self._kernel.send(answer)

    def _left(self) -> Event:
        if not self.is_contactless:
            self._gone()
        return CardRemoved()

    def _without_reader(self) -> Event:
        self._lost()
        return ReaderChanged(False)

    def _run(self, start: Callable[[], Ask]) -> Event:
        try:
            ask = start()
            while isinstance(ask, Command):
                response = self._slot.transmit(ask.apdu)
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
        return KernelAsked(ask)


def _refused(refused: ReaderRefused) -> Event:
    """A reader that is busy or at fault is there: only this card could not be read."""
    return KernelEnded(Outcome(verdict=Verdict.CARD_ERROR, reason=str(refused)))
