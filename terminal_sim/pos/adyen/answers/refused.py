"""The answer to a request that began nothing, in the form of its category: with what the protocol requires of it, and no more."""

from __future__ import annotations

from datetime import datetime

from terminal_sim.pos.adyen.answers.outcomes import form_of
from terminal_sim.pos.adyen.messages.additional import DataForm, write_additional
from terminal_sim.pos.adyen.messages.common import SaleData, TransactionId
from terminal_sim.pos.adyen.messages.references import time_stamp
from terminal_sim.pos.adyen.messages.refusals import RequestFailure
from terminal_sim.pos.adyen.messages.requests import (
    Body,
    CardAcquisitionRequest,
    GetTotalsRequest,
    NexoDisplayRequest,
    NexoInputRequest,
    NexoPaymentRequest,
    NexoPrintRequest,
    ReconciliationRequest,
    ReversalRequest,
)
from terminal_sim.pos.adyen.messages.responses import (
    Answer,
    CardAcquisitionResponse,
    DisplayResponse,
    GetTotalsResponse,
    InputResponse,
    InputResult,
    NexoResponse,
    OutputResult,
    PaymentResponse,
    PoiData,
    PrintResponse,
    ReconciliationResponse,
    ReversalResponse,
    UnservedResponse,
)
from terminal_sim.pos.adyen.messages.values import NexoResult


def refused_answer(body: Body, refusal: RequestFailure, now: datetime, period: str) -> Answer:
    """`now` is civil time, `period` the identification of the totals' open period."""
    match body:
        case NexoPaymentRequest(sale_data=data):
            told = _told(data, now)
            return PaymentResponse(response=_response(refusal, data), sale_data=told[0], poi_data=told[1])
        case CardAcquisitionRequest(sale_data=data):
            told = _told(data, now)
            return CardAcquisitionResponse(
                response=_response(refusal, data), sale_data=told[0], poi_data=told[1]
            )
        case ReversalRequest(sale_data=reversed_data):
            return ReversalResponse(response=_response(refusal, reversed_data))
        case GetTotalsRequest():
            return GetTotalsResponse(response=_response(refusal), poi_reconciliation_id=period)
        case ReconciliationRequest(reconciliation_type=kind):
            return ReconciliationResponse(response=_response(refusal), reconciliation_type=kind)
        case NexoPrintRequest(print_output=output):
            return PrintResponse(document_qualifier=output.document_qualifier, response=_response(refusal))
        case NexoDisplayRequest(display_output=outputs):
            results = [
                OutputResult(
                    device=output.device, info_qualify=output.info_qualify, response=_response(refusal)
                )
                for output in outputs
            ]
            return DisplayResponse(output_result=results)
        case NexoInputRequest(input_data=wanted):
            result = InputResult(
                device=wanted.device, info_qualify=wanted.info_qualify, response=_response(refusal)
            )
            return InputResponse(input_result=result)
        case _:
            return UnservedResponse(response=_response(refusal))


def _told(data: SaleData, now: datetime) -> tuple[SaleData, PoiData]:
    name = TransactionId(transaction_id=data.sale_transaction_id.transaction_id, time_stamp=time_stamp(now))
    return SaleData(sale_transaction_id=data.sale_transaction_id), PoiData(poi_transaction_id=name)


def _response(refusal: RequestFailure, data: SaleData | None = None) -> NexoResponse:
    form = form_of(data)[0] if data is not None else DataForm.KEY_VALUE
    return NexoResponse(
        result=NexoResult.FAILURE,
        error_condition=refusal.condition,
        additional_response=write_additional(
            form, {"message": refusal.message or refusal.reason, **refusal.more}
        ),
    )
