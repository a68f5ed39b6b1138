"""Actions: what a device asks of a buyer or tells of itself, besides payments."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Meta

from terminal_sim.pos.square.objects.base import ApiObject
from terminal_sim.pos.square.objects.requests import SquareRequest

_Title = Annotated[str, Meta(min_length=1, max_length=250)]
_Body = Annotated[str, Meta(min_length=1, max_length=10_000)]


class ActionType(Enum):
    """What is asked for."""

    QR_CODE = "QR_CODE"
    PING = "PING"
    SAVE_CARD = "SAVE_CARD"
    SIGNATURE = "SIGNATURE"
    CONFIRMATION = "CONFIRMATION"
    RECEIPT = "RECEIPT"
    DATA_COLLECTION = "DATA_COLLECTION"
    SELECT = "SELECT"


class CollectedType(Enum):
    """What a buyer types."""

    EMAIL = "EMAIL"
    PHONE_NUMBER = "PHONE_NUMBER"


class QrCodeOptions(ApiObject, frozen=True, kw_only=True):
    """A code that the buyer's telephone reads."""

    title: _Title
    body: _Body
    barcode_contents: Annotated[str, Meta(min_length=1, max_length=1024)]


class SaveCardOptions(ApiObject, frozen=True, kw_only=True):
    """A card is kept for a customer."""

    customer_id: str
    card_id: Annotated[str, Meta(max_length=64)] | None = None
    reference_id: Annotated[str, Meta(max_length=128)] | None = None


class SignatureImage(ApiObject, frozen=True, kw_only=True):
    """A signature that was drawn."""

    image_type: str | None = None
    data: str | None = None


class SignatureOptions(ApiObject, frozen=True, kw_only=True):
    """The buyer signs."""

    title: _Title
    body: _Body
    signature: tuple[SignatureImage, ...] | None = None


class ConfirmationDecision(ApiObject, frozen=True, kw_only=True):
    """What the buyer decided."""

    has_agreed: bool | None = None


class ConfirmationOptions(ApiObject, frozen=True, kw_only=True):
    """The buyer agrees or not."""

    title: _Title
    body: _Body
    agree_button_text: _Title
    disagree_button_text: _Title | None = None
    decision: ConfirmationDecision | None = None


class ReceiptOptions(ApiObject, frozen=True, kw_only=True):
    """The receipt of a payment."""

    payment_id: str
    print_only: bool | None = None
    is_duplicate: bool | None = None


class CollectedData(ApiObject, frozen=True, kw_only=True):
    """What the buyer has typed."""

    input_text: str | None = None


class DataCollectionOptions(ApiObject, frozen=True, kw_only=True):
    """The buyer types an address or a number."""

    title: _Title
    body: _Body
    input_type: CollectedType
    collected_data: CollectedData | None = None


class SelectOption(ApiObject, frozen=True, kw_only=True):
    """One of what the buyer may choose."""

    reference_id: Annotated[str, Meta(min_length=1, max_length=40)]
    title: _Title


class SelectOptions(ApiObject, frozen=True, kw_only=True):
    """The buyer chooses one."""

    title: _Title
    body: _Body
    options: Annotated[tuple[SelectOption, ...], Meta(min_length=1)]
    selected_option: SelectOption | None = None


class DeviceMetadata(ApiObject, frozen=True, kw_only=True):
    """What a device tells of itself; all values are texts."""

    battery_percentage: str | None = None
    charging_state: str | None = None
    location_id: str | None = None
    merchant_id: str | None = None
    network_connection_type: str | None = None
    payment_region: str | None = None
    serial_number: str | None = None
    os_version: str | None = None
    app_version: str | None = None
    wifi_network_name: str | None = None
    wifi_network_strength: str | None = None
    ip_address: str | None = None


class TerminalAction(SquareRequest, frozen=True, kw_only=True):
    """Something that a device asks of a buyer, or tells. The options of its `type` are there, and after it what came of it."""

    device_id: str | None = None
    type: ActionType | None = None
    qr_code_options: QrCodeOptions | None = None
    save_card_options: SaveCardOptions | None = None
    signature_options: SignatureOptions | None = None
    confirmation_options: ConfirmationOptions | None = None
    receipt_options: ReceiptOptions | None = None
    data_collection_options: DataCollectionOptions | None = None
    select_options: SelectOptions | None = None
    device_metadata: DeviceMetadata | None = None
    await_next_action: bool | None = None
    await_next_action_duration: str | None = None
