"""The Terminal API of one terminal: the text of a request in, the answer out when there is one.

Rules:
1. A payment or reversal is a dialogue. It is recorded when the terminal has taken it, and its answer before that leaves; TransactionStatus
   repeats the recorded bytes, after a power cut too.
2. Whether a request can be taken now is the terminal's own answer. A client that hangs up stops nothing.
3. What is wrong with a seal starts nothing and looks the same whatever it is; the trace has the reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from terminal_sim.core.events import RequestCancelled
from terminal_sim.core.payment_request import RequestAnswer
from terminal_sim.pos.adyen.answers.inquiries import diagnosis_answer, status_answer
from terminal_sim.pos.adyen.answers.shifts import NotStored, Shifts
from terminal_sim.pos.adyen.device_class.calls import DeviceCalls
from terminal_sim.pos.adyen.dialogues.course import DialogueCourse
from terminal_sim.pos.adyen.messages.common import MessageReference
from terminal_sim.pos.adyen.messages.refusals import UNSERVED, NotServed, RequestFailure
from terminal_sim.pos.adyen.messages.requests import (
    AbortRequest,
    CardAcquisitionRequest,
    DiagnosisRequest,
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
from terminal_sim.pos.adyen.messages.responses import EnableServiceResponse, NexoResponse
from terminal_sim.pos.adyen.messages.values import Category, ErrorCondition, NexoResult, TransactionAction
from terminal_sim.pos.adyen.notices.announcer import Announcer
from terminal_sim.pos.adyen.service.device import ApiDevice
from terminal_sim.pos.adyen.service.dialogue import Dialogues, ServiceDialogue
from terminal_sim.pos.adyen.wire.exchange import HttpExchange, HttpReply, NotOpened, Reply, opened
from terminal_sim.pos.adyen.wire.seal import SharedKey

_NO_CARD = RequestFailure(ErrorCondition.NOT_FOUND, "No card acquisition is under way")


class TerminalApi:
    """See the module. `keys` are those that the terminal shares with points of sale; without one it is spoken to in clear.

    `dialogues` is the fold over the rows of earlier ones; an `announcer` hears of those that begin and end.
    """

    def __init__(self, device: ApiDevice, keys: Sequence[SharedKey], dialogues: Dialogues) -> None:
        self.keys = tuple(keys)
        self.dialogues = dialogues
        self._device = device
        self._shifts = Shifts(device, dialogues)
        self._course = DialogueCourse(device, dialogues, self._shifts)
        self._calls = DeviceCalls(device, self._course.refuse, self._course.busy)

    @property
    def announcer(self) -> Announcer | None:
        """What tells of the dialogues that begin and end; None where nobody is told."""
        return self._course.announcer

    @announcer.setter
    def announcer(self, announcer: Announcer) -> None:
        self._course.announcer = announcer

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
            self._course.refuse(exchange, not_served.refusal)
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
            case NexoPaymentRequest() | ReversalRequest() | CardAcquisitionRequest() as body:
                self._course.begin(exchange, body)
            case EnableServiceRequest() as service:
                self._enable(exchange, service)
            case NexoInputRequest() | NexoPrintRequest() | NexoDisplayRequest() as call:
                self._calls.serve(exchange, call)
            case AbortRequest(message_reference=reference):
                self._abort(exchange, reference)
            case TransactionStatusRequest(message_reference=reference):
                found = self.dialogues.last if reference is None else self._referred(exchange, reference)
                exchange.answer(status_answer(found, reference, self.dialogues.last))
            case DiagnosisRequest() as diagnosis:
                busy = self.dialogues.running is not None
                exchange.answer(
                    diagnosis_answer(self._device.identity, self._device.status(), diagnosis, busy=busy)
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
        if not self._course.card_held:
            raise NotServed(_NO_CARD)
        show = self._calls.to_show(body.display_output) if body.display_output is not None else None
        self._device.ask(RequestCancelled(self._course.card_held))
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
        return self._calls.asked_for(request) or self._course.asked_for(request)

    def answered(self, _: str, request: str, answer: RequestAnswer) -> bool:
        """Take an answer of the terminal."""
        if self._calls.asked_for(request):
            self._calls.answered(request, answer)
            return True
        return self._course.answered(request, answer)

    def powered_on(self) -> None:
        """Ask the terminal what has become of the dialogue that a power cut has broken off."""
        self._course.powered_on()

    def lost_power(self, _: str) -> None:
        """Every connection ends without an answer."""
        self._calls.lost_power()
        self._course.lost_power()
