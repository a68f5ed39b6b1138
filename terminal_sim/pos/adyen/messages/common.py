"""The structures that requests and answers share. Amounts are decimal numbers of the currency's main unit, times are text as they came."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from msgspec import Meta

from terminal_sim.pos.adyen.messages.naming import Nexo
from terminal_sim.pos.adyen.messages.values import (
    Alignment,
    Category,
    CharacterStyle,
    Device,
    DocumentQualifier,
    InfoQualify,
    MessageType,
    NexoMessageClass,
    OutputFormat,
)

Filled = Annotated[str, Meta(min_length=1)]
ShortId = Annotated[str, Meta(min_length=1, max_length=10)]
Language = Annotated[str, Meta(pattern="^[a-z]{2}$")]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]
Number = int | str
"""A whole number by the schema that terminals send as text (`CardSeqNumb`, `POIReconciliationID`); both are read."""


class MessageHeader(Nexo, frozen=True, kw_only=True):
    """Who asks whom for what. `service_id` names a request of the service class, and with `sale_id` it is the dialogue's own name."""

    message_class: NexoMessageClass
    message_category: Category
    message_type: MessageType
    sale_id: Filled
    poiid: Filled
    protocol_version: Filled | None = None
    service_id: ShortId | None = None
    device_id: ShortId | None = None


class TransactionId(Nexo, frozen=True, kw_only=True):
    """A transaction's name at one side, with the time of it."""

    transaction_id: Filled
    time_stamp: str


class MessageReference(Nexo, frozen=True, kw_only=True):
    """An earlier message of the same point of sale; members that are absent are those of the header."""

    message_category: Category | None = None
    service_id: ShortId | None = None
    device_id: ShortId | None = None
    sale_id: Filled | None = None
    poiid: Filled | None = None


class SaleTerminalData(Nexo, frozen=True, kw_only=True):
    totals_group_id: Annotated[str, Meta(min_length=1, max_length=16)] | None = None


class SaleData(Nexo, frozen=True, kw_only=True):
    """What the point of sale says of its side: the ticket is `sale_transaction_id.transaction_id`, the server `operator_id`."""

    sale_transaction_id: TransactionId
    operator_id: Filled | None = None
    operator_language: Language | None = None
    shift_number: Filled | None = None
    sale_reference_id: Filled | None = None
    sale_terminal_data: SaleTerminalData | None = None
    token_requested_type: Filled | None = None
    customer_order_id: Filled | None = None
    sale_to_poi_data: Filled | None = None
    sale_to_acquirer_data: Filled | None = None


class OriginalPoiTransaction(Nexo, frozen=True, kw_only=True):
    """The payment that a reversal is for, by the terminal's name of it."""

    poi_transaction_id: TransactionId | None = None
    sale_id: Filled | None = None
    poiid: Filled | None = None
    approval_code: Filled | None = None
    acquirer_id: Number | None = None
    amount_value: Decimal | None = None
    host_transaction_id: TransactionId | None = None
    reuse_card_data_flag: bool | None = None


class OutputText(Nexo, frozen=True, kw_only=True):
    """A piece of text; the line ends behind it unless `end_of_line_flag` is false."""

    text: str
    character_style: CharacterStyle | None = None
    character_width: str | None = None
    character_height: str | None = None
    alignment: Alignment | None = None
    end_of_line_flag: bool | None = None
    start_row: int | None = None
    start_column: int | None = None
    character_set: int | None = None


class PredefinedContent(Nexo, frozen=True, kw_only=True):
    """What the terminal itself has under the name `reference_id`."""

    reference_id: Filled
    language: Language | None = None


class OutputBarcode(Nexo, frozen=True, kw_only=True):
    barcode_value: Filled
    barcode_type: str | None = None


class OutputContent(Nexo, frozen=True, kw_only=True):
    """What is shown or printed. `output_xhtml` is base64."""

    output_format: OutputFormat
    predefined_content: PredefinedContent | None = None
    output_text: list[OutputText] | None = None
    output_xhtml: Annotated[str, Meta(max_length=262_144)] | None = None
    output_barcode: OutputBarcode | None = None


class NexoMenuEntry(Nexo, frozen=True, kw_only=True):
    output_format: OutputFormat
    menu_entry_tag: str | None = None
    default_selected_flag: bool | None = None
    predefined_content: PredefinedContent | None = None
    output_text: list[OutputText] | None = None


class DisplayOutput(Nexo, frozen=True, kw_only=True):
    """What a device shows; `minimum_display_time` is in seconds."""

    device: Device
    info_qualify: InfoQualify
    output_content: OutputContent
    menu_entry: list[NexoMenuEntry] | None = None
    minimum_display_time: Annotated[int, Meta(ge=0)] | None = None
    response_required_flag: bool | None = None


class PrintOutput(Nexo, frozen=True, kw_only=True):
    document_qualifier: DocumentQualifier
    response_mode: str
    output_content: OutputContent
    integrated_print_flag: bool | None = None
    required_signature_flag: bool | None = None
