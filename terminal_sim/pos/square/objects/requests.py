"""What a device is asked for: checkouts and refunds, as they come and as they leave."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from terminal_sim.pos.square.objects.base import ApiObject, SquareMoney
from terminal_sim.pos.square.objects.values import (
    CancelReason,
    CheckoutPaymentType,
    DelayAction,
    RequestStatus,
)

_Id = Annotated[str, Meta(min_length=10, max_length=255)]


class TipSettings(ApiObject, frozen=True, kw_only=True):
    """How the buyer is asked for a tip."""

    allow_tipping: bool | None = None
    separate_tip_screen: bool | None = None
    custom_tip_field: bool | None = None
    tip_percentages: Annotated[tuple[Annotated[int, Meta(ge=0, le=100)], ...], Meta(max_length=3)] | None = (
        None
    )
    smart_tipping: bool | None = None


class DeviceCheckoutOptions(ApiObject, frozen=True, kw_only=True):
    """On which device, and what it shows besides."""

    device_id: Annotated[str, Meta(min_length=1)]
    skip_receipt_screen: bool | None = None
    collect_signature: bool | None = None
    tip_settings: TipSettings | None = None
    show_itemized_cart: bool | None = None


class PaymentOptions(ApiObject, frozen=True, kw_only=True):
    """`autocomplete` false leaves the payment approved, and it waits to be completed."""

    autocomplete: bool | None = None
    delay_duration: str | None = None
    accept_partial_authorization: bool | None = None
    delay_action: DelayAction | None = None


class SquareRequest(ApiObject, frozen=True, kw_only=True):
    """What all that a device is asked for has in common. Times are RFC 3339, UTC; `deadline_duration` is RFC 3339, too."""

    id: _Id | None = None
    status: RequestStatus | None = None
    cancel_reason: CancelReason | None = None
    deadline_duration: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    app_id: str | None = None
    location_id: Annotated[str, Meta(max_length=64)] | None = None


class TerminalCheckout(SquareRequest, frozen=True, kw_only=True):
    """A payment of `amount_money` that a device asks a buyer for."""

    amount_money: SquareMoney
    device_options: DeviceCheckoutOptions
    reference_id: Annotated[str, Meta(max_length=40)] | None = None
    note: Annotated[str, Meta(max_length=500)] | None = None
    order_id: str | None = None
    payment_options: PaymentOptions | None = None
    payment_ids: tuple[str, ...] | None = None
    payment_type: CheckoutPaymentType | None = None
    team_member_id: str | None = None
    customer_id: str | None = None
    app_fee_money: SquareMoney | None = None
    statement_description_identifier: Annotated[str, Meta(max_length=20)] | None = None
    tip_money: SquareMoney | None = None


class TerminalRefund(SquareRequest, frozen=True, kw_only=True):
    """`amount_money` of a payment that goes back to its card, which the buyer presents again."""

    payment_id: Annotated[str, Meta(min_length=1)]
    amount_money: SquareMoney
    reason: Annotated[str, Meta(max_length=192)]
    device_id: str
    order_id: str | None = None
    refund_id: str | None = None
