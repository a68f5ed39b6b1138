"""The answers to questions that change nothing: what has become of a request, and how the terminal is."""

from __future__ import annotations

from msgspec import Raw

from terminal_sim.pos.adyen.answers.outcomes import failure
from terminal_sim.pos.adyen.messages.additional import DataForm, write_additional
from terminal_sim.pos.adyen.messages.common import MessageReference
from terminal_sim.pos.adyen.messages.refusals import RequestFailure
from terminal_sim.pos.adyen.messages.requests import DiagnosisRequest
from terminal_sim.pos.adyen.messages.responses import (
    DiagnosisResponse,
    HostStatus,
    NexoResponse,
    PoiStatus,
    RepeatedMessageResponse,
    TransactionStatusResponse,
    written,
)
from terminal_sim.pos.adyen.messages.values import Category, ErrorCondition, GlobalStatus, NexoResult
from terminal_sim.pos.adyen.service.device import DeviceStatus, TerminalIdentity
from terminal_sim.pos.adyen.service.dialogue import ServiceDialogue
from terminal_sim.pos.adyen.wire.exchange import answer_header, body_name


def status_answer(
    found: ServiceDialogue | None, reference: MessageReference | None, last: ServiceDialogue | None
) -> TransactionStatusResponse:
    """What has become of the dialogue `found`, which is None where the terminal took no such request; `last` is the newest one of all."""
    if found is None:
        return TransactionStatusResponse(
            response=failure(_not_found(reference, last)), message_reference=reference
        )
    named = MessageReference(
        message_category=found.category, sale_id=found.header.sale_id, service_id=found.header.service_id
    )
    if not found.answer:
        running = NexoResponse(
            result=NexoResult.FAILURE,
            error_condition=ErrorCondition.IN_PROGRESS,
            additional_response=write_additional(DataForm.KEY_VALUE, {"message": "Uncompleted transaction"}),
        )
        return TransactionStatusResponse(response=running, message_reference=named)
    header = answer_header(found.header)
    return TransactionStatusResponse(
        response=NexoResponse(result=NexoResult.SUCCESS),
        message_reference=named,
        repeated_message_response=RepeatedMessageResponse(
            message_header=Raw(written(header)),
            repeated_response_message_body=Raw(
                b'{"%b":%b}' % (body_name(header).encode(), found.answer.encode())
            ),
        ),
    )


def _not_found(reference: MessageReference | None, last: ServiceDialogue | None) -> RequestFailure:
    category = reference.message_category if reference is not None else None
    named = category or Category.PAYMENT
    seen = (
        f", last such Request has SaleID={last.header.sale_id} ServiceID={last.header.service_id}"
        if last is not None
        else ""
    )
    return RequestFailure(ErrorCondition.NOT_FOUND, f"Message not found. Category={named.value}{seen}")


def diagnosis_answer(
    identity: TerminalIdentity, status: DeviceStatus, asked: DiagnosisRequest, *, busy: bool
) -> DiagnosisResponse:
    """How the terminal is; `busy` says that a dialogue runs."""
    members = {
        "firmwareVersion": identity.software,
        "merchantAccount": identity.merchant,
        "storeId": identity.store,
        "terminalId": identity.poiid,
        "unconfirmedBatchCount": str(status.kept),
    }
    if status.battery is not None:
        members["batteryLevel"] = f"{status.battery}%"
    return DiagnosisResponse(
        response=NexoResponse(
            result=NexoResult.SUCCESS, additional_response=write_additional(DataForm.KEY_VALUE, members)
        ),
        poi_status=poi_status(status, busy=busy),
        host_status=[HostStatus(acquirer_id="0", is_reachable_flag=status.host_reachable)]
        if asked.host_diagnosis_flag
        else None,
    )


def poi_status(status: DeviceStatus, *, busy: bool) -> PoiStatus:
    """How the terminal is, as one structure; `busy` says that a dialogue runs."""
    return PoiStatus(
        global_status=GlobalStatus.BUSY if busy or status.busy else GlobalStatus.OK,
        communication_ok_flag=status.host_reachable,
        printer_status=status.printer,
    )
