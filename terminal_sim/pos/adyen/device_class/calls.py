"""The requests of the device class at one terminal: Input, Print and Display.

Rules:
1. Nothing of them is kept: an answer that was lost is asked for anew.
2. An Input is over when it is answered, cancelled, out of time, aborted, or when anything else is asked for.
3. A Print is answered when the paper is out, or at once where its response mode says so; a Display once it is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from terminal_sim.core.device_request import DisplayRequest, InputRequest, PrintRequest
from terminal_sim.core.events import DisplayRequested, Event, InputRequested, PrintRequested, RequestCancelled
from terminal_sim.core.payment_request import (
    InputGiven,
    RequestAnswer,
    RequestBusy,
    RequestEnded,
    RequestRefused,
    RequestTaken,
)
from terminal_sim.pos.adyen.device_class.words import asked_display, asked_input, asked_print, given_input
from terminal_sim.pos.adyen.messages.common import DisplayOutput, MessageReference
from terminal_sim.pos.adyen.messages.refusals import BEGUN_BY_NO_REQUEST, RequestFailure
from terminal_sim.pos.adyen.messages.requests import NexoDisplayRequest, NexoInputRequest, NexoPrintRequest
from terminal_sim.pos.adyen.messages.responses import (
    DisplayResponse,
    InputResponse,
    InputResult,
    NexoInput,
    NexoResponse,
    OutputResult,
    PrintResponse,
)
from terminal_sim.pos.adyen.messages.values import ErrorCondition, NexoResult, ResponseMode
from terminal_sim.pos.adyen.service.device import ApiDevice
from terminal_sim.pos.adyen.wire.exchange import HttpExchange

Refuse = Callable[[HttpExchange, RequestFailure], None]

_DONE = NexoResponse(result=NexoResult.SUCCESS)
# Why a request of this class came to nothing, by the wording that the terminal ends with.
_ENDED = {
    "cancelled": RequestFailure(ErrorCondition.CANCEL, "Input cancelled"),
    "timed-out": RequestFailure(ErrorCondition.CANCEL, "Input timed out"),
    "pos-cancelled": RequestFailure(ErrorCondition.ABORTED, "Input aborted"),
    "out-of-paper": RequestFailure(ErrorCondition.DEVICE_OUT, "NoPaper"),
}
_PRINTED = "copy-printed"
_TO_THE_END = (ResponseMode.PRINT_END.value,)


@dataclass(eq=False)
class _Call:
    """A request that was put to the terminal; `exchange` is None once it has its answer."""

    asked: InputRequest | PrintRequest | DisplayRequest
    body: NexoInputRequest | NexoPrintRequest | NexoDisplayRequest
    key: tuple[str, str]
    exchange: HttpExchange | None


class DeviceCalls:
    """See the module. `refuse` answers a request that came to nothing, and `busy` says what a request hears that the terminal is too busy for."""

    def __init__(
        self, device: ApiDevice, refuse: Refuse, busy: Callable[[RequestBusy], RequestFailure]
    ) -> None:
        self._device = device
        self._refuse = refuse
        self._busy = busy
        self._calls: dict[str, _Call] = {}  # by the id under which the terminal was asked
        self._counted = 0

    def serve(
        self, exchange: HttpExchange, body: NexoInputRequest | NexoPrintRequest | NexoDisplayRequest
    ) -> None:
        """Ask the terminal. Raises `NotServed`."""
        header = exchange.request.header
        self._counted += 1
        request = f"device-{self._counted}:{header.sale_id}/{header.service_id}"
        asked: InputRequest | PrintRequest | DisplayRequest | None
        match body:
            case NexoInputRequest():
                asked = asked_input(request, body)
                event: Event = InputRequested(asked)
            case NexoPrintRequest(print_output=output):
                asked = asked_print(request, output)
                event = PrintRequested(asked)
            case NexoDisplayRequest(display_output=outputs):
                asked = asked_display(request, outputs)
                if asked is None:
                    self._clear(exchange, body)
                    return
                event = DisplayRequested(asked)
        self._calls[request] = _Call(asked, body, (header.sale_id, header.service_id or ""), exchange)
        self._device.ask(event)

    def to_show(self, output: DisplayOutput) -> Callable[[], None]:
        """How what came with a request of another category is shown, where the screen is free for it then. Raises `NotServed`."""
        self._counted += 1
        request = f"device-{self._counted}:"
        asked = asked_display(request, [output])

        def show() -> None:
            if asked is not None:
                body = NexoDisplayRequest(display_output=[output])
                self._calls[request] = _Call(asked, body, ("", ""), None)
                self._device.ask(DisplayRequested(asked))

        return show

    def abort(self, sale_id: str, reference: MessageReference) -> None:
        """Take back the Input that the point of sale calls so, where it runs."""
        for request, call in list(self._calls.items()):
            named = call.key == (sale_id, reference.service_id or "")
            if named and isinstance(call.body, NexoInputRequest):
                self._device.ask(RequestCancelled(request))

    def asked_for(self, request: str) -> bool:
        return request in self._calls

    def answered(self, request: str, answer: RequestAnswer) -> None:
        """Take an answer of the terminal."""
        call = self._calls[request]
        match answer:
            case RequestTaken():
                self._taken(call)
            case InputGiven(given):
                del self._calls[request]
                if isinstance(call.asked, InputRequest) and isinstance(call.body, NexoInputRequest):
                    said = given_input(call.body, call.asked.question, given)
                    self._answer(call, _input_response(call.body, said))
            case RequestEnded(notice, _):
                del self._calls[request]
                self._end(call, notice.id)
            case RequestBusy():
                del self._calls[request]
                self._fail(call, self._busy(answer))
            case RequestRefused(reason):
                del self._calls[request]
                self._fail(call, BEGUN_BY_NO_REQUEST[reason])
            case _:
                pass

    def lost_power(self) -> None:
        """Every connection ends without an answer."""
        calls = list(self._calls.values())
        self._calls.clear()
        for call in calls:
            if call.exchange is not None:
                call.exchange.reply(None)

    def _taken(self, call: _Call) -> None:
        match call.body:
            case NexoDisplayRequest():
                self._answer(call, _display_response(call.body))
            case NexoPrintRequest(print_output=output) if output.response_mode not in _TO_THE_END:
                self._answer(call, _print_response(call.body))
            case _:
                pass

    def _end(self, call: _Call, notice: str) -> None:
        if isinstance(call.body, NexoPrintRequest) and notice == _PRINTED:
            self._answer(call, _print_response(call.body))
        elif notice in _ENDED:
            self._fail(call, _ENDED[notice])

    def _clear(self, exchange: HttpExchange, body: NexoDisplayRequest) -> None:
        """Take away what is shown."""
        for request, call in list(self._calls.items()):
            if isinstance(call.body, NexoDisplayRequest):
                self._device.ask(RequestCancelled(request))
        exchange.answer(_display_response(body))

    def _answer(self, call: _Call, answer: InputResponse | PrintResponse | DisplayResponse) -> None:
        exchange, call.exchange = call.exchange, None
        if exchange is not None:
            exchange.answer(answer)

    def _fail(self, call: _Call, refusal: RequestFailure) -> None:
        exchange, call.exchange = call.exchange, None
        if exchange is not None:
            self._refuse(exchange, refusal)


def _input_response(body: NexoInputRequest, given: NexoInput) -> InputResponse:
    wanted, output = body.input_data, body.display_output
    shown = (
        OutputResult(device=output.device, info_qualify=output.info_qualify, response=_DONE)
        if output is not None
        else None
    )
    result = InputResult(device=wanted.device, info_qualify=wanted.info_qualify, response=_DONE, input=given)
    return InputResponse(input_result=result, output_result=shown)


def _print_response(body: NexoPrintRequest) -> PrintResponse:
    return PrintResponse(document_qualifier=body.print_output.document_qualifier, response=_DONE)


def _display_response(body: NexoDisplayRequest) -> DisplayResponse:
    shown = [
        OutputResult(device=output.device, info_qualify=output.info_qualify, response=_DONE)
        for output in body.display_output
    ]
    return DisplayResponse(output_result=shown)
