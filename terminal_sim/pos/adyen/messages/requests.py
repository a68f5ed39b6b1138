"""The bodies of requests, one structure a category (Terminal API schema, version 1)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from terminal_sim.pos.adyen.messages.common import (
    Currency,
    DisplayOutput,
    Filled,
    Language,
    MessageReference,
    OriginalPoiTransaction,
    PrintOutput,
    SaleData,
    SaleTerminalData,
    TransactionId,
)
from terminal_sim.pos.adyen.messages.naming import Nexo
from terminal_sim.pos.adyen.messages.values import (
    Category,
    Device,
    DocumentQualifier,
    InfoQualify,
    InputCommand,
    NexoPaymentType,
    ReconciliationType,
    ReversalReason,
    TotalDetail,
    TransactionAction,
)


class AmountsReq(Nexo, frozen=True, kw_only=True):
    """`requested_amount` has tip and cash back in it (they say how much of it is what)."""

    currency: Currency
    requested_amount: Decimal
    cash_back_amount: Decimal | None = None
    tip_amount: Decimal | None = None


class TransactionConditions(Nexo, frozen=True, kw_only=True):
    allowed_payment_brand: list[str] | None = None
    customer_language: Language | None = None
    force_entry_mode: list[str] | None = None
    force_online_flag: bool | None = None


class PaymentTransaction(Nexo, frozen=True, kw_only=True):
    amounts_req: AmountsReq
    original_poi_transaction: OriginalPoiTransaction | None = None
    transaction_conditions: TransactionConditions | None = None


class PaymentData(Nexo, frozen=True, kw_only=True):
    payment_type: NexoPaymentType | None = None
    card_acquisition_reference: TransactionId | None = None
    split_payment_flag: bool | None = None


class NexoPaymentRequest(Nexo, frozen=True, kw_only=True):
    """Take a payment, or give money back without naming an earlier payment."""

    sale_data: SaleData
    payment_transaction: PaymentTransaction
    payment_data: PaymentData | None = None


class ReversalRequest(Nexo, frozen=True, kw_only=True):
    """Give back the whole of a payment, or `reversed_amount` of it."""

    original_poi_transaction: OriginalPoiTransaction
    reversal_reason: ReversalReason
    reversed_amount: Decimal | None = None
    sale_data: SaleData | None = None


class AbortRequest(Nexo, frozen=True, kw_only=True):
    """Take a running request back. It has no answer of its own."""

    message_reference: MessageReference
    abort_reason: Filled
    display_output: DisplayOutput | None = None


class TransactionStatusRequest(Nexo, frozen=True, kw_only=True):
    """What has become of a request; without a reference the last one is meant."""

    message_reference: MessageReference | None = None
    receipt_reprint_flag: bool | None = None
    document_qualifier: list[DocumentQualifier] | None = None


class DiagnosisRequest(Nexo, frozen=True, kw_only=True):
    poiid: Filled | None = None
    host_diagnosis_flag: bool | None = None


class NexoPrintRequest(Nexo, frozen=True, kw_only=True):
    print_output: PrintOutput


class NexoDisplayRequest(Nexo, frozen=True, kw_only=True):
    display_output: Annotated[list[DisplayOutput], Meta(min_length=1)]


class InputData(Nexo, frozen=True, kw_only=True):
    """What is asked of a person; times are in seconds, lengths in characters."""

    device: Device
    info_qualify: InfoQualify
    input_command: InputCommand
    max_input_time: Annotated[int, Meta(ge=0)] | None = None
    min_length: Annotated[int, Meta(ge=0)] | None = None
    max_length: Annotated[int, Meta(ge=0)] | None = None
    max_decimal_length: Annotated[int, Meta(ge=0)] | None = None
    default_input_string: str | None = None
    mask_characters_flag: bool | None = None
    wait_user_validation_flag: bool | None = None


class NexoInputRequest(Nexo, frozen=True, kw_only=True):
    input_data: InputData
    display_output: DisplayOutput | None = None


class CardAcquisitionTransaction(Nexo, frozen=True, kw_only=True):
    allowed_payment_brand: list[str] | None = None
    customer_language: Language | None = None
    force_entry_mode: list[str] | None = None
    total_amount: Decimal | None = None
    payment_type: NexoPaymentType | None = None
    cash_back_flag: bool | None = None


class CardAcquisitionRequest(Nexo, frozen=True, kw_only=True):
    """Read a card before the amount of a payment is known."""

    sale_data: SaleData
    card_acquisition_transaction: CardAcquisitionTransaction


class EnableServiceRequest(Nexo, frozen=True, kw_only=True):
    transaction_action: TransactionAction
    services_enabled: list[str] | None = None
    display_output: DisplayOutput | None = None


class SaleSoftware(Nexo, frozen=True, kw_only=True):
    manufacturer_id: Filled
    application_name: Filled
    software_version: Filled
    certification_code: Filled


class LoginRequest(Nexo, frozen=True, kw_only=True):
    """Begin a period for totals: operator and shift of what follows. It authenticates nobody."""

    date_time: str
    sale_software: SaleSoftware
    operator_language: Language
    operator_id: Filled | None = None
    shift_number: Filled | None = None
    sale_terminal_data: SaleTerminalData | None = None
    poi_serial_number: Filled | None = None


class LogoutRequest(Nexo, frozen=True, kw_only=True):
    maintenance_allowed: bool | None = None


class TotalFilter(Nexo, frozen=True, kw_only=True):
    poiid: Filled | None = None
    sale_id: Filled | None = None
    operator_id: Filled | None = None
    shift_number: Filled | None = None
    totals_group_id: Filled | None = None


class GetTotalsRequest(Nexo, frozen=True, kw_only=True):
    total_details: list[TotalDetail] | None = None
    total_filter: TotalFilter | None = None


class ReconciliationRequest(Nexo, frozen=True, kw_only=True):
    reconciliation_type: ReconciliationType


class UnservedRequest(Nexo, frozen=True, kw_only=True):
    """A category that no terminal of the simulator has anything behind; it is answered as such."""


DialogueBody = NexoPaymentRequest | ReversalRequest | CardAcquisitionRequest
"""What begins a dialogue: it is recorded, and its answer is repeated when it is asked for."""
Body = (
    NexoPaymentRequest
    | ReversalRequest
    | AbortRequest
    | TransactionStatusRequest
    | DiagnosisRequest
    | NexoPrintRequest
    | NexoDisplayRequest
    | NexoInputRequest
    | CardAcquisitionRequest
    | EnableServiceRequest
    | LoginRequest
    | LogoutRequest
    | GetTotalsRequest
    | ReconciliationRequest
    | UnservedRequest
)
BODIES: Mapping[Category, type[Body]] = {
    Category.PAYMENT: NexoPaymentRequest,
    Category.REVERSAL: ReversalRequest,
    Category.ABORT: AbortRequest,
    Category.TRANSACTION_STATUS: TransactionStatusRequest,
    Category.DIAGNOSIS: DiagnosisRequest,
    Category.PRINT: NexoPrintRequest,
    Category.DISPLAY: NexoDisplayRequest,
    Category.INPUT: NexoInputRequest,
    Category.CARD_ACQUISITION: CardAcquisitionRequest,
    Category.ENABLE_SERVICE: EnableServiceRequest,
    Category.LOGIN: LoginRequest,
    Category.LOGOUT: LogoutRequest,
    Category.GET_TOTALS: GetTotalsRequest,
    Category.RECONCILIATION: ReconciliationRequest,
    Category.ADMIN: UnservedRequest,
    Category.BALANCE_INQUIRY: UnservedRequest,
    Category.STORED_VALUE: UnservedRequest,
}
