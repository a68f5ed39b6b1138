"""The Terminal API of one terminal: the text of a request in, the answer out when there is one.

Rules:
1. A payment or reversal is a dialogue. It is recorded when the terminal has taken it, and its answer before that leaves; TransactionStatus
   repeats the recorded bytes, after a power cut too.
2. Whether a request can be taken now is the terminal's own answer. A client that hangs up stops nothing.
3. What is wrong with a seal starts nothing and looks the same whatever it is; the trace has the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from terminal_sim.core.events import (
    CardRequested,
    Event,
    PaymentRequested,
    RefundRequested,
    RequestCancelled,
    RequestQueried,
)
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import (
    AcquiredCard,
    CardAcquired,
    RefundRequest,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefused,
    RequestTaken,
    RequestUnknown,
)
from terminal_sim.core.text import Text
from terminal_sim.pos.adyen.acquisition import acquisition_answer, asked_card
from terminal_sim.pos.adyen.announcer import Announcer
from terminal_sim.pos.adyen.answers import payment_answer, reversal_answer
from terminal_sim.pos.adyen.asked_payment import asked_money, asked_payment, tender_options
from terminal_sim.pos.adyen.common import MessageReference
from terminal_sim.pos.adyen.device import ApiDevice
from terminal_sim.pos.adyen.device_calls import DeviceCalls
from terminal_sim.pos.adyen.dialogue import REMEMBERED, AnswerRow, Dialogues, ServiceDialogue, row_for
from terminal_sim.pos.adyen.exchange import (
    HttpExchange,
    HttpReply,
    NotOpened,
    Reply,
    opened,
)
from terminal_sim.pos.adyen.inquiries import diagnosis_answer, status_answer
from terminal_sim.pos.adyen.references import reference_of
from terminal_sim.pos.adyen.refusals import (
    BEGUN_BY_NO_REQUEST,
    UNSERVED,
    NotServed,
    RequestFailure,
    busy_with,
    refusal_of,
)
from terminal_sim.pos.adyen.refused import refused_answer
from terminal_sim.pos.adyen.requests import (
    AbortRequest,
    CardAcquisitionRequest,
    DiagnosisRequest,
    DialogueBody,
    EnableServiceRequest,
    GetTotalsRequest,
    LoginRequest,
    LogoutRequest,
    NexoDisplayRequest,
    NexoInputRequest,
    NexoPaymentRequest,
    NexoPrintRequest,
    ReconciliationRequest,
    ReversalRequest,
    TransactionStatusRequest,
)
from terminal_sim.pos.adyen.responses import (
    Answer,
    EnableServiceResponse,
    NexoResponse,
    written,
)
from terminal_sim.pos.adyen.seal import SharedKey
from terminal_sim.pos.adyen.shifts import NotStored, Shifts
from terminal_sim.pos.adyen.totals import identification
from terminal_sim.pos.adyen.values import Category, ErrorCondition, NexoResult, TransactionAction

_DUPLICATE = RequestFailure(ErrorCondition.NOT_ALLOWED, "ServiceID was used within the last 48 hours")
_UNKNOWN_ORIGINAL = RequestFailure(ErrorCondition.NOT_FOUND, "The original transaction is not known")
_UNKNOWN_ACQUISITION = RequestFailure(ErrorCondition.NOT_FOUND, "The card acquisition is not known")
_NO_CARD = RequestFailure(ErrorCondition.NOT_FOUND, "No card acquisition is under way")
_POWER_LOST = RequestFailure(ErrorCondition.ABORTED, "The terminal lost power before the payment began")


class TerminalApi:
    """See the module. `keys` are those that the terminal shares with points of sale; without one it is spoken to in clear.

    `dialogues` is the fold over the rows of earlier ones; an `announcer` hears of those that begin and end.
    """

    def __init__(self, device: ApiDevice, keys: Sequence[SharedKey], dialogues: Dialogues) -> None:
        self.keys = tuple(keys)
        self.dialogues = dialogues
        self.announcer: Announcer | None = None
        self._device = device
        self._shifts = Shifts(device, dialogues)
        self._calls = DeviceCalls(device, self._refuse, self._busy)
        self._card_held = ""  # the request by which a card is asked for or held
        self._asking: tuple[ServiceDialogue, HttpExchange] | None = (
            None  # until the terminal has said whether it takes it
        )
        self._waiting: dict[int, HttpExchange] = {}  # by the number of the dialogue

    @property
    def is_connected(self) -> bool:
        """Whether the platform reaches the terminal: over its own link, whether it is on is asked besides."""
        return self._device.status().network_up

    @property
    def poiid(self) -> str:
        """The terminal's name in the protocol."""
        return self._device.identity.poiid

    # What points of sale send.

    def receive(self, text: bytes, reply: Reply, *, sealed: bool = True) -> None:
        """Serve the body of one HTTP request. `reply` is called once, now or when the dialogue is over.

        `sealed` asks for the seal where the terminal has a key: what comes by the platform has none.
        """
        try:
            exchange = opened(text, self.keys if sealed else (), reply)
        except NotOpened as refused:
            self._device.note(f"a request of a point of sale is not served: {refused}")
            reply(refused.reply)
            return
        try:
            self._serve(exchange)
        except NotServed as not_served:
            self._refuse(exchange, not_served.refusal)
        except NotStored:
            reply(None)

    def tell_later(self, said: HttpReply | None) -> None:
        """Send the answer to a request that did not wait for it to where events are told; nowhere where nobody is told of them."""
        if said is not None and said.body and self.announcer is not None:
            self.announcer.tell(said.body)

    def _serve(self, exchange: HttpExchange) -> None:
        request = exchange.request
        if request.unknown:
            self._device.note(f"members that mean nothing here: {', '.join(request.unknown)}")
        if request.header.poiid != self._device.identity.poiid:
            raise NotServed(
                RequestFailure(ErrorCondition.NOT_FOUND, f"This terminal is {self._device.identity.poiid}")
            )
        match request.body:
            case NexoPaymentRequest() as payment:
                self._begin(exchange, payment, lambda dialogue: self._payment(dialogue, payment))
            case ReversalRequest() as reversal:
                self._begin(exchange, reversal, lambda dialogue: self._reversal(dialogue, reversal))
            case CardAcquisitionRequest() as wanted:
                self._begin(exchange, wanted, lambda dialogue: self._card(dialogue, wanted))
            case EnableServiceRequest() as service:
                self._enable(exchange, service)
            case NexoInputRequest() | NexoPrintRequest() | NexoDisplayRequest() as call:
                self._calls.serve(exchange, call)
            case AbortRequest(message_reference=reference):
                self._abort(exchange, reference)
            case TransactionStatusRequest(message_reference=reference):
                found = self.dialogues.last if reference is None else self._referred(exchange, reference)
                exchange.answer(status_answer(found, reference, self.dialogues.last))
            case DiagnosisRequest() as body:
                busy = self.dialogues.running is not None
                exchange.answer(
                    diagnosis_answer(self._device.identity, self._device.status(), body, busy=busy)
                )
            case LoginRequest() as login:
                exchange.answer(self._shifts.log_in(request.header, login))
            case LogoutRequest():
                exchange.answer(self._shifts.log_out(request.header))
            case GetTotalsRequest() as totals:
                exchange.answer(self._shifts.totals(request.header, totals))
            case ReconciliationRequest(reconciliation_type=kind):
                exchange.answer(self._shifts.reconcile(request.header, kind))
            case _:
                raise NotServed(UNSERVED)

    # Dialogues.

    def _begin(
        self,
        exchange: HttpExchange,
        body: DialogueBody,
        event: Callable[[ServiceDialogue], Event],
    ) -> None:
        header = exchange.request.header
        known = self.dialogues.named(header.sale_id, header.service_id or "")
        running = self.dialogues.running
        if known is not None and known is running:
            raise NotServed(known.busy)
        if known is not None and self._device.mono - known.mono < REMEMBERED:
            raise NotServed(_DUPLICATE)
        dialogue = ServiceDialogue(
            number=self.dialogues.following,
            header=header,
            body=body,
            at=self._device.now,
            mono=self._device.mono,
            operator=self._shifts.operator(header, body.sale_data),
            shift=self._shifts.shift(header, body.sale_data),
        )
        asks = event(dialogue)
        self._asking = dialogue, exchange
        self._device.ask(asks)

    def _payment(self, dialogue: ServiceDialogue, body: NexoPaymentRequest) -> PaymentRequested:
        sale_id, _ = dialogue.key
        card = self._acquired_by(body)
        return PaymentRequested(asked_payment(self._device.identity, dialogue.request, sale_id, body, card))

    def _acquired_by(self, body: NexoPaymentRequest) -> str:
        """The id of the request by which the payment's card was read; empty where it names none."""
        named = body.payment_data.card_acquisition_reference if body.payment_data is not None else None
        if named is None:
            return ""
        poiid, tender = self._device.identity.poiid, named.transaction_id.partition(".")[0]
        found = self.dialogues.with_tender(poiid, tender)
        if found is None or not isinstance(found.body, CardAcquisitionRequest):
            raise NotServed(_UNKNOWN_ACQUISITION)
        return found.request

    def _card(self, dialogue: ServiceDialogue, body: CardAcquisitionRequest) -> CardRequested:
        tender_options(body.sale_data)
        return CardRequested(asked_card(self._device.identity, dialogue.request, body))

    def _reversal(self, dialogue: ServiceDialogue, body: ReversalRequest) -> RefundRequested:
        tender_options(body.sale_data)
        named = body.original_poi_transaction.poi_transaction_id
        original = self._original(named.transaction_id) if named is not None else None
        if original is None:
            raise NotServed(_UNKNOWN_ORIGINAL)
        part = body.reversed_amount
        return RefundRequested(
            RefundRequest(
                id=dialogue.request,
                original=original.reference,
                ticket=original.ticket,
                server=original.server,
                register=dialogue.header.sale_id,
                amount=None
                if part is None
                else asked_money(self._device.identity, part, original.amount.currency),
            )
        )

    def _original(self, transaction_id: str) -> Payment | None:
        """The payment that a point of sale names by the platform's name of it, or by the terminal's own."""
        payment = self._device.payment(reference_of(transaction_id) or transaction_id)
        if payment is not None:
            return payment
        named = self.dialogues.with_tender(self._device.identity.poiid, transaction_id.partition(".")[0])
        return None if named is None else self._device.requested(named.request)

    def _abort(self, exchange: HttpExchange, reference: MessageReference) -> None:
        """What matches is taken back where it is not too late; the answer is empty in any case."""
        if reference.message_category is Category.INPUT:
            self._calls.abort(reference.sale_id or exchange.request.header.sale_id, reference)
        running = self._referred(exchange, reference)
        if running is not None and running is self.dialogues.running:
            self._device.ask(RequestCancelled(running.request))
        exchange.answer_nothing()

    def _enable(self, exchange: HttpExchange, body: EnableServiceRequest) -> None:
        """Let the card go that is asked for or held, and show what the point of sale says to it."""
        if body.transaction_action is not TransactionAction.ABORT:
            raise NotServed(UNSERVED)
        if not self._card_held:
            raise NotServed(_NO_CARD)
        show = self._calls.to_show(body.display_output) if body.display_output is not None else None
        self._device.ask(RequestCancelled(self._card_held))
        exchange.answer(EnableServiceResponse(response=NexoResponse(result=NexoResult.SUCCESS)))
        if show is not None:
            show()

    def _referred(self, exchange: HttpExchange, reference: MessageReference) -> ServiceDialogue | None:
        sale_id = reference.sale_id or exchange.request.header.sale_id
        found = self.dialogues.named(sale_id, reference.service_id or "")
        if found is None or reference.message_category not in (None, found.category):
            return None
        return found

    # What the terminal answers.

    def asked_for(self, request: str) -> bool:
        """Whether the request with this id is one of a dialogue, or a call of the device class."""
        asking = self._asking
        return (
            self._calls.asked_for(request)
            or self.dialogues.asked(request) is not None
            or (asking is not None and asking[0].request == request)
        )

    def answered(self, _: str, request: str, answer: RequestAnswer) -> bool:
        """Take an answer of the terminal."""
        if self._asking is not None and self._asking[0].request == request:
            dialogue, exchange = self._asking
            self._asking = None
            self._decided(dialogue, exchange, answer)
            return True
        if self._calls.asked_for(request):
            self._calls.answered(request, answer)
            return True
        known = self.dialogues.asked(request)
        if request == self._card_held and isinstance(answer, RequestEnded | RequestUnknown):
            self._card_held = ""
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
                    self.dialogues.begin(dialogue)
                    self._waiting[dialogue.number] = exchange
                    if self.announcer is not None:
                        self.announcer.begun(dialogue)
                    # A payment takes the card that was held.
                    reads = isinstance(dialogue.body, CardAcquisitionRequest)
                    self._card_held = dialogue.request if reads else ""
                else:
                    exchange.reply(None)
                    self._device.ask(RequestCancelled(dialogue.request))
            case RequestBusy(running):
                self._refuse(exchange, self._busy(running))
            case RequestRefused(reason):
                self._refuse(exchange, BEGUN_BY_NO_REQUEST[reason])
            case _:
                self._refuse(exchange, _DUPLICATE)

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
        period = identification(self.dialogues)
        if isinstance(dialogue.body, CardAcquisitionRequest):
            return acquisition_answer(identity, dialogue, dialogue.body, card, refusal, period)
        if isinstance(dialogue.body, ReversalRequest):
            return reversal_answer(identity, dialogue, dialogue.body, payment, refusal)
        receipts = self._device.receipts(payment) if payment is not None else None
        return payment_answer(identity, dialogue, dialogue.body, payment, refusal, receipts, period)

    def _close(self, dialogue: ServiceDialogue, answer: Answer) -> None:
        """The answer is durable, then it leaves; where that is not certain, the connection ends without one."""
        body = written(answer)
        exchange = self._waiting.pop(dialogue.number, None)
        stored = self._device.store([AnswerRow(number=dialogue.number, body=body.decode())])
        if stored:
            self.dialogues.end(dialogue.number, body)
            if self.announcer is not None:
                self.announcer.ended(answer)
        if exchange is not None:
            if stored:
                exchange.answer_text(body)
            else:
                exchange.reply(None)

    def powered_on(self) -> None:
        """Ask the terminal what has become of the dialogue that a power cut has broken off."""
        running = self.dialogues.running
        if running is not None:
            self._device.ask(RequestQueried(running.request))

    def lost_power(self, _: str) -> None:
        """Every connection ends without an answer."""
        waiting = list(self._waiting.values())
        if self._asking is not None:
            waiting.append(self._asking[1])
        self._asking = None
        self._waiting.clear()
        self._card_held = ""
        self._calls.lost_power()
        for exchange in waiting:
            exchange.reply(None)

    def _busy(self, request: str) -> RequestFailure:
        """What a request hears that the terminal is too busy for; `request` is the one that runs, empty where a person is at it."""
        running = self.dialogues.asked(request) or self.dialogues.running
        return busy_with(None) if running is None else running.busy

    def _refuse(self, exchange: HttpExchange, refusal: RequestFailure) -> None:
        """Answer a request that began nothing."""
        period = identification(self.dialogues)
        exchange.answer(refused_answer(exchange.request.body, refusal, self._device.now, period))
