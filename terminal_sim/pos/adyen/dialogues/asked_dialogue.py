"""The event that asks a terminal for the payment, the reversal or the card of a dialogue."""

from __future__ import annotations

from terminal_sim.core.events import CardRequested, Event, PaymentRequested, RefundRequested
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import RefundRequest
from terminal_sim.pos.adyen.dialogues.acquisition import asked_card
from terminal_sim.pos.adyen.dialogues.asked_payment import asked_money, asked_payment, tender_options
from terminal_sim.pos.adyen.messages.references import reference_of
from terminal_sim.pos.adyen.messages.refusals import NotServed, RequestFailure
from terminal_sim.pos.adyen.messages.requests import (
    CardAcquisitionRequest,
    NexoPaymentRequest,
    ReversalRequest,
)
from terminal_sim.pos.adyen.messages.values import ErrorCondition
from terminal_sim.pos.adyen.service.device import ApiDevice
from terminal_sim.pos.adyen.service.dialogue import Dialogues, ServiceDialogue

_UNKNOWN_ORIGINAL = RequestFailure(ErrorCondition.NOT_FOUND, "The original transaction is not known")
_UNKNOWN_ACQUISITION = RequestFailure(ErrorCondition.NOT_FOUND, "The card acquisition is not known")


def asking_event(device: ApiDevice, earlier: Dialogues, dialogue: ServiceDialogue) -> Event:
    """What asks `device` for `dialogue`, which may name one of the `earlier` ones. Raises `NotServed`."""
    match dialogue.body:
        case NexoPaymentRequest() as payment:
            return _payment(device, earlier, dialogue, payment)
        case ReversalRequest() as reversal:
            return _reversal(device, earlier, dialogue, reversal)
        case CardAcquisitionRequest() as wanted:
            tender_options(wanted.sale_data)
            return CardRequested(asked_card(device.identity, dialogue.request, wanted))


def _payment(
    device: ApiDevice, earlier: Dialogues, dialogue: ServiceDialogue, body: NexoPaymentRequest
) -> PaymentRequested:
    sale_id, _ = dialogue.key
    card = _acquired_by(device, earlier, body)
    return PaymentRequested(asked_payment(device.identity, dialogue.request, sale_id, body, card))


def _acquired_by(device: ApiDevice, earlier: Dialogues, body: NexoPaymentRequest) -> str:
    """The id of the request by which the payment's card was read; empty where it names none."""
    named = body.payment_data.card_acquisition_reference if body.payment_data is not None else None
    if named is None:
        return ""
    found = earlier.with_tender(device.identity.poiid, named.transaction_id.partition(".")[0])
    if found is None or not isinstance(found.body, CardAcquisitionRequest):
        raise NotServed(_UNKNOWN_ACQUISITION)
    return found.request


def _reversal(
    device: ApiDevice, earlier: Dialogues, dialogue: ServiceDialogue, body: ReversalRequest
) -> RefundRequested:
    tender_options(body.sale_data)
    named = body.original_poi_transaction.poi_transaction_id
    original = _original(device, earlier, named.transaction_id) if named is not None else None
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
            amount=None if part is None else asked_money(device.identity, part, original.amount.currency),
        )
    )


def _original(device: ApiDevice, earlier: Dialogues, transaction_id: str) -> Payment | None:
    """The payment that a point of sale names by the platform's name of it, or by the terminal's own."""
    payment = device.payment(reference_of(transaction_id) or transaction_id)
    if payment is not None:
        return payment
    named = earlier.with_tender(device.identity.poiid, transaction_id.partition(".")[0])
    return None if named is None else device.requested(named.request)
