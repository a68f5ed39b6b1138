"""A CardAcquisition as the terminal is asked for it, and its answer."""

from __future__ import annotations

from terminal_sim.core.payment_request import AcquiredCard, CardRequest
from terminal_sim.pos.adyen.answers.outcomes import card_data, failure, form_of, transaction_id
from terminal_sim.pos.adyen.dialogues.asked_payment import asked_money, entries_of
from terminal_sim.pos.adyen.messages.additional import write_additional
from terminal_sim.pos.adyen.messages.brands import brand_named
from terminal_sim.pos.adyen.messages.common import SaleData
from terminal_sim.pos.adyen.messages.refusals import RequestFailure
from terminal_sim.pos.adyen.messages.requests import CardAcquisitionRequest
from terminal_sim.pos.adyen.messages.responses import (
    CardAcquisitionResponse,
    NexoResponse,
    PaymentInstrumentData,
    PoiData,
)
from terminal_sim.pos.adyen.messages.values import NexoResult
from terminal_sim.pos.adyen.service.device import TerminalIdentity
from terminal_sim.pos.adyen.service.dialogue import ServiceDialogue


def asked_card(identity: TerminalIdentity, request: str, body: CardAcquisitionRequest) -> CardRequest:
    """The request with the id `request`. Raises `NotServed` for a total that is none, and for ways in that no terminal has."""
    wanted = body.card_acquisition_transaction
    total = wanted.total_amount
    return CardRequest(
        id=request,
        total=asked_money(identity, total, identity.currency) if total else None,
        brands=tuple(brand_named(name) for name in wanted.allowed_payment_brand or ()),
        entries=entries_of(wanted.force_entry_mode or ()),
    )


def acquisition_answer(
    identity: TerminalIdentity,
    dialogue: ServiceDialogue,
    body: CardAcquisitionRequest,
    card: AcquiredCard | None,
    refusal: RequestFailure | None,
    period: str,
) -> CardAcquisitionResponse:
    """The answer to an acquisition that was taken: the `card`, or why there is none."""
    form, _ = form_of(body.sale_data)
    members = {
        "tid": identity.terminal_id,
        "transactionType": "GOODS_SERVICES",
        "backendGiftcardIndicator": "false",
        "giftcardIndicator": "false",
    }
    response = (
        failure(refusal, form)
        if refusal is not None
        else NexoResponse(result=NexoResult.SUCCESS, additional_response=write_additional(form, members))
    )
    return CardAcquisitionResponse(
        response=response,
        sale_data=SaleData(sale_transaction_id=body.sale_data.sale_transaction_id),
        poi_data=PoiData(
            poi_transaction_id=transaction_id(identity, dialogue, None), poi_reconciliation_id=period
        ),
        payment_instrument_data=None
        if card is None
        else PaymentInstrumentData(
            payment_instrument_type="Card",
            card_data=card_data(identity, card.pan, card.brand, card.entry, card.sequence),
        ),
    )
