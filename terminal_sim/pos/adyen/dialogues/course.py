"""The course of the dialogues at one terminal: each begins when the terminal has taken it, and its answer is durable before it leaves."""

from __future__ import annotations

from terminal_sim.core.events import RequestCancelled, RequestQueried
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import (
    AcquiredCard,
    CardAcquired,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefused,
    RequestTaken,
    RequestUnknown,
)
from terminal_sim.core.text import Text
from terminal_sim.pos.adyen.answers.outcomes import payment_answer, reversal_answer
from terminal_sim.pos.adyen.answers.refused import refused_answer
from terminal_sim.pos.adyen.answers.shifts import Shifts
from terminal_sim.pos.adyen.answers.totals import identification
from terminal_sim.pos.adyen.dialogues.acquisition import acquisition_answer
from terminal_sim.pos.adyen.dialogues.asked_dialogue import asking_event
from terminal_sim.pos.adyen.messages.refusals import (
    BEGUN_BY_NO_REQUEST,
    BY_HAND,
    NotServed,
    RequestFailure,
    refusal_of,
)
from terminal_sim.pos.adyen.messages.requests import CardAcquisitionRequest, DialogueBody, ReversalRequest
from terminal_sim.pos.adyen.messages.responses import Answer, written
from terminal_sim.pos.adyen.messages.values import ErrorCondition
from terminal_sim.pos.adyen.notices.announcer import Announcer
from terminal_sim.pos.adyen.service.device import ApiDevice
from terminal_sim.pos.adyen.service.dialogue import REMEMBERED, AnswerRow, Dialogues, ServiceDialogue, row_for
from terminal_sim.pos.adyen.wire.exchange import HttpExchange

_DUPLICATE = RequestFailure(ErrorCondition.NOT_ALLOWED, "ServiceID was used within the last 48 hours")
_POWER_LOST = RequestFailure(ErrorCondition.ABORTED, "The terminal lost power before the payment began")


class DialogueCourse:
    """See the module. An `announcer` hears of dialogues that begin and end.

    `card_held` is the request by which a card is asked for or held, empty without one.
    """

    def __init__(self, device: ApiDevice, dialogues: Dialogues, shifts: Shifts) -> None:
        self.announcer: Announcer | None = None
        self.card_held = ""
        self._device = device
        self._dialogues = dialogues
        self._shifts = shifts
        self._asking: tuple[ServiceDialogue, HttpExchange] | None = (
            None  # until the terminal has said whether it takes it
        )
        self._waiting: dict[int, HttpExchange] = {}  # by the number of the dialogue

    def begin(self, exchange: HttpExchange, body: DialogueBody) -> None:
        """Ask the terminal for the dialogue of `body`. Raises `NotServed`."""
        header = exchange.request.header
        known = self._dialogues.named(header.sale_id, header.service_id or "")
        if known is not None and known is self._dialogues.running:
            raise NotServed(known.busy)
        if known is not None and self._device.mono - known.mono < REMEMBERED:
            raise NotServed(_DUPLICATE)
        dialogue = ServiceDialogue(
            number=self._dialogues.following,
            header=header,
            body=body,
            at=self._device.now,
            mono=self._device.mono,
            operator=self._shifts.operator(header, body.sale_data),
            shift=self._shifts.shift(header, body.sale_data),
        )
        event = asking_event(self._device, self._dialogues, dialogue)
        self._asking = dialogue, exchange
        self._device.ask(event)

    def asked_for(self, request: str) -> bool:
        """Whether the request with this id is one of a dialogue."""
        asking = self._asking
        return self._dialogues.asked(request) is not None or (
            asking is not None and asking[0].request == request
        )

    def answered(self, request: str, answer: RequestAnswer) -> bool:
        """Take an answer of the terminal; False where it is to no dialogue."""
        if self._asking is not None and self._asking[0].request == request:
            dialogue, exchange = self._asking
            self._asking = None
            self._decided(dialogue, exchange, answer)
            return True
        known = self._dialogues.asked(request)
        if request == self.card_held and isinstance(answer, RequestEnded | RequestUnknown):
            self.card_held = ""
        if known is None or known.answer:
            return known is not None
        match answer:
            case CardAcquired(card):
                self._close(known, self._answer(known, None, None, card))
            case RequestEnded(notice, payment):
                self._end(known, notice, payment)
            case RequestUnknown():
                self._close(known, self._answer(known, None, _POWER_LOST))
            case _:
                pass
        return True

    def _decided(self, dialogue: ServiceDialogue, exchange: HttpExchange, answer: RequestAnswer) -> None:
        """Whether the terminal takes the request: only then there is a dialogue."""
        match answer:
            case RequestTaken():
                if self._device.store([row_for(dialogue, exchange.text)]):
                    self._dialogues.begin(dialogue)
                    self._waiting[dialogue.number] = exchange
                    if self.announcer is not None:
                        self.announcer.begun(dialogue)
                    # A payment takes the card that was held.
                    reads = isinstance(dialogue.body, CardAcquisitionRequest)
                    self.card_held = dialogue.request if reads else ""
                else:
                    exchange.reply(None)
                    self._device.ask(RequestCancelled(dialogue.request))
            case RequestBusy():
                self.refuse(exchange, self.busy(answer))
            case RequestRefused(reason):
                self.refuse(exchange, BEGUN_BY_NO_REQUEST[reason])
            case _:
                self.refuse(exchange, _DUPLICATE)

    def _end(self, dialogue: ServiceDialogue, notice: Text, payment: Payment | None) -> None:
        paid = payment is not None and payment.state.is_paid
        self._close(dialogue, self._answer(dialogue, payment, None if paid else refusal_of(notice, payment)))

    def _answer(
        self,
        dialogue: ServiceDialogue,
        payment: Payment | None,
        refusal: RequestFailure | None,
        card: AcquiredCard | None = None,
    ) -> Answer:
        identity = self._device.identity
        period = identification(self._dialogues)
        if isinstance(dialogue.body, CardAcquisitionRequest):
            return acquisition_answer(identity, dialogue, dialogue.body, card, refusal, period)
        if isinstance(dialogue.body, ReversalRequest):
            return reversal_answer(identity, dialogue, dialogue.body, payment, refusal)
        receipts = self._device.receipts(payment) if payment is not None else None
        return payment_answer(identity, dialogue, dialogue.body, payment, refusal, receipts, period)

    def _close(self, dialogue: ServiceDialogue, answer: Answer) -> None:
        """The answer is durable, then it leaves; where that is not certain, the connection ends without one."""
        body = written(answer).decode()
        exchange = self._waiting.pop(dialogue.number, None)
        stored = self._device.store([AnswerRow(number=dialogue.number, body=body)])
        if stored:
            self._dialogues.end(dialogue.number, body)
            if self.announcer is not None:
                self.announcer.ended(answer)
        if exchange is not None:
            if stored:
                exchange.answer_text(body.encode())
            else:
                exchange.reply(None)

    def powered_on(self) -> None:
        """Ask the terminal what has become of the dialogue that a power cut has broken off."""
        running = self._dialogues.running
        if running is not None:
            self._device.ask(RequestQueried(running.request))

    def lost_power(self) -> None:
        """Every connection ends without an answer."""
        waiting = list(self._waiting.values())
        if self._asking is not None:
            waiting.append(self._asking[1])
        self._asking = None
        self._waiting.clear()
        self.card_held = ""
        for exchange in waiting:
            exchange.reply(None)

    def busy(self, answer: RequestBusy) -> RequestFailure:
        """What a request hears that the terminal is too busy for."""
        running = self._dialogues.asked(answer.running) or self._dialogues.running
        return BY_HAND[answer.awaited] if running is None else running.busy

    def refuse(self, exchange: HttpExchange, refusal: RequestFailure) -> None:
        """Answer a request that began nothing."""
        period = identification(self._dialogues)
        exchange.answer(refused_answer(exchange.request.body, refusal, self._device.now, period))
