"""What came of a payment or reversal, as the body of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.pos.adyen.messages.additional import (
    AdditionalDataError,
    DataForm,
    percent,
    read_additional,
    write_additional,
)
from terminal_sim.pos.adyen.messages.brands import platform_name
from terminal_sim.pos.adyen.messages.common import OutputContent, OutputText, SaleData, TransactionId
from terminal_sim.pos.adyen.messages.references import psp_reference, tender_reference, time_stamp
from terminal_sim.pos.adyen.messages.refusals import RequestFailure
from terminal_sim.pos.adyen.messages.requests import NexoPaymentRequest, ReversalRequest
from terminal_sim.pos.adyen.messages.responses import (
    AmountsResp,
    NexoCardData,
    NexoResponse,
    PaymentAcquirerData,
    PaymentInstrumentData,
    PaymentReceipt,
    PaymentResponse,
    PaymentResult,
    PoiData,
    ReversalResponse,
    SensitiveCardData,
)
from terminal_sim.pos.adyen.messages.values import (
    AuthenticationMethod,
    CharacterStyle,
    DocumentQualifier,
    EntryModeName,
    NexoResult,
    OutputFormat,
)
from terminal_sim.pos.adyen.service.device import ReceiptField, TerminalIdentity
from terminal_sim.pos.adyen.service.dialogue import ServiceDialogue

_ENTRY: Mapping[EntryMode, tuple[EntryModeName, str]] = {
    EntryMode.CHIP: (EntryModeName.ICC, "ICC"),
    EntryMode.CONTACTLESS: (EntryModeName.CONTACTLESS, "CLESS_CHIP"),
    EntryMode.STRIPE: (EntryModeName.MAG_STRIPE, "MSR"),
    EntryMode.KEYED: (EntryModeName.KEYED, "KEYED"),
}
_AUTHENTICATION: Mapping[str, AuthenticationMethod] = {
    "online-pin": AuthenticationMethod.ONLINE_PIN,
    "signature": AuthenticationMethod.PAPER_SIGNATURE,
}
# The platform's key of a receipt's line, by the id of its wording.
_KEYS: Mapping[str, str] = {
    "receipt-merchant-copy": "merchantTitle",
    "receipt-customer-copy": "cardholderHeader",
    "receipt-date": "txdate",
    "receipt-time": "txtime",
    "receipt-card": "pan",
    "receipt-sequence": "panSeq",
    "receipt-application": "preferredName",
    "receipt-card-type": "cardType",
    "receipt-entry": "posEntryMode",
    "receipt-aid": "aid",
    "receipt-merchant": "mid",
    "receipt-terminal": "tid",
    "receipt-auth-code": "authCode",
    "receipt-tender": "txRef",
    "receipt-ticket": "mref",
    "receipt-type": "txtype",
    "receipt-total": "totalAmount",
    "receipt-approved": "approved",
    "receipt-retain": "retain",
    "receipt-thanks": "thanks",
    "receipt-signature": "signature",
}
_KEPT = (PaymentState.PENDING, PaymentState.FORWARD_SENT)


def form_of(data: SaleData | None) -> tuple[DataForm, Mapping[str, str]]:
    """The form and members of the request's own additional data; key-value where it has none that can be read."""
    try:
        return read_additional((data.sale_to_acquirer_data if data is not None else None) or "")
    except AdditionalDataError:
        return DataForm.KEY_VALUE, {}


def failure(refusal: RequestFailure, form: DataForm = DataForm.KEY_VALUE, **members: str) -> NexoResponse:
    """The response of a request that was not done."""
    return NexoResponse(
        result=NexoResult.FAILURE,
        error_condition=refusal.condition,
        additional_response=write_additional(form, {**refusal.members(), **members}),
    )


def transaction_id(
    identity: TerminalIdentity, dialogue: ServiceDialogue, payment: Payment | None
) -> TransactionId:
    """The platform's name of what the dialogue did: the tender alone, where the platform has not heard of it."""
    tender = tender_reference(identity.poiid, dialogue.number, dialogue.at)
    heard = payment is not None and payment.state not in _KEPT
    named = f"{tender}.{psp_reference(payment.reference)}" if payment is not None and heard else tender
    return TransactionId(transaction_id=named, time_stamp=time_stamp(dialogue.at))


def payment_answer(
    identity: TerminalIdentity,
    dialogue: ServiceDialogue,
    request: NexoPaymentRequest,
    payment: Payment | None,
    refusal: RequestFailure | None,
    receipts: tuple[Sequence[ReceiptField], Sequence[ReceiptField]] | None,
    period: str,
) -> PaymentResponse:
    """The answer to a payment that was taken: `refusal` says why it was not made, None where it was, in whole or in part; `period` is that of the totals."""
    form, asked = form_of(request.sale_data)
    name = transaction_id(identity, dialogue, payment)
    if refusal is not None:
        response = failure(refusal, form)
    else:
        partly = payment is not None and payment.requested not in (0, payment.amount.minor)
        response = NexoResponse(
            result=NexoResult.PARTIAL if partly else NexoResult.SUCCESS,
            additional_response=write_additional(
                form, _additional(identity, request, payment, name, asked), identity.store
            ),
        )
    return PaymentResponse(
        response=response,
        sale_data=SaleData(sale_transaction_id=request.sale_data.sale_transaction_id),
        poi_data=PoiData(poi_transaction_id=name, poi_reconciliation_id=period),
        payment_result=_result(identity, request, payment, name, paid=refusal is None),
        payment_receipt=None if receipts is None else _receipts(receipts, payment),
    )


def reversal_answer(
    identity: TerminalIdentity,
    dialogue: ServiceDialogue,
    request: ReversalRequest,
    void: Payment | None,
    refusal: RequestFailure | None,
) -> ReversalResponse:
    """The answer to a reversal that was taken."""
    form, _ = form_of(request.sale_data)
    psp = psp_reference(void.reference) if void is not None else ""
    members = {"currency": identity.currency, "pspReference": psp} if psp else {"currency": identity.currency}
    response = (
        failure(refusal, form)
        if refusal is not None
        else NexoResponse(
            result=NexoResult.SUCCESS, additional_response=write_additional(form, members, identity.store)
        )
    )
    return ReversalResponse(
        response=response,
        poi_data=PoiData(
            poi_transaction_id=TransactionId(transaction_id=psp, time_stamp=time_stamp(dialogue.at))
        )
        if psp
        else None,
        original_poi_transaction=request.original_poi_transaction
        if request.reversed_amount is not None
        else None,
        reversed_amount=request.reversed_amount,
    )


def amount_of(minor: int, exponent: int) -> Decimal:
    """Minor units as a decimal number of the currency, without zeros that say nothing."""
    amount = Decimal(minor).scaleb(-exponent)
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()


def _result(
    identity: TerminalIdentity,
    request: NexoPaymentRequest,
    payment: Payment | None,
    name: TransactionId,
    *,
    paid: bool,
) -> PaymentResult:
    online = payment is not None and payment.state not in _KEPT
    acquirer = PaymentAcquirerData(merchant_id=identity.merchant, acquirer_poiid=identity.poiid)
    if payment is None:
        return PaymentResult(
            payment_acquirer_data=acquirer,
            payment_instrument_data=PaymentInstrumentData(
                payment_instrument_type="Card", card_data=NexoCardData()
            ),
        )
    if paid and online:
        acquirer = PaymentAcquirerData(
            merchant_id=identity.merchant,
            acquirer_poiid=identity.poiid,
            acquirer_transaction_id=TransactionId(
                transaction_id=psp_reference(payment.reference), time_stamp=name.time_stamp
            ),
            approval_code=payment.auth_code or None,
        )
    method = _AUTHENTICATION.get(payment.cvm)
    if payment.cvm == "on-device" and payment.entry is EntryMode.CHIP:
        method = AuthenticationMethod.OFFLINE_PIN
    return PaymentResult(
        payment_instrument_data=PaymentInstrumentData(
            payment_instrument_type="Card", card_data=_card(identity, payment)
        ),
        amounts_resp=AmountsResp(
            authorized_amount=amount_of(payment.amount.minor, identity.exponent),
            currency=identity.currency,
            tip_amount=request.payment_transaction.amounts_req.tip_amount,
            cash_back_amount=request.payment_transaction.amounts_req.cash_back_amount,
        )
        if paid
        else None,
        customer_language=(payment.language or identity.language)[:2] if paid else None,
        online_flag=online if paid else None,
        authentication_method=[method] if paid and method is not None else None,
        payment_acquirer_data=acquirer,
    )


def _card(identity: TerminalIdentity, payment: Payment) -> NexoCardData:
    return card_data(identity, payment.pan, payment.brand, payment.entry, payment.sequence)


def card_data(
    identity: TerminalIdentity, pan: str, brand: str, entry: EntryMode, sequence: str
) -> NexoCardData:
    """What an answer says of a card; `pan` is masked."""
    return NexoCardData(
        payment_brand=platform_name(brand) or None,
        masked_pan=f"{pan[:6]} **** {pan[-4:]}" if pan[:6].isdigit() else f"**** {pan[-4:]}",
        entry_mode=[_ENTRY[entry][0]],
        card_country_code=identity.country,
        sensitive_card_data=SensitiveCardData(card_seq_numb=sequence) if sequence else None,
    )


def brand(payment: Payment) -> str:
    """The brand of the card by the platform's name."""
    return platform_name(payment.brand)


def _additional(
    identity: TerminalIdentity,
    request: NexoPaymentRequest,
    payment: Payment | None,
    name: TransactionId,
    asked: Mapping[str, str],
) -> dict[str, str]:
    if payment is None:
        return {}
    amount, amounts = str(payment.amount.minor), request.payment_transaction.amounts_req
    named = brand(payment)
    offline = payment.state in _KEPT
    psp = psp_reference(payment.reference)
    members = {
        "AID": payment.aid,
        "applicationPreferredName": payment.label,
        "authCode": payment.auth_code or payment.response_code,
        "cardBin": payment.pan[:6] if payment.pan[:6].isdigit() else "",
        "cardScheme": named,
        "cardSummary": payment.last4,
        "cardType": named,
        "iso8601TxDate": name.time_stamp,
        "merchantReference": request.sale_data.sale_transaction_id.transaction_id,
        "mid": identity.merchant,
        "offline": str(offline).lower(),
        "paymentMethod": named,
        "paymentMethodVariant": named,
        "posAmountCashbackValue": _minor(amounts.cash_back_amount, identity.exponent),
        "posAmountGratuityValue": _minor(amounts.tip_amount, identity.exponent),
        "posAuthAmountCurrency": identity.currency,
        "posAuthAmountValue": amount,
        "posEntryMode": _ENTRY[payment.entry][1],
        "posOriginalAmountValue": str(payment.requested or payment.amount.minor),
        "pspReference": "" if offline else psp,
        "refusalReasonRaw": "" if offline else "APPROVED",
        "tc": payment.cryptogram,
        "tid": identity.terminal_id,
        "transactionReferenceNumber": "" if offline else psp,
        "transactionType": "REFUND" if payment.kind is MessageKind.REFUND else "GOODS_SERVICES",
        "txdate": payment.at.strftime("%d-%m-%Y"),
        "txtime": payment.at.strftime("%H:%M:%S"),
    }
    members = {key: value for key, value in members.items() if value}
    members.update((key, value) for key, value in asked.items() if key.startswith("metadata."))
    return members


def _minor(amount: Decimal | None, exponent: int) -> str:
    return "0" if amount is None else str(int(amount.scaleb(exponent)))


def _receipts(
    receipts: tuple[Sequence[ReceiptField], Sequence[ReceiptField]], payment: Payment | None
) -> list[PaymentReceipt]:
    merchant, cardholder = receipts
    signed = payment is not None and payment.cvm == "signature"
    return [
        _receipt(DocumentQualifier.CASHIER_RECEIPT, merchant, signature=signed),
        _receipt(DocumentQualifier.CUSTOMER_RECEIPT, cardholder, signature=False),
    ]


def _receipt(
    qualifier: DocumentQualifier, fields: Sequence[ReceiptField], *, signature: bool
) -> PaymentReceipt:
    lines = []
    headers = 0
    for field in fields:
        if not field.id and field.label:
            headers += 1
        lines.append(
            OutputText(
                text=_line(field, headers),
                end_of_line_flag=True,
                character_style=CharacterStyle.BOLD if field.bold else None,
            )
        )
    return PaymentReceipt(
        document_qualifier=qualifier,
        required_signature_flag=signature,
        output_content=OutputContent(output_format=OutputFormat.TEXT, output_text=lines),
    )


def _line(field: ReceiptField, header: int) -> str:
    """The line as a form: `name=Date&value=07%2f01%2f2026&key=txdate`."""
    if not field.label and not field.value:
        return "key=filler"
    key = _KEYS.get(field.id, field.id.removeprefix("receipt-")) if field.id else f"header{header}"
    value = f"&value={percent(field.value)}" if field.value else ""
    return f"name={percent(field.label)}{value}&key={key}"
