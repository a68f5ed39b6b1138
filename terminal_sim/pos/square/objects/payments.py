"""Payments that checkouts have brought about, and their refunds, as the service tells them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from terminal_sim.pos.square.objects.base import ApiObject, SquareMoney
from terminal_sim.pos.square.objects.values import DelayAction, PaymentStatus, RefundStatus

AUTHORIZED, CAPTURED, VOIDED = "AUTHORIZED", "CAPTURED", "VOIDED"
"""How a card's payment stands: a payment that is cancelled is voided as soon as its device has taken it back."""


class SquareCard(ApiObject, frozen=True, kw_only=True):
    """A card that has paid."""

    card_brand: str | None = None
    last_4: str | None = None
    bin: str | None = None


class SquareDeviceDetails(ApiObject, frozen=True, kw_only=True):
    """The device that took a payment."""

    device_id: str | None = None
    device_installation_id: str | None = None
    device_name: str | None = None


class CardPaymentDetails(ApiObject, frozen=True, kw_only=True):
    """How a card has paid."""

    status: str | None = None
    card: SquareCard | None = None
    entry_method: str | None = None
    auth_result_code: str | None = None
    application_identifier: str | None = None
    application_name: str | None = None
    application_cryptogram: str | None = None
    verification_method: str | None = None
    verification_results: str | None = None
    avs_status: str | None = None
    refund_requires_card_presence: bool | None = None
    device_details: SquareDeviceDetails | None = None


class OfflinePaymentDetails(ApiObject, frozen=True, kw_only=True):
    """When the device took a payment that the service heard of later."""

    client_created_at: str | None = None


class SquarePayment(ApiObject, frozen=True, kw_only=True):
    """A payment. `total_money` is what was asked for with the tip, `approved_money` what was authorized."""

    id: str
    created_at: str
    updated_at: str
    amount_money: SquareMoney
    tip_money: SquareMoney | None = None
    total_money: SquareMoney
    approved_money: SquareMoney
    app_fee_money: SquareMoney | None = None
    refunded_money: SquareMoney | None = None
    status: PaymentStatus
    delay_duration: str | None = None
    delay_action: DelayAction | None = None
    delayed_until: str | None = None
    source_type: str
    card_details: CardPaymentDetails
    location_id: str
    order_id: str | None = None
    reference_id: str | None = None
    customer_id: str | None = None
    team_member_id: str | None = None
    refund_ids: tuple[str, ...] | None = None
    note: str | None = None
    statement_description_identifier: str | None = None
    receipt_number: str
    device_details: SquareDeviceDetails
    terminal_checkout_id: str
    is_offline_payment: bool | None = None
    offline_payment_details: OfflinePaymentDetails | None = None
    version_token: str


class PaymentRefund(ApiObject, frozen=True, kw_only=True):
    """Money of a payment that goes back to its card. `terminal_refund_id` names the request to a device that it comes from."""

    id: str
    status: RefundStatus
    amount_money: SquareMoney
    payment_id: str
    order_id: str | None = None
    location_id: str
    reason: Annotated[str, Meta(max_length=192)] | None = None
    destination_type: str | None = None
    team_member_id: str | None = None
    terminal_refund_id: str | None = None
    unlinked: bool | None = None
    created_at: str
    updated_at: str
