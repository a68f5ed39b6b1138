"""The bodies of answers and of what a terminal says by itself, one structure a category (Terminal API schema, version 1).

Where the schema has a whole number and recordings of terminals have text (`POIReconciliationID`, `CardSeqNumb`, `AcquirerID`,
`CardCountryCode`), text is sent and both are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import msgspec
from msgspec import Raw

from terminal_sim.pos.adyen.messages.common import (
    DisplayOutput,
    MessageHeader,
    MessageReference,
    Number,
    OriginalPoiTransaction,
    OutputContent,
    SaleData,
    TransactionId,
)
from terminal_sim.pos.adyen.messages.naming import Nexo
from terminal_sim.pos.adyen.messages.requests import SaleSoftware
from terminal_sim.pos.adyen.messages.values import (
    AuthenticationMethod,
    Category,
    Device,
    DocumentQualifier,
    EntryModeName,
    ErrorCondition,
    EventToNotify,
    GlobalStatus,
    InfoQualify,
    InputCommand,
    NexoResult,
    PrinterStatus,
    ReconciliationType,
    TransactionType,
)

_ENCODER = msgspec.json.Encoder(decimal_format="number")


class NexoResponse(Nexo, frozen=True, kw_only=True):
    """How it ended. `additional_response` is key-value text, or base64 JSON where the request had its own data so."""

    result: NexoResult
    error_condition: ErrorCondition | None = None
    additional_response: str | None = None


class PoiData(Nexo, frozen=True, kw_only=True):
    """The terminal's name of a transaction: `tender.psp`, or the tender alone where the platform has not seen it."""

    poi_transaction_id: TransactionId
    poi_reconciliation_id: Number | None = None


class SensitiveCardData(Nexo, frozen=True, kw_only=True):
    card_seq_numb: Number | None = None
    expiry_date: Number | None = None


class NexoCardData(Nexo, frozen=True, kw_only=True):
    payment_brand: str | None = None
    masked_pan: str | None = None
    payment_account_ref: str | None = None
    entry_mode: list[EntryModeName] | None = None
    card_country_code: Number | None = None
    sensitive_card_data: SensitiveCardData | None = None


class PaymentInstrumentData(Nexo, frozen=True, kw_only=True):
    payment_instrument_type: str
    card_data: NexoCardData | None = None


class AmountsResp(Nexo, frozen=True, kw_only=True):
    """What was authorized; tip and cash back are parts of it."""

    authorized_amount: Decimal
    currency: str | None = None
    cash_back_amount: Decimal | None = None
    tip_amount: Decimal | None = None


class PaymentAcquirerData(Nexo, frozen=True, kw_only=True):
    merchant_id: str
    acquirer_poiid: str
    acquirer_id: Number | None = None
    acquirer_transaction_id: TransactionId | None = None
    approval_code: str | None = None


class PaymentResult(Nexo, frozen=True, kw_only=True):
    payment_type: str | None = None
    payment_instrument_data: PaymentInstrumentData | None = None
    amounts_resp: AmountsResp | None = None
    customer_language: str | None = None
    online_flag: bool | None = None
    authentication_method: list[AuthenticationMethod] | None = None
    payment_acquirer_data: PaymentAcquirerData | None = None


class PaymentReceipt(Nexo, frozen=True, kw_only=True):
    document_qualifier: DocumentQualifier
    output_content: OutputContent
    required_signature_flag: bool | None = None
    integrated_print_flag: bool | None = None


class PaymentResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse
    sale_data: SaleData | None = None
    poi_data: PoiData | None = None
    payment_result: PaymentResult | None = None
    payment_receipt: list[PaymentReceipt] | None = None


class ReversalResponse(Nexo, frozen=True, kw_only=True):
    """`reversed_amount` and the original are told where a part was given back."""

    response: NexoResponse
    poi_data: PoiData | None = None
    original_poi_transaction: OriginalPoiTransaction | None = None
    reversed_amount: Decimal | None = None
    payment_receipt: list[PaymentReceipt] | None = None


class CardAcquisitionResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse
    sale_data: SaleData | None = None
    poi_data: PoiData | None = None
    payment_brand: list[str] | None = None
    payment_instrument_data: PaymentInstrumentData | None = None


class RepeatedMessageResponse(Nexo, frozen=True, kw_only=True):
    """An earlier answer again, with the body byte for byte as it was."""

    message_header: Raw
    repeated_response_message_body: Raw


class TransactionStatusResponse(Nexo, frozen=True, kw_only=True):
    """`response` says whether the look-up worked, and nothing of the payment."""

    response: NexoResponse
    message_reference: MessageReference | None = None
    repeated_message_response: RepeatedMessageResponse | None = None


class PoiStatus(Nexo, frozen=True, kw_only=True):
    global_status: GlobalStatus
    communication_ok_flag: bool | None = None
    printer_status: PrinterStatus | None = None
    security_ok_flag: bool | None = None
    card_reader_ok_flag: bool | None = None


class HostStatus(Nexo, frozen=True, kw_only=True):
    acquirer_id: Number
    is_reachable_flag: bool | None = None


class DiagnosisResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse
    poi_status: PoiStatus | None = None
    host_status: list[HostStatus] | None = None


class PrintResponse(Nexo, frozen=True, kw_only=True):
    document_qualifier: DocumentQualifier
    response: NexoResponse


class OutputResult(Nexo, frozen=True, kw_only=True):
    device: Device
    info_qualify: InfoQualify
    response: NexoResponse


class DisplayResponse(Nexo, frozen=True, kw_only=True):
    output_result: list[OutputResult]


class NexoInput(Nexo, frozen=True, kw_only=True):
    """What was given; of a menu one number an entry, 1 where it was chosen. Digits are text, or leading zeros were lost."""

    input_command: InputCommand
    confirmed_flag: bool | None = None
    digit_input: Number | None = None
    text_input: str | None = None
    menu_entry_number: list[int] | None = None


class InputResult(Nexo, frozen=True, kw_only=True):
    device: Device
    info_qualify: InfoQualify
    response: NexoResponse
    input: NexoInput | None = None


class InputResponse(Nexo, frozen=True, kw_only=True):
    input_result: InputResult
    output_result: OutputResult | None = None


class EnableServiceResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse


class PoiSystemData(Nexo, frozen=True, kw_only=True):
    date_time: str
    poi_software: SaleSoftware
    poi_status: PoiStatus | None = None


class LoginResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse
    poi_system_data: PoiSystemData | None = None


class LogoutResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse


class PaymentTotals(Nexo, frozen=True, kw_only=True):
    transaction_type: TransactionType
    transaction_count: int
    transaction_amount: Decimal


class TransactionTotals(Nexo, frozen=True, kw_only=True):
    payment_instrument_type: str
    payment_currency: str | None = None
    card_brand: str | None = None
    poiid: str | None = None
    sale_id: str | None = None
    operator_id: str | None = None
    shift_number: str | None = None
    payment_totals: list[PaymentTotals] | None = None


class GetTotalsResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse
    poi_reconciliation_id: Number
    transaction_totals: list[TransactionTotals] | None = None


class ReconciliationResponse(Nexo, frozen=True, kw_only=True):
    response: NexoResponse
    reconciliation_type: ReconciliationType
    poi_reconciliation_id: Number | None = None
    transaction_totals: list[TransactionTotals] | None = None


class UnservedResponse(Nexo, frozen=True, kw_only=True):
    """The answer to a category that has nothing behind it."""

    response: NexoResponse


class EventNotification(Nexo, frozen=True, kw_only=True):
    """What a terminal or the platform tells without being asked; `rejected_message` is base64."""

    time_stamp: str
    event_to_notify: EventToNotify
    event_details: str | None = None
    rejected_message: str | None = None
    maintenance_required_flag: bool | None = None
    display_output: list[DisplayOutput] | None = None


Answer = (
    PaymentResponse
    | ReversalResponse
    | CardAcquisitionResponse
    | TransactionStatusResponse
    | DiagnosisResponse
    | PrintResponse
    | DisplayResponse
    | InputResponse
    | EnableServiceResponse
    | LoginResponse
    | LogoutResponse
    | GetTotalsResponse
    | ReconciliationResponse
    | UnservedResponse
)
ANSWERS: Mapping[Category, type[Answer]] = {
    Category.PAYMENT: PaymentResponse,
    Category.REVERSAL: ReversalResponse,
    Category.CARD_ACQUISITION: CardAcquisitionResponse,
    Category.TRANSACTION_STATUS: TransactionStatusResponse,
    Category.DIAGNOSIS: DiagnosisResponse,
    Category.PRINT: PrintResponse,
    Category.DISPLAY: DisplayResponse,
    Category.INPUT: InputResponse,
    Category.ENABLE_SERVICE: EnableServiceResponse,
    Category.LOGIN: LoginResponse,
    Category.LOGOUT: LogoutResponse,
    Category.GET_TOTALS: GetTotalsResponse,
    Category.RECONCILIATION: ReconciliationResponse,
    Category.ADMIN: UnservedResponse,
    Category.BALANCE_INQUIRY: UnservedResponse,
    Category.STORED_VALUE: UnservedResponse,
}


def written(value: object) -> bytes:
    """`value` as JSON: amounts as decimal numbers, exactly as they are."""
    return _ENCODER.encode(value)


def response_text(header: MessageHeader, answer: Answer) -> bytes:
    """The whole text of a response in clear."""
    body = f"{header.message_category.value}Response"
    return written({"SaleToPOIResponse": {"MessageHeader": header, body: answer}})
